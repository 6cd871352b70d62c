"""The pages of the needs assessment: a list of parts, a page for each, and what was decided."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leeway.access.access import SignedIn
from leeway.acting import act, press
from leeway.care.asking.queries import said_before
from leeway.care.assessment import actions, explain, forms, parts, queries
from leeway.care.assessment.access import can_write_own_words
from leeway.care.assessment.models import Assessment
from leeway.care.assessment.outcomes import OutcomesForm
from leeway.care.people.access import can_work_on, lives
from leeway.care.people.models import Case, CaseKind
from leeway.care.people.queries import about, get_case
from leeway.care.people.states import Stage
from leeway.forms import DraftForm
from leeway.law.allocation import Question

CAN_START = frozenset({Stage.REQUEST, Stage.ASSESSMENT})


def overview(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Where the assessment stands: start it, carry on with it, or read it."""
    case = get_case(case_id, seen_by=request.user, page="Assessment", of_care=True)
    assessment = queries.draft_assessment(case)
    working = can_work_on(request.user, case) and lives(case.person)
    if assessment is None and case.stage not in CAN_START and queries.completed_assessment(case):
        return redirect("assessment:result", case_id)
    if assessment is not None and not working:
        return redirect("assessment:written", case_id)
    context = about(case, seen_by=request.user) | {
        "back": reverse("case", args=[case_id]),
        "assessment": assessment,
        "completed": queries.completed_assessment(case),
        "can_start": working and assessment is None and case.stage in CAN_START,
    }
    if assessment:
        tasks = queries.progress(assessment, timezone.localdate()).tasks
        needed = [task for task in tasks if task.needed]
        context |= {"sections": task_sections(tasks, case_id), "needed": len(needed)}
        context |= {"done": sum(task.done for task in needed)}
    return render(request, "assessment/overview.jinja", context)


def task_sections(tasks: Sequence[parts.Task], case_id: UUID) -> list[dict]:
    """The parts of an assessment as task lists."""
    headings = {"conversation": "Start with the person", "outcomes": "Parts of life", "conditions": "What it means"}
    sections: dict[str, list] = {}
    for task in tasks:
        heading = headings.get(task.page, "Towards an indicative budget")
        sections.setdefault(heading, []).append(task_item(task, case_id))
    return [{"heading": heading, "items": items} for heading, items in sections.items()]


def task_item(task: parts.Task, case_id: UUID) -> dict:
    """One part as a line of a GOV.UK task list."""
    status: dict = {"tag": {"text": "Not started", "classes": "govuk-tag--blue"}}
    if task.waits:
        status = {"text": "Cannot start yet", "classes": "govuk-task-list__status--cannot-start-yet"}
    elif not task.needed:
        status = {"text": "Not needed", "classes": "govuk-task-list__status--cannot-start-yet"}
    elif task.done:
        status = {"text": "Done"}
    elif task.started:
        status = {"tag": {"text": "Not finished", "classes": "govuk-tag--light-blue"}}
    item = {"title": {"text": task.title}, "status": status, "href": task_address(task, case_id)}
    return item | ({"hint": {"text": task.hint}} if task.hint else {})


def task_address(task: parts.Task, case_id: UUID) -> str:
    """The place at which a part is done: its page, and where on it."""
    return task_page(task, case_id) + (f"#{task.place}" if task.place else "")


def task_page(task: parts.Task, case_id: UUID) -> str:
    """The page on which a part is done."""
    return reverse(f"assessment:{task.page}", args=[case_id, *([task.argument] if task.argument else [])])


