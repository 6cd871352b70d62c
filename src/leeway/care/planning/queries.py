"""Reading plans: the one being written, the one in force, what they cost, and how the budget is held."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Max, QuerySet

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.assessment import queries as assessed
from leeway.care.circumstances.queries import barring_stay
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.queries import by_days, standing
from leeway.care.people.models import CapacityQuestion, Case
from leeway.care.people.states import Stage
from leeway.care.planning.access import is_in_force, lacks_capacity, who_could_sign_off
from leeway.care.planning.costs import costed_line, free_part, free_parts, totals, totals_of
from leeway.care.planning.evidence import (
    Need,
    OffersAndChoice,
    needs_of,
    not_said,
    offers_and_choice,
    uprated_from,
    what_offer_lacks,
)
from leeway.care.planning.models import (
    Aim,
    ChangeOfMind,
    Choice,
    ChosenWay,
    LineChange,
    Plan,
    PlanLine,
    PlanState,
    Way,
)
from leeway.care.planning.uses import what_uses_lack
from leeway.law import law_on
from leeway.law.direct_payment_codes import PERHAPS_DETAINED_IN
from leeway.law.exemptions import Judged, judge
from leeway.law.numbers import floor_div
from leeway.market.contracts.models import Rate
from leeway.market.contracts.queries import Change, changes
from leeway.market.listings.models import Kind
from leeway.said import says_something

#: What the assessment must have found where a line is said to be free because others must pay for it.
FOUND_AS = {"section_117": "section_117", "continuing_healthcare": "nhs_continuing_healthcare"}
WHO_MUST_PAY = {
    "section_117": "found that the council and the NHS must pay together: section 117 after-care",
    "nhs_continuing_healthcare": "found that the NHS must pay: NHS continuing healthcare",
    None: "did not find that anybody else must pay",
}
OPEN = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.SIGNED_OFF)


def open_plan(case: Case) -> Plan | None:
    """The plan that is being written, signed off or agreed, if there is one."""
    plans = Plan.objects.select_related("final_budget__decided_by", "submitted_by", "received_by")
    return plans.filter(case=case, state__in=OPEN).first()


def plan_in_force(case: Case) -> Plan | None:
    """The agreed plan by which support is given: it holds until a later one is agreed, or support ends."""
    plans = Plan.objects.select_related("final_budget__decided_by", "agreement", "received_by")
    return plans.filter(case=case, state=PlanState.AGREED).first()


def open_and_in_force(case: Case) -> tuple[Plan | None, Plan | None]:
    """The plan that is open and the one in force, read together."""
    plans = case.plans.select_related("final_budget__decided_by", "submitted_by", "received_by", "agreement")
    found = list(plans.filter(state__in=[*OPEN, PlanState.AGREED]))
    written = next((plan for plan in found if plan.state in OPEN), None)
    return written, next((plan for plan in found if plan.state == PlanState.AGREED), None)


def weekly_in_force(cases: Collection[Case]) -> dict[UUID, int]:
    """What the plans in force cost a week, in pence, by case: only of those cases that have one."""
    agreed = Plan.objects.filter(case__in=cases, state=PlanState.AGREED, final_budget__isnull=False)
    return {plan.case_id: plan.final_budget.result["pence_per_week"] for plan in agreed.select_related("final_budget")}


def begins_too_soon(plan: Plan, starts_on: date | None) -> str:
    """Why support by a plan that is open cannot start on a day, since another is in force then; empty where it can."""
    in_force = Plan.objects.filter(case=plan.case_id, state=PlanState.AGREED)
    started_on = in_force.values_list("starts_on", flat=True).first()
    if starts_on is None or started_on is None or starts_on > started_on:
        return ""
    return (
        f"The plan in force started on {started_on:%-d %B %Y}. The new one takes its place on a later day: "
        "change the day on which support starts."
    )


def choice_that_stands(case: Case) -> Choice | None:
    """How the budget is held, or is to be: by the plan being written once it has a choice, or else the one in force."""
    for plan in (open_plan(case), plan_in_force(case)):
        if plan is not None and (choice := offers_and_choice(plan).choice) is not None:
            return choice
    return None


def open_change_of_mind(case: Case) -> ChangeOfMind | None:
    """That somebody wants the budget to be held in another way, where it is not settled."""
    return case.changes_of_mind.filter(settled_on=None).select_related("instead_of").first()


def last_change_of_mind(case: Case) -> ChangeOfMind | None:
    """The change of mind about how the budget is held that waits for an answer, else the latest that was settled."""
    changes = case.changes_of_mind.select_related("instead_of", "settled_by", "choice")
    return changes.order_by(F("settled_on").desc(nulls_first=True), "-asked_on", "pk").first()


def has_direct_payment(case: Case) -> bool:
    """Whether the plan in force, or one being written or decided, holds money as a direct payment."""
    plans = Plan.objects.filter(case=case, state__in=[*OPEN, PlanState.AGREED])
    return PlanLine.objects.filter(plan__in=plans, way=Way.DIRECT_PAYMENT).exists()


def pays_directly(case: Case) -> bool:
    """Whether the plan in force holds money as a direct payment."""
    return PlanLine.objects.filter(plan__case=case, plan__state=PlanState.AGREED, way=Way.DIRECT_PAYMENT).exists()


def bars_direct_payment(plan: Plan, on: date) -> str:
    """Why nothing of a plan may be held as a direct payment on a day, where it is to be; empty where it may."""
    stay = barring_stay(plan.case.person, on)
    if stay is None or not plan.lines.filter(way=Way.DIRECT_PAYMENT).exists():
        return ""
    where = stay.get_kind_display()
    if stay.kind in PERHAPS_DETAINED_IN:
        return (
            f"{plan.case.person} is in prison since {stay.starts_on:%-d %B %Y}, and nobody has said whether they were "
            "convicted. Nobody convicted can have a direct payment there (Care Act 2014, section 76), and somebody on "
            "remand can: find out, take that stay back and record it as it is."
        )
    return (
        f"{plan.case.person} is {where[0].lower()}{where[1:]}, since {stay.starts_on:%-d %B %Y}. Nobody there can have "
        "a direct payment (Care Act 2014, section 76): hold the money in another way, or wait until the stay is over."
    )


def charges_of(plan: Plan) -> list[Decision]:
    """What the person pays by a plan: the decisions that count, each from its first day on, in order."""
    return by_days(plan.charges.all())


def pays_on(charges: Sequence[Decision], on: date) -> int:
    """What the person pays a week on a day, by the charges of a plan; before its first, what is to be paid then."""
    begun = [charge for charge in charges if charge.law_on <= on] or charges[:1]
    return begun[-1].result["charge_pence_per_week"] if begun else 0


@dataclass(frozen=True, slots=True)
class PutRight:
    """Days gone by for which a charge counts that was decided after them: what was asked, and what is right."""

    starts_on: date
    ends_on: date
    asked_pence_per_week: int
    right_pence_per_week: int

    @property
    def asked_pence(self) -> int:
        """What was asked for these days in all."""
        return self._in_all(self.asked_pence_per_week)

    @property
    def right_pence(self) -> int:
        """What is right for these days in all."""
        return self._in_all(self.right_pence_per_week)

    @property
    def back_pence(self) -> int:
        """What was asked too much; less than nothing where it was too little."""
        return self.asked_pence - self.right_pence

    def _in_all(self, pence_per_week: int) -> int:
        return floor_div(pence_per_week * ((self.ends_on - self.starts_on).days + 1), 7)


def put_right(charge: Decision) -> PutRight | None:
    """What a charge puts right for the days before its decision; None where it is the first, or none went by."""
    plan = Plan.objects.filter(charges=charge).first()
    made = plan.charges.filter(decided_on__lte=charge.decided_on) if plan else Decision.objects.none()
    asked = [each for each in by_days(made.filter(decided_on__lt=charge.decided_on)) if each.law_on <= charge.law_on]
    if not asked or charge.law_on >= charge.decided_on:
        return None
    after = [charge.decided_on, *(each.law_on for each in made if each.law_on > charge.law_on)]
    return PutRight(
        starts_on=charge.law_on,
        ends_on=min(after) - timedelta(days=1),
        asked_pence_per_week=asked[-1].result["charge_pence_per_week"],
        right_pence_per_week=charge.result["charge_pence_per_week"],
    )


def nhs_pays_besides(charge: Decision) -> int:
    """What the NHS pays a week of the plan that a charge is for: it is no part of what is charged for."""
    plan = Plan.objects.filter(charges=charge).select_related("final_budget").first()
    if plan is None:
        return 0
    made = LineChange.objects.filter(line__plan=plan, starts_on__lte=charge.law_on, taken_back_on=None)
    done = made.filter(carried_out_on__lte=charge.decided_on).select_related("final_budget")
    changed = done.order_by("starts_on", "final_budget__decided_at").last()
    final_budget = changed.final_budget if changed else plan.final_budget
    decided = final_budget.result if final_budget else totals(plan_lines(plan))
    return decided["nhs_pence_per_week"]


def aims_in_force(case: Case) -> list[Aim]:
    """What the plan in force is to achieve."""
    return list(Aim.objects.filter(plan__case=case, plan__state=PlanState.AGREED))


def numbered_plan(case: Case, number: int) -> Plan | None:
    """One version of the plan by its number."""
    plans = Plan.objects.select_related("final_budget__decided_by", "submitted_by", "received_by")
    return plans.filter(case=case, number=number).first()


def past_plans(case: Case) -> QuerySet[Plan]:
    """Every plan of the case that came before, the latest first."""
    return Plan.objects.filter(case=case).exclude(state__in=[*OPEN, PlanState.AGREED])


def plan_lines(plan: Plan) -> list[PlanLine]:
    """What the budget pays for, with who gives it and which aim it serves."""
    return list(plan.lines.select_related("service__provider", "aim", "rate"))


def first_of_lines(case_id: UUID) -> dict[UUID, UUID]:
    """Each line that a case's plans ever had, with the first of those it goes on from, plan after plan: or itself."""
    rows = PlanLine.objects.filter(plan__case=case_id).order_by("plan__number")
    return first_of(rows.values_list("pk", "follows"))


