"""Who may do what: the whole table, and the guard in front of every view."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse

from studio.workspaces.access import RIGHT_NAMES, RIGHTS, Refused, Right, may, member, membership_of
from studio.workspaces.models import Membership, Role

MAY = {
    Right.VIEW: {Role.OWNER, Role.PRODUCER, Role.REVIEWER, Role.VIEWER},
    Right.GENERATE: {Role.OWNER, Role.PRODUCER},
    Right.REVIEW: {Role.OWNER, Role.PRODUCER, Role.REVIEWER},
    Right.ORGANISE: {Role.OWNER, Role.PRODUCER},
    Right.MANAGE_PROVIDERS: {Role.OWNER},
    Right.MANAGE_PEOPLE: {Role.OWNER},
}
pytestmark = pytest.mark.django_db


@member(Right.GENERATE)
def send(request):
    return HttpResponse(f"{request.workspace} as {request.membership.role}")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_a_role_holds_exactly_its_rights(role, right):
    assert may(Membership(role=role), right) is (role in MAY[right])


def test_a_stranger_holds_no_right():
    assert not any(may(None, right) for right in Right)


def test_every_role_stands_in_the_table_and_every_right_has_words():
    assert set(RIGHTS) == set(Role)
    assert set(RIGHT_NAMES) == set(Right)


@pytest.mark.parametrize("role", Role)
def test_the_guard_lets_pass_who_holds_the_right_and_names_it_to_who_does_not(rf, world, role):
    Membership.objects.filter(user=world.ben).update(role=role)
    request = rf.post("/generate/")
    request.user = world.ben
    if role in MAY[Right.GENERATE]:
        assert send(request).content.decode() == f"Atelier as {role}"
    else:
        with pytest.raises(Refused) as refused:
            send(request)
        assert refused.value.right == Right.GENERATE
        assert str(refused.value) == "send prompts to gateways"


def test_a_visitor_is_asked_to_sign_in_and_led_back(rf, world):
    request = rf.get("/generate/?prompt=a%20dog")
    request.user = AnonymousUser()
    assert send(request).headers["Location"] == "/login/?next=/generate/%3Fprompt%3Da%2520dog"


def test_who_is_in_no_team_finds_nothing(rf, world):
    Membership.objects.filter(user=world.ben).delete()
    request = rf.get("/generate/")
    request.user = world.ben
    with pytest.raises(Http404):
        send(request)


def test_a_closed_account_has_no_place(world):
    assert membership_of(world.ben).workspace == world.workspace
    world.ben.is_active = False
    assert membership_of(world.ben) is None
    assert membership_of(AnonymousUser()) is None


def test_a_person_in_two_teams_stands_in_the_one_they_joined_first(world):
    Membership.objects.create(workspace=world.elsewhere, user=world.ben, role=Role.OWNER)
    assert membership_of(world.ben).workspace == world.workspace


def test_a_new_role_counts_at_the_very_next_request(signed_in, world):
    ben = signed_in(world.ben)
    assert ben.get("/settings/people/").status_code == 403
    Membership.objects.filter(user=world.ben).update(role=Role.OWNER)
    assert ben.get("/settings/people/").status_code == 200
