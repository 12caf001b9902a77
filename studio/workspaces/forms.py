from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, SetPasswordMixin
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.workspaces import throttle
from studio.workspaces.access import membership_of
from studio.workspaces.actions import knows_setup_token
from studio.workspaces.models import Membership, Role, Theme, User

INVITED_ROLES = [choice for choice in Role.choices if choice[0] != Role.OWNER]


def _password(label: Any, autocomplete: str = "new-password") -> forms.CharField:
    return forms.CharField(
        label=label, strip=False, max_length=4096, widget=forms.PasswordInput(attrs={"autocomplete": autocomplete})
    )


class NewPersonForm(SetPasswordMixin, forms.Form):
    """A new account: name to sign in with, name to be seen with, password twice."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        required=False,
        help_text=_("What the team sees. May be left empty."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = _password(_("Password"))
    password2 = _password(_("Password again"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = " ".join(str(text) for text in password_validators_help_texts()[1:2])

    def clean_username(self) -> str:
        username = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("This sign-in name is taken."))
        return username

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.validate_passwords()
        person = User(username=cleaned.get("username", ""), name=cleaned.get("name", ""))
        self.validate_password_for_user(person, "password1")
        return cleaned


class SetupForm(NewPersonForm):
    workspace = forms.CharField(label=_("Name of the team"), max_length=80, initial=_("Our studio"))
    token = forms.CharField(
        label=_("Token"),
        max_length=200,
        help_text=_("The console that started the studio printed it after “First visit needs”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not settings.SETUP_NEEDS_TOKEN:
            del self.fields["token"]

    def clean_token(self) -> str:
        token = self.cleaned_data["token"]
        if not knows_setup_token(token):
            raise ValidationError(_("This is not the token on the console."))
        return token


class SignInForm(AuthenticationForm):
    """Equal answers for a wrong name and a wrong password; who keeps guessing waits longer and longer."""

    error_messages = {
        "invalid_login": _("This name and password do not fit together."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Sign-in name")
        self.fields["username"].widget.attrs["autocapitalize"] = "none"

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username", "").lower()
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        if not name or not self.cleaned_data.get("password"):
            return self.cleaned_data
        if wait := throttle.take_try(name, address):
            seconds = int(wait) + 1
            text = ngettext("Too many tries. Wait %(n)d second.", "Too many tries. Wait %(n)d seconds.", seconds)
            raise ValidationError(text % {"n": seconds}, code="slow_down")
        cleaned = super().clean()
        throttle.forgive(name, address)
        return cleaned

    def confirm_login_allowed(self, user: User) -> None:  # type: ignore[override]
        super().confirm_login_allowed(user)
        if membership_of(user) is None and not user.is_superuser:
            raise ValidationError(self.error_messages["inactive"], code="inactive")


class AdminSignInForm(SignInForm):
    """The admin's door asks the same way: Django's own form there lets passwords be guessed without a pause."""

    def confirm_login_allowed(self, user: User) -> None:  # type: ignore[override]
        super().confirm_login_allowed(user)
        if not user.is_staff:
            raise self.get_invalid_login_error()


class NewPasswordForm(SetPasswordMixin, forms.Form):
    password1 = _password(_("New password"))
    password2 = _password(_("New password again"))

    def __init__(self, user: User, *args: Any, **kwargs: Any):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.validate_passwords()
        self.validate_password_for_user(self.user, "password1")
        return cleaned


class ChangePasswordForm(NewPasswordForm):
    old_password = _password(_("Present password"), "current-password")
    field_order = ["old_password", "password1", "password2"]

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise ValidationError(_("This is not your present password."))
        return old


class AccountForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As the browser says")), *settings.LANGUAGES], required=False
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)

    class Meta:
        model = User
        fields = ["name", "language", "theme"]
        labels = {"name": _("Your name")}


class InviteForm(forms.Form):
    name = forms.CharField(label=_("For whom"), max_length=80, help_text=_("So that you know whose link this is."))
    role = forms.ChoiceField(label=_("Role"), choices=INVITED_ROLES, initial=Role.PRODUCER)


class RoleForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ["role"]