def first_of(rows: Iterable[tuple[UUID, UUID | None]]) -> dict[UUID, UUID]:
    """The first of those that each line goes on from; of lines in the order of their plans, each with what it follows.

    >>> first_of([("a", None), ("b", "a"), ("c", "b")])
    {'a': 'a', 'b': 'a', 'c': 'a'}
    """
    found: dict[UUID, UUID] = {}
    for line, follows in rows:
        found[line] = found[follows] if follows else line
    return found


def price_changes(lines: list[PlanLine], on: date) -> dict[UUID, Change]:
    """The lines whose recorded price is not what is paid on a day, or will not be for ever, by their key."""
    found = changes([line.rate for line in lines if line.rate], on)
    return {line.pk: found[line.rate_id] for line in lines if line.rate_id in found}


def price_to_take(line: PlanLine, change: Change, on: date) -> Rate | None:
    """The new price of a line, where it holds by the time support starts; a later one cannot be planned with yet."""
    starts_on = max(line.plan.starts_on or on, on)
    return change.now if change.now is not None and change.now.starts_on <= starts_on else None


def plan_totals(plan: Plan) -> dict:
    """What a plan costs: `pence_per_week`, `nhs_pence_per_week`, `ways` {way: pence a week}, `once_pence`."""
    return totals(list(plan.lines.all()))


