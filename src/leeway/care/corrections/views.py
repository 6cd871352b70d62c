"""Pages of what is on record about a person: to see it, have it corrected, and learn what came of that."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leeway.access.access import SignedIn
from leeway.access.kept import keep_writing
from leeway.acting import act, press
from leeway.care.corrections import actions, forms, queries
from leeway.care.corrections.access import can_ask_for_correction
from leeway.care.corrections.models import Correction, Part
from leeway.care.people.access import is_the_person
from leeway.care.people.models import HEARS_BY, Case, CommunicationNeed, Person
from leeway.care.people.queries import about, get_case
from leeway.forms import carry_version

#: By when a correction is answered: four weeks end within every month, which is what UK GDPR article 12(3) gives.
ANSWERED_WITHIN = timedelta(weeks=4)


def show(request: SignedIn, case_id):
    """What is on record, part by part, and the corrections asked for."""
    case = get_case(case_id, seen_by=request.user, page="Details on record", of_the_living=True)
    asked = queries.corrections_of(case.person)
    context = {
        "parts": [
            {"part": part, "label": part.label, "rows": rows_on_record(case.person, part, request)}
            for part in Part
            if part != Part.OTHER
        ],
        "waiting": {one.part for one in asked if one.settled_on is None},
        "corrections": [_row(one) for one in asked],
        "may_ask": can_ask_for_correction(request.user, case, timezone.localdate()),
        "back": reverse("case", args=[case_id]),
    }
    return _page(request, "show", case, **context)


def correct(request: SignedIn, case_id, part):
    """Say what a part of the record should say."""
    case = get_case(case_id, seen_by=request.user, page="Details on record: correct", of_the_living=True)
    if part not in Part or not can_ask_for_correction(request.user, case, timezone.localdate()):
        raise Http404("There is no such part, or it is not yours to correct.")
    kind, person = forms.FORMS[Part(part)], case.person
    initial = forms.as_on_record(person, kind) | {"version": person.version}
    form = kind(request.POST or None, initial=initial, you=is_the_person(request.user, case))

    def ask(**by_on) -> actions.Asked:
        sent = form.cleaned_data
        answers: dict[str, Any] = {"details": form.wanted, "words": sent["words"], "version": sent["version"]}
        return actions.ask_for_correction(case=case, part=part, **answers, **by_on)

    if done := act(form, ask, request):
        messages.success(request, _thanks(done.result))
        return redirect("corrections:show", case_id)
    earlier = queries.open_correction(person, part)
    if earlier and form.is_bound:  # offered again once that is answered or taken back
        keep_writing(request)
    return _page(request, "correct", case, form=form, part=Part(part), earlier=earlier and _row(earlier))


def _thanks(asked: actions.Asked) -> str:
    at_once = f"Corrected: {actions.named(asked.at_once)}. " if asked.at_once else ""
    return at_once + ("The worker looks at what you asked for, and you are told." if asked.correction else "")


@require_POST
def take_back(request: SignedIn, case_id, correction_id):
    """Take back a correction that was asked for."""
    case = get_case(case_id, seen_by=request.user, page="Details on record", of_the_living=True)
    correction = queries.get_correction(correction_id, case=case)
    if press(lambda **by_on: actions.take_back_correction(correction=correction, **by_on), request):
        messages.success(request, "Taken back.")
    return redirect("corrections:show", case_id)


def settle(request: SignedIn, case_id, correction_id):
    """Make a correction that was asked for, or say why not."""
    case = get_case(case_id, seen_by=request.user, page="Details on record: a correction", of_the_living=True)
    correction = queries.get_correction(correction_id, case=case)
    version = case.person.version
    form = forms.SettleForm(request.POST or None, initial={"version": version})
    if act(
        form,
        lambda **by_on: actions.settle_correction(correction=correction, **form.cleaned_data, **by_on),
        request,
    ):
        messages.success(request, "The answer is on record, and the person is told.")
        return redirect("corrections:show", case_id)
    carry_version(form, version)
    by_another = correction.asked_by_id != case.person.user_id
    return _page(request, "settle", case, form=form, asked=_row(correction), by_another=by_another)


def statement(request: SignedIn, case_id, correction_id):
    """Say what stands with the record, where it was not corrected."""
    case = get_case(case_id, seen_by=request.user, page="Details on record: a statement", of_the_living=True)
    correction = queries.get_correction(correction_id, case=case)
    form = forms.StatementForm(request.POST or None)
    if act(form, lambda **by_on: actions.keep_statement(correction=correction, **form.cleaned_data, **by_on), request):
        messages.success(request, "What you said stands with the record.")
        return redirect("corrections:show", case_id)
    return _page(request, "statement", case, form=form, asked=_row(correction))


def _page(request: SignedIn, name: str, case: Case, **context: Any) -> HttpResponse:
    shared = about(case, seen_by=request.user) | {"back": reverse("corrections:show", args=[case.pk])}
    return render(request, f"corrections/{name}.jinja", shared | context)


def rows_on_record(person: Person, part: Part, request: SignedIn) -> list[tuple[str, str]]:
    """What stands on record of a part: label and words."""
    form = forms.FORMS[part](you=person.user_id == request.user.pk)
    names = actions.PARTS[part]
    return [(str(form[name].label), in_words(name, getattr(person, name), form)) for name in names]


def in_words(name: str, value: Any, form: forms.PartForm) -> str:
    """A value of the record as people say it."""
    if name == "communication_needs":
        labels = dict(CommunicationNeed.choices)
        return "; ".join(labels[need] for need in value) or "Nothing on record"
    if name == "hears_by":
        return str(dict(HEARS_BY).get(value, "Nobody has asked yet"))
    if name == "date_of_birth":
        day = date.fromisoformat(value) if isinstance(value, str) else value
        return f"{day:%-d %B %Y}" if day else "Not known"
    choices = dict(getattr(form.fields[name], "choices", ()))
    return str(choices.get(value, value)) or "Nothing on record"


def _row(correction: Correction) -> dict:
    """One correction, as the pages show it: each thing with what it was, what it should be, and how it stands."""
    form = forms.FORMS[Part(correction.part)](you=False)
    return {
        "it": correction,
        "what": [
            {
                "name": str(form[name].label),
                "was": in_words(name, correction.was[name], form),
                "wanted": in_words(name, value, form),
                "now": "" if correction.settled_on else in_words(name, getattr(correction.person, name), form),
            }
            for name, value in correction.wanted.items()
        ],
        "answered_by": correction.asked_on + ANSWERED_WITHIN,
    }
