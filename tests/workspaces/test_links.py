"""One-time links: to join, or to choose a new password. Once, in time, for one."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.utils import timezone

from studio.workspaces import actions
from studio.workspaces.models import Invitation, Membership, Role, User

pytestmark = pytest.mark.django_db
PERSON = {"username": "lena", "name": "Lena", "password1": "lena-secret-words", "password2": "lena-secret-words"}
NEW = {"password1": "brand-new-secret", "password2": "brand-new-secret"}


@pytest.fixture
def invited(world):
    """(invitation, address of its page)"""
    made, token = actions.invite(world.workspace, world.ana, Role.REVIEWER, "Lena")
    return made, f"/join/{token}/"


@pytest.fixture
def forgotten(world):
    """A link with which Ben chooses a new password."""
    _made, token = actions.offer_new_password(Membership.objects.get(user=world.ben), world.ana)
    return f"/join/{token}/"


def test_an_owner_makes_a_link_that_is_shown_once_and_kept_only_as_a_hash(signed_in, world):
    ana = signed_in(world.ana)
    page = ana.post("/settings/people/", {"name": "Lena", "role": "reviewer"}).content.decode()
    address = re.search(r'value="(http://testserver/join/([\w-]{43})/)"', page)
    assert address, page  # 43 characters of base64: 256 bits
    made = Invitation.objects.get()
    assert address[2] not in str(made.__dict__)
    assert timedelta(days=6, hours=23) < made.expires_at - timezone.now() <= timedelta(days=7)
    assert address[2] not in ana.get("/settings/people/").content.decode()


def test_the_link_carries_the_public_address(signed_in, world, settings):
    settings.PUBLIC_URL = "https://studio.example"
    page = signed_in(world.ana).post("/settings/people/", {"name": "Lena", "role": "viewer"}).content.decode()
    assert 'value="https://studio.example/join/' in page


def test_nobody_is_invited_as_owner(signed_in, world):
    assert signed_in(world.ana).post("/settings/people/", {"name": "Lena", "role": "owner"}).status_code == 422
    assert not Invitation.objects.exists()


def test_a_guest_joins_with_the_role_that_was_promised(client, invited, world):
    _made, page = invited
    assert "Join Atelier" in client.get(page).content.decode()
    assert client.post(page, PERSON).headers["Location"] == "/"
    lena = Membership.objects.get(user__username="lena")
    assert (lena.workspace, lena.role) == (world.workspace, Role.REVIEWER)
    assert not lena.user.is_staff
    assert client.get("/gallery/").status_code == 200


def test_a_used_link_says_that_it_is_over(client, invited):
    _made, page = invited
    client.post(page, PERSON)
    client.post("/logout/")
    for answer in (client.get(page), client.post(page, PERSON | {"username": "second"})):
        assert answer.status_code == 404
        assert "This link is over" in answer.content.decode()
    assert not User.objects.filter(username="second").exists()


def test_an_expired_and_an_unknown_link_look_alike(client, invited, world):
    made, page = invited
    Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now())
    expired, unknown = client.get(page), client.get("/join/never-made/")
    assert expired.status_code == unknown.status_code == 404
    assert expired.templates[0].name == unknown.templates[0].name == "workspaces/link_over.html"


def test_a_withdrawn_link_no_longer_works(client, signed_in, invited, world):
    made, page = invited
    assert signed_in(world.ana).post(f"/settings/people/links/{made.pk}/revoke/").status_code == 302
    assert client.get(page).status_code == 404


def test_a_taken_name_is_refused_and_the_link_stays_open(client, invited):
    _made, page = invited
    answer = client.post(page, PERSON | {"username": "BEN"})
    assert answer.status_code == 422
    assert "taken" in str(answer.context["form"].errors["username"])
    assert client.post(page, PERSON).status_code == 302


def test_a_name_taken_in_the_same_moment_leaves_the_link_open(invited):
    made, _page = invited
    with pytest.raises(actions.NameTaken):
        actions.join(made, "ben", "Second Ben", "lena-secret-words")
    assert actions.join(made, "lena", "Lena", "lena-secret-words").username == "lena"


def test_a_forgotten_password_is_chosen_anew_and_ends_every_session(client, signed_in, forgotten, world):
    elsewhere = signed_in(world.ben)
    assert "Choose a new password" in client.get(forgotten).content.decode()
    assert client.post(forgotten, NEW).headers["Location"] == "/"
    world.ben.refresh_from_db()
    assert world.ben.check_password("brand-new-secret")
    assert [row.get_decoded()["_auth_user_id"] for row in Session.objects.all()] == [str(world.ben.pk)]  # the new one
    assert elsewhere.get("/").headers["Location"].startswith("/login/")
    assert client.get("/").status_code == 200


def test_a_newer_password_link_ends_the_one_before(client, forgotten, world):
    actions.offer_new_password(Membership.objects.get(user=world.ben), world.ana)
    assert client.get(forgotten).status_code == 404


def test_a_removed_member_cannot_come_back_by_a_password_link(client, forgotten, world):
    actions.remove_member(Membership.objects.get(user=world.ben))
    assert client.get(forgotten).status_code == 404


def test_the_password_link_lasts_a_day(forgotten):
    left = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(days=1)


def test_the_address_goes_to_no_other_site(client, invited):
    """ "no-referrer" would blank the Origin of the page's own form, which the CSRF check then refuses."""
    answer = client.get(invited[1])
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-cache" in answer.headers["Cache-Control"]


