"""In and out, and slower for who guesses."""

import re

import pytest
from django.test import Client

from studio.workspaces import throttle
from studio.workspaces.models import User

pytestmark = pytest.mark.django_db


def try_in(client, username: str, password: str, **more: str):
    return client.post("/login/", {"username": username, "password": password, **more})


def words(answer) -> str:
    return str(answer.context["form"].non_field_errors())


def test_a_member_comes_back_to_the_page_they_asked_for(client, world):
    asked = client.get("/settings/people/")
    assert asked.headers["Location"] == "/login/?next=/settings/people/"
    answer = try_in(client, "ana", "ana-secret-words", next="/settings/people/")
    assert answer.headers["Location"] == "/settings/people/"


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example/",
    "http:///evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "\t//evil.example/",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_nobody_is_sent_to_another_site(client, world, elsewhere):
    assert try_in(client, "ana", "ana-secret-words", next=elsewhere).headers["Location"] == "/"
    assert client.get("/login/", {"next": elsewhere}).headers["Location"] == "/"  # signed in by now
    chosen = client.post("/language/", {"language": "en", "next": elsewhere})
    assert chosen.headers["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(client, world):
    known, unknown = try_in(client, "ana", "wrong"), try_in(client, "nobody", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert words(known) == words(unknown)


def test_guessing_gets_slower_and_then_even_the_right_password_waits(client, world):
    for _ in range(throttle.FREE_TRIES):
        assert "do not fit" in words(try_in(client, "ana", "wrong"))
    slowed = try_in(client, "ana", "ana-secret-words")
    assert slowed.status_code == 422
    told = re.search(r"Too many tries\. Wait (\d+) seconds?\.", slowed.content.decode())
    assert told, slowed.content.decode()
    assert 1 <= int(told[1]) <= throttle.FIRST_WAIT_SECONDS + 1
    assert "_auth_user_id" not in client.session


def test_the_right_password_makes_up_for_wrong_ones(client, world):
    for _ in range(2):
        for _ in range(throttle.FREE_TRIES - 1):
            assert "do not fit" in words(try_in(client, "ana", "wrong"))
        assert try_in(client, "ana", "ana-secret-words").status_code == 302
        client.post("/logout/")


def test_another_spelling_of_the_name_is_no_new_start(client, world):
    for name in ("ana", "Ana", "ANA", " ana ", "\uff41na"):  # the last: a full-width a
        assert "do not fit" in words(try_in(client, name, "wrong"))
    assert "Too many tries" in words(try_in(client, "aNa", "wrong"))


def test_the_admins_own_door_is_no_way_around(client, world):
    User.objects.filter(pk=world.ana.pk).update(is_staff=True, is_superuser=True)
    guess = {"username": "ana", "password": "wrong", "next": "/admin/"}
    for _ in range(throttle.FREE_TRIES):
        assert "do not fit" in words(client.post("/admin/login/", guess))
    right = guess | {"password": "ana-secret-words"}
    assert "Too many tries" in words(client.post("/admin/login/", right))
    assert "Too many tries" in words(try_in(client, "ana", "ana-secret-words"))
    throttle.forgive("ana", "127.0.0.1")
    assert client.post("/admin/login/", right).headers["Location"] == "/admin/"


def test_the_admin_is_for_superusers(client, world):
    answer = client.post("/admin/login/", {"username": "ben", "password": "ben-secret-words", "next": "/admin/"})
    assert "do not fit" in words(answer)
    assert "_auth_user_id" not in client.session


def test_unknown_names_are_slowed_alike(client, world):
    for _ in range(throttle.FREE_TRIES):
        try_in(client, "nobody", "wrong")
    assert "Too many tries" in words(try_in(client, "nobody", "wrong"))


def test_guessing_from_elsewhere_does_not_lock_the_person_out(client, world):
    for _ in range(throttle.FREE_TRIES + 2):
        client.post("/login/", {"username": "ana", "password": "wrong"}, REMOTE_ADDR="203.0.113.9")
    assert try_in(client, "ana", "ana-secret-words").status_code == 302


def test_one_address_does_not_try_all_names(client, world):
    for number in range(throttle.FREE_TRIES_ALONE):
        try_in(client, f"name{number}", "wrong")
    assert "Too many tries" in words(try_in(client, "ana", "ana-secret-words"))


def test_a_known_account_does_not_clear_the_address_for_guessing():
    for number in range(throttle.FREE_TRIES_ALONE - 1):
        assert throttle.take_try(f"name{number}", "here") == 0
    assert throttle.take_try("own", "here") == 0
    throttle.forgive("own", "here")
    assert throttle.take_try("victim", "here") == 0
    assert throttle.take_try("victim2", "here") > 0


def test_each_further_try_doubles_the_wait():
    now, waits = 1000.0, []
    for _ in range(throttle.FREE_TRIES + 9):
        wait = throttle.take_try("ana", "here", now)
        if wait:
            waits.append(wait)
            now += wait
            assert throttle.take_try("ana", "here", now) == 0
    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert max(waits) == throttle.LONGEST_WAIT_SECONDS
    assert throttle.take_try("ana", "here", now + throttle.FORGET_SECONDS + 1) == 0


def test_signing_out_is_a_post(signed_in, world):
    client = signed_in(world.ana)
    assert client.get("/logout/").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/").headers["Location"].startswith("/login/")


def test_another_site_signs_nobody_out(world):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(world.ana)
    assert careful.post("/logout/").status_code == 403
    assert careful.get("/").status_code == 200


def test_somebody_without_a_team_cannot_sign_in(client, world):
    User.objects.create_user("gone", password="gone-secret-words")
    assert "closed" in words(try_in(client, "gone", "gone-secret-words"))
    assert "do not fit" in words(try_in(client, "gone", "wrong"))  # who guesses is not told that it is closed


def test_a_session_that_ended_sends_the_whole_page_to_the_door_not_a_part_of_it(client, world):
    answer = client.post(
        "/settings/people/1/remove/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/settings/people/?tab=1"},
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login/?next=%2Fsettings%2Fpeople%2F%3Ftab%3D1"
