"""What a person sets for themselves."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils.translation import gettext, override

pytestmark = pytest.mark.django_db
CHANGE = {"old_password": "ana-secret-words", "password1": "next-secret-words", "password2": "next-secret-words"}


def test_settings_open_where_the_person_has_something_to_set(signed_in, world):
    assert signed_in(world.ana).get("/settings/").headers["Location"] == "/settings/providers/"
    assert signed_in(world.ben).get("/settings/").headers["Location"] == "/settings/account/"


def test_a_chosen_theme_and_language_hold_on_every_page(signed_in, world):
    ben = signed_in(world.ben)
    ben.post("/settings/account/", {"name": "Benjamin", "language": "zh-hans", "theme": "dark"})
    page = ben.get("/gallery/", headers={"Accept-Language": "en"})
    assert '<html lang="zh-hans" data-theme="dark">' in page.content.decode()
    assert page.headers["Content-Language"] == "zh-hans"
    with override("zh-hans"):
        said = gettext("Gallery")
    assert said != "Gallery"
    assert f"<span>{said}</span>" in page.content.decode()
    world.ben.refresh_from_db()
    assert str(world.ben) == "Benjamin"


def test_a_choice_that_is_taken_back_leaves_it_to_the_browser(signed_in, world):
    ben = signed_in(world.ben)
    for chosen in ("zh-hans", ""):
        ben.post("/settings/account/", {"name": "", "language": chosen, "theme": "auto"})
    page = ben.get("/gallery/", headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="en" data-theme="auto">' in page
    assert "<span>Gallery</span>" in page


def test_one_persons_language_is_not_the_next_ones(signed_in, world):
    world.ben.language = "zh-hans"
    world.ben.save()
    ben, ana = signed_in(world.ben), signed_in(world.ana)
    for _ in range(2):
        assert '<html lang="zh-hans"' in ben.get("/gallery/").content.decode()
        assert '<html lang="en"' in ana.get("/gallery/").content.decode()


def test_without_a_choice_the_browser_is_asked(client, world):
    assert '<html lang="zh-hans"' in client.get("/login/", headers={"Accept-Language": "zh-CN"}).content.decode()
    answer = client.get("/login/", headers={"Accept-Language": "fr"})
    assert '<html lang="en"' in answer.content.decode()
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_visitor_chooses_a_language_at_the_door(client, world):
    answer = client.post("/language/", {"language": "zh-hans", "next": "/login/"})
    assert answer.headers["Location"] == "/login/"
    assert '<html lang="zh-hans"' in client.get("/login/", headers={"Accept-Language": "en"}).content.decode()


def test_the_door_speaks_both_languages_before_the_first_account(client, db):
    client.post("/language/", {"language": "zh-hans", "next": "/setup/"})
    assert '<html lang="zh-hans"' in client.get("/setup/").content.decode()


def test_a_made_up_language_is_refused(signed_in, world):
    ben = signed_in(world.ben)
    assert ben.post("/settings/account/", {"name": "", "language": "tlh", "theme": "dark"}).status_code == 422


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(world):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post("/login/", {"username": "ana", "password": "ana-secret-words"})
    assert here.post("/settings/password/", CHANGE).headers["Location"] == "/settings/account/"
    assert Session.objects.count() == 1
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").headers["Location"].startswith("/login/")
    world.ana.refresh_from_db()
    assert world.ana.check_password("next-secret-words")


def test_a_new_password_ends_nobody_elses_session(signed_in, world):
    ben = signed_in(world.ben)
    signed_in(world.ana).post("/settings/password/", CHANGE)
    assert ben.get("/").status_code == 200


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"old_password": "guess"}, "old_password"),
        ({"password2": "different"}, "password2"),
        ({"password1": "ana", "password2": "ana"}, "password1"),
    ],
)
def test_a_wrong_change_says_what_is_wrong_and_changes_nothing(signed_in, world, changed, field):
    answer = signed_in(world.ana).post("/settings/password/", CHANGE | changed)
    assert answer.status_code == 422
    assert answer.context["password_form"].errors[field]
    world.ana.refresh_from_db()
    assert world.ana.check_password("ana-secret-words")


def test_an_anonymous_page_reads_nothing_about_people(client, world, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):  # whether the first visit is over
        client.get("/login/")
