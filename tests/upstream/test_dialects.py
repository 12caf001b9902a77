"""Gateways of the family without a recording: written from how they are described, and others that could exist."""

import json

import pytest

from studio.upstream.failures import Failure
from studio.upstream.reader import Reader

BASE = "https://gw.example.test/v1"


def sse(*contents, finish="stop", done=True, channel="content"):
    frames = [{"choices": [{"index": 0, "delta": {channel: text}, "finish_reason": None}]} for text in contents]
    frames.append({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    body = "".join(f"data: {json.dumps(frame, ensure_ascii=False)}\n\n" for frame in frames)
    return (body + ("data: [DONE]\n\n" if done else "")).encode()


def read(body, status=200, **how):
    reader = Reader(BASE, status=status, **how)
    reader.feed(body if isinstance(body, bytes) else json.dumps(body).encode())
    reader.close()
    return reader.reading()


MP4 = "https://cdn.example.test/a.mp4"


@pytest.mark.parametrize(
    ("said", "link"),
    [
        (f"> Generation Complete ✅\n[Play Online▶️]({MP4})", MP4),
        (f"> ✅ 视频生成成功，[点击这里]({MP4}) 查看视频~~~", MP4),
        (f"video generated successful,[click here]({MP4})", MP4),
        (f"```html\n<video src='{MP4}' controls></video>\n```", MP4),
        (f"```html <video src='{MP4}'></video>```", MP4),
        (f"<video src='{MP4}' data-media-id='M1' controls style='max-width:100%'></video>", MP4),
        ('<video controls src="/v1/files/video?id=9"></video>', "https://gw.example.test/v1/files/video?id=9"),
        ("/v1/files/video?id=9", "https://gw.example.test/v1/files/video?id=9"),
        (MP4, MP4),
        (f"[video]({MP4})", MP4),
        (json.dumps({"status": "completed", "video_url": MP4}), MP4),
        (json.dumps({"data": {"url": MP4}}), MP4),
        (json.dumps({"videoUrl": MP4.replace("/", "\\/")}).replace("\\\\", "\\"), MP4),
        (f"Here it is: **{MP4}**。", MP4),
        (f"![poster](https://cdn.example.test/a.webp)\n{MP4}", MP4),
        (f'["{MP4}"]', MP4),
        (f"<think>look at https://cdn.example.test/no.mp4</think>\n{MP4}", MP4),
        ("[▶️ Watch](https://s.example.test/raw?se=1&amp;sig=a%3D)", "https://s.example.test/raw?se=1&sig=a%3D"),
    ],
)
def test_a_result_is_found_in_every_spelling(said, link):
    reading = read(sse(said))
    assert reading.video_urls == [link]
    assert reading.outcome == "ready"


@pytest.mark.parametrize(
    "said",
    [
        '```json\n{\n"prompt": "x",\n"ref": "https://cdn.example.test/in.mp4"\n}\n```\n',
        "[数据预览](https://cdn.example.test/web/task_1) | [原始数据](https://cdn.example.test/source/task_1)\n",
        "![cover](https://cdn.example.test/c.png)",
        "> ✅ Preview video generated\n[📺 Online Preview](https://cdn.example.test/p.mp4)",
    ],
)
def test_what_only_looks_like_a_result_is_none(said):
    assert read(sse(said, finish=None, done=False)).video_urls == []


def test_a_link_in_the_reasoning_is_no_result():
    assert read(sse(f"maybe {MP4}", channel="reasoning_content")).video_urls == []


def test_results_in_fields_of_their_own():
    delta = {"choices": [{"index": 0, "delta": {"output": [{"url": MP4, "type": "video", "task_id": "t"}]}}]}
    assert read(b"data: " + json.dumps(delta).encode() + b"\n\n").video_urls == [MP4]
    whole = {"choices": [{"message": {"content": ""}, "finish_reason": "stop"}], "media_urls": [MP4, MP4 + "?2"]}
    assert read(whole).video_urls == [MP4, MP4 + "?2"]


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("> 🏃 进度：36.0%\n> 🏃 进度：52.4%", [36, 52]),
        (">🏃 Progress 42..54..67..", [42, 54, 67]),
        ("**Video Generation Progress**: 9% (running)", [9]),
        ("生成进度: 30%", [30]),
        ("视频正在生成 35%", [35]),
        ("[round=1/2] progress=100%\n[round=2/2] progress=20%", [100, 20]),
        ("Rendering: 12.7%", [12]),
        ("45% complete", [45]),
        ("a 50% grey wall", []),
        ("dots........", []),
    ],
)
@pytest.mark.parametrize("channel", ["content", "reasoning_content"])
def test_progress_is_read_in_every_spelling(said, numbers, channel):
    whole = read(sse(said, channel=channel)).progress
    assert whole == numbers
    assert read(sse(*said, channel=channel)).progress == numbers, "token by token"


