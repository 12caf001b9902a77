from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from studio.generations import actions, queries
from studio.generations.cards import Card
from studio.generations.models import Generation
from studio.workspaces.access import MemberRequest, Right, member


@require_GET
@member()
def detail(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Everything about one generation, with or without a video."""
    generation = queries.generation_for(request.user, pk)
    context = {
        "generation": generation,
        "card": Card(generation),
        "siblings": [Card(sibling) for sibling in queries.siblings_of(generation)],
        "attempts": generation.attempts.all(),
    }
    return render(request, "generations/detail.html", context)


@require_GET
@member()
def card(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _card(request, pk)


def _card(request: MemberRequest, pk: UUID, status: int = 200) -> HttpResponse:
    generation = queries.generation_for(request.user, pk)
    return render(
        request, "generations/_card.html", {"card": Card(generation), "generation": generation}, status=status
    )


def _act(request: MemberRequest, pk: UUID, action: Callable[[Generation], bool]) -> HttpResponse:
    """Does one thing to a generation and answers its card; 409 when the generation had moved on meanwhile.

    A page whose socket is open gets the card there, in order: an answer here could overtake a newer state and undo it.
    """
    done = action(queries.generation_for(request.user, pk))
    if not request.htmx:
        return redirect("generations:detail", pk)
    if done and request.headers.get("Studio-Live"):
        return HttpResponse(status=204)
    return _card(request, pk, status=200 if done else 409)


@require_POST
@member(Right.GENERATE)
def cancel(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, actions.cancel)


@require_POST
@member(Right.GENERATE)
def send_again(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, actions.send_again)


@require_POST
@member(Right.GENERATE)
def fetch_again(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, actions.fetch_again)


@require_POST
@member(Right.GENERATE)
def dismiss(request: MemberRequest, pk: UUID) -> HttpResponse:
    generation = queries.generation_for(request.user, pk)
    actions.dismiss(generation)
    if not request.htmx:
        return redirect("desk:compose")
    return render(request, "generations/_dismissed.html", {"generation": generation})


@require_POST
@member(Right.GENERATE)
def bring_back(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, actions.bring_back)


@require_GET
@member()
def transcript(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The stream verbatim, as a text file: never shown as a page."""
    generation = queries.generation_for(request.user, pk)
    answer = HttpResponse(queries.raw_of(generation), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="transcript-{generation.pk}.txt"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
