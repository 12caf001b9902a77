"""What goes wrong, as one of our own few kinds, each with what it may have cost and what the person can do.

    moderation   the words, the picture or the result were refused
    quota        no credit left at the gateway
    auth         the key is wrong, missing or not allowed
    load         too many requests, no channel, heavy load
    network      no connection, a broken one, silence, a bad certificate, a refused private address
    gateway      the gateway failed or ended without a video
    unsupported  this model, field or mode is not there
    unknown      none of the above

Rows of the table below were recorded from gateways in English and Chinese; the first that matches counts.
"""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

Kind = str
MESSAGE_MAX_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Failure:
    kind: Kind
    message: str = ""  # the gateway's own words; may be empty
    money: str = "possible"  # "none" when nothing can have been charged, else "possible"
    advice: str = "ask_gateway"
    status: int | None = None  # of HTTP, when it was not 200
    code: str | None = None
    request_id: str | None = None
    retry_after: float | None = None  # seconds


# (kind, advice, money, pattern over "status code type message")
TABLE: tuple[tuple[Kind, str, str, re.Pattern[str]], ...] = tuple(
    (kind, advice, money, re.compile(pattern, re.IGNORECASE))
    for kind, advice, money, pattern in (
        (
            "moderation",
            "rephrase",
            "possible",
            r"content[_ ]policy|content[_ ]violation|moderation|guardrail|sentinel_block|sensitive_words|content_filter"
            r"|safety system|policy violation|violat\w+ our|nudity|sexuality|photorealistic people|third-party content"
            r"|didn't look right with your request|违反|违规|敏感|审核|内容政策|不合规|安全策略|真人",
        ),
        (
            "quota",
            "top_up",
            "none",
            r"insufficient_(user_)?quota|pre_consume_token_quota|quota is not enough|insufficient balance|no credit"
            r"|insufficient (credit|fund)|billing_hard_limit|exceeded your current quota|payment required|\b402\b"
            r"|额度不足|余额不足|欠费|预扣费|积分不足|配额不足",
        ),
        (
            "auth",
            "check_key",
            "none",
            r"\b401\b|invalid[_ ]api[_ ]key|incorrect api key|invalid signature|invalid token|invalid_token|unauthori[sz]ed"
            r"|authentication|missing bearer|not provide\w* an api key|无效的令牌|令牌|密钥|未提供|鉴权|认证失败",
        ),
        (
            "unsupported",
            "turn_on_streaming",
            "none",
            r"enable streaming|only supports? stream|stream(ing)? (is )?required|must be stream|仅支持流|请(开启|启用)流",
        ),
        (
            "load",
            "wait",
            "none",
            r"\b429\b|rate.?limit|too many requests|heavy[_ ]load|under heavy load|overloaded|no available (channel|token)"
            r"|no_available|at capacity|try again later|负载已饱和|无可用渠道|繁忙|请求过多|稍后再试|排队人数过多",
        ),
        (
            "unsupported",
            "check_model",
            "none",
            r"model_not_found|model not found|invalid model|does not exist|unknown model|no such model|not supported model"
            r"|模型不存在|无效的模型|不支持的模型|未找到模型",
        ),
        (
            "network",
            "check_again",
            "possible",
            r"network fluctuation|\b(504|522|524)\b|timed? ?out|timeout|超时|网络波动",
        ),
        (
            "unsupported",
            "check_request",
            "none",
            r"\b(400|405|413|415|422)\b|invalid_request_error|invalid value|invalid type|validation|unprocessable|参数",
        ),
        ("unsupported", "check_address", "none", r"\b404\b|not[_ ]found"),
        ("auth", "check_key", "none", r"\b403\b|forbidden|permission"),
    )
)
REQUEST_ID = re.compile(r"request[ _]id:?\s*([\w-]{6,})", re.IGNORECASE)
TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


def classify(
    message: str,
    *,
    status: int | None = None,
    code: Any = None,
    type_: Any = None,
    started: bool = False,
    retry_after: float | None = None,
) -> Failure:
    """A failure from what was said. ``started``: frames had come, so whatever it is, money may have been spent."""
    told = "" if code is None else str(code)
    shown_status = str(status) if status is not None and status >= 400 else ""
    haystack = " ".join(part for part in (shown_status, told, str(type_ or ""), message) if part)
    kind, advice, money = "gateway" if status else "unknown", "ask_gateway", "possible"
    for row_kind, row_advice, row_money, pattern in TABLE:
        if pattern.search(haystack):
            kind, advice, money = row_kind, row_advice, row_money
            break
    if started or (status is not None and status >= 500 and kind not in ("load", "quota", "auth")):
        money = "possible"
    found = REQUEST_ID.search(message)
    return Failure(
        kind=kind,
        message=message[:MESSAGE_MAX_CHARS],
        money=money,
        advice=advice,
        status=status if shown_status else None,
        code=told or None,
        request_id=found[1] if found else None,
        retry_after=retry_after,
    )


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
    if isinstance(told, dict) and failure.request_id is None:
        request_id = told.get("request_id") or (
            told.get("error") or {} if isinstance(told.get("error"), dict) else {}
        ).get("request_id")
        failure = replace(failure, request_id=str(request_id)[:200] if request_id else None)
    return failure


def from_html(page: str, status: int | None) -> Failure:
    """A proxy's page in place of an answer: only its title and the status are worth showing."""
    found = TITLE.search(page)
    title = re.sub(r"\s+", " ", found[1]).strip()[:200] if found else ""
    message = title or (f"HTTP {status}" if status else "")
    if status and str(status) not in message:
        message = f"HTTP {status}: {message}"
    failure = classify(message, status=status)
    if failure.kind == "network":
        return failure  # a proxy lost patience, the job may go on
    return replace(failure, kind="gateway" if failure.kind == "unknown" else failure.kind)


def _words_of(told: Any) -> tuple[str, Any, Any]:
    if isinstance(told, str):
        return told, None, None
    if isinstance(told, list):
        return "; ".join(_detail(entry) for entry in told)[:MESSAGE_MAX_CHARS], None, None
    if not isinstance(told, dict):
        return "", None, None
    error = told.get("error")
    if isinstance(error, dict):
        message, code, type_ = _words_of(error)
        return message, code or told.get("code"), type_ or told.get("type")
    if isinstance(error, str) and error:
        return error, told.get("code"), told.get("type")
    if "detail" in told:
        return _words_of(told["detail"])[0], told.get("code"), told.get("type")
    for name in (
        "message",
        "msg",
        "error_message",
        "error_msg",
        "fail_reason",
        "failure_reason",
        "reason",
        "description",
    ):
        if isinstance(told.get(name), str) and told[name]:
            return told[name], told.get("code"), told.get("type")
    return json.dumps(told, ensure_ascii=False)[:500] if told else "", told.get("code"), told.get("type")


def _detail(entry: Any) -> str:
    if isinstance(entry, dict) and "msg" in entry:
        place = ".".join(str(part) for part in entry.get("loc", []))
        return f"{place}: {entry['msg']}" if place else str(entry["msg"])
    return str(entry)


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
