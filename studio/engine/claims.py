"""Who runs what: claiming queued work, taking over saved-but-unfinished work. All inside the writer thread."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from studio.generations import queries
from studio.generations.log import Step, record
from studio.generations.models import Attempt, Generation, Money
from studio.generations.states import State
from studio.providers.queries import gateway_of, habits_of
from studio.providers.sealing import SealBroken
from studio.upstream.ask import Ask, compile_request
from studio.upstream.client import Gateway

LOOK_AHEAD = 500  # queued rows considered at once


@dataclass(frozen=True, slots=True)
class Claim:
    """A generation this process owns. ``body`` is the request still to send, None where only saving is left."""

    generation_id: UUID
    attempt: int
    owner: UUID
    gateway: Gateway
    body: dict[str, Any] | None
    links: dict[str, list[str]]
    failures_billed: bool = True
    stream: bool = True


def claim_work(owner: UUID, room: int, only: Collection[UUID] | None = None) -> list[Claim]:
    """Up to ``room`` claims: first what is left to save, then queued ones within their provider's limit."""
    claims = list(_claim_saving(owner, room, only))
    waiting = queries.queued().select_related("provider", "model", "version")
    if only is not None:
        waiting = waiting.filter(pk__in=only)
    running = Counter[UUID | None]()
    for generation in in_turns(waiting[:LOOK_AHEAD]):
        if len(claims) >= room:
            break
        provider = generation.provider
        if provider is None or not provider.enabled:
            _refuse(generation, "provider_gone")
            continue
        if provider.pk not in running:
            running[provider.pk] = queries.running_at(provider)
        if running[provider.pk] >= provider.concurrency:
            continue
        claim = _claim(generation, owner)
        if claim is not None:
            running[provider.pk] += 1
            claims.append(claim)
    return claims


def in_turns(waiting: Iterable[Generation]) -> list[Generation]:
    """Oldest first, but one of each person before the second of anybody: thirty of mine do not block your one."""
    turns: dict[Any, int] = defaultdict(int)
    keyed = []
    for generation in waiting:
        keyed.append((turns[generation.author_id], generation.pk, generation))
        turns[generation.author_id] += 1
    return [generation for _, _, generation in sorted(keyed, key=lambda entry: entry[:2])]


def _claim(generation: Generation, owner: UUID) -> Claim | None:
    """Moves queued to sending and commits the attempt; None if somebody else was first."""
    provider = generation.provider
    assert provider is not None
    try:
        gateway = gateway_of(provider)
    except SealBroken:
        _refuse(generation, "seal_broken")
        return None
    body = compile_request(ask_of(generation), habits_of(provider))
    number = generation.attempt_number + 1
    with transaction.atomic():
        moved = record(
            Step(
                generation.pk,
                {"state": State.SENDING},
                move=State.SENDING,
                attempt=generation.attempt_number,
                fields={"attempt_number": number, "sent_at": timezone.now()},
            )
        )
        if not moved:
            return None
        Attempt.objects.create(generation=generation, number=number, owner_id=owner, request=body)
    return Claim(generation.pk, number, owner, gateway, body, {}, provider.failures_billed, generation.stream)


def _claim_saving(owner: UUID, room: int, only: Collection[UUID] | None) -> Iterable[Claim]:
    orphans = Attempt.objects.filter(
        owner=None, generation__state=State.SAVING, number=F("generation__attempt_number")
    ).select_related("generation__provider")
    if only is not None:
        orphans = orphans.filter(generation__in=only)
    for attempt in orphans[:room]:
        if not Attempt.objects.filter(pk=attempt.pk, owner=None).update(owner=owner):
            continue
        generation = attempt.generation
        if generation.provider is None:
            _refuse(generation, "provider_gone", money=generation.money)
            continue
        gateway = gateway_of(generation.provider)
        yield Claim(generation.pk, attempt.number, owner, gateway, None, generation.links)


def ask_of(generation: Generation) -> Ask:
    ask = generation.ask
    return Ask(
        model=generation.model_name,
        prompt=generation.version.text,
        orientation=generation.orientation or None,
        seconds=generation.seconds,
        system=ask.get("system", ""),
        earlier=ask.get("earlier", []),
        fields=ask.get("fields", {}),
        stream=generation.stream,
    )


def _refuse(generation: Generation, advice: str, money: str = Money.NONE) -> None:
    record(
        Step(
            generation.pk,
            {"state": State.FAILED},
            move=State.FAILED,
            fields={
                "failure_kind": "unsupported",
                "failure_advice": advice,
                "money": money,
                "finished_at": timezone.now(),
            },
        )
    )
