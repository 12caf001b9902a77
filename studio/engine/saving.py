"""From a link to a gallery item: fetch through the guard, hash, decode, keep."""

import shutil
from pathlib import Path
from uuid import UUID

from django.conf import settings

from studio.engine.claims import Claim
from studio.gallery.actions import keep_video
from studio.gallery.models import GalleryItem
from studio.generations.models import Generation
from studio.live.rows import read
from studio.media.prepare import Prepared, Unplayable, prepare
from studio.upstream.client import Client
from studio.upstream.fetch import Fetched, FetchFailed


class NotKept(Exception):
    """The video could not be kept. ``advice`` is a code of generations.words, ``detail`` a short fact."""

    def __init__(self, advice: str, detail: str = ""):
        super().__init__(advice, detail)
        self.advice, self.detail = advice, detail


async def keep(claim: Claim, client: Client, url: str, choice: int, folder: Path, links: dict[str, list[str]]) -> None:
    """One video from its link into the gallery; nothing is shown before all of it is here and decodes.

    Where the link fails and the gateway told a download link of the same file, that is tried too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        fetched = await _fetch(claim, client, url, folder, links)
        prepared = await prepare(folder / "original", folder)
    except FetchFailed as problem:
        raise NotKept(f"fetch_{problem.code}", problem.detail) from problem
    except Unplayable as problem:
        raise NotKept(f"media_{problem.code}", problem.detail) from problem
    except OSError as problem:
        raise NotKept("storage_full" if problem.errno == 28 else "storage_failed", problem.strerror or "") from problem
    try:
        await read(_keep, claim.generation_id, claim.attempt, choice, prepared, fetched, url, folder)
    except OSError as problem:
        raise NotKept("storage_full" if problem.errno == 28 else "storage_failed", problem.strerror or "") from problem
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _fetch(claim: Claim, client: Client, url: str, folder: Path, links: dict[str, list[str]]) -> Fetched:
    limit = settings.VIDEO_MAX_MEGABYTES * 1024 * 1024
    name = url.rsplit("/", 1)[-1]
    seconds = [link for link in links.get("download_urls", []) if name and link.rsplit("/", 1)[-1] == name]
    try:
        return await client.fetch(url, folder / "original", gateway=claim.gateway, max_bytes=limit)
    except FetchFailed:
        if not seconds or seconds[0] == url:
            raise
    return await client.fetch(seconds[0], folder / "original", gateway=claim.gateway, max_bytes=limit)


def _keep(
    pk: UUID, attempt: int, choice: int, prepared: Prepared, fetched: Fetched, url: str, folder: Path
) -> GalleryItem:
    return keep_video(
        Generation.objects.get(pk=pk),
        attempt_number=attempt,
        choice=choice,
        prepared=prepared,
        original=folder / "original",
        sha256=fetched.sha256,
        source_url=url,
    )
