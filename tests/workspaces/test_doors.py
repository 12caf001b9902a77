"""The wall has no gap: every address of every room is tried by who should not pass it."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from studio.web.ids import uuid7
from studio.workspaces.models import Membership

PUBLIC_ROOMS = {"admin", "demo"}  # a door of its own, and a gateway that knows keys, not people
FOR_VISITORS = {"workspaces:setup", "workspaces:login", "workspaces:logout", "workspaces:language", "workspaces:accept"}
EXAMPLES = {"UUIDConverter": uuid7(), "IntConverter": 1, "StringConverter": "words", "SlugConverter": "poster"}
PART = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


def addresses(resolver: URLResolver | None = None, room: str = "") -> dict[str, str]:
    """``room:name`` → a path that fits it, read from the routes themselves."""
    found = {}
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver) and entry.namespace not in PUBLIC_ROOMS:
            found |= addresses(entry, entry.namespace)
        elif isinstance(entry, URLPattern):
            values = {key: EXAMPLES[type(kind).__name__] for key, kind in entry.pattern.converters.items()}
            found[f"{room}:{entry.name}"] = reverse(f"{room}:{entry.name}", kwargs=values)
    return found


ADDRESSES = addresses()
BEHIND_THE_WALL = {name: path for name, path in ADDRESSES.items() if name not in FOR_VISITORS}


def by_any_method(client, path: str) -> list:
    """What GET and POST answer; a method the address does not know says nothing about its wall."""
    answers = [answer for answer in (client.get(path), client.post(path)) if answer.status_code != 405]
    assert answers, f"{path} answers neither GET nor POST"
    return answers


def test_the_walk_finds_the_rooms():
    assert {name.split(":")[0] for name in ADDRESSES} >= {"desk", "workspaces", "generations", "gallery", "providers"}
    assert set(ADDRESSES) >= FOR_VISITORS


@pytest.mark.parametrize("name", sorted(ADDRESSES.keys() - {"workspaces:setup", "workspaces:language"}))
def test_before_the_first_account_every_address_leads_to_it(client, name):
    for answer in (client.get(ADDRESSES[name]), client.post(ADDRESSES[name])):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/setup/")


def test_before_the_first_account_a_part_sends_the_whole_page_there(client):
    answer = client.get("/gallery/", headers=PART)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["HX-Redirect"].startswith("/setup/?")


@pytest.mark.parametrize("name", sorted(BEHIND_THE_WALL))
def test_a_visitor_is_sent_to_sign_in(client, world, name):
    for answer in by_any_method(client, BEHIND_THE_WALL[name]):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login/?next=/")


@pytest.mark.parametrize("name", sorted(BEHIND_THE_WALL))
def test_who_is_in_no_team_any_more_finds_nothing(signed_in, world, name):
    Membership.objects.filter(user=world.ben).delete()
    for answer in by_any_method(signed_in(world.ben), BEHIND_THE_WALL[name]):
        assert answer.status_code == 404
        assert "Atelier" not in answer.content.decode()