def everything_stored() -> str:
    rows = [repr(list(model._default_manager.values_list())) for model in apps.get_models()]
    return "\n".join([*rows, *(repr(session.get_decoded()) for session in Session.objects.all())])


def test_the_database_knows_no_link_only_its_hash(signed_in, world):
    ana = signed_in(world.ana)
    ben = Membership.objects.get(user=world.ben)
    pages = [
        ana.post("/settings/people/", {"name": "Lena", "role": "viewer"}),
        ana.post(f"/settings/people/{ben.pk}/new-password/"),
    ]
    stored = everything_stored()
    for page in pages:
        token = re.search(r"/join/([\w-]{43})/", page.content.decode())[1]
        assert token not in stored
        assert hashlib.sha256(token.encode()).hexdigest() in stored


def test_a_page_that_shows_a_link_is_kept_by_no_cache(signed_in, world):
    ana, ben = signed_in(world.ana), Membership.objects.get(user=world.ben)
    made = ana.post("/settings/people/", {"name": "Lena", "role": "viewer"})
    anew = ana.post(f"/settings/people/{ben.pk}/new-password/")
    for page in (made, anew):
        assert "/join/" in page.content.decode()
        assert "no-store" in page.headers["Cache-Control"]


def test_a_page_left_open_until_the_link_expired_joins_nobody(client, invited):
    made, page = invited
    assert client.get(page).status_code == 200
    Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now())
    assert client.post(page, PERSON).status_code == 404
    assert not User.objects.filter(username="lena").exists()


def test_a_refused_password_leaves_the_link_open(client, invited, forgotten, world):
    weak = {"password1": "password", "password2": "password"}
    assert client.post(invited[1], PERSON | weak).status_code == 422
    assert client.post(forgotten, weak).status_code == 422
    assert not User.objects.filter(username="lena").exists()
    world.ben.refresh_from_db()
    assert world.ben.check_password("ben-secret-words")
    assert client.post(forgotten, NEW).status_code == 302
    assert client.post(invited[1], PERSON).status_code == 302


@pytest.mark.parametrize("leave", ["demoted", "removed"])
def test_links_of_an_owner_who_is_none_any_more_open_nothing(client, world, leave):
    """Else an owner on the way out keeps a back door, or the way into somebody else's account."""
    ben = Membership.objects.get(user=world.ben)
    actions.change_role(ben, Role.OWNER)
    _made, joining = actions.invite(world.workspace, world.ben, Role.PRODUCER, "Ben again")
    _made, taking = actions.offer_new_password(Membership.objects.get(user=world.ana), world.ben)
    _made, honest = actions.invite(world.workspace, world.ana, Role.PRODUCER, "Lena")
    ben.refresh_from_db()
    if leave == "demoted":
        actions.change_role(ben, Role.PRODUCER)
    else:
        actions.remove_member(ben)
    assert client.get(f"/join/{joining}/").status_code == 404
    assert client.get(f"/join/{taking}/").status_code == 404
    assert client.get(f"/join/{honest}/").status_code == 200


def test_of_eight_who_use_a_link_at_once_one_joins(at_once, invited):
    made, page = invited
    names = [f"guest{number}" for number in range(8)]
    answers = at_once(*(lambda client, name=name: client.post(page, PERSON | {"username": name}) for name in names))
    assert sorted(answer.status_code for answer in answers) == [302] + [404] * 7
    for name, answer in zip(names, answers, strict=True):
        assert User.objects.filter(username=name).exists() is (answer.status_code == 302)
        assert ("This link is over" in answer.content.decode()) is (answer.status_code == 404)
    assert made.workspace.memberships.count() == 3


def test_of_eight_new_passwords_at_once_one_holds(at_once, forgotten, world):
    words = [f"brand-new-secret-{number}" for number in range(8)]
    answers = at_once(
        *(lambda client, word=word: client.post(forgotten, {"password1": word, "password2": word}) for word in words)
    )
    assert sorted(answer.status_code for answer in answers) == [302] + [404] * 7
    world.ben.refresh_from_db()
    assert [answer.status_code == 302 for answer in answers] == [world.ben.check_password(word) for word in words]
