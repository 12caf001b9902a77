"""The Demo provider: there from the start, once, found where the studio is bound."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from studio.providers import queries
from studio.providers.actions import DemoStays, add_provider, make_demo_provider, remove_provider
from studio.providers.models import Provider
from studio.workspaces.actions import make_owner
from studio.workspaces.models import Workspace


@pytest.fixture(autouse=True)
def nothing_told():
    yield
    queries.set_demo_base_url(None)


def test_the_first_account_finds_a_demo_provider_with_two_models(db):
    owner = make_owner("ana", "Ana", "ana-secret-words", "Atelier")
    models = queries.models_for(owner)
    assert [(str(model.provider), model.model_id, model.seconds) for model in models] == [
        ("Demo", "sora-2", [5, 10, 15]),
        ("Demo", "sora-2-pro", [5, 10, 15, 25]),
    ]
    assert {model.price_of(None) for model in models} == {0}


def test_making_it_again_changes_nothing(world):
    first = make_demo_provider(world.workspace)
    first.models.filter(model_id="sora-2").delete()
    assert make_demo_provider(world.workspace) == first
    assert [model.model_id for model in first.models.all()] == ["sora-2-pro"]


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_makes_it():
    workspace = Workspace.objects.create(name="Atelier")
    start, made = Barrier(4), []

    def make() -> None:
        start.wait()
        made.append(make_demo_provider(workspace).pk)
        connection.close()

    threads = [Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert set(made) == {Provider.objects.get().pk}
    assert Provider.objects.get().models.count() == 2


def test_it_steps_aside_for_a_gateway_that_is_called_demo(world):
    add_provider(world.workspace, base_url="https://demo.example/v1", name="demo")
    assert make_demo_provider(world.workspace).name == "Demo 2"


def test_it_can_be_switched_off_but_not_removed(ana, world):
    demo = make_demo_provider(world.workspace)
    with pytest.raises(DemoStays):
        remove_provider(demo)
    ana.post(f"/settings/providers/{demo.pk}/remove/")
    ana.post(f"/settings/providers/{demo.pk}/switch/", {"on": "0"})
    demo.refresh_from_db()
    assert not demo.enabled
    assert not queries.models_for(world.ana)


@pytest.mark.parametrize(
    ("bound", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123/demo/v1"),
        ("0.0.0.0", "http://127.0.0.1:8123/demo/v1"),
        ("::", "http://[::1]:8123/demo/v1"),
        ("::1", "http://[::1]:8123/demo/v1"),
        ("192.168.1.7", "http://192.168.1.7:8123/demo/v1"),
        ("localhost", "http://localhost:8123/demo/v1"),
    ],
)
def test_its_address_is_where_the_studio_is_bound(settings, bound, address):
    settings.BIND_HOST, settings.BIND_PORT, settings.INTERNAL_URL = bound, 8123, ""
    assert queries.demo_base_url() == address


def test_workers_reach_it_at_the_internal_address(settings):
    settings.INTERNAL_URL = "http://web:8000"
    assert queries.demo_base_url() == "http://web:8000/demo/v1"


def test_a_process_that_serves_it_elsewhere_says_so(settings, world):
    settings.INTERNAL_URL = "http://web:8000"
    queries.set_demo_base_url("http://127.0.0.1:41234/demo/v1")
    gateway = queries.gateway_of(make_demo_provider(world.workspace))
    assert gateway.base_url == "http://127.0.0.1:41234/demo/v1"
    assert gateway.local
    assert gateway.key


def test_its_page_asks_for_no_address_and_no_key(ana, world):
    demo = make_demo_provider(world.workspace)
    page = ana.get(f"/settings/providers/{demo.pk}/").content.decode()
    assert 'name="base_url"' not in page
    assert 'name="key"' not in page
    assert 'name="on_my_network"' not in page
    answer = ana.post(
        f"/settings/providers/{demo.pk}/", {"name": "Playground", "enabled": "on", "base_url": "http://x"}
    )
    assert answer.status_code == 302
    demo.refresh_from_db()
    assert (demo.name, demo.base_url) == ("Playground", "")
