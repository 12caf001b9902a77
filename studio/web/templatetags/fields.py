from typing import Any

from django import forms, template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def split(text: str) -> list[str]:
    return text.split()


@register.simple_tag
def field(bound: forms.BoundField) -> SafeString:
    """A form field with its label, help and errors, all tied together for screen readers."""
    return render_to_string("web/_field.html", _parts(bound))


@register.simple_tag
def composer_chip(form: forms.Form, name: str) -> SafeString:
    """A small labelled select of the composer's bar."""
    return render_to_string("web/_chip.html", _parts(form[name]))


def _parts(bound: forms.BoundField) -> dict[str, Any]:
    key = bound.auto_id or bound.html_name
    errors = [(f"{key}-error{f'-{number}' if number > 1 else ''}", text) for number, text in enumerate(bound.errors, 1)]
    described = [f"{key}-help"] if bound.help_text else []
    described += [id_ for id_, _text in errors]
    attrs: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    widget = bound.field.widget
    kind = "choice" if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple) else "plain"
    if isinstance(widget, forms.CheckboxInput):
        kind = "switch"
    return {"bound": bound, "key": key, "control": bound.as_widget(attrs=attrs), "kind": kind, "errors": errors}
