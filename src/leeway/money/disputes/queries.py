"""Reading disputes over who pays: those that run, how long, which step is due, and what was recharged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_look, record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.care.planning.models import PlanLine, PlanState
from leeway.law import law_on
from leeway.law.disputes import ENDED, STEPS, Due, clock
from leeway.law.numbers import pounds
from leeway.law.recharge import NHS
from leeway.money.disputes.access import disputes_seen_by
from leeway.money.disputes.models import Dispute, Outcome, Recharge, Step
from leeway.money.disputes.owing import by_body, if_it_ended_as_claimed
from leeway.money.funders.models import BODY_NOT_NAMED, Funder
from leeway.money.ledger.models import Reason, Transfer
from leeway.refusal import Refusal

RECHARGES = (Reason.RECHARGED, Reason.RECHARGE_UNDONE)
WORDS_OF_STEPS = {choice.code: choice.label for choice in STEPS} | {ENDED: "End of the dispute"}


@dataclass(frozen=True)
class DueStep:
    """A step of the clock, in words: by when, whether it was taken and when, and whether it is overdue."""

    due: Due
    words: str
    done_on: date | None
    is_overdue: bool


@dataclass(frozen=True)
class Running:
    """A dispute that runs: for how many days, and which step comes next."""

    dispute: Dispute
    days: int
    next_step: DueStep | None


@dataclass(frozen=True)
class Picture:
    """A dispute as its page shows it, with what would be owed if it ended as claimed."""

    dispute: Dispute
    steps: Sequence[Step]
    clock: Sequence[DueStep]
    outcomes: Sequence[Outcome]
    recharges: Sequence[Recharge]
    days: int
    as_claimed: Mapping[str, int]
    cannot: str

    @property
    def standing(self) -> Outcome | None:
        """The outcome that stands, if it ended."""
        return next((outcome for outcome in self.outcomes if outcome.taken_back_on is None), None)


def running() -> QuerySet[Dispute]:
    """Disputes that have no outcome, or none that stands: whoever shows them asks first who may see them."""
    ended = Outcome.objects.filter(taken_back_on=None).order_by().values("dispute")
    found = Dispute.objects.exclude(pk__in=ended).select_related("case__person", "claimed_by", "claimed_of", "paid_by")
    return found.prefetch_related("steps")


def steps_due(dispute: Dispute, on: date) -> list[DueStep]:
    """The clock of a dispute on a day, the first step at the top."""
    taken: dict[str, date] = {}
    for step in dispute.steps.all():
        taken.setdefault(step.kind, step.happened_on)
    ended = next((outcome for outcome in dispute.outcomes.all() if outcome.taken_back_on is None), None)
    if ended:
        taken[ENDED] = ended.ended_on
    return [
        DueStep(
            due,
            WORDS_OF_STEPS[due.step],
            taken.get(due.step),
            is_overdue=ended is None and due.step not in taken and due.by < on,
        )
        for due in clock(dispute.about, dispute.began_on, law_on(dispute.began_on, settings.COUNCIL_POLICY))
    ]


def overdue_steps(dispute: Dispute, on: date) -> list[Due]:
    """The steps of a dispute that should have been taken by now."""
    return [step.due for step in steps_due(dispute, on) if step.is_overdue]


def ageing(*, seen_by: User, on: date) -> list[Running]:
    """The disputes that run, the oldest first. Who is named counts as looked at."""
    found = []
    for dispute in running().filter(pk__in=disputes_seen_by(seen_by)).prefetch_related("outcomes"):
        due = [step for step in steps_due(dispute, on) if step.done_on is None]
        found.append(Running(dispute, (on - dispute.began_on).days, due[0] if due else None))
    record_looks(
        viewer=seen_by, person_ids=[each.dispute.case.person_id for each in found], page="Disputes over who pays"
    )
    return found


def ended_disputes(*, seen_by: User, most: int = 50) -> list[Outcome]:
    """The outcomes that stand of the disputes somebody may see, the latest first."""
    outcomes = Outcome.objects.filter(taken_back_on=None, dispute__in=disputes_seen_by(seen_by))
    found = list(
        outcomes.select_related("dispute__case__person", "dispute__claimed_of")
        .prefetch_related("shares__funder")
        .order_by("-ended_on")[:most]
    )
    record_looks(
        viewer=seen_by, person_ids=[each.dispute.case.person_id for each in found], page="Disputes over who pays"
    )
    return found


def picture(dispute_id: UUID, *, seen_by: User, on: date) -> Picture:
    """One dispute: the look noted. Http404 where it is none of this user's."""
    found = disputes_seen_by(seen_by).filter(pk=dispute_id)
    dispute = found.select_related(
        "case__person", "line__plan", "claimed_by", "claimed_of", "paid_by", "opened_by"
    ).first()
    if dispute is None:
        raise Http404("There is no such dispute.")
    record_look(viewer=seen_by, person_id=dispute.case.person_id, page="Dispute over who pays", own=True)
    outcomes = list(dispute.outcomes.prefetch_related("shares__funder").select_related("recorded_by", "taken_back_by"))
    recharges = Recharge.objects.filter(outcome__in=outcomes, outcome__taken_back_on=None).select_related(
        "line", "body"
    )
    is_running = all(outcome.taken_back_on for outcome in outcomes)
    ended_on = next((outcome.ended_on for outcome in outcomes if outcome.taken_back_on is None), on)
    as_claimed, cannot = _as_claimed(dispute, on) if is_running else ({}, "")
    return Picture(
        dispute=dispute,
        steps=list(dispute.steps.select_related("recorded_by")),
        clock=steps_due(dispute, on),
        outcomes=outcomes,
        recharges=list(recharges.order_by("starts_on", "line__what", "pk")),
        days=(ended_on - dispute.began_on).days,
        as_claimed=as_claimed,
        cannot=cannot,
    )


