"""Whole answers of the gateways that no recording was kept of, written as they are described; one row each."""

import json

import pytest

from studio.upstream.reader import Reader, Reading

BASE = "https://gw.example.test/v1"
CDN = "https://cdn.example.test"
TASK = "task_01k7e5zz9z5f2d91pekrqx00aa"
SID = "s_68eca3f141808191b1fd30fea1b731bd"
ECHO = '```json\n{\n  "prompt": "a cat",\n  "orientation": "portrait"\n}\n```\n\n'


def frame(delta: dict, finish=None, **more) -> bytes:
    choice = {"index": 0, "delta": delta} | ({"finish_reason": finish} if finish else {})
    return b"data: " + json.dumps({"id": "c", "choices": [choice], **more}, ensure_ascii=False).encode() + b"\n\n"


def content(*texts: str) -> bytes:
    return b"".join(frame({"content": text}) for text in texts)


def thought(*texts: str) -> bytes:
    return b"".join(frame({"reasoning_content": text}) for text in texts)


DONE = b"data: [DONE]\n\n"
STOP = frame({}, "stop")


def read(body: bytes, step: int) -> Reading:
    reader = Reader(BASE)
    for at in range(0, len(body), step):
        reader.feed(body[at : at + step])
    reader.close()
    return reader.reading()


