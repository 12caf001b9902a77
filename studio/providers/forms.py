import re
import socket
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from studio.providers.models import Provider, VideoModel
from studio.providers.queries import name_is_taken
from studio.providers.words import ADDRESS_WORDS, KEY_WORDS, ORIENTATIONS, REMIXES, SEEDS, TOLD_LENGTH, TOLD_RATIO
from studio.upstream.addresses import ADDRESS_MAX_CHARS, BadAddress, BadKey, base_url_from, key_from, origin_of
from studio.upstream.guard import is_public
from studio.workspaces.models import Workspace

INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MODEL_ID_MAX_CHARS = 200
UNFIT_FOR_IDS = re.compile(rf"\s|{INVISIBLE.pattern}")
LENGTHS_AT_MOST = 20
SECONDS_AT_MOST = 3600
FORWARDED_HOST = "X-Forwarded-Host"
HEADERS_AT_MOST = 20
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
# Set by the studio from the key, the address and the body; another value breaks the request or sends the key astray.
OWN_HEADERS = re.compile(
    r"authorization|host|content-.*|cookie|connection|keep-alive|upgrade|te|trailer|transfer-encoding|expect|proxy-.*"
    r"|accept-encoding",
    re.IGNORECASE,
)


def is_usable_id(model_id: str) -> bool:
    return 0 < len(model_id) <= MODEL_ID_MAX_CHARS and not UNFIT_FOR_IDS.search(model_id)


def without_invisible(text: str) -> None:
    if INVISIBLE.search(text):
        raise ValidationError(_("There is an invisible control character in it. Remove it."))