@pytest.mark.parametrize(
    ("status", "body", "kind", "advice", "money"),
    [
        (401, {"error": {"message": "Invalid signature", "type": "401"}}, "auth", "check_key", "none"),
        (403, {"detail": "Invalid Token"}, "auth", "check_key", "none"),
        (403, {"error": {"message": "Insufficient balance", "type": "403"}}, "quota", "top_up", "none"),
        (422, {"detail": [{"loc": ["body", "n"], "msg": "must be an int"}]}, "unsupported", "check_request", "none"),
        (429, {"error": {"message": "当前分组上游负载已饱和，请稍后再试"}}, "load", "wait", "none"),
        (503, {"error": {"message": "当前分组 default 下对于模型 sora-2 无可用渠道 (request id: 2025abcdef)"}}, "load", "wait", "none"),
        (503, {"error": {"message": "Content policy violation"}}, "moderation", "rephrase", "possible"),
        (500, {"error": {"message": "400: Invalid model: x"}}, "unsupported", "check_model", "possible"),
        (404, {"object": "error", "message": "The model `x` does not exist."}, "unsupported", "check_model", "none"),
        (200, {"code": "fail", "message": '{"error":{"message":"user quota is not enough"}}', "data": None}, "quota", "top_up", "none"),
        (502, b"<html><head><title>502 Bad Gateway</title></head></html>", "gateway", "ask_gateway", "possible"),
        (403, b"<!doctype html><title>Just a moment...</title>", "gateway", "ask_gateway", "none"),
        (403, b"<html><title>403 Forbidden</title></html>", "auth", "check_key", "none"),
        (500, b"Internal Server Error", "gateway", "ask_gateway", "possible"),
        (500, {"error": {"message": "HTTP错误429请稍候"}}, "load", "wait", "none"),
    ],
)  # fmt: skip
def test_refusals_are_told_apart(status, body, kind, advice, money):
    failure = read(body, status).failure
    assert (failure.kind, failure.advice, failure.money) == (kind, advice, money)


def test_a_refusal_in_plain_words_keeps_them():
    assert read(b"error code: 1015, slow down", 429).failure.message == "HTTP 429: error code: 1015, slow down"
    told = read(b"We are closed for today.", content_type="text/plain")
    assert (told.outcome, told.failure.message) == ("failed", "We are closed for today.")


@pytest.mark.parametrize("body", [b"", b"<html><title>301 Moved</title></html>", b'{"message":"moved"}'])
def test_a_redirected_request_says_where_to(body):
    failure = read(body, 301, headers={"location": "https://api.example.test/v1"}).failure
    assert (failure.kind, failure.advice, failure.money) == ("unsupported", "check_address", "none")
    assert failure.message == "HTTP 301 → https://api.example.test/v1"


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("nan", None), ("-1", None), ("inf", None), ("Wed, 21", None)]
)
def test_only_a_sensible_pause_is_believed(header, seconds):
    assert (
        read({"error": {"message": "rate limit"}}, 429, headers={"Retry-After": header}).failure.retry_after == seconds
    )


