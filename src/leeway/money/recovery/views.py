"""Pages of recoveries: what finance asks about and does, and what the person reads and answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act
from leeway.care.letters.blocks import Letter
from leeway.care.letters.showing import letter_as_pdf, letter_page
from leeway.care.people.access import leads
from leeway.care.people.queries import about, get_case
from leeway.money.recovery import actions, forms, queries
from leeway.money.recovery.access import is_theirs
from leeway.money.recovery.content import notice_letter
from leeway.money.recovery.queries import Standing
from leeway.money.recovery.states import STEPS, Did
from leeway.money.spending.queries import get_entry


@dataclass(frozen=True)
class OneStep:
    """One step that staff take: its form, what it does with the answers, and how its page is called."""

    did: Did
    form: type[django_forms.Form]
    action: Callable[..., Any]
    title: str
    button: str
    lead: str = ""
    may: Callable[[Any, Standing], bool] = lambda user, now: user.can(Capability.KEEP_RECOVERIES)


def _approves(user: Any, now: Standing) -> bool:
    return bool(user.can(Capability.APPROVE_RECOVERIES))


def _leads(user: Any, now: Standing) -> bool:
    return leads(user, now.case)


TO_TAKE: dict[str, OneStep] = {
    "talk": OneStep(Did.TALKED, forms.TalkForm, actions.talk, "Speak with them", "Keep what was said"),
    "propose": OneStep(
        Did.PROPOSED,
        forms.SeenWhyForm,
        actions.propose,
        "Propose that money is given back",
        "Propose it",
        "Another person looks at it before anything is written.",
    ),
    "approve": OneStep(
        Did.APPROVED,
        forms.SeenForm,
        actions.approve,
        "Agree, and write to the person",
        "Agree and write to them",
        "They get a letter that lists each thing, and have four weeks to answer or to challenge it.",
        _approves,
    ),
    "send-back": OneStep(
        Did.SENT_BACK, forms.SeenWhyForm, actions.send_back, "Do not agree", "Send it back", may=_approves
    ),
    "decide": OneStep(
        Did.DECIDED,
        forms.SeenForm,
        actions.decide,
        "Decide",
        "Decide it",
        "It is never more than was written, and less where less comes out by what is known today.",
    ),
    "given-back": OneStep(Did.GIVEN_BACK, forms.GivenBackForm, actions.give_back_money, "Money came back", "Keep it"),
    "withdraw": OneStep(
        Did.WITHDRAWN, forms.WhyForm, actions.withdraw, "Ask nothing back after all", "Ask nothing back"
    ),
    "answer-challenge": OneStep(
        Did.STANDS,
        forms.ChallengeAnswerForm,
        actions.answer_challenge,
        "Answer the challenge",
        "Answer it",
        "Only a manager who had no part in it answers.",
        _leads,
    ),
}


def home(request: SignedIn):
    """Everything that is asked about, and where it stands."""
    rows = queries.open_recoveries(seen_by=request.user, on=timezone.localdate())
    return render(request, "recovery/home.jinja", {"rows": rows})


def show(request: SignedIn, recovery_id):
    """One recovery: what it is about, what speaks against it, its steps, and what can be done now."""
    now = queries.get_recovery(recovery_id, seen_by=request.user, on=timezone.localdate())
    open_now = [
        (name, one.title)
        for name, one in TO_TAKE.items()
        if now.state in STEPS[one.did][0] and one.may(request.user, now)
    ]
    weighed = queries.weigh(now) if now.standing_items else None
    keeps = request.user.can(Capability.KEEP_RECOVERIES)
    context = {"steps_open": open_now, "weighed": weighed, "keeps": keeps, "asking": now.state == now.state.ASKING}
    return _page(request, "show", now, **context)


def step(request: SignedIn, recovery_id, name):
    """Take one step of a recovery."""
    one = TO_TAKE.get(name)
    if one is None:
        raise Http404("There is no such step.")
    now = queries.get_recovery(recovery_id, seen_by=request.user, on=timezone.localdate())
    form = one.form(request.POST or None, initial={"seen": now.seen})
    if act(form, lambda **by_on: one.action(recovery=now.recovery, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is on record.")
        return redirect("recovery:show", recovery_id)
    weighed = queries.weigh(now) if now.standing_items and "seen" in form.fields else None
    return _page(request, "step", now, form=form, step=one, weighed=weighed)


def ask(request: SignedIn, case_id, line_id=None):
    """Ask the person about one payment of their account, or about what lies in it."""
    case = get_case(case_id, seen_by=request.user, page=queries.PAGE)
    entry = get_entry(case, line_id) if line_id else None
    initial = {"pence": entry.pence, "what": entry.for_what if entry.purpose else ""} if entry else {}
    form = forms.AskForm(request.POST or None, initial=initial, of_a_payment=entry is not None)

    def put(**by_on):
        told = {"day": None} | form.cleaned_data
        return actions.ask_about(case=case, line=entry.line if entry else None, **told, **by_on)

    if done := act(form, put, request):
        messages.success(request, "The person is asked. Nothing is taken from them.")
        return redirect("recovery:show", done.result.recovery_id)
    context = about(case, seen_by=request.user) | {
        "form": form,
        "entry": entry,
        "back": reverse("case", args=[case_id]),
    }
    return render(request, "recovery/ask.jinja", context)


def drop(request: SignedIn, recovery_id, item_id):
    """Settle one thing that was asked about: it is all right."""
    now = queries.get_recovery(recovery_id, seen_by=request.user, on=timezone.localdate())
    item = _item(now, item_id)
    form = forms.WhyForm(request.POST or None)
    if act(form, lambda **by_on: actions.drop(item=item, reason=form.cleaned_data["words"], **by_on), request):
        messages.success(request, "Settled: nothing is asked back for it.")
        return redirect("recovery:show", recovery_id)
    return _page(request, "drop", now, form=form, item=item)


def undo(request: SignedIn, recovery_id, step_id):
    """Put right that money came back."""
    now = queries.get_recovery(recovery_id, seen_by=request.user, on=timezone.localdate())
    found = next((each for each in now.steps if each.pk == step_id and each.did == Did.GIVEN_BACK), None)
    if found is None:
        raise Http404("There is no such step.")
    form = forms.WhyForm(request.POST or None)
    if act(form, lambda **by_on: actions.not_given_back(step=found, **form.cleaned_data, **by_on), request):
        messages.success(request, "Put right.")
        return redirect("recovery:show", recovery_id)
    return _page(request, "undo", now, form=form, undone=found)


def own(request: SignedIn, case_id):
    """What was asked about in one's own account, what is asked back and why, and how to answer."""
    case, found = queries.recoveries_of(case_id, seen_by=request.user, on=timezone.localdate())
    theirs = is_theirs(request.user, case, timezone.localdate())
    context = {"found": found, "theirs": theirs, "back": reverse("case", args=[case_id])}
    return render(request, "recovery/own.jinja", about(case, seen_by=request.user) | context)


