"""Cards and actions over HTTP: rights, strangers, words."""

import pytest
from django.urls import reverse

from studio.generations.cards import Card, delta_html, status_html
from studio.generations.models import Generation
from studio.generations.states import State
from studio.generations.words import ADVICE, BADGE_ICONS, KINDS, trouble_of
from studio.workspaces.models import Membership, Role

pytestmark = pytest.mark.django_db
ACTIONS = ["cancel", "send-again", "fetch-again", "dismiss", "bring-back"]
DOORS = ["detail", "card", "transcript"]


@pytest.mark.parametrize("name", ACTIONS + DOORS)
def test_a_stranger_gets_404_on_every_door(client, world, ask, name):
    [generation] = ask("secret words")
    client.force_login(world.eve)
    method = client.post if name in ACTIONS else client.get
    answer = method(reverse(f"generations:{name}", args=[generation.pk]))
    assert answer.status_code == 404
    assert b"secret words" not in answer.content


@pytest.mark.parametrize("name", ACTIONS)
def test_actions_need_the_right_and_post(client, world, ask, name):
    [generation] = ask()
    Membership.objects.filter(user=world.ben).update(role=Role.VIEWER)
    client.force_login(world.ben)
    address = reverse(f"generations:{name}", args=[generation.pk])
    refused = client.post(address)
    assert refused.status_code == 403
    assert "send prompts to gateways" in refused.text
    client.force_login(world.ana)
    assert client.get(address).status_code == 405


def test_a_viewer_sees_cards_and_no_composer(client, world, ask):
    ask("Only to look at")
    Membership.objects.filter(user=world.ben).update(role=Role.VIEWER)
    client.force_login(world.ben)
    page = client.get("/").text
    assert "Only to look at" in page
    assert "studio-composer" not in page
    assert client.post("/generate/", {"prompt": "x"}).status_code == 403


def test_an_action_that_came_too_late_says_so(client, world, ask):
    [generation] = ask()
    Generation.objects.update(state=State.READY)
    client.force_login(world.ana)
    late = client.post(reverse("generations:cancel", args=[generation.pk]), headers={"HX-Request": "true"})
    assert late.status_code == 409
    assert "Ready" in late.text


def test_the_transcript_is_a_file_and_never_a_page(client, world, ask):
    [generation] = ask()
    client.force_login(world.ana)
    answer = client.get(reverse("generations:transcript", args=[generation.pk]))
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_first_load_replay_and_live_show_one_and_the_same_line(ask):
    [generation] = ask()
    Generation.objects.update(state=State.RENDERING, percent=40, phase="rendering", seq=7)
    generation.refresh_from_db()
    first = str(Card(generation).status)
    live = delta_html(str(generation.pk), 7, [{"percent": 40, "phase": "rendering"}], "en")
    assert live.replace(f' hx-swap-oob="outerMorph:#status-{generation.pk}"', "") == first


def test_what_a_gateway_says_is_escaped_in_every_delta():
    html = delta_html("k", 1, [{"text": "<img src=x onerror=alert(1)> & </span>", "percent": 1, "phase": ""}], "en")
    assert "<img" not in html
    assert "&lt;img" in html


def test_phases_are_told_in_the_readers_language():
    assert "渲染中" in status_html("k", 1, 5, "rendering", "zh-hans")
    assert "Rendering" in status_html("k", 1, 5, "rendering", "en")


@pytest.mark.parametrize("kind", [*KINDS, "never heard of"])
@pytest.mark.parametrize("state", [State.FAILED, State.INTERRUPTED, State.CANCELLED])
def test_every_failure_says_what_happened_about_money_and_what_now(ask, kind, state):
    [generation] = ask()
    generation.state, generation.failure_kind, generation.failure_advice = state, kind, next(iter(ADVICE))
    trouble = trouble_of(generation)
    assert trouble.title
    assert trouble.money
    assert trouble.advice


def test_every_state_has_a_word_and_an_icon():
    assert set(BADGE_ICONS) == set(State)
    assert all(state.label for state in State)


def test_every_advice_the_wire_can_give_has_words():
    import re
    from pathlib import Path

    from studio.media import reading
    from studio.upstream import client, failures, fetch

    told = {advice for _, advice, _, _ in failures.TABLE} | {"ask_gateway", "choose_video_model", "turn_on_streaming"}
    told |= set(re.findall(r'"(check_\w+|allow_private)"', Path(client.__file__).read_text()))
    told |= {f"fetch_{code}" for code in re.findall(r'FetchFailed\("(\w+)"', Path(fetch.__file__).read_text())}
    told |= {f"fetch_{code}" for code in fetch.REFUSED}
    told |= {f"media_{code}" for code in re.findall(r'Refused\("(\w+)"', Path(reading.__file__).read_text())}
    assert told <= set(ADVICE)


def test_the_admin_shows_the_engines_rows_and_changes_none(client, world, ask):
    [generation] = ask()
    world.ana.is_staff = world.ana.is_superuser = True
    world.ana.save()
    client.force_login(world.ana)
    for name in ("generation", "attempt", "event", "engineprocess"):
        assert client.get(reverse(f"admin:generations_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:generations_{name}_add")).status_code == 403
    address = reverse("admin:generations_generation_change", args=[generation.pk])
    assert 'name="state"' not in client.get(address).text
    assert client.post(address, {"state": "ready"}).status_code == 403
