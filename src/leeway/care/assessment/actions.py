"""Every write of the needs assessment and of the money check."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.assessment import queries
from leeway.care.assessment.access import check_can_check_means, check_can_write_own_words
from leeway.care.assessment.means import (
    PARTNER_HAS_DISREGARD,
    age_to_try,
    answers_of_last,
    costs_a_week_pence,
    income_row,
    is_over_the_limit,
    with_a_child,
)
from leeway.care.assessment.models import Assessment, Basis, FinancialAssessment, LightTouch, OutcomeNote, PutUp
from leeway.care.assessment.parts import (
    allocation_inputs,
    budget_questions,
    eligibility_inputs,
    kinds_of_help,
    outcomes_of,
    unable_reasons_of,
    what_does_not_fit,
)
from leeway.care.assessment.savings import check_owned
from leeway.care.decisions.actions import ToDecide, decide_by_rule, decide_many
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.access import check_can_work_on
from leeway.care.people.actions import move_case, tell, tell_of_words
from leeway.care.people.events import Event
from leeway.care.people.models import Case
from leeway.care.people.states import Stage, require_stage
from leeway.days import BORN, check_day
from leeway.law import Outcome, compute, law_on
from leeway.law.charge_case import QUALIFYING_INCOME
from leeway.law.eligibility import CARE_ACT_FOR_EVERYBODY, MOST_WEEKS_LOOKED_AT
from leeway.law.exemptions import FreePart
from leeway.law.months import anniversary
from leeway.law.stretches import DAY, Stretch
from leeway.refusal import EditedMeanwhile, Refusal
from leeway.versions import claim_version

CONVERSATION = ("what_matters", "good_day", "took_part", "advocacy")
OWN_CONVERSATION = ("what_matters", "good_day")
OUTCOME = ("person_words", "assessor_words", "help_now")
CONDITIONS = (
    "impairment",
    "contract_or_voluntary_work",
    "regarded_as_carer",
    "regarded_reason",
    "necessary_care",
    "health_at_risk",
    "fluctuates",
    "weeks_looked_at",
    "ups_and_downs",
    "long_enough",
    "wellbeing_impact",
    "wellbeing_areas",
    "wellbeing_words",
    "funding",
)
CROSS_CHECK = ("helpers_willing", "helpers_words", "explained")
MEANS = (
    "basis",
    "basis_reason",
    "light_touch",
    "consented",
    "told_of_full_check",
    "partner_born_on",
    "means",
    "lines",
    "evidence",
    "to_confirm",
)
ADVICE_NEEDED = (
    "Record the information, advice and help to prevent needs that was given. The law asks for it in writing."
)
WHY_AGAIN = "Say in a sentence why needs are assessed again: what is not so, or has changed since."
#: From this age two people may marry or live as a couple in the law of means.
LEAST_AGE_OF_A_PARTNER = 16
MEANS_STAGES = tuple(stage for stage in Stage if stage not in {Stage.REQUEST, Stage.CLOSED})


class NotFinished(Refusal):
    """Something needed is not answered yet; `missing` has a sentence for each."""

    def __init__(self, missing: list[str]):
        super().__init__(f"Not everything is answered yet. {' '.join(missing)}")
        self.missing = missing


@transaction.atomic
def start_assessment(*, case: Case, reason: str = "", by: User, on: date) -> Assessment:
    """Start a needs assessment; or another one, where a review has said so or a plan shows that it is wrong.

    While a plan is made, a `reason` is needed: what of the last assessment is wrong, or has changed.
    """
    check_can_work_on(by, case)
    if case.worker_id is None:
        raise Refusal("Nobody has this case yet. Give it to a worker first.")
    if queries.draft_assessment(case):
        raise Refusal("An assessment is under way already. Open it and carry on.")
    if case.stage == Stage.REVIEW:
        raise Refusal("A review is under way. Complete it first, and choose there that needs are assessed again.")
    if case.stage == Stage.ASSESSMENT:
        tell(case=case, kind=Event.ASSESSMENT_STARTED, sentence="An assessment was started.", by=by, on=on)
    else:
        sentence = "The assessment was started."
        if case.stage == Stage.PLANNING:
            why = said.sentence(reason, ask=WHY_AGAIN, field="reason", least=said.REASON)
            sentence = f"Needs are assessed again while the plan waits: {why}"
        move_case(case=case, to=Stage.ASSESSMENT, kind=Event.ASSESSMENT_STARTED, sentence=sentence, by=by, on=on)
    assessment = Assessment.objects.create(case=case, started_on=on)
    OutcomeNote.objects.bulk_create(
        OutcomeNote(assessment=assessment, outcome=choice.code) for choice in outcomes_of(case)
    )
    return assessment


@transaction.atomic
def save_conversation(*, assessment: Assessment, details: dict, version: int, by: User, on: date) -> Assessment:
    """Keep what matters to the person and who took part, as far as it was written. A draft until completed."""
    check_can_work_on(by, assessment.case)
    return _save(assessment, {name: details[name] for name in CONVERSATION if name in details}, version)


@transaction.atomic
def save_outcome(*, note: OutcomeNote, details: dict, version: int, by: User, on: date) -> OutcomeNote:
    """Keep the words about one outcome, and the ways in which the person is unable to achieve it.

    `details["unable"]` is a list of codes (empty: can achieve it), or None while that is not answered. Who helps
    now is kept beside it and is never part of eligibility.
    """
    case = note.assessment.case
    check_can_work_on(by, case)
    unable = details.get("unable")
    known = {reason.code for reason in unable_reasons_of(case)}
    if unable and not set(unable) <= known:
        raise Refusal("One of the ways of being unable is not one that the law counts here.", field="unable")
    values = {name: details[name] for name in OUTCOME if name in details}
    return _save_note(note, values | {"unable": unable or [], "answered": unable is not None}, version)


@transaction.atomic
def save_outcomes(
    *, assessment: Assessment, said: Mapping[str, dict], seen: Mapping[str, str], version: int, by: User, on: date
) -> Assessment:
    """Keep what was said of several outcomes at once, by their code; see `save_outcome`. The others stay as they are.

    `version` is `queries.version_of_outcomes` of what the user saw, and `seen` what each stood as. What somebody else
    saved meanwhile of other outcomes is no hindrance. Raises EditedMeanwhile.
    """
    check_can_work_on(by, assessment.case)
    _lock_draft(assessment)
    notes = list(OutcomeNote.objects.filter(assessment=assessment).select_related("assessment__case"))
    touched = [note for note in notes if note.outcome in said]
    edited = queries.version_of_outcomes(notes) != version
    if edited and any(queries.stands_as(note) != seen.get(note.outcome) for note in touched):
        raise EditedMeanwhile
    for note in touched:
        save_outcome(note=note, details=said[note.outcome], version=note.version, by=by, on=on)
    return assessment


@transaction.atomic
def save_conditions(*, assessment: Assessment, details: dict, version: int, by: User, on: date) -> Assessment:
    """Keep where the needs come from, whether they go up and down, and what they do to the person's wellbeing."""
    check_can_work_on(by, assessment.case)
    values = {name: details[name] for name in CONDITIONS if name in details}
    weeks = values.get("weeks_looked_at")
    if weeks is not None and not 1 <= weeks <= MOST_WEEKS_LOOKED_AT:
        raise Refusal(f"Give the weeks as a number from 1 to {MOST_WEEKS_LOOKED_AT}.", field="weeks_looked_at")
    if values.get("wellbeing_areas") and values.get("wellbeing_impact") is False:
        raise Refusal(
            "You chose parts of wellbeing, and also that there is no significant impact. Change one of them.",
            field="wellbeing_areas",
        )
    return _save(assessment, values, version)


