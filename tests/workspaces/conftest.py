import pytest
from django.test import Client

from studio.workspaces import throttle


@pytest.fixture(autouse=True)
def nobody_was_slowed():
    throttle._tries.clear()
    yield
    throttle._tries.clear()


@pytest.fixture
def signed_in():
    """A browser of a person."""

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
