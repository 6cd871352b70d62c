"""Writing a plan: about the person, aims, what the budget pays for, when it starts."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from leeway import said
from leeway.access.models import User
from leeway.care.assessment.queries import funded_by
from leeway.care.decisions.models import DecisionKind
from leeway.care.decisions.queries import standing
from leeway.care.people.access import can_work_on, check_can_work_on
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Person
from leeway.care.people.states import Stage, require_stage
from leeway.care.planning.access import (
    check_can_write_about_me,
)
from leeway.care.planning.actions.drafts import claim_draft, write_in
from leeway.care.planning.actions.exempting import check_exemption
from leeway.care.planning.costs import weekly_pence
from leeway.care.planning.evidence import offers_and_choice, only_prices_differ, shape_but_way
from leeway.care.planning.line_changes import still_bought
from leeway.care.planning.models import (
    ORDINARY,
    Aim,
    Choice,
    ChosenWay,
    NeedAnswer,
    Offer,
    Plan,
    PlanLine,
)
from leeway.care.planning.queries import (
    begins_too_soon,
    open_plan,
    plan_in_force,
    price_changes,
    price_to_take,
)
from leeway.days import PLANNED, check_day
from leeway.law.births import BirthdayNeeded
from leeway.law.months import anniversary
from leeway.law.numbers import pounds
from leeway.market.contracts.models import Rate
from leeway.market.contracts.queries import matching_rate
from leeway.market.units import Frequency
from leeway.refusal import NotAllowed, Refusal

PERSON_WRITES = frozenset({"about_me", "contingency", "risks"})
WORKER_WRITES = PERSON_WRITES | {"author", "prevention"}
LINE_DETAILS = frozenset(
    {
        "aim",
        "what",
        "service",
        "supplier",
        "way",
        "unit",
        "units",
        "unit_cost_pence",
        "frequency",
        "nhs_percent",
        "exemption",
        "reablement_from",
        "reablement_until",
        "reablement_agreed_by",
        "reablement_why",
        "payee_relationship",
        "payee_same_household",
        "payee_necessary_for",
        "payee_necessary",
        "from_council",
        "from_council_because",
        "in_care_home",
        "care_home_nights",
        "care_home_days_between",
    }
)
MOST_PENCE_PER_WEEK = 50_000_00
COPIED = ("author", "about_me", "contingency", "risks", "prevention", "received_by")


@transaction.atomic
def start_plan(*, case: Case, by: User, on: date) -> Plan:
    """Start a plan. Where one is in force, the new one begins as its copy, and the old holds until this is agreed."""
    check_can_work_on(by, case)
    require_stage(case.stage, Stage.PLANNING)
    if open_plan(case) is not None:
        raise Refusal("A plan is already being written for this case. Carry on with that one.")
    plan = new_plan(case, on, like=plan_in_force(case))
    sentence = f"Started writing support plan {plan.number}."
    tell(case=case, kind=Event.PLAN_STARTED, sentence=sentence, by=by, on=on)
    return plan


def new_plan(case: Case, on: date, *, like: Plan | None) -> Plan:
    """The next plan of a case, begun as a copy of another where there is one. Whoever calls has checked permission."""
    latest = case.plans.first()
    plan = Plan.objects.create(case=case, number=latest.number + 1 if latest else 1, started_on=on)
    if like is not None:
        _copy(like, plan)
    return plan


def _copy(before: Plan, plan: Plan) -> None:
    for name in COPIED:
        setattr(plan, name, getattr(before, name))
    plan.save(update_fields=COPIED)
    aims = {}
    for aim in before.aims.all():
        copied = Aim.objects.create(plan=plan, outcomes=aim.outcomes, words=aim.words, how_we_know=aim.how_we_know)
        aims[aim.pk] = copied
    asked_again = _funding_changed_since(before)
    for line in still_bought(before):
        details = {name: getattr(line, name) for name in (LINE_DETAILS | {"rate"}) - {"aim", "way"}}
        if asked_again and line.exemption == ORDINARY:
            details["exemption"] = ""
        PlanLine.objects.create(plan=plan, follows=line, aim=aims.get(line.aim_id), **details)


def _funding_changed_since(before: Plan) -> bool:
    """Whether section 117 or the NHS was found to pay since a plan was signed off, so that each line is asked again."""
    assert before.final_budget is not None, "a plan in force was signed off"
    found = standing(before.case, DecisionKind.ELIGIBILITY)
    newer = found is not None and found.decided_at > before.final_budget.decided_at
    return newer and funded_by(before.case) is not None


@transaction.atomic
def save_about(*, plan: Plan, version: int, details: dict, by: User, on: date) -> Plan:
    """Save what matters, what happens if support falls through, risks, and who wrote the plan; half-done is fine."""
    check_can_write_about_me(by, plan.case, on)
    allowed = WORKER_WRITES if can_work_on(by, plan.case) else PERSON_WRITES
    if not set(details) <= allowed:
        raise NotAllowed("Who wrote the plan and the advice given are for the worker to record.")
    write_in(plan, version, by, on, **details)
    return plan


@transaction.atomic
def add_aim(
    *, plan: Plan, version: int, words: str, how_we_know: str, outcomes: Sequence[str] = (), by: User, on: date
) -> Aim:
    """Add something the person wants to do or keep doing, and how they will know that it works."""
    check_can_write_about_me(by, plan.case, on)
    write_in(plan, version, by, on)
    return Aim.objects.create(plan=plan, words=_said(words), how_we_know=how_we_know.strip(), outcomes=list(outcomes))


@transaction.atomic
def change_aim(
    *, aim: Aim, version: int, words: str, how_we_know: str, outcomes: Sequence[str] = (), by: User, on: date
) -> Aim:
    """Change an aim while the plan is being written."""
    check_can_write_about_me(by, aim.plan.case, on)
    write_in(aim.plan, version, by, on)
    aim.words, aim.how_we_know, aim.outcomes = _said(words), how_we_know.strip(), list(outcomes)
    aim.save(update_fields=["words", "how_we_know", "outcomes"])
    return aim


@transaction.atomic
def remove_aim(*, aim: Aim, version: int, by: User, on: date) -> None:
    """Take an aim out while the plan is being written. Lines that served it stay, without an aim."""
    check_can_write_about_me(by, aim.plan.case, on)
    write_in(aim.plan, version, by, on)
    aim.lines.update(aim=None)
    aim.delete()


@transaction.atomic
def add_line(*, plan: Plan, version: int, details: dict, by: User, on: date) -> PlanLine:
    """Add one thing that the budget pays for, from the directory or one's own idea.

    `details`: what, service or supplier, unit, units, unit_cost_pence, frequency, nhs_percent, aim, way; what the law
    of direct payments asks (who is paid: payee_…, whether the council gives it: from_council…, nights in a care home:
    care_home_…); and whether it is free by law (exemption, and of reablement its first day and what the council
    decided). Left out, it is ordinary support; where section 117 or the NHS pays, it is still to be answered. The way
    follows the choice where one stands. Where the cost is a price of the service that is recorded for the day, the
    line points to it.
    """
    check_can_work_on(by, plan.case)
    claim_draft(plan, version, by)
    asked = {"exemption": "" if funded_by(plan.case) else ORDINARY}
    line = PlanLine(plan=plan, **asked | _line_details(plan, details))
    _check_size(line)
    _check_reasons(line)
    check_exemption(line, on)
    line.rate = _rate_of(line, on)
    line.save(force_insert=True)
    return line


@transaction.atomic
def change_line(*, line: PlanLine, version: int, details: dict, by: User, on: date) -> PlanLine:
    """Change one thing that the budget pays for, while the plan is being written."""
    check_can_work_on(by, line.plan.case)
    claim_draft(line.plan, version, by)
    changed = _line_details(line.plan, details)
    for name, value in changed.items():
        setattr(line, name, value)
    _check_size(line)
    _check_reasons(line)
    check_exemption(line, on)
    if not _is_at(line, line.rate):
        line.rate = _rate_of(line, on)
    if line.follows and _is_another_thing(line, line.follows):
        line.follows = None
    line.save(update_fields=[*changed, "rate", "follows"])
    return line


def _is_another_thing(line: PlanLine, before: PlanLine) -> bool:
    """Whether a line has become something else than the one it goes on from: another name, and another service."""
    same_service = line.service_id is not None and line.service_id == before.service_id
    return not same_service and line.what.strip().casefold() != before.what.strip().casefold()


@transaction.atomic
def take_new_price(*, line: PlanLine, version: int, rate: Rate, by: User, on: date) -> PlanLine:
    """Put the price that took the place of the one a line was written with, while the plan is being written."""
    check_can_work_on(by, line.plan.case)
    claim_draft(line.plan, version, by)
    change = price_changes([line], on).get(line.pk)
    if change is None or price_to_take(line, change, on) != rate:
        raise Refusal(f"The price of {line.what} has changed since you looked. Look at the plan again.")
    line.rate, line.unit_cost_pence = rate, rate.pence
    _check_size(line)
    line.save(update_fields=["rate", "unit_cost_pence"])
    _keep_evidence(line.plan)
    return line


def _keep_evidence(plan: Plan) -> None:
    """Where nothing but prices differs from the plan in force: nobody explains, chooses or answers anything again."""
    before = plan_in_force(plan.case)
    if before is None or plan.offers.exists() or not only_prices_differ(plan, before, by=shape_but_way):
        return
    choice = offers_and_choice(before).choice
    if choice is None:
        return
    now = sorted(plan.lines.select_related("rate", "aim"), key=shape_but_way)
    then = sorted(still_bought(before), key=shape_but_way)
    for line, was in zip(now, then, strict=True):
        line.way = was.way
        line.save(update_fields=["way"])
    offer = _copied(choice.offer, plan=plan)
    _copied(choice, offer=offer)
    for answer in before.need_answers.all():
        _copied(answer, plan=plan)


def _copied[Kept: (Offer, Choice, NeedAnswer)](record: Kept, **of: Plan | Offer) -> Kept:
    """A copy of what was recorded, of another plan or offer, that names what it rests on."""
    own = {"id", "offered_at", "rests_on", *of}
    values = {
        field.name: getattr(record, field.name) for field in record._meta.concrete_fields if field.name not in own
    }
    return type(record)._default_manager.create(**values, **of, rests_on=record)


@transaction.atomic
def remove_line(*, line: PlanLine, version: int, by: User, on: date) -> None:
    """Take a line out while the plan is being written. The database keeps what it was."""
    check_can_work_on(by, line.plan.case)
    claim_draft(line.plan, version, by)
    line.delete()


@transaction.atomic
def set_start(
    *, plan: Plan, version: int, starts_on: date | None, no_lines_reason: str = "", by: User, on: date
) -> Plan:
    """Say when support starts and, where the plan has no lines, why no money is needed."""
    check_can_work_on(by, plan.case)
    if starts_on is not None and starts_on < plan.case.opened_on:
        raise Refusal(
            f"Support cannot start before the request for help on {plan.case.opened_on:%-d %B %Y}.", field="starts_on"
        )
    check_day(starts_on, PLANNED, field="starts_on", what="The day on which support starts", on=on)
    if too_soon := begins_too_soon(plan, starts_on):
        raise Refusal(too_soon, field="starts_on")
    if starts_on is not None:
        _check_grown_up(plan.case.person, starts_on)
    claim_draft(plan, version, by, starts_on=starts_on, no_lines_reason=no_lines_reason.strip())
    return plan


def _check_grown_up(person: Person, starts_on: date) -> None:
    """Refuse a first day before the 18th birthday, and one of which nobody can say whether it lies before it."""
    if person.birth is None:
        raise BirthdayNeeded(whose=str(person), turns_on="support for adults starts at 18", field="starts_on")
    eighteen = anniversary(person.birth.last, 18)
    if starts_on < eighteen:
        latest = "" if person.date_of_birth else "at the latest, since the year of birth alone is known, "
        raise Refusal(
            f"Support for adults starts on the 18th birthday, {latest}{eighteen:%-d %B %Y}, or later. The plan can be "
            "made ready before.",
            field="starts_on",
        )


def _said(words: str) -> str:
    return said.sentence(words, ask="Write the aim in a few words.", field="words", least=said.A_WORD)


def _line_details(plan: Plan, details: dict) -> dict:
    unknown = set(details) - LINE_DETAILS
    assert not unknown, f"not details of a plan line: {unknown}"
    aim, service = details.get("aim"), details.get("service")
    if aim is not None and aim.plan_id != plan.pk:
        raise Refusal("That aim belongs to another plan. Choose one of this plan’s aims.", field="aim")
    if service is not None and service.no_longer_listed_on is not None:
        raise Refusal(f"{service.name} is no longer listed in the directory. Choose another.", field="what")
    choice = offers_and_choice(plan).choice if plan.offers.exists() else None  # most lines are written before
    way = details.get("way", "")
    if choice is not None and choice.way != ChosenWay.MIXED:
        way = choice.way
    return {**details, "way": way}


def _rate_of(line: PlanLine, on: date) -> Rate | None:
    """The recorded price, on the day of writing, that a line's price is; None for a price of one's own."""
    if line.service is None:
        return None
    return matching_rate(line.service, unit=line.unit, pence=line.unit_cost_pence, on=on)


def _is_at(line: PlanLine, rate: Rate | None) -> bool:
    """Whether a line still stands at the price that it points to."""
    if rate is None:
        return False
    return (rate.service_id, rate.unit, rate.pence) == (line.service_id, line.unit, line.unit_cost_pence)


def _check_reasons(line: PlanLine) -> None:
    """Refuse half of a finding: what the council considers it necessary to pay family for, and why, go together."""
    if line.payee_necessary_for:
        ask = "Say why the council finds it necessary to pay them, or not."
        said.sentence(line.payee_necessary, ask=ask, field="payee_necessary", least=said.FEW)
    if line.payee_necessary.strip() and not line.payee_necessary_for:
        raise Refusal("Say what the council considers it necessary to pay them for.", field="payee_necessary_for")
    if line.care_home_nights == 0:
        raise Refusal("Enter how many nights each stay is, or leave it empty.", field="care_home_nights")
    if line.in_care_home is False and line.care_home_nights is not None:
        raise Refusal(
            "Here are nights in a care home, and that it is no stay in one. Take one of the two back.",
            field="in_care_home",
        )


def _check_size(line: PlanLine) -> None:
    if not line.what.strip():
        raise Refusal("Say what the budget pays for.", field="what")
    if line.units <= 0:
        raise Refusal("Enter how many: more than nought.", field="units")
    if line.unit_cost_pence < 0:
        raise Refusal("A cost cannot be less than nothing.", field="unit_cost_pence")
    if not 0 <= line.nhs_percent <= 100:
        raise Refusal("The NHS pays between 0 and 100 per cent.", field="nhs_percent")
    if line.nhs_percent and line.frequency == Frequency.ONCE:
        raise Refusal(
            "Something bought once is paid by the council. Take the NHS share off, or agree it as a weekly cost.",
            field="nhs_percent",
        )
    if weekly_pence(line) > MOST_PENCE_PER_WEEK:
        raise Refusal(
            f"That comes to {pounds(weekly_pence(line))} a week. Check the amount, and how often it is bought.",
            field="unit_cost_pence",
        )
