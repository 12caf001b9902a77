from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from studio.gallery import actions, files, queries
from studio.gallery.forms import STATES, FilterForm
from studio.gallery.models import GalleryItem
from studio.gallery.sheet import sheet_of
from studio.generations.cards import Card
from studio.generations.models import Orientation
from studio.media.serving import serve
from studio.workspaces.access import MemberRequest, Right, may, member, membership_of

SPEEDS = ("0.25", "0.5", "0.75", "1", "1.25", "1.5", "2")  # the same as in static/js/timecode.js


@require_GET
@member()
@vary_on_headers("HX-Request")
def listing(request: MemberRequest) -> HttpResponse:
    """The gallery; for htmx only its cards: all of a new filter's, or the ones that follow ``after``."""
    form = FilterForm(request.GET)
    filters, after = form.filters, form.cleaned_data.get("after")
    page = queries.page_of(request.user, filters, after=after, through=form.cleaned_data.get("through"))
    context = {"page": page, "filters": filters, "after": after}
    if request.htmx and after:
        return render(request, "gallery/_cards.html", context)
    models = queries.model_names_for(request.user)
    context |= {
        "just_deleted": queries.deleted_item_for(request.user, form.cleaned_data.get("deleted")),
        "models": models if not filters.model or filters.model in models else [filters.model, *models],
        "states": STATES,
        "orientations": Orientation.choices,
    }
    return render(request, "gallery/_gallery.html" if request.htmx else "gallery/list.html", context)


@require_GET
@member()
def item(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = queries.item_or_deleted_for(request.user, pk)
    filters = FilterForm(request.GET).filters
    if found.deleted_at is not None:
        return render(request, "gallery/item_deleted.html", {"item": found, "filters": filters})
    context = {
        "item": found,
        "generation": found.generation,
        "card": Card(found.generation),
        "groups": sheet_of(found),
        "filmstrip": queries.filmstrip_of(found),
        "neighbours": queries.neighbours_of(request.user, filters, found),
        "filters": filters,
        "is_lost": files.is_lost(found),
        "speeds": SPEEDS,
    }
    return render(request, "gallery/item.html", context)


@require_GET
@member(Right.ORGANISE)
def deleted(request: MemberRequest) -> HttpResponse:
    """What was deleted and can come back."""
    return render(request, "gallery/deleted.html", {"items": queries.deleted_for(request.user)})


@require_POST
@member(Right.ORGANISE)
def delete(request: MemberRequest, pk: UUID) -> HttpResponse:
    """In the grid the card makes room for its Undo at the same place; from its own page the way leads back there."""
    found = queries.item_or_deleted_for(request.user, pk)
    actions.delete_item(found, request.user)
    filters = FilterForm(request.POST).filters
    if request.htmx:
        return render(request, "gallery/_deleted_card.html", {"item": found, "filters": filters})
    return redirect(f"{reverse('gallery:list')}?{filters.query_with(through=pk, deleted=pk)}")


@require_POST
@member(Right.ORGANISE)
def restore(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = queries.item_or_deleted_for(request.user, pk)
    actions.restore_item(found)
    filters = FilterForm(request.POST).filters
    if request.htmx:
        return render(request, "gallery/_card.html", {"item": found, "filters": filters})
    return redirect(f"{reverse('gallery:item', args=[pk])}?{filters.query}".rstrip("?"))


@require_safe
async def media(request: MemberRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """Bytes of one file, rights read on every range. Of a deleted video only the poster: the trash shows it."""
    if kind not in files.KINDS:
        raise Http404
    return await _serve(request, pk, kind, attachment=False)


@require_safe
async def download(request: MemberRequest, pk: UUID) -> HttpResponseBase:
    return await _serve(request, pk, "original", attachment=True)


async def _serve(request: MemberRequest, pk: UUID, kind: str, *, attachment: bool) -> HttpResponseBase:
    user = await request.auser()
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    found = await sync_to_async(_seen)(user, pk, kind)
    name = getattr(found, kind).name
    return await serve(
        request,
        default_storage,
        name,
        content_type=files.content_type_of(name),
        etag=files.etag_of(found, kind),
        filename=files.download_name(found, kind),
        attachment=attachment,
    )


def _seen(user: Any, pk: UUID, kind: str) -> GalleryItem:
    if not may(membership_of(user), Right.VIEW):
        raise Http404
    return queries.item_or_deleted_for(user, pk) if kind == "poster" else queries.item_for(user, pk)
