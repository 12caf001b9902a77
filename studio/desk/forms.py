import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from studio.desk.fields import EarlierField, advanced_fields
from studio.generations.actions import Wish
from studio.generations.models import Generation, Orientation
from studio.providers.models import VideoModel
from studio.providers.queries import models_for
from studio.web.ids import uuid7
from studio.workspaces.models import User

PROMPT_MAX_CHARS = 32_000  # well above any gateway's limit; a pasted book is a mistake worth saying
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SURROGATE = re.compile(r"[\ud800-\udfff]")


class WordsField(forms.CharField):
    """Text as typed: line ends unified, nothing stripped; control characters and broken Unicode are named."""

    def __init__(self, **kwargs: Any):
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")

    def run_validators(self, value: str) -> None:
        found = CONTROL.search(value)
        if found:
            raise ValidationError(
                _("There is an invisible control character (U+%(code)s) at position %(at)s. Remove it."),
                params={"code": f"{ord(found[0]):04X}", "at": found.start() + 1},
            )
        if SURROGATE.search(value):
            raise ValidationError(_("The text holds half of a broken character. Type that place again."))
        super().run_validators(value)


class ComposeForm(forms.Form):
    """One send. ``wish()`` is what was asked for, once the form is valid."""

    token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    prompt = WordsField(
        label=_("Prompt"),
        max_length=PROMPT_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("Describe the video …")}),
        error_messages={
            "required": _("Write a prompt first."),
            "max_length": _("The prompt has %(show_value)s characters; at most %(limit_value)s can be sent."),
        },
    )
    model = forms.ModelChoiceField(
        VideoModel.objects.none(),
        label=_("Model"),
        empty_label=None,
        error_messages={
            "required": _("Choose a model. An owner adds them in Settings → Providers."),
            "invalid_choice": _("This model is no longer there. Choose another one."),
        },
    )
    orientation = forms.ChoiceField(
        label=_("Orientation"), choices=[("", _("As the model likes")), *Orientation.choices], required=False
    )
    seconds = forms.TypedChoiceField(label=_("Seconds"), coerce=int, empty_value=None, required=False)
    variants = forms.TypedChoiceField(label=_("Variants"), coerce=int, choices=[(n, n) for n in range(1, 5)], initial=1)

    system = WordsField(
        label=_("System message"),
        required=False,
        max_length=PROMPT_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Said to the model before the prompt, in the role “system”."),
    )
    earlier = EarlierField(
        shape=list,
        label=_("Earlier messages"),
        required=False,
        help_text=_("A conversation that came before, as a JSON list of messages with role and content."),
    )
    stream = forms.BooleanField(
        label="stream",
        required=False,
        initial=True,
        help_text=_("Watch it being made. Off: the gateway answers once, at the end. Many make videos only when on."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any):
        kwargs.setdefault("initial", {}).setdefault("token", str(uuid7()))
        super().__init__(*args, **kwargs)
        self.fields.update(advanced_fields())
        models = models_for(user)
        choice = self.fields["model"]
        choice.queryset = models  # type: ignore[attr-defined]
        choice.label_from_instance = lambda model: f"{model} · {model.provider}"  # type: ignore[attr-defined]
        lengths = sorted({seconds for model in models for seconds in model.seconds})
        self.fields["seconds"].choices = [("", _("As the model likes")), *((s, f"{s} s") for s in lengths)]  # type: ignore[attr-defined]

    def advanced(self) -> list[forms.BoundField]:
        return [self[name] for name in ("system", "earlier", "stream", *advanced_fields())]

    def has_advanced(self) -> bool:
        """Whether the panel opens by itself: something in it is set, or wrong."""
        names = {"system", "earlier", *advanced_fields()}
        touched = any(self[name].value() not in (None, "") for name in names)
        return touched or bool(names & self.errors.keys()) or self["stream"].value() in (False, "False")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        model: VideoModel | None = cleaned.get("model")
        if not cleaned.get("prompt", "x").strip():
            self.add_error("prompt", self.fields["prompt"].error_messages["required"])
        if model is None:
            return cleaned
        seconds, orientation = cleaned.get("seconds"), cleaned.get("orientation")
        if seconds is not None and model.seconds and seconds not in model.seconds:
            legal = ", ".join(str(value) for value in model.seconds)
            self.add_error("seconds", _("%(model)s makes %(legal)s seconds.") % {"model": model, "legal": legal})
        if orientation and model.orientations and orientation not in model.orientations:
            self.add_error("orientation", _("%(model)s does not make this orientation.") % {"model": model})
        return cleaned

    def wish(self) -> Wish:
        data = self.cleaned_data
        model: VideoModel = data["model"]
        return Wish(
            prompt=data["prompt"],
            provider=model.provider,
            model=model,
            model_name=model.model_id,
            orientation=data["orientation"],
            seconds=data["seconds"],
            variants=data["variants"],
            stream=data["stream"],
            system=data["system"],
            earlier=data["earlier"] or [],
            fields={name: data[name] for name in advanced_fields() if data[name] not in (None, "")},
        )


def initial_from(generation: Generation) -> dict[str, Any]:
    """The composer filled as this generation was asked for."""
    ask = generation.ask
    fields = dict(ask.get("fields", {}))
    for name in ("logit_bias", "response_format", "tools", "tool_choice"):
        if name in fields and not isinstance(fields[name], str):
            fields[name] = json.dumps(fields[name], ensure_ascii=False)
    if isinstance(fields.get("stop"), list):
        fields["stop"] = "\n".join(fields["stop"])
    return {
        "prompt": generation.version.text,
        "model": generation.model_id,
        "orientation": generation.orientation,
        "seconds": generation.seconds,
        "system": ask.get("system", ""),
        "earlier": json.dumps(ask["earlier"], ensure_ascii=False) if ask.get("earlier") else "",
        "stream": generation.stream,
        **fields,
    }
