"""Status pages of jobs: what stands behind 原始数据 links, and the job objects of /v1/videos-like gateways. Pure.

Status words seen: queued, pending, submitted, NOT_START, prompt_enhancing, processing, in_progress, video_generating,
video_generation_completed|failed, video_upsampling…, completed, succeeded, SUCCESS, failed, FAILURE, cancelled, expired.
"""

from dataclasses import dataclass, field
from typing import Any

from studio.upstream.failures import Failure, classify
from studio.upstream.fields import links_in_json
from studio.upstream.framing import parse_json
from studio.upstream.refusals import from_object
from studio.upstream.verdict import FAILED_STATUSES, percent_of

DONE = {"completed", "complete", "succeeded", "success", "finished", "done"}


@dataclass(slots=True)
class JobStatus:
    """``state``: "running", "ready" (with ``video_urls``), "failed" (with ``failure``) or "unknown"."""

    state: str = "unknown"
    video_urls: list[str] = field(default_factory=list)
    thumbnail_urls: list[str] = field(default_factory=list)
    progress: int | None = None
    failure: Failure | None = None


def parse_status(body: bytes, base_url: str) -> JobStatus:
    """One status page. ``base_url`` resolves relative links; whatever is no status page is "unknown"."""
    told, ok = parse_json(body.decode("utf-8", "replace").strip())
    if isinstance(told, list) and len(told) == 1:
        told = told[0]
    if not ok or not isinstance(told, dict):
        return JobStatus()
    if isinstance(told.get("data"), dict) and "status" in told["data"]:
        told = told["data"]
    links = links_in_json(_without_inputs(told), base_url)
    status = JobStatus(video_urls=links.results, thumbnail_urls=links.covers, progress=percent_of(told.get("progress")))
    status.state = _state(told, has_video=bool(links.results))
    if status.state == "failed":
        status.failure = _reason(told)
    return status


def _word(told: dict[str, Any]) -> str:
    return str(told.get("status") or told.get("state") or "").lower()


def _state(told: dict[str, Any], *, has_video: bool) -> str:
    word, running = _word(told), told.get("running")
    if running is True:
        return "running"  # a step may have ended or failed: the better picture, or another try, is being made
    if word in FAILED_STATUSES or word.endswith("_failed"):
        return "ready" if has_video and word == "video_upsampling_failed" else "failed"
    is_done = word in DONE or word.endswith("_completed") or told.get("is_completed") or running is False or not word
    if has_video and is_done:
        return "ready"
    if running is False:
        return "failed"
    if word in DONE:
        return "unknown"  # done without a link: nothing to fetch, nothing to blame
    return "running" if word or percent_of(told.get("progress")) is not None else "unknown"


def _without_inputs(told: dict[str, Any]) -> dict[str, Any]:
    """The object without what was sent in: pictures, the request, and the page's own address."""
    left = {name: value for name, value in told.items() if name not in ("req", "request", "images", "input")}
    if isinstance(told.get("metadata"), dict):  # may repeat the request beside the result
        left["metadata"] = {name: told["metadata"].get(name) for name in ("video_url", "url")}
    content = told.get("content")
    if isinstance(content, dict):  # the Sora form hides its files deeper
        encodings = content.get("encodings")
        places = [content.get("draft_info")]
        places += [encodings.get(name) for name in ("source", "source_wm")] if isinstance(encodings, dict) else []
        deeper = [place.get("downloadable_url") or place.get("path") for place in places if isinstance(place, dict)]
        left["results"] = [url for url in deeper if isinstance(url, str)][:1] or left.get("results")
    if "video_url" in left or left.get("results"):
        left.pop("url", None)
    return left


def _reason(told: dict[str, Any]) -> Failure:
    for name in ("video_generation_error", "upsample_error", "error_message", "fail_reason", "failure_reason"):
        if isinstance(told.get(name), str) and told[name]:
            return classify(told[name], started=True)
    if told.get("error"):
        return from_object(told, started=True)
    return classify("", started=True)