@require_safe
def letter(request: SignedIn, case_id, recovery_id) -> HttpResponse:
    """The letter that asks for money back, thing by thing, as a page."""
    pdf = reverse("recovery:letter_pdf", args=[case_id, recovery_id])
    return letter_page(request, _letter(request, case_id, recovery_id), pdf=pdf, **_back_of_letter(case_id))


@require_safe
def letter_pdf(request: SignedIn, case_id, recovery_id) -> HttpResponse:
    """The same letter as a PDF."""
    return letter_as_pdf(request, _letter(request, case_id, recovery_id), **_back_of_letter(case_id))


def _letter(request: SignedIn, case_id, recovery_id) -> Letter:
    now = queries.get_recovery(recovery_id, seen_by=request.user, on=timezone.localdate())
    weighed = queries.weighed_in_letter(now, seen_by=request.user) if now.case.pk == case_id else None
    if weighed is None:
        raise Http404("There is no such letter.")
    return notice_letter(now, weighed, council=settings.COUNCIL_NAME)


def _back_of_letter(case_id) -> dict[str, str]:
    return {"back": reverse("recovery:own", args=[case_id]), "back_text": "What is asked about"}


def own_answer(request: SignedIn, case_id, item_id):
    """Answer what was asked about one thing."""
    case, found = queries.recoveries_of(case_id, seen_by=request.user, on=timezone.localdate())
    item = next((each for now in found for each in now.items if each.pk == item_id), None)
    if item is None:
        raise Http404("Nothing of that kind was asked about here.")
    form = forms.OwnWordsForm(request.POST or None)
    if act(form, lambda **by_on: actions.answer(item=item, **form.cleaned_data, **by_on), request):
        messages.success(request, "Thank you. Your answer is with us.")
        return redirect("recovery:own", case_id)
    return _own_page(request, case, "own_answer", form=form, item=item)


def own_reply(request: SignedIn, case_id, recovery_id):
    """Answer a letter that asks for money back."""
    case, now = _one_of(request, case_id, recovery_id)
    form = forms.ReplyForm(request.POST or None)

    def send(**by_on):
        told = form.cleaned_data
        said = {"agrees": told["agrees"], "monthly_pence": told["monthly"] or 0, "words": told["words"]}
        return actions.reply(recovery=now.recovery, **said, **by_on)

    if act(form, send, request):
        messages.success(request, "Thank you. Your answer is with us.")
        return redirect("recovery:own", case_id)
    return _own_page(request, case, "own_reply", form=form, now=now)


def own_challenge(request: SignedIn, case_id, recovery_id):
    """Challenge that money is asked back."""
    case, now = _one_of(request, case_id, recovery_id)
    form = forms.OwnWordsForm(request.POST or None)
    if act(form, lambda **by_on: actions.challenge(recovery=now.recovery, **form.cleaned_data, **by_on), request):
        messages.success(request, "We have it. Nothing more happens until a manager has answered you.")
        return redirect("recovery:own", case_id)
    return _own_page(request, case, "own_challenge", form=form, now=now)


def _one_of(request: SignedIn, case_id, recovery_id):
    case, found = queries.recoveries_of(case_id, seen_by=request.user, on=timezone.localdate())
    now = next((each for each in found if each.recovery.pk == recovery_id), None)
    if now is None:
        raise Http404("Nothing of that kind is asked back here.")
    return case, now


def _item(now: Standing, item_id):
    item = next((each for each in now.items if each.pk == item_id), None)
    if item is None:
        raise Http404("There is no such thing in this recovery.")
    return item


def _page(request: SignedIn, name: str, now: Standing, **context: Any) -> HttpResponse:
    lists = request.user.can(Capability.SEE_RECOVERIES)
    above = reverse("recovery:home") if lists else reverse("recovery:own", args=[now.case.pk])
    back = above if name == "show" else reverse("recovery:show", args=[now.recovery.pk])
    shared = about(now.case, seen_by=request.user) | {"now": now, "back": back}
    return render(request, f"recovery/{name}.jinja", shared | context)


def _own_page(request: SignedIn, case, name: str, **context: Any) -> HttpResponse:
    shared = about(case, seen_by=request.user) | {"back": reverse("recovery:own", args=[case.pk])}
    return render(request, f"recovery/{name}.jinja", shared | context)
