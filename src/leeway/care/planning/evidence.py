"""What a plan can show for itself: the ways explained and the choice made, and how each eligible need is met.

A plan that differs from the one in force in recorded prices alone keeps that one's evidence: copies of the offer, the
choice and the answers, which name what they rest on. They hold for as long as nothing else is changed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from leeway.care.assessment.models import Assessment, OutcomeNote
from leeway.care.assessment.queries import completed_assessment, outcome_notes
from leeway.care.decisions.models import DecisionKind
from leeway.care.decisions.queries import standing
from leeway.care.people.models import Case
from leeway.care.planning.line_changes import still_bought
from leeway.care.planning.models import (
    ChallengeAnswer,
    Choice,
    ChosenWay,
    NeedAnswer,
    NotChosen,
    Offer,
    Plan,
    PlanLine,
)
from leeway.law import Choice as Outcome

OF_ITS_OWN = frozenset({"id", "plan", "follows", "aim", "rate", "unit_cost_pence", "way"})


@dataclass(frozen=True, slots=True)
class OffersAndChoice:
    """What was explained, what was decided on it, and what a manager found where that was challenged.

    `challenged` is the latest choice in which a direct payment was said to be too risky. It stays a manager's to look
    at, whatever is explained and chosen afterwards. `before` is the plan whose evidence was taken over, if one was.
    """

    offers: list[Offer]
    choice: Choice | None
    challenged: Choice | None = None
    answer: ChallengeAnswer | None = None
    before: Plan | None = None

    @property
    def offer(self) -> Offer | None:
        """The latest explanation."""
        return self.offers[0] if self.offers else None

    @property
    def waiting(self) -> bool:
        """Whether the ways were explained and a decision has yet to be recorded."""
        return self.offer is not None and (self.choice is None or self.choice.offer_id != self.offer.pk)

    @property
    def not_explained(self) -> list[str]:
        """The ways that the latest explanation left out."""
        return left_out(self.offer) if self.offer else [way.label for way in ChosenWay]

    @property
    def to_answer(self) -> bool:
        """Whether a manager has yet to look at a direct payment that was said to be too risky."""
        return self.challenged is not None and self.answer is None

    @property
    def chosen_since(self) -> Choice | None:
        """The choice that stands, where it was made after the one that is challenged."""
        return self.choice if self.challenged is not None and self.choice != self.challenged else None

    @property
    def to_offer_again(self) -> bool:
        """Whether a manager looked at it, a direct payment is to be offered again, and nobody has done so since."""
        if self.answer is None or self.answer.accepted or self.choice is None:
            return False
        if self.choice.way == ChosenWay.DIRECT_PAYMENT:
            return False
        return self.choice.offer.offered_at < self.answer.answered_at


def offers_and_choice(plan: Plan, lines: Sequence[PlanLine] | None = None) -> OffersAndChoice:
    """Every time the ways to hold the budget were explained, the latest first, and the choice that stands.

    What was taken over from the plan before counts only while nothing but recorded prices differs from it. `lines` are
    the plan's, where they were read already with their aims and prices.
    """
    made_of = [f"choice__{name}" for name in ("decided_by", "best_interests", "recorded_by", "rests_on", "asked_for")]
    offers = list(plan.offers.select_related("offered_by", "rests_on__plan__final_budget", *made_of))
    before = _taken_over(plan, offers, lines)
    if before is None:
        offers = [offer for offer in offers if offer.rests_on_id is None]
    made = [offer.choice for offer in offers if hasattr(offer, "choice")]
    challenged = next(filter(is_challenged, made), None)
    return OffersAndChoice(offers, made[0] if made else None, challenged, _answer_to(challenged), before)


def _answer_to(choice: Choice | None) -> ChallengeAnswer | None:
    if choice is None:
        return None
    while choice.rests_on is not None:
        choice = choice.rests_on
    return ChallengeAnswer.objects.filter(choice=choice).select_related("answered_by").first()


def is_challenged(choice: Choice) -> bool:
    """Whether a direct payment, or more of one, was said to be too risky: a manager looks at that."""
    return choice.why_not_direct_payment == NotChosen.TOO_RISKY


def left_out(offer: Offer) -> list[str]:
    """The ways that an explanation left out."""
    return [way.label for way in ChosenWay if way.value not in offer.ways_explained]


def what_offer_lacks(plan: Plan, offer: Offer) -> str:
    """Why no choice can rest on an explanation of the ways; empty where one can.

    A direct payment was explained, unless the council decided, with reasons, that there can be none. Source: Care Act
    2014 s24(1)(b).
    """
    if ChosenWay.DIRECT_PAYMENT not in offer.ways_explained and not is_judged_inappropriate(plan.case):
        return (
            "A direct payment was not explained, so nobody can have decided for it or against it. Explain it, and "
            "record that you did; then record the choice."
        )
    if (missing := left_out(offer)) and not offer.why_not_explained:
        return (
            f"Not explained, and nobody said why: {', '.join(missing)}. Record the explanation again: explain what was "
            "left out, or say why it was."
        )
    return ""


def is_judged_inappropriate(case: Case) -> bool:
    """Whether the council decided, with reasons, that it may not pay a direct payment."""
    checked = standing(case, DecisionKind.DIRECT_PAYMENT)
    return checked is not None and checked.result["decision"] == "may_not_pay"


@dataclass(frozen=True, slots=True)
class Met:
    """What a plan says of one need: the lines that meet it through the aims they serve, or who does, or why not."""

    lines: list[PlanLine]
    answer: NeedAnswer | None

    @property
    def is_said(self) -> bool:
        return bool(self.lines) or self.answer is not None


@dataclass(frozen=True, slots=True)
class Need:
    """One eligible need, in the words of the assessment, and how the plan meets it."""

    outcome: Outcome
    note: OutcomeNote
    met: Met


def needs_of(
    plan: Plan, lines: Sequence[PlanLine] | None = None, *, found: OffersAndChoice | None = None
) -> list[Need]:
    """The outcomes that the assessment found the person unable to achieve, each with how this plan meets it.

    `lines` are the plan's, where they were read already with their aims, and `found` its `offers_and_choice`.
    """
    latest = completed_assessment(plan.case, by=plan.submitted_on)
    noted = [(outcome, note) for outcome, note in outcome_notes(latest) if note.unable] if latest else []
    met = how_met(plan, [outcome.code for outcome, _ in noted], lines, found=found)
    return [Need(outcome, note, met[outcome.code]) for outcome, note in noted]


def not_said(needs: Sequence[Need]) -> list[Outcome]:
    """Those of the needs of which the plan does not say how they are met, or why they are not.

    Source: Care Act 2014 s25(1)(c).
    """
    return [need.outcome for need in needs if not need.met.is_said]


def how_met(
    plan: Plan,
    codes: Sequence[str],
    lines: Sequence[PlanLine] | None = None,
    *,
    found: OffersAndChoice | None = None,
) -> dict[str, Met]:
    """How a plan meets some needs, by their code. Answers of the plan before count while only prices differ."""
    if not codes:
        return {}
    bought = plan.lines.select_related("aim") if lines is None else lines
    answers = {answer.outcome: answer for answer in plan.need_answers.all()}
    taken_over = any(answer.rests_on_id for answer in answers.values())
    if taken_over and (found.before if found else uprated_from(plan)) is None:
        answers = {code: answer for code, answer in answers.items() if answer.rests_on_id is None}
    serving = [(line, line.aim.outcomes) for line in bought if line.aim]
    return {code: Met([line for line, served in serving if code in served], answers.get(code)) for code in codes}


def uprated_from(plan: Plan) -> Plan | None:
    """The plan whose evidence this one took over, where nothing but recorded prices differs; None otherwise."""
    return _taken_over(plan, plan.offers.exclude(rests_on=None).select_related("rests_on__plan"))


def _taken_over(plan: Plan, offers: Iterable[Offer], lines: Sequence[PlanLine] | None = None) -> Plan | None:
    rests_on = next((offer.rests_on for offer in offers if offer.rests_on is not None), None)
    return rests_on.plan if rests_on and only_prices_differ(plan, rests_on.plan, lines=lines) else None


def shape(line: PlanLine) -> tuple[str, ...]:
    """All of a line but a price that is recorded: of that, on what footing it holds."""
    return line.way, *shape_but_way(line)


def shape_but_way(line: PlanLine) -> tuple[str, ...]:
    """The shape of a line, however its money is held."""
    fields = [field for field in line._meta.concrete_fields if field.name not in OF_ITS_OWN]
    at_rate = line.rate is not None and line.rate.pence == line.unit_cost_pence
    price = line.rate.kind if at_rate and line.rate else str(line.unit_cost_pence)
    return price, line.aim.words if line.aim else "", *(field.value_to_string(line) for field in fields)


def only_prices_differ(
    plan: Plan,
    before: Plan,
    *,
    by: Callable[[PlanLine], tuple[str, ...]] = shape,
    lines: Sequence[PlanLine] | None = None,
) -> bool:
    """Whether two plans have the same lines, some at a later recorded price; nobody was assessed between."""
    assessed = Assessment.objects.filter(
        case=plan.case_id, completed_on__gt=before.started_on, completed_on__lte=plan.started_on
    )
    then = still_bought(before)
    now = list(plan.lines.select_related("rate", "aim")) if lines is None else lines
    if sorted(map(by, now)) != sorted(map(by, then)) or assessed.exists():
        return False
    return {line.rate_id for line in now} != {line.rate_id for line in then}