@transaction.atomic
def save_allocation_answers(
    *, assessment: Assessment, answers: dict, version: int, by: User, on: date, help_given: dict | None = None
) -> Assessment:
    """Keep answers to the budget questions beside those given before. An answer of None takes one back.

    `help_given`: by question, how much of it family and friends do and are willing and able to go on doing.
    """
    check_can_work_on(by, assessment.case)
    helped = help_given or {}
    known = {question.id: question for question in budget_questions(assessment.case, on)}
    ways = {None, *(one.id for one in kinds_of_help(assessment.case, on))}
    for question_id, answer in answers.items():
        if question_id not in known or answer not in {None, *(a.id for a in known[question_id].answers)}:
            raise Refusal("This answer is not in the council’s table today. Open the question again.")
    for question_id, way in helped.items():
        if question_id not in known or not known[question_id].family_can_help or way not in ways:
            raise Refusal("This answer about help is not in the council’s table today. Open the question again.")
    values = {
        "allocation_answers": _kept(assessment.allocation_answers, answers),
        "allocation_help": _kept(assessment.allocation_help, helped),
    }
    return _save(assessment, values, version)


def _kept(before: dict, now: dict) -> dict:
    return {name: answer for name, answer in {**before, **now}.items() if answer is not None}


@transaction.atomic
def save_cross_check(*, assessment: Assessment, details: dict, version: int, by: User, on: date) -> Assessment:
    """Keep whether those who help can go on, what they said, and a sentence for each thing that does not fit."""
    check_can_work_on(by, assessment.case)
    known = {one.code for one in what_does_not_fit(assessment, on)}
    if not set(details["explained"]) <= known:
        raise Refusal("The answers have changed meanwhile, so this no longer needs to be explained. Open it again.")
    return _save(assessment, {name: details[name] for name in CROSS_CHECK if name in details}, version)


