"""The files of a video: under which names they lie in the storage, and how they get there and away.

Names come from the item's id, never from anything a gateway said.
"""

import contextlib
import logging
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage

from studio.gallery.models import GalleryItem
from studio.media.prepare import Prepared

log = logging.getLogger(__name__)

KINDS = ("original", "playable", "poster", "preview", "sprite")
EXTENSIONS = {"mp4": ".mp4", "mov": ".mov", "webm": ".webm", "matroska": ".mkv"}  # by the probe's word
CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
}
DOWNLOAD_NAME_MAX_CHARS = 60  # with an extension well below the 255 bytes of common file systems, also in Chinese
NOT_IN_FILE_NAMES = re.compile(r"[^\w\-]+")


class MovableFile(File):
    """A finished file that the storage may take as it is: on the same disk keeping it is a rename, not a copy.

    Django's file system storage moves whatever has a ``temporary_file_path``; others read it like any file.
    """

    def __init__(self, path: Path):
        super().__init__(path.open("rb"), name=path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Stored:
    """Names in the default storage."""

    original: str
    playable: str
    poster: str
    preview: str
    sprite: str

    @property
    def names(self) -> set[str]:
        return {self.original, self.playable, self.poster, self.preview, self.sprite}


def store(pk: UUID, original: Path, prepared: Prepared) -> Stored:
    """Moves the files in. OSError when the storage refuses; nothing of this item is left there then."""
    sources = {
        "original": (original, EXTENSIONS.get(prepared.facts.container, f".{prepared.facts.container}")),
        "poster": (prepared.poster, prepared.poster.suffix),
        "preview": (prepared.preview, prepared.preview.suffix),
        "sprite": (prepared.sprite, prepared.sprite.suffix),
    }
    if prepared.playable != original:
        sources["playable"] = (prepared.playable, prepared.playable.suffix)
    names: dict[str, str] = {}
    try:
        for kind, (path, suffix) in sources.items():
            with MovableFile(path) as file:
                names[kind] = default_storage.save(f"{pk}/{kind}{suffix}", file)
    except BaseException:
        discard(names.values())
        raise
    names.setdefault("playable", names["original"])
    return Stored(**names)


def discard(names: Collection[str]) -> None:
    """Takes files out of the storage again; one that will not go is logged and left."""
    for name in names:
        try:
            default_storage.delete(name)
        except OSError:
            log.exception("%s could not be removed from the storage", name)
    for folder in {name.split("/")[0] for name in names}:
        with contextlib.suppress(OSError, NotImplementedError):  # not empty, or a storage without folders
            default_storage.delete(folder)


def content_type_of(name: str) -> str:
    return CONTENT_TYPES.get(Path(name).suffix, "application/octet-stream")


def etag_of(item: GalleryItem, kind: str) -> str:
    """Files never change once they are kept, so the name of one is as good as its content."""
    return f"{item.sha256[:32]}-{item.pk.hex[-12:]}-{kind}"


def download_name(item: GalleryItem, kind: str = "original") -> str:
    """The prompt's first words and the end of the id: readable in any script, the same for nobody else."""
    words = NOT_IN_FILE_NAMES.sub("-", item.generation.version.prompt.title).strip("-_").lower()
    words = words[:DOWNLOAD_NAME_MAX_CHARS].rstrip("-_") or "video"
    return f"{words}-{item.pk.hex[-6:]}{Path(getattr(item, kind).name).suffix}"


def is_lost(item: GalleryItem) -> bool:
    """Whether the film itself is gone from the storage: someone cleaned a disk, a restore was partial."""
    return not default_storage.exists(str(item.playable.name))
