"""No means no in the studio's own look, and a part gets a small no."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import gettext, override

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


def test_a_page_that_is_not_there(signed_in, world):
    answer = signed_in(world.ana).get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
    assert 'class="rail"' in answer.content.decode()


def test_a_stranger_on_the_net_learns_nothing_from_a_missing_page(client, world):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert 'class="rail"' not in answer.content.decode()


def test_a_missing_right_is_named(signed_in, world):
    answer = signed_in(world.ben).get("/settings/people/")
    assert answer.status_code == 403
    assert "the right to add and remove people" in answer.content.decode()


@pytest.mark.parametrize(("path", "status"), [("/nowhere/", 404), ("/settings/people/", 403)])
def test_a_part_gets_a_toast_and_stays_as_it_is(signed_in, world, path, status):
    answer = signed_in(world.ben).get(path, headers=PART)
    assert answer.status_code == status
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#toasts", "beforeend")
    assert answer.content.decode().strip().startswith('<div class="toast"')


def test_a_form_without_its_token_explains_itself(world):
    careful = Client(enforce_csrf_checks=True)
    answer = careful.post("/login/", {"username": "ana", "password": "ana-secret-words"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()
    small = careful.post("/login/", {}, headers=PART)
    assert small.headers["HX-Retarget"] == "#toasts"


DAMAGED = {
    "a foreign host name": {"headers": {"Host": "evil.example"}},
    "five megabytes of words": {
        "data": "words=" + "a" * 5_000_000,
        "content_type": "application/x-www-form-urlencoded",
    },
    "a thousand fields too many": {"data": "f=&" * 2000, "content_type": "application/x-www-form-urlencoded"},
    "parts without a boundary": {"data": "x", "content_type": "multipart/form-data; boundary="},
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_request_is_answered_in_the_look(client, world, kind):
    answer = client.post("/login/", **DAMAGED[kind])
    assert answer.status_code == 400
    assert "This cannot be read" in answer.content.decode()
    assert "/static/css/base.css" in answer.content.decode()


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_request_for_a_part_is_answered_by_a_toast(client, world, kind):
    asked = DAMAGED[kind]
    answer = client.post("/login/", **asked | {"headers": PART | asked.get("headers", {})})
    assert answer.status_code == 400
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert "This cannot be read" in answer.content.decode()


def test_a_refusal_speaks_the_persons_language(signed_in, world):
    world.ben.language = "zh-hans"
    world.ben.save()
    with override("zh-hans"):
        said = gettext("There is nothing here")
    page = signed_in(world.ben).get("/nowhere/").content.decode()
    assert said != "There is nothing here"
    assert said in page


def test_the_address_that_was_asked_for_is_never_markup(signed_in, world):
    page = signed_in(world.ana).get("/nowhere/<script>alert(1)</script>").content.decode()
    assert "alert(1)" not in page


def test_the_page_of_a_fault_needs_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = render_to_string("500.html")
    assert "The studio had a fault" in page
    assert "css/base.css" in page
