from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from studio.generations.states import State
from studio.prompts.models import PromptVersion
from studio.providers.models import Provider, VideoModel
from studio.web.ids import uuid7
from studio.workspaces.models import Workspace


class Orientation(models.TextChoices):
    LANDSCAPE = "landscape", _("Landscape")
    PORTRAIT = "portrait", _("Portrait")
    SQUARE = "square", _("Square")


class Money(models.TextChoices):
    """Whether the person has paid, as far as anybody here can know."""

    NONE = "none", _("Nothing was spent")
    POSSIBLE = "possible", _("Money may have been spent")
    SPENT = "spent", _("Charged by the provider")


class Generation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="generations")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="generations")
    version = models.ForeignKey(PromptVersion, models.PROTECT, related_name="generations")
    batch = models.UUIDField(default=uuid7, db_index=True)
    position = models.PositiveSmallIntegerField(default=0)
    # One intent is one row: the form brings the token, the constraint below refuses its second use.
    client_token = models.CharField(max_length=64)

    provider = models.ForeignKey(Provider, models.SET_NULL, null=True, related_name="generations")
    provider_name = models.CharField(max_length=80)
    model = models.ForeignKey(VideoModel, models.SET_NULL, null=True, related_name="generations")
    model_name = models.CharField(max_length=200)  # the id as sent to the gateway
    orientation = models.CharField(max_length=10, choices=Orientation.choices, blank=True)
    seconds = models.PositiveSmallIntegerField(null=True)
    stream = models.BooleanField(default=True)
    # The rest of the ask: {"system": str, "earlier": [{"role", "content"}], "fields": {spec field: value}}
    ask = models.JSONField(default=dict)
    price = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)

    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED, db_index=True)
    seq = models.PositiveIntegerField(default=0)  # number of the newest event
    attempt_number = models.PositiveSmallIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(null=True)  # as told by the gateway, 0-100
    phase = models.CharField(max_length=12, blank=True)
    task_id = models.CharField(max_length=200, blank=True)
    remix_id = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    # Where the gateway said things are: {"video_urls": [], "preview_urls": [], "thumbnail_urls": [], ...}
    links = models.JSONField(default=dict)
    # Every response field: {"id", "object", "created", "model", "choices": [{index, finish_reason, content}], "usage"}
    response = models.JSONField(default=dict)
    failure_kind = models.CharField(max_length=20, blank=True)
    failure_advice = models.CharField(max_length=40, blank=True)
    failure_message = models.TextField(blank=True)  # the gateway's own words, never markup
    money = models.CharField(max_length=10, choices=Money.choices, default=Money.NONE)

    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    first_frame_at = models.DateTimeField(null=True)
    stream_ended_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)  # taken off the desk; the record stays

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "client_token", "position"], name="one_intent_one_generation")
        ]
        indexes = [models.Index(fields=["workspace", "-id"]), models.Index(fields=["state", "id"])]

    def __str__(self) -> str:
        return f"{self.version.prompt.title} ({self.get_state_display()})"

    @property
    def spent(self) -> Money:
        """What a person is told about money: a model that costs nothing never spent any."""
        return Money.NONE if self.price == 0 else Money(self.money)


class Attempt(models.Model):
    """One POST. Writes are fenced by ``owner``: a process thought dead cannot write over its successor."""

    generation = models.ForeignKey(Generation, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    owner = models.ForeignKey("EngineProcess", models.SET_NULL, null=True, related_name="attempts")
    request = models.JSONField(default=dict)  # the body as sent; the key is not in it
    status = models.PositiveSmallIntegerField(null=True)  # of HTTP
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["generation", "number"]
        constraints = [models.UniqueConstraint(fields=["generation", "number"], name="attempt_numbers_differ")]

    def __str__(self) -> str:
        return f"attempt {self.number}"


class Event(models.Model):
    """One line of a generation's log.

    ``kind`` is "state" (``body``: {"state", ...facts}), or "frames": ``raw`` is the stream verbatim, ``body`` what was
    read out of it ({"text", "percent", "phase", ...}, only what changed).
    """

    id = models.BigAutoField(primary_key=True)
    generation = models.ForeignKey(Generation, models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    attempt_number = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8)
    body = models.JSONField(default=dict)
    raw = models.TextField(blank=True)

    class Meta:
        ordering = ["generation", "seq"]
        constraints = [models.UniqueConstraint(fields=["generation", "seq"], name="event_numbers_differ")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class EngineProcess(models.Model):
    """A process that runs generations, alive while ``seen_at`` moves."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12)  # "run": holds the data folder's lock; "generate": a command line's own
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.host}:{self.pid}"
