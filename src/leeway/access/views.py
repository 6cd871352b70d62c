"""The administrator's pages: who signs in, as what, and with what limit."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from leeway.access import actions, queries
from leeway.access.access import SignedIn
from leeway.access.forms import AddUserForm, ChangeUserForm, SignInForm
from leeway.access.models import User
from leeway.access.roles import Capability, Role
from leeway.acting import act
from leeway.forms import carry_version
from leeway.versions import version_of


def users(request: SignedIn):
    """Everyone who signs in."""
    role = request.GET.get("role", "")
    shown = queries.users_by_name(role=role if role in Role.values else "")
    return render(request, "access/users.jinja", {"users": shown, "roles": Role.choices, "role": role})


def add(request: SignedIn):
    """Let someone sign in, and invite them."""
    form = AddUserForm(request.POST or None)
    if done := act(
        form,
        lambda **by_on: actions.add_user(
            details=form.cleaned_data,
            site_address=request.build_absolute_uri("/"),
            **by_on,
        ),
        request,
    ):
        user = done.result
        messages.success(request, f"{user.name} has been invited: an email is on its way to {user.email}.")
        return redirect("access:users")
    return render(request, "access/user.jinja", {"form": form, "back": reverse("access:users")})


def change(request: SignedIn, user_id):
    """Change a user's role, team, job title or limit."""
    user = get_object_or_404(User, pk=user_id)
    stands = {name: getattr(user, name) for name in actions.STAFF_DETAILS}
    stands |= {"version": version_of(user, *actions.STAFF_DETAILS)}
    form = ChangeUserForm(request.POST or None, is_person=user.can(Capability.TAKE_PART), initial=stands)
    if act(
        form,
        lambda **by_on: actions.change_user(
            user=user, details=form.details, version=form.cleaned_data["version"], **by_on
        ),
        request,
    ):
        messages.success(request, f"{user.name}: saved.")
        return redirect("access:users")
    return render(request, "access/user.jinja", {"form": form, "member": user, "back": reverse("access:users")})


def sign_in(request: SignedIn, user_id):
    """Stop someone from signing in, or let them in again."""
    user = get_object_or_404(User, pk=user_id)
    version = version_of(user, *actions.SIGN_IN)
    form = SignInForm(request.POST or None, initial={"version": version})
    action = actions.deactivate_user if user.is_active else actions.reactivate_user
    if done := act(form, lambda **by_on: action(user=user, version=form.cleaned_data["version"], **by_on), request):
        messages.success(request, f"{user.name} {'can' if done.result.is_active else 'can no longer'} sign in.")
        return redirect("access:users")
    carry_version(form, version)
    back = reverse("access:change", kwargs={"user_id": user.pk})
    return render(request, "access/sign_in.jinja", {"form": form, "member": user, "back": back})
