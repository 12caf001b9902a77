"""What every answer carries, whichever kind of answer it is: nothing inline, nothing from elsewhere, in no frame."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.http import parse_http_date

from studio.web.middleware import ContentSecurityPolicyMiddleware

POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:", "blob:"},
    "media-src": {"'self'", "blob:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "manifest-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
}
PART = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


def policy_of(answer) -> dict[str, set[str]]:
    rules = [rule.split() for rule in answer.headers["Content-Security-Policy"].split(";")]
    return {name: set(sources) for name, *sources in rules}


# kind of answer → (who, method, address, headers, status)
ANSWERS = {
    "a page": ("ana", "get", "/gallery/", {}, 200),
    "a part": ("ana", "get", "/gallery/", PART | {"HX-Request-Type": "partial"}, 200),
    "the door": (None, "get", "/login/", {}, 200),
    "the page of a link": (None, "get", "/join/never-made/", {}, 404),
    "a redirect": (None, "get", "/gallery/", {}, 302),
    "a form with a mistake": (None, "post", "/login/", {}, 422),
    "a wrong method": ("ana", "get", "/logout/", {}, 405),
    "a missing page": ("ana", "get", "/nowhere/", {}, 404),
    "a missing right": ("ben", "get", "/settings/people/", {}, 403),
    "a toast": ("ben", "get", "/settings/people/", PART, 403),
    "a fault": ("ana", "get", "/fails/", {}, 500),
    "the admin": (None, "get", "/admin/login/", {}, 200),
    "the Demo gateway": (None, "get", "/demo/v1/models", {}, 401),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_kind_of_answer_is_guarded(broken, world, kind):
    who, method, address, headers, status = ANSWERS[kind]
    client = Client(raise_request_exception=False)
    if who:
        client.force_login(getattr(world, who))
    answer = getattr(client, method)(address, headers=headers)
    assert answer.status_code == status
    assert policy_of(answer) == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("/login/", {"Host": "evil.example"}, 400),
        ("/static/css/base.css", {}, 200),
        ("/gallery/", PART, 401),
    ],
)
def test_what_no_view_answers_is_guarded_too(client, world, address, headers, status):
    """Framing is refused by the policy's frame-ancestors alone here: the older header is set nearer to the views."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == status
    assert policy_of(answer) == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_refused_form_is_guarded_too(world):
    answer = Client(enforce_csrf_checks=True).post("/login/", {})
    assert answer.status_code == 403
    assert policy_of(answer) == POLICY


async def test_the_policy_holds_where_requests_are_answered_on_the_loop(async_client):
    answer = await async_client.get("/demo/v1/models")
    assert answer.status_code == 401
    assert policy_of(answer) == POLICY


def test_a_view_that_is_stricter_stays_stricter(rf):
    strict = {"Content-Security-Policy": "sandbox"}
    middleware = ContentSecurityPolicyMiddleware(lambda request: HttpResponse(headers=strict))
    assert policy_of(middleware(rf.get("/"))) == {"sandbox": set()}


def test_the_doors_are_kept_by_no_cache(client, world):
    for address in ("/login/", "/join/never-made/"):
        answer = client.get(address)
        assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))
        assert parse_http_date(answer.headers["Expires"])