def indicative(case: Case) -> Decision | None:
    """The indicative budget that planning starts from, if there is one."""
    return standing(case, DecisionKind.INDICATIVE_BUDGET)


def indicative_pence(decision: Decision | None) -> int | None:
    """The indicative amount a week, if one was worked out."""
    return decision.result.get("indicative_pence_per_week") if decision else None


def bought_by_the_table(decision: Decision | None) -> list[str]:
    """The kinds of support by which the council's table priced the answers, in words to look for them by."""
    answers = decision.result.get("answers", []) if decision else []
    priced = [line["buys"]["service"] for line in answers if line["counted"] and line["buys"]]
    return [Kind(service).label.lower() for service in dict.fromkeys(priced)]


def is_costed_instead(decision: Decision | None) -> bool:
    """Whether the needs are beyond what the table can price, so that its amount is no guide."""
    return bool(decision and decision.result.get("costed_instead"))


def to_explain_above(plan: Plan, guide: Decision | None) -> int | None:
    """The amount a week above which a budget needs a reason, if there is one: that of the indicative budget.

    Not where the table cannot price the needs, nor where nothing but recorded prices rose since the plan in force.
    """
    return None if is_costed_instead(guide) or uprated_from(plan) else indicative_pence(guide)


def free_by_law(lines: list[PlanLine], on: date) -> dict[UUID, Judged]:
    """Whether each line that is said to be free is so on a day, until when and why, by its key.

    It is judged for the first day of the plan's support; where that is not known yet, for the first day of reablement.
    """
    costed = {line.pk: costed_line(line) for line in lines}
    parts = {key: free_part(line, line.social_care_pence) for key, line in costed.items() if line.is_said_free}
    starts_on = lines[0].plan.starts_on if lines else None
    days = {key: max(on, starts_on or part.started_on or on) for key, part in parts.items()}
    return {key: judge(part, law_on(days[key], settings.COUNCIL_POLICY)) for key, part in parts.items()}