@transaction.atomic
def save_own_words(*, assessment: Assessment, words: dict, version: int, by: User, on: date) -> Assessment:
    """Keep what the person writes about what matters to them. Nothing of the assessor's is touched."""
    check_can_write_own_words(by, assessment.case)
    tell_of_words(case=assessment.case, where="the assessment", by=by, on=on)
    return _save(assessment, {name: words[name] for name in OWN_CONVERSATION if name in words}, version)


@transaction.atomic
def save_own_words_on_outcome(*, note: OutcomeNote, words: str, version: int, by: User, on: date) -> OutcomeNote:
    """Keep what the person writes about one outcome. Nothing of the assessor's is touched."""
    check_can_write_own_words(by, note.assessment.case)
    tell_of_words(case=note.assessment.case, where="the assessment", by=by, on=on)
    return _save_note(note, {"person_words": words}, version)


@transaction.atomic
def complete_assessment(
    *, assessment: Assessment, version: int, advice_given: str = "", by: User, on: date
) -> Assessment:
    """Decide eligibility by the law and store it; then the indicative budget, or the ending with written reasons.

    Support that is in place does not end here: it goes on until a review ends it, with notice and reasons.
    `version` is `queries.version_of_whole` of what the user saw. Where needs are not eligible, the advice and the
    help to prevent needs that were given must be recorded (Care Act 2014 s13(5), s24). Raises `NotFinished`.
    """
    case = assessment.case
    check_can_work_on(by, case)
    require_stage(case.stage, Stage.ASSESSMENT)
    _lock_draft(assessment)
    assessment = Assessment.objects.prefetch_related("outcomes").get(pk=assessment.pk)
    if queries.version_of_whole(assessment) != version:
        raise EditedMeanwhile
    if on < CARE_ACT_FOR_EVERYBODY:
        raise Refusal(
            "Before the Care Act needs were judged by bands, until 31 March 2016 for some, which this assessment does "
            "not record. Use the command leeway law eligibility for such a day."
        )
    progress = queries.progress(assessment, on)
    if progress.missing:
        raise NotFinished([task.missing for task in progress.missing])
    if not progress.eligible:
        said.sentence(advice_given, ask=ADVICE_NEEDED, field="advice_given")
    inputs = eligibility_inputs(assessment, list(assessment.outcomes.all()))
    decide = {"case": case, "by": by, "on": on}
    assessment.eligibility = decide_by_rule(kind=DecisionKind.ELIGIBILITY, rule="eligibility", inputs=inputs, **decide)
    assessment.completed_on, assessment.advice_given = on, advice_given.strip()
    if progress.eligible:
        assessment.indicative_budget = decide_by_rule(
            kind=DecisionKind.INDICATIVE_BUDGET, rule="allocation", inputs=allocation_inputs(assessment, on), **decide
        )
    assessment.version += 1
    assessment.save(update_fields=["eligibility", "completed_on", "advice_given", "indicative_budget", "version"])
    if progress.eligible:
        sentence = "Assessed: needs are eligible. An indicative budget was given to plan with."
        move_case(case=case, to=Stage.PLANNING, kind=Event.ELIGIBLE, sentence=sentence, by=by, on=on)
    elif queries.support_is_in_place(case):
        sentence = "Assessed again: needs are not eligible. Support goes on until a review ends it, with notice."
        move_case(case=case, to=Stage.ACTIVE, kind=Event.NOT_ELIGIBLE, sentence=sentence, by=by, on=on)
    else:
        sentence = f"Assessed: needs are not eligible. Advice and help given: {assessment.advice_given}"
        move_case(case=case, to=Stage.CLOSED, kind=Event.NOT_ELIGIBLE, sentence=sentence, by=by, on=on)
    return assessment


