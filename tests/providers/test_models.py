"""The models of a provider: added by hand or ticked in the gateway's list, changed in their row, removed."""

from decimal import Decimal

import pytest

from studio.providers.models import VideoModel
from studio.providers.words import ORIENTATIONS
from studio.upstream.ask import SIZES

GOOD = {"model_id": "sora-2", "label": "Sora", "seconds": "15, 5 10；10s", "orientations": ["portrait", "landscape"],
        "image_input": "on", "price": "0.10", "price_unit": "second", "currency": "usd", "enabled": "on"}  # fmt: skip
HTMX = {"HX-Request": "true"}


def test_a_model_is_added_by_hand(ana, provider):
    part = ana.post(f"/settings/providers/{provider.pk}/models/", GOOD, headers=HTMX).content.decode()
    model = provider.models.get()
    assert (model.model_id, str(model), model.seconds) == ("sora-2", "Sora", [5, 10, 15])
    assert set(model.orientations) == {"portrait", "landscape"}
    assert (model.image_input, model.price, model.currency) == (True, Decimal("0.10"), "USD")
    assert model.price_of(10) == Decimal("1.00")
    assert "5, 10, 15 s" in part
    assert "0.1 USD" in part
    assert "<html" not in part


def test_without_javascript_the_whole_page_answers(ana, provider):
    assert ana.post(f"/settings/providers/{provider.pk}/models/", GOOD).status_code == 302
    page = ana.get(f"/settings/providers/models/{provider.models.get().pk}/").content.decode()
    assert "<html" in page
    assert 'value="5, 10, 15"' in page


def test_a_model_is_changed_in_its_row(ana, provider):
    model = provider.models.create(model_id="sora-2")
    url = f"/settings/providers/models/{model.pk}/"
    assert 'id="change-model_id"' in ana.get(url, headers=HTMX).content.decode()
    part = ana.post(url, GOOD | {"label": "Sora two", "enabled": ""}, headers=HTMX).content.decode()
    model.refresh_from_db()
    assert (model.label, model.enabled) == ("Sora two", False)
    assert 'id="change-model_id"' not in part


def test_a_model_is_removed(ana, provider):
    model = provider.models.create(model_id="sora-2")
    ana.post(f"/settings/providers/models/{model.pk}/remove/", headers=HTMX)
    assert not VideoModel.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("model_id", "", "required"),
        ("model_id", "sora 2", "no spaces"),
        ("model_id", "sora\u200a2", "no spaces"),
        ("model_id", "so\x01ra", "no spaces"),
        ("model_id", "s" * 500, "at most 200"),
        ("seconds", "0, -3, abc", "“0” is not a whole number of seconds"),
        ("seconds", "-3", "“-3” is not"),
        ("seconds", "abc", "“abc” is not"),
        ("seconds", "2.5", "“2.5” is not"),
        ("seconds", "3601", "“3601” is not"),
        ("seconds", ", ".join(str(n) for n in range(1, 30)), "At most 20 lengths"),
        ("price", "NaN", "Enter a number"),
        ("price", "Infinity", "Enter a number"),
        ("price", "-1", "greater than or equal to 0"),
        ("price", "1e400", "no more than"),
        ("price", "0.00001", "no more than"),
        ("price", "cheap", "Enter a number"),
        ("price_unit", "month", "valid choice"),
        ("currency", "U$", "Three letters"),
        ("orientations", ["diagonal"], "valid choice"),
        ("label", "L" * 81, "at most 80"),
    ],
)
def test_a_bad_value_is_refused_beside_its_field_and_the_rest_stays(ana, provider, field, value, reason):
    answer = ana.post(f"/settings/providers/{provider.pk}/models/", GOOD | {field: value}, headers=HTMX)
    part = answer.content.decode()
    assert answer.status_code == 422
    error = part.split(f'id="model-{field}-error"')[1].split("</p>")[0]
    assert reason in error
    if field != "label":
        assert 'value="Sora"' in part
    assert not VideoModel.objects.exists()


def test_a_model_is_there_once_per_provider(ana, provider):
    provider.models.create(model_id="sora-2")
    answer = ana.post(f"/settings/providers/{provider.pk}/models/", GOOD, headers=HTMX)
    assert answer.status_code == 422
    assert "has this model already" in answer.content.decode()


def test_a_mistake_in_one_row_does_not_show_in_the_form_for_a_new_one(ana, provider):
    model = provider.models.create(model_id="sora-2")
    part = ana.post(f"/settings/providers/models/{model.pk}/", GOOD | {"seconds": "abc"}, headers=HTMX).content.decode()
    assert 'id="change-seconds-error"' in part
    assert 'id="model-seconds-error"' not in part


def test_ticked_models_are_added_once_and_only_usable_ids(ana, provider):
    provider.models.create(model_id="sora-2", label="Ours")
    ticked = ["sora-2", "veo3", "veo3", "two words", "x" * 300, ""]
    answer = ana.post(f"/settings/providers/{provider.pk}/found/", {"model": ticked}, follow=True)
    assert [str(model) for model in provider.models.all()] == ["Ours", "veo3"]
    assert "1 model is added." in answer.content.decode()


def test_ticking_nothing_says_so(ana, provider):
    answer = ana.post(f"/settings/providers/{provider.pk}/found/", follow=True)
    assert "No model was ticked." in answer.content.decode()


def test_every_orientation_on_offer_is_one_the_request_knows():
    assert {value for value, _ in ORIENTATIONS} == set(SIZES)


@pytest.mark.parametrize(("price", "shown"), [("0.1000", "0.1"), ("100", "100"), ("0", "0"), ("12.5", "12.5")])
def test_a_price_is_shown_as_a_person_writes_it(price, shown):
    assert VideoModel(price=Decimal(price)).shown_price == shown