def what_money_lacks(case: Case, on: date, *, plan: Plan | None = None, lines: Sequence[PlanLine] | None = None) -> str:
    """What must be known of the person's money before what they pay is: nothing where every line is free by law.

    Where they were read already, `lines` are those of `plan`, which is open or else in force: none where there is none.
    """
    if lines is None:
        plan = plan or open_plan(case) or plan_in_force(case)
        lines = list(plan.lines.all()) if plan else []
    costed_lines = [costed_line(line) for line in lines]
    costed = totals_of(costed_lines)
    social_care = costed["pence_per_week"] - costed["nhs_pence_per_week"]
    parts = free_parts(costed_lines, social_care)
    on = max(on, plan.starts_on or on) if plan else on
    return assessed.what_money_lacks(case, on, personal_budget_pence_per_week=social_care, free_parts=parts)


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to do before a plan can go to sign-off, and the page where it is done."""

    sentence: str
    page: str
    arguments: tuple[str, ...] = ()


def what_is_missing(
    plan: Plan,
    on: date,
    *,
    needs: Sequence[Need] | None = None,
    found: OffersAndChoice | None = None,
    lines: list[PlanLine] | None = None,
) -> list[Missing]:
    """Everything still to do before this plan can go to sign-off; empty when it is ready.

    `needs`, `found` and `lines` are `needs_of` the plan, its `offers_and_choice` and its `plan_lines`, where they were
    read already.
    """
    lines = plan_lines(plan) if lines is None else lines
    found = found or offers_and_choice(plan, lines)
    missing = []
    if not any(line.aim_id for line in lines) and not plan.aims.exists():
        missing.append(Missing("Add at least one aim.", "planning:add_aim"))
    if not lines and not says_something(plan.no_lines_reason):
        missing.append(
            Missing("Add what the budget will pay for, or say in a sentence why no money is needed.", "planning:find")
        )
    if plan.starts_on is None:
        missing.append(Missing("Say when support starts.", "planning:start_date"))
    first = plan.starts_on or on
    ahead = [line for line in lines if line.rate and line.rate.starts_on > first]
    missing += [
        Missing(
            f"{line.what}: its price is for days from {line.rate.starts_on:%-d %B %Y} on, and support starts before. "
            "Start then, or take the price of before.",
            "planning:start_date",
        )
        for line in ahead
    ]
    missing += _missing_about_needs(needs_of(plan, lines, found=found) if needs is None else needs)
    missing += [
        Missing(f"{line.what}: say whether it is free by law.", "planning:line", (str(line.pk),))
        for line in lines
        if not line.exemption
    ]
    missing += _missing_about_funding(plan, lines, found)
    if lacking := what_money_lacks(plan.case, plan.starts_on or on, plan=plan, lines=lines):
        missing.append(Missing(lacking, "assessment:money"))
    if lines:
        missing += _missing_about_choice(plan, found, lines) + _missing_about_direct_payment(plan, lines, on)
    return missing


def _missing_about_funding(plan: Plan, lines: list[PlanLine], found: OffersAndChoice) -> list[Missing]:
    """The lines said to be free because others must pay for them, where the assessment did not find that they must.

    A plan in which nothing but recorded prices rose is not asked again, unless needs were assessed since.
    """
    said = [line for line in lines if line.exemption in FOUND_AS]
    if not said or _was_signed_off_so(plan, found):
        return []
    payer = assessed.funded_by(plan.case)
    return [
        Missing(
            f"{line.what}: it is said to be free ({line.get_exemption_display()}), and the assessment "
            f"{WHO_MUST_PAY[payer]}. Change the line; or assess again, where the assessment is wrong.",
            "planning:line",
            (str(line.pk),),
        )
        for line in said
        if FOUND_AS[line.exemption] != payer
    ]


def _was_signed_off_so(plan: Plan, found: OffersAndChoice) -> bool:
    """Whether the same lines were signed off at other prices, and nobody was assessed since."""
    if found.before is None or found.before.final_budget is None:
        return False
    eligibility = standing(plan.case, DecisionKind.ELIGIBILITY)
    return eligibility is None or eligibility.decided_at < found.before.final_budget.decided_at


def _missing_about_needs(needs: Sequence[Need]) -> list[Missing]:
    ask = "say how this need is met, or why it is not."
    return [Missing(f"{one.label}: {ask}", "planning:need", (one.code,)) for one in not_said(needs)]


def _missing_about_choice(plan: Plan, found: OffersAndChoice, lines: list[PlanLine]) -> list[Missing]:
    if found.offer is None:
        return [Missing("Explain the ways to hold the budget, and record that you did.", "planning:offer")]
    if found.choice is None or found.waiting:
        if lacking := what_offer_lacks(plan, found.offer):
            return [Missing(lacking, "planning:offer")]
        return [Missing("Record the choice of how to hold the budget.", "planning:choice")]
    if found.to_offer_again:
        again = "A manager asks that a direct payment is offered again, made safe enough. Explain the ways again."
        return [Missing(again, "planning:offer")]
    ways = {line.way for line in lines}
    if "" in ways:
        return [Missing("Choose how the money for each line is held.", "planning:ways")]
    if found.choice.way == ChosenWay.MIXED and len(ways) == 1:
        return [Missing("The choice is a mix, but every line is held in the same way. Change a line.", "planning:ways")]
    if found.choice.way != ChosenWay.MIXED and ways != {found.choice.way}:
        return [Missing("Some lines are held in another way than was chosen.", "planning:ways")]
    if Way.DIRECT_PAYMENT not in ways and not found.choice.why_not_direct_payment:
        none = (
            "No part is a direct payment, and nobody said why not. Change a line, or explain the ways and choose again."
        )
        return [Missing(none, "planning:ways")]
    return []


def _missing_about_direct_payment(plan: Plan, lines: list[PlanLine], on: date) -> list[Missing]:
    paid = [line for line in lines if line.way == Way.DIRECT_PAYMENT]
    if not paid:
        return []
    page, decision = "planning:direct_payment", standing(plan.case, DecisionKind.DIRECT_PAYMENT)
    if barred := bars_direct_payment(plan, on):
        return [Missing(barred, "planning:ways")]
    if decision is None or decision.result["decision"] == "not_yet_known":
        return [Missing("Check the conditions for a direct payment.", page)]
    missing = []
    lacking = lacks_capacity(plan.case, CapacityQuestion.DIRECT_PAYMENT) is not None
    if lacking != (decision.result["route"] == "section_32"):
        missing.append(Missing("Capacity was decided since the direct payment was checked. Check it again.", page))
    if plan.received_by is not None and not is_in_force(plan.received_by, on):
        missing.append(Missing(f"{plan.received_by.name} may no longer receive the direct payment.", page))
    if decision.result["decision"] == "may_not_pay":
        missing.append(
            Missing(
                "A condition for a direct payment is not met. Hold those lines in another way, or record what has "
                "changed.",
                page,
            )
        )
    lacks = what_uses_lack(paid, law_on(on), plan.starts_on or on)
    return missing + [Missing(sentence, "planning:overview") for sentence in lacks]


def waiting_for_sign_off(manager: User) -> QuerySet[Plan]:
    """The plans of this manager's team that wait for sign-off, the longest waiting first."""
    plans = Plan.objects.select_related("case__person", "case__worker", "submitted_by").prefetch_related("lines")
    waiting = plans.filter(state=PlanState.SUBMITTED, case__stage=Stage.SIGN_OFF)
    return waiting.filter(case__team=manager.team_id).order_by("submitted_on", "pk")


