from django.conf import settings
from django.db import models
from django.db.models import Q

from studio.generations.models import Generation
from studio.web.ids import uuid7
from studio.workspaces.models import Workspace


class GalleryItem(models.Model):
    """One video. ``facts`` is what the probe measured (studio.media.facts.Facts as a dict)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="items")
    generation = models.ForeignKey(Generation, models.CASCADE, related_name="items")
    attempt_number = models.PositiveSmallIntegerField(default=1)
    choice = models.PositiveSmallIntegerField(default=0)

    original = models.FileField(max_length=200)  # as the gateway gave it; never changed
    playable = models.FileField(max_length=200)  # the original, or an H.264/AAC proxy where browsers need one
    poster = models.FileField(max_length=200)
    preview = models.FileField(max_length=200)  # short, small, silent: for hover
    sprite = models.FileField(max_length=200)
    sprite_grid = models.JSONField(default=dict)  # {"tiles", "columns", "tile_width", "tile_height"}

    sha256 = models.CharField(max_length=64)  # of the original
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    duration_s = models.FloatField()
    facts = models.JSONField(default=dict)
    source_url = models.TextField(blank=True)
    content_type = models.CharField(max_length=40, default="video/mp4")

    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "attempt_number", "choice", "sha256"], name="one_item_per_result"
            )
        ]
        indexes = [models.Index(fields=["workspace", "-id"], condition=Q(deleted_at=None), name="newest_items")]

    def __str__(self) -> str:
        return self.generation.version.prompt.title