@require_POST
def start(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Start an assessment, and go on to its first part."""
    case = get_case(case_id, seen_by=request.user, page="Assessment", of_care=True)
    if press(lambda **by_on: actions.start_assessment(case=case, **by_on), request):
        return redirect("assessment:conversation", case_id)
    return redirect("assessment:overview", case_id)


def draft_for_work(request: SignedIn, case_id: UUID, page: str) -> tuple[Case, Assessment | None]:
    """The case, and its draft if this user may work on it."""
    case = get_case(case_id, seen_by=request.user, page=page, of_the_living=True, of_care=True)
    return case, queries.draft_assessment(case) if can_work_on(request.user, case) else None


def answer(
    request: SignedIn, assessment: Assessment, form: DraftForm, template: str, action, extra: dict, here: str
) -> HttpResponse:
    """Save a page of the draft and go on to the next part, or show it again with what was typed."""
    case_id = assessment.case_id
    if act(form, action, request):
        if "later" in request.POST:
            messages.success(request, "Saved. You can come back to it at any time.")
            return redirect("assessment:overview", case_id)
        return redirect(next_page(assessment, here))
    context = about(assessment.case, seen_by=request.user) | {
        "form": form,
        "back": reverse("assessment:overview", args=[case_id]),
    }
    return render(request, template, context | extra)


def next_page(assessment: Assessment, here: str) -> str:
    """The part that follows this one in the list, or the check at the end."""
    tasks = [task for task in queries.progress(assessment, timezone.localdate()).tasks if task.needed]
    addresses = list(dict.fromkeys(task_page(task, assessment.case_id) for task in tasks))
    following = addresses[addresses.index(here) + 1 :] if here in addresses else []
    return following[0] if following else reverse("assessment:check", args=[assessment.case_id])


def conversation(request: SignedIn, case_id: UUID) -> HttpResponse:
    """What matters, what a good day is, who took part."""
    _, assessment = draft_for_work(request, case_id, "Assessment: the conversation")
    if assessment is None:
        return redirect("assessment:overview", case_id)
    initial = {name: getattr(assessment, name) for name in (*actions.CONVERSATION, "version")}
    form = forms.ConversationForm(request.POST or None, initial=initial, case=assessment.case)

    def save(**by_on):
        actions.save_conversation(
            assessment=assessment,
            details=form.details,
            version=form.cleaned_data["version"],
            **by_on,
        )

    return answer(request, assessment, form, "assessment/conversation.jinja", save, {}, request.path)


def outcomes(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Every part of life on one page: the person's words beside the assessor's where there is something to say."""
    case, assessment = draft_for_work(request, case_id, "Assessment: parts of life")
    if assessment is None:
        return redirect("assessment:overview", case_id)
    notes = queries.outcome_notes(assessment)
    initial = {"version": queries.version_of_outcomes(assessment.outcomes.all())}
    form = OutcomesForm(request.POST or None, initial=initial, case=case, notes=notes)

    def save(**by_on):
        actions.save_outcomes(
            assessment=assessment,
            said=form.details,
            seen=form.seen_of,
            version=form.cleaned_data["version"],
            **by_on,
        )

    extra = {"said_before": said_before(case)}
    return answer(request, assessment, form, "assessment/outcomes.jinja", save, extra, request.path)


def one_outcome(assessment: Assessment, code: str) -> tuple:
    """An outcome and its note, by its code in the address."""
    for choice, note in queries.outcome_notes(assessment):
        if choice.code == code:
            return choice, note
    raise Http404("There is no such part of an assessment.")


def conditions(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Where the needs come from, and what they do to the person's life."""
    case, assessment = draft_for_work(request, case_id, "Assessment: conditions")
    if assessment is None:
        return redirect("assessment:overview", case_id)
    initial = {name: getattr(assessment, name) for name in (*actions.CONDITIONS, "version")}
    form = forms.ConditionsForm(request.POST or None, initial=initial, case=case)

    def save(**by_on):
        actions.save_conditions(
            assessment=assessment,
            details=form.details,
            version=form.cleaned_data["version"],
            **by_on,
        )

    return answer(request, assessment, form, "assessment/conditions.jinja", save, {}, request.path)


def budget_questions(request: SignedIn, case_id: UUID) -> HttpResponse:
    """The questions that give an indicative budget."""
    case, assessment = draft_for_work(request, case_id, "Assessment: budget questions")
    if assessment is None:
        return redirect("assessment:overview", case_id)
    today = timezone.localdate()
    asked = parts.budget_asked(assessment, today)
    # a page that was opened before asks what it asked: what was typed on it is kept
    asked = tuple(q for q in parts.budget_questions(case, today) if q in asked or q.id in request.POST)
    if not asked:
        messages.info(request, "No budget question is needed: all that they ask about can be managed.")
        return redirect("assessment:overview", case_id)
    helped = {f"help_{name}": way for name, way in assessment.allocation_help.items()}
    form = forms.BudgetQuestionsForm(
        request.POST or None,
        initial={**assessment.allocation_answers, **helped, "version": assessment.version},
        questions=asked,
        ways=parts.kinds_of_help(case, today),
        of_adults=case.kind == CaseKind.ADULT,
    )

    def save(**by_on):
        actions.save_allocation_answers(
            assessment=assessment,
            answers=form.answers(),
            help_given=form.help_given(),
            version=form.cleaned_data["version"],
            **by_on,
        )

    extra = {
        "asked": [(question, parts.help_noted(assessment, question)) for question in asked],
        "asks_help": any(question.family_can_help for question in asked),
        "places": places_of(asked),
        "not_asked": explain.not_asked(assessment, today),
    }
    return answer(request, assessment, form, "assessment/budget_questions.jinja", save, extra, request.path)


def places_of(asked: Sequence[Question]) -> list[tuple[str, str]]:
    """Where each subject of the budget questions begins on their page, with its name."""
    first: dict[str, str] = {}
    for question in asked:
        first.setdefault(question.domain, question.id)
    return [*((place, subject) for subject, place in first.items()), ("rest", "All the rest")]


def cross_check(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Whether those who help can go on, and what does not fit: explained, or mended."""
    _, assessment = draft_for_work(request, case_id, "Assessment: who helps, and what does not fit")
    if assessment is None:
        return redirect("assessment:overview", case_id)
    today = timezone.localdate()
    helped, misfits = parts.helped_with(assessment, today), parts.what_does_not_fit(assessment, today)
    initial = {name: getattr(assessment, name) for name in ("helpers_willing", "helpers_words", "version")}
    initial |= {f"explain_{code}": words for code, words in assessment.explained.items()}
    form = forms.CrossCheckForm(request.POST or None, initial=initial, misfits=misfits, helped=bool(helped))

    def save(**by_on):
        actions.save_cross_check(
            assessment=assessment,
            details=form.details,
            version=form.cleaned_data["version"],
            **by_on,
        )

    extra = {
        "help_lines": explain.help_lines(assessment, today),
        "left_out": explain.help_left_out(assessment, today),
        "places": explain.where_to_mend(assessment, today),
        "waits": any(task.waits for task in queries.progress(assessment, today).tasks),
    }
    return answer(request, assessment, form, "assessment/cross_check.jinja", save, extra, request.path)


def check(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Check the answers, see what they would decide, and complete."""
    case, assessment = draft_for_work(request, case_id, "Assessment: check")
    if assessment is None:
        return redirect("assessment:overview", case_id)
    today = timezone.localdate()
    initial = {"version": queries.version_of_whole(assessment), "advice_given": assessment.advice_given}
    form = forms.CompleteForm(request.POST or None, initial=initial)
    if act(
        form, lambda **by_on: actions.complete_assessment(assessment=assessment, **form.cleaned_data, **by_on), request
    ):
        return redirect("assessment:result", case_id)
    progress = queries.progress(assessment, today)
    context = about(case, seen_by=request.user) | {
        "form": form,
        "back": reverse("assessment:overview", args=[case_id]),
        "missing": [{"text": task.missing, "href": task_address(task, case_id)} for task in progress.missing],
        "eligible": progress.eligible,
        "can_change": True,
        "in_place": queries.support_is_in_place(case),
        "would_decide": explain.conditions(progress.eligibility, case) if progress.eligibility else [],
        "looked_at": explain.looked_at(progress.eligibility) if progress.eligibility else "",
        **what_was_written(assessment),
    }
    return render(request, "assessment/check.jinja", context)


def what_was_written(assessment: Assessment, *, you: bool = False) -> dict:
    """Everything written in an assessment, for reading."""
    case = assessment.case
    return {
        "assessment": assessment,
        "conversation": explain.conversation(assessment, you=you),
        "notes": explain.notes(queries.outcome_notes(assessment), case),
        "areas": explain.areas(assessment),
        "answers": explain.answers(assessment, assessment.completed_on or timezone.localdate()),
    }


def written(request: SignedIn, case_id: UUID) -> HttpResponse:
    """What has been written so far, for someone who does not write in it."""
    case = get_case(case_id, seen_by=request.user, page="Assessment: what was written", of_care=True)
    assessment = queries.current_assessment(case)
    if assessment is None:
        return redirect("assessment:overview", case_id)
    context = about(case, seen_by=request.user)
    context |= what_was_written(assessment, you=context["you"])
    context["can_write"] = (
        can_write_own_words(request.user, case) and assessment.completed_on is None and lives(case.person)
    )
    context["back"] = reverse("case", args=[case_id])
    return render(request, "assessment/written.jinja", context)


def result(request: SignedIn, case_id: UUID) -> HttpResponse:
    """What was decided, why, and the indicative budget explained."""
    case = get_case(case_id, seen_by=request.user, page="Assessment: result", of_care=True)
    assessment = queries.completed_assessment(case)
    if assessment is None:
        return redirect("assessment:overview", case_id)
    again = forms.AgainForm(request.POST or None)
    can_again = case.stage == Stage.PLANNING and can_work_on(request.user, case) and lives(case.person)
    if can_again and act(
        again,
        lambda **by_on: actions.start_assessment(case=case, reason=again.cleaned_data["reason"], **by_on),
        request,
    ):
        return redirect("assessment:overview", case_id)
    context = about(case, seen_by=request.user)
    context |= what_was_written(assessment, you=context["you"])
    context |= {
        "back": reverse("case", args=[case_id]),
        "eligibility": assessment.eligibility,
        "conditions": explain.conditions(assessment.eligibility, case, you=context["you"]),
        "looked_at": explain.looked_at(assessment.eligibility, you=context["you"]),
        "budget": explain.budget(assessment.indicative_budget) if assessment.indicative_budget else None,
        "again": again if can_again else None,
    }
    return render(request, "assessment/result.jinja", context)


def own_words(request: SignedIn, case_id: UUID) -> HttpResponse:
    """The person writes what matters to them."""
    case = get_case(case_id, seen_by=request.user, page="Assessment: own words", of_the_living=True, of_care=True)
    assessment = queries.draft_assessment(case)
    if assessment is None or not can_write_own_words(request.user, case):
        return redirect("assessment:overview", case_id)
    initial = {name: getattr(assessment, name) for name in (*actions.OWN_CONVERSATION, "version")}
    form = forms.OwnConversationForm(request.POST or None, initial=initial)
    if act(
        form,
        lambda **by_on: actions.save_own_words(
            assessment=assessment,
            words=form.details,
            version=form.cleaned_data["version"],
            **by_on,
        ),
        request,
    ):
        messages.success(request, "Your words are saved.")
        return redirect("assessment:written", case_id)
    context = about(case, seen_by=request.user) | {"form": form, "back": reverse("assessment:written", args=[case_id])}
    return render(request, "assessment/own_words.jinja", context)


def own_words_on_outcome(request: SignedIn, case_id: UUID, outcome: str) -> HttpResponse:
    """The person writes about one part of their life."""
    case = get_case(case_id, seen_by=request.user, page="Assessment: own words", of_the_living=True, of_care=True)
    assessment = queries.draft_assessment(case)
    if assessment is None or not can_write_own_words(request.user, case):
        return redirect("assessment:overview", case_id)
    choice, note = one_outcome(assessment, outcome)
    initial = {"person_words": note.person_words, "version": note.version}
    form = forms.OwnOutcomeForm(request.POST or None, initial=initial)
    if act(
        form,
        lambda **by_on: actions.save_own_words_on_outcome(
            note=note,
            words=form.cleaned_data["person_words"],
            version=form.cleaned_data["version"],
            **by_on,
        ),
        request,
    ):
        messages.success(request, "Your words are saved.")
        return redirect("assessment:written", case_id)
    context = about(case, seen_by=request.user) | {"form": form, "choice": choice}
    context["back"] = reverse("assessment:written", args=[case_id])
    return render(request, "assessment/own_words.jinja", context)
