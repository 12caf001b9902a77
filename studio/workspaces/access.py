"""Who may do what: the one table, and the one way a view or a socket asks it."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails

from studio.workspaces.models import Membership, Role, User, Workspace


class Right(StrEnum):
    VIEW = "view"
    GENERATE = "generate"
    REVIEW = "review"
    ORGANISE = "organise"
    MANAGE_PROVIDERS = "manage_providers"
    MANAGE_PEOPLE = "manage_people"


RIGHT_NAMES = {
    Right.VIEW: _("see prompts, generations and videos"),
    Right.GENERATE: _("send prompts to gateways"),
    Right.REVIEW: _("leave notes and decisions"),
    Right.ORGANISE: _("delete and organise videos"),
    Right.MANAGE_PROVIDERS: _("add and change providers"),
    Right.MANAGE_PEOPLE: _("add and remove people"),
}

RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.PRODUCER: frozenset({Right.VIEW, Right.GENERATE, Right.REVIEW, Right.ORGANISE}),
    Role.REVIEWER: frozenset({Right.VIEW, Right.REVIEW}),
    Role.VIEWER: frozenset({Right.VIEW}),
}


class MemberRequest(HttpRequest):
    """What a view guarded by ``member`` is given."""

    user: User
    htmx: HtmxDetails
    membership: Membership
    workspace: Workspace


class Refused(PermissionDenied):
    """A member without the right; the 403 page names it."""

    def __init__(self, right: Right):
        super().__init__(RIGHT_NAMES[right])
        self.right = right


def membership_of(user: User | AnonymousUser) -> Membership | None:
    """The person's place in the studio: their oldest membership. None for a stranger or a closed account."""
    if not user.is_authenticated or not user.is_active:
        return None
    return Membership.objects.filter(user=user).select_related("workspace", "user").order_by("joined_at", "pk").first()


def may(membership: Membership | None, right: Right) -> bool:
    return membership is not None and right in RIGHTS[membership.role]


def member(right: Right = Right.VIEW) -> Callable[..., Callable[..., HttpResponseBase]]:
    """Guards a view: signs in first, 404 without membership, 403 naming the right. Sets ``request.membership``."""

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            membership = membership_of(request.user)
            if membership is None:
                raise Http404
            if not may(membership, right):
                raise Refused(right)
            request.membership = membership  # type: ignore[attr-defined]
            request.workspace = membership.workspace  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return guard
