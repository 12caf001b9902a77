"""Writes, each one thing a person does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.generations.log import Step, record
from studio.generations.models import Generation, Money
from studio.generations.states import ACTIVE, ENDINGS, State
from studio.live.hub import hub
from studio.live.kinds import Change, wake_engine
from studio.prompts.actions import record_version
from studio.providers.models import Provider, VideoModel
from studio.web.ids import uuid7
from studio.workspaces.models import User, Workspace


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for, checked. ``fields`` holds only those of the spec's request fields that were set."""

    prompt: str
    provider: Provider
    model_name: str
    model: VideoModel | None = None
    orientation: str = ""
    seconds: int | None = None
    variants: int = 1
    stream: bool = True
    system: str = ""
    earlier: Sequence[Mapping[str, str]] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


def request_generations(workspace: Workspace, author: User | None, wish: Wish, client_token: str) -> list[Generation]:
    """Queues one generation per variant. The same token again answers the rows of the first call: one intent."""
    try:
        with transaction.atomic():
            made = _queue(workspace, author, wish, client_token)
            transaction.on_commit(lambda: announce(made))
    except IntegrityError:
        return list(Generation.objects.filter(workspace=workspace, client_token=client_token).order_by("position"))
    return made


def _queue(workspace: Workspace, author: User | None, wish: Wish, client_token: str) -> list[Generation]:
    version = record_version(workspace, author, wish.prompt)
    batch = uuid7()
    price = wish.model.price_of(wish.seconds) if wish.model else None
    made = []
    for position in range(wish.variants):
        generation = Generation.objects.create(
            workspace=workspace,
            author=author,
            version=version,
            batch=batch,
            position=position,
            client_token=client_token,
            provider=wish.provider,
            provider_name=wish.provider.name,
            model=wish.model,
            model_name=wish.model_name,
            orientation=wish.orientation,
            seconds=wish.seconds,
            stream=wish.stream,
            ask={"system": wish.system, "earlier": list(wish.earlier), "fields": dict(wish.fields)},
            price=price,
            currency=wish.model.currency if wish.model and price is not None else "",
        )
        generation.events.create(seq=1, at=timezone.now(), kind="state", body={"state": State.QUEUED})
        Generation.objects.filter(pk=generation.pk).update(seq=1)
        generation.seq = 1
        made.append(generation)
    return made


def announce(generations: Sequence[Generation]) -> None:
    """Tells pages of new rows and the engine of new work."""
    hub.ring([Change(topic=str(g.workspace_id), key=str(g.pk), first=g.seq, last=g.seq) for g in generations])
    wake_engine()


def cancel(generation: Generation) -> bool:
    """Stops it if it has not ended. Queued: final and free. Sent: the studio stops listening, the gateway may go on."""
    if generation.state not in ACTIVE:
        return False
    now = timezone.now()
    was_queued = (
        record(
            Step(
                generation.pk,
                {"state": State.CANCELLED},
                move=State.CANCELLED,
                attempt=generation.attempt_number,
                fields={"finished_at": now, "cancel_requested_at": now, "money": Money.NONE},
            )
        )
        if generation.state == State.QUEUED
        else False
    )
    if not was_queued:
        Generation.objects.filter(pk=generation.pk, state__in=ACTIVE).update(cancel_requested_at=now)
        transaction.on_commit(lambda: wake_engine(str(generation.pk)))
    return True


def send_again(generation: Generation) -> bool:
    """A person's decision for a second POST of an ended generation; it may be billed a second time."""
    moved = record(
        Step(
            generation.pk,
            {"state": State.QUEUED},
            move=State.QUEUED,
            fields={
                "percent": None,
                "phase": "",
                "task_id": "",
                "remix_id": "",
                "request_id": "",
                "links": {},
                "response": {},
                "failure_kind": "",
                "failure_advice": "",
                "failure_message": "",
                "cancel_requested_at": None,
                "sent_at": None,
                "first_frame_at": None,
                "stream_ended_at": None,
                "finished_at": None,
            },
        )
    )
    if moved:
        transaction.on_commit(wake_engine)
    return moved


def fetch_again(generation: Generation) -> bool:
    """Asks for the video where the gateway said it is, without a new POST. The engine takes it up from ``saving``."""
    if not can_fetch_again(generation):
        return False
    moved = record(
        Step(
            generation.pk,
            {"state": State.SAVING},
            move=State.SAVING,
            attempt=generation.attempt_number,
            fields={"failure_kind": "", "failure_advice": "", "failure_message": "", "cancel_requested_at": None},
        )
    )
    if moved:
        generation.attempts.filter(number=generation.attempt_number).update(owner=None)
        transaction.on_commit(wake_engine)
    return moved


def dismiss(generation: Generation) -> bool:
    """Takes an ended card off the desk; the record and its videos stay."""
    gone = Generation.objects.filter(pk=generation.pk).exclude(state__in=ACTIVE).update(dismissed_at=timezone.now())
    transaction.on_commit(lambda: ring_row(generation))
    return bool(gone)


def bring_back(generation: Generation) -> bool:
    back = Generation.objects.filter(pk=generation.pk).update(dismissed_at=None)
    transaction.on_commit(lambda: ring_row(generation))
    return bool(back)


def ring_row(generation: Generation) -> None:
    """Pages read the row again though its log did not grow."""
    hub.ring([Change(str(generation.workspace_id), str(generation.pk), generation.seq + 1, generation.seq + 1)])


def can_fetch_again(generation: Generation) -> bool:
    """A told video can be fetched after any ending; a job is asked about only where nobody said that it failed."""
    links = generation.links
    if generation.state == State.FAILED:
        return bool(links.get("video_urls"))
    return generation.state in ENDINGS and bool(links.get("video_urls") or links.get("poll_urls"))
