"""What the spec does not allow is refused in OpenAI's error shape, with the field's name."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from studio.demo.validation import FIELDS
from tests.demo.conftest import Gateway

GOOD = {"model": "demo-text", "messages": [{"role": "user", "content": "a dog"}]}
JSON = {"Content-Type": "application/json"}

# field → values it does not take; a test says that no field of the spec is left out
WRONG: dict[str, list[Any]] = {
    "model": [7, ["sora-2"], {}, True],
    "messages": ["a dog", {}, [], 7, [{"role": "user", "content": "x"}] * 201],
    "temperature": [-0.1, 2.1, "1", True, [], {}],
    "top_p": [-0.1, 1.1, "1", False],
    "n": [0, 5, 1.5, "2", True, -1],
    "stream": ["true", 1, 0, []],
    "stop": [7, [], ["a"] * 5, ["a", 1], {}],
    "max_tokens": [0, -1, 10_000_001, 1.5, "9"],
    "presence_penalty": [-2.1, 2.1, "0"],
    "frequency_penalty": [-2.1, 2.1, "0"],
    "logit_bias": [[], "", 7, {"50256": 101}, {"50256": "x"}, {"50256": True}],
    "user": [7, [], {}],
    "response_format": ["json", [], 7],
    "seen": [2**63, -(2**63) - 1, 0.5, "7", True],
    "seed": [2**63, -(2**63) - 1, 0.5, "7", True],
    "tools": ["x", {}, [7], [[]]],
    "tool_choice": ["maybe", 7, [], True],
    "stream_options": ["x", [], 7, {"include_usage": "yes"}, {"include_usage": None}],
}
# place in a message → messages wrong there
WRONG_MESSAGES: dict[str, list[Any]] = {
    "messages[0]": [["a dog"], [7], [None]],
    "messages[1]": [[GOOD["messages"][0], "a dog"]],
    "messages[0].role": [[{"content": "a dog"}], [{"role": "boss", "content": "a dog"}], [{"role": [], "content": ""}]],
    "messages[0].content": [
        [{"role": "user"}],
        [{"role": "user", "content": None}],
        [{"role": "user", "content": 7}],
        [{"role": "user", "content": {"type": "text"}}],
        [{"role": "user", "content": ["a dog"]}],
        [{"role": "user", "content": [{"text": "a dog"}]}],
        [{"role": "user", "content": [{"type": "text", "text": 7}]}],
        [{"role": "user", "content": "x" * 100_001}],
        [{"role": "user", "content": [{"type": "text", "text": "x" * 100_001}]}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://192.0.2.1/a.png"}}]}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/svg+xml,<svg/>"}}]}],
        [{"role": "user", "content": [{"type": "image_url"}]}],
        [{"role": "user", "content": "half a character \ud83d"}],
        [{"role": "user", "content": [{"type": "image_url"}]}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://cdn.example.test/in.png"}}]}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": "data:text/html;base64,AAAA"}]}],
        [{"role": "user", "content": [{"type": "text", "text": "half a character \udc36"}]}],
    ],
}


def post(http: httpx.Client, gateway: Gateway, body: Any) -> httpx.Response:
    return http.post(gateway.chat, content=json.dumps(body), headers=JSON)


def refused(answer: httpx.Response, status: int = 400) -> dict[str, Any]:
    assert answer.status_code == status, answer.text[:500]
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    assert error["message"]
    return error


def test_every_field_of_the_spec_is_tried():
    assert set(WRONG) == {"model", "messages", *FIELDS}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, values in WRONG.items() for value in values],
    ids=lambda v: repr(v)[:30],
)
def test_a_wrong_field_is_refused_by_name(http, gateway, field, value):
    error = refused(post(http, gateway, GOOD | {field: value}))
    assert error["param"] == field
    assert field in error["message"]


@pytest.mark.parametrize(
    ("place", "messages"),
    [(place, messages) for place, wrong in WRONG_MESSAGES.items() for messages in wrong],
    ids=lambda v: repr(v)[:30],
)
def test_a_wrong_message_is_refused_by_its_place(http, gateway, place, messages):
    assert refused(post(http, gateway, GOOD | {"messages": messages}))["param"] == place


@pytest.mark.parametrize("field", ["model", "messages"])
@pytest.mark.parametrize("missing", [lambda field: {}, lambda field: {field: None}], ids=["absent", "null"])
def test_a_missing_field_is_named(http, gateway, field, missing):
    body = {name: value for name, value in GOOD.items() if name != field} | missing(field)
    error = refused(post(http, gateway, body))
    assert (error["param"], error["code"]) == (field, "missing_required_parameter")


def test_the_edges_of_each_range_are_taken(http, gateway):
    lows = {"temperature": 0, "top_p": 0, "n": 1, "presence_penalty": -2, "frequency_penalty": -2, "max_tokens": 1}
    highs = {"temperature": 2, "top_p": 1, "n": 4, "presence_penalty": 2, "frequency_penalty": 2, "max_tokens": 10**7}
    for edges in (lows | {"seed": -(2**63)}, highs | {"seed": 2**63 - 1}, {"messages": GOOD["messages"] * 200}):
        assert post(http, gateway, GOOD | edges).status_code == 200


def test_null_stands_for_not_set(http, gateway):
    assert post(http, gateway, GOOD | dict.fromkeys(FIELDS)).status_code == 200


def test_a_whole_number_may_be_written_with_a_point(http, gateway):
    answer = post(http, gateway, GOOD | {"n": 2.0, "seed": 7.0, "max_tokens": 9.0})
    assert answer.status_code == 200
    assert len(answer.json()["choices"]) == 2


def test_fields_of_tools_and_clients_are_taken(http, gateway):
    tool = {"type": "function", "function": {"name": "film", "parameters": {}}}
    extras = {"tools": [tool, "film"], "tool_choice": "auto", "logit_bias": {"50256": -100}, "stop": ["a", "b"]}
    extras |= {"response_format": {"type": "text"}, "user": "ana", "seconds": 8, "metadata": {"anything": [1, 2]}}
    assert post(http, gateway, GOOD | extras).status_code == 200


def test_an_unknown_model_answers_404_and_films_nothing(http, gateway):
    before = sorted(gateway.data.glob("demo/*"))
    error = refused(post(http, gateway, GOOD | {"model": "sora-9"}), 404)
    assert (error["param"], error["code"]) == ("model", "model_not_found")
    assert sorted(gateway.data.glob("demo/*")) == before
    assert gateway.renders() == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"model": "sora-2",}', b"\xff\xfe", b'{"model": "\xc3("}', b"[" * 100_000, b'{"a":' * 50_000],
    ids=["empty", "open", "comma", "bytes", "utf-8", "deep list", "deep object"],
)
def test_what_is_not_json_is_refused(http, gateway, body):
    assert refused(http.post(gateway.chat, content=body, headers=JSON))["code"] == "invalid_json"


@pytest.mark.parametrize("body", ["[]", '"sora-2"', "7", "null", "true"])
def test_json_that_is_no_object_is_refused(http, gateway, body):
    assert refused(http.post(gateway.chat, content=body, headers=JSON))["code"] == "invalid_type"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
@pytest.mark.parametrize("field", ["temperature", "n", "seed"])
def test_numbers_that_are_none_are_refused(http, gateway, field, number):
    body = json.dumps(GOOD)[:-1] + f', "{field}": {number}}}'
    assert refused(http.post(gateway.chat, content=body, headers=JSON))["param"] == field


@pytest.mark.parametrize("depth", [200, 900, *range(940, 1000, 6)])
def test_deep_nesting_is_refused_or_answered_never_a_crash(http, gateway, depth):
    nest = "[" * depth + "]" * depth
    body = '{"model":"demo-text","messages":[{"role":"user","content":[{"type":"text","x":' + nest + "}]}]}"
    answer = http.post(gateway.chat, content=body, headers=JSON)
    assert answer.status_code in (200, 400), answer.text[:200]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json", ""])
def test_another_content_type_is_refused(http, gateway, kind):
    answer = http.post(gateway.chat, content=json.dumps(GOOD), headers={"Content-Type": kind})
    assert refused(answer, 415)["code"] == "unsupported_media_type"


def test_a_form_is_refused(http, gateway):
    assert (
        refused(http.post(gateway.chat, data={"model": "sora-2"}, files={"file": b"x"}), 415)["code"]
        == "unsupported_media_type"
    )


def test_a_charset_beside_the_content_type_is_fine(http, gateway):
    kind = {"Content-Type": "application/json; charset=utf-8"}
    assert http.post(gateway.chat, content=json.dumps(GOOD), headers=kind).status_code == 200


@pytest.mark.parametrize("known", [True, False], ids=["told length", "chunked"])
def test_a_body_of_30_megabytes_is_too_large(http, gateway, known):
    def pieces() -> Iterator[bytes]:
        for _ in range(30):
            yield b" " * 1_000_000

    answer = http.post(gateway.chat, content=b"".join(pieces()) if known else pieces(), headers=JSON)
    assert refused(answer, 413)["code"] == "request_too_large"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_is_taken_here(http, gateway, method):
    answer = http.request(method, gateway.chat)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    if method != "HEAD":
        assert refused(answer, 405)["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/demo/v1/models", "/demo/v1/models/sora-2", "/demo/openapi.json"])
def test_what_is_read_cannot_be_written(http, gateway, path):
    answer = http.post(gateway.origin + path)
    assert refused(answer, 405)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic YTpi", "any-key"])
def test_no_bearer_key_is_401(gateway, header):
    with httpx.Client(trust_env=False) as keyless:
        headers = {} if header is None else {"Authorization": header}
        answer = keyless.post(gateway.chat, json=GOOD, headers=headers)
    assert refused(answer, 401)["code"] == "invalid_api_key"
    assert answer.headers["www-authenticate"] == "Bearer"
