"""Deciding: submitting a plan, signing it off or returning it, agreeing or disagreeing, ending it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction

from leeway import said
from leeway.access.models import User
from leeway.care.assessment.actions import charge_from, charges_after, charges_from, charges_not_asked
from leeway.care.decisions.actions import decide_by_judgement, decide_many
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.access import check_can_work_on
from leeway.care.people.actions import move_case, tell, tell_many
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Relationship
from leeway.care.people.states import Stage
from leeway.care.planning.access import (
    Decider,
    check_can_return,
    check_can_sign_off,
    check_may_decide,
    check_may_disagree,
)
from leeway.care.planning.actions.drafts import claim, claim_draft, move, send_back
from leeway.care.planning.actions.writing import new_plan
from leeway.care.planning.costs import (
    ChargedDays,
    CostedLine,
    budget_result,
    budget_steps,
    costed_line,
    free_parts,
    shares_of_final,
    totals_of,
)
from leeway.care.planning.enough import Enough, enough_to_employ
from leeway.care.planning.evidence import OffersAndChoice, needs_of, not_said, offers_and_choice
from leeway.care.planning.models import (
    Agreement,
    Choice,
    Plan,
    PlanLine,
    PlanState,
    SentBack,
    Way,
)
from leeway.care.planning.queries import (
    bars_direct_payment,
    begins_too_soon,
    charges_of,
    indicative,
    indicative_pence,
    plan_in_force,
    plan_lines,
    to_explain_above,
    what_is_missing,
)
from leeway.law.numbers import pounds
from leeway.refusal import Refusal

HOW_GIVEN = "Say how this was given, in a few words: “Signed on paper at home.”"
SIGNED_IN = "Signed in to Leeway"
NOT_RIGHT = "Say what is not right, in a few words, so that it can be put right."


@transaction.atomic
def submit_plan(*, plan: Plan, version: int, by: User, on: date) -> Plan:
    """Send a finished plan to a manager for sign-off, with what the person would pay worked out."""
    check_can_work_on(by, plan.case)
    missing = what_is_missing(plan, on)
    if missing:
        raise Refusal("The plan is not ready: " + " ".join(one.sentence for one in missing))
    claim_draft(plan, version, by)
    lines = [costed_line(line) for line in plan.lines.all()]
    costed = totals_of(lines)
    _charge(plan, lines, costed["pence_per_week"], by, on)
    move(plan, PlanState.SUBMITTED, {"submitted_by": by, "submitted_on": on})
    sentence = (
        f"Plan {plan.number} sent to a manager, who decides the budget: {pounds(costed['pence_per_week'])} a week."
    )
    move_case(case=plan.case, to=Stage.SIGN_OFF, kind=Event.PLAN_SUBMITTED, by=by, on=on, sentence=sentence)
    return plan


@transaction.atomic
def sign_off(*, plan: Plan, version: int, final_pence_per_week: int, reason: str, by: User, on: date) -> Decision:
    """Decide the personal budget. A manager signs it, never whoever wrote the plan, and within their limit.

    The limit is measured on the larger of the budget and the costed plan, so that nobody cuts a plan to fit it. A
    budget other than the plan costs needs a reason of at least a sentence, and so does one above the indicative
    budget, unless nothing but recorded prices rose since the plan in force was signed off. Source: R (KM) v
    Cambridgeshire [2012] UKSC 23; R (Savva) v RBKC [2010] EWCA Civ 1209; Care Act 2014 s26.
    """
    lines = plan_lines(plan)
    costed_lines = [costed_line(line) for line in lines]
    costed, guide = totals_of(costed_lines), indicative(plan.case)
    check_can_sign_off(by, plan, max(final_pence_per_week, costed["pence_per_week"]))
    _require_not_barred(plan, on)
    _require_later_start(plan)
    evidence = _require_evidence(plan, lines)
    _check_final(costed["pence_per_week"], to_explain_above(plan, guide), final_pence_per_week, reason)
    _check_enough(enough_to_employ(lines, on), costed["pence_per_week"], final_pence_per_week, reason)
    claim(plan, version, PlanState.SUBMITTED, "signed off")
    charges = _charge(plan, costed_lines, final_pence_per_week, by, on)
    result = budget_result(
        costed=costed,
        final_pence=final_pence_per_week,
        charged=[ChargedDays(each.law_on, each.result["charge_pence_per_week"]) for each in charges],
        indicative_pence=indicative_pence(guide),
    )
    decision = decide_by_judgement(
        case=plan.case,
        kind=DecisionKind.FINAL_BUDGET,
        inputs=_inputs(plan, costed_lines, guide, charges, evidence.choice)
        | {"final_pence_per_week": final_pence_per_week},
        result=result,
        steps=budget_steps(result, lines, reason=reason.strip(), manager=by.name),
        reasons=reasons_of(result, charges, reason, by),
        by=by,
        on=on,
    )
    move(plan, PlanState.SIGNED_OFF, {"final_budget": decision})
    sentence = f"{by.name} decided on a personal budget of {pounds(final_pence_per_week)} a week."
    move_case(case=plan.case, to=Stage.AGREEMENT, kind=Event.SIGNED_OFF, by=by, on=on, sentence=sentence)
    return decision


def _charge(plan: Plan, lines: list[CostedLine], final_pence: int, by: User, on: date) -> list[Decision]:
    """Decide what the person pays of an amount for these lines from the day on which support starts.

    It is of the social care part, without the lines that are free. What is decided so already stands.
    """
    social_care = shares_of_final(totals_of(lines), final_pence)["social_care_pence_per_week"]
    charges = charges_from(
        case=plan.case,
        personal_budget_pence_per_week=social_care,
        free_parts=free_parts(lines, social_care),
        starts_on=plan.starts_on,
        decided=charges_of(plan),
        by=by,
        on=on,
    )
    plan.charges.set(charges)
    return charges


@transaction.atomic
def change_charge(*, plan: Plan, rests_on: Mapping[date, date | None], by: User, on: date) -> list[Decision]:
    """Decide anew what the person pays by the plan in force, from each later day on which it changes.

    Needs and budget stay as they are, and money as it was checked: `rests_on` says when, by the first day of each
    charge. Whoever may check means may do this.
    """
    return _counts(plan, charges_after(charge=charges_of(plan)[-1], by=by, on=on), rests_on, by, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCharge:
    """What somebody is to pay by their plan in force from a day on: the facts, why, and what the story says of it.

    `law_values` as in `ToDecide`.
    """

    plan: Plan
    case: Case
    day: date
    inputs: dict
    because: Sequence[str]
    law_values: Mapping[str, Any] | None = None


@transaction.atomic
def charge_many(*, wanted: Sequence[NewCharge], by: User, on: date) -> list[Decision]:
    """Decide anew what many people pay by their plans in force, each from a day on, by the same statements for all.

    The story of each says so. Whoever calls has asked whether this user may and locked the cases, and writes to people.
    """
    facts = [charge_from(each.case, each.day, each.inputs, each.because, each.law_values) for each in wanted]
    charges = decide_many(wanted=facts, by=by, on=on)
    Plan.charges.through.objects.bulk_create(
        [
            Plan.charges.through(plan_id=each.plan.pk, decision_id=charge.pk)
            for each, charge in zip(wanted, charges, strict=True)
        ],
        batch_size=5000,
    )
    tell_many(
        lines=[(each.case.pk, _decided_anew(charge)) for each, charge in zip(wanted, charges, strict=True)],
        kind=Event.CHARGE_UPRATED,
        by=by,
        on=on,
    )
    return charges


def _decided_anew(charge: Decision) -> str:
    pays = pounds(charge.result["charge_pence_per_week"])
    return f"From {charge.law_on:%-d %B %Y} {pays} a week is paid, {charge.why}."


@transaction.atomic
def ask_for_nothing(*, plan: Plan, starts_on: date, ends_on: date, why: str, by: User, on: date) -> list[Decision]:
    """Decide that for some days the person is asked for nothing, though the plan in force is paid for; and say why."""
    last = charges_of(plan)[-1]
    made = charges_not_asked(charge=last, starts_on=starts_on, ends_on=ends_on, why=why, by=by, on=on)
    return _counts(plan, made, {}, by, on)


def _counts(
    plan: Plan, charges: list[Decision], rests_on: Mapping[date, date | None], by: User, on: date
) -> list[Decision]:
    """Have charges count for a plan from their days on, and tell the case of each."""
    plan.charges.add(*charges)
    for charge in charges:
        checked_on = rests_on.get(charge.law_on)
        still = f" Money is as it was checked on {checked_on:%-d %B %Y}." if checked_on else ""
        sentence = f"{_decided_anew(charge)}{still}"
        tell(case=plan.case, kind=Event.CHARGE_DECIDED, sentence=sentence, by=by, on=on)
    return charges


def _require_not_barred(plan: Plan, on: date) -> None:
    """Refuse a direct payment to somebody who came to where nobody can have one since it was decided."""
    if barred := bars_direct_payment(plan, on):
        raise Refusal(f"{barred} The plan goes back to be written again meanwhile.")


def _require_later_start(plan: Plan) -> None:
    """Refuse a plan whose budget could never take the place of the one that runs."""
    if too_soon := begins_too_soon(plan, plan.starts_on):
        raise Refusal(f"{too_soon} The plan goes back to be written again meanwhile.")


def _require_evidence(plan: Plan, lines: list[PlanLine]) -> OffersAndChoice:
    """Refuse a plan whose choice or needs cannot show what they rest on, whatever was so when it was submitted.

    `lines` are the plan's with their aims. Gives what was explained and chosen.
    """
    found = offers_and_choice(plan, lines)
    if found.to_answer:
        raise Refusal(
            "A direct payment was said to be too risky, and nobody has looked at that yet. Say first what you find: "
            "what would make it safe enough, and by when."
        )
    if unmet := not_said(needs_of(plan, lines, found=found)):
        raise Refusal(
            "The plan does not say how these needs are met, or why they are not: "
            f"{'; '.join(one.label for one in unmet)}. Return it, and ask for that."
        )
    return found


def _check_enough(enough: Enough | None, costed_pence: int, final_pence: int, reason: str) -> None:
    """Refuse, without a reason, a direct payment for assistants that the law's costs of employing them go beyond."""
    given = enough and enough.at(final_pence, costed_pence)
    if given and given.short_pence and not said.says_something(reason, said.REASON):
        raise Refusal(
            f"{given} Return the plan, or say in a sentence how it is enough: the assistant is self-employed, or "
            "somebody else pays the rest.",
            field="reason",
        )


