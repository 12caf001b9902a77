"""What each habit compiles to, and what people may paste."""

import pytest

from studio.upstream.addresses import BadAddress, BadKey, base_url_from, endpoint, key_from
from studio.upstream.ask import FIELDS, Ask, Habits, Remix, compile_request


def test_the_least_is_what_every_gateway_takes():
    assert compile_request(Ask("sora-2", "a dog")) == {
        "model": "sora-2",
        "messages": [{"role": "user", "content": "a dog"}],
        "stream": True,
    }


@pytest.mark.parametrize(
    ("habits", "model", "content", "more"),
    [
        (Habits(), "m", "a dog\n\nportrait 9:16, 10 seconds", {}),
        (Habits(ratio="model", length="model"), "m-portrait-10s", "a dog", {}),
        (Habits(ratio="fields", length="fields"), "m", "a dog", {"size": "720x1280", "seconds": "10"}),
        (Habits(ratio="model", length="words"), "m-portrait", "a dog\n\n10 seconds", {}),
    ],
)
def test_ratio_and_length_are_told_as_the_gateway_is_used_to(habits, model, content, more):
    body = compile_request(Ask("m", "a dog", orientation="portrait", seconds=10), habits)
    expected = {"model": model, "messages": [{"role": "user", "content": content}], "stream": True}
    assert body == expected | more


def test_chinese_prompts_are_told_in_chinese():
    body = compile_request(Ask("m", "一只狗", orientation="landscape", seconds=5))
    assert body["messages"][-1]["content"] == "一只狗\n\n横屏 16:9，5秒"


def test_every_field_of_the_spec_is_sent_when_set_and_only_then():
    values = dict.fromkeys(FIELDS, 1)
    body = compile_request(Ask("m", "p", fields=values))
    assert {name: body[name] for name in FIELDS} == values
    assert set(compile_request(Ask("m", "p"))) == {"model", "messages", "stream"}


def test_the_seed_is_spelled_as_the_provider_wants_it():
    body = compile_request(Ask("m", "p", fields={"seed": 7}), Habits(seed="seen"))
    assert body["seen"] == 7
    assert "seed" not in body


def test_system_and_earlier_messages_come_first_in_their_order():
    ask = Ask(
        "m", "now", system="be brief", earlier=[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    )
    assert [turn["content"] for turn in compile_request(ask)["messages"]] == ["be brief", "a", "b", "now"]


@pytest.mark.parametrize("style", ["replay", "prompt_id", "field", "none"])
def test_a_remix_is_asked_for_as_the_provider_wants_it(style):
    answer = "```json\n{}\n```\n> sid: s_1  "
    body = compile_request(Ask("m", "snow", remix=Remix("a cow", answer, "s_1")), Habits(remix=style))
    contents = [turn["content"] for turn in body["messages"]]
    assert contents == {"replay": ["a cow", answer, "snow"], "prompt_id": ["s_1 snow"]}.get(style, ["snow"])
    assert body.get("remix_target_id") == ("s_1" if style == "field" else None)


def test_a_first_frame_goes_along_as_a_part():
    content = compile_request(Ask("m", "fly", image_url="data:image/png;base64,AA"))["messages"][0]["content"]
    assert content == [
        {"type": "text", "text": "fly"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
    ]


@pytest.mark.parametrize(
    ("pasted", "base"),
    [
        ("api.example.com", "https://api.example.com/v1"),
        (" https://api.example.com/ ", "https://api.example.com/v1"),
        ("https://api.example.com/v1", "https://api.example.com/v1"),
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("https://API.example.com/v1/chat/completions", "https://api.example.com/v1"),
        ("https://api.example.com/v1/models", "https://api.example.com/v1"),
        ("https://api.example.com/sora/v1", "https://api.example.com/sora/v1"),
        ("https://api.example.com/v1/chat/completions?watermark=true", "https://api.example.com/v1?watermark=true"),
        ("https://api.example.com:443/v1", "https://api.example.com/v1"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("localhost:9/v1", "http://localhost:9/v1"),
        ("http://[::1]:9", "http://[::1]:9/v1"),
        ("https://ark.example.com/api/v3", "https://ark.example.com/api/v3"),
        ('"https://api.example.com/v1"', "https://api.example.com/v1"),
    ],
)
def test_an_address_is_understood_in_every_usual_spelling(pasted, base):
    assert base_url_from(pasted) == base
    assert base_url_from(base) == base


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("", "empty"), ("   ", "empty"), ("ftp://a.b", "scheme"), ("javascript:alert(1)", "scheme"), ("file:///etc/passwd", "scheme"),
        ("https://user:pw@a.b", "user"), ("https://", "host"), ("https://a b.c", "characters"), ("https://a.b:99999", "port"),
        ("https://a.b/\n", None), ("https://a\nb.c", "characters"), ("x" * 600, "too_long"),
    ],
)  # fmt: skip
def test_a_wrong_address_says_what_is_wrong(pasted, code):
    if code is None:
        assert base_url_from(pasted) == "https://a.b/v1"
        return
    with pytest.raises(BadAddress) as refused:
        base_url_from(pasted)
    assert refused.value.code == code


def test_the_query_stays_behind_the_path():
    assert (
        endpoint("https://a.b/v1?watermark=true", "chat/completions")
        == "https://a.b/v1/chat/completions?watermark=true"
    )


@pytest.mark.parametrize(
    "pasted", ["sk-1", " sk-1\n", "Bearer sk-1", "bearer  sk-1", '"sk-1"', "Authorization: Bearer sk-1"]
)
def test_a_key_is_taken_with_or_without_bearer(pasted):
    assert key_from(pasted) == "sk-1"


@pytest.mark.parametrize("pasted", ["a b", "a\x00b", "schlüssel", "x" * 5000])
def test_a_damaged_key_is_refused(pasted):
    with pytest.raises(BadKey):
        key_from(pasted)