def next_to_sign_off(manager: User) -> Plan | None:
    """The plan of this manager's team that waits longest and that they may sign off."""
    within = manager.sign_off_limit_pence_per_week
    for plan in waiting_for_sign_off(manager):
        pence = totals(list(plan.lines.all()))["pence_per_week"]
        if pence <= within and manager in who_could_sign_off(plan, pence):
            return plan
    return None


def waiting_elsewhere(manager: User) -> list[Plan]:
    """Plans of other teams that no manager there may sign off, and this one may."""
    most, limits = manager.sign_off_limit_pence_per_week, _largest_limits()
    able = [team for team, limit in limits.items() if limit >= most]
    waiting = Plan.objects.filter(state=PlanState.SUBMITTED).exclude(case__team__in=[manager.team_id, *able])
    plans = waiting.select_related("case__person", "case__worker", "submitted_by").prefetch_related("lines")
    ordered = plans.order_by("submitted_on", "pk")
    costed = [(plan, totals(list(plan.lines.all()))["pence_per_week"]) for plan in ordered]
    within = [(plan, pence) for plan, pence in costed if pence <= most]
    return [plan for plan, pence in within if limits.get(plan.case.team_id, 0) < pence]


def _largest_limits() -> dict[int, int]:
    managers = User.objects.who_can(Capability.SIGN_OFF).values_list("team")
    return dict(managers.annotate(most=Max("sign_off_limit_pence_per_week")))


def choices_to_report(*, until: date, seen_by: User) -> QuerySet[Choice]:
    """Every choice of a way to hold a budget made by a day, for measures, in the order in which they were offered."""
    check_can(seen_by, Capability.ANALYSE)
    return Choice.objects.filter(chosen_on__lte=until).order_by("offer__offered_on", "offer__offered_at")
