"""Browsers of the three people, and a gateway that is really there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from studio.providers.actions import add_provider
from studio.providers.models import Provider
from tests.gateway import FakeGateway

CANARY = "sk-canary-5d1f0c9e7b"


def _browser(person: Any) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


@pytest.fixture
def ana(world) -> Client:
    return _browser(world.ana)


@pytest.fixture
def ben(world) -> Client:
    return _browser(world.ben)


@pytest.fixture
def eve(world) -> Client:
    return _browser(world.eve)


@pytest.fixture
def provider(world) -> Provider:
    return add_provider(world.workspace, name="Relay", base_url="https://api.example.com/v1", key=CANARY)


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    """Answers an empty conversation for sora-2 as gateways do: with a complaint about messages."""
    with FakeGateway() as running:
        complain(running, "sora-2", 400, "messages is empty", code="invalid_value")
        yield running


def complain(gateway: FakeGateway, model: str, status: int, message: str, **more: Any) -> None:
    told = {"error": {"message": message, "type": "invalid_request_error", **more}}
    gateway.play(model, json.dumps(told).encode(), status=status, content_type="application/json")


@pytest.fixture
def at_home(world, gateway) -> Provider:
    """A provider at the running gateway, ticked as on my network, with the model sora-2."""
    made = add_provider(world.workspace, name="At home", base_url=gateway.address, key=CANARY, on_my_network=True)
    made.models.create(model_id="sora-2")
    return made
