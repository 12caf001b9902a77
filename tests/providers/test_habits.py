"""How a gateway wants to be asked: saved on its page, and what the request and its headers become."""

import pytest

from studio.providers.forms import REMIXES, SEEDS, TOLD_LENGTH, TOLD_RATIO
from studio.providers.models import RemixStyle, SeedSpelling, Telling
from studio.providers.queries import gateway_of, habits_of
from studio.upstream.ask import Ask, Habits, compile_request

PLAIN = {"ratio": "words", "length": "words", "seed_field": "seed", "remix": "replay", "failures_billed": "on",
         "concurrency": "4", "headers-TOTAL_FORMS": "2", "headers-INITIAL_FORMS": "0"}  # fmt: skip


def save(browser, provider, **fields):
    answer = browser.post(f"/settings/providers/{provider.pk}/habits/", PLAIN | fields)
    provider.refresh_from_db()
    return answer


def test_a_new_provider_has_the_habits_nearly_everybody_understands(provider):
    assert habits_of(provider) == Habits()
    assert gateway_of(provider).headers == {}


def test_habits_change_the_request(ana, provider):
    save(ana, provider, ratio="fields", length="model", seed_field="seen", remix="none")
    ask = Ask("sora-2", "a dog", orientation="portrait", seconds=10, fields={"seed": 7})
    body = compile_request(ask, habits_of(provider))
    assert (body["model"], body["size"], body["seen"]) == ("sora-2-10s", "720x1280", 7)
    assert "seed" not in body


def test_every_way_is_explained_in_a_sentence():
    for explained, values in [
        (TOLD_RATIO, Telling),
        (TOLD_LENGTH, Telling),
        (SEEDS, SeedSpelling),
        (REMIXES, RemixStyle),
    ]:
        assert [value for value, _ in explained] == values.values
        assert all(str(sentence).endswith(".") for _, sentence in explained)


def test_billing_and_how_many_at_once_are_kept(ana, provider):
    save(ana, provider, failures_billed="", concurrency="12")
    assert (provider.failures_billed, provider.concurrency) == (False, 12)


@pytest.mark.parametrize("number", ["0", "201", "-1", "many", ""])
def test_at_least_one_and_at_most_two_hundred_run_at_once(ana, provider, number):
    assert save(ana, provider, concurrency=number).status_code == 422
    assert provider.concurrency == 4


def test_extra_headers_go_out_with_every_request(ana, provider):
    row = {"headers-0-name": "X-Channel", "headers-0-value": "video", "headers-1-name": "", "headers-1-value": ""}
    assert save(ana, provider, **row).status_code == 302
    assert gateway_of(provider).headers == {"X-Channel": "video"}
    page = ana.get(f"/settings/providers/{provider.pk}/").content.decode()
    assert 'value="X-Channel"' in page


def test_emptying_a_row_removes_its_header(ana, provider):
    save(ana, provider, **{"headers-0-name": "X-Channel", "headers-0-value": "video"})
    save(
        ana,
        provider,
        **{"headers-TOTAL_FORMS": "3", "headers-INITIAL_FORMS": "1", "headers-0-name": "", "headers-0-value": ""},
    )
    assert provider.extra_headers == {}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("Authorization", "Bearer x", "The studio sets Authorization itself."),
        ("host", "elsewhere", "The studio sets host itself."),
        ("Content-Length", "3", "The studio sets Content-Length itself."),
        ("Transfer-Encoding", "chunked", "The studio sets Transfer-Encoding itself."),
        ("Bad Name", "x", "only letters, digits and hyphens"),
        ("X-Evil:", "x", "only letters, digits and hyphens"),
        ("X-Two", "one\r\nX-Three: two", "one line"),
        ("X-Chinese", "视频", "one line"),
        ("X-Long", "v" * 1001, "at most 1000"),
        ("x-forwarded-host", "a.example", "its own switch above"),
        ("", "lonely", "Name the header"),
        ("X-Empty", "", "Give it a value"),
    ],
)
def test_a_header_that_would_break_the_request_is_refused(ana, provider, name, value, reason):
    answer = save(ana, provider, **{"headers-0-name": name, "headers-0-value": value})
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert provider.extra_headers == {}


def test_a_header_stands_once(ana, provider):
    rows = {"headers-0-name": "X-A", "headers-0-value": "1", "headers-1-name": "x-a", "headers-1-value": "2"}
    answer = save(ana, provider, **rows)
    assert answer.status_code == 422
    assert "stands above already" in answer.content.decode()


def test_more_than_twenty_headers_are_refused(ana, provider):
    rows = {f"headers-{n}-{part}": f"X-{n}" for n in range(21) for part in ("name", "value")}
    assert save(ana, provider, **rows, **{"headers-TOTAL_FORMS": "21"}).status_code == 422


def test_the_forwarded_host_is_off_until_it_is_switched_on(ana, provider):
    save(ana, provider, forwarded_host="studio.example.com")
    assert provider.extra_headers == {}
    save(ana, provider, sends_forwarded_host="on", forwarded_host="localhost:5173")
    assert gateway_of(provider).headers == {"X-Forwarded-Host": "localhost:5173"}
    save(ana, provider)
    assert provider.extra_headers == {}


@pytest.mark.parametrize("host", ["", "a b", "http://a.example", "a.example\nX: y", "a.example/path"])
def test_the_forwarded_host_is_a_host(ana, provider, host):
    answer = save(ana, provider, sends_forwarded_host="on", forwarded_host=host)
    assert answer.status_code == 422
    assert 'id="id_forwarded_host-error"' in answer.content.decode()


def test_mistakes_keep_what_was_typed_and_open_the_habits(ana, provider):
    answer = save(ana, provider, concurrency="0", **{"headers-0-name": "X-Kept", "headers-0-value": "text"})
    page = answer.content.decode()
    assert '<details class="panel habits" id="habits" open>' in page
    assert 'value="X-Kept"' in page
