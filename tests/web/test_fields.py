"""One way a field looks, tied together for those who cannot see it."""

import re
from xml.etree import ElementTree

from django import forms
from django.template import Context, Template


class Wish(forms.Form):
    words = forms.CharField(help_text="A few <words>.")
    plain = forms.CharField(required=False)
    shape = forms.ChoiceField(choices=[("wide", "Wide"), ("tall", "Tall")], widget=forms.RadioSelect)
    sound = forms.BooleanField(required=False, help_text="With sound.")


def drawn(name: str, form: forms.Form) -> ElementTree.Element:
    html = Template("{% load fields %}{% field bound %}").render(Context({"bound": form[name]}))
    html = re.sub(r"(<input[^>]*)>", r"\1/>", re.sub(r" required(?=[ >])", "", html))  # XML, to be asked about
    return ElementTree.fromstring(f"<div>{html}</div>")


def control(root: ElementTree.Element) -> ElementTree.Element:
    return next(root.iter("input"))


def test_a_field_has_a_label_that_points_at_it():
    root = drawn("words", Wish())
    assert next(root.iter("label")).attrib["for"] == control(root).attrib["id"]


def test_help_and_errors_are_described_and_found():
    form = Wish({"words": ""})
    root = drawn("words", form)
    described = control(root).attrib["aria-describedby"].split()
    there = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
    assert described == ["id_words-help", "id_words-error"]
    assert set(described) <= there
    assert control(root).attrib["aria-invalid"] == "true"


def test_every_error_of_a_field_is_described():
    form = Wish({"words": "x"})
    form.is_valid()
    form.add_error("words", ["Too short.", "Too <common>."])
    root = drawn("words", form)
    described = control(root).attrib["aria-describedby"].split()
    told = {element.attrib["id"]: "".join(element.itertext()) for element in root.iter("p")}
    assert [told[key] for key in described] == ["A few <words>.", "Too short.", "Too <common>."]


def test_a_field_without_trouble_claims_none():
    attributes = control(drawn("plain", Wish({"words": "x"}))).attrib
    assert "aria-invalid" not in attributes
    assert "aria-describedby" not in attributes


def test_choices_are_a_group_with_a_name():
    group = drawn("shape", Wish({"words": "x"}))[0]
    assert group.tag == "fieldset"
    assert group.find("legend").text == "Shape"
    assert "has-error" in group.attrib["class"]


def test_a_switch_holds_its_label():
    label = drawn("sound", Wish({"words": "x"})).find(".//label[@class='switch']")
    assert label.find("input") is not None
    assert label.find("span").text == "Sound"


def test_help_text_is_never_markup():
    html = Template("{% load fields %}{% field bound %}").render(Context({"bound": Wish()["words"]}))
    assert "A few &lt;words&gt;." in html
