"""The owner's account: once, by who may, whatever happens at the same moment."""

import re

import pytest

from studio.generations.models import Generation
from studio.prompts.actions import record_version
from studio.web.ids import uuid7
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


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/nowhere/"])
def test_the_doors_of_no_room_lead_to_the_first_visit_too(client, path):
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


def test_what_the_command_line_made_is_on_the_first_page(client, data_dir):
    ownerless = Workspace.objects.create(name="Command line")
    made = Generation.objects.create(
        workspace=ownerless, version=record_version(ownerless, None, "a lighthouse in fog"),
        client_token=uuid7().hex, provider_name="Demo", model_name="sora-2",
    )  # fmt: skip
    page = client.post("/setup/", FIELDS, follow=True).content.decode()
    assert "a lighthouse in fog" in page
    assert client.get(f"/generations/{made.pk}/").status_code == 200


def test_a_first_generation_needs_no_set_up(client, data_dir):
    """The Demo provider is there, so the composer has a model to choose."""
    page = client.post("/setup/", FIELDS, follow=True).content.decode()
    models = re.search(r'<select name="model".*?</select>', page, re.S)
    assert models, page
    assert "sora-2" in models[0]


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

    @pytest.mark.parametrize(
        ("token", "told"),
        [
            ("", "This field is required."),
            ("guess", "This is not the token on the console."),
            ("密码", "not the token"),
        ],
    )
    def test_who_does_not_see_the_console_makes_no_account(self, client, token, told):
        answer = client.post("/setup/", FIELDS | {"token": token})
        assert answer.status_code == 422
        beside = re.search(r'id="id_token-error"[^>]*>(.*?)</p>', answer.content.decode(), re.S)
        assert beside, answer.content.decode()
        assert told in beside[1]
        assert not User.objects.exists()

    def test_the_token_is_on_the_console_and_not_on_the_page(self, client):
        token = actions.setup_token()
        assert token not in client.get("/setup/").content.decode()
        assert token not in client.post("/setup/", FIELDS | {"token": "guess"}).content.decode()

    def test_the_token_opens_once_and_is_gone(self, client, data_dir):
        token = actions.setup_token()
        assert len(token) >= 32
        assert client.post("/setup/", FIELDS | {"token": f" {token}\n"}).status_code == 302
        assert not (data_dir / "keys" / "setup_token").exists()


def test_on_this_machine_no_token_is_asked(client, settings):
    settings.SETUP_NEEDS_TOKEN = False
    assert 'name="token"' not in client.get("/setup/").content.decode()


def test_of_eight_first_visits_at_once_one_wins_and_the_others_are_told(at_once, data_dir):
    names = [f"guest{number}" for number in range(8)]
    answers = at_once(
        *(
            lambda client, name=name: client.post("/setup/", FIELDS | {"username": name, "workspace": name})
            for name in names
        )
    )
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 7
    for name, answer in zip(names, answers, strict=True):
        if answer.status_code == 302:
            assert User.objects.get().username == Workspace.objects.get().name == name
            assert Membership.objects.get().role == Role.OWNER
        else:
            assert "Somebody was first" in answer.content.decode()
            assert "studio_session" not in answer.cookies