def _lock_draft(assessment: Assessment) -> None:
    completed_on = Assessment.objects.select_for_update().values_list("completed_on", flat=True).get(pk=assessment.pk)
    if completed_on:
        raise Refusal("This assessment is complete, so it cannot be changed. Needs can be looked at again in a review.")


def _save(assessment: Assessment, values: dict, version: int) -> Assessment:
    _lock_draft(assessment)
    claim_version(assessment, version, **values)
    return assessment


def _save_note(note: OutcomeNote, values: dict, version: int) -> OutcomeNote:
    _lock_draft(note.assessment)
    claim_version(note, version, **values)
    return note


@transaction.atomic
def start_financial_assessment(*, case: Case, by: User, on: date) -> FinancialAssessment:
    """Start a money check. Where there was one, it begins with the last answers, each part to be confirmed."""
    check_can_check_means(by, case)
    require_stage(case.stage, *MEANS_STAGES)
    if queries.draft_financial_assessment(case):
        raise Refusal("A money check is under way already. Open it and carry on.")
    tell(case=case, kind=Event.MONEY_CHECK_STARTED, sentence="A money check was started.", by=by, on=on)
    last = queries.completed_financial_assessment(case)
    begun = answers_of_last(last, law_on(on, settings.COUNCIL_POLICY)) if last else {}
    return FinancialAssessment.objects.create(case=case, started_on=on, **begun)


@transaction.atomic
def save_means(
    *, financial: FinancialAssessment, part: str, details: dict, version: int, by: User, on: date
) -> FinancialAssessment:
    """Keep one part of a money check: `basis`, `household`, `income`, `savings`, `housing`, `disability_costs`
    or `evidence`. Amounts are whole pence; income and costs are lines of kind, amount and how often.
    """
    check_can_check_means(by, financial.case)
    born = details.get("partner_born_on")
    check_day(born, BORN, field="partner_born_on", what="The partner’s date of birth", on=on)
    _check_partner(born, on)
    _lock_financial_draft(financial)
    MEANS_PARTS[part](financial, details)
    financial.to_confirm = [one for one in financial.to_confirm if one != part]
    _check_means(financial, on)
    claim_version(financial, version, **{name: getattr(financial, name) for name in MEANS})
    return financial


def _check_partner(born: date | None, on: date) -> None:
    """Refuse a partner who is a child: a couple is of two people of 16 or older."""
    if born is not None and on < anniversary(born, LEAST_AGE_OF_A_PARTNER):
        raise Refusal(
            f"The partner’s date of birth: {born:%-d %B %Y} is that of a child. A partner is {LEAST_AGE_OF_A_PARTNER} "
            "or older. Check the year.",
            field="partner_born_on",
        )


def _basis(financial: FinancialAssessment, details: dict) -> None:
    financial.basis = details["basis"]
    financial.basis_reason = details.get("basis_reason", "")
    light = financial.basis == Basis.LIGHT_TOUCH
    financial.light_touch = (details.get("light_touch") or "") if light else ""
    financial.consented = details.get("consented") if light else None
    told = financial.basis in {Basis.LIGHT_TOUCH, Basis.NOT_DISCLOSED}
    financial.told_of_full_check = details.get("told_of_full_check") if told else None


def _household(financial: FinancialAssessment, details: dict) -> None:
    couple = details["household"] == "couple"
    financial.partner_born_on = details.get("partner_born_on") if couple else None
    _answer(financial, "household", details["household"] or None)
    _answer(financial, "dependent_children", details.get("dependent_children"))
    _answer(financial, "premiums", details.get("premiums"))
    if not couple:
        _answer(financial, PARTNER_HAS_DISREGARD, None)


