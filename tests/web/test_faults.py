"""When the studio itself fails: a page in its look, its inside only in its log."""

import logging

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from tests.web.conftest import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture
def fault(broken, world, caplog):
    def meet(**headers: str):
        client = Client(raise_request_exception=False)
        client.force_login(world.ana)
        return client.get("/fails/", headers=headers)

    return meet


def test_a_fault_is_said_and_shows_nothing_of_the_inside(fault):
    answer = fault()
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "The studio had a fault" in page
    assert "/static/css/base.css" in page
    for inside in (SECRET, "RuntimeError", "Traceback", "conftest.py", "DJANGO_SETTINGS_MODULE"):
        assert inside not in page


def test_the_log_knows_what_happened_and_where(fault, caplog):
    fault()
    [line] = [line for line in caplog.records if line.levelno >= logging.ERROR]
    assert line.getMessage() == "Internal Server Error: /fails/"
    assert str(line.exc_info[1]) == f"no answer for {SECRET}"


def test_a_fault_is_said_in_the_persons_language(fault, world):
    world.ana.language = "zh-hans"
    world.ana.save()
    with override("zh-hans"):
        said = gettext("The studio had a fault")
    page = fault().content.decode()
    assert '<html lang="zh-hans">' in page
    assert said != "The studio had a fault"
    assert said in page


def test_a_part_that_failed_takes_no_place_on_the_page(fault):
    """htmx swaps no 5xx; an HX-Retarget would make it."""
    answer = fault(**{"HX-Request": "true"})
    assert answer.status_code == 500
    assert not [name for name in answer.headers if name.startswith("HX-")]
