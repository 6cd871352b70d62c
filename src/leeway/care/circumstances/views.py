"""The pages of a person's circumstances: where they are for a time, what they had before, and that they died."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from leeway.access.access import SignedIn
from leeway.acting import act
from leeway.care.circumstances import actions, forms, queries
from leeway.care.people.queries import about, get_case
from leeway.forms import carry_version
from leeway.versions import version_of


def stays(request: SignedIn, case_id):
    """Where the person was and is for a time, and where what is known of a death stands."""
    case = get_case(case_id, seen_by=request.user, page="Hospital, care home or prison")
    meaning = queries.what_stays_mean(case.person, timezone.localdate())
    return _page(request, "stays", case, back="case", stays=list(queries.stays_of(case.person)), meaning=meaning)


def add_stay(request: SignedIn, case_id):
    """Record that the person is, or was, somewhere else for a time."""
    case = get_case(case_id, seen_by=request.user, page="Record a stay", of_the_living=True)
    form = forms.StayForm(request.POST or None)
    if act(form, lambda **by_on: actions.record_stay(case=case, **form.cleaned_data, **by_on), request):
        return redirect("circumstances:stays", case_id)
    return _page(request, "add_stay", case, form=form)


def end_stay(request: SignedIn, case_id, stay_id):
    """Say on which day the person left."""
    case = get_case(case_id, seen_by=request.user, page="End a stay")
    stay = queries.get_stay(stay_id, case=case)
    form = forms.EndStayForm(request.POST or None)
    if act(form, lambda **by_on: actions.end_stay(case=case, stay=stay, **form.cleaned_data, **by_on), request):
        return redirect("circumstances:stays", case_id)
    return _page(request, "end_stay", case, form=form, stay=stay)


def take_back_stay(request: SignedIn, case_id, stay_id):
    """Take back a stay that is wrong."""
    case = get_case(case_id, seen_by=request.user, page="Take back a stay")
    stay = queries.get_stay(stay_id, case=case)
    form = forms.TakeBackStayForm(request.POST or None)
    if act(form, lambda **by_on: actions.take_back_stay(case=case, stay=stay, **form.cleaned_data, **by_on), request):
        messages.success(request, "The stay is taken back. If they were somewhere else, record that now.")
        return redirect("circumstances:stays", case_id)
    return _page(request, "take_back_stay", case, form=form, stay=stay)


def earlier_support(request: SignedIn, case_id):
    """The support that the council bought for the person before their budget."""
    case = get_case(case_id, seen_by=request.user, page="Support before the budget")
    return _page(request, "earlier_support", case, back="case", support=list(queries.earlier_support_of(case)))


def add_earlier_support(request: SignedIn, case_id):
    """Record support that the council bought for the person before their budget."""
    case = get_case(case_id, seen_by=request.user, page="Record earlier support")
    form = forms.EarlierSupportForm(request.POST or None)
    if act(form, lambda **by_on: actions.record_earlier_support(case=case, **form.cleaned_data, **by_on), request):
        return redirect("circumstances:earlier_support", case_id)
    return _page(request, "add_earlier_support", case, back="circumstances:earlier_support", form=form)


def take_back_earlier_support(request: SignedIn, case_id, support_id):
    """Take back earlier support that is wrong."""
    case = get_case(case_id, seen_by=request.user, page="Take back earlier support")
    support = queries.get_earlier_support(support_id, case=case)
    form = forms.TakeBackEarlierSupportForm(request.POST or None)
    if act(
        form,
        lambda **by_on: actions.take_back_earlier_support(support=support, **form.cleaned_data, **by_on),
        request,
    ):
        messages.success(request, "It is taken back. If it was otherwise, record it as it was.")
        return redirect("circumstances:earlier_support", case_id)
    return _page(
        request, "take_back_earlier_support", case, back="circumstances:earlier_support", form=form, support=support
    )


def death(request: SignedIn, case_id):
    """Record that the person has died; where that is on record, what was told and by whom."""
    case = get_case(case_id, seen_by=request.user, page="Record a death")
    form = forms.DeathForm(request.POST or None)
    if act(form, lambda **by_on: actions.record_death(case=case, **form.cleaned_data, **by_on), request):
        messages.success(request, "The death is recorded. Payments to the person, reviews and letters have stopped.")
        return redirect("case", case_id)
    return _page(request, "death", case, back="case", form=form, death=queries.standing_death(case.person))


def undo_death(request: SignedIn, case_id):
    """Take back a death that was recorded by mistake."""
    case = get_case(case_id, seen_by=request.user, page="Undo a death")
    death = queries.standing_death(case.person)
    version = version_of(death) if death else 0
    form = forms.UndoDeathForm(request.POST or None, initial={"version": version})
    if act(form, lambda **by_on: actions.undo_death(case=case, **form.cleaned_data, **by_on), request):
        messages.success(request, "The record of a death is taken back. Look at whether payments should go on.")
        return redirect("case", case_id)
    carry_version(form, version)
    return _page(request, "undo_death", case, back="circumstances:death", form=form, death=death)


def _page(request: SignedIn, name: str, case, *, back: str = "circumstances:stays", **context):
    context |= about(case, seen_by=request.user) | {"back": reverse(back, args=[case.pk])}
    return render(request, f"circumstances/{name}.jinja", context)
