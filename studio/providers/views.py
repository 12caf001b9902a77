"""Settings → Providers. One page per gateway: its models, where it is, its habits; each part is saved by itself."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from studio.providers import actions, queries
from studio.providers.forms import (
    FORWARDED_HOST,
    HabitsForm,
    ProviderForm,
    VideoModelForm,
    header_rows,
    is_usable_id,
)
from studio.providers.models import Provider, VideoModel
from studio.providers.words import QUOTED, finding_of
from studio.upstream.trial import Verdict
from studio.workspaces.access import MemberRequest, Right, member

# Relays list hundreds of models of every kind: those whose id reads like video stand first, the rest is folded away.
VIDEO_WORDS = (
    "video", "sora", "veo", "kling", "seedance", "jimeng", "hailuo", "minimax", "runway", "gen3", "gen4", "luma",
    "ray2", "pika", "vidu", "wan2", "wanx", "hunyuan", "ltx", "pixverse", "imagine", "t2v", "i2v",
)  # fmt: skip
TICKED_AT_MOST = 500


@require_GET
@member(Right.MANAGE_PROVIDERS)
def listing(request: MemberRequest) -> HttpResponse:
    rows = [_row(provider) for provider in queries.providers_for(request.user).prefetch_related("models")]
    return render(request, "providers/list.html", {"rows": rows, "tab": "providers"})


def _row(provider: Provider) -> dict[str, Any]:
    tested = provider.last_tested_at
    return {
        "provider": provider,
        "address": queries.base_url_of(provider),
        "finding": finding_of(provider.last_verdict),
        "just_tested": tested is not None and timezone.now() - tested < timedelta(minutes=1),
    }


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
@member(Right.MANAGE_PROVIDERS)
def add(request: MemberRequest) -> HttpResponse:
    form = ProviderForm(request.POST or None, workspace=request.workspace)
    if form.is_valid():
        try:
            provider = actions.add_provider(request.workspace, **form.fields_to_save())
        except actions.NameTaken:
            form.add_error("name", _("Another provider has this name."))
        else:
            messages.success(request, _("%(name)s is added.") % {"name": provider})
            return redirect("providers:edit", provider.pk)
    context = {"form": form, "tab": "providers"}
    return render(request, "providers/add.html", context, status=422 if form.is_bound else 200)


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
@member(Right.MANAGE_PROVIDERS)
def edit(request: MemberRequest, pk: UUID) -> HttpResponse:
    provider = queries.provider_for(request.user, pk)
    if request.method == "GET":
        return _page(request, provider)
    form = ProviderForm(request.POST, workspace=request.workspace, provider=provider)
    if form.is_valid():
        try:
            actions.change_provider(provider, **form.fields_to_save())
        except actions.NameTaken:
            form.add_error("name", _("Another provider has this name."))
        else:
            return _saved(request, pk)
    return _page(request, queries.provider_for(request.user, pk), form=form, status=422)


@require_POST
@member(Right.MANAGE_PROVIDERS)
def habits(request: MemberRequest, pk: UUID) -> HttpResponse:
    provider = queries.provider_for(request.user, pk)
    form, rows = HabitsForm(provider, request.POST), header_rows(provider, request.POST)
    if not (form.is_valid() & rows.is_valid()):  # both are asked, so that both say what is wrong
        return _page(request, queries.provider_for(request.user, pk), habits=form, headers=rows, status=422)
    fields = dict(form.cleaned_data)
    sends, host = fields.pop("sends_forwarded_host"), fields.pop("forwarded_host")
    headers = rows.headers() | ({FORWARDED_HOST: host} if sends else {})
    actions.change_provider(provider, extra_headers=headers, **fields)
    return _saved(request, pk)


def _saved(request: MemberRequest, pk: UUID) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("providers:edit", pk)


def _page(request: MemberRequest, provider: Provider, status: int = 200, **parts: Any) -> HttpResponse:
    """The provider's page; ``parts`` replaces the forms that have something to say."""
    context = {
        **_row(provider),
        "form": ProviderForm(workspace=request.workspace, provider=provider),
        "habits": HabitsForm(provider),
        "headers": header_rows(provider),
        "model_form": VideoModelForm(instance=VideoModel(provider=provider), auto_id="model-%s"),
        "editing": None,
        "tab": "providers",
        **parts,
    }
    return render(request, "providers/edit.html", context, status=status)


@require_POST
@member(Right.MANAGE_PROVIDERS)
@vary_on_headers("HX-Request")
def switch(request: MemberRequest, pk: UUID) -> HttpResponse:
    provider = queries.provider_for(request.user, pk)
    actions.switch_provider(provider, on=request.POST.get("on") == "1")
    if request.htmx:
        return render(request, "providers/_provider.html", _row(provider))
    return redirect("providers:list")


