"""Words in an answer's text: stages, percents, handles. Read line by line from the joined text."""

import re
from collections.abc import Iterator

from studio.upstream.events import Event, Phase, Progress, RemixId, Stage, TaskId

PARTIAL_MAX_CHARS = 600  # of an unfinished line, looked at again with every piece
FAILURE_MAX_CHARS = 50_000  # of the end of a text, looked at once for the reason of a failure
REASON_MAX_LINES = 5  # behind the line that tells of a failure

HEAD = re.compile(
    r"(?:进度|progress|percent(?:age)?|正在生成|生成中|generating|rendering|渲染中?|completed?)[^\w\n.%]{0,6}(?=\d)|\b(?=\d{1,3}(?:\.\d+)?%\s*(?:完成|complete|done))",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s?(%|\.\.)")
BARE_NUMBER = re.compile(r"^[>\s]*(?:\d{1,3}(?:\.\d+)?(?:%|\.\.)\s*)+$")

STAGES: tuple[tuple[Stage, re.Pattern[str]], ...] = (
    ("saving", re.compile(r"缓存|publish|caching|上传到|uploading to|保存中", re.IGNORECASE)),
    ("finishing", re.compile(r"优化|upsampl|upscal|optimiz|放大|超分|增强", re.IGNORECASE)),
    (
        "rendering",
        re.compile(
            r"生成中|正在生成|开始生成|generating|start(?:ing|ed) (?:video )?generation|generation process begins|rendering"
            r"|processing|in_progress|\brunning\b|进度|progress\W",
            re.IGNORECASE,
        ),
    ),
    (
        "queued",
        re.compile(r"排队|队列|queu|等待处理|waiting|pending|任务已创建|task created|submitted|提交", re.IGNORECASE),
    ),
)

TASK = re.compile(
    r"(?<![\w-])(task_(?=[\w-]{0,80}\d)[\w-]{6,194}|veo[\w.-]{0,40}:[0-9a-f]{8}-[0-9a-f-]{20,64}"
    r"|video_(?=[\w-]{0,80}\d)[\w-]{8,192})",
    re.IGNORECASE,
)
TASK_LABEL = re.compile(r"(?:task[ _]?id|任务\s*(?:ID|编号)|job[ _]?id)\W{1,4}`?([\w][\w:.-]{5,199})", re.IGNORECASE)
REMIX = re.compile(r"(?<![\w])(s_[0-9a-f]{32})(?![0-9a-f])")
REMIX_LABEL = re.compile(
    r"(?:\bsid|post id|remix[ _]id)\W{1,4}`?([\w][\w-]{5,199})|data-media-id\s{0,4}=\s{0,4}[\"']([^\"'<>]{1,200})",
    re.IGNORECASE,
)

FAILURE = re.compile(
    r"❌|⛔|失败(?!率)|failure reason|failed to generate|生成错误|生成异常|生成超时|任务超时|出错了|错误[:：]|error[:：]|\bfailed[:：]"
    r"|(?:generation|video|task|job|request|creation|rendering) (?:has )?failed",
    re.IGNORECASE,
)
# A gateway's own second try, or a lesser result. "请重试" and "please retry" are asked of the person: those are final.
NOT_FINAL = re.compile(
    r"(?:正在|自动|开始|准备|第\s?\d+\s?次)(?:重试|重新生成)|重试中|retrying|will retry|\bretry \d|返回原始视频|使用原始|fall(?:ing)? ?back",
    re.IGNORECASE,
)
REASON = re.compile(r"(?:failure reason|失败原因|原因|reason)\W{1,4}(.+)", re.IGNORECASE)
LEAD = re.compile(
    r"^[>\s*#]*(?:[❌⛔]\s*)?(?:(?:视频)?生成失败|(?:video )?generation failed|失败|错误|error|failed)?\s*[:：]?\s*",
    re.IGNORECASE,
)
POLICY_HEADING = re.compile(r"\*\*(content policy violation|内容违规)\*\*", re.IGNORECASE)


class LineWords:
    """What one channel of one choice says, in order, each thing once. ``line`` ends a line, ``partial`` peeks at it."""

    def __init__(self) -> None:
        self._told_to = 0  # up to where numbers of the current line were told
        self._stage: Stage | None = None
        self._counting = False

    def partial(self, line: str) -> Iterator[Event]:
        if len(line) > PARTIAL_MAX_CHARS:
            return
        yield from self._stages(line)
        yield from self._numbers(line)

    def line(self, line: str) -> Iterator[Event]:
        yield from self._stages(line[:PARTIAL_MAX_CHARS])
        yield from self._numbers(line)
        self._told_to = 0
        for found in TASK_LABEL.finditer(line):
            yield TaskId(found[1].rstrip(".:-"))
        for found in TASK.finditer(line):
            yield TaskId(found[1])
        for found in REMIX.finditer(line):
            yield RemixId(found[1])
        for found in REMIX_LABEL.finditer(line):
            yield RemixId(found[1] or found[2])

    def _stages(self, line: str) -> Iterator[Event]:
        for stage, pattern in STAGES:
            if pattern.search(line):
                if stage != self._stage:
                    self._stage = stage
                    yield Phase(stage)
                return

    def _numbers(self, line: str) -> Iterator[Event]:
        starts = [head.end() for head in HEAD.finditer(line)]
        if not starts and self._counting and BARE_NUMBER.match(line):
            starts = [len(line) - len(line.lstrip("> \t"))]
        for start in starts:
            position = start
            while number := NUMBER.match(line, position):
                position = number.end()
                if position > self._told_to:
                    self._told_to = position
                    self._counting = True
                    yield Progress(min(int(float(number[1])), 100))


def failure_text(said: str) -> str | None:
    """The reason a gateway gives in what it says, or None when that tells of no failure."""
    lines = [line for line in said[-FAILURE_MAX_CHARS:].splitlines() if line.strip()]
    told: str | None = None
    for at, line in enumerate(lines):
        if POLICY_HEADING.search(line):
            return (lines[at + 1] if at + 1 < len(lines) else line).strip(" *>")
        if FAILURE.search(line) and not NOT_FINAL.search(line):
            near = lines[at : at + 1 + REASON_MAX_LINES]
            reason = next((found[1] for rest in near if (found := REASON.search(rest))), None)
            stripped = LEAD.sub("", line).strip(" *>`")
            following = near[1].strip(" *>") if len(near) > 1 else ""
            told = (reason or stripped or following or line).strip(" *>`")
    return told
