"""Who sees Settings → Providers, and adding, changing, switching and removing one there."""

import pytest

from studio.prompts.actions import record_version
from studio.providers import queries
from studio.providers.models import Provider
from studio.providers.sealing import unseal
from studio.web.ids import uuid7
from tests.providers.conftest import CANARY

ADD = "/settings/providers/add/"


def pages_of(provider: Provider) -> list[tuple[str, str]]:
    model = provider.models.create(model_id="sora-2")
    one = f"/settings/providers/{provider.pk}/"
    by_post = [f"{one}{part}/" for part in ("habits", "switch", "remove", "test", "found", "models")]
    of_model = f"/settings/providers/models/{model.pk}/"
    posts = [one, *by_post, of_model, f"{of_model}remove/"]
    return [("get", one), ("get", of_model), *(("post", url) for url in posts)]


def test_a_stranger_finds_nothing_behind_any_address(eve, provider):
    for method, url in pages_of(provider):
        assert getattr(eve, method)(url).status_code == 404, (method, url)
    assert Provider.objects.filter(pk=provider.pk, enabled=True).exists()


def test_a_producer_is_told_which_right_is_missing(ben, provider):
    for method, url in [("get", "/settings/providers/"), ("get", ADD), *pages_of(provider)]:
        answer = getattr(ben, method)(url)
        assert answer.status_code == 403, (method, url)
        assert "add and change providers" in answer.content.decode()


def test_a_visitor_is_asked_to_sign_in(client, world):
    assert client.get("/settings/providers/").headers["Location"].startswith("/login/")


def test_the_list_shows_each_provider_but_nobody_elses(ana, eve, provider):
    page = ana.get("/settings/providers/").content.decode()
    assert "Relay" in page
    assert "https://api.example.com/v1" in page
    assert "set, never shown" in page
    assert "Relay" not in eve.get("/settings/providers/").content.decode()


def test_an_empty_list_says_what_a_provider_is(ana):
    assert "No provider yet" in ana.get("/settings/providers/").content.decode()


def test_one_off_providers_of_the_command_line_stay_out_of_sight(ana, world):
    from studio.providers.actions import one_off_provider

    hidden = one_off_provider(world.workspace, "http://10.1.2.3/v1", CANARY)
    assert "10.1.2.3" not in ana.get("/settings/providers/").content.decode()
    assert ana.get(f"/settings/providers/{hidden.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("api.example.com", "https://api.example.com/v1"),
        ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1"),
        (" https://API.example.com/ ", "https://api.example.com/v1"),
        ("https://api.example.com/sora/v1?watermark=true", "https://api.example.com/sora/v1?watermark=true"),
    ],
)
def test_an_address_and_a_key_are_enough(ana, pasted, kept):
    answer = ana.post(ADD, {"base_url": pasted, "key": f"Bearer {CANARY}"}, follow=True)
    made = Provider.objects.get()
    assert (made.name, made.base_url, unseal(made.sealed_key)) == ("api.example.com", kept, CANARY)
    assert kept in answer.content.decode()


def test_two_keys_at_one_gateway_get_names_that_differ(ana):
    for _ in range(2):
        ana.post(ADD, {"base_url": "api.example.com"})
    assert {str(made) for made in Provider.objects.all()} == {"api.example.com", "api.example.com 2"}


def test_a_new_provider_is_tested_by_itself_and_a_tested_one_is_not(ana, provider):
    url = f"/settings/providers/{provider.pk}/"
    assert 'hx-trigger="load, submit"' in ana.get(url).content.decode()
    Provider.objects.update(last_verdict="ok", last_tested_at=provider.created_at)
    assert 'hx-trigger="load, submit"' not in ana.get(url).content.decode()


def test_an_empty_key_field_keeps_the_key(ana, provider):
    ana.post(f"/settings/providers/{provider.pk}/", {"name": "Renamed", "base_url": provider.base_url, "enabled": "on"})
    provider.refresh_from_db()
    assert (provider.name, unseal(provider.sealed_key)) == ("Renamed", CANARY)


