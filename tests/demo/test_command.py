"""``manage.py demo-gateway``: one line when ready, gone with whoever started it."""

import signal

import httpx
import pytest

from tests.demo.conftest import LISTENING, command


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def ready(process):
    found = LISTENING.match(process.stdout.readline())
    assert found
    return found[1]


@pytest.mark.parametrize("how", ["stdin closes", "SIGTERM", "SIGINT"])
def test_it_says_where_it_listens_and_ends_when_told(data, how):
    process = command(data)
    origin = ready(process)
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{origin}/demo/openapi.json").status_code == 200
    if how == "stdin closes":
        process.stdin.close()
    else:
        process.send_signal(signal.Signals[how])
    assert process.wait(20) == 0
    with pytest.raises(httpx.ConnectError), httpx.Client(trust_env=False) as client:
        client.get(f"{origin}/demo/openapi.json")


def test_a_taken_port_is_said(data, gateway):
    process = command(data, "--port", gateway.origin.rpartition(":")[2])
    assert process.wait(30) == 1
    assert process.stdout.read() == ""
    assert "in use" in data.with_suffix(".log").read_text()
