"""Faults on demand: ``[fault:NAME]`` anywhere in the prompt. The README's table is this one; a test compares them."""

import re

FAULTS = {
    "moderation": "refused at once, as text in the answer",
    "moderation-late": "refused after 91 %",
    "quota": "HTTP 403, no credit left",
    "429": "HTTP 429 with Retry-After",
    "503": "HTTP 503, no channel available",
    "load": "an error event in the stream: heavy load",
    "error-object": "an error object in place of a frame",
    "cut": "the connection breaks half-way, and the job is lost",
    "stall": "goes silent and keeps the connection open",
    "slow": "takes 20 seconds longer",
    "html": "HTTP 524, a proxy's web page",
    "badjson": "a broken frame between good ones; the video arrives",
    "ack": "only acknowledges; the video appears on the job's status page",
    "nolink": "ends without a video, and the job is lost",
    "notvideo": "the link answers with a web page",
    "cutfile": "the link's file stops half-way",
    "huge": "the link promises 10 GB",
    "zeroframes": "the link's file holds no picture",
    "gone": "the link answers 404",
}
FAULT = re.compile(r"\[fault:([a-z0-9-]+)\]", re.IGNORECASE)


def fault_in(prompt: str) -> str | None:
    """The first known fault asked for."""
    return next((name.lower() for name in FAULT.findall(prompt) if name.lower() in FAULTS), None)


def without_faults(prompt: str) -> str:
    return FAULT.sub("", prompt).strip()
