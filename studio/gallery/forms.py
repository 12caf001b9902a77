from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studio.gallery.queries import IN_PROGRESS, READY, Filters
from studio.generations.models import Orientation
from studio.generations.states import State

STATES = [
    (READY, State.READY.label),
    (IN_PROGRESS, _("In progress")),
    (State.FAILED.value, State.FAILED.label),
    (State.INTERRUPTED.value, State.INTERRUPTED.label),
    (State.CANCELLED.value, State.CANCELLED.label),
]


class FilterForm(forms.Form):
    """The gallery's address. What it does not understand (an old bookmark, a typed word) counts as not set."""

    state = forms.ChoiceField(choices=STATES, required=False)
    model = forms.CharField(max_length=200, required=False)
    orientation = forms.ChoiceField(choices=Orientation.choices, required=False)
    after = forms.UUIDField(required=False)
    through = forms.UUIDField(required=False)
    deleted = forms.UUIDField(required=False)

    def __init__(self, data: Mapping[str, Any]):
        super().__init__(data)
        self.full_clean()

    @property
    def filters(self) -> Filters:
        clean = self.cleaned_data
        return Filters(
            state=clean.get("state") or READY,
            model=clean.get("model") or "",
            orientation=clean.get("orientation") or "",
        )
