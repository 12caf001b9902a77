"""In and out, and slower for who guesses."""

import pytest

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


def test_nobody_is_sent_to_another_site(client, world):
    assert try_in(client, "ana", "ana-secret-words", next="https://evil.example/").headers["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(client, world):
    known, unknown = try_in(client, "ana", "wrong"), try_in(client, "nobody", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert words(known) == words(unknown)


def test_guessing_gets_slower_and_then_even_the_right_password_waits(client, world):
    for _ in range(throttle.FREE_TRIES):
        assert "do not fit" in words(try_in(client, "ana", "wrong"))
    slowed = try_in(client, "ana", "ana-secret-words")
    assert slowed.status_code == 422
    assert "Too many tries" in words(slowed)
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
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/").headers["Location"].startswith("/login/")


def test_somebody_without_a_team_cannot_sign_in(client, world):
    User.objects.create_user("gone", password="gone-secret-words")
    assert "closed" in words(try_in(client, "gone", "gone-secret-words"))


def test_a_session_that_ended_sends_the_whole_page_to_the_door_not_a_part_of_it(client, world):
    answer = client.post(
        "/settings/people/1/remove/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/settings/people/?tab=1"},
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login/?next=%2Fsettings%2Fpeople%2F%3Ftab%3D1"
