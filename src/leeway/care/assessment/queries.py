"""Reading assessments and money checks. The case has been let see: `people.queries.get_case(…, seen_by=)`."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial

from django.conf import settings
from django.db.models import QuerySet

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.assessment import means, parts
from leeway.care.assessment.models import Assessment, FinancialAssessment, OutcomeNote
from leeway.care.assessment.parts import Progress, Task
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.events import Event
from leeway.care.people.models import Case
from leeway.law import Law, Outcome, compute, law_on
from leeway.law.births import BirthdayNeeded
from leeway.law.exemptions import FreePart
from leeway.law.exemptions import free_parts as read_free_parts
from leeway.law.stretches import (
    DAY,
    Stretch,
    Turn,
    birthday_turns,
    exemption_turns,
    later_stretches,
    law_turns,
    stretches,
)
from leeway.refusal import Refusal
from leeway.versions import version_of

#: How far ahead of today a change of the charge is looked for.
AHEAD = timedelta(weeks=8)


class ChargeNotDecided(Refusal):
    """What the person pays changes by a day, and nobody has decided that yet."""


def draft_assessment(case: Case) -> Assessment | None:
    """The assessment under way, if there is one."""
    return _assessments(case).filter(completed_on=None).first()


def completed_assessment(case: Case, *, by: date | None = None) -> Assessment | None:
    """The latest assessment that was completed, at all or by a day, with its two decisions."""
    done = _assessments(case).exclude(completed_on=None).order_by("-created_at")
    if by is not None:
        done = done.filter(completed_on__lte=by)
    return done.select_related("eligibility__decided_by", "indicative_budget").first()


def what_matters(case: Case) -> str:
    """What matters most to the person, in their own words, as the latest assessment that was completed has it."""
    done = completed_assessment(case)
    return done.what_matters if done else ""


def current_assessment(case: Case) -> Assessment | None:
    """The assessment under way, or else the latest completed."""
    return draft_assessment(case) or completed_assessment(case)


def _assessments(case: Case):
    return Assessment.objects.filter(case=case).select_related("case__person").prefetch_related("outcomes")


def progress(assessment: Assessment, on: date) -> Progress:
    """The parts of an assessment: done, missing or not needed, and what the answers so far would decide."""
    return parts.progress(assessment, on)


def outcome_notes(assessment: Assessment) -> list[tuple]:
    """Every outcome asked about with its note, in the law's order: pairs of a Choice and an OutcomeNote."""
    by_code = {note.outcome: note for note in assessment.outcomes.all()}
    return [
        (choice, by_code.get(choice.code) or OutcomeNote(assessment=assessment, outcome=choice.code))
        for choice in parts.outcomes_of(assessment.case)
    ]


def support_is_in_place(case: Case) -> bool:
    """Whether a budget has begun for this case, which closes when support ends."""
    return case.story.filter(kind=Event.BUDGET_STARTED).exists()


def version_of_whole(assessment: Assessment) -> int:
    """Counts every save of any part, so that nobody completes what they have not seen."""
    return assessment.version + version_of_outcomes(assessment.outcomes.all())


def version_of_outcomes(notes: Iterable[OutcomeNote]) -> int:
    """Counts every save of any outcome of an assessment."""
    return sum(note.version for note in notes)


def stands_as(note: OutcomeNote) -> str:
    """A number that stands for all that a note says, so that it is known whether it was touched since it was shown."""
    return str(version_of(note, "person_words", "assessor_words", "help_now", "unable", "answered"))


def draft_financial_assessment(case: Case) -> FinancialAssessment | None:
    """The money check under way, if there is one."""
    return case.financial_assessments.filter(completed_on=None).first()


def completed_financial_assessment(case: Case) -> FinancialAssessment | None:
    """The latest money check that was completed."""
    done = [each for each in case.financial_assessments.all() if each.completed_on is not None]
    return max(done, key=lambda each: each.created_at, default=None)


def financial_progress(financial: FinancialAssessment) -> list[Task]:
    """The parts of a money check: done, missing or not needed."""
    return means.money_check_tasks(financial)


