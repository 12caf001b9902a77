"""The request, as the endpoint's spec has it and as gateways really want it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SIZES = {"landscape": "1280x720", "portrait": "720x1280", "square": "720x720"}
RATIOS = {"landscape": "16:9", "portrait": "9:16", "square": "1:1"}
# The spec's request fields besides model and messages, in its order; "seed" is spelled as the habit says.
FIELDS = (
    "temperature", "top_p", "n", "stop", "max_tokens", "presence_penalty", "frequency_penalty", "logit_bias", "user",
    "response_format", "seed", "tools", "tool_choice",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remix:
    """What a change builds on: the earlier prompt and answer, verbatim, and the handle read out of it."""

    first_prompt: str
    answer: str
    remix_id: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    model: str
    prompt: str
    orientation: str | None = None  # landscape, portrait or square
    seconds: int | None = None
    system: str = ""
    earlier: Sequence[Mapping[str, Any]] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    stream: bool = True
    image_url: str | None = None  # https link or data URI
    remix: Remix | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """How one gateway wants to be told. The defaults are the least that all of the family understand."""

    ratio: str = "words"  # words, model or fields
    length: str = "words"
    seed: str = "seed"  # or the spec's "seen"
    remix: str = "replay"  # replay, prompt_id, field or none


def compile_request(ask: Ask, habits: Habits = Habits()) -> dict[str, Any]:
    """The body to POST. Fields are present only when set; nothing is invented."""
    body: dict[str, Any] = {"model": _model(ask, habits), "messages": _messages(ask, habits), "stream": ask.stream}
    for name in FIELDS:
        if ask.fields.get(name) is not None:
            body[habits.seed if name == "seed" else name] = ask.fields[name]
    if habits.ratio == "fields" and ask.orientation:
        body["size"] = SIZES[ask.orientation]
    if habits.length == "fields" and ask.seconds:
        body["seconds"] = str(ask.seconds)  # a number is refused by the endpoint these gateways imitate
    if habits.remix == "field" and ask.remix and ask.remix.remix_id:
        body["remix_target_id"] = ask.remix.remix_id
    return body


def _model(ask: Ask, habits: Habits) -> str:
    parts = [ask.model]
    if habits.ratio == "model" and ask.orientation:
        parts.append(ask.orientation)
    if habits.length == "model" and ask.seconds:
        parts.append(f"{ask.seconds}s")
    return "-".join(parts)


def _messages(ask: Ask, habits: Habits) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    if ask.system:
        messages.append({"role": "system", "content": ask.system})
    messages += [dict(turn) for turn in ask.earlier]
    if habits.remix == "replay" and ask.remix:
        messages.append({"role": "user", "content": ask.remix.first_prompt})
        messages.append({"role": "assistant", "content": ask.remix.answer})
    text = _prompt(ask, habits)
    content: Any = text
    if ask.image_url:
        content = [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": ask.image_url}}]
    messages.append({"role": "user", "content": content})
    return messages


def _prompt(ask: Ask, habits: Habits) -> str:
    """The person's words, with ratio and length behind them in their language where the habit is words."""
    wishes = []
    chinese = bool(re.search(r"[\u4e00-\u9fff]", ask.prompt))
    if habits.ratio == "words" and ask.orientation:
        ratio = RATIOS[ask.orientation]
        names = {"landscape": "横屏", "portrait": "竖屏", "square": "方形"}
        wishes.append(f"{names[ask.orientation]} {ratio}" if chinese else f"{ask.orientation} {ratio}")
    if habits.length == "words" and ask.seconds:
        wishes.append(f"{ask.seconds}秒" if chinese else f"{ask.seconds} seconds")
    text = ask.prompt
    if wishes:
        text = f"{text.rstrip()}\n\n{'，'.join(wishes) if chinese else ', '.join(wishes)}"
    if habits.remix == "prompt_id" and ask.remix and ask.remix.remix_id:
        text = f"{ask.remix.remix_id} {text}"
    return text