def _check_final(costed_pence: int, guide_pence: int | None, final_pence: int, reason: str) -> None:
    has_reason = said.says_something(reason, said.REASON)
    if final_pence < 0 or (final_pence == 0 and costed_pence > 0):
        raise Refusal(
            "A budget of nothing meets no needs. Return the plan instead, and say what has to change.",
            field="final_pence_per_week",
        )
    if final_pence < costed_pence and not has_reason:
        raise Refusal(
            f"{pounds(final_pence)} is {pounds(costed_pence - final_pence)} a week less than the plan costs. Give a "
            "reason, in a sentence or more: how would the needs be met for less? It is kept with your name, and the "
            "person will read it.",
            field="reason",
        )
    if final_pence > costed_pence and not has_reason:
        raise Refusal("This is more than the plan costs. Say in a sentence what the rest is for.", field="reason")
    if guide_pence is not None and final_pence > guide_pence and not has_reason:
        raise Refusal(
            f"This is {pounds(final_pence - guide_pence)} a week above the indicative budget, which is allowed. Say "
            "in a sentence why these needs cost more than the table expected.",
            field="reason",
        )


def _inputs(
    plan: Plan, lines: list[CostedLine], guide: Decision | None, charges: list[Decision], choice: Choice | None
) -> dict:
    return {
        "plan": str(plan.pk),
        "plan_number": plan.number,
        "plan_version": plan.version,
        "charge_decisions": [str(charge.pk) for charge in charges],
        "indicative_decision": str(guide.pk) if guide else None,
        "choice": str(choice.pk) if choice else None,
        "starts_on": plan.starts_on.isoformat(),
        "lines": [asdict(line) for line in lines],
    }