def is_literally_private(base_url: str) -> bool:
    """Whether the address itself says that it is private, in any spelling. Names are judged when they are dialled."""
    host = (urlsplit(base_url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not is_public(ip_address(host.split("%")[0]))
    except ValueError:
        pass
    try:
        return not is_public(ip_address(socket.inet_aton(host)))  # 127.1, 0x7f000001 and 2130706433; looks nothing up
    except OSError:
        return False


class AddressField(forms.CharField):
    """Any usual spelling of a gateway's address, as its base URL."""

    def clean(self, value: Any) -> str:
        try:
            base_url = base_url_from(super().clean(value))
        except BadAddress as error:
            raise ValidationError(ADDRESS_WORDS[error.code], code=error.code) from error
        if len(base_url) > ADDRESS_MAX_CHARS:
            raise ValidationError(ADDRESS_WORDS["too_long"], code="too_long")
        return base_url


class KeyField(forms.CharField):
    """A key as pasted, without ``Bearer`` and quotes. Never rendered back."""

    def clean(self, value: Any) -> str:
        try:
            return key_from(super().clean(value))
        except BadKey as error:
            raise ValidationError(KEY_WORDS[error.code], code=error.code) from error


class ProviderForm(forms.Form):
    """Where a gateway is and how to get in. ``fields_to_save()`` goes to the actions."""

    name = forms.CharField(
        label=_("Name"), max_length=80, validators=[without_invisible], help_text=_("What the team sees in Compose.")
    )
    base_url = AddressField(
        label=_("Address"),
        help_text=_("With or without /v1 or /chat/completions: it is brought into one form when you save."),
        widget=forms.TextInput(
            attrs={"placeholder": "https://api.example.com/v1", "inputmode": "url", "autocapitalize": "none",
                   "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": ADDRESS_WORDS["empty"]},
    )  # fmt: skip
    key = KeyField(
        label=_("Key"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("With or without “Bearer”. It is stored encrypted and never shown again."),
    )
    forget_key = forms.BooleanField(
        label=_("Forget the key"), required=False, help_text=_("For a gateway that wants none.")
    )
    on_my_network = forms.BooleanField(
        label=_("On my network"),
        required=False,
        help_text=_(
            "The gateway is your own and has a private address, such as 192.168.… or localhost. Without this the "
            "studio connects to no private address, so that no foreign link can lead it into your network."
        ),
    )
    enabled = forms.BooleanField(
        label=_("In use"), required=False, help_text=_("Off: its models are not offered in Compose. Nothing is lost.")
    )

    def __init__(self, *args: Any, workspace: Workspace, provider: Provider | None = None, **kwargs: Any):
        self.provider = provider or Provider(workspace=workspace)
        if provider:
            names = ("name", "base_url", "on_my_network", "enabled")
            kwargs["initial"] = {name: getattr(provider, name) for name in names}
        super().__init__(*args, **kwargs)
        if provider is None:
            del self.fields["enabled"]
            self.fields["name"].required = False
            self.fields["name"].help_text = _("What the team sees in Compose. Empty: the address's host name.")
        if not self.provider.sealed_key:
            del self.fields["forget_key"]
        else:
            self.fields["key"].help_text = _("A key is set. Leave this empty to keep it; type another to replace it.")
        if self.provider.is_demo:
            for name in ("base_url", "key", "on_my_network"):
                del self.fields[name]
        if self.data.get("key") and "key" in self.fields:
            self.fields["key"].help_text = _("Enter the key once more: it is never sent back to the browser.")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name and name_is_taken(self.provider, name):
            raise ValidationError(_("Another provider has this name."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        base_url = cleaned.get("base_url")
        if base_url and not cleaned.get("on_my_network") and is_literally_private(base_url):
            self.add_error("base_url", ADDRESS_WORDS["private"])
        if cleaned.get("key") and cleaned.get("forget_key"):
            self.add_error("forget_key", _("Either type another key or have the present one forgotten."))
        keeps_key = self.provider.sealed_key and not cleaned.get("key") and not cleaned.get("forget_key")
        if base_url and keeps_key and origin_of(base_url) != origin_of(self.provider.base_url):
            # Else whoever may edit a provider could have its hidden key sent to a server of their own.
            self.add_error("key", _("This is another server: enter its key. The stored one goes only to the old one."))
        return cleaned

    def fields_to_save(self) -> dict[str, Any]:
        fields = {name: value for name, value in self.cleaned_data.items() if name != "forget_key"}
        if self.provider.sealed_key:
            fields["key"] = "" if self.cleaned_data["forget_key"] else self.cleaned_data["key"] or None
        return fields


class HabitsForm(forms.ModelForm):
    """How a gateway wants to be asked, for all but its extra headers."""

    ratio = forms.ChoiceField(label=_("How is the orientation told?"), choices=TOLD_RATIO, widget=forms.RadioSelect)
    length = forms.ChoiceField(label=_("How is the length told?"), choices=TOLD_LENGTH, widget=forms.RadioSelect)
    seed_field = forms.ChoiceField(label=_("How is the seed spelled?"), choices=SEEDS, widget=forms.RadioSelect)
    remix = forms.ChoiceField(
        label=_("How is a change of an earlier video asked for?"), choices=REMIXES, widget=forms.RadioSelect
    )
    sends_forwarded_host = forms.BooleanField(
        label=_("Send X-Forwarded-Host"),
        required=False,
        help_text=_("Some gateways build their links from it. Leave it off unless the gateway's documentation asks."),
    )
    forwarded_host = forms.RegexField(
        label=_("Host to send"),
        regex=r"^[A-Za-z0-9.\-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:]+\](:\d{1,5})?$",
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"placeholder": "studio.example.com"}),
        error_messages={"invalid": _("A host name, with a port if needed: studio.example.com:8000")},
    )

    class Meta:
        model = Provider
        fields = ["ratio", "length", "seed_field", "remix", "failures_billed", "concurrency"]
        labels = {"failures_billed": _("Bills failures too"), "concurrency": _("Generations at once")}
        help_texts = {
            "failures_billed": _("Most gateways do. On: the studio says “money may have been spent” when one fails."),
            "concurrency": _("1 to 200. What is more waits in the studio, not at the gateway."),
        }

    def __init__(self, provider: Provider, posted: QueryDict | None = None):
        forwarded = provider.extra_headers.get(FORWARDED_HOST, "")
        initial = {"sends_forwarded_host": bool(forwarded), "forwarded_host": forwarded}
        super().__init__(posted, instance=provider, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("sends_forwarded_host") and not cleaned.get("forwarded_host") and not self.errors:
            self.add_error("forwarded_host", _("Say which host to send, or switch it off."))
        return cleaned


class HeaderForm(forms.Form):
    """One extra header; a row that is left empty does not count."""

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    value = forms.CharField(label=_("Value"), max_length=1000, required=False)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name and not HEADER_NAME.fullmatch(name):
            raise ValidationError(_("A header's name has only letters, digits and hyphens."))
        if name.lower() == FORWARDED_HOST.lower():
            raise ValidationError(_("This header has its own switch above."))
        if OWN_HEADERS.fullmatch(name):
            raise ValidationError(_("The studio sets %(name)s itself.") % {"name": name})
        return name

    def clean_value(self) -> str:
        value: str = self.cleaned_data["value"]
        if not HEADER_VALUE.fullmatch(value):
            raise ValidationError(_("A header's value is one line of plain letters, digits and signs."))
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("value") and cleaned.get("name") == "":
            self.add_error("name", _("Name the header, or empty its value."))
        if cleaned.get("name") and cleaned.get("value") == "":
            self.add_error("value", _("Give it a value, or empty its name."))
        return cleaned


class BaseHeaderRows(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("name", "").lower() if form.is_valid() else ""
            if name and name in seen:
                form.add_error("name", _("This header stands above already."))
            seen.add(name)

    def headers(self) -> dict[str, str]:
        rows = (form.cleaned_data for form in self.forms)
        return {row["name"]: row["value"] for row in rows if row.get("name")}


HeaderRows: Any = forms.formset_factory(
    HeaderForm,
    formset=BaseHeaderRows,
    extra=2,
    max_num=HEADERS_AT_MOST,
    absolute_max=HEADERS_AT_MOST + 2,
    validate_max=True,
)


def header_rows(provider: Provider, posted: QueryDict | None = None) -> BaseHeaderRows:
    others = [(name, value) for name, value in provider.extra_headers.items() if name != FORWARDED_HOST]
    initial = [{"name": name, "value": value} for name, value in others]
    rows: BaseHeaderRows = HeaderRows(posted, initial=initial, prefix="headers")
    return rows


class SecondsField(forms.CharField):
    """ "5, 10, 15" as a sorted list of whole seconds; Chinese commas and spaces part them too."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(seconds) for seconds in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:  # type: ignore[override]
        lengths: set[int] = set()
        for word in re.split(r"[\s,;，、；]+", super().clean(value)):
            if not word:
                continue
            number = re.fullmatch(r"0*(\d{1,4})s?", word)
            if not number or not 1 <= int(number[1]) <= SECONDS_AT_MOST:
                shown = {"word": word[:20], "most": SECONDS_AT_MOST}
                raise ValidationError(_("“%(word)s” is not a whole number of seconds between 1 and %(most)s.") % shown)
            lengths.add(int(number[1]))
        if len(lengths) > LENGTHS_AT_MOST:
            raise ValidationError(_("At most %(most)s lengths.") % {"most": LENGTHS_AT_MOST})
        return sorted(lengths)


class VideoModelForm(forms.ModelForm):
    """One model of a gateway. ``instance`` has its provider set."""

    model_id = forms.CharField(
        label=_("Model id"),
        max_length=MODEL_ID_MAX_CHARS,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Exactly as the gateway spells it, such as sora-2."),
    )
    label = forms.CharField(
        label=_("Label"), max_length=80, required=False, validators=[without_invisible],
        help_text=_("What Compose shows. Empty: the model id."),
    )  # fmt: skip
    seconds = SecondsField(
        label=_("Lengths in seconds"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "5, 10, 15"}), help_text=_("Empty: the model decides."),
    )  # fmt: skip
    orientations = forms.MultipleChoiceField(
        label=_("Orientations"), choices=ORIENTATIONS, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all are offered."),
    )  # fmt: skip

    class Meta:
        model = VideoModel
        fields = [
            "model_id",
            "label",
            "seconds",
            "orientations",
            "image_input",
            "price",
            "price_unit",
            "currency",
            "enabled",
        ]
        labels = {"price": _("Price"), "price_unit": _("Price is"), "image_input": _("Takes a first-frame image")}
        help_texts = {
            "price": _("Empty: unknown. Compose shows it before sending."),
            "currency": _("Three letters: USD, EUR, CNY."),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial["price"] = self.instance.shown_price
        if not self.is_bound and not self.instance._state.adding:
            self.fields["model_id"].widget.attrs["autofocus"] = True  # the row has just been opened

    def clean_model_id(self) -> str:
        model_id: str = self.cleaned_data["model_id"]
        if not is_usable_id(model_id):
            raise ValidationError(_("A model id holds no spaces or invisible characters."))
        others = self.instance.provider.models.exclude(pk=self.instance.pk)
        if others.filter(model_id=model_id).exists():
            raise ValidationError(_("This provider has this model already."))
        return model_id

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].upper()
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise ValidationError(_("Three letters, such as USD."))
        return currency
