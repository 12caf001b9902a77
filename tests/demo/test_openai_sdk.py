"""The official OpenAI client finds what it expects: answers, streams, lists and its own errors."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import numpy as np
import openai
import pytest

from tests.demo.conftest import FILM, Gateway, pictures

PROMPT = "A red boat at dawn. 1 second, square video"


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> Iterator[openai.OpenAI]:
    how = {"api_key": "any-key", "base_url": gateway.base_url, "max_retries": 0, "timeout": 60}
    with openai.OpenAI(**how, http_client=httpx2.Client(trust_env=False)) as made:
        yield made


def said(content: str) -> Any:
    return [{"role": "user", "content": content}]


def film_of(content: str | None, http: Any) -> bytes:
    [link] = FILM.findall(content or "")
    answer = http.get(link)
    assert answer.headers["content-type"] == "video/mp4"
    return answer.content


def test_a_stream_leads_to_a_playable_link(client, http):
    stream = client.chat.completions.create(model="sora-2", messages=said(PROMPT), stream=True)
    chunks = list(stream)
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1
    assert {chunk.model for chunk in chunks} == {"sora-2"}
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "stop"
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert len(pictures(film_of(text, http))) == 24


def test_a_stream_tells_usage_only_when_asked(client):
    how = {"model": "demo-text", "messages": said("hello"), "stream": True}
    assert all(chunk.usage is None for chunk in client.chat.completions.create(**how))
    *earlier, last = client.chat.completions.create(**how, stream_options={"include_usage": True})
    assert all(chunk.usage is None for chunk in earlier)
    assert last.choices == []
    assert last.usage.total_tokens == last.usage.prompt_tokens + last.usage.completion_tokens > 1


def test_an_answer_in_one_piece_has_link_and_usage(client, http):
    whole = client.chat.completions.create(model="sora-2", messages=said(PROMPT))
    assert whole.object == "chat.completion"
    [choice] = whole.choices
    assert (choice.index, choice.message.role, choice.finish_reason) == (0, "assistant", "stop")
    assert film_of(choice.message.content, http)
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens > 1


def test_two_choices_are_two_films(client, http):
    whole = client.chat.completions.create(model="sora-2", messages=said(PROMPT), n=2)
    assert [choice.index for choice in whole.choices] == [0, 1]
    links = {FILM.search(choice.message.content)[1] for choice in whole.choices}
    assert len(links) == 2
    for choice in whole.choices:
        assert film_of(choice.message.content, http)


def test_two_choices_are_streamed_side_by_side(client):
    stream = client.chat.completions.create(model="demo-text", messages=said("hello"), n=2, stream=True)
    texts, finished = ["", ""], []
    for chunk in stream:
        [choice] = chunk.choices
        texts[choice.index] += choice.delta.content or ""
        finished += [choice.index] * (choice.finish_reason == "stop")
    assert texts[0] == texts[1] != ""
    assert finished == [0, 1]


def test_the_models_on_offer_are_listed(client):
    assert [model.id for model in client.models.list()] == ["sora-2", "sora-2-pro", "demo-text"]
    assert client.models.retrieve("sora-2-pro").id == "sora-2-pro"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("sora-9")


def test_the_text_model_writes_and_films_nothing(client, gateway):
    before = sorted(gateway.data.glob("demo/*"))
    whole = client.chat.completions.create(model="demo-text", messages=said("a fox"))
    assert "a fox" in whole.choices[0].message.content
    assert not FILM.search(whole.choices[0].message.content)
    assert sorted(gateway.data.glob("demo/*")) == before
    stream = client.chat.completions.create(model="demo-text", messages=said("a fox"), stream=True)
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert streamed.strip() == whole.choices[0].message.content


def test_without_a_key_nobody_is_served(client):
    keyless = {"Authorization": openai.Omit()}
    asks = [
        lambda: client.chat.completions.create(model="demo-text", messages=said("hello"), extra_headers=keyless),
        lambda: client.models.list(extra_headers=keyless),
        lambda: client.models.retrieve("sora-2", extra_headers=keyless),
    ]
    for ask in asks:
        with pytest.raises(openai.AuthenticationError) as caught:
            ask()
        assert caught.value.code == "invalid_api_key"


def test_a_wrong_field_is_named(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="sora-2", messages=said(PROMPT), temperature=9)
    assert caught.value.param == "temperature"
    assert caught.value.type == "invalid_request_error"
    assert "between 0 and 2" in str(caught.value)


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="sora-9", messages=said(PROMPT))
    assert (caught.value.param, caught.value.code) == ("model", "model_not_found")


def test_a_rate_limit_says_when_to_come_back(client):
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(model="sora-2", messages=said("a dog [fault:429]"))
    assert caught.value.response.headers["retry-after"] == "7"


def test_a_chinese_prompt_is_answered_in_chinese_and_a_change_builds_on_the_earlier_film(client):
    earlier = f"> 生成完成 ✅\n> sid: s_{'ab' * 16}\n\n[在线播放▶️](http://127.0.0.1/x.mp4)"
    messages = [*said("一只狗"), {"role": "assistant", "content": earlier}, *said("让它下雨。1秒，方形")]
    stream = client.chat.completions.create(model="sora-2", messages=messages, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    echoed = json.loads(text.removeprefix("```json").partition("```")[0])
    assert echoed == {"prompt": "让它下雨。1秒，方形", "orientation": "square", "duration": 1, "sid": f"s_{'ab' * 16}"}
    for word in ("数据预览", "原始数据", "排队中", "生成中", "进度", "生成完成 ✅", "在线播放▶️"):
        assert word in text
    new = [line for line in text.splitlines() if line.startswith("> sid: s_")]
    assert len(new) == 1
    assert "ab" * 16 not in new[0]


def test_an_english_prompt_is_answered_in_english(client):
    stream = client.chat.completions.create(model="sora-2", messages=said(PROMPT), stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    words = ("> ID: `task_", "Data Preview", "Raw Data", "Queuing", "Generating", "Progress", "Generation Complete ✅")
    at = [text.index(word) for word in (*words, "[Play Online▶️](")]
    assert at == sorted(at)


def test_a_seed_brings_the_same_film_again(client, http):
    def film(**fields: Any) -> np.ndarray:
        whole = client.chat.completions.create(model="sora-2", messages=said(PROMPT), **fields)
        return pictures(film_of(whole.choices[0].message.content, http))[12]

    first = film(seed=7)
    assert np.array_equal(first, film(extra_body={"seen": 7}))  # the spec's own spelling
    assert not np.array_equal(first, film(seed=8))
