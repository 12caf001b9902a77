"""Writes, each one thing that happens to a video."""

from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.gallery import files
from studio.gallery.models import GalleryItem
from studio.generations.models import Generation
from studio.media.prepare import Prepared
from studio.web.ids import uuid7
from studio.workspaces.models import User


def keep_video(
    generation: Generation,
    *,
    attempt_number: int,
    choice: int,
    prepared: Prepared,
    original: Path,
    sha256: str,
    source_url: str = "",
) -> GalleryItem:
    """Takes the prepared files into the gallery and answers their item. The same result again answers the first one.

    The files are moved first and the row is written last, so that a row never promises files that are not there; a
    crash in between leaves files nobody points at. OSError when the storage refuses them.
    """
    same = {
        "generation": generation,
        "attempt_number": attempt_number,
        "choice": choice,
        "sha256": sha256,
    }
    known = GalleryItem.objects.filter(**same).first()
    if known is not None:
        return known
    pk = uuid7()
    size_bytes = original.stat().st_size
    stored = files.store(pk, original, prepared)
    facts = prepared.facts
    try:
        with transaction.atomic():
            return GalleryItem.objects.create(
                id=pk,
                workspace_id=generation.workspace_id,
                **same,
                original=stored.original,
                playable=stored.playable,
                poster=stored.poster,
                preview=stored.preview,
                sprite=stored.sprite,
                sprite_grid={
                    "tiles": prepared.sprite_tiles,
                    "columns": prepared.sprite_columns,
                    "tile_width": prepared.tile_width,
                    "tile_height": prepared.tile_height,
                },
                size_bytes=size_bytes,
                width=facts.width,
                height=facts.height,
                duration_s=facts.duration_s,
                facts=facts.as_dict(),
                source_url=source_url,
                content_type=prepared.content_type,
            )
    except IntegrityError:
        files.discard(stored.names)
        known = GalleryItem.objects.filter(**same).first()
        if known is None:
            raise
        return known  # somebody else kept the same result between our look and our write
    except BaseException:
        files.discard(stored.names)
        raise


def delete_item(item: GalleryItem, user: User) -> bool:
    """Hides it; its files stay. False when somebody else was first."""
    return bool(
        GalleryItem.objects.filter(pk=item.pk, deleted_at=None).update(deleted_at=timezone.now(), deleted_by=user)
    )


def restore_item(item: GalleryItem) -> bool:
    return bool(
        GalleryItem.objects.filter(pk=item.pk, deleted_at__isnull=False).update(deleted_at=None, deleted_by=None)
    )
