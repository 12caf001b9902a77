"""Requests checked by the (mended) spec; a refusal names the field, in OpenAI's error shape."""

import re
from collections.abc import Callable
from typing import Any

from studio.demo.catalogue import base_model, picture_of

MESSAGES_MAX = 200
TEXT_MAX_CHARS = 100_000
PICTURE = re.compile(r"data:image/(?:png|jpe?g|webp);base64,", re.IGNORECASE)
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")  # JSON can spell it, UTF-8 cannot
ROLES = {"system", "user", "assistant", "tool", "developer", "function"}


class Invalid(Exception):
    def __init__(self, message: str, param: str | None = None, code: str = "invalid_value", status: int = 400):
        super().__init__(message)
        self.message, self.param, self.code, self.status = message, param, code, status

    def as_json(self) -> dict[str, Any]:
        kind = "invalid_request_error"
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


def number(low: float, high: float) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "has to be a number"
        return None if low <= value <= high else f"has to be between {low:g} and {high:g}"

    return check


def integer(low: int, high: int) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, float) and value.is_integer())):
            return "has to be an integer"
        return None if low <= value <= high else f"has to be between {low} and {high}"

    return check


def text(value: Any) -> str | None:
    return None if isinstance(value, str) else "has to be a string"


def boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else "has to be true or false"


def stop(value: Any) -> str | None:
    if isinstance(value, str):
        return None
    if isinstance(value, list) and 1 <= len(value) <= 4 and all(isinstance(entry, str) for entry in value):
        return None
    return "has to be a string or a list of up to four strings"


def bias(value: Any) -> str | None:
    if not isinstance(value, dict):
        return "has to be an object"
    fits = all(not isinstance(v, bool) and isinstance(v, int | float) and -100 <= v <= 100 for v in value.values())
    return None if fits else "has biases outside -100 to 100"


def an_object(value: Any) -> str | None:
    return None if isinstance(value, dict) else "has to be an object"


def tools(value: Any) -> str | None:
    fits = isinstance(value, list) and all(isinstance(tool, dict | str) for tool in value)
    return None if fits else "has to be a list"


def tool_choice(value: Any) -> str | None:
    return (
        None
        if isinstance(value, dict) or value in ("none", "auto", "required")
        else "has to be none, auto, required or an object"
    )


def stream_options(value: Any) -> str | None:
    fits = isinstance(value, dict) and isinstance(value.get("include_usage", False), bool)
    return None if fits else "has to be an object with a true or false include_usage"


INT64 = 2**63
FIELDS: dict[str, Callable[[Any], str | None]] = {
    "temperature": number(0, 2),
    "top_p": number(0, 1),
    "n": integer(1, 4),
    "stream": boolean,
    "stop": stop,
    "max_tokens": integer(1, 10_000_000),
    "presence_penalty": number(-2, 2),
    "frequency_penalty": number(-2, 2),
    "logit_bias": bias,
    "user": text,
    "response_format": an_object,
    "seen": integer(-INT64, INT64 - 1),
    "seed": integer(-INT64, INT64 - 1),
    "tools": tools,
    "tool_choice": tool_choice,
    "stream_options": stream_options,
}
WHOLE = ("n", "max_tokens", "seen", "seed")  # 2.0 is an integer to JSON


def check(body: Any) -> dict[str, Any]:
    """The request body, or Invalid. Null stands for "not set" in every optional field."""
    if not isinstance(body, dict):
        raise Invalid("The body has to be a JSON object.", code="invalid_type")
    body = {name: value for name, value in body.items() if value is not None}
    for name in ("model", "messages"):
        if name not in body:
            raise Invalid(f"Missing required field: {name}.", name, "missing_required_parameter")
    if problem := text(body["model"]):
        raise Invalid(f"model {problem}.", "model", "invalid_type")
    _messages(body["messages"])
    for name, check_field in FIELDS.items():
        if name in body and (problem := check_field(body[name])):
            raise Invalid(f"{name} {problem}.", name)
    if base_model(body["model"]) is None:
        raise Invalid(f"The model {body['model'][:100]!r} does not exist.", "model", "model_not_found", 404)
    return body | {name: int(body[name]) for name in WHOLE if name in body}


def _messages(messages: Any) -> None:
    if not isinstance(messages, list) or not messages:
        raise Invalid("messages has to be a list with at least one message.", "messages")
    if len(messages) > MESSAGES_MAX:
        raise Invalid(f"messages has more than {MESSAGES_MAX} entries.", "messages")
    for at, turn in enumerate(messages):
        where = f"messages[{at}]"
        if not isinstance(turn, dict):
            raise Invalid(f"{where} has to be an object.", where, "invalid_type")
        if text(turn.get("role")) or turn["role"] not in ROLES:
            raise Invalid(f"{where}.role has to be one of {', '.join(sorted(ROLES))}.", f"{where}.role")
        _content(turn.get("content"), f"{where}.content")


def _content(content: Any, where: str) -> None:
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(parts, list) or not all(isinstance(part, dict) and not text(part.get("type")) for part in parts):
        raise Invalid(f"{where} has to be a string or a list of parts.", where, "invalid_type")
    for part in parts:
        said = part.get("text", "")
        if text(said):
            raise Invalid(f"{where} has a part whose text is no string.", where, "invalid_type")
        if len(said) > TEXT_MAX_CHARS:
            raise Invalid(f"{where} has more than {TEXT_MAX_CHARS} characters.", where)
        if LONE_SURROGATE.search(said):
            raise Invalid(f"{where} holds half a character (a lone surrogate).", where)
        if part["type"] == "image_url" and not PICTURE.match(picture_of(part)):
            raise Invalid(
                f"{where} has a picture that is no data URI of a PNG, JPEG or WebP; links are not followed.", where
            )
