"""Reads, each starting from the person; and what the engine asks before it sends."""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from studio.providers.models import Provider, VideoModel
from studio.providers.sealing import unseal
from studio.upstream.ask import Habits
from studio.upstream.client import Gateway
from studio.workspaces.access import membership_of
from studio.workspaces.models import User

WILDCARDS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - where all of a machine is bound

_demo_base_url: str | None = None


def providers_for(user: User) -> QuerySet[Provider]:
    """Oldest first. Of the one workspace the person's rights are read from, not of every one they are a member of."""
    membership = membership_of(user)
    if membership is None:
        return Provider.objects.none()
    return Provider.objects.filter(workspace=membership.workspace, is_one_off=False)


def provider_for(user: User, pk: UUID | str) -> Provider:
    """The provider, or Http404 for a stranger as for nobody."""
    try:
        return providers_for(user).get(pk=pk)
    except (Provider.DoesNotExist, ValueError) as error:
        raise Http404 from error


def model_for(user: User, pk: UUID | str) -> VideoModel:
    """A model of one of the person's providers, in use or not; Http404 for a stranger."""
    try:
        return VideoModel.objects.select_related("provider").get(pk=pk, provider__in=providers_for(user))
    except (VideoModel.DoesNotExist, ValueError) as error:
        raise Http404 from error


def models_for(user: User) -> QuerySet[VideoModel]:
    """What the composer offers: models in use of providers in use, the Demo's behind those of real gateways."""
    return (
        VideoModel.objects.filter(enabled=True, provider__enabled=True, provider__in=providers_for(user))
        .select_related("provider")
        .order_by("provider__is_demo", "provider__created_at", "provider_id", "created_at", "id")
    )


def name_is_taken(provider: Provider, name: str) -> bool:
    """By another provider of the same workspace; capitals make no difference, as on the command line."""
    others = Provider.objects.filter(workspace_id=provider.workspace_id, is_one_off=False).exclude(pk=provider.pk)
    return others.filter(name__iexact=name).exists()


def gateway_of(provider: Provider) -> Gateway:
    """Where the provider is and how patient to be with it. Raises SealBroken when its key cannot be opened."""
    return Gateway(
        base_url=base_url_of(provider),
        key=unseal(provider.sealed_key) or ("demo" if provider.is_demo else ""),  # the Demo takes any key, not none
        headers=dict(provider.extra_headers),
        local=provider.on_my_network or provider.is_demo,
        frame_timeout_s=settings.UPSTREAM_FRAME_TIMEOUT_SECONDS,
        total_timeout_s=settings.UPSTREAM_TOTAL_TIMEOUT_SECONDS,
    )


def habits_of(provider: Provider) -> Habits:
    return Habits(ratio=provider.ratio, length=provider.length, seed=provider.seed_field, remix=provider.remix)


def base_url_of(provider: Provider) -> str:
    return demo_base_url() if provider.is_demo else provider.base_url


def demo_base_url() -> str:
    """Where the embedded gateway answers: as told, else the internal address, else where this studio is bound."""
    if _demo_base_url is not None:
        return _demo_base_url
    if settings.INTERNAL_URL:
        return f"{settings.INTERNAL_URL}/demo/v1"
    host = settings.BIND_HOST.strip("[]")
    host = WILDCARDS.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{host}:{settings.BIND_PORT}/demo/v1"


def set_demo_base_url(url: str | None) -> None:
    """For a process that serves the Demo gateway somewhere of its own. None: as the settings say again."""
    global _demo_base_url
    _demo_base_url = url
