"""How a video's numbers are shown."""

import math
from datetime import datetime

from django import template
from django.utils.formats import date_format
from django.utils.timezone import localtime, now

from studio.gallery.models import GalleryItem
from studio.generations.models import Generation, Orientation
from studio.generations.states import State
from studio.generations.words import BADGE_ICONS, Trouble, trouble_of

register = template.Library()

# The policy allows no inline style, so a card's box gets its width from one of these, in static/css/gallery.css. The
# poster fills the box; between two shapes at most a tenth of one side is hidden until the video is opened.
SHAPES = {
    "21x9": 21 / 9,
    "16x9": 16 / 9,
    "3x2": 3 / 2,
    "4x3": 4 / 3,
    "1x1": 1.0,
    "3x4": 3 / 4,
    "2x3": 2 / 3,
    "9x16": 9 / 16,
    "9x21": 9 / 21,
}
ASKED_SHAPES = {Orientation.PORTRAIT: "9x16", Orientation.SQUARE: "1x1"}


@register.filter
def shape(row: GalleryItem | Generation) -> str:
    """The nearest of SHAPES; for a generation without a video the one it was asked in."""
    if isinstance(row, Generation):
        return ASKED_SHAPES.get(Orientation(row.orientation), "16x9") if row.orientation else "16x9"
    ratio = math.log(row.width / row.height) if row.width and row.height else math.log(16 / 9)
    return min(SHAPES, key=lambda name: abs(math.log(SHAPES[name]) - ratio))


@register.filter
def clock(seconds: float) -> str:
    """ "0:05", "12:40": a length on a badge. Anything that plays is at least a second there."""
    minutes, rest = divmod(max(1, round(seconds)), 60)
    return f"{minutes}:{rest:02d}"


@register.filter
def moment(at: datetime) -> str:
    """The time for today, the day for this year, the date before."""
    here, today = localtime(at), localtime(now())
    if here.date() == today.date():
        return date_format(here, "TIME_FORMAT")
    return date_format(here, "MONTH_DAY_FORMAT" if here.year == today.year else "DATE_FORMAT")


@register.filter
def badge_icon(state: str) -> str:
    return BADGE_ICONS[State(state)]


@register.filter
def trouble(generation: Generation) -> Trouble | None:
    return trouble_of(generation)
