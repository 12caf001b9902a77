from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studio.providers.words import ORIENTATIONS
from studio.web.ids import uuid7
from studio.workspaces.models import Workspace


class Telling(models.TextChoices):
    """How a wish such as ratio or length reaches the gateway."""

    WORDS = "words", _("Words at the end of the prompt")
    MODEL = "model", _("Part of the model's name")
    FIELDS = "fields", _("Top-level fields (size, seconds)")


class SeedSpelling(models.TextChoices):
    SEED = "seed", "seed"
    SEEN = "seen", "seen"


class RemixStyle(models.TextChoices):
    REPLAY = "replay", _("Replay the earlier answer, then the change")
    PROMPT_ID = "prompt_id", _("Put the video's id in front of the prompt")
    FIELD = "field", _("Send the video's id as remix_target_id")
    NONE = "none", _("Not supported")


class PriceUnit(models.TextChoices):
    CLIP = "clip", _("per clip")
    SECOND = "second", _("per second")


class Provider(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="providers")
    name = models.CharField(_("name"), max_length=80)
    base_url = models.CharField(_("address"), max_length=500, blank=True)
    sealed_key = models.BinaryField(blank=True, default=b"", editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    is_one_off = models.BooleanField(default=False, editable=False)
    enabled = models.BooleanField(_("in use"), default=True)
    on_my_network = models.BooleanField(_("on my network"), default=False)
    ratio = models.CharField(_("ratio is told by"), max_length=8, choices=Telling.choices, default=Telling.WORDS)
    length = models.CharField(_("length is told by"), max_length=8, choices=Telling.choices, default=Telling.WORDS)
    seed_field = models.CharField(_("seed is spelled"), max_length=4, choices=SeedSpelling.choices, default="seed")
    remix = models.CharField(_("remix"), max_length=10, choices=RemixStyle.choices, default=RemixStyle.REPLAY)
    extra_headers = models.JSONField(_("extra headers"), default=dict, blank=True)
    failures_billed = models.BooleanField(_("bills failures too"), default=True)
    concurrency = models.PositiveSmallIntegerField(
        _("at once"), default=4, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    last_verdict = models.CharField(max_length=20, blank=True, editable=False)  # a code of upstream.trial.Verdict
    last_tested_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"], condition=Q(is_one_off=False), name="provider_names_differ"
            ),
            models.UniqueConstraint(fields=["workspace"], condition=Q(is_demo=True), name="one_demo_provider"),
        ]

    def __str__(self) -> str:
        return self.name


class VideoModel(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="models")
    model_id = models.CharField(_("model id"), max_length=200)
    label = models.CharField(_("label"), max_length=80, blank=True)
    seconds = models.JSONField(_("lengths in seconds"), default=list, blank=True)
    orientations = models.JSONField(_("orientations"), default=list, blank=True)
    image_input = models.BooleanField(_("takes a first-frame image"), default=False)
    price = models.DecimalField(
        _("price"), max_digits=10, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    price_unit = models.CharField(_("price is"), max_length=8, choices=PriceUnit.choices, default=PriceUnit.CLIP)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    enabled = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["provider", "model_id"], name="model_ids_differ")]

    def __str__(self) -> str:
        return self.label or self.model_id

    def price_of(self, seconds: int | None) -> Decimal | None:
        """What one clip costs, in ``currency``; None where no price is known, or it needs a length and none is set."""
        if self.price is None or self.price_unit == PriceUnit.CLIP:
            return self.price
        return self.price * seconds if seconds is not None else None

    @property
    def orientation_names(self) -> list[str]:
        return [str(name) for value, name in ORIENTATIONS if value in self.orientations]

    @property
    def shown_price(self) -> str:
        """The price without the zeros its column adds: 0.1 and 100, not 0.1000 and 1E+2."""
        return f"{self.price.normalize():f}" if self.price is not None else ""
