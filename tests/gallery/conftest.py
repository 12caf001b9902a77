"""Videos without a gateway: finished files as the decoder hands them over, and rows as the engine leaves them."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from studio.gallery.actions import keep_video
from studio.gallery.models import GalleryItem
from studio.generations.models import Generation
from studio.generations.states import State
from studio.media.facts import Facts
from studio.media.prepare import Prepared
from studio.prompts.actions import record_version
from studio.web.ids import uuid7


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    options = {"location": tmp_path / "media"}
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    }
    return default_storage


def facts(**changed: Any) -> Facts:
    known = {
        "container": "mp4",
        "video_codec": "h264",
        "pixel_format": "yuv420p",
        "audio_codec": "aac",
        "width": 1280,
        "height": 720,
        "rotation": 0,
        "fps": 24.0,
        "variable_rate": False,
        "frames": 120,
        "duration_s": 5.0,
        "bit_rate": 1_600_000,
        "size_bytes": 1_000_000,
    }
    return Facts(**known | changed)


@pytest.fixture
def finished(tmp_path) -> Callable[..., tuple[Path, Prepared]]:
    """A result in a scratch folder: (original, prepared). ``proxy``: browsers need another file than the original."""

    def make(content: bytes = b"film", proxy: bool = False, **changed: Any) -> tuple[Path, Prepared]:
        folder = tmp_path / "scratch" / uuid7().hex
        folder.mkdir(parents=True)
        names = ("original", "playable.mp4", "poster.webp", "preview.mp4", "sprite.webp")
        for name in names:
            (folder / name).write_bytes(content if name == "original" else f"{name} of ".encode() + content)
        original, playable, poster, preview, sprite = (folder / name for name in names)
        if not proxy:
            playable.unlink()
        prepared = Prepared(
            facts=facts(**changed),
            playable=playable if proxy else original,
            content_type="video/webm" if changed.get("container") == "webm" and not proxy else "video/mp4",
            poster=poster,
            preview=preview,
            sprite=sprite,
            sprite_tiles=20,
            sprite_columns=5,
            tile_width=160,
            tile_height=90,
        )
        return original, prepared

    return make


@pytest.fixture
def generation(world) -> Callable[..., Generation]:
    def make(prompt: str = "a dog in a space suit", **changed: Any) -> Generation:
        workspace = changed.pop("workspace", world.workspace)
        author = changed.pop("author", world.ana)
        known = {"provider_name": "Demo", "model_name": "sora-2", "state": State.READY, "attempt_number": 1}
        return Generation.objects.create(
            workspace=workspace,
            author=author,
            version=record_version(workspace, author, prompt),
            client_token=uuid7().hex,
            **known | changed,
        )

    return make


@pytest.fixture
def item(generation, finished) -> Callable[..., GalleryItem]:
    """A kept video. ``width``, ``height``, ``frames`` … are the film's facts; the rest belongs to its generation."""

    def make(prompt: str = "a dog in a space suit", content: bytes = b"film", proxy: bool = False, **changed: Any):
        about_film = {name: changed.pop(name) for name in list(changed) if name in Facts.__dataclass_fields__}
        original, prepared = finished(content, proxy, **about_film)
        return keep_video(
            generation(prompt, **changed),
            attempt_number=1,
            choice=0,
            prepared=prepared,
            original=original,
            sha256=hashlib.sha256(content).hexdigest(),
            source_url="https://files.example/a.mp4",
        )

    return make


@pytest.fixture
def ana(client, world):
    client.force_login(world.ana)
    return client


@pytest.fixture
def eve(world):
    from django.test import Client

    client = Client()
    client.force_login(world.eve)
    return client
