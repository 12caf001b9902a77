"""Writes, each one thing that happens to a gateway or a model of it."""

from collections.abc import Iterable
from itertools import count
from typing import Any, TypeVar
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.providers.models import Provider, VideoModel
from studio.providers.queries import gateway_of, name_is_taken
from studio.providers.sealing import SealBroken, seal
from studio.upstream.client import Client, Gateway
from studio.upstream.trial import Verdict
from studio.workspaces.models import Workspace

NAME_MAX_CHARS = 80
ALL_ORIENTATIONS = ["landscape", "portrait", "square"]
DEMO_MODELS = {"sora-2": [5, 10, 15], "sora-2-pro": [5, 10, 15, 25]}

Row = TypeVar("Row", Provider, VideoModel)


class NameTaken(Exception):
    """Another provider of the workspace, or another model of the provider, is called so."""


class DemoStays(Exception):
    """The Demo provider is switched off, not removed: nothing would bring it back."""


# -- providers


def make_demo_provider(workspace: Workspace) -> Provider:
    """The workspace's Demo provider. Of two at once one makes it; one that is there stays as it is."""
    with transaction.atomic():
        new = {"name": free_name(workspace, "Demo"), "failures_billed": False}
        provider, made = Provider.objects.get_or_create(workspace=workspace, is_demo=True, defaults=new)
        if made:
            for model_id, seconds in DEMO_MODELS.items():
                provider.models.create(model_id=model_id, seconds=seconds, orientations=ALL_ORIENTATIONS, price=0)
    return provider


def free_name(workspace: Workspace, wanted: str) -> str:
    """``wanted``, or with the first number behind it that no provider of the workspace has yet."""
    unsaved = Provider(workspace=workspace)
    numbered = (wanted[:NAME_MAX_CHARS] if n == 1 else f"{wanted[: NAME_MAX_CHARS - 5]} {n}" for n in count(1))
    return next(name for name in numbered if not name_is_taken(unsaved, name))


def add_provider(workspace: Workspace, *, base_url: str, key: str = "", name: str = "", **fields: Any) -> Provider:
    """A gateway by its normalised address; without a name it is called like its host."""
    called = name or free_name(workspace, urlsplit(base_url).hostname or base_url)
    provider = Provider(workspace=workspace, base_url=base_url, sealed_key=seal(key), name=called, **fields)
    return _saved(provider, None)


def change_provider(provider: Provider, *, key: str | None = None, **fields: Any) -> Provider:
    """``key``: a new one, "" to forget the present one, None to keep it. What was tested before no longer counts.

    Only what is named is written: a test that ends meanwhile keeps its finding.
    """
    moved = fields.get("base_url", provider.base_url) != provider.base_url
    if key is not None:
        fields["sealed_key"] = seal(key)
    if moved or key is not None:
        fields |= {"last_verdict": "", "last_tested_at": None}
    for name, value in fields.items():
        setattr(provider, name, value)
    return _saved(provider, list(fields))


def _saved(row: Row, fields: list[str] | None) -> Row:
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
    except IntegrityError as error:
        raise NameTaken from error
    return row


def switch_provider(provider: Provider, on: bool) -> None:
    provider.enabled = on
    provider.save(update_fields=["enabled"])


def remove_provider(provider: Provider) -> None:
    """Its key and models go; generations keep their text and videos, and what is being made goes on."""
    if provider.is_demo:
        raise DemoStays
    provider.delete()


def one_off_provider(workspace: Workspace, base_url: str, key: str) -> Provider:
    """A gateway for one run of the command line. The person named the address there, so it may be a private one."""
    name = (urlsplit(base_url).netloc or base_url)[:NAME_MAX_CHARS]
    return Provider.objects.create(
        workspace=workspace, name=name, base_url=base_url, sealed_key=seal(key), is_one_off=True, on_my_network=True
    )


def drop_one_off_key(provider: Provider) -> None:
    Provider.objects.filter(pk=provider.pk, is_one_off=True).update(sealed_key=b"")


# -- models


def add_model(provider: Provider, **fields: Any) -> VideoModel:
    return _saved(VideoModel(provider=provider, **fields), None)


def change_model(model: VideoModel, **fields: Any) -> VideoModel:
    for name, value in fields.items():
        setattr(model, name, value)
    return _saved(model, list(fields))


def remove_model(model: VideoModel) -> None:
    """Generations made with it keep its name."""
    model.delete()


def add_listed_models(provider: Provider, model_ids: Iterable[str]) -> int:
    """Models picked from the gateway's own list; those already there are left alone. Returns how many are new."""
    known = set(provider.models.values_list("model_id", flat=True))
    new = [VideoModel(provider=provider, model_id=model_id) for model_id in dict.fromkeys(model_ids)]
    new = [model for model in new if model.model_id not in known]
    VideoModel.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


# -- trying


def try_provider(provider: Provider) -> Verdict:
    """Asks the gateway what is wrong, without starting a job, and keeps the code. Waits up to 25 seconds.

    Code ``seal_broken`` is our own: the key has to be entered again. Nothing in the verdict holds the key, even where
    a gateway repeats it.
    """
    model = provider.models.filter(enabled=True).values_list("model_id", flat=True).first()
    try:
        gateway = gateway_of(provider)
    except SealBroken:
        verdict = Verdict("seal_broken")
    else:
        verdict = _without_key(_ask(gateway, model or ""), gateway.key)
    Provider.objects.filter(pk=provider.pk).update(last_verdict=verdict.code, last_tested_at=timezone.now())
    provider.refresh_from_db(fields=["last_verdict", "last_tested_at"])
    return verdict


def _ask(gateway: Gateway, model: str) -> Verdict:
    client = Client()  # in the request's own thread: its TLS context would hold up the loop for 20 ms

    async def ask() -> Verdict:
        try:
            return await client.test(gateway, model)
        finally:
            await client.aclose()

    return async_to_sync(ask)()


def _without_key(verdict: Verdict, key: str) -> Verdict:
    if not key:
        return verdict
    models = tuple(model for model in verdict.models if key not in model)
    return Verdict(verdict.code, verdict.detail.replace(key, "…"), models)