def funded_by(case: Case) -> str | None:
    """Who must fund the support instead: `section_117`, `nhs_continuing_healthcare` or nobody."""
    decided = Decision.objects.filter(case=case, kind=DecisionKind.ELIGIBILITY, superseded_by=None)
    return next((result.get("funded_by") for result in decided.values_list("result", flat=True)), None)


def what_money_lacks(
    case: Case, on: date, *, personal_budget_pence_per_week: int = 0, free_parts: Sequence[FreePart] = ()
) -> str:
    """What the charge waits for: a money check, or an answer that a completed one lacks; empty where it is known.

    Where section 117 or the NHS pays, nobody knows before the plan says for which lines.
    """
    if not personal_budget_pence_per_week and funded_by(case):
        return ""
    try:
        charge_inputs(case, personal_budget_pence_per_week=personal_budget_pence_per_week, free_parts=free_parts, on=on)
    except (means.PartnersAgeNeeded, means.DisregardNeeded, means.NoLongerOver) as needed:
        return f"{needed} Do a new money check."
    except means.MoneyCheckNeeded:
        return "Complete the financial assessment."
    except BirthdayNeeded as needed:
        return str(needed)
    return ""


def needs_money_check(case: Case, on: date) -> bool:
    """Whether the charge waits for a money check, before a plan says what it is for."""
    return bool(what_money_lacks(case, on))


def charge_inputs(
    case: Case,
    *,
    personal_budget_pence_per_week: int,
    free_parts: Sequence[FreePart] = (),
    on: date,
    financial: FinancialAssessment | None = None,
) -> dict:
    """The facts of the charging rule on a day, from the completed money check unless another is given.

    `free_parts` are the lines of the plan that are said to be free by law; whether they are on that day, the rule says.
    """
    return means.charge_inputs(
        case=case,
        financial=financial or completed_financial_assessment(case),
        budget_pence_per_week=personal_budget_pence_per_week,
        free_parts=free_parts,
        on=on,
    )


def preview_charge(
    *,
    case: Case,
    personal_budget_pence_per_week: int,
    free_parts: Sequence[FreePart] = (),
    on: date,
    financial: FinancialAssessment | None = None,
) -> Outcome:
    """What the person would pay for a budget of this size. Stores nothing. Raises `MoneyCheckNeeded`."""
    inputs = charge_inputs(
        case,
        personal_budget_pence_per_week=personal_budget_pence_per_week,
        free_parts=free_parts,
        on=on,
        financial=financial,
    )
    return compute("charge", inputs, on, policy=settings.COUNCIL_POLICY)


def charge_stretches(
    *,
    case: Case,
    personal_budget_pence_per_week: int,
    free_parts: Sequence[FreePart] = (),
    starts_on: date,
    on: date,
) -> tuple[Stretch, ...]:
    """What the person would pay from a day on, for each stretch of days by its own law and facts. Stores nothing.

    Looked at are the days until eight weeks from today, or from the first day where it is ahead. Raises
    `MoneyCheckNeeded` where the charge of the first day depends on means that nobody has checked.
    """
    financial = completed_financial_assessment(case)
    law = law_on(starts_on, settings.COUNCIL_POLICY)
    turns = _turns_of(case, free_parts, law)
    if financial is not None:
        turns += means.turns_of(financial, law)

    def on_day(day: date) -> Outcome:
        return preview_charge(
            case=case,
            personal_budget_pence_per_week=personal_budget_pence_per_week,
            free_parts=free_parts,
            on=day,
            financial=financial,
        )

    return stretches(starts_on, max(starts_on, on) + AHEAD, turns, on_day)


def _turns_of(case: Case, parts: Sequence[FreePart], law: Law) -> list[Turn]:
    """The days on which a charge may change whatever the means are: birthdays, new values, free times."""
    birth = case.person.birth
    return [*(birthday_turns(birth) if birth else ()), *law_turns(law), *exemption_turns(parts, law)]


