"""What goes wrong, as one of our own few kinds, each with what it may have cost and what the person can do.

    moderation   the words, the picture or the result were refused
    quota        no credit left at the gateway
    auth         the key is wrong, missing or not allowed
    load         too many requests, no channel, heavy load
    network      no connection, a broken one, silence, a bad certificate, a refused private address
    gateway      the gateway failed or ended without a video
    unsupported  this model, field or mode is not there
    unknown      none of the above

Rows of the table below were recorded from gateways in English and Chinese, or are their like; the first that matches
counts, so what is most telling stands first: gateways say moderation with 503 and quota with 403.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from studio.upstream.framing import clean

Kind = Literal["moderation", "quota", "auth", "load", "network", "gateway", "unsupported", "unknown"]
Money = Literal["none", "possible"]

MESSAGE_MAX_CHARS = 2000
JUDGED_CHARS = 4000  # of a message, from its beginning; the table's patterns see no more


@dataclass(frozen=True, slots=True)
class Failure:
    """``advice`` is one of: rephrase, top_up, check_key, turn_on_streaming, wait, check_model, check_again,
    check_request, check_address, allow_private, choose_video_model, ask_gateway."""

    kind: Kind
    message: str = ""  # the gateway's own words; may be empty
    money: Money = "possible"  # "none" when nothing can have been charged
    advice: str = "ask_gateway"
    status: int | None = None  # of HTTP, when it was not 200
    code: str | None = None  # as the gateway told it; ours where there was no answer: cut, silence, timeout, tls, …
    request_id: str | None = None
    retry_after: float | None = None  # seconds


# (kind, advice, money, pattern over "status code type message")
ROWS: tuple[tuple[Kind, str, Money, str], ...] = (
    (
        "moderation",
        "rephrase",
        "possible",
        r"content[_ ]policy|content[_ ]violation|moderation|guardrail|sentinel_block|sensitive_?words|content_filter"
        r"|safety (?:system|filter|polic)|policy[_ ]violation|violat\w{1,10} (?:our|the)|nudity|sexuality|\bnsfw\b|copyright"
        r"|photorealistic people|third-party content|public figure|didn't look right with your request"
        r"|违反|违规|违法|敏感|审核|内容政策|不合规|内容安全|安全策略|真人|肖像|侵权",
    ),
    (
        "quota",
        "top_up",
        "none",
        r"insufficient[_ ](?:user_)?(?:quota|balance|credit|fund|point)|pre_consume_token_quota|quota (?:is not enough|exceeded|exhausted)"
        r"|exceeded your (?:current )?quota|(?:out of|no|not enough) (?:credit|balance|quota)|billing_hard_limit|payment required|\b402\b"
        r"|(?:额度|余额|积分|配额|点数).{0,3}(?:不足|用尽|用完|耗尽|不够)|欠费|预扣费|请充值",
    ),
    (
        "auth",
        "check_key",
        "none",
        r"\b401\b|(?:invalid|incorrect|expired|missing|wrong)[_ ](?:api[_ ]?key|token|signature|key)|api[_ ]?key (?:is )?(?:invalid|expired|missing|not)"
        r"|unauthori[sz]ed|authentication|missing bearer|not provide\w{0,3} an api key"
        r"|令牌|密钥(?:无效|错误|过期)|api ?key ?(?:无效|错误|过期|不正确)|未提供.{0,4}(?:令牌|密钥|key)|鉴权|认证失败|未授权",
    ),
    (
        "unsupported",
        "turn_on_streaming",
        "none",
        r"enable stream|only supports? stream|stream(?:ing)? (?:mode )?(?:is )?required|must be stream|仅支持流|只支持流|请(?:开启|启用|使用)流",
    ),
    (
        "load",
        "wait",
        "none",
        r"\b429\b|rate.?limit|too many (?:requests|concurrent)|(?:heavy|high)[_ ]load|overloaded|no available (?:channel|token|account)"
        r"|no_available|at capacity|try again later|concurren\w{1,5} (?:limit|request)|systems? (?:is|are) busy|server (?:is )?busy"
        r"|负载|无可用|繁忙|请求过多|过于频繁|频率|稍后再试|稍后重试|排队人数过多|并发",
    ),
    (
        "unsupported",
        "check_model",
        "none",
        r"model_not_found|model not found|(?:invalid|unknown|unsupported) model|does not exist|no such model|model \S{0,80} ?is not (?:supported|available)"
        r"|not supported model|无权.{0,6}模型|模型(?:不存在|不可用)|无效的模型|不支持(?:的|该)?模型|未找到模型",
    ),
    (
        "network",
        "check_again",
        "possible",
        r"network (?:fluctuation|error)|\b(?:504|522|524)\b|timed? ?out|timeout|超时|网络波动|网络错误",
    ),
    (
        "unsupported",
        "check_request",
        "none",
        r"\b(?:400|405|413|415|422)\b|invalid_request_error|invalid (?:value|type|parameter)|validation|unprocessable|参数",
    ),
    ("unsupported", "check_address", "none", r"\b404\b|not[_ ]found"),
    ("auth", "check_key", "none", r"\b403\b|forbidden|permission|access denied|无权"),
    (
        "gateway",
        "ask_gateway",
        "possible",
        r"\b5\d\d\b|server[_ ]error|internal error|bad gateway|service unavailable|upstream|generation_failed|bad_response"
        r"|服务器|内部错误|上游|系统错误|系统异常",
    ),
)
TABLE = tuple(
    (
        kind,
        advice,
        money,
        re.compile(pattern, re.IGNORECASE | re.ASCII),
    )  # ASCII: in "错误429请" 429 is a word of its own
    for kind, advice, money, pattern in ROWS
)
REQUEST_ID = re.compile(r"request[ _]id:? {0,4}([\w-]{6,200})", re.IGNORECASE)


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
    message = clean(message[:JUDGED_CHARS])
    told = clean(str(code)[:100]) if isinstance(code, str | int | float) else ""
    kept_status = status if status is not None and status != 200 else None
    shown_status = str(status) if status is not None and status >= 400 else ""
    haystack = " ".join(part for part in (shown_status, told, str(type_ or "")[:100], message) if part)
    kind, advice, money = next(
        (row[:3] for row in TABLE if row[3].search(haystack)),
        ("gateway" if status else "unknown", "ask_gateway", "possible"),
    )
    if started or (status is not None and status >= 500 and kind not in ("load", "quota", "auth")):
        money = "possible"
    found = REQUEST_ID.search(message)
    return Failure(
        kind=kind,
        message=message[:MESSAGE_MAX_CHARS],
        money=money,
        advice=advice,
        status=kept_status,
        code=told or None,
        request_id=found[1] if found else None,
        retry_after=retry_after,
    )
