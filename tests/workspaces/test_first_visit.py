"""The owner's account: once, by who may, whatever happens at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from studio.workspaces import actions
from studio.workspaces.models import Membership, Role, User, Workspace

FIELDS = {
    "username": "ana",
    "name": "Ana",
    "password1": "a-long-secret-phrase",
    "password2": "a-long-secret-phrase",
    "workspace": "Atelier",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def data_dir(settings, tmp_path):
    settings.STUDIO_DATA_DIR = tmp_path
    return tmp_path


@pytest.mark.parametrize("path", ["/", "/login/", "/gallery/", "/settings/people/", "/admin/"])
def test_every_page_leads_to_the_first_visit_while_there_is_nobody(client, path):
    assert client.get(path).headers["Location"] == "/setup/"


def test_the_first_account_owns_the_studio_and_is_signed_in(client, data_dir):
    answer = client.post("/setup/", FIELDS)
    assert answer.headers["Location"] == "/"
    owner = Membership.objects.get()
    assert (owner.user.username, owner.role, owner.workspace.name) == ("ana", Role.OWNER, "Atelier")
    assert client.get("/").status_code == 200


def test_the_door_closes_after_the_first_account(client, world):
    assert client.get("/setup/").headers["Location"] == "/login/"
    assert client.post("/setup/", FIELDS | {"username": "mallory"}).status_code == 302
    assert not User.objects.filter(username="mallory").exists()


def test_the_first_account_adopts_what_the_command_line_made(client, data_dir):
    made = Workspace.objects.create(name="Command line")
    client.post("/setup/", FIELDS)
    assert Workspace.objects.get() == made
    assert Membership.objects.get().workspace == made


def test_rooms_above_give_a_new_workspace_what_it_needs(monkeypatch, data_dir):
    told: list[Workspace] = []
    monkeypatch.setattr(actions, "on_workspace_made", [told.append])
    user = actions.make_owner("ana", "Ana", "a-long-secret-phrase", "Atelier")
    assert told == [user.memberships.get().workspace]


def test_a_failing_room_leaves_no_half_made_studio(monkeypatch, data_dir):
    def broken(workspace: Workspace) -> None:
        raise RuntimeError("no demo today")

    monkeypatch.setattr(actions, "on_workspace_made", [broken])
    with pytest.raises(RuntimeError):
        actions.make_owner("ana", "Ana", "a-long-secret-phrase", "Atelier")
    assert not User.objects.exists()
    assert not Workspace.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "a b"}, "username"),
        ({"password2": "something-else"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "password123", "password2": "password123"}, "password1"),
        ({"workspace": ""}, "workspace"),
    ],
)
def test_a_field_that_is_wrong_says_so_and_keeps_the_rest(client, changed, field):
    answer = client.post("/setup/", FIELDS | changed)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not User.objects.exists()
    assert 'aria-invalid="true"' in answer.content.decode()


class TestAwayFromThisMachine:
    @pytest.fixture(autouse=True)
    def from_afar(self, settings, data_dir):
        settings.SETUP_NEEDS_TOKEN = True

    def test_who_does_not_see_the_console_makes_no_account(self, client):
        assert client.post("/setup/", FIELDS).status_code == 422
        assert client.post("/setup/", FIELDS | {"token": "guess"}).status_code == 422
        assert not User.objects.exists()

    def test_the_token_opens_once_and_is_gone(self, client, data_dir):
        token = actions.setup_token()
        assert len(token) >= 32
        assert client.post("/setup/", FIELDS | {"token": f" {token}\n"}).status_code == 302
        assert not (data_dir / "keys" / "setup_token").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_first_visits_at_once_one_wins(data_dir):
    start = Barrier(4)

    def visit(name: str) -> str:
        try:
            start.wait()
            actions.make_owner(name, name, "a-long-secret-phrase", f"Team of {name}")
            return name
        except actions.TooLate:
            return ""
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        winners = [name for name in pool.map(visit, ["ana", "ben", "cleo", "dan"]) if name]
    assert len(winners) == 1
    assert [user.username for user in User.objects.all()] == winners
    assert Workspace.objects.get().name == f"Team of {winners[0]}"