def reasons_of(result: dict, charges: list[Decision], reason: str, by: User) -> list[str]:
    """A personal budget in sentences: who pays how much of it, from when, and why it is not what the plan costs."""
    final, costed = result["pence_per_week"], result["costed_pence_per_week"]
    own, council = pounds(result["charge_pence_per_week"]), pounds(result["council_pence_per_week"])
    nhs = result["nhs_pence_per_week"]
    others = f", the council {council} and the NHS {pounds(nhs)}" if nhs else f" and the council {council}"
    said = [f"The personal budget is {pounds(final)} a week: the person pays {own}{others}."]
    said += [
        f"From {later.law_on:%-d %B %Y} the person pays {pounds(later.result['charge_pence_per_week'])} a week, "
        f"{later.why}."
        for later in charges[1:]
    ]
    if final == costed:
        said.append("The budget is what the plan costs.")
    else:
        more = "more" if final > costed else "less"
        said.append(f"That is {pounds(abs(final - costed))} a week {more} than the plan costs.")
    if reason.strip():
        said.append(f"{by.name}: {reason.strip()}")
    return said


@transaction.atomic
def return_plan(*, plan: Plan, version: int, reasons: str, by: User, on: date) -> SentBack:
    """Send a plan back to be written again, with reasons that the worker and the person can read."""
    check_can_return(by, plan.case)
    ask = "Say in a sentence or more what has to change, and why."
    words = said.sentence(reasons, ask=ask, field="reason", least=said.REASON)
    claim(plan, version, PlanState.SUBMITTED, "returned")
    return send_back(plan, said_by_name=by.name, disagreed=False, why={"words": words}, by=by, on=on)