def check_behind(charge: Decision, day: date) -> date | None:
    """The day of the money check that a charge worked out anew rests on for a day: done by then or by its decision."""
    check = money_check_behind(charge, day)
    return check.completed_on if check else None


def money_check_behind(charge: Decision, day: date) -> FinancialAssessment | None:
    """The money check that a charge worked out anew rests on for a day."""
    by = max(day, charge.decided_on)
    done = [
        check for check in charge.case.financial_assessments.all() if check.completed_on and check.completed_on <= by
    ]
    return max(done, key=lambda check: (check.completed_on, check.created_at), default=None)


def charge_changes(charge: Decision, *, on: date) -> tuple[Stretch, ...]:
    """From which later days somebody would pay another amount than was decided last, until eight weeks from today.

    `charge` is the last decision that counts. Each day has the money check that was done by then.
    """
    case, first = charge.case, charge.law_on
    parts = read_free_parts(charge.inputs["free_parts"], charge.inputs["personal_budget_pence_per_week"])
    law = law_on(first, settings.COUNCIL_POLICY)
    checks = sorted(case.financial_assessments.all(), key=lambda check: check.created_at)
    done_on = {check.completed_on: check for check in checks if check.completed_on}
    turns = _turns_of(case, parts, law)
    if not done_on or min(done_on) <= max(first + DAY, charge.decided_on):
        turns.append(Turn(first + DAY, "a figure or a fact was added or put right after it was decided"))
    for day, check in done_on.items():
        turns += means.turns_of(check, law_on(max(day, first), settings.COUNCIL_POLICY))
        if day > charge.decided_on:
            turns.append(Turn(day, "the money was checked again"))
    pays = charge.result["charge_pence_per_week"]
    return later_stretches(first, on + AHEAD, turns, partial(charge_as_checked, charge), charge_pence_per_week=pays)


def charge_as_checked(charge: Decision, day: date) -> Outcome:
    """What somebody would pay on a day for the budget of the last decision, with the money check that was done by then.

    Raises `MoneyCheckNeeded` where it depends on means that nobody has checked.
    """
    return compute("charge", inputs_as_checked(charge, day), day, policy=settings.COUNCIL_POLICY)


def inputs_as_checked(charge: Decision, day: date) -> dict:
    """The facts of that charge, as the charging rule takes them."""
    budget_pence = charge.inputs["personal_budget_pence_per_week"]
    return _inputs_of(charge, day, budget_pence, read_free_parts(charge.inputs["free_parts"], budget_pence))


def charge_of_another(
    charge: Decision, day: date, *, personal_budget_pence_per_week: int, free_parts: Sequence[FreePart], on: date
) -> Outcome:
    """What somebody would pay from a day on, on the same facts, for a budget that is another one from then.

    `charge` is the last decision that counts. Refused where what is paid changes by that day, and is not decided yet.
    """
    for each in charge_changes(charge, on=max(on, day)):
        if each.starts_on <= day:
            raise ChargeNotDecided(
                f"What the person pays changes on {each.starts_on:%-d %B %Y}, and that is not decided yet. Finance "
                "does that first, under “Charges about to change”."
            )
    inputs = _inputs_of(charge, day, personal_budget_pence_per_week, free_parts)
    return compute("charge", inputs, day, policy=settings.COUNCIL_POLICY)


def _inputs_of(charge: Decision, day: date, budget_pence: int, free_parts: Sequence[FreePart]) -> dict:
    return means.charge_inputs(
        case=charge.case,
        financial=money_check_behind(charge, day),
        budget_pence_per_week=budget_pence,
        free_parts=free_parts,
        on=day,
    )


def assessments_to_report(*, until: date, seen_by: User) -> QuerySet[Assessment]:
    """Every assessment started by a day, for the national return."""
    check_can(seen_by, Capability.ANALYSE)
    return Assessment.objects.filter(started_on__lte=until)


def money_checks_to_report(*, until: date, seen_by: User) -> QuerySet[FinancialAssessment]:
    """Every money check completed by a day, for the national return."""
    check_can(seen_by, Capability.ANALYSE)
    return FinancialAssessment.objects.filter(completed_on__lte=until)
