"""The one place where a generation moves and its log grows.

Everybody who changes a generation writes *steps*: the engine's writer many at once, a person's click one. Numbers are
given inside the transaction, a move is a compare-and-swap on state and attempt, and a step of a process that no longer
owns the attempt is fenced off. The bell is rung after the commit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from studio.generations.models import Attempt, Event, Generation
from studio.generations.states import MOVES, RUNNING, State
from studio.live.hub import hub
from studio.live.kinds import Change


@dataclass(frozen=True, slots=True)
class Step:
    """One line for the log, and what it changes.

    ``move`` asks for a state; ``attempt`` and ``owner`` fence: the step counts only while that attempt is current and
    belongs to that process. ``fields`` are columns of the generation, ``attempt_fields`` of its attempt.
    """

    generation_id: UUID
    body: dict[str, Any]
    kind: str = "state"
    raw: str = ""
    move: State | None = None
    attempt: int | None = None
    owner: UUID | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    attempt_fields: dict[str, Any] = field(default_factory=dict)


def write(steps: Sequence[Step]) -> list[bool]:
    """Commits the steps together, then rings. True per step that counted, False per step that was fenced or refused."""
    with transaction.atomic():
        counted, changes = _apply(steps)
    hub.ring(changes)
    return counted


def record(step: Step) -> bool:
    """One step inside whatever transaction is open; the bell waits for its commit."""
    with transaction.atomic():
        counted, changes = _apply([step])
        transaction.on_commit(lambda: hub.ring(changes))
    return counted[0]


def _apply(steps: Sequence[Step]) -> tuple[list[bool], list[Change]]:
    ids = {step.generation_id for step in steps}
    rows = {row.pk: row for row in Generation.objects.select_for_update().filter(pk__in=ids)}
    owners = dict(_owners(rows.values()))
    now = timezone.now()
    counted: list[bool] = []
    events: list[Event] = []
    touched: dict[UUID, set[str]] = {}
    for step in steps:
        row = rows.get(step.generation_id)
        if row is None or not _counts(step, row, owners.get(row.pk)):
            counted.append(False)
            continue
        counted.append(True)
        row.seq += 1
        changed = touched.setdefault(row.pk, {"seq"})
        for name, value in step.fields.items():
            setattr(row, name, value)
        changed.update(step.fields)
        if step.move is not None:
            row.state = step.move
            changed.add("state")
        if step.attempt_fields:
            Attempt.objects.filter(generation=row, number=row.attempt_number).update(**step.attempt_fields)
        events.append(
            Event(
                generation=row,
                seq=row.seq,
                attempt_number=row.attempt_number,
                at=now,
                kind=step.kind,
                body=step.body,
                raw=step.raw,
            )
        )
    for pk, changed in touched.items():
        rows[pk].save(update_fields=changed)
    Event.objects.bulk_create(events)
    return counted, _changes(events)


def _owners(rows: Iterable[Generation]) -> Iterable[tuple[UUID, UUID | None]]:
    running = {row.pk: row.attempt_number for row in rows if row.state in RUNNING}
    for pk, number, owner in Attempt.objects.filter(generation__in=running).values_list(
        "generation_id", "number", "owner_id"
    ):
        if running[pk] == number:
            yield pk, owner


def _counts(step: Step, row: Generation, owner: UUID | None) -> bool:
    if step.attempt is not None and step.attempt != row.attempt_number:
        return False
    if step.owner is not None and (row.state not in RUNNING or owner != step.owner):
        return False
    return step.move is None or step.move in MOVES[State(row.state)]


def _changes(events: list[Event]) -> list[Change]:
    """One change per generation: its frames' bodies, or None where a state moved and the whole card is read again."""
    grouped: dict[UUID, list[Event]] = {}
    for event in events:
        grouped.setdefault(event.generation_id, []).append(event)
    return [
        Change(
            topic=str(lines[0].generation.workspace_id),
            key=str(pk),
            first=lines[0].seq,
            last=lines[-1].seq,
            body=[line.body for line in lines] if all(line.kind == "frames" for line in lines) else None,
        )
        for pk, lines in grouped.items()
    ]
