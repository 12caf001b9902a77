"""The world every test lives in: one team of two, and a stranger with a team of their own."""

import os
from dataclasses import dataclass

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's sync API keeps a loop running in this thread


@dataclass
class World:
    """``ana`` owns the studio, ``ben`` produces in it, ``eve`` owns another one and must see nothing here."""

    ana: object
    ben: object
    eve: object
    workspace: object
    elsewhere: object


@pytest.fixture
def world(db):
    from studio.workspaces.models import Membership, Role, User, Workspace

    def person(username: str) -> User:
        return User.objects.create_user(username, password=f"{username}-secret-words", name=username.capitalize())

    ana, ben, eve = person("ana"), person("ben"), person("eve")
    here, elsewhere = Workspace.objects.create(name="Atelier"), Workspace.objects.create(name="Elsewhere")
    Membership.objects.create(workspace=here, user=ana, role=Role.OWNER)
    Membership.objects.create(workspace=here, user=ben, role=Role.PRODUCER)
    Membership.objects.create(workspace=elsewhere, user=eve, role=Role.OWNER)
    return World(ana, ben, eve, here, elsewhere)
