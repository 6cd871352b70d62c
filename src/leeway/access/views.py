"""The administrator's pages: who signs in, as what, and with what limit."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from leeway.access import actions, queries
from leeway.access.forms import AddUserForm, ChangeUserForm, DeactivateForm
from leeway.access.models import User
from leeway.access.roles import Capability, Role
from leeway.forms import attempt


def users(request):
    """Everyone who signs in."""
    role = request.GET.get("role", "")
    shown = queries.users_by_name(role=role if role in Role.values else "")
    return render(request, "access/users.jinja", {"users": shown, "roles": Role.choices, "role": role})


def add(request):
    """Let someone sign in, and invite them."""
    form = AddUserForm(request.POST or None)
    if form.is_valid():
        user = attempt(
            form,
            lambda: actions.add_user(
                details=form.cleaned_data,
                site_address=request.build_absolute_uri("/"),
                by=request.user,
                on=timezone.localdate(),
            ),
        )
        if user is not None:
            messages.success(request, f"{user.name} has been invited: an email is on its way to {user.email}.")
            return redirect("access:users")
    return render(request, "access/user.jinja", {"form": form, "back": reverse("access:users")})


def change(request, user_id):
    """Change a user's role, team, job title or limit."""
    user = get_object_or_404(User, pk=user_id)
    stands = {name: getattr(user, name) for name in ChangeUserForm.kept}
    form = ChangeUserForm(request.POST or None, is_person=user.can(Capability.TAKE_PART), initial=stands)
    if form.is_valid():
        changed = attempt(
            form,
            lambda: actions.change_user(user=user, details=form.cleaned_data, by=request.user, on=timezone.localdate()),
        )
        if changed is not None:
            messages.success(request, f"{user.name}: saved.")
            return redirect("access:users")
        user.refresh_from_db()
    return render(request, "access/user.jinja", {"form": form, "member": user, "back": reverse("access:users")})


def sign_in(request, user_id):
    """Stop someone from signing in, or let them in again."""
    user = get_object_or_404(User, pk=user_id)
    form = DeactivateForm(request.POST if request.method == "POST" else None)
    action = actions.deactivate_user if user.is_active else actions.reactivate_user
    if form.is_valid():
        done = attempt(form, lambda: action(user=user, by=request.user, on=timezone.localdate()))
        if done is not None:
            messages.success(request, f"{user.name} {'can' if user.is_active else 'can no longer'} sign in.")
            return redirect("access:users")
    back = reverse("access:change", kwargs={"user_id": user.pk})
    return render(request, "access/sign_in.jinja", {"form": form, "member": user, "back": back})
