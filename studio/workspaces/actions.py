"""Writes, each one thing that happens to people."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from studio.web.secrets import kept_secret
from studio.workspaces.models import Invitation, Membership, Role, User, Workspace
from studio.workspaces.queries import has_owner, unclaimed_workspace

JOIN_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(days=1)

# Rooms above put here what every new workspace needs (the Demo provider), in AppConfig.ready.
on_workspace_made: list[Callable[[Workspace], object]] = []


class TooLate(Exception):
    """Somebody else was first: the owner's account is made, the link is used or expired."""


class LastOwner(Exception):
    """A workspace keeps at least one owner."""


class NameTaken(Exception):
    """Two people chose the same sign-in name at the same moment."""


# -- the first visit


def setup_token() -> str:
    """What the console printed: who knows it may make the first account from another machine."""
    return kept_secret(_token_path())


def knows_setup_token(said: str) -> bool:
    return hmac.compare_digest(said.strip().encode(), setup_token().encode())


def _token_path() -> Path:
    return Path(settings.STUDIO_DATA_DIR) / "keys" / "setup_token"


def make_owner(username: str, name: str, password: str, workspace_name: str) -> User:
    """The first account and its workspace. Of two at once one wins, the other gets TooLate."""
    with transaction.atomic():
        _one_at_a_time()
        if has_owner():
            raise TooLate
        user = User.objects.create_user(username, password=password, name=name, is_staff=True, is_superuser=True)
        workspace = unclaimed_workspace() or Workspace()
        workspace.name = workspace_name
        workspace.save()
        Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
        for made in on_workspace_made:
            made(workspace)
    _token_path().unlink(missing_ok=True)
    return user


def _one_at_a_time() -> None:
    """SQLite's transactions are IMMEDIATE, so the second already waits; PostgreSQL needs to be told."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x53747564696F])


# -- links


def invite(workspace: Workspace, by: User, role: str, name: str) -> tuple[Invitation, str]:
    """A one-time link to join. The token is returned once and kept only as a hash."""
    return _invitation(workspace, by, JOIN_LASTS, role=role, name=name)


def offer_new_password(membership: Membership, by: User) -> tuple[Invitation, str]:
    """A one-time link with which a member chooses a new password. Earlier ones stop working."""
    membership.workspace.invitations.filter(user=membership.user, used_at=None).delete()
    return _invitation(membership.workspace, by, RESET_LASTS, role=membership.role, user=membership.user)


def _invitation(workspace: Workspace, by: User, lasts: timedelta, **fields: object) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        workspace=workspace, created_by=by, token_hash=_hash(token), expires_at=timezone.now() + lasts, **fields
    )
    return made, token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_behind(token: str) -> Invitation | None:
    """The open invitation of a link, or None: unknown, used and expired look alike."""
    found = Invitation.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=timezone.now())
    return found.select_related("workspace", "user").first()


def withdraw(invitation: Invitation) -> None:
    invitation.delete()


def join(invitation: Invitation, username: str, name: str, password: str) -> User:
    """The account and membership an invitation promises. TooLate if it is used by now; NameTaken leaves it open."""
    try:
        with transaction.atomic():
            _use(invitation)
            user = User.objects.create_user(username, password=password, name=name)
            Membership.objects.create(workspace=invitation.workspace, user=user, role=invitation.role)
    except IntegrityError as error:
        raise NameTaken from error
    return user


def choose_new_password(invitation: Invitation, password: str) -> User:
    assert invitation.user is not None
    with transaction.atomic():
        _use(invitation)
        invitation.user.set_password(password)
        invitation.user.save(update_fields=["password"])
        end_sessions(invitation.user)
    return invitation.user


def _use(invitation: Invitation) -> None:
    used = Invitation.objects.filter(pk=invitation.pk, used_at=None, expires_at__gt=timezone.now())
    if not used.update(used_at=timezone.now()):
        raise TooLate


# -- members


def change_role(membership: Membership, role: str) -> None:
    with transaction.atomic():
        if role != Role.OWNER:
            _keep_an_owner(membership)
            _take_keys(membership)
        Membership.objects.filter(pk=membership.pk).update(role=role)


def remove_member(membership: Membership) -> None:
    """Takes the person out; their prompts and clips stay. Open pages and sockets of theirs end."""
    with transaction.atomic():
        _keep_an_owner(membership)
        _take_keys(membership)
        membership.workspace.invitations.filter(user=membership.user, used_at=None).delete()
        membership.delete()
        end_sessions(membership.user)


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.select_for_update().filter(workspace=membership.workspace, role=Role.OWNER)
    if list(owners.values_list("pk", flat=True)) == [membership.pk]:  # read as rows: a COUNT takes no locks
        raise LastOwner


def _take_keys(membership: Membership) -> None:
    """Who is no owner any more has no admin, and no link they gave out lets them, or anybody, back in."""
    User.objects.filter(pk=membership.user.pk).update(is_staff=False, is_superuser=False)
    membership.workspace.invitations.filter(created_by=membership.user, used_at=None).delete()


def end_sessions(user: User, keep: str | None = None) -> None:
    """Every session of the person, but ``keep``. Sessions are opaque rows: the living ones are read."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=keep):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
