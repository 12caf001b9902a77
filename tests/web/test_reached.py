"""Where the studio is reached decides what it answers to, who may come first, and how its cookies travel."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.http.request import split_domain_port, validate_host

from studio.settings import is_loopback, own_hosts

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ["localhost", "127.0.0.1", "[::1]"]

TOLD = """
import json
from studio import settings

names = [name for name in vars(settings) if name.isupper()]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""

FIRST_VISIT = """
import json
import django

django.setup()
from django.core.management import call_command
from django.test import Client
from studio.workspaces.actions import setup_token
from tests.studio import csrf_of

call_command("migrate", verbosity=0)
browser = Client(enforce_csrf_checks=True, headers={"Host": "studio.example", "X-Forwarded-Proto": "https"})
door = browser.get("/setup/")
form = {
    "username": "ana", "name": "Ana", "workspace": "Atelier", "token": setup_token(),
    "password1": "a-long-secret-phrase", "password2": "a-long-secret-phrase",
    "csrfmiddlewaretoken": csrf_of(door.content.decode()),
}
foreign = browser.post("/setup/", form, headers={"Origin": "https://evil.example"})
entered = browser.post("/setup/", form, headers={"Origin": "https://studio.example"})
browser.post("/language/", {"language": "en", "csrfmiddlewaretoken": browser.cookies["__Host-studio_csrf"].value},
             headers={"Origin": "https://studio.example"})
print(json.dumps({
    "statuses": [door.status_code, foreign.status_code, entered.status_code],
    "hsts": door.headers["Strict-Transport-Security"],
    "cookies": {name: dict(cookie) for name, cookie in browser.cookies.items()},
    "home": browser.get("/").status_code,
}))
"""


def tell(script: str, data: Path, **environment: str) -> dict:
    """What a process of its own prints about a studio that is set up like this."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("STUDIO_")}
    own = {"STUDIO_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "studio.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=plain | own | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_this_machine_is_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        "::",
        "192.168.7.7",
        "10.0.0.1",
        "fd00::5",
        "studio.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "",
    ],
)
def test_everywhere_else_is_not_this_machine(host):
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_this_machine_only_its_own_names_are_answered(host):
    assert own_hosts(host) == LOCAL


def test_on_the_network_the_machines_names_and_addresses_are_answered():
    hosts = own_hosts("0.0.0.0")
    assert set(hosts) >= {*LOCAL, socket.gethostname(), f"{socket.gethostname()}.local"}
    assert "192.168.7.7" in own_hosts("192.168.7.7")


def test_however_it_is_bound_no_foreign_name_is_answered():
    """A name of somebody else's that points here (DNS rebinding) would read the pages of who is signed in."""
    for bound in ("127.0.0.1", "0.0.0.0", "192.168.7.7"):
        hosts = own_hosts(bound)
        assert not validate_host("evil.example", hosts)
        assert not [host for host in hosts if host in ("", "*") or host.startswith(".")]
        assert len(hosts) == len(set(hosts))
        for host in hosts:
            domain, _port = split_domain_port(f"{host}:8000")
            assert validate_host(domain, hosts), f"{host} is listed but would be refused"


def test_on_this_machine_nothing_is_asked_and_cookies_travel_plainly(tmp_path):
    told = tell(TOLD, tmp_path)
    assert told["ALLOWED_HOSTS"] == LOCAL
    assert told["CSRF_TRUSTED_ORIGINS"] == []
    assert told["SETUP_NEEDS_TOKEN"] is False
    assert (told["SESSION_COOKIE_NAME"], told["SESSION_COOKIE_SECURE"]) == ("studio_session", False)
    assert (told["CSRF_COOKIE_NAME"], told["CSRF_COOKIE_SECURE"]) == ("studio_csrf", False)
    assert told["SECURE_HSTS_SECONDS"] == 0
    assert "SECURE_PROXY_SSL_HEADER" not in told  # without a proxy in front anybody could send it


@pytest.mark.parametrize(
    "environment", [{"STUDIO_BIND_HOST": "0.0.0.0"}, {"STUDIO_PUBLIC_URL": "http://studio.example:8000/"}]
)
def test_away_from_this_machine_the_first_visit_needs_the_token(tmp_path, environment):
    told = tell(TOLD, tmp_path, **environment)
    assert told["SETUP_NEEDS_TOKEN"] is True
    assert told["SESSION_COOKIE_NAME"] == "studio_session"  # __Host- is refused by browsers where there is no TLS
    assert "*" not in told["ALLOWED_HOSTS"]
    if address := environment.get("STUDIO_PUBLIC_URL"):
        assert "studio.example" in told["ALLOWED_HOSTS"]
        assert told["CSRF_TRUSTED_ORIGINS"] == [address.rstrip("/")]


def test_behind_tls_cookies_are_secure_and_belong_to_this_host_alone(tmp_path):
    told = tell(FIRST_VISIT, tmp_path, STUDIO_PUBLIC_URL="https://studio.example/")
    assert told["statuses"] == [200, 403, 302]  # the form, another site's try with it, the owner's
    assert told["home"] == 200
    assert told["hsts"].startswith("max-age=31536000")
    assert set(told["cookies"]) == {"__Host-studio_session", "__Host-studio_csrf", "studio_language"}
    for name, cookie in told["cookies"].items():
        assert cookie["secure"], name
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax"), name
    assert told["cookies"]["__Host-studio_session"]["httponly"]


@pytest.mark.django_db
def test_scripts_read_no_session_and_other_sites_send_none(client, world):
    client.post("/login/", {"username": "ana", "password": "ana-secret-words"})
    session, form = client.cookies["studio_session"], client.cookies["studio_csrf"]
    assert session["httponly"]
    assert session["samesite"] == form["samesite"] == "Lax"
    assert not session["secure"]
    assert session["domain"] == form["domain"] == ""
