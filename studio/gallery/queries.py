"""Reads, each starting from the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404

from studio.gallery.models import GalleryItem
from studio.generations.models import Generation, Orientation
from studio.generations.queries import generations_for
from studio.generations.states import ACTIVE, State
from studio.workspaces.models import User

PAGE_CARDS = 24
COMING_BACK_MAX_CARDS = (
    480  # a page opened again "through" a card holds at most so many; older ones load as one scrolls
)

READY, IN_PROGRESS = State.READY.value, "active"
Row = TypeVar("Row", GalleryItem, Generation)

# A video's own shape decides, not what was asked for: gateways do not always do as they are told.
SHAPES = {
    Orientation.LANDSCAPE: Q(width__gt=F("height")),
    Orientation.PORTRAIT: Q(width__lt=F("height")),
    Orientation.SQUARE: Q(width=F("height")),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the gallery shows. ``state`` is an ending, "active" or "ready"; empty ``model``/``orientation``: all."""

    state: str = READY
    model: str = ""
    orientation: str = ""

    @property
    def query(self) -> str:
        """As in an address, without what is the default; empty when all is."""
        return self.query_with()

    def query_with(self, **more: object) -> str:
        chosen = {
            "state": "" if self.state == READY else self.state,
            "model": self.model,
            "orientation": self.orientation,
        }
        return urlencode({name: value for name, value in (chosen | more).items() if value})


@dataclass(frozen=True, slots=True)
class Page:
    """One screenful: videos where ``state`` is ready, else generations that have none."""

    items: Sequence[GalleryItem]
    generations: Sequence[Generation]
    next: UUID | None  # the last card's id when older ones follow

    def __bool__(self) -> bool:
        return bool(self.items or self.generations)


@dataclass(frozen=True, slots=True)
class Neighbours:
    newer: UUID | None
    older: UUID | None


def all_items_for(user: User) -> QuerySet[GalleryItem]:
    """Deleted ones too: for the trash, for Undo, and for a page that says so."""
    return GalleryItem.objects.filter(workspace__memberships__user=user).select_related(
        "generation__version__prompt", "generation__author", "deleted_by"
    )


def items_for(user: User) -> QuerySet[GalleryItem]:
    return all_items_for(user).filter(deleted_at=None)


def deleted_for(user: User) -> QuerySet[GalleryItem]:
    return all_items_for(user).filter(deleted_at__isnull=False).order_by("-deleted_at")


def deleted_item_for(user: User, pk: UUID | None) -> GalleryItem | None:
    """For the notice with Undo after deleting: None when it was restored meanwhile, or is nobody's here."""
    return deleted_for(user).filter(pk=pk).first() if pk else None


def item_for(user: User, pk: UUID) -> GalleryItem:
    """The video, or Http404: for a stranger, for nobody's id, and for one that was deleted."""
    return _one(items_for(user), pk)


def item_or_deleted_for(user: User, pk: UUID) -> GalleryItem:
    return _one(all_items_for(user), pk)


def _one(items: QuerySet[GalleryItem], pk: UUID) -> GalleryItem:
    try:
        return items.get(pk=pk)
    except GalleryItem.DoesNotExist as error:
        raise Http404 from error


def matching_items(user: User, filters: Filters) -> QuerySet[GalleryItem]:
    items = items_for(user)
    if filters.model:
        items = items.filter(generation__model_name=filters.model)
    if filters.orientation:
        items = items.filter(SHAPES[Orientation(filters.orientation)])
    return items


def matching_generations(user: User, filters: Filters) -> QuerySet[Generation]:
    states = ACTIVE if filters.state == IN_PROGRESS else {filters.state}
    rows = generations_for(user).filter(state__in=states)
    if filters.model:
        rows = rows.filter(model_name=filters.model)
    if filters.orientation:
        rows = rows.filter(orientation=filters.orientation)
    return rows


def page_of(user: User, filters: Filters, after: UUID | None = None, through: UUID | None = None) -> Page:
    """The cards older than ``after``, newest first; with ``through``, whole pages until that card is among them.

    Keyset on the id, which sorts by time: a page costs the same at the end as at the start, and new arrivals never
    push a card onto two pages.
    """
    if filters.state == READY:
        items, following = _slice(matching_items(user, filters), after, through)
        return Page(items, (), following)
    generations, following = _slice(matching_generations(user, filters), after, through)
    return Page((), generations, following)


def _slice(rows: QuerySet[Row], after: UUID | None, through: UUID | None) -> tuple[list[Row], UUID | None]:
    size = PAGE_CARDS
    if through is not None:
        shown = rows.filter(pk__gte=through).count()
        size = min(COMING_BACK_MAX_CARDS, max(1, -(-shown // PAGE_CARDS)) * PAGE_CARDS)
    elif after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-id")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def neighbours_of(user: User, filters: Filters, item: GalleryItem) -> Neighbours:
    """The next newer and the next older video within the filter; the item itself need not match it."""
    ids = matching_items(user, filters).values_list("pk", flat=True)
    return Neighbours(
        newer=ids.filter(pk__gt=item.pk).order_by("id").first(),
        older=ids.filter(pk__lt=item.pk).order_by("-id").first(),
    )


def model_names_for(user: User) -> list[str]:
    """Every model id that was ever asked here, also of providers that are gone."""
    rows = Generation.objects.filter(workspace__memberships__user=user)
    return list(rows.order_by("model_name").values_list("model_name", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Frame:
    """One place in the filmstrip: a video of the same send, or a variant that has none."""

    kind: Literal["item", "generation"]
    item: GalleryItem | None
    generation: Generation


def filmstrip_of(item: GalleryItem) -> list[Frame]:
    """All results of one send in order of variants; empty when this video is the only one."""
    batch = (
        Generation.objects.filter(workspace_id=item.workspace_id, batch=item.generation.batch)
        .select_related("version__prompt")
        .prefetch_related("items")
        .order_by("position")
    )
    frames: list[Frame] = []
    for generation in batch:
        kept = sorted(
            (each for each in generation.items.all() if each.deleted_at is None),
            key=lambda each: (each.choice, each.pk),
        )
        frames += [Frame("item", each, generation) for each in kept] or [Frame("generation", None, generation)]
    return frames if len(frames) > 1 else []
