"""Reads, each starting from the person."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from studio.generations.models import Event, Generation
from studio.generations.states import RUNNING, State
from studio.providers.models import Provider
from studio.workspaces.models import User

DESK_CARDS = 40  # newest generations on the desk; older ones are in the gallery


def generations_for(user: User) -> QuerySet[Generation]:
    return Generation.objects.filter(workspace__memberships__user=user).select_related(
        "version__prompt", "author", "provider"
    )


def generation_for(user: User, pk: UUID | str) -> Generation:
    """The generation, or Http404 for a stranger as for nobody."""
    try:
        return generations_for(user).get(pk=pk)
    except (Generation.DoesNotExist, ValueError) as error:
        raise Http404 from error


def desk_for(user: User) -> QuerySet[Generation]:
    return generations_for(user).filter(dismissed_at=None).prefetch_related("items").order_by("-id")


def events_of(generation: Generation, after: int = 0) -> QuerySet[Event]:
    return generation.events.filter(seq__gt=after).order_by("seq")


def siblings_of(generation: Generation) -> QuerySet[Generation]:
    """The other variants of the same send."""
    return (
        Generation.objects.filter(workspace_id=generation.workspace_id, batch=generation.batch)
        .exclude(pk=generation.pk)
        .order_by("position")
    )


def text_of(generation: Generation) -> str:
    """What the gateway said in the current attempt, in order of arrival, up to the event this row was read at."""
    bodies = _frames_of(generation).filter(seq__lte=generation.seq).values_list("body", flat=True)
    return "".join(body.get("text", "") for body in bodies)


def contents_of(generation: Generation) -> dict[int, str]:
    """Per choice, the answer verbatim: what a remix replays byte for byte."""
    return {choice["index"]: choice.get("content", "") for choice in generation.response.get("choices", [])}


def raw_of(generation: Generation) -> str:
    """The stream of the current attempt, verbatim."""
    return "".join(_frames_of(generation).values_list("raw", flat=True))


def _frames_of(generation: Generation) -> QuerySet[Event]:
    return generation.events.filter(kind="frames", attempt_number=generation.attempt_number).order_by("seq")


def running_at(provider: Provider) -> int:
    return Generation.objects.filter(provider=provider, state__in=RUNNING).exclude(state=State.SAVING).count()


def queued() -> QuerySet[Generation]:
    return Generation.objects.filter(state=State.QUEUED, cancel_requested_at=None).order_by("id")


def place_in_line(generation: Generation) -> int:
    """1 for the next to go at its provider; 0 when it does not wait."""
    if generation.state != State.QUEUED:
        return 0
    ahead = Generation.objects.filter(provider=generation.provider, state=State.QUEUED, id__lt=generation.pk)
    return ahead.count() + 1