def test_a_request_id_in_the_words_is_kept():
    failure = read({"error": {"message": "无可用渠道 (request id: 20251222abc)"}}, 503).failure
    assert failure.request_id == "20251222abc"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (sse("❌ 生成失败: This content may violate our guardrails"), "moderation"),
        (sse("Generation failed\nFailure reason: heavy load, try again later"), "load"),
        (
            sse(json.dumps({"status": "failed", "error": {"type": "sora_content_violation", "message": "no"}})),
            "moderation",
        ),
        (sse("", finish="content_filter"), "moderation"),
        (
            b'data: {"choices":[{"delta":{},"finish_reason":"error"}],"error":{"code":429,"message":"slow down"}}\n\n',
            "load",
        ),
        (b'event: error\ndata: {"error":{"message":"we are under heavy load"}}\n\n', "load"),
        (b'data: {"error":{"message":"upstream broke","type":"server_error","code":"500"}}\n\n', "gateway"),
    ],
)
def test_failures_inside_a_200_are_failures(body, kind):
    reading = read(body)
    assert reading.outcome == "failed"
    assert reading.failure.kind == kind
    assert reading.failure.money == "possible"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("high load", "load"), ("concurrent limit reached", "load"), ("并发超限", "load"), ("our systems are busy", "load"),
        ("该令牌额度已用尽", "quota"), ("账户余额不足", "quota"), ("Quota exceeded for this month", "quota"), ("You are out of credits", "quota"),
        ("API key expired", "auth"), ("apikey无效", "auth"), ("Access denied", "auth"),
        ("Prompt blocked by safety filter", "moderation"), ("生成内容涉嫌违法", "moderation"), ("包含名人肖像", "moderation"),
        ("model is not supported", "unsupported"), ("不支持该模型", "unsupported"), ("Please enable stream mode", "unsupported"),
        ("请求超时", "network"), ("network fluctuations", "network"), ("上游服务器错误", "gateway"), ("Service Unavailable", "gateway"),
    ],
)  # fmt: skip
def test_a_gateway_not_seen_before_is_understood_by_its_words(message, kind):
    assert read(b"data: " + json.dumps({"error": {"message": message}}).encode() + b"\n\n").failure.kind == kind


def test_words_of_failure_in_the_echoed_prompt_are_no_failure():
    echo = '```json\n{\n  "prompt": "a sign says Error: no fuel ❌"\n}\n```\n> 排队中..\n'
    assert read(sse(echo, finish=None, done=False)).outcome == "interrupted"


@pytest.mark.parametrize("said", ["❌ 视频生成失败，请稍后重试", "Video generation failed, please retry"])
def test_being_asked_to_try_again_is_an_end(said):
    failure = read(sse(said)).failure
    assert failure.advice != "choose_video_model"
    assert failure.message and failure.message in said


def test_thoughts_cut_short_prove_no_failure():
    reader = Reader(BASE)
    reader.feed(sse("错误: upstream 502", channel="reasoning_content", finish=None, done=False))
    reader.close(failure=Failure("network", code="cut"))
    assert reader.reading().outcome == "interrupted"


def test_a_retry_notice_is_not_the_end():
    said = "**生成失败，正在重试**"
    assert read(sse(said, channel="reasoning_content", finish=None, done=False)).outcome == "interrupted"


def test_a_link_wins_over_an_error_behind_it():
    body = sse(f"[Play Online]({MP4})", done=False) + b'data: {"error":{"message":"late trouble"}}\n\n'
    assert read(body).outcome == "ready"


def test_only_an_acknowledgement_is_interrupted_and_can_be_asked_about():
    said = "Task ID: `veo3-fast:03bd6356-8ec6-4e06-be7f-c06feb0000aa`\n[Source Data](https://a.example.test/source/veo3-fast:03bd)"
    reading = read(sse(said, finish=None))
    assert reading.outcome == "interrupted"
    assert reading.task_id == "veo3-fast:03bd6356-8ec6-4e06-be7f-c06feb0000aa"
    assert reading.poll_urls == ["https://a.example.test/source/veo3-fast:03bd"]


def test_a_text_models_answer_is_no_video():
    reading = read(sse("I am a language model and like dogs."))
    assert (reading.outcome, reading.failure.advice) == ("failed", "choose_video_model")


def test_json_is_read_though_a_stream_was_promised():
    whole = {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"content": MP4}, "finish_reason": "stop"}],
    }
    assert read(b"\n\n  " + json.dumps(whole).encode(), content_type="text/event-stream").video_urls == [MP4]


def test_frames_without_blank_lines_and_over_several_lines_are_read():
    body = b'data: {"choices":[{"delta":{"content":"a"}}]}\ndata: {"choices":[{"delta":\ndata: {"content":"b"}}]}\n\n'
    assert read(body).contents == {0: "ab"}


def test_the_response_fields_are_kept():
    body = {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 7, "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": MP4}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    }  # fmt: skip
    reading = read(body)
    assert reading.envelope == {"id": "chatcmpl-1", "object": "chat.completion", "created": 7, "model": "m"}
    assert reading.finish_reasons == {0: "stop"}
    assert reading.usage == {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}


def test_lone_surrogates_and_nul_never_reach_the_rows():
    body = b'data: {"choices":[{"delta":{"content":"a\\ud800\\u0000b"}}]}\n\n'
    assert read(body).contents == {0: "a��b"}
