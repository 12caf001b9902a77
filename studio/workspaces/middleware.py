"""The person's language before the browser's, and the first visit before everything."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from studio.workspaces.queries import has_owner

OPEN_WITHOUT_OWNER = ("/static/", "/demo/", "/setup/")


class PersonLocaleMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith("/demo/"):
            return self.get_response(request)  # a gateway has no visitors
        signed_in = request.session.get("_auth_user_id") is not None
        if not signed_in and not path.startswith(OPEN_WITHOUT_OWNER) and not has_owner():
            return redirect(reverse("workspaces:setup"))
        chosen = request.user.language if signed_in and request.user.is_authenticated else ""
        language = chosen or translation.get_language_from_request(request)
        with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)  # type: ignore[attr-defined]
        return response