def _answer(financial: FinancialAssessment, name: str, answer: object) -> None:
    """Keep an answer; a question left blank has none, and is asked again before the check is complete."""
    financial.means.pop(name, None)
    if answer is not None:
        financial.means[name] = answer


def _income(financial: FinancialAssessment, details: dict) -> None:
    financial.lines["income"] = details["lines"]
    financial.means["income"] = [income_row(line) for line in details["lines"]]
    _answer(financial, QUALIFYING_INCOME, details.get(QUALIFYING_INCOME))
    _answer(financial, PARTNER_HAS_DISREGARD, details.get(PARTNER_HAS_DISREGARD))


def _savings(financial: FinancialAssessment, details: dict) -> None:
    financial.means["capital_items"] = details["lines"]


def _housing(financial: FinancialAssessment, details: dict) -> None:
    financial.lines["housing"] = details["lines"]
    financial.means["housing_costs_pence_per_week"] = costs_a_week_pence(details["lines"])


def _disability_costs(financial: FinancialAssessment, details: dict) -> None:
    financial.lines["disability_costs"] = details["lines"]
    financial.means["disability_related_expenditure_pence_per_week"] = costs_a_week_pence(details["lines"])


def _evidence(financial: FinancialAssessment, details: dict) -> None:
    ask = "Say what was seen, such as “Bank statements of October”."
    financial.evidence = said.sentence(details["evidence"], ask=ask, field="evidence", least=said.FEW)


MEANS_PARTS = {
    "basis": _basis,
    "household": _household,
    "income": _income,
    "savings": _savings,
    "housing": _housing,
    "disability_costs": _disability_costs,
    "evidence": _evidence,
}


def _check_means(financial: FinancialAssessment, on: date) -> None:
    check_owned(financial.means.get("capital_items", []), law_on(on, settings.COUNCIL_POLICY))
    facts = age_to_try(financial.case.person, on) | {"personal_budget_pence_per_week": 0}
    compute("charge", with_a_child(financial.means) | facts, on, policy=settings.COUNCIL_POLICY)


def _check_light_touch(financial: FinancialAssessment, on: date) -> None:
    if financial.basis != Basis.LIGHT_TOUCH:
        return
    over = is_over_the_limit(financial, on)
    if over != (financial.light_touch == LightTouch.ABOVE_LIMIT):
        raise Refusal(
            f"The figures are {'over' if over else 'within'} the upper limit, and the kind of check says otherwise. "
            "Change one of them, or make a full check."
        )


def _lock_financial_draft(financial: FinancialAssessment) -> FinancialAssessment:
    locked = FinancialAssessment.objects.select_for_update().get(pk=financial.pk)
    if locked.completed_on:
        raise Refusal("This money check is complete, so it cannot be changed. Start another one.")
    return locked


@transaction.atomic
def complete_financial_assessment(
    *, financial: FinancialAssessment, version: int, by: User, on: date
) -> FinancialAssessment:
    """Close a money check, so that the charge can be worked out from it. Raises `NotFinished`."""
    check_can_check_means(by, financial.case)
    stored = _lock_financial_draft(financial)
    missing = [task.missing for task in queries.financial_progress(stored) if task.needed and task.missing]
    if missing:
        raise NotFinished(missing)
    _check_light_touch(stored, on)
    claim_version(financial, version, completed_on=on)
    sentence = "The money check was completed."
    tell(case=financial.case, kind=Event.MONEY_CHECK_DONE, sentence=sentence, by=by, on=on)
    return financial


@transaction.atomic
def charges_from(
    *,
    case: Case,
    personal_budget_pence_per_week: int,
    free_parts: Sequence[FreePart] = (),
    starts_on: date,
    decided: Sequence[Decision] = (),
    by: User,
    on: date,
) -> list[Decision]:
    """Decide what the person pays towards a budget from a day on: a decision for each stretch of days, in order.

    Each is one charge over all that may be charged, by the law and the facts of its first day, stored with every step.
    Where `decided` already says all of it, that stands. Whoever calls has checked whose case it is. Raises
    `MoneyCheckNeeded` where the charge depends on means that nobody has checked.
    """
    check_can(by, Capability.WORK_ON_CASES)
    found = queries.charge_stretches(
        case=case,
        personal_budget_pence_per_week=personal_budget_pence_per_week,
        free_parts=free_parts,
        starts_on=starts_on,
        on=on,
    )
    known = [(each, each.outcome) for each in found if each.outcome]
    if [_as_decided(each) for each in decided] == [_as_worked_out(*each) for each in known]:
        return list(decided)
    return _decide(case, found, by, on)


