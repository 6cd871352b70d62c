"""Opening a dispute over who pays, its steps, its end, and what is recharged then. Nothing here holds a payment."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from django.db import InterfaceError, OperationalError, transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import set_task, tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case, Whose
from leeway.care.planning.models import PlanLine
from leeway.days import HAPPENED, PLANNED, check_day
from leeway.law.disputes import ABOUT, STEPS
from leeway.law.numbers import pounds
from leeway.law.recharge import NHS, PERSON, WHOLE
from leeway.law.sharing import percent
from leeway.money.budgets.models import Budget
from leeway.money.disputes.models import Dispute, Outcome, Recharge, Share, Step
from leeway.money.disputes.owing import Owed, if_it_ended_as_claimed, in_all, lines_of, standing_outcomes, still_owed
from leeway.money.disputes.queries import lines_in_force, overdue_steps, running
from leeway.money.funders.models import Funder
from leeway.money.ledger.actions import give_back, recharge
from leeway.money.ledger.models import Reason, Transfer
from leeway.refusal import Refusal

log = logging.getLogger(__name__)


@transaction.atomic
def open_dispute(
    *,
    case: Case,
    line: PlanLine | None,
    about: str,
    claimed_by: Funder,
    claimed_of: Funder,
    claimed_share: int,
    claimed_from: date,
    began_on: date,
    paid_by: Funder,
    reason: str,
    by: User,
    on: date,
) -> Dispute:
    """Say that one body holds that another must pay, and who pays without prejudice until that is settled.

    Refused where the same is in dispute already. Every payment goes on as it was.
    """
    check_can(by, Capability.KEEP_DISPUTES)
    case = lock_case(case.pk)
    if about not in {choice.code for choice in ABOUT}:
        raise Refusal("Choose what the dispute is about.", field="about")
    if line is not None and line.plan.case_id != case.pk:
        raise Refusal("Choose a line of this person’s plan.", field="line")
    check_day(began_on, HAPPENED, field="began_on", what="The day on which the other body was told", on=on)
    check_day(claimed_from, PLANNED, field="claimed_from", what="The day from which they are to pay", on=on)
    _require_two(claimed_by, claimed_of, paid_by)
    if not 0 < claimed_share <= WHOLE:
        raise Refusal("Enter a share of more than nought and up to 100%.", field="claimed_share")
    ask = "Say why they are to pay: what was decided or assessed, and when."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.REASON)
    for other in running().filter(case=case):
        if line is None or other.line is None or line.pk in lines_of(other):
            raise Refusal("Who pays for this is in dispute already. Go on with that one, or end it first.")
    opened = Dispute(
        case=case,
        line=line,
        about=about,
        claimed_by=claimed_by,
        claimed_of=claimed_of,
        claimed_share=claimed_share,
        claimed_from=claimed_from,
        began_on=began_on,
        paid_by=paid_by,
        reason=reason,
        opened_by=by,
        opened_on=on,
    )
    _require_known_payers(opened, on)
    opened.save(force_insert=True)
    sentence = (
        f"{claimed_by} and {claimed_of} do not agree who pays. Meanwhile {paid_by} does, and every payment goes on."
    )
    tell(case=case, kind=Event.DISPUTE_OPENED, sentence=sentence, by=by, on=on)
    return opened


@transaction.atomic
def record_step(*, dispute: Dispute, kind: str, happened_on: date, words: str, by: User, on: date) -> Step:
    """Write down what was done about a dispute that runs."""
    check_can(by, Capability.KEEP_DISPUTES)
    lock_case(dispute.case_id)
    _require_running(dispute)
    if kind not in {choice.code for choice in STEPS}:
        raise Refusal("Choose what was done.", field="kind")
    check_day(happened_on, HAPPENED, field="happened_on", what="The day on which it was done", on=on)
    _require_begun(dispute, happened_on, field="happened_on")
    words = said.sentence(words, ask="Say what came of it.", field="words", least=said.FEW)
    if dispute.steps.filter(kind=kind, happened_on=happened_on, words=words).exists():
        raise Refusal("This step is on record already. Where another followed, say what came of that.", field="words")
    return Step.objects.create(
        dispute=dispute, kind=kind, happened_on=happened_on, words=words, recorded_by=by, recorded_on=on
    )


@transaction.atomic
def end_dispute(
    *,
    dispute: Dispute,
    ended_on: date,
    decided_by: str,
    starts_on: date,
    ends_on: date | None,
    shares: Mapping[Funder, int],
    reason: str,
    by: User,
    on: date,
) -> Outcome:
    """End a dispute: who pays from which day, in which shares of the whole cost, and why.

    What was paid otherwise for months that are over is recharged at once; later months follow by night.
    """
    check_can(by, Capability.KEEP_DISPUTES)
    case = lock_case(dispute.case_id)
    _require_running(dispute)
    check_day(ended_on, HAPPENED, field="ended_on", what="The day on which it was decided", on=on)
    _require_begun(dispute, ended_on, field="ended_on")
    check_day(starts_on, PLANNED, field="starts_on", what="The day from which they pay", on=on)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    if ends_on is not None and ends_on < starts_on:
        raise Refusal("The last day lies before the first. Check both.", field="ends_on")
    if sum(shares.values()) != WHOLE or min(shares.values()) < 0:
        raise Refusal(f"The shares are {percent(sum(shares.values()))} together. They must be 100%.", field="shares")
    decided_by = said.sentence(
        decided_by, ask="Say who decided it, such as a panel of both.", field="decided_by", least=said.FEW
    )
    reason = said.sentence(reason, ask="Say why they pay so.", field="reason", least=said.REASON)
    _require_not_settled(dispute, starts_on)
    outcome = Outcome.objects.create(
        dispute=dispute,
        ended_on=ended_on,
        decided_by=decided_by,
        reason=reason,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by=by,
        recorded_on=on,
    )
    Share.objects.bulk_create(
        Share(outcome=outcome, funder=funder, share=share) for funder, share in shares.items() if share
    )
    owed = still_owed(outcome, on)
    _post(outcome, case, owed, on)
    _recharge_case(case, on)
    who = " and ".join(f"{funder} pays {percent(share)}" for funder, share in shares.items() if share)
    sentence = f"It is settled who pays: from {starts_on:%-d %B %Y} {who}. Support and payments go on as they are."
    tell(case=case, kind=Event.DISPUTE_ENDED, sentence=sentence, by=by, on=on)
    _ask_about_charge(outcome, case, owed, on)
    return outcome


@transaction.atomic
def take_back_outcome(*, outcome: Outcome, reason: str, by: User, on: date) -> Outcome:
    """Take back an outcome that was recorded by mistake: what was recharged by it is undone, and the dispute runs.

    What another outcome says of the same days holds again, and is recharged at once.
    """
    check_can(by, Capability.KEEP_DISPUTES)
    reason = said.sentence(reason, ask="Say what was mistaken.", field="reason", least=said.FEW)
    case = lock_case(outcome.dispute.case_id)
    outcome = Outcome.objects.select_for_update().get(pk=outcome.pk)
    if outcome.taken_back_on is not None:
        raise Refusal("This outcome was taken back already.")
    outcome.taken_back_by, outcome.taken_back_on, outcome.taken_back_because = by, on, reason
    outcome.save(update_fields=["taken_back_by", "taken_back_on", "taken_back_because"])
    recharges = outcome.recharges.order_by().values("pk")
    for original in Transfer.objects.filter(reason=Reason.RECHARGED, about__in=recharges):
        pence = original.amount_pence
        give_back(
            original=original, id=uuid5(original.pk, "undone"), amount_pence=pence, effective_date=on, by=by, on=on
        )
    _recharge_case(case, on)
    sentence = f"What was recorded of who pays was mistaken: {reason} It is being looked at again; payments go on."
    tell(case=case, kind=Event.DISPUTE_OPENED, sentence=sentence, by=by, on=on)
    return outcome


@dataclass(frozen=True)
class Recharged:
    """What came of recharging by night: how much the NHS owes more, and in which cases it did not work."""

    nhs_pence: int
    troubled: tuple[UUID, ...]


def recharge_what_is_over(*, on: date) -> Recharged:
    """Recharge what was paid since disputes ended, for months that are over. Nightly work, each case by itself."""
    pence, troubled = 0, []
    cases = Outcome.objects.filter(taken_back_on=None).order_by().values_list("dispute__case", flat=True)
    for case_id in cases.distinct():
        try:
            with transaction.atomic():
                done, could_not = _recharge_case(lock_case(case_id), on)
            pence += done
            troubled += [case_id] if could_not else []
        except (InterfaceError, OperationalError):  # the database is gone, and no case is at fault
            raise
        except Exception as problem:
            log.error("Case %s could not be recharged: %s.", case_id, type(problem).__name__)
            troubled.append(case_id)
    return Recharged(pence, tuple(troubled))


@transaction.atomic
def ask_for_steps(*, on: date) -> int:
    """Ask finance to take disputes further whose next step is overdue; how many there are. Nightly work."""
    late = [(dispute, due) for dispute in running() if (due := next(iter(overdue_steps(dispute, on)), None))]
    for dispute, due in late:
        what = (
            f"Who pays for {dispute.case.person} is in dispute: a step was due by {due.by:%-d %B %Y}. Take it further."
        )
        set_task(case=dispute.case, kind=Event.DISPUTE_OPENED, what=what, whose=Whose.FINANCE, due_on=on, on=on)
    return len(late)


@transaction.atomic
def ask_what_took_its_place(*, case: Case, on: date) -> int:
    """Ask finance about disputes over a line that goes on as no line of the plan in force; how many there are.

    Nothing of the new plan is recharged by them until somebody says which line took its place.
    """
    now = set(lines_in_force(case).values_list("pk", flat=True))
    over = Outcome.objects.filter(taken_back_on=None, ends_on__lt=on).order_by().values("dispute")
    gone = [
        dispute
        for dispute in case.disputes.exclude(line=None).exclude(pk__in=over).select_related("line")
        if now and not now & lines_of(dispute)
    ]
    for dispute in gone:
        assert dispute.line is not None, "only disputes over a line are asked about"
        what = (
            f"Who pays for “{dispute.line.what}” of {case.person} was argued about, and the new plan has it no more. "
            "Where other support took its place, open a dispute about that: until then nothing of it is recharged."
        )
        set_task(case=case, kind=Event.DISPUTE_OPENED, what=what, whose=Whose.FINANCE, due_on=on, on=on)
    return len(gone)


def _recharge_case(case: Case, on: date) -> tuple[int, bool]:
    """Recharge what is still owed by every outcome of a case, also where a later one takes over from an earlier.

    Gives how much the NHS owes more. Where one cannot be recharged, finance is asked to mend that, the others are
    recharged all the same, and the answer says so.
    """
    pence, could_not = 0, False
    for outcome in standing_outcomes(case.pk):
        try:
            owed = still_owed(outcome, on)
        except Refusal as refusal:
            what = f"What was paid since a dispute ended could not be recharged. {refusal}"
            set_task(case=case, kind=Event.DISPUTE_ENDED, what=what, whose=Whose.FINANCE, due_on=on, on=on)
            could_not = True
        else:
            _post(outcome, case, owed, on)
            pence += in_all(owed)[NHS]
    return pence, could_not


def _post(outcome: Outcome, case: Case, owed: Owed, on: date) -> None:
    """Keep what each stretch of each line costs whom more or less, and have the NHS owe its part."""
    for (line, stretch), each in sorted(owed.items(), key=lambda one: (one[0][1], str(one[0][0]))):
        person_pence = each.payers[PERSON]
        for body, pence in each.bodies.items() or [(None, 0)]:
            made = Recharge.objects.create(
                outcome=outcome,
                line_id=line,
                starts_on=stretch.starts_on,
                ends_on=stretch.ends_on,
                body_id=body,
                nhs_pence=pence,
                council_pence=-pence - person_pence,
                person_pence=person_pence,
                recharged_on=on,
            )
            person_pence = 0  # the first row has it
            if pence:
                recharge(case=case, about=made.pk, nhs_pence=pence, on=on)


def _ask_about_charge(outcome: Outcome, case: Case, owed: Owed, on: date) -> None:
    """NHS money is never charged for: where the person pays, finance is asked to work the charge out anew."""
    running_budget = Budget.objects.filter(case=case, charge_pence_per_week__gt=0, ending=None).exists()
    back_pence = max(0, -in_all(owed)[PERSON])
    nhs_pays = any(share.funder.purse == NHS for share in outcome.shares.select_related("funder"))
    if not nhs_pays or not (running_budget or back_pence):
        return
    what = (
        f"Work out anew what {case.person} pays from {outcome.starts_on:%-d %B %Y}: the NHS pays for it, and NHS money "
        "is never charged for."
    )
    if back_pence:
        what += f" {pounds(back_pence)} that they paid is theirs to get back."
    set_task(case=case, kind=Event.DISPUTE_ENDED, what=what, whose=Whose.FINANCE, due_on=on, on=on)


def _require_two(claimed_by: Funder, claimed_of: Funder, paid_by: Funder) -> None:
    if claimed_by == claimed_of:
        raise Refusal("Nobody argues with themselves: choose two bodies.", field="claimed_of")
    if paid_by not in (claimed_by, claimed_of):
        raise Refusal("Whoever pays meanwhile is one of the two. Choose one.", field="paid_by")


def _require_known_payers(dispute: Dispute, on: date) -> None:
    """Refuse two NHS bodies that argue over what the NHS does not pay, or over what neither is known to have paid."""
    if dispute.claimed_by.purse != NHS or dispute.claimed_of.purse != NHS:
        return
    if not PlanLine.objects.filter(pk__in=lines_of(dispute), nhs_percent__gt=0).exists():
        raise Refusal(
            "The NHS pays no part of this. Where the council says that an NHS body must pay, choose the council and "
            "that body.",
            field="claimed_by",
        )
    if_it_ended_as_claimed(dispute, on)


def _require_running(dispute: Dispute) -> None:
    if dispute.outcomes.filter(taken_back_on=None).exists():
        raise Refusal("This dispute has ended. Take its outcome back first, if that was a mistake.")


def _require_begun(dispute: Dispute, day: date, *, field: str) -> None:
    if day < dispute.began_on:
        raise Refusal(f"The dispute began on {dispute.began_on:%-d %B %Y}. Check the day.", field=field)


def _require_not_settled(dispute: Dispute, starts_on: date) -> None:
    """Refuse an outcome for days that an earlier one settles, unless it begins after that one did."""
    lines = lines_of(dispute)
    for other in standing_outcomes(dispute.case_id):
        if starts_on <= other.starts_on and lines & lines_of(other.dispute):
            raise Refusal(
                f"Who pays from {other.starts_on:%-d %B %Y} is settled by another outcome. Take that one back first, "
                "or choose a later day.",
                field="starts_on",
            )
