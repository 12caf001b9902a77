"""What the gateway says while it works: the spec family's text, in Chinese or English, and its frames."""

import json
import re
import time
from typing import Any

from studio.demo.catalogue import Order
from studio.demo.jobs import Job
from studio.demo.links import Links

CHINESE = {
    "preview": "数据预览", "raw": "原始数据", "queue": "排队中", "render": "生成中", "progress": "进度", "done": "生成完成", "play": "在线播放",
    "failed": "生成失败",
}  # fmt: skip
ENGLISH = {
    "preview": "Data Preview", "raw": "Raw Data", "queue": "Queuing", "render": "Generating", "progress": "Progress",
    "done": "Generation Complete", "play": "Play Online", "failed": "Generation failed",
}  # fmt: skip
GAVE_UP = "the renderer gave up"
REFUSAL = "This content may violate our guardrails concerning similarity to third-party content."


def words_for(prompt: str) -> dict[str, str]:
    return CHINESE if re.search(r"[\u4e00-\u9fff]", prompt) else ENGLISH


def echo(order: Order, earlier_sid: str | None) -> list[str]:
    """The fenced json block, in the pieces it is told in."""
    told: dict[str, Any] = {"prompt": order.prompt, "orientation": order.orientation, "duration": order.seconds}
    if earlier_sid:
        told["sid"] = earlier_sid
    body = json.dumps(told, ensure_ascii=False, indent=2)
    return ["```", "json", "\n", *re.findall(r"\s*\S{1,6}", body), "\n```"]


def opening(job: Job, links: Links, words: dict[str, str]) -> str:
    about = f"[{words['preview']}]({links.web(job)}) | [{words['raw']}]({links.source(job)})"
    return f"\n\n> ID: `{job.id}`\n>{about}\n> {words['queue']}"


def closing(job: Job, links: Links, words: dict[str, str], fault: str | None) -> str:
    cover, film = links.cover(job), links.film(job, fault)
    return f"\n\n> {words['done']} ✅\n> sid: {job.sid}\n\n![{cover}]({cover})\n[{words['play']}▶️]({film})"


def failure(words: dict[str, str], reason: str) -> str:
    return f"\n\n❌ {words['failed']}: {reason}"


class Speaker:
    """Frames of one answer."""

    def __init__(self, answer_id: str, model: str):
        self.head = {"id": answer_id, "object": "chat.completion.chunk", "created": int(time.time()), "model": model}

    def frame(self, choice: int, delta: dict[str, Any], finish: str | None = None) -> bytes:
        return self.data(self.head | {"choices": [{"index": choice, "delta": delta, "finish_reason": finish}]})

    def say(self, choice: int, text: str) -> bytes:
        return self.frame(choice, {"content": text})

    def usage(self, counts: dict[str, int]) -> bytes:
        return self.data(self.head | {"choices": [], "usage": counts})

    def whole(self, contents: list[str], counts: dict[str, int]) -> dict[str, Any]:
        choices = [
            {"index": at, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            for at, text in enumerate(contents)
        ]
        return self.head | {"object": "chat.completion", "choices": choices, "usage": counts}

    @staticmethod
    def data(value: Any) -> bytes:
        return b"data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def usage_of(body: dict[str, Any], contents: list[str]) -> dict[str, int]:
    asked = sum(len(str(turn.get("content", ""))) for turn in body["messages"]) // 4 + 1
    said = sum(len(text) for text in contents) // 4 + 1
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def error(message: str, kind: str, code: str | None, param: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