@require_POST
@member(Right.MANAGE_PROVIDERS)
@vary_on_headers("HX-Request")
def remove(request: MemberRequest, pk: UUID) -> HttpResponse:
    provider = queries.provider_for(request.user, pk)
    try:
        actions.remove_provider(provider)
    except actions.DemoStays:
        messages.error(request, _("The Demo provider stays. You can switch it off."))
    else:
        messages.success(request, _("%(name)s is removed. Its generations and videos stay.") % {"name": provider})
    if request.htmx:  # asked with a confirmation; a followed redirect would leave the address of what is gone
        return HttpResponseClientRedirect(reverse("providers:list"))
    return redirect("providers:list")


@require_POST
@member(Right.MANAGE_PROVIDERS)
@vary_on_headers("HX-Request")
def test(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Waits for the gateway up to 25 s. The request's thread is its own, and no transaction is open meanwhile."""
    provider = queries.provider_for(request.user, pk)
    verdict = actions.try_provider(provider)
    found: dict[str, Any] = {"verdict": verdict, "said_by_gateway": verdict.code in QUOTED}
    found |= _listed(provider, verdict)
    if request.htmx:
        return render(request, "providers/_verdict.html", _row(provider) | found)
    return _page(request, provider, **found)


def _listed(provider: Provider, verdict: Verdict) -> dict[str, list[str]]:
    """Models the gateway lists and the provider has not yet, those that read like video apart."""
    known = set(provider.models.values_list("model_id", flat=True))
    new = sorted(filter(is_usable_id, set(verdict.models) - known))
    likely = [model for model in new if any(word in model.lower() for word in VIDEO_WORDS)]
    return {"likely": likely, "others": [model for model in new if model not in set(likely)]}


@require_POST
@member(Right.MANAGE_PROVIDERS)
def add_found(request: MemberRequest, pk: UUID) -> HttpResponse:
    provider = queries.provider_for(request.user, pk)
    ticked = [model_id for model_id in request.POST.getlist("model") if is_usable_id(model_id)]
    made = actions.add_listed_models(provider, ticked[:TICKED_AT_MOST])
    told = ngettext("%(n)d model is added.", "%(n)d models are added.", made) if made else _("No model was ticked.")
    messages.info(request, told % {"n": made})
    return redirect("providers:edit", pk)


# -- models: the table is one part of the page, with the form of at most one row open in it


@require_POST
@member(Right.MANAGE_PROVIDERS)
@vary_on_headers("HX-Request")
def add_model(request: MemberRequest, pk: UUID) -> HttpResponse:
    provider = queries.provider_for(request.user, pk)
    model = VideoModel(provider=provider)
    form = VideoModelForm(request.POST, instance=model, auto_id="model-%s")
    if form.is_valid():
        try:
            model = actions.add_model(provider, **form.cleaned_data)
        except actions.NameTaken:
            form.add_error("model_id", _("This provider has this model already."))
        else:
            return _models(request, provider, saved=model)
    return _models(request, provider, form=form)


@require_http_methods(["GET", "POST"])
@member(Right.MANAGE_PROVIDERS)
@vary_on_headers("HX-Request")
def edit_model(request: MemberRequest, pk: UUID) -> HttpResponse:
    model = queries.model_for(request.user, pk)
    form = VideoModelForm(_posted(request), instance=model, auto_id="change-%s")
    if form.is_valid():
        try:
            actions.change_model(model, **form.cleaned_data)
        except actions.NameTaken:
            form.add_error("model_id", _("This provider has this model already."))
        else:
            return _models(request, model.provider, saved=model)
    return _models(request, model.provider, form=form, editing=model)


def _posted(request: MemberRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@require_POST
@member(Right.MANAGE_PROVIDERS)
@vary_on_headers("HX-Request")
def remove_model(request: MemberRequest, pk: UUID) -> HttpResponse:
    model = queries.model_for(request.user, pk)
    actions.remove_model(model)
    return _models(request, model.provider)


def _models(
    request: MemberRequest,
    provider: Provider,
    form: VideoModelForm | None = None,
    editing: VideoModel | None = None,
    saved: VideoModel | None = None,
) -> HttpResponse:
    """The table of models, alone or in its page, with ``form`` open: for a new row, or in the row of ``editing``.

    The keyboard goes on in the row that was ``saved``: its form is gone.
    """
    if form is None and not request.htmx:
        return redirect("providers:edit", provider.pk)
    fresh = VideoModelForm(instance=VideoModel(provider=provider), auto_id="model-%s")
    parts: dict[str, Any] = {"editing": editing, "editing_form": form, "saved": saved}
    parts["model_form"] = fresh if editing or form is None else form
    status = 422 if form is not None and form.is_bound else 200
    if request.htmx:
        return render(request, "providers/_models.html", {"provider": provider, **parts}, status=status)
    return _page(request, provider, status, **parts)
