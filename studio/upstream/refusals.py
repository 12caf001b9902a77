"""A no in any of the shapes gateways and the proxies before them give it: error objects, pages, plain words. Pure."""

import json
import math
import re
from dataclasses import replace
from typing import Any

from studio.upstream.failures import MESSAGE_MAX_CHARS, Failure, classify
from studio.upstream.framing import clean

PAGE_MAX_CHARS = 64 * 1024
NESTED_MAX = 5
RETRY_AFTER_MAX_SECONDS = 86_400.0
TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
TAGS = re.compile(r"<[^<>]*>")
CHALLENGE = re.compile(r"just a moment|attention required|cloudflare|captcha|verify you are human", re.IGNORECASE)
REASONS = (
    "message", "msg", "error_message", "error_msg", "fail_reason", "failure_reason", "reason", "description",
)  # fmt: skip


def from_object(told: Any, *, status: int | None = None, started: bool = False, **more: Any) -> Failure:
    """A failure from an error object in any of the shapes seen: OpenAI's, FastAPI's, vLLM's, a relay's."""
    message, code, type_ = _words_of(told)
    inner = _nested(message)
    if inner:
        inner_message, inner_code, inner_type = _words_of(inner)
        code, type_ = inner_code or code, inner_type or type_
        if message.lstrip().startswith("{"):  # nothing but the nested object: its words are the reason
            message = inner_message or message
    failure = classify(message, status=status, code=code, type_=type_, started=started, **more)
    if failure.request_id is None and isinstance(told, dict):
        error = told.get("error")
        named = told.get("request_id") or (error.get("request_id") if isinstance(error, dict) else None)
        if isinstance(named, str):
            failure = replace(failure, request_id=clean(named[:200]))
    return failure


def from_html(page: str, status: int | None) -> Failure:
    """A proxy's page in place of an answer: only its title and the status are worth showing."""
    found = TITLE.search(page[:PAGE_MAX_CHARS])
    title = " ".join(found[1].split())[:200] if found else ""
    message = title or (f"HTTP {status}" if status else "")
    if status and str(status) not in message:
        message = f"HTTP {status}: {message}"
    failure = classify(message, status=status)
    if CHALLENGE.search(title) and failure.kind not in ("network", "load"):  # it never saw the key
        return replace(
            failure, kind="gateway", advice="ask_gateway", money="possible" if (status or 200) >= 500 else "none"
        )
    return replace(failure, kind="gateway") if failure.kind == "unknown" else failure


def from_words(words: str, status: int, retry_after: float | None = None) -> Failure:
    """A refusal told in plain words, or in none."""
    told = " ".join(TAGS.sub(" ", words[:PAGE_MAX_CHARS]).split())[:500]
    message = told if str(status) in told else f"HTTP {status}: {told}".rstrip(": ")
    return classify(message, status=status, retry_after=retry_after)


def from_redirect(status: int, location: str) -> Failure:
    """A POST is not sent on: the key would go where nobody entered it, and many servers turn it into a GET."""
    message = f"HTTP {status} → {location[:500]}" if location else f"HTTP {status}"
    return Failure("unsupported", clean(message), "none", "check_address", status, code="redirect")


def seconds_of(retry_after: str | None) -> float | None:
    """A Retry-After header told in seconds; its form as a date would need a clock, and no gateway was seen using it."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return None
    return min(seconds, RETRY_AFTER_MAX_SECONDS) if math.isfinite(seconds) and seconds >= 0 else None


def _words_of(told: Any, depth: int = NESTED_MAX) -> tuple[str, Any, Any]:
    """(message, code, type) of an error object."""
    if isinstance(told, str):
        return told, None, None
    if isinstance(told, list):
        return "; ".join(_detail(entry) for entry in told[:50])[:MESSAGE_MAX_CHARS], None, None
    if not isinstance(told, dict) or depth == 0:
        return "", None, None
    code, type_ = told.get("code"), told.get("type")
    for name in ("error", "detail"):
        inner = told.get(name)
        if inner and isinstance(inner, dict | list | str):
            message, inner_code, inner_type = _words_of(inner, depth - 1)
            return message, inner_code or code, inner_type or type_
    for name in REASONS:
        if isinstance(told.get(name), str) and told[name]:
            return told[name], code, type_
    return _as_json(told) if told else "", code, type_


def _detail(entry: Any) -> str:
    """One of FastAPI's complaints: where, and what."""
    if isinstance(entry, dict) and "msg" in entry:
        where = entry.get("loc")
        place = ".".join(str(part)[:50] for part in where[:10]) if isinstance(where, list) else ""
        return f"{place}: {entry['msg']}"[:500] if place else str(entry["msg"])[:500]
    return entry[:500] if isinstance(entry, str) else _as_json(entry)


def _as_json(told: Any) -> str:
    try:
        return json.dumps(told, ensure_ascii=False)[:500]
    except (ValueError, RecursionError):
        return ""


def _nested(message: str) -> Any:
    """The JSON object inside an error text, as relays put their upstream's answer into their own message."""
    start = message.find("{")
    if start < 0 or len(message) > 20_000:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(message, start)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