ROWS = {
    "02 several numbers in one chunk, sid in backticks, a footer": (
        content(ECHO, f"> ID: `{TASK}`\n> 排队中... 生成中.\n", ">🏃 进度 42..54..67..75..81..\n", f"> 生成完成 ✅\n> sid: `{SID}`\n")
        + content(f"![a]({CDN}/a.webp)\n[在线播放▶️]({CDN}/a.mp4)\n", '<p align="center">thanks</p>') + STOP + DONE,
        {"outcome": "ready", "video_urls": [f"{CDN}/a.mp4"], "thumbnail_urls": [f"{CDN}/a.webp"], "progress": [42, 54, 67, 75, 81], "remix_id": SID, "task_id": TASK},
    ),
    "03 in English": (
        content(ECHO, f"> ID: `{TASK}`\n>[Data Preview]({CDN}/web/{TASK}) | [Raw Data]({CDN}/source/{TASK})\n", "> Queuing......\n> Generating.\n")
        + content(">🏃 Progress 76..", "88..", f"\n> Generating Complete ✅\n[Online Play▶️]({CDN}/a.mp4)") + STOP + DONE,
        {"outcome": "ready", "video_urls": [f"{CDN}/a.mp4"], "poll_urls": [f"{CDN}/source/{TASK}"], "progress": [76, 88]},
    ),
    "04 a failure as content": (
        content(ECHO, f"> ID: `{TASK}`\n> Generating.\n>🏃 Progress 36..\n", "> Generation failed\n> Failure reason: high load\n") + STOP + DONE,
        {"outcome": "failed", "video_urls": [], "kind": "load", "money": "possible", "message": "high load"},
    ),
    "07 no finish reason anywhere": (
        content("> Progress：36.0%\n", f"> ✅ Video generated successfully, [click here]({CDN}/a.mp4) to view video~~~\n"),
        {"outcome": "ready", "video_urls": [f"{CDN}/a.mp4"], "progress": [36], "done_marker": False},
    ),
    "09 only an acknowledgement": (
        frame({"content": f"Task ID: `veo3-fast:03bd6356-8ec6-4e06-be7f-c06feb0000aa` [Source Data]({CDN}/source/x)"}, usage=None) + DONE,
        {"outcome": "interrupted", "task_id": "veo3-fast:03bd6356-8ec6-4e06-be7f-c06feb0000aa", "poll_urls": [f"{CDN}/source/x"]},
    ),
    "11 a link of a free version with its handle in it": (
        thought("**Video Generation Progress**: 9% (running)\n") + content(f"```html\n<video src='{CDN}/MP4/{SID}.mp4' controls></video>\n```") + frame({}, "STOP") + DONE,
        {"outcome": "ready", "video_urls": [f"{CDN}/MP4/{SID}.mp4"], "progress": [9], "remix_id": SID},
    ),
    "13 the end marker followed by literal line ends": (
        content("❌ Generation failed: Cloudflare challenge or rate limit (429)") + frame({}, "STOP") + b"data: [DONE]\\n\\n",
        {"outcome": "failed", "kind": "load", "money": "possible", "done_marker": True},
    ),
    "15 progress in thoughts, a tag without a fence": (
        thought("提交视频生成任务...\n", "生成进度: 30%\n", "生成进度: 95%\n", "⚠️ 放大 失败，返回原始视频\n")
        + frame({"content": f"<video src='{CDN}/v?x=1&amp;y=2' data-media-id='CAUS1' controls style='max-width:100%'></video>"}, "stop") + DONE,
        {"outcome": "ready", "video_urls": [f"{CDN}/v?x=1&y=2"], "progress": [30, 95], "remix_id": "CAUS1", "phase": "finishing"},
    ),
    "15b an error object after an error in thoughts": (
        thought("错误: 生成失败\n") + b'data: {"error":{"message":"Upstream refused","type":"server_error","code":"generation_failed","status_code":502}}\n\n' + DONE,
        {"outcome": "failed", "kind": "gateway", "message": "Upstream refused"},
    ),
    "17 a relative link without an ending": (
        thought("视频正在生成 35%") + content('<video controls src="/v1/files/video?id=9"></video>') + STOP + DONE,
        {"outcome": "ready", "video_urls": ["https://gw.example.test/v1/files/video?id=9"], "progress": [35]},
    ),
    "19 choices and an error in one chunk": (
        b": OPENROUTER PROCESSING\n\n" + frame({"content": ""}, "error", error={"code": 429, "message": "slow down"}),
        {"outcome": "failed", "kind": "load", "money": "possible", "message": "slow down"},
    ),
    "20 a relay that dropped the error": (content("> 排队中..\n") + DONE, {"outcome": "interrupted", "phase": "queued"}),
    "23 a failed job as the whole content": (
        frame({"content": '{"status":"failed","error":{"type":"sora_content_violation","message":"not this"}}'}, "stop"),
        {"outcome": "failed", "kind": "moderation", "message": "not this"},
    ),
    "23b an error without a status as the whole content": (
        frame({"content": '{"error":{"message":"heavy_load"}}'}, "stop"), {"outcome": "failed", "kind": "load"},
    ),
    "23c a queued job as the whole content": (
        frame({"content": '{"id":"video_123456789","status":"queued"}'}, "stop"), {"outcome": "interrupted", "task_id": "video_123456789"},
    ),
    "a result beside the text, its own task object": (
        frame({"content": "done", "output": [{"url": f"{CDN}/o.mp4", "type": "video", "task_id": "t"}], "wm": {"stage": 2, "task_id": "job-77"}}, "stop"),
        {"outcome": "ready", "video_urls": [f"{CDN}/o.mp4"], "task_id": "job-77"},
    ),
    "the number 100 is itself a link": (
        content(f">🕐 排队中.\n>⚡ 生成中.....\n>🏃 进度 72..[100]({CDN}/up/raw.mp4)\n> ✅ 生成完成\n[点击下载]({CDN}/cdn/download/a.mp4)") + STOP,
        {"outcome": "ready", "video_urls": [f"{CDN}/up/raw.mp4"], "progress": [72], "download_urls": [f"{CDN}/cdn/download/a.mp4"]},
    ),
    "a value told over several lines": (
        b'event: message\r\ndata: {"choices":[{"delta":\r\ndata: {"content":"https://cdn.example.test/a.mp4"}\r\ndata: }]}\r\n\r\n',
        {"outcome": "ready", "video_urls": [f"{CDN}/a.mp4"]},
    ),
    "lines that end in CR alone": (
        content(f"[Watch]({CDN}/a.mp4)").replace(b"\n", b"\r"), {"outcome": "ready", "video_urls": [f"{CDN}/a.mp4"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("step", [10**6, 7, 1])
@pytest.mark.parametrize("name", ROWS)
def test_a_row_reads_as_described(name, step):
    body, expected = ROWS[name]
    reading = read(body, step)
    told = {key: getattr(reading, key, None) for key in expected}
    told |= {key: getattr(reading.failure, key) for key in ("kind", "money", "message") if key in expected}
    assert told == expected
