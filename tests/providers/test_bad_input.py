"""What cannot be right: said beside its field, answered with 422, and the text stays."""

import pytest

from studio.providers.forms import is_literally_private
from studio.providers.models import Provider

ADD = "/settings/providers/add/"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "Paste the gateway&#x27;s address."),
        ("ftp://files.example/v1", "has to begin with http:// or https://"),
        ("javascript:alert(1)", "has to begin with http:// or https://"),
        ("https://me:secret@api.example.com/v1", "Leave user name and password out"),
        ("https:///v1", "no readable host name"),
        ("https://api.example.com:99999/v1", "not a port number"),
        ("https://api.exa mple.com", "a space or an invisible character"),
        ("https://api.example.com/" + "a" * 2000, "500 characters at most"),
        ("https://api.example.com/" + "a" * 474, "500 characters at most"),  # fits only before /v1 is put behind
    ],
)
def test_a_bad_address_is_refused_with_its_reason(ana, address, reason):
    answer = ana.post(ADD, {"base_url": address, "name": "My gateway"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert reason in page
    assert 'value="My gateway"' in page
    assert 'aria-invalid="true"' in page
    assert not Provider.objects.exists()


@pytest.mark.parametrize("key", ["sk-one\nsk-two", "sk one", "sk-\x07bell", "sk-钥匙", "k" * 5000, "sk-\x00nul"])
def test_a_bad_key_is_refused_and_not_sent_back(ana, key):
    answer = ana.post(ADD, {"base_url": "api.example.com", "key": key})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_key-error"' in page
    assert key not in page
    assert "Enter the key once more" in page
    assert 'value="api.example.com"' in page


def test_a_line_end_behind_the_key_is_only_a_line_end(ana):
    assert ana.post(ADD, {"base_url": "api.example.com", "key": "sk-pasted\r\n"}).status_code == 302


@pytest.mark.parametrize("name", ["Relay", "RELAY"])
def test_a_name_is_taken_once(ana, provider, name):
    answer = ana.post(ADD, {"base_url": "other.example", "name": name})
    assert answer.status_code == 422
    assert "Another provider has this name." in answer.content.decode()


def test_a_provider_does_not_take_its_name_from_itself(ana, provider):
    again = {"name": "relay", "base_url": provider.base_url}
    assert ana.post(f"/settings/providers/{provider.pk}/", again).status_code == 302


def test_other_teams_may_use_the_same_name(eve, provider):
    assert eve.post(ADD, {"base_url": "api.example.com", "name": "Relay"}).status_code == 302


def test_a_name_with_an_invisible_character_is_refused(ana):
    answer = ana.post(ADD, {"base_url": "api.example.com", "name": "bell\x07"})
    assert answer.status_code == 422
    assert "invisible control character" in answer.content.decode()


PRIVATE = [
    "http://127.0.0.1:8000", "http://localhost:8000", "http://studio.localhost", "http://192.168.1.20/v1", "http://10.0.0.1",
    "http://[::1]:8000", "http://[fd00::1]", "http://[::ffff:10.0.0.1]", "http://169.254.169.254/latest",
    "http://2130706433", "http://0x7f000001", "http://127.1", "http://0.0.0.0:8000", "http://100.64.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_needs_the_tick(ana, address):
    answer = ana.post(ADD, {"base_url": address, "name": "Home"})
    assert answer.status_code == 422
    assert "tick “On my network”" in answer.content.decode()
    assert ana.post(ADD, {"base_url": address, "name": "Home", "on_my_network": "on"}).status_code == 302


@pytest.mark.parametrize("address", ["https://8.8.8.8/v1", "https://api.example.com/v1", "http://[2606:4700::1111]/v1"])
def test_a_public_address_needs_no_tick(address):
    assert not is_literally_private(address)


def test_taking_the_tick_away_from_a_private_address_is_refused(ana, at_home):
    answer = ana.post(f"/settings/providers/{at_home.pk}/", {"name": "At home", "base_url": at_home.base_url})
    assert answer.status_code == 422
    at_home.refresh_from_db()
    assert at_home.on_my_network


def test_markup_in_a_name_stays_text(ana):
    ana.post(ADD, {"base_url": "api.example.com", "name": "<script>alert(1)</script>"})
    page = ana.get("/settings/providers/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