@transaction.atomic
def charges_after(*, charge: Decision, by: User, on: date) -> list[Decision]:
    """Decide what the person pays from each later day on which it changes, as far as it is known; see `charges_from`.

    `charge` is the last decision that counts. Refused where nothing changes, or the money must be checked first.
    """
    check_can_check_means(by, charge.case)
    found = queries.charge_changes(charge, on=on)
    if not found:
        raise Refusal("What the person pays does not change in the next eight weeks, so there is nothing to decide.")
    if found[0].problem:
        raise Refusal(
            f"What the person pays from {found[0].starts_on:%-d %B %Y} cannot be worked out. {found[0].problem} "
            "Do a new money check."
        )
    return _decide(charge.case, found, by, on)


@transaction.atomic
def charges_not_asked(
    *, charge: Decision, starts_on: date, ends_on: date, why: str, by: User, on: date
) -> list[Decision]:
    """Decide that the council asks for nothing for some days, and from the day after them for what it asked before.

    `charge` is the last decision that counts. Refused where there is nothing to pay, and where that changes by the day
    after and is not decided yet.
    """
    check_can_check_means(by, charge.case)
    if not charge.result["charge_pence_per_week"]:
        raise Refusal("The person pays nothing as it is, so the days can be paid as agreed.", field="days")
    after = ends_on + DAY
    for each in queries.charge_changes(charge, on=on):
        if each.starts_on <= after:
            raise Refusal(
                f"What the person pays changes on {each.starts_on:%-d %B %Y}, and that is not decided yet. Do that "
                "first, under “Charges about to change”."
            )
    asked = [dict(queries.charge_as_checked(charge, day).inputs) for day in (starts_on, after)]
    days = (
        (starts_on, asked[0] | {"not_charged": why}, f"nothing is asked for the days until {ends_on:%-d %B %Y}"),
        (after, asked[1], "the days are over for which nothing was asked"),
    )
    wanted = [charge_from(charge.case, day, inputs, (because,)) for day, inputs, because in days]
    return decide_many(wanted=wanted, by=by, on=on)


def _decide(case: Case, found: Sequence[Stretch], by: User, on: date) -> list[Decision]:
    known = [(each, each.outcome) for each in found if each.outcome]
    wanted = [charge_from(case, each.starts_on, dict(outcome.inputs), each.because) for each, outcome in known]
    return decide_many(wanted=wanted, by=by, on=on)


def charge_from(
    case: Case, day: date, inputs: dict, because: Sequence[str], law_values: Mapping[str, Any] | None = None
) -> ToDecide:
    """A charge that is to be decided from a day on."""
    return ToDecide(
        case=case,
        kind=DecisionKind.CHARGE,
        rule="charge",
        inputs=inputs,
        law_on=day,
        because=because,
        law_values=law_values,
    )


@transaction.atomic
def put_benefits_up(*, wanted: Sequence[PutUp], by: User, on: date) -> list[PutUp]:
    """Keep that benefits of money checks stand at the new rates of a year, of one person or of thousands.

    The check stays as it was made; what is worked out from it for the day and later has the new rates.
    """
    check_can(by, Capability.CHECK_MEANS)
    for each in wanted:
        each.put_up_by, each.put_up_on = by, on
    return PutUp.objects.bulk_create(wanted, batch_size=1000)


@transaction.atomic
def take_benefits_back(*, put_up: Collection[UUID], by: User, on: date) -> int:
    """Take back that benefits were put up, by a batch that was a mistake; how many checks that was."""
    check_can(by, Capability.APPROVE_LARGE_RUNS)
    return PutUp.objects.filter(pk__in=put_up, taken_back_on=None).update(taken_back_by=by, taken_back_on=on)


def _as_decided(decision: Decision) -> tuple[date, dict, str]:
    return decision.law_on, decision.inputs, decision.law_digest


def _as_worked_out(stretch: Stretch, outcome: Outcome) -> tuple[date, dict, str]:
    return stretch.starts_on, dict(outcome.inputs), outcome.digest
