"""Answers to htmx: a part where a part was asked for, the page everywhere else."""

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers


def wants_part(request: HttpRequest) -> bool:
    """htmx 4 says in ``HX-Request-Type`` whether it fills a part or (target body, hx-select) needs the whole page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def page_or_part(
    request: HttpRequest, page: str, part: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Renders ``part`` with the waiting messages as toasts beside it, or ``page``; caches are told what it hung on."""
    if wants_part(request):
        answer = with_toasts(request, render(request, part, context, status=status))
    else:
        answer = render(request, page, context, status=status)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def with_toasts(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Appends what ``django.contrib.messages`` holds for this person, out of band, so that no reload is needed."""
    messages = list(get_messages(request))
    if messages:
        answer.write(render_to_string("web/_toasts_out_of_band.html", {"messages": messages}))
    return answer
