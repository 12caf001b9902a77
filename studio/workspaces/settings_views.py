"""Settings about oneself and about the team."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from studio.workspaces import actions, queries
from studio.workspaces.access import RIGHT_NAMES, RIGHTS, MemberRequest, Right, may, member
from studio.workspaces.forms import AccountForm, ChangePasswordForm, InviteForm, RoleForm
from studio.workspaces.models import Role


@require_GET
@member()
def settings_root(request: MemberRequest) -> HttpResponse:
    to = "providers:list" if may(request.membership, Right.MANAGE_PROVIDERS) else "workspaces:account"
    return redirect(to)


@require_http_methods(["GET", "POST"])
@member()
def account(request: MemberRequest) -> HttpResponse:
    form = AccountForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workspaces:account")
    context = {"form": form, "password_form": ChangePasswordForm(request.user), "tab": "account"}
    return render(request, "workspaces/account.html", context, status=422 if form.is_bound else 200)


@sensitive_post_parameters()
@require_POST
@member()
def password(request: MemberRequest) -> HttpResponse:
    """A new password ends every other session of the person."""
    form = ChangePasswordForm(request.user, request.POST)
    if not form.is_valid():
        context = {"form": AccountForm(instance=request.user), "password_form": form, "tab": "account"}
        return render(request, "workspaces/account.html", context, status=422)
    request.user.set_password(form.cleaned_data["password1"])
    request.user.save(update_fields=["password"])
    update_session_auth_hash(request, request.user)
    actions.end_sessions(request.user, keep=request.session.session_key)
    messages.success(request, _("The password is changed. Other devices are signed out."))
    return redirect("workspaces:account")


@never_cache
@require_http_methods(["GET", "POST"])
@member(Right.MANAGE_PEOPLE)
def people(request: MemberRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        _made, token = actions.invite(request.workspace, request.user, data["role"], data["name"])
        link = _link(request, token)
        form = InviteForm()
    return _people(request, form, link, status=422 if form.is_bound else 200)


def _people(request: MemberRequest, form: InviteForm, link: str = "", status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "link": link,
        "memberships": [
            (row, RoleForm(instance=row, auto_id=f"role-{row.pk}-%s"))
            for row in queries.memberships_of(request.workspace)
        ],
        "invitations": queries.open_invitations(request.workspace),
        "rights_table": [(RIGHT_NAMES[right], [right in RIGHTS[role] for role in Role]) for right in Right],
        "roles": Role.choices,
        "tab": "people",
    }
    return render(request, "workspaces/people.html", context, status=status)


def _link(request: MemberRequest, token: str) -> str:
    path = reverse("workspaces:accept", args=[token])
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


@require_POST
@member(Right.MANAGE_PEOPLE)
def change_role(request: MemberRequest, pk: int) -> HttpResponse:
    membership = queries.membership_in(request.workspace, pk)
    form = RoleForm(request.POST, instance=queries.membership_in(request.workspace, pk))
    if not form.is_valid():
        return _people(request, InviteForm(), status=422)
    try:
        actions.change_role(membership, form.cleaned_data["role"])
        messages.success(request, _("%(person)s has a new role.") % {"person": membership.user})
    except actions.LastOwner:
        messages.error(request, _("A team keeps at least one owner."))
    return redirect("workspaces:people")


@require_POST
@member(Right.MANAGE_PEOPLE)
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    membership = queries.membership_in(request.workspace, pk)
    try:
        actions.remove_member(membership)
        messages.success(request, _("%(person)s is no longer a member.") % {"person": membership.user})
    except actions.LastOwner:
        messages.error(request, _("A team keeps at least one owner."))
    if request.htmx:  # the confirming form speaks htmx; a redirect would be followed under the form's address
        return HttpResponse(headers={"HX-Redirect": reverse("workspaces:people")})
    return redirect("workspaces:people")


@never_cache
@require_POST
@member(Right.MANAGE_PEOPLE)
def new_password_link(request: MemberRequest, pk: int) -> HttpResponse:
    membership = queries.membership_in(request.workspace, pk)
    _made, token = actions.offer_new_password(membership, request.user)
    return _people(request, InviteForm(), _link(request, token))


@require_POST
@member(Right.MANAGE_PEOPLE)
def revoke(request: MemberRequest, pk: str) -> HttpResponse:
    actions.withdraw(queries.invitation_in(request.workspace, pk))
    messages.success(request, _("The link no longer works."))
    return redirect("workspaces:people")
