"""The spec's request fields as form fields: what a person may set under "Advanced", in the spec's order.

Where the spec contradicts itself we follow its own example and what gateways do: temperature and top_p take fractions
though typed integer, logit_bias takes an object though typed null, stop takes up to four sequences, tools takes objects
though typed strings, and tools and tool_choice are optional though listed as required. The seed's spelling (the spec
says ``seen``) is the provider's habit.
"""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

JSON_MAX_CHARS = 20_000


class JSONValueField(forms.CharField):
    """A JSON value of one type; the error says where reading stopped."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "code"})

    def __init__(self, *, shape: type, **kwargs: Any):
        super().__init__(max_length=JSON_MAX_CHARS, **kwargs)
        self.shape = shape

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            parsed = json.loads(text, parse_constant=_no_constant)
        except json.JSONDecodeError as error:
            raise ValidationError(
                _("Not valid JSON: line %(line)s, column %(column)s."),
                params={"line": error.lineno, "column": error.colno},
            ) from error
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("Not valid JSON.")) from error
        if not isinstance(parsed, self.shape):
            wanted = _("a list in [ ]") if self.shape is list else _("an object in { }")
            raise ValidationError(_("This has to be %(shape)s."), params={"shape": wanted})
        return self.checked(parsed)

    def checked(self, parsed: Any) -> Any:
        return parsed


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON


class LogitBiasField(JSONValueField):
    def checked(self, parsed: dict[str, Any]) -> dict[str, Any]:
        for token, bias in parsed.items():
            if not token.isdecimal() or isinstance(bias, bool) or not isinstance(bias, int | float):
                raise ValidationError(_('Write token numbers and biases, such as {"50256": -100}.'))
            if not -100 <= bias <= 100:
                raise ValidationError(_("A bias lies between -100 and 100."))
        return parsed


class ToolsField(JSONValueField):
    def checked(self, parsed: list[Any]) -> list[Any]:
        if not all(isinstance(tool, dict | str) and tool for tool in parsed):
            raise ValidationError(_('Each tool is an object such as {"type": "function", "function": {…}}.'))
        return parsed


class ToolChoiceField(JSONValueField):
    """none, auto, required as bare words, or an object."""

    def clean(self, value: Any) -> Any:
        word = (value or "").strip()
        return word if word in ("none", "auto", "required") else super().clean(value)


class StopField(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 2})

    def clean(self, value: Any) -> str | list[str] | None:
        lines = [line for line in super().clean(value).splitlines() if line]
        if len(lines) > 4:
            raise ValidationError(_("At most four sequences, one a line."))
        if not lines:
            return None
        return lines[0] if len(lines) == 1 else lines


class EarlierField(JSONValueField):
    ROLES = ("system", "user", "assistant", "tool", "developer")

    def checked(self, parsed: list[Any]) -> list[Any]:
        for turn in parsed:
            if not isinstance(turn, dict) or turn.get("role") not in self.ROLES or "content" not in turn:
                raise ValidationError(_('Each message is {"role": "user" or "assistant", "content": "…"}.'))
            if not isinstance(turn["content"], str | list):
                raise ValidationError(_("A message's content is a text or a list of parts."))
        return parsed


def _number(low: float, high: float, step: str) -> dict[str, Any]:
    widget = forms.NumberInput(attrs={"step": step, "min": low, "max": high, "inputmode": "decimal"})
    return {"min_value": low, "max_value": high, "required": False, "widget": widget}


INT64 = 2**63 - 1


def advanced_fields() -> dict[str, forms.Field]:
    """The request fields of the spec besides model and messages, by their names there (``seed`` for seed/seen)."""
    return {
        "temperature": forms.FloatField(
            label="temperature",
            help_text=_("How free the choice is, 0 to 2. Low repeats itself, high surprises."),
            **_number(0, 2, "any"),
        ),
        "top_p": forms.FloatField(
            label="top_p",
            help_text=_("Only the likeliest part of the choices, 0 to 1. Change this or temperature."),
            **_number(0, 1, "any"),
        ),
        "n": forms.IntegerField(
            label="n",
            help_text=_("Answers in one request, 1 to 4. Most video gateways ignore it; variants do not."),
            **_number(1, 4, "1"),
        ),
        "stop": StopField(
            label="stop", required=False, help_text=_("Up to four sequences that end a text answer, one a line.")
        ),
        "max_tokens": forms.IntegerField(
            label="max_tokens",
            help_text=_("Most tokens of the answer text. The spec's example says 1000."),
            **_number(1, 10_000_000, "1"),
        ),
        "presence_penalty": forms.FloatField(
            label="presence_penalty",
            help_text=_("-2 to 2. Above 0 the answer turns to new topics."),
            **_number(-2, 2, "any"),
        ),
        "frequency_penalty": forms.FloatField(
            label="frequency_penalty",
            help_text=_("-2 to 2. Above 0 the answer repeats words less."),
            **_number(-2, 2, "any"),
        ),
        "logit_bias": LogitBiasField(
            shape=dict,
            label="logit_bias",
            required=False,
            help_text=_("Token numbers and how much likelier they get, -100 to 100, as a JSON object."),
        ),
        "user": forms.CharField(
            label="user",
            required=False,
            max_length=256,
            help_text=_("A name for the end user that the gateway may log."),
        ),
        "response_format": JSONValueField(
            shape=dict,
            label="response_format",
            required=False,
            help_text=_('A JSON object such as {"type": "json_object"}, for text models.'),
        ),
        "seed": forms.IntegerField(
            label="seed",
            help_text=_("The same seed asks for the same result again. Spelled as the provider wants it."),
            **_number(-INT64, INT64, "1"),
        ),
        "tools": ToolsField(
            shape=list, label="tools", required=False, help_text=_("Functions a text model may call, as a JSON list.")
        ),
        "tool_choice": ToolChoiceField(
            shape=dict,
            label="tool_choice",
            required=False,
            help_text=_("none, auto, required, or a JSON object that names one function."),
        ),
    }
