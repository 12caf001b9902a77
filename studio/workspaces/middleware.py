"""The person's language before the browser's, the first visit before everything, and signing in again before a part."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from studio.workspaces.queries import has_owner

OPEN_WITHOUT_OWNER = ("/static/", "/demo/", "/setup/", "/language/")


class PersonLocaleMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith("/demo/"):
            return self.get_response(request)  # a gateway has no visitors
        signed_in = request.session.get("_auth_user_id") is not None
        if not signed_in and not path.startswith(OPEN_WITHOUT_OWNER) and not has_owner():
            return to_whole_page(request, redirect(reverse("workspaces:setup")))
        chosen = request.user.language if signed_in and request.user.is_authenticated else ""
        language = chosen or translation.get_language_from_request(request)
        with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)  # type: ignore[attr-defined]
        patch_vary_headers(response, ["Accept-Language"])
        return to_whole_page(request, response)


def to_whole_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """fetch follows redirects by itself, so the door of a session that ended would be swapped into a card.

    An htmx request that is sent to a door gets ``HX-Redirect`` and comes back to the page it was made from, not to
    the address of its part.
    """
    if request.headers.get("HX-Request") != "true" or not isinstance(response, HttpResponseRedirect):
        return response
    to = urlsplit(response.url).path
    if to not in (resolve_url(settings.LOGIN_URL), reverse("workspaces:setup")):
        return response
    came_from = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = urlencode({"next": f"{came_from.path or '/'}{'?' if came_from.query else ''}{came_from.query}"})
    return HttpResponse(status=401, headers={"HX-Redirect": f"{to}?{back}"})
