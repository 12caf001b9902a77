"""The models on offer, and what a request wishes for in any of the spellings gateways know."""

import re
from dataclasses import dataclass
from typing import Any

MODELS = {"sora-2": "video", "sora-2-pro": "video", "demo-text": "text"}
SIZES = {"landscape": (1280, 720), "portrait": (720, 1280), "square": (720, 720)}
PRO_SCALE = 1.5
SECONDS_DEFAULT, SECONDS_MAX = 5, 25

MODEL_NAME = re.compile(
    r"(?P<base>sora-2-pro|sora-2|demo-text)(?P<hd>-hd)?(?:-(?P<orientation>landscape|portrait|square))?(?:-(?P<seconds>\d{1,2})s)?(?:-chat)?"
)
SAID = re.IGNORECASE | re.ASCII  # Chinese follows digits without a space: to \b only Latin letters and digits are words
ORIENTATIONS = (
    ("portrait", re.compile(r"\b9\s*[:：x×]\s*16\b|\bportrait\b|\bvertical\b|竖屏|竖版|竖向", SAID)),
    ("square", re.compile(r"\b1\s*[:：x×]\s*1\b|\bsquare (?:format|video|picture)\b|\bsquare 1|方形|正方", SAID)),
    (
        "landscape",
        re.compile(r"\b16\s*[:：x×]\s*9\b|\blandscape (?:format|video|16)\b|\bhorizontal\b|横屏|横版", SAID),
    ),
)
# "The 80s" are a look, not a length.
SECONDS = re.compile(
    r"(?<![\d.])(?![5-9]0s(?![a-z\d]))(\d{1,2})\s*(?:(?:-?\s*seconds?|s|secs?)(?![a-z\d])|秒)|duration\W{1,3}(\d{1,2})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Order:
    """One film: pixels, whole seconds, and what it is about."""

    prompt: str
    model: str
    orientation: str
    width: int
    height: int
    seconds: int
    seed: int | None
    backdrop: str | None  # data URI of a picture


def base_model(name: str) -> str | None:
    found = MODEL_NAME.fullmatch(name)
    return found["base"] if found else None


def order_of(body: dict[str, Any]) -> Order:
    """What a valid request asks for: model name, then fields, then words in the last user message."""
    prompt, backdrop = last_words(body["messages"])
    found = MODEL_NAME.fullmatch(body["model"])
    assert found is not None
    orientation = found["orientation"] or _field_orientation(body) or _match(ORIENTATIONS, prompt) or "landscape"
    seconds = _number(found["seconds"]) or _field_seconds(body) or _said_seconds(prompt) or SECONDS_DEFAULT
    width, height = SIZES[orientation]
    if found["base"] == "sora-2-pro":
        width, height = int(width * PRO_SCALE), int(height * PRO_SCALE)
    seed = body.get("seed", body.get("seen"))
    return Order(prompt, found["base"], orientation, width, height, max(1, min(seconds, SECONDS_MAX)), seed, backdrop)


def last_words(messages: list[dict[str, Any]]) -> tuple[str, str | None]:
    """The last user message's text, and the data URI of its first picture."""
    content = next((turn.get("content") for turn in reversed(messages) if turn.get("role") == "user"), "")
    if isinstance(content, str):
        return content, None
    texts, picture = [], None
    for part in content if isinstance(content, list) else []:
        if part.get("type") == "text":
            texts.append(str(part.get("text", "")))
        elif part.get("type") == "image_url" and picture is None:
            picture = picture_of(part) if picture_of(part).startswith("data:image/") else None
    return "\n".join(texts), picture


def picture_of(part: dict[str, Any]) -> str:
    """The address in an image_url part, in both shapes that clients send; empty when there is none."""
    url = part.get("image_url")
    url = url.get("url") if isinstance(url, dict) else url
    return url if isinstance(url, str) else ""


def _field_orientation(body: dict[str, Any]) -> str | None:
    told = str(body.get("orientation") or body.get("aspect_ratio") or "")
    if told in SIZES:
        return told
    if found := re.fullmatch(r"(\d{2,4})\s*[x×*]\s*(\d{2,4})", str(body.get("size") or "")):
        width, height = int(found[1]), int(found[2])
        return "landscape" if width > height else "portrait" if height > width else "square"
    return _match(ORIENTATIONS, told)


def _field_seconds(body: dict[str, Any]) -> int | None:
    return _number(body.get("seconds")) or _number(body.get("duration"))


def _said_seconds(prompt: str) -> int | None:
    said = [found[1] or found[2] for found in SECONDS.finditer(prompt)]
    return int(said[-1]) or None if said else None


def _number(told: Any) -> int | None:
    found = re.fullmatch(r"\s*(\d{1,3})\s*s?\s*", str(told)) if told is not None else None
    return int(found[1]) or None if found else None


def _match(table: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str | None:
    """The word said last counts: wishes stand behind the prompt."""
    best, where = None, -1
    for name, pattern in table:
        for found in pattern.finditer(text):
            if found.start() > where:
                best, where = name, found.start()
    return best


def without_wishes(prompt: str) -> str:
    """The prompt without a last short paragraph of nothing but ratio and length, as clients append it."""
    head, gap, tail = prompt.rpartition("\n\n")
    said = SECONDS.search(tail) or any(pattern.search(tail) for _, pattern in ORIENTATIONS)
    return head.rstrip() if gap and said and len(tail) <= 40 else prompt
