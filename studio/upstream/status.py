"""Status pages of jobs: what stands behind 原始数据 links, and the job objects of /v1/videos-like gateways. Pure.

Status words seen: queued, pending, submitted, NOT_START, prompt_enhancing, processing, in_progress, video_generating,
video_generation_completed|failed, video_upsampling…, completed, succeeded, SUCCESS, failed, FAILURE, cancelled, expired.
"""

from dataclasses import dataclass, field
from typing import Any

from studio.upstream.chunks import percent_of
from studio.upstream.failures import Failure, classify, from_object
from studio.upstream.framing import _parse
from studio.upstream.links import links_in_json

DONE = {"completed", "complete", "succeeded", "success", "finished", "done"}
FAILED = {"failed", "failure", "error", "cancelled", "canceled", "timeout", "rejected", "blocked", "expired"}


@dataclass(slots=True)
class JobStatus:
    """``state``: "running", "ready" (with ``video_urls``), "failed" (with ``failure``) or "unknown"."""

    state: str = "unknown"
    video_urls: list[str] = field(default_factory=list)
    thumbnail_urls: list[str] = field(default_factory=list)
    progress: int | None = None
    failure: Failure | None = None


def parse_status(body: bytes, base_url: str) -> JobStatus:
    told, ok = _parse(body.decode("utf-8", "replace").strip())
    if isinstance(told, list) and len(told) == 1:
        told = told[0]
    if not ok or not isinstance(told, dict):
        return JobStatus()
    if isinstance(told.get("data"), dict) and "status" in told["data"]:
        told = told["data"]
    word = str(told.get("status") or told.get("state") or "").lower()
    links = links_in_json(_without_inputs(told), base_url)
    status = JobStatus(video_urls=links.results, thumbnail_urls=links.covers, progress=percent_of(told.get("progress")))
    if word in FAILED or word.endswith("_failed"):
        status.state, status.failure = "failed", _reason(told)
    elif links.results and (
        word in DONE
        or word.endswith("_completed")
        or told.get("is_completed")
        or told.get("running") is False
        or not word
    ):
        status.state = "ready"
    elif told.get("running") is False and not links.results:
        status.state, status.failure = "failed", _reason(told)
    elif word in DONE:
        status.state = "unknown"  # done without a link: nothing to fetch, nothing to blame
    elif word or told.get("running") is True or status.progress is not None:
        status.state = "running"
    return status


def _without_inputs(told: dict[str, Any]) -> dict[str, Any]:
    """The object without what was sent in: pictures, the request, and the page's own address."""
    left = {
        name: value for name, value in told.items() if name not in ("req", "request", "images", "input", "metadata")
    }
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
