"""The administrator's pages: who signs in, as what, with what limit; and what waits for another administrator."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from leeway.access import actions, proposals, queries
from leeway.access.access import SignedIn
from leeway.access.forms import AddUserForm, ChangeUserForm, LetInForm, SignInForm, TurnDownForm, WhyForm
from leeway.access.models import Proposal, User
from leeway.access.proposals import STAFF_DETAILS, as_it_stands, holds_weight
from leeway.access.roles import Capability, Role, in_words
from leeway.access.states import State
from leeway.acting import act
from leeway.forms import carry_version
from leeway.versions import version_of

PROPOSALS_A_PAGE = 25


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
            **without_why(form.cleaned_data),
            site_address=request.build_absolute_uri("/"),
            **by_on,
        ),
        request,
    ):
        return said(request, done.result, "has been invited: an email is on its way to their address.")
    return render(request, "access/user.jinja", {"form": form, "back": reverse("access:users")})


def change(request: SignedIn, user_id):
    """Change a user's role, team, job title or limit."""
    user = get_object_or_404(User, pk=user_id)
    stands = as_it_stands(user) | {"version": version_of(user, *STAFF_DETAILS)}
    form = ChangeUserForm(request.POST or None, is_person=user.can(Capability.TAKE_PART), initial=stands)
    if done := act(
        form,
        lambda **by_on: actions.change_user(
            user=user, version=form.cleaned_data["version"], **without_why(form.details), **by_on
        ),
        request,
    ):
        return said(request, done.result, "is saved.")
    page = {"form": form, "member": user, "back": reverse("access:users")}
    pairs = queries.staff_alike(seen_by=request.user)
    alike = [(other if one == user else one, what) for one, other, what in pairs if user in (one, other)]
    return render(request, "access/user.jinja", page | {"alike": alike})


def without_why(typed: dict) -> dict:
    """What was typed, as an action takes it: the details, and the reason for another administrator."""
    return {"details": {name: value for name, value in typed.items() if name != "why"}, "why": typed["why"]}


def said(request: SignedIn, done: User | Proposal, words: str):
    """Say what was done, or that it waits for another administrator; back to who signs in."""
    if isinstance(done, Proposal):
        messages.success(request, f"{done.name}: another administrator must approve this. It waits for them.")
    else:
        messages.success(request, f"{done.name} {words}")
    return redirect("access:users")


def sign_in(request: SignedIn, user_id):
    """Stop someone from signing in, or let them in again."""
    user = get_object_or_404(User, pk=user_id)
    asks = not user.is_active and holds_weight(user)
    version = version_of(user, *actions.SIGN_IN)
    form = (LetInForm if asks else SignInForm)(request.POST or None, initial={"version": version})
    action = actions.deactivate_user if user.is_active else actions.reactivate_user
    words = "can no longer sign in." if user.is_active else "can sign in."
    if done := act(form, lambda **by_on: action(user=user, **form.cleaned_data, **by_on), request):
        return said(request, done.result, words)
    carry_version(form, version)
    back = reverse("access:change", kwargs={"user_id": user.pk})
    return render(request, "access/sign_in.jinja", {"form": form, "member": user, "back": back})


def forget_second_step(request: SignedIn, user_id):
    """Ask to forget somebody's codes and passkeys, which another administrator approves."""
    user = get_object_or_404(User, pk=user_id)
    form = WhyForm(request.POST or None)
    if done := act(
        form,
        lambda **by_on: proposals.propose_forgetting_second_step(user=user, **form.cleaned_data, **by_on),
        request,
    ):
        return said(request, done.result, "")
    back = reverse("access:change", kwargs={"user_id": user.pk})
    return render(request, "access/second_step.jinja", {"form": form, "member": user, "back": back})


@require_safe
def waiting(request: SignedIn):
    """What waits for another administrator, and what was decided before."""
    settled = queries.proposals(seen_by=request.user).exclude(state=State.WAITING)
    page = {
        "waiting": queries.proposals_waiting(seen_by=request.user),
        "settled": Paginator(settled, PROPOSALS_A_PAGE).get_page(request.GET.get("page")),
        "back": reverse("access:users"),
    }
    return render(request, "access/proposals.jinja", page)


@require_safe
def proposal(request: SignedIn, proposal_id):
    """One thing that was asked for: what, why and by whom, and the decision."""
    found = queries.get_proposal(proposal_id, seen_by=request.user)
    return _proposal_page(request, found, forms.Form(), TurnDownForm())


@require_POST
def approve(request: SignedIn, proposal_id):
    """Approve what another administrator asked for, which does it."""
    found = queries.get_proposal(proposal_id, seen_by=request.user)
    form, address = forms.Form(request.POST), request.build_absolute_uri("/")
    if act(form, lambda **by_on: proposals.approve(proposal=found, site_address=address, **by_on), request):
        messages.success(request, f"Approved and done. {found}.")
        return redirect("access:waiting")
    return _proposal_page(request, found, form, TurnDownForm())


@require_POST
def turn_down(request: SignedIn, proposal_id):
    """Turn down what another administrator asked for."""
    found = queries.get_proposal(proposal_id, seen_by=request.user)
    form = TurnDownForm(request.POST)
    if act(form, lambda **by_on: proposals.turn_down(proposal=found, **form.cleaned_data, **by_on), request):
        messages.success(request, f"Turned down. {found}.")
        return redirect("access:waiting")
    return _proposal_page(request, found, form, form)


@require_POST
def withdraw(request: SignedIn, proposal_id):
    """Take back what one asked for oneself."""
    found = queries.get_proposal(proposal_id, seen_by=request.user)
    form = forms.Form(request.POST)
    if act(form, lambda **by_on: proposals.withdraw(proposal=found, **by_on), request):
        messages.success(request, f"Taken back. {found}.")
        return redirect("access:waiting")
    return _proposal_page(request, found, form, TurnDownForm())


def _proposal_page(request: SignedIn, found: Proposal, form: forms.Form, turn_down_form: forms.Form):
    is_open, mine = found.state == State.WAITING, found.proposed_by_id == request.user.pk
    page = {
        "proposal": found,
        "before": in_words(found.roles_before) if found.roles_before else "",
        "after": in_words(found.roles),
        "form": form,
        "turn_down_form": turn_down_form,
        "may_withdraw": is_open and mine,
        "may_settle": is_open and not mine and found.user_id != request.user.pk,
        "is_open": is_open,
        "flags": queries.flags_of(found, reader=request.user),
        "back": reverse("access:waiting"),
    }
    return render(request, "access/proposal.jinja", page)
