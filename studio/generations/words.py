"""States, phases and troubles in a person's words: what happened, was money spent, what now."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio.generations.models import Generation, Money
from studio.generations.states import ENDINGS, State

BADGE_ICONS = {
    State.QUEUED: "clock",
    State.SENDING: "send",
    State.WAITING: "hourglass",
    State.RENDERING: "clapperboard",
    State.SAVING: "hard-drive-download",
    State.READY: "circle-check",
    State.FAILED: "circle-alert",
    State.CANCELLED: "circle-slash",
    State.INTERRUPTED: "unplug",
}

PHASES: dict[str, Any] = {
    State.SENDING: _("Sending to the gateway"),
    State.WAITING: _("The gateway took it"),
    "queued": _("In the gateway's queue"),
    "rendering": _("Rendering"),
    "finishing": _("Improving the picture"),
    "saving": _("Saving to the gallery"),
    "checking": _("Asking the gateway about the job"),
    "": _("Working"),
}


def phase(name: str) -> str:
    return str(PHASES.get(name, PHASES[""]))


@dataclass(frozen=True, slots=True)
class Trouble:
    title: Promise | str
    said: str  # the gateway's own words, shown as a quotation
    money: Promise | str
    advice: Promise | str


KINDS: dict[str, Any] = {
    "moderation": _("The gateway refused this prompt"),
    "quota": _("The gateway account has no credit left"),
    "auth": _("The gateway did not accept the key"),
    "load": _("The gateway is overloaded"),
    "network": _("The connection broke"),
    "gateway": _("The gateway did not deliver a video"),
    "unsupported": _("This could not be sent"),
    "unknown": _("Something went wrong"),
}

ADVICE: dict[str, Any] = {
    "rephrase": _("Change the words the gateway may object to and send it again."),
    "top_up": _("Add credit at the gateway, or choose another provider."),
    "check_key": _("Enter the key again in Settings → Providers."),
    "check_address": _("Check the provider's address in Settings → Providers."),
    "check_model": _("Choose a model this provider has, or correct its id in Settings → Providers."),
    "check_request": _("Look at the advanced fields: the gateway did not accept one of them."),
    "check_image": _("Use a smaller picture without real people."),
    "wait": _("Wait a little, then send it again."),
    "check_again": _("The job may still be running at the gateway. Ask there again before you send it a second time."),
    "send_again": _("You can send it again."),
    "fetch_again": _("Fetch the video again; this costs nothing."),
    "turn_on_streaming": _("This gateway makes videos only when streaming is on. Switch it on under Advanced."),
    "allow_private": _("This is an address in a private network. An owner can tick “on my network” for the provider."),
    "choose_video_model": _("This model answers with text. Choose a video model."),
    "ask_gateway": _("Ask the gateway's operator; the request id below helps them to find it."),
    "provider_gone": _("The provider was removed or switched off. Choose another one and send the prompt again."),
    "seal_broken": _("The stored key cannot be opened any more. Enter it again in Settings → Providers."),
    "studio_error": _(
        "The studio had a fault of its own, written to its log. Look at the gateway before sending again."
    ),
    "studio_stopped": _("The studio stopped while the gateway was working. Everything said until then is kept below."),
    "no_video": _("The answer ended without a video. What the gateway said is below."),
    "cancelled_late": _("The studio stopped listening. The gateway was not told and may go on and bill it."),
    "storage_full": _("The studio's disk is full. Free some space, then fetch again; this costs nothing."),
    "storage_failed": _("The studio's storage refused the file. Fetch again once it works; this costs nothing."),
    "fetch_html": _("The link answered with a web page instead of a video. Fetch again later, or open the link."),
    "fetch_json": _("The link answered with a message instead of a video. Fetch again later."),
    "fetch_text": _("The link answered with text instead of a video. Fetch again later."),
    "fetch_image": _("The link answered with a picture instead of a video. Fetch again later."),
    "fetch_hls": _("The link is a streaming playlist, not a video file; the studio keeps only whole files."),
    "fetch_not_video": _("What came is not a video. Fetch again later."),
    "fetch_empty": _("The link answered with nothing. Fetch again later."),
    "fetch_cut": _("The video stopped arriving half-way. Fetch again; this costs nothing."),
    "fetch_too_big": _("The video is larger than this studio allows (STUDIO_VIDEO_MAX_MEGABYTES)."),
    "fetch_private_address": _("The link points into a private network. The studio does not go there."),
    "fetch_redirects": _("The link sends from one address to the next without end."),
    "fetch_status": _("The link is no longer valid, or not yet. Fetch again later."),
    "fetch_timeout": _("The link did not answer in time. Fetch again later."),
    "fetch_tls": _("The link's certificate is not valid."),
    "fetch_network": _("The link's server could not be reached. Fetch again later."),
    "fetch_bad_url": _("The link is not an address the studio can open."),
    "media_not_video": _("What came is not a video. Fetch again later."),
    "media_cut": _("The file is cut off. Fetch again; this costs nothing."),
    "media_no_frames": _("The file holds no picture."),
    "media_too_long": _("The video is longer than this studio takes."),
    "media_too_large_picture": _("The picture is larger than this studio takes."),
    "media_out_of_time": _("Reading the file took too long; it may be damaged."),
    "media_out_of_memory": _("Reading the file took too much memory; it may be damaged."),
    "media_broken": _("The file is damaged. Fetch again; this costs nothing."),
}

MONEY: dict[str, Any] = {
    Money.NONE: _("Nothing was spent."),
    Money.POSSIBLE: _("Money may have been spent."),
    Money.SPENT: _("The provider charged for it."),
}


def trouble_of(generation: Generation) -> Trouble | None:
    """None while it runs and when it is ready."""
    if generation.state not in ENDINGS:
        return None
    advice = ADVICE.get(generation.failure_advice, "")
    if generation.state == State.CANCELLED:
        title: Any = _("Cancelled") if generation.sent_at is None else _("Cancelled after it was sent")
        advice = advice or _("It had not been sent yet.")
    elif generation.failure_advice.startswith(("fetch_", "media_", "storage_")) and generation.links.get("video_urls"):
        title = _("The video was made but could not be kept")
    elif generation.failure_advice == "studio_stopped":
        title = _("The studio stopped meanwhile")
    else:
        title = KINDS.get(generation.failure_kind, KINDS["unknown"])
    return Trouble(title, generation.failure_message, MONEY[generation.spent], advice)
