"""The states of a generation and the only moves between them. Checked at import."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    WAITING = "waiting", _("Waiting at the gateway")
    RENDERING = "rendering", _("Rendering")
    SAVING = "saving", _("Saving")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    INTERRUPTED = "interrupted", _("Interrupted")


S = State
ENDINGS = {S.FAILED, S.CANCELLED, S.INTERRUPTED}

# An ending is left only by a person: "fetch again" and "check again" go to saving, "send again" goes to queued.
MOVES: dict[State, frozenset[State]] = {
    S.QUEUED: frozenset({S.SENDING, S.CANCELLED, S.FAILED}),
    S.SENDING: frozenset({S.WAITING, S.RENDERING, S.SAVING, *ENDINGS}),
    S.WAITING: frozenset({S.RENDERING, S.SAVING, *ENDINGS}),
    S.RENDERING: frozenset({S.SAVING, *ENDINGS}),
    S.SAVING: frozenset({S.READY, *ENDINGS}),
    S.READY: frozenset(),
    S.FAILED: frozenset({S.SAVING, S.QUEUED}),
    S.CANCELLED: frozenset({S.SAVING, S.QUEUED}),
    S.INTERRUPTED: frozenset({S.SAVING, S.QUEUED, S.FAILED}),
}

RUNNING = frozenset({S.SENDING, S.WAITING, S.RENDERING, S.SAVING})
ACTIVE = RUNNING | {S.QUEUED}
FINAL = frozenset(State) - ACTIVE

assert set(MOVES) == set(State)
assert not MOVES[S.READY]
assert all(S.CANCELLED in MOVES[old] for old in ACTIVE)
