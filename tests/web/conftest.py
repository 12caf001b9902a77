"""A studio with a door behind which everything goes wrong."""

import sys
from types import ModuleType

import pytest
from django.http import HttpRequest
from django.urls import path

from studio import urls

SECRET = "sk-that-nobody-may-see"


def fails(request: HttpRequest) -> None:
    raise RuntimeError(f"no answer for {SECRET}")


@pytest.fixture
def broken(settings, monkeypatch):
    """Adds ``/fails/``, in front of the studio's own addresses and refusals."""
    doors = ModuleType("broken_doors")
    doors.__dict__.update({name: value for name, value in vars(urls).items() if name.startswith("handler")})
    doors.urlpatterns = [path("fails/", fails), *urls.urlpatterns]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, doors.__name__, doors)
    settings.ROOT_URLCONF = doors.__name__
