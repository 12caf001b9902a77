from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from studio.desk.forms import ComposeForm, initial_from
from studio.generations import queries
from studio.generations.actions import request_generations
from studio.generations.cards import Card
from studio.providers.queries import models_for
from studio.web.ids import uuid7
from studio.workspaces.access import MemberRequest, Right, member


@require_GET
@member()
def compose(request: MemberRequest) -> HttpResponse:
    initial: dict[str, Any] = {}
    if source := request.GET.get("from"):
        initial = initial_from(queries.generation_for(request.user, source))
    form = ComposeForm(request.user, initial=initial)
    return render(request, "desk/compose.html", page(request, form))


@require_POST
@member(Right.GENERATE)
@vary_on_headers("HX-Request", "Studio-Live")
def generate(request: MemberRequest) -> HttpResponse:
    form = ComposeForm(request.user, request.POST)
    if not form.is_valid():
        template = "desk/_composer.html" if request.htmx else "desk/compose.html"
        return render(request, template, page(request, form), status=422)
    made = request_generations(request.workspace, request.user, form.wish(), form.cleaned_data["token"])
    if not request.htmx:
        return redirect("desk:compose")
    # A page whose socket is open gets the cards there, like everybody else's; only without one they come along here.
    made = [] if request.headers.get("Studio-Live") else made
    again = request.POST.copy()
    again["token"] = str(uuid7())  # the words stay, the next press is a new intent
    fresh = ComposeForm(request.user, again)
    context = page(request, fresh) | {"made": [Card(generation) for generation in reversed(made)]}
    return render(request, "desk/_sent.html", context)


def page(request: MemberRequest, form: ComposeForm) -> dict[str, Any]:
    cards = [Card(generation) for generation in queries.desk_for(request.user)[: queries.DESK_CARDS]]
    facts = {
        str(model.pk): {
            "seconds": model.seconds,
            "orientations": model.orientations,
            "price": str(model.price) if model.price is not None else None,
            "unit": model.price_unit,
            "currency": model.currency,
        }
        for model in models_for(request.user)
    }
    return {"form": form, "cards": cards, "model_facts": facts, "language": get_language()}
