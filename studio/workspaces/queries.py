"""Reads, each starting from the person."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from studio.workspaces.models import Invitation, Membership, User, Workspace


def has_owner() -> bool:
    """Whether the first visit is over."""
    return User.objects.exists()


def memberships_of(workspace: Workspace) -> QuerySet[Membership]:
    return workspace.memberships.select_related("user").order_by("joined_at", "pk")


def membership_in(workspace: Workspace, pk: int) -> Membership:
    try:
        return memberships_of(workspace).get(pk=pk)
    except Membership.DoesNotExist as error:
        raise Http404 from error


def open_invitations(workspace: Workspace) -> QuerySet[Invitation]:
    return workspace.invitations.filter(used_at=None, expires_at__gt=timezone.now()).select_related(
        "user", "created_by"
    )


def invitation_in(workspace: Workspace, pk: str) -> Invitation:
    try:
        return open_invitations(workspace).get(pk=pk)
    except Invitation.DoesNotExist as error:
        raise Http404 from error


def unclaimed_workspace() -> Workspace | None:
    """A workspace the command line made before there was anybody: the first account adopts it."""
    return Workspace.objects.filter(members=None).order_by("created_at").first()
