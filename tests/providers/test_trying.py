"""The Test button, against a gateway that really answers."""

import socket
import socketserver
from threading import Thread

import pytest

from studio.providers.actions import add_provider, change_provider, try_provider
from studio.providers.models import Provider
from studio.providers.words import FINDINGS, QUOTED, finding_of
from tests.providers.conftest import CANARY, complain

HTMX = {"HX-Request": "true"}


def press_test(browser, provider) -> str:
    answer = browser.post(f"/settings/providers/{provider.pk}/test/", headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_gateway_that_works_is_told_so_and_remembered(ana, at_home, gateway):
    assert "It works." in press_test(ana, at_home)
    at_home.refresh_from_db()
    assert at_home.last_verdict == "ok"
    assert "It works." in ana.get("/settings/providers/").content.decode()
    assert gateway.headers[-1]["authorization"] == f"Bearer {CANARY}"


def test_no_job_can_come_of_it(ana, at_home, gateway):
    press_test(ana, at_home)
    assert [post["messages"] for post in gateway.posts] == [[]]


def test_the_models_the_gateway_lists_are_offered_as_ticks(ana, at_home, gateway):
    for model in ("veo3-fast", "gpt-9", "two words"):
        complain(gateway, model, 400, "messages is empty")
    part = press_test(ana, at_home)
    assert 'name="model" value="veo3-fast"' in part
    assert part.index("veo3-fast") < part.index("1 other model") < part.index("gpt-9")
    assert 'value="sora-2"' not in part
    assert "two words" not in part


def test_a_refused_key_is_told_with_the_gateways_words_but_never_the_key(ana, at_home, gateway):
    complain(gateway, "sora-2", 401, f"Incorrect API key provided: {CANARY}. <b>Look</b>")
    complain(gateway, f"echo-{CANARY}", 400, "messages is empty")
    part = press_test(ana, at_home)
    assert "does not accept the key" in part
    assert "Incorrect API key provided: …" in part
    assert "&lt;b&gt;Look" in part
    assert CANARY not in part


def test_a_model_the_gateway_does_not_list_is_named(ana, at_home, gateway):
    at_home.models.update(model_id="sora-9")
    part = press_test(ana, at_home)
    assert "does not know this provider&#x27;s first model" in part
    assert "sora-9" in part


def test_a_web_page_is_not_a_gateway(ana, at_home, gateway):
    gateway.play("sora-2", b"<!doctype html><title>Welcome</title>", content_type="text/html")
    assert "A web page answers there" in press_test(ana, at_home)


def test_a_place_without_chat_completions_is_told(ana, at_home, gateway):
    at_home.models.all().delete()
    gateway.answers.clear()
    gateway.answers["sora-2"] = gateway.error(404, "not_found")
    assert "no chat completions" in press_test(ana, at_home)


def test_a_gateway_without_credit_is_told_as_such(ana, at_home, gateway):
    complain(gateway, "sora-2", 429, "You exceeded your current quota", code="insufficient_quota")
    assert "There is no credit left at the gateway." in press_test(ana, at_home)


def test_nobody_at_the_address_is_told(ana, at_home):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        at_home.base_url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        at_home.save()
        assert "Nothing answers at this address." in press_test(ana, at_home)


def test_a_private_address_without_the_tick_is_refused_when_dialled(ana, at_home, gateway):
    """The form refuses it when it is literal; a name that leads there is only known now."""
    change_provider(at_home, on_my_network=False)
    assert "lies in a private network" in press_test(ana, at_home)
    assert gateway.posts == []


@pytest.mark.parametrize(
    ("greeting", "told"),
    [(b"220 mail.example ESMTP\r\n\r\n", "does not speak HTTP"), (b"", "No answer came.")],
)
def test_a_server_that_is_no_web_server_is_told(ana, world, greeting, told):
    class Stranger(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(greeting)
            self.request.shutdown(socket.SHUT_WR)
            while self.request.recv(65536):  # else closing resets the connection before the greeting is read
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stranger) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/v1"
        provider = add_provider(world.workspace, base_url=address, on_my_network=True)
        assert told in press_test(ana, provider)
        server.shutdown()


def test_a_key_sealed_under_another_secret_has_to_be_entered_again(ana, at_home, gateway, settings):
    settings.SEAL_KEY = "another"
    part = press_test(ana, at_home)
    assert "cannot be opened any more" in part
    assert gateway.posts == []


def test_without_javascript_the_page_shows_the_finding(ana, at_home):
    page = ana.post(f"/settings/providers/{at_home.pk}/test/").content.decode()
    assert "<html" in page
    assert "It works." in page


def test_a_save_during_a_test_does_not_lose_the_finding(at_home):
    stale = Provider.objects.get(pk=at_home.pk)
    try_provider(at_home)
    change_provider(stale, name="Renamed meanwhile")
    at_home.refresh_from_db()
    assert (at_home.name, at_home.last_verdict) == ("Renamed meanwhile", "ok")


@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_every_verdict_has_its_sentence_and_what_to_do(code):
    finding = finding_of(code)
    assert str(finding.told).endswith(".")
    assert str(finding.advice).endswith(".")
    assert finding.kind in {"good", "warn", "error"}
    assert len(code) <= Provider._meta.get_field("last_verdict").max_length


def test_every_verdict_of_the_wire_is_in_the_table():
    from studio.upstream.trial import Verdict

    listed = Verdict.__doc__.split("``code``:")[1].split(".")[0].replace(" or ", ", ")
    codes = {code.strip() for code in listed.split(",")}
    assert codes == set(FINDINGS) - {"seal_broken"}
    assert codes >= QUOTED


def test_an_unknown_code_reads_as_unclear_and_none_as_untested():
    assert finding_of("of-a-later-version") == FINDINGS["unclear"]
    assert finding_of("") is None