def _as_claimed(dispute: Dispute, on: date) -> tuple[Mapping[str, int], str]:
    """What each NHS body would owe if a dispute ended as claimed; or why that cannot be said."""
    try:
        owed = by_body(if_it_ended_as_claimed(dispute, on))
    except Refusal as refusal:
        return {}, str(refusal)
    names = {each.pk: each.name for each in Funder.objects.filter(pk__in=[body for body in owed if body])}
    return {names[body] if body else BODY_NOT_NAMED: pence for body, pence in owed.items() if pence}, ""


def bodies_recharged(transfers: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Of which NHS body each of these transfers is, those among them that recharge or undo it."""
    rows = Transfer.objects.order_by().filter(pk__in=transfers, reason__in=RECHARGES, about__isnull=False)
    about = {pk: recharge for pk, recharge in rows.values_list("pk", "about") if recharge}
    bodies = dict(Recharge.objects.order_by().filter(pk__in=about.values()).values_list("pk", "body"))
    return {pk: bodies[recharge] for pk, recharge in about.items()}


def recharged_in_words(outcome: Outcome) -> str:
    """What came of an outcome at once, for whoever recorded it."""
    bodies = [row.nhs_pence for row in outcome.recharges.all()]
    if any(bodies):
        owes, owed = sum(max(each, 0) for each in bodies), -sum(min(each, 0) for each in bodies)
        said = [f"{pounds(owes)} is claimed of the NHS"] if owes else []
        said += [f"{pounds(owed)} is owed back to it"] if owed else []
        return f"The dispute is ended. {' and '.join(said)} for months that are over."
    if outcome.dispute.claimed_by.purse == outcome.dispute.claimed_of.purse != NHS:
        return "The dispute is ended. Both pay through the council, so nothing is recharged: say it under “Who pays”."
    return "The dispute is ended. Nothing was paid otherwise in months that are over, so nothing is recharged yet."


def case_to_dispute(case_id: UUID, *, seen_by: User) -> Case:
    """The case of which somebody says that another must pay: finance's own work, the look noted."""
    check_can(seen_by, Capability.KEEP_DISPUTES)
    case = Case.objects.select_related("person").filter(pk=case_id, budgets__isnull=False).distinct().first()
    if case is None:
        raise Http404("There is no budget over which to argue.")
    record_look(viewer=seen_by, person_id=case.person_id, page="Dispute over who pays", own=True)
    return case


def lines_in_force(case: Case) -> QuerySet[PlanLine]:
    """The lines of the plan that a case's money is paid by."""
    return PlanLine.objects.filter(plan__case=case, plan__state=PlanState.AGREED)


def funders_on(day: date) -> QuerySet[Funder]:
    """Who may pay on a day."""
    return Funder.objects.exclude(ends_on__lt=day)
