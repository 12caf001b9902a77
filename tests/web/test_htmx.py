"""A part where a part was asked for, with what there is to say beside it."""

import pytest
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore

from studio.web.htmx import page_or_part, wants_part

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def asked(rf, db):
    def ask(**headers: str):
        request = rf.get("/anything/", headers=headers)
        request.session = SessionStore()
        request._messages = FallbackStorage(request)
        return request

    return ask


def answer(request):
    return page_or_part(request, "web/refusal.html", "web/_refusal_toast.html", {"title": "T", "told": "W"})


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({}, False),
        (PART, True),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, False),
        ({"HX-Request": "no"}, False),
    ],
)
def test_only_a_part_that_was_asked_for_is_a_part(asked, headers, part):
    request = asked(**headers)
    assert wants_part(request) is part
    html = answer(request).content.decode()
    assert ("<!doctype" not in html) is part


def test_caches_are_told_that_the_answer_hangs_on_htmx(asked):
    for request in (asked(), asked(**PART)):
        assert "HX-Request" in answer(request).headers["Vary"]


def test_a_part_brings_the_waiting_messages(asked):
    request = asked(**PART)
    messages.success(request, "Kept <b>safe</b>")
    html = answer(request).content.decode()
    assert 'hx-swap-oob="beforeend:#toasts"' in html
    assert "Kept &lt;b&gt;safe&lt;/b&gt;" in html
    assert request._messages.used  # so the middleware forgets them
    assert "hx-swap-oob" not in answer(asked(**PART)).content.decode()
