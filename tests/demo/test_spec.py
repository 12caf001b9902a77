"""The spec the gateway serves is the published one, mended where listed, and the gateway keeps to it."""

import json
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from jsonschema_rs import validator_for
from schemathesis.specs.openapi.checks import ignored_auth

from studio.demo.catalogue import base_model
from studio.demo.openapi import MENDED, PATH, mended, published
from studio.demo.validation import FIELDS
from tests.demo.conftest import KEY, Gateway

SCHEMA = schemathesis.openapi.from_dict(mended())
SCHEMA.config.generation.update(max_examples=25, deterministic=True, with_security_parameters=False)
BODY = ("requestBody", "content", "application/json", "schema")


def differences(old: Any, new: Any, at: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """The places where two trees part, as deep as both have them."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return set() if old == new else {at}
    return {place for key in {*old, *new} for place in differences(old.get(key), new.get(key), (*at, key))}


def name_of(place: tuple[str, ...]) -> str:
    """The word MENDED uses for a place."""
    if place[0] != "paths":
        return "info.title" if place == ("info", "title") else place[0]
    if place[1] != PATH:
        return "paths"
    below = place[3:]
    if below[:4] == BODY:
        return below[5] if below[4] == "properties" else below[4]
    return f"operation.{'.'.join(below)}" if below[0] == "requestBody" else f"operation.{below[0]}"


def test_what_is_mended_is_what_the_list_says():
    assert {name_of(place) for place in differences(published(), mended())} == set(MENDED)


def test_the_walk_sees_a_difference_anywhere():
    touched = json.loads(json.dumps(mended()))
    fields = touched["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    fields["user"]["maxLength"] = 9
    touched["paths"][PATH]["post"]["summary"] = ""
    assert {name_of(place) for place in differences(mended(), touched)} == {"user", "operation.summary"}


def test_the_list_of_changes_is_not_the_whole_spec():
    kept = {"summary", "tags", "security"}
    assert all(mended()["paths"][PATH]["post"][key] == published()["paths"][PATH]["post"][key] for key in kept)


def test_the_published_example_is_a_valid_request():
    content = mended()["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]
    assert validator_for(content["schema"]).is_valid(content["example"])
    assert base_model(content["example"]["model"]) == "sora-2"


def test_every_field_of_the_spec_is_checked_and_no_other():
    content = mended()["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]
    assert set(content["schema"]["properties"]) == {"model", "messages", *FIELDS}


@pytest.mark.parametrize("with_key", [True, False])
def test_the_spec_is_served_to_everybody(gateway: Gateway, with_key: bool):
    with httpx.Client(trust_env=False, headers=KEY if with_key else {}) as client:
        answer = client.get(f"{gateway.origin}/demo/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == mended()


FEW = settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
ANY_KEY_IS_RIGHT = [
    ignored_auth
]  # so no credentials are invalid; that none at all is 401 is tried with the door's errors


@SCHEMA.parametrize()
@FEW
def test_the_gateway_answers_as_its_spec_says(case, gateway):
    if isinstance(case.body, dict) and isinstance(name := case.body.get("model"), str) and base_model(name):
        case.body["model"] = f"{name}-unknown"  # what is tried here is the door, not the pictures
    case.call_and_validate(base_url=f"{gateway.origin}/demo", headers=KEY, excluded_checks=ANY_KEY_IS_RIGHT)


@SCHEMA.include(path=PATH).parametrize()
@FEW
def test_a_known_model_is_answered_exactly_when_the_body_fits_the_spec(case, gateway):
    if isinstance(case.body, dict) and isinstance(case.body.get("model"), str):
        case.body["model"] = "demo-text"  # the one that films nothing
    how = {"base_url": f"{gateway.origin}/demo", "headers": KEY}
    answer = case.call_and_validate(**how, excluded_checks=ANY_KEY_IS_RIGHT)
    assert (answer.status_code == 200) == case.meta.generation.mode.is_positive


def test_trying_filmed_nothing(gateway):
    assert gateway.renders() == []
    log = gateway.data.with_suffix(".log").read_text()
    assert "Traceback" not in log


@pytest.mark.parametrize("stream", [False, None])
def test_a_real_film_is_told_as_the_spec_says(gateway, stream):
    messages = [{"role": "user", "content": "a boat. 1 second, square video"}]
    body = {"model": "sora-2", "messages": messages, "stream": stream, "n": 1, "seen": 7, "tools": None}
    case = SCHEMA[PATH]["POST"].Case(body=body, media_type="application/json")
    how = {"base_url": f"{gateway.origin}/demo", "headers": KEY}
    answer = case.call_and_validate(**how, excluded_checks=ANY_KEY_IS_RIGHT)
    assert answer.status_code == 200
    assert "/demo/files/" in answer.text