@transaction.atomic
def agree(
    *,
    plan: Plan,
    version: int,
    decided_by: Relationship | None = None,
    best_interests: bool = False,
    how: str,
    comment: str = "",
    by: User,
    on: date,
) -> Agreement:
    """Record that the person, or somebody with authority, agreed the plan and the budget; the money is set up next.

    A plan that was in force until now is replaced by this one.
    """
    decider = check_may_decide(
        case=plan.case,
        decided_by=decided_by,
        best_interests=best_interests,
        direct_payment=plan.lines.filter(way=Way.DIRECT_PAYMENT).exists(),
        by=by,
        on=on,
    )
    _require_not_barred(plan, on)
    _require_later_start(plan)
    given = said.sentence(how, ask=HOW_GIVEN, field="how", least=said.FEW)
    claim(plan, version, PlanState.SIGNED_OFF, "agreed")
    before = plan_in_force(plan.case)
    if before is not None:
        move(before, PlanState.REPLACED, {})
    move(plan, PlanState.AGREED, {})
    agreement = _agreement(plan, decider, given, comment.strip(), by, on)
    sentence = f"{decider.name} agreed plan {plan.number}."
    move_case(case=plan.case, to=Stage.ARRANGING, kind=Event.AGREED, by=by, on=on, sentence=sentence)
    return agreement


def _agreement(plan: Plan, decider: Decider, how: str, comment: str, by: User, on: date) -> Agreement:
    return Agreement.objects.create(
        plan=plan,
        agreed_on=on,
        agreed_by_name=decider.name,
        agreed_by_person=decider.is_person,
        agreed_by=decider.relationship,
        best_interests=decider.best_interests,
        how=how,
        comment=comment,
        recorded_by=by,
    )


@transaction.atomic
def disagree(
    *,
    plan: Plan,
    version: int,
    words: str,
    not_said: bool = False,
    seen_instead: str = "",
    how: str = SIGNED_IN,
    said_by: Relationship | None = None,
    by: User,
    on: date,
) -> SentBack:
    """Record that the person, or someone who speaks for them, does not agree, in their words: planning goes on.

    Nobody must give a reason: that none was said is recorded, with what the worker saw.
    """
    name = check_may_disagree(case=plan.case, said_by=said_by, by=by, on=on)
    why = said.words_or_not_said(
        words,
        not_said=not_said,
        seen_instead=seen_instead,
        ask=NOT_RIGHT,
        by_worker=by.is_staff_member,
        least=said.FEW,
    )
    why["how"] = said.sentence(how, ask=HOW_GIVEN, field="how", least=said.FEW)
    claim(plan, version, PlanState.SIGNED_OFF, "disagreed with")
    return send_back(plan, said_by_name=name, disagreed=True, why=why, by=by, on=on)


@transaction.atomic
def end_plan(*, plan: Plan, by: User, on: date) -> Plan:
    """Close the plan in force when support ends. Called by what ends it, which has checked permission."""
    return move(plan, PlanState.ENDED, {})


@transaction.atomic
def set_aside(*, plan: Plan, why: str, by: User, on: date) -> Plan:
    """Close a plan that is still being written, since nobody goes on with it. What was written stays on record.

    Called by what ends it, which has checked permission.
    """
    move(plan, PlanState.SET_ASIDE, {})
    sentence = f"Plan {plan.number}, which was being written, is set aside: {why}"
    tell(case=plan.case, kind=Event.PLAN_SET_ASIDE, sentence=sentence, by=by, on=on)
    return plan


@transaction.atomic
def take_back(*, plan: Plan, reason: str, by: User, on: date) -> Plan:
    """Take an agreed plan back before its budget began, and begin the next one as its copy.

    What was agreed stays on record. The plan that it was to replace is in force again, as its support went on. Called
    by whoever cannot start its budget, which has checked permission.
    """
    ask = "Say in a sentence why the budget cannot start, and what has to change. The person can read this."
    why = said.sentence(reason, ask=ask, field="reason")
    move(plan, PlanState.TAKEN_BACK, {})
    before = Plan.objects.filter(case=plan.case_id, state=PlanState.REPLACED, number__lt=plan.number).first()
    if before is not None:
        move(before, PlanState.AGREED, {})
    sentence = f"Plan {plan.number} was agreed, and its budget cannot start: {why}"
    move_case(case=plan.case, to=Stage.PLANNING, kind=Event.TAKEN_BACK, by=by, on=on, sentence=sentence)
    return new_plan(plan.case, on, like=plan)
