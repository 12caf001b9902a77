"""Members, their roles, and the wall around the team."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from studio.workspaces import actions
from studio.workspaces.models import Invitation, Membership, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(world):
    return {name: Membership.objects.get(user=getattr(world, name)) for name in ("ana", "ben", "eve")}


def role_of(membership: Membership) -> str:
    return Membership.objects.get(pk=membership.pk).role


def test_the_page_shows_the_team_and_nobody_else(signed_in, world):
    actions.invite(world.elsewhere, world.eve, Role.VIEWER, "Mallory")
    actions.invite(world.workspace, world.ana, Role.VIEWER, "Lena")
    page = signed_in(world.ana).get("/settings/people/").content.decode()
    assert "Ana" in page
    assert "Ben" in page
    assert "Lena" in page
    assert "Eve" not in page
    assert "Mallory" not in page


def test_an_owner_gives_another_role(signed_in, world, place):
    signed_in(world.ana).post(f"/settings/people/{place['ben'].pk}/role/", {"role": "viewer"})
    assert role_of(place["ben"]) == Role.VIEWER


def test_a_made_up_role_is_refused(signed_in, world, place):
    answer = signed_in(world.ana).post(f"/settings/people/{place['ben'].pk}/role/", {"role": "emperor"})
    assert answer.status_code == 422
    assert role_of(place["ben"]) == Role.PRODUCER


def test_a_removed_member_is_signed_out_everywhere_and_stays_out(client, signed_in, world, place):
    ben = signed_in(world.ben)
    assert ben.get("/").status_code == 200
    signed_in(world.ana).post(f"/settings/people/{place['ben'].pk}/remove/")
    assert not Membership.objects.filter(user=world.ben).exists()
    part = ben.get("/gallery/", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/login/?next=%2F")
    assert ben.get("/").headers["Location"].startswith("/login/")
    assert client.post("/login/", {"username": "ben", "password": "ben-secret-words"}).status_code == 422


def test_the_last_owner_stays_owner(signed_in, world, place):
    ana = signed_in(world.ana)
    for address in ("role/", "remove/"):
        answer = ana.post(f"/settings/people/{place['ana'].pk}/{address}", {"role": "viewer"}, follow=True)
        assert "keeps at least one owner" in answer.content.decode()
    assert role_of(place["ana"]) == Role.OWNER


def test_with_a_second_owner_the_first_may_go(signed_in, world, place):
    actions.change_role(place["ben"], Role.OWNER)
    signed_in(world.ana).post(f"/settings/people/{place['ana'].pk}/role/", {"role": "producer"})
    assert role_of(place["ana"]) == Role.PRODUCER


def test_who_is_no_owner_any_more_has_no_admin(world, place):
    User.objects.filter(pk=world.ana.pk).update(is_staff=True, is_superuser=True)
    actions.change_role(place["ben"], Role.OWNER)
    actions.change_role(place["ana"], Role.PRODUCER)
    world.ana.refresh_from_db()
    assert not world.ana.is_staff
    assert not world.ana.is_superuser


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_at_once_leave_one(world, place):
    actions.change_role(place["ben"], Role.OWNER)
    start = Barrier(2)

    def demote(name: str) -> None:
        membership = Membership.objects.get(pk=place[name].pk)
        start.wait()
        try:
            actions.change_role(membership, Role.VIEWER)
        except actions.LastOwner:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(demote, ["ana", "ben"]))
    assert Membership.objects.filter(workspace=world.workspace, role=Role.OWNER).count() == 1


@pytest.mark.parametrize("address", ["", "{ben}/role/", "{ben}/remove/", "{ben}/new-password/", "links/{link}/revoke/"])
def test_only_owners_manage_people_and_the_page_names_the_missing_right(signed_in, world, place, address):
    link, _token = actions.invite(world.workspace, world.ana, Role.VIEWER, "Lena")
    address = "/settings/people/" + address.format(ben=place["ben"].pk, link=link.pk)
    answer = signed_in(world.ben).post(address, {"role": "owner", "name": "x"})
    assert answer.status_code == 403
    assert "add and remove people" in answer.content.decode()
    assert role_of(place["ben"]) == Role.PRODUCER
    assert Invitation.objects.filter(pk=link.pk).exists()


@pytest.mark.parametrize("address", ["{ben}/role/", "{ben}/remove/", "{ben}/new-password/", "links/{link}/revoke/"])
def test_a_stranger_finds_nobody_here(signed_in, world, place, address):
    link, _token = actions.invite(world.workspace, world.ana, Role.VIEWER, "Lena")
    address = "/settings/people/" + address.format(ben=place["ben"].pk, link=link.pk)
    assert signed_in(world.eve).post(address, {"role": "viewer"}).status_code == 404
    assert role_of(place["ben"]) == Role.PRODUCER
    assert list(Invitation.objects.all()) == [link]


@pytest.mark.parametrize("address", ["{ben}/role/", "{ben}/remove/", "{ben}/new-password/"])
def test_nothing_about_people_happens_by_following_a_link(signed_in, world, place, address):
    address = "/settings/people/" + address.format(ben=place["ben"].pk)
    assert signed_in(world.ana).get(address).status_code == 405


def test_names_are_never_markup(signed_in, world):
    User.objects.filter(pk=world.ben.pk).update(name="<img src=x onerror=alert(1)>")
    page = signed_in(world.ana).get("/settings/people/").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_the_page_asks_the_database_a_few_things_however_many_members(signed_in, world, django_assert_max_num_queries):
    for number in range(30):
        person = User.objects.create_user(f"member{number}")
        Membership.objects.create(workspace=world.workspace, user=person, role=Role.VIEWER)
    ana = signed_in(world.ana)
    with django_assert_max_num_queries(8):
        ana.get("/settings/people/")


def test_the_admin_never_shows_the_hash_of_a_link(signed_in, world):
    User.objects.filter(pk=world.ana.pk).update(is_staff=True, is_superuser=True)
    made, _token = actions.invite(world.workspace, world.ana, Role.VIEWER, "Lena")
    admin = signed_in(world.ana)
    page = admin.get(f"/admin/workspaces/invitation/{made.pk}/change/")
    assert page.status_code == 200
    assert made.token_hash not in page.content.decode()
    for name in ("user", "workspace"):
        assert admin.get(f"/admin/workspaces/{name}/").status_code == 200
