"""A generation as people see it: one card, for first load, replay and live.

The part that moves with every delta (progress and transcript) is a plain f-string, rendered once per language for all
viewers: 0.3 µs a field where a template takes 9. Everything else is the template, read again when a state moves.
Nothing personal is in a card: what a person may do with it, the page's own CSS decides by the rights on <body>.
"""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from studio.generations import queries, words
from studio.generations.actions import can_fetch_again
from studio.generations.models import Generation
from studio.generations.states import ACTIVE, RUNNING, State
from studio.live.kinds import Change, Message
from studio.workspaces.access import membership_of
from studio.workspaces.models import User

REPLAY_EVENTS = 400  # a page further behind is given the whole card
TRANSCRIPT_CARD_CHARS = 20_000  # the whole text is on the generation's own page
GONE = 2**31  # position of a card that was taken off the desk


def status_html(key: str, seq: int, percent: int | None, phase: str, language: str) -> SafeString:
    """The moving line of a running card. Its data-seq is the number the page shows."""
    label, unknown = _status_words(phase, language)
    bar = (
        f'<progress class="progress" max="100" value="{percent}"'
        if percent is not None
        else '<progress class="progress"'
    )
    shown = f"{percent}%" if percent is not None else unknown
    return mark_safe(  # noqa: S308 - numbers and our own words only
        f'<div class="generation-status" id="status-{key}" data-seq="{seq}">'
        f'<span class="generation-phase">{label}</span>'
        f'<span class="generation-percent">{shown}</span>'
        f'{bar} aria-label="{label}"></progress></div>'
    )


@lru_cache(maxsize=64)
def _status_words(phase: str, language: str) -> tuple[str, str]:
    with translation.override(language):
        return escape(words.phase(phase)), ""


class Card:
    """What the template asks of a generation."""

    def __init__(self, generation: Generation):
        self.generation = generation
        self.key = str(generation.pk)
        self.is_active = generation.state in ACTIVE
        self.is_running = generation.state in RUNNING
        self.badge = words.BADGE_ICONS[State(generation.state)]

    @property
    def status(self) -> SafeString:
        g = self.generation
        return status_html(self.key, g.seq, g.percent, g.phase or g.state, translation.get_language() or "en")

    @property
    def text(self) -> str:
        return queries.text_of(self.generation)[-TRANSCRIPT_CARD_CHARS:]

    @property
    def item(self) -> Any:
        """The first video that is still kept, or None."""
        return next((item for item in self.generation.items.all() if item.deleted_at is None), None)

    @property
    def trouble(self) -> words.Trouble | None:
        return words.trouble_of(self.generation)

    @property
    def place(self) -> int:
        return queries.place_in_line(self.generation)

    @property
    def can_fetch_again(self) -> bool:
        return can_fetch_again(self.generation)


def render_card(generation: Generation) -> str:
    return render_to_string("generations/_card.html", {"card": Card(generation), "generation": generation})


class GenerationKind:
    """Watching generations: subject "desk" for the newest of the workspace, or the id of one."""

    def topic_for(self, user: User, subject: str) -> str | None:
        if subject == "desk":
            membership = membership_of(user)
            return str(membership.workspace_id) if membership else None
        try:
            found = queries.generations_for(user).filter(pk=subject).values_list("workspace_id", flat=True).first()
        except (ValueError, TypeError):
            return None
        return str(found) if found else None

    def concerns(self, subject: str, change: Change) -> bool:
        return subject in ("desk", change.key)

    def missed(self, user: User, subject: str, positions: Mapping[str, int]) -> list[Change]:
        rows = queries.desk_for(user) if subject == "desk" else queries.generations_for(user).filter(pk=subject)
        newest = list(rows.values_list("pk", "seq")[: queries.DESK_CARDS])
        stale = [pk for pk, seq in newest if positions.get(str(pk), -1) < seq]
        loaded = {row.pk: row for row in rows.filter(pk__in=stale).prefetch_related("items")} if stale else {}
        changes = [self._since(loaded[pk], positions.get(str(pk))) for pk in reversed(stale) if pk in loaded]
        return changes + (self._gone(user, positions) if subject == "desk" else [])

    def _since(self, row: Generation, position: int | None) -> Change:
        topic, key = str(row.workspace_id), str(row.pk)
        if position is not None and position > 0 and row.seq - position <= REPLAY_EVENTS:
            events = list(queries.events_of(row, after=position))
            if events and all(event.kind == "frames" for event in events):
                return Change(topic, key, events[0].seq, events[-1].seq, [event.body for event in events])
        return Change(topic, key, 0, row.seq, Snapshot(row, is_new=position is None))

    def _gone(self, user: User, positions: Mapping[str, int]) -> list[Change]:
        shown = [key for key, position in positions.items() if position < GONE]
        gone = queries.generations_for(user).filter(pk__in=shown, dismissed_at__isnull=False)
        return [Change(str(row.workspace_id), str(row.pk), 0, GONE, Removal()) for row in gone]

    def render(self, change: Change, language: str) -> Message:
        match change.body:
            case Snapshot() as snapshot:
                with translation.override(language):
                    return snapshot.message()
            case Removal():
                return Message(f'<div hx-swap-oob="delete:#generation-{change.key}"></div>')
            case bodies:
                return Message(delta_html(change.key, change.last, bodies, language))


class Removal:
    """The card was taken off the desk."""


class Snapshot:
    """A whole card: after a state moved, for a newcomer, for a page far behind."""

    def __init__(self, row: Generation, is_new: bool):
        self.row, self.is_new = row, is_new

    def message(self) -> Message:
        row = self.row
        swap = "afterbegin:#cards" if self.is_new else f"outerMorph:#generation-{row.pk}"
        wrapped = f'<div hx-swap-oob="{swap}">{render_card(row)}</div>'
        said = gettext("%(prompt)s: %(state)s") % {"prompt": row.version.prompt.title, "state": row.get_state_display()}
        return Message(wrapped, announce=said, event="item-ready" if row.state == State.READY else "")


def delta_html(key: str, seq: int, bodies: list[dict[str, Any]], language: str) -> str:
    last = bodies[-1]
    text = "".join(body.get("text", "") for body in bodies)
    status = status_html(key, seq, last.get("percent"), last.get("phase", ""), language)
    moved = status.replace("<div ", f'<div hx-swap-oob="outerMorph:#status-{key}" ', 1)
    if not text:
        return moved
    return f'{moved}<span hx-swap-oob="beforeend:#transcript-{key}">{escape(text, quote=False)}</span>'
