"""Doors: the first visit, signing in, links. Settings about oneself and about the team are in ``settings_views``."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from studio.workspaces import actions
from studio.workspaces.access import RIGHT_NAMES, Refused
from studio.workspaces.forms import NewPasswordForm, NewPersonForm, SetupForm, SignInForm
from studio.workspaces.models import Invitation, User
from studio.workspaces.queries import has_owner

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The owner's account, while there is nobody."""
    if has_owner():
        return redirect("workspaces:login") if not request.user.is_authenticated else redirect("desk:compose")
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = actions.make_owner(data["username"], data["name"], data["password1"], data["workspace"])
        except actions.TooLate:
            return render(request, "workspaces/too_late.html", status=409)
        login(request, user, backend=MODEL_BACKEND)
        return redirect("desk:compose")
    return render(request, "workspaces/setup.html", {"form": form}, status=422 if form.is_bound else 200)


class SignIn(LoginView):
    template_name = "workspaces/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = never_cache(sensitive_post_parameters()(SignIn.as_view()))
sign_out = LogoutView.as_view(http_method_names=["post", "options"])


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link: to join, or to choose a new password."""
    invitation = actions.invitation_behind(token)
    if invitation is None:
        return render(request, "workspaces/link_over.html", status=404)
    form: NewPasswordForm | NewPersonForm
    if invitation.user is not None:
        form = NewPasswordForm(invitation.user, request.POST or None)
    else:
        form = NewPersonForm(request.POST or None, initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        try:
            login(request, _person_behind(invitation, form.cleaned_data), backend=MODEL_BACKEND)
            return redirect("desk:compose")
        except actions.TooLate:
            return render(request, "workspaces/link_over.html", status=404)
        except actions.NameTaken:
            form.add_error("username", _("This sign-in name is taken."))
    context = {"form": form, "invitation": invitation}
    # The address is the secret: Referrer-Policy same-origin (settings) keeps it from other sites. "no-referrer" would
    # also blank the Origin of this form's own POST, and the CSRF check would refuse it.
    return render(request, "workspaces/accept.html", context, status=422 if form.is_bound else 200)


def _person_behind(invitation: Invitation, said: dict[str, Any]) -> User:
    if invitation.user is not None:
        return actions.choose_new_password(invitation, said["password1"])
    return actions.join(invitation, said["username"], said["name"], said["password1"])


# -- refusals in the studio's own look


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _refusal(request, 404, _("There is nothing here"), _("It was removed, or it belongs to somebody else."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if not isinstance(exception, Refused):
        return _refusal(request, 403, _("Not for you"), _("You may not do this."))
    told = _("Your role does not include the right to %(right)s. An owner of the team can change your role.")
    return _refusal(request, 403, _("Not with your role"), told % {"right": RIGHT_NAMES[exception.right]})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    told = _("The page was open for too long or cookies are blocked. Go back, reload it and try again.")
    return _refusal(request, 403, _("This form has expired"), told)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _refusal(request, 400, _("This cannot be read"), _("The request was damaged. Go back and try again."))


def _refusal(request: HttpRequest, status: int, title: str, told: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":  # also where the page was asked for: the one on screen stays
        answer = render(request, "web/_refusal_toast.html", {"title": title, "told": told}, status=status)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#toasts", "beforeend"
        return answer
    return render(request, "web/refusal.html", {"title": title, "told": told, "status": status}, status=status)