def test_a_key_is_replaced_or_forgotten(ana, provider):
    url, same = f"/settings/providers/{provider.pk}/", {"name": "Relay", "base_url": provider.base_url}
    ana.post(url, same | {"key": "sk-new"})
    provider.refresh_from_db()
    assert unseal(provider.sealed_key) == "sk-new"
    ana.post(url, same | {"forget_key": "on"})
    provider.refresh_from_db()
    assert bytes(provider.sealed_key) == b""


def test_the_stored_key_does_not_follow_the_address_to_another_server(ana, provider):
    url, moved = f"/settings/providers/{provider.pk}/", {"name": "Relay", "base_url": "https://thief.example/v1"}
    answer = ana.post(url, moved)
    assert answer.status_code == 422
    assert "This is another server" in answer.content.decode()
    provider.refresh_from_db()
    assert provider.base_url == "https://api.example.com/v1"
    assert ana.post(url, moved | {"key": "sk-for-there"}).status_code == 302


def test_another_path_of_the_same_server_keeps_the_key(ana, provider):
    url = f"/settings/providers/{provider.pk}/"
    ana.post(url, {"name": "Relay", "base_url": "https://api.example.com/sora/v1"})
    provider.refresh_from_db()
    assert (provider.base_url, unseal(provider.sealed_key)) == ("https://api.example.com/sora/v1", CANARY)


def test_a_new_address_forgets_what_was_tested(ana, provider):
    Provider.objects.update(last_verdict="ok", last_tested_at=provider.created_at)
    ana.post(f"/settings/providers/{provider.pk}/", {"name": "Relay", "base_url": "api.example.com/other"})
    provider.refresh_from_db()
    assert (provider.last_verdict, provider.last_tested_at) == ("", None)


def test_switching_off_takes_the_models_out_of_compose(ana, world, provider):
    provider.models.create(model_id="sora-2")
    url = f"/settings/providers/{provider.pk}/switch/"
    assert queries.models_for(world.ana).count() == 1
    part = ana.post(url, {"on": "0"}, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-checked="false"' in part
    assert "<html" not in part
    assert queries.models_for(world.ana).count() == 0
    assert ana.post(url, {"on": "1"}).status_code == 302
    assert queries.models_for(world.ana).count() == 1


def test_removing_a_provider_keeps_what_was_made_with_it(ana, world, provider):
    from studio.generations.models import Generation

    made = Generation.objects.create(
        workspace=world.workspace, author=world.ana, version=record_version(world.workspace, world.ana, "a dog"),
        client_token=uuid7().hex, provider=provider, provider_name="Relay", model_name="sora-2",
    )  # fmt: skip
    answer = ana.post(f"/settings/providers/{provider.pk}/remove/", follow=True)
    assert "Relay is removed" in answer.content.decode()
    made.refresh_from_db()
    assert (made.provider, made.provider_name) == (None, "Relay")


def test_after_a_confirmed_removal_the_browser_stands_on_the_list(ana, provider):
    answer = ana.post(f"/settings/providers/{provider.pk}/remove/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/settings/providers/"
    assert not Provider.objects.exists()


def test_a_person_in_two_teams_manages_only_the_one_their_rights_come_from(world, provider):
    from studio.workspaces.models import Membership, Role

    Membership.objects.create(workspace=world.workspace, user=world.eve, role=Role.VIEWER)
    assert provider not in queries.providers_for(world.eve)


def test_the_demo_stands_behind_real_gateways_in_compose(world, provider):
    from studio.providers.actions import make_demo_provider

    make_demo_provider(world.workspace)
    provider.models.create(model_id="veo3")
    provider.models.create(model_id="kept-for-later", enabled=False)
    assert [model.model_id for model in queries.models_for(world.ana)] == ["veo3", "sora-2", "sora-2-pro"]
