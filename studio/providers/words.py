"""Sentences for codes: what a test found and what to do, what is wrong with an address or a key, what a habit means."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Finding:
    """``kind``: good, warn or error. ``told``: what was found. ``advice``: what the person can do."""

    kind: str
    told: Any
    advice: Any = ""


FINDINGS: dict[str, Finding] = {
    "ok": Finding("good", _("It works."), _("Address, key and model were accepted. Nothing was spent.")),
    "no_connection": Finding(
        "error",
        _("Nothing answers at this address."),
        _("Check the spelling of the address and that the gateway is running."),
    ),
    "private_address": Finding(
        "error",
        _("The address lies in a private network."),
        _("If the gateway is your own, tick “On my network”. If not, do not use it: it leads into your network."),
    ),
    "tls": Finding(
        "error",
        _("The gateway's certificate is not valid."),
        _("Check that the address is spelled as in the certificate. The key was not sent."),
    ),
    "not_http": Finding(
        "error", _("What answers there does not speak HTTP."), _("Check the port, and http:// or https:// in front.")
    ),
    "html": Finding(
        "error",
        _("A web page answers there, not a gateway."),
        _("Copy the API address from the gateway's documentation; it often begins with api."),
    ),
    "timeout": Finding(
        "warn",
        _("No answer came."),
        _("Test again in a minute. If it stays silent, check the address or ask its operator."),
    ),
    "bad_key": Finding(
        "error", _("The gateway does not accept the key."), _("Enter the key again, or make a new one.")
    ),
    "no_such_model": Finding(
        "error",
        _("The gateway does not know this provider's first model."),
        _("Correct the model's id, or choose one that the gateway lists."),
    ),
    "not_chat": Finding(
        "error",
        _("Something answers, but it has no chat completions there."),
        _("Check the path of the address: requests go to it with /chat/completions behind."),
    ),
    "load": Finding(
        "warn", _("The gateway is too busy to be tested."), _("It can be reached. Test again in a few minutes.")
    ),
    "quota": Finding(
        "warn", _("There is no credit left at the gateway."), _("Address and key are right. Add credit there.")
    ),
    "unclear": Finding(
        "warn",
        _("The gateway answered in a way that says neither yes nor no."),
        _("Send a short prompt to find out, or ask its operator."),
    ),
    "seal_broken": Finding(
        "error",
        _("The stored key cannot be opened any more."),
        _("The studio's own secret has changed since. Enter the key again."),
    ),
}


def finding_of(code: str) -> Finding | None:
    """None before the first test; a code of a later version reads as unclear."""
    return FINDINGS.get(code, FINDINGS["unclear"]) if code else None


# Verdicts whose detail is the gateway's own words; that of the others is technical, from this side of the wire.
QUOTED = {"bad_key", "html", "not_chat", "load", "quota", "unclear"}

ADDRESS_WORDS: dict[str, Any] = {
    "empty": _("Paste the gateway's address."),
    "too_long": _("The address is too long: 500 characters at most."),
    "characters": _("The address holds a space or an invisible character."),
    "scheme": _("The address has to begin with http:// or https://."),
    "port": _("The port in the address is not a port number."),
    "user": _("Leave user name and password out of the address. The key has a field of its own."),
    "host": _("The address has no readable host name."),
    "private": _("This address lies in a private network. If the gateway is your own, tick “On my network” below."),
}

KEY_WORDS: dict[str, Any] = {
    "too_long": _("The key is too long: 4,000 characters at most."),
    "characters": _("The key holds a space, a line break or a character that no key has. Copy it again."),
}

ORIENTATIONS = [("landscape", _("Landscape")), ("portrait", _("Portrait")), ("square", _("Square"))]

# One plain sentence for each way a gateway may want to be asked; the values are those of upstream.ask.Habits.
TOLD_RATIO = [
    ("words", _("As words behind the prompt (“portrait 9:16”). Nearly every gateway understands this.")),
    ("model", _("In the model's name (sora-2 becomes sora-2-portrait).")),
    ("fields", _("As the field size (“720x1280”). Strict gateways refuse unknown fields.")),
]
TOLD_LENGTH = [
    ("words", _("As words behind the prompt (“10 seconds”). Nearly every gateway understands this.")),
    ("model", _("In the model's name (sora-2 becomes sora-2-10s).")),
    ("fields", _("As the field seconds (“10”). Strict gateways refuse unknown fields.")),
]
SEEDS = [
    ("seed", _("As seed, like nearly everywhere.")),
    ("seen", _("As seen, the way this interface's own specification writes it.")),
]
REMIXES = [
    ("replay", _("The earlier answer is sent once more, then the change.")),
    ("prompt_id", _("The earlier video's id is put in front of the prompt.")),
    ("field", _("The earlier video's id is sent in the field remix_target_id.")),
    ("none", _("This gateway cannot change an earlier video.")),
]
