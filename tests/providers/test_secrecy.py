"""The key goes in and never comes out: not on a page, in an answer, in the admin, in the log or in the database."""

import logging

import pytest
from django.conf import settings
from django.db import connection

from studio.providers.actions import drop_one_off_key, one_off_provider
from studio.providers.models import Provider
from studio.providers.queries import gateway_of
from studio.providers.sealing import SealBroken, seal, unseal
from tests.providers.conftest import CANARY


@pytest.fixture
def root(world, ana):
    world.ana.is_staff = world.ana.is_superuser = True
    world.ana.save()
    return ana


def test_no_answer_and_no_log_line_holds_the_key(root, at_home, gateway, caplog):
    caplog.set_level(logging.DEBUG)
    one = f"/settings/providers/{at_home.pk}/"
    same = {"name": "At home", "base_url": at_home.base_url, "on_my_network": "on", "enabled": "on", "key": CANARY}
    answers = [
        root.get("/settings/providers/"),
        root.get(one),
        root.post(one, same),
        root.post(one, same | {"base_url": "ftp://x"}),
        root.post(f"{one}test/"),
        root.post(f"{one}test/", headers={"HX-Request": "true"}),
        root.post(f"{one}switch/", {"on": "1"}, headers={"HX-Request": "true"}),
        root.post("/settings/providers/add/", {"base_url": "ftp://x", "key": CANARY}),
        root.get("/admin/providers/provider/"),
        root.get(f"/admin/providers/provider/{at_home.pk}/change/"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 302, 422, 200, 200, 200, 422, 200, 200]
    for answer in answers:
        assert CANARY not in answer.content.decode()
        assert CANARY not in str(answer.headers)
    assert CANARY not in caplog.text
    assert gateway.headers[-1]["authorization"] == f"Bearer {CANARY}"  # it did travel where it belongs


def test_the_admin_says_only_whether_a_key_is_set(root, provider):
    page = root.get(f"/admin/providers/provider/{provider.pk}/change/").content.decode()
    assert 'name="sealed_key"' not in page
    assert bytes(provider.sealed_key).decode() not in page
    assert '<div class="readonly">set</div>' in page


def test_the_database_alone_opens_nothing(provider):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM providers_provider")
        dump = repr(cursor.fetchall())
    assert CANARY not in dump
    assert settings.SEAL_KEY not in dump
    assert unseal(Provider.objects.get().sealed_key) == CANARY


def test_a_key_is_not_opened_under_another_secret(settings):
    sealed = seal(CANARY)
    settings.SEAL_KEY = "another"
    with pytest.raises(SealBroken):
        unseal(sealed)


def test_a_gateway_in_a_traceback_hides_its_key(provider):
    assert gateway_of(provider).key == CANARY
    assert CANARY not in repr(gateway_of(provider))


def test_the_key_of_the_command_line_is_dropped_after_the_run(world, provider):
    once = one_off_provider(world.workspace, "http://192.168.7.7:3000/v1", CANARY)
    gateway = gateway_of(once)
    assert (gateway.key, gateway.local, once.name) == (CANARY, True, "192.168.7.7:3000")
    drop_one_off_key(once)
    drop_one_off_key(provider)  # only what came for one run
    once.refresh_from_db()
    provider.refresh_from_db()
    assert gateway_of(once).key == ""
    assert gateway_of(provider).key == CANARY
