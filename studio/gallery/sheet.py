"""Everything known about a video, as labelled groups for its page: what it is, what was asked, when, what it cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.defaultfilters import date as date_text
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from studio.gallery.models import GalleryItem
from studio.generations.models import Generation


@dataclass(frozen=True, slots=True)
class Fact:
    """``is_code``: a machine's word, set in its type and worth copying. ``note`` is said smaller behind it."""

    label: str
    value: str
    note: str = ""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    title: str
    facts: list[Fact]


def sheet_of(item: GalleryItem) -> list[Group]:
    """Groups without a known fact are left out."""
    generation = item.generation
    groups = [
        Group("video", _("Video"), list(video_facts(item))),
        Group("asked", _("Asked for"), list(asked_facts(generation))),
        Group("timings", _("Timings"), list(timing_facts(generation, item))),
        Group("cost", _("Cost and usage"), list(cost_facts(generation))),
        Group("gateway", _("As the gateway tells it"), list(gateway_facts(generation, item))),
    ]
    return [group for group in groups if group.facts]


def video_facts(item: GalleryItem) -> Iterator[Fact]:
    facts = item.facts
    yield Fact(_("Size"), f"{item.width} × {item.height}")
    yield Fact(_("Length"), seconds_text(item.duration_s))
    if fps := facts.get("fps"):
        note = _("variable rate") if facts.get("variable_rate") else ""
        yield Fact(
            _("Frames"), number_format(facts.get("frames") or 0), " ".join(filter(None, [f"{fps:.5g} fps", note]))
        )
    yield Fact(_("Picture"), codec_text(facts.get("video_codec"), facts.get("pixel_format")))
    yield Fact(_("Sound"), codec_text(facts["audio_codec"]) if facts.get("audio_codec") else _("none"))
    yield Fact(_("File"), filesizeformat(item.size_bytes), bitrate_text(facts.get("bit_rate")))
    if item.playable.name != item.original.name:
        yield Fact(_("Played as"), "H.264", _("browsers cannot play the original; the download is untouched"))
    yield Fact("SHA-256", item.sha256, is_code=True)


def asked_facts(generation: Generation) -> Iterator[Fact]:
    yield Fact(_("Provider"), generation.provider_name)
    yield Fact(_("Model"), generation.model_name, is_code=True)
    if generation.orientation:
        yield Fact(_("Orientation"), str(generation.get_orientation_display()))
    if generation.seconds:
        yield Fact(_("Seconds"), str(generation.seconds))
    if generation.author:
        yield Fact(_("By"), str(generation.author))
    if not generation.stream:
        yield Fact(_("Streaming"), _("off"))
    for name, value in flat(generation.ask.get("fields", {})):
        yield Fact(name, value, is_code=True)


def timing_facts(generation: Generation, item: GalleryItem) -> Iterator[Fact]:
    """When each step came, and how long it was waited for."""
    steps = [
        (_("Queued"), generation.created_at),
        (_("Sent"), generation.sent_at),
        (_("First frame"), generation.first_frame_at),
        (_("Answer ended"), generation.stream_ended_at),
        (_("Saved"), generation.finished_at or item.created_at),
    ]
    before: datetime | None = None
    for label, at in steps:
        if at is None:
            continue
        first = before is None
        shown = date_text(localtime(at), "DATETIME_FORMAT" if first else "H:i:s")
        yield Fact(label, shown, "" if before is None else f"+{seconds_text((at - before).total_seconds())}")
        before = at
    if generation.attempt_number > 1:
        yield Fact(_("Attempt"), str(generation.attempt_number))


def cost_facts(generation: Generation) -> Iterator[Fact]:
    if generation.price is not None:
        yield Fact(_("Price"), f"{generation.price.normalize():f} {generation.currency}".strip())
    yield Fact(_("Money"), str(generation.spent.label))
    for name, value in flat(generation.response.get("usage") or {}):
        yield Fact(name, value, is_code=True)


def gateway_facts(generation: Generation, item: GalleryItem) -> Iterator[Fact]:
    response = generation.response
    named = [(_("Task id"), generation.task_id), (_("Remix id"), generation.remix_id)]
    named += [(_("Request id"), generation.request_id)]
    named += [(name, response.get(name)) for name in ("id", "object", "created", "model")]
    for choice in response.get("choices", []):
        if choice.get("index", 0) == item.choice:
            named.append(("finish_reason", choice.get("finish_reason")))
    named.append((_("Fetched from"), item.source_url))
    for label, value in named:
        if value not in (None, ""):
            yield Fact(label, str(value), is_code=True)


def flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Leaves by dotted name: usage has groups of its own (prompt_tokens_details.cached_tokens)."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", value if isinstance(value, str) else str(value)


def seconds_text(seconds: float) -> str:
    """ "0.4 s", "12 s", "3 min 5 s": what a person would say of a wait or a clip."""
    if seconds < 60:
        digits = 1 if round(seconds, 1) % 1 else 0
        return _("%(seconds)s s") % {"seconds": number_format(round(seconds, 1), digits)}
    minutes, rest = divmod(round(seconds), 60)
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}


def codec_text(codec: str | None, detail: str | None = None) -> str:
    names = {"h264": "H.264", "hevc": "HEVC", "vp9": "VP9", "av1": "AV1", "aac": "AAC", "opus": "Opus"}
    return " ".join(filter(None, [names.get(codec or "", codec or "—"), detail]))


def bitrate_text(bits_a_second: int | None) -> str:
    return f"{number_format(bits_a_second / 1e6, 1)} Mbit/s" if bits_a_second else ""
