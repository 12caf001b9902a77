"""What the words and objects of an answer say about its outcome. Pure."""

from collections.abc import Sequence
from typing import Any

from studio.upstream.failures import Failure, classify
from studio.upstream.words import failure_text

FAILED_STATUSES = {"failed", "failure", "error", "cancelled", "canceled", "expired", "rejected", "blocked", "timeout"}
WELL_STATUSES = {
    "queued",
    "pending",
    "submitted",
    "in_progress",
    "processing",
    "running",
    "completed",
    "succeeded",
    "success",
}
WELL_CODES = (None, 0, 200, "0", "200", "success", "ok")
SHOWN_CHARS = 300
SHORT_CHARS = 200  # a gateway's refusal; the prose of a text model is longer and may hold any word


def tells_error(chunk: dict[str, Any]) -> bool:
    """Whether an object says no. A job that is well may carry ``error: {}`` or a warning there."""
    if chunk.get("error"):
        return str(chunk.get("status") or "").lower() not in WELL_STATUSES
    if "choices" in chunk:
        return False
    if chunk.get("object") == "error" or "detail" in chunk:
        return True
    code = chunk.get("code")
    return isinstance(chunk.get("message"), str) and code not in WELL_CODES and not chunk.get("data")


def percent_of(told: Any) -> int | None:
    """A percentage told as 45, 45.5, "45%", or 0.45."""
    if isinstance(told, str):
        told = told.strip()[:20].rstrip("%")
        try:
            told = float(told)
        except ValueError:
            return None
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= 100:
        return None
    return int(told * 100) if isinstance(told, float) and 0 < told < 1 else int(told)


def why_no_video(
    *, said: Sequence[str], thought: Sequence[str], finish_reasons: Sequence[str], has_begun: bool
) -> Failure | None:
    """Why an answer holds no video; None when it only ends. ``has_begun``: it told of a job, which may go on.

    What is said counts before what is thought: a retry notice in the thoughts is no end.
    """
    for text in said:
        reason = failure_text(text)
        if reason is not None:
            return classify(reason, started=True)
    if any(reason.lower() == "content_filter" for reason in finish_reasons):
        return classify("content_filter", code="content_filter", started=True)
    words = " ".join(text.strip() for text in said).strip()
    reasons = [reason for text in thought if (reason := failure_text(text))]
    if reasons and not words:
        return classify(reasons[-1], started=True)
    if words and finish_reasons and not has_begun:
        return _text_in_place_of_a_video(words)
    return None


def _text_in_place_of_a_video(words: str) -> Failure:
    shown = words[:SHOWN_CHARS]
    judged = classify(shown)
    if judged.advice == "turn_on_streaming":  # a health sentence: no job was begun
        return Failure("unsupported", shown, "none", judged.advice)
    if len(words) <= SHORT_CHARS and judged.kind in ("moderation", "load"):
        return classify(shown, started=True)
    return Failure("unsupported", shown, "possible", "choose_video_model")
