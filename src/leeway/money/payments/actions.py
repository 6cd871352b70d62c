"""Every step of a payment run: made, approved, sent, confirmed; cancelled, withdrawn, given another day."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from itertools import batched
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Max, Q, QuerySet, Subquery, Sum, Value, Window
from django.db.models.functions import Coalesce

from leeway import said
from leeway.access.access import check_can
from leeway.access.alike import check_two_mailboxes
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import finish_tasks_of_many, tell, tell_many
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_cases
from leeway.care.people.models import Case
from leeway.care.planning.models import Way
from leeway.days import PLANNED, check_day
from leeway.jobs.kinds import Progress, untold
from leeway.law.numbers import pounds
from leeway.money.banking.bacs18 import DAYS_AHEAD_MAX
from leeway.money.banking.payment import TOTAL_PENCE_MAX, Originator, require_payable
from leeway.money.banking.working_days import bacs_submission_day, require_bank_working_day, working_day_on_or_before
from leeway.money.budgets.actions import hold_returned, set_aside_on_account
from leeway.money.budgets.models import Instalment, Interim
from leeway.money.budgets.payable import PAYEE_IN_USE, PAYEE_ON_ACCOUNT, payable, payable_on_account
from leeway.money.ledger.actions import NewTransfer, give_back, open_account, transfer_many
from leeway.money.ledger.models import Kind, Reason, Transfer
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payments import notices, queries
from leeway.money.payments.frozen import freeze
from leeway.money.payments.models import GIVEN_UP, FileOfRuns, Payment, PaymentRun, Rail, Sample
from leeway.money.payments.states import MOVES, PAYMENT_MOVES, PaymentState, State
from leeway.moves import require_move
from leeway.refusal import Refusal

ROWS_AT_ONCE = 10_000
#: How many payments are put in a run at a time: each time what is paid is looked up anew, which costs what it costs.
PICKED_AT_ONCE = 25_000
#: What was chosen for a run, so many rows at a time: run, place, instalment, interim payment, account paid into.
CHOSEN = "SELECT %s::uuid, * FROM unnest(%s::int[], %s::uuid[], %s::uuid[], %s::uuid[])"


class NothingToPay(Refusal):
    """No instalment is due that is not in a run already."""


@transaction.atomic
def make_run(*, pay_on: date, by: User, on: date, progress: Progress = untold) -> PaymentRun:
    """Put everything payable that is due by a day into a run, for another officer to approve.

    The same statements do it for one person and for 200,000. What another run has, even one being made at this moment,
    is left to it: a second press finds nothing to pay (NothingToPay). Refuses a day on which banks are closed, or that
    is too near or too far for Bacs.
    """
    check_can(by, Capability.PAY)
    require_pay_day(pay_on, on)
    return _make(pay_on, by, on, progress=progress)


@transaction.atomic
def make_faster_run(*, pay_on: date, only: Collection[uuid.UUID], why: str, by: User, on: date) -> PaymentRun:
    """Put some of what is due by a day into a run of its own by Faster Payments, since waiting for Bacs would hurt.

    `only` names instalments and interim payments. It is approved as every run is, and pays nothing that another run
    has. Refuses a day before today or over a month away, or before something chosen is due, and nothing chosen.
    """
    check_can(by, Capability.PAY)
    require_faster_day(pay_on, on)
    why = said.sentence(why, ask="Say why this cannot wait for the next Bacs run.", field="why", least=said.FEW)
    if not only:
        raise Refusal("Choose whom to pay.", field="only")
    last = Instalment.objects.filter(pk__in=only).aggregate(last=Max("due_on"))["last"]
    _require_all_due(last, pay_on, "Choose that day, or leave it out of what you pay.")
    return _make(pay_on, by, on, rail=Rail.FASTER, why=why, only=only)


def _make(
    pay_on: date,
    by: User,
    on: date,
    *,
    rail: Rail = Rail.BACS,
    why: str = "",
    only: Collection[uuid.UUID] | None = None,
    progress: Progress = untold,
) -> PaymentRun:
    one_at_a_time()
    run = PaymentRun.objects.create(
        number=next_number(),
        rail=rail,
        why=why,
        pay_on=pay_on,
        second_above_pence=_second_above(pay_on, on, PaymentRun.objects.all()),
        made_by=by,
        made_on=on,
        dated_by=by,
        dated_on=on,
    )
    _pick(run, only, progress)
    found = run.payments.aggregate(count=Count("pk"), pence=Sum("amount_pence"))
    if not found["count"]:
        raise NothingToPay("Nothing is due by that day that is not in a payment run already.")
    if found["pence"] > TOTAL_PENCE_MAX:
        raise Refusal("The payments come to more than one file can carry (£999,999,999.99). Choose an earlier day.")
    run.payments_count, run.total_pence = found["count"], found["pence"]
    run.save(update_fields=["payments_count", "total_pence"])
    return run


def _second_above(pay_on: date, made_on: date, others: QuerySet[PaymentRun]) -> int:
    """The total above which two approve a run: the council's limit, less what one approves alone of the others.

    Runs of one pay day, or made on one day, count together: nobody stays below the limit by making two of one.
    """
    beside = others.exclude(state__in=GIVEN_UP).filter(Q(pay_on=pay_on) | Q(made_on=made_on))
    alone = beside.filter(total_pence__lte=F("second_above_pence")).aggregate(pence=Sum("total_pence", default=0))
    return max(0, settings.RUN_SECOND_APPROVER_PENCE - alone["pence"])


@transaction.atomic
def approve_run(*, run: PaymentRun, pay_on: date | None = None, by: User, on: date) -> PaymentRun:
    """Approve a run that others made and chose the day of, so that there are files for the bank. Nothing is posted yet.

    A run above the council's limit is checked first, and then approved by somebody else, of a higher level.

    `pay_on` is the day that the officer saw: where the run has another by now, nothing is approved. Nor where a
    payment in it may no longer be made: the run is cancelled and made again without it.
    """
    run = _to_move(run, State.APPROVED, by, on)
    _require_day_seen(run, pay_on)
    require_approver(run, by)
    require_day_of(run, run.pay_on, on)
    require_nothing_stopped(run)
    if run.state == State.MADE and run.needs_second:
        run.checked_by, run.checked_on = by, on
        _move(run, State.CHECKED, "checked_by", "checked_on")
        return run
    run.originator = asdict(council_account())
    run.approved_by, run.approved_on = by, on
    _move(run, State.APPROVED, "approved_by", "approved_on", "originator")
    require_payable(queries.Credits([run]), council_account())
    return run


@transaction.atomic
def record_sent(
    *, run: PaymentRun, sent_on: date, pay_on: date | None = None, by: User, on: date, progress: Progress = untold
) -> PaymentRun:
    """Say that a run's file was given to the bank, and on which day. The money leaves what is committed that day.

    Refused where Bacs could no longer reach the day of payment: the run is given another day, or withdrawn. `pay_on` is
    the day that the officer saw: where the run has another by now, the bank was given another file than there is.
    """
    run = _to_move(run, State.SENT, by, on)
    _require_day_seen(run, pay_on)
    require_alone(run)
    return send(run, sent_on, by, on, progress)


def require_sent_day(run: PaymentRun, sent_on: date, on: date) -> None:
    """Refuse a day on which the bank cannot have been given the file of an approved run, or was given it too late."""
    assert run.approved_on is not None
    if not run.approved_on <= sent_on <= on:
        raise Refusal(
            f"Enter the day on which the bank was given the file: one from its approval on "
            f"{run.approved_on:%-d %B %Y} until today.",
            field="sent_on",
        )
    if sent_on > run.last_day_to_send:
        takes = "Bacs takes three working days" if run.rail == Rail.BACS else "The day of payment is over"
        raise Refusal(
            f"{takes}, so a file given to the bank after {run.last_day_to_send:%-d %B %Y} does "
            f"not reach people on {run.pay_on:%-d %B %Y}. Give the run another day, or withdraw it.",
            field="sent_on",
        )


def send(run: PaymentRun, sent_on: date, by: User, on: date, progress: Progress = untold) -> PaymentRun:
    """Send a run that the caller has locked, and found to be approved."""
    require_sent_day(run, sent_on, on)
    run.sent_by, run.sent_on = by, sent_on
    _move(run, State.SENT, "sent_by", "sent_on")
    set_aside_on_account(Interim.objects.filter(payments__run=run), by, on)
    _post(run, Reason.PAYMENT_SENT, sent_on, by, on, progress)
    _tell_sent(run, by, on)
    if run.rail == Rail.FASTER:
        notices.tell_of_sent_now(run, on=on)
    return run


@transaction.atomic
def confirm_run(
    *,
    run: PaymentRun,
    confirmed_from: str,
    returned: Mapping[str, str],
    by: User,
    on: date,
    progress: Progress = untold,
) -> PaymentRun:
    """Say from what evidence the payments of a run arrived on its day, and which came back: reference → why.

    What came back is committed again, the case is told, and its budget waits until finance has looked.
    """
    run = _to_move(run, State.CONFIRMED, by, on)
    ask = "Say what you looked at: “Bank statement of 24 April”."
    seen = said.sentence(confirmed_from, ask=ask, field="confirmed_from", least=said.FEW)
    came_back = [(queries.payment_in(run, reference), why) for reference, why in returned.items()]
    _require_each_once(payment for payment, _ in came_back)
    run.confirmed_by, run.confirmed_on, run.confirmed_from = by, on, seen
    _move(run, State.CONFIRMED, "confirmed_by", "confirmed_on", "confirmed_from")
    for payment, why in came_back:
        take_back(payment, why, by, on)
    run.payments.filter(state=PaymentState.IN_RUN).update(state=PaymentState.ARRIVED)
    _post(run, Reason.PAYMENT_ARRIVED, run.pay_on, by, on, progress)
    return run


@transaction.atomic
def return_payment(*, payment: Payment, reason: str, by: User, on: date) -> Payment:
    """Say that a payment which had been confirmed came back after all, and why."""
    check_can(by, Capability.PAY)
    locked_run(payment.run)
    payment = Payment.objects.get(pk=payment.pk)
    require_arrived(payment)
    return take_back(payment, reason, by, on)


@transaction.atomic
def cancel_run(*, run: PaymentRun, by: User, on: date) -> PaymentRun:
    """Give up a run before it is approved. Its instalments are due again."""
    return _give_up(_to_move(run, State.CANCELLED, by, on), State.CANCELLED, "Given up before it was approved.", by, on)


@transaction.atomic
def withdraw_run(*, run: PaymentRun, reason: str, by: User, on: date) -> PaymentRun:
    """Give up an approved run of which the bank has no file, and say why. Its instalments are due again."""
    run = _to_move(run, State.WITHDRAWN, by, on)
    require_alone(run)
    ask = "Say why the run is withdrawn, and how you know that the bank has no file."
    return _give_up(run, State.WITHDRAWN, said.sentence(reason, ask=ask, field="reason", least=said.FEW), by, on)


@transaction.atomic
def redate_run(*, run: PaymentRun, pay_on: date, by: User, on: date) -> PaymentRun:
    """Give a run that was not sent another day. An approval falls away: another officer approves the new day.

    Refused where it has that day already, where something in it is not due by then, or where it would be one of
    several of one day that are above the limit together, and one officer alone approves it. Two runs that come to one
    day at once, made or moved, come there one after the other.
    """
    check_can(by, Capability.PAY)
    one_at_a_time()
    run = _to_move(run, State.MADE, by, on)
    require_alone(run)
    _require_no_look_at(run, by)
    require_day_of(run, pay_on, on)
    _require_due_by(run, pay_on)
    others = PaymentRun.objects.exclude(pk=run.pk)
    if not run.needs_second and run.total_pence > _second_above(pay_on, run.made_on, others):
        raise Refusal(
            "With other runs of that day this one is above the total that one officer alone approves. Choose another "
            "day, or cancel it and make it again for that day: two approve it then.",
            field="pay_on",
        )
    run.pay_on, run.dated_by, run.dated_on = pay_on, by, on
    run.checked_by = run.checked_on = run.approved_by = run.approved_on = run.originator = None
    approvals = ("checked_by", "checked_on", "approved_by", "approved_on", "originator")
    _move(run, State.MADE, "pay_on", "dated_by", "dated_on", *approvals)
    return run


def require_step(run: PaymentRun, to: State, on: date) -> None:
    """Refuse a step that a run cannot take from where it stands, or before its day."""
    if not run.state == to == State.MADE:  # which may be given its day again and again
        require_move(MOVES, run.state, to, of="This payment run")
    if to == State.CONFIRMED and on < run.pay_on:
        raise Refusal(f"People have their money on {run.pay_on:%-d %B %Y}. Confirm the run on that day or later.")


def require_approver(run: PaymentRun, by: User) -> None:
    """Refuse whoever cannot take the next step of a run's approval, or where it has none."""
    checks = run.needs_second and run.state == State.MADE
    require_move(MOVES, run.state, State.CHECKED if checks else State.APPROVED, of="This payment run")
    require_another(run, by, "must approve it")
    if by.pk == run.checked_by_id:
        raise SecondOfficerNeeded("You checked this run, so a finance manager who did not must approve it.")
    for one in {run.made_by, run.dated_by, run.checked_by}:
        check_two_mailboxes(one, by)
    if run.needs_second and not checks:
        check_can(by, Capability.APPROVE_LARGE_RUNS)


def require_another(run: PaymentRun, by: User, what: str) -> None:
    """Refuse whoever made a run or chose its day: another does what is asked."""
    if by.pk in (run.made_by_id, run.dated_by_id):
        raise SecondOfficerNeeded(f"You made this run or chose its day, so another finance officer {what}.")


def _require_no_look_at(run: PaymentRun, by: User) -> None:
    """Refuse to choose a run's day of whoever drew its sample, or looked at a payment of it."""
    sample = Sample.objects.filter(run=run)
    if sample.filter(Q(drawn_by=by) | Q(rows__looked_by=by)).exists():
        raise SecondOfficerNeeded(
            "You drew the sample of this run or looked at it, so another finance officer gives it another day."
        )


def require_arrived(payment: Payment) -> None:
    """Refuse to take back a payment of which nobody has said that it arrived."""
    require_move(PAYMENT_MOVES, payment.state, PaymentState.RETURNED, of="This payment")
    if payment.state != PaymentState.ARRIVED:
        raise Refusal("Confirm the run first, and name the payments that came back there.")


def require_day_of(run: PaymentRun, pay_on: date, on: date) -> None:
    """Refuse a day that a run cannot have: what is too near depends on how its money travels."""
    (require_faster_day if run.rail == Rail.FASTER else require_pay_day)(pay_on, on)


def require_faster_day(pay_on: date, on: date) -> None:
    """Refuse a day on which banks are closed, that is over, or over a month away."""
    check_day(pay_on, PLANNED, field="pay_on", what="The day of payment", on=on)
    if pay_on < on:
        raise Refusal("Choose today or a day after it.", field="pay_on")
    require_bank_working_day(pay_on)
    _require_within_a_month(pay_on, on)


def require_pay_day(pay_on: date, on: date) -> None:
    """Refuse a day on which banks are closed, that Bacs can no longer reach, or over a month away."""
    check_day(pay_on, PLANNED, field="pay_on", what="The day of payment", on=on)
    last = bacs_submission_day(pay_on)
    if on > last:
        first = queries.first_pay_day(on)
        raise Refusal(
            f"Bacs takes three working days, so money sent today arrives on {first:%A %-d %B %Y} at the earliest. "
            "Choose that day or a later one.",
            field="pay_on",
        )
    _require_within_a_month(pay_on, on)


def _require_within_a_month(pay_on: date, on: date) -> None:
    if pay_on > on + timedelta(days=DAYS_AHEAD_MAX):
        raise Refusal(f"Choose a day within the next {DAYS_AHEAD_MAX} days.", field="pay_on")


def council_account() -> Originator:
    """The account that pays, as the council's settings have it today."""
    return Originator(
        name=settings.COUNCIL_NAME,
        service_user_number=settings.BACS_SERVICE_USER_NUMBER,
        sort_code=settings.BANK_SORT_CODE,
        account_number=settings.BANK_ACCOUNT_NUMBER,
    )


def one_at_a_time() -> None:
    """Let two officers who press at once bring their runs to a day one after the other. Locks of runs come later."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leeway payment run'))")


def locked_run(run: PaymentRun) -> PaymentRun:
    """A run as it stands once nobody else is at it, or at the case of anybody in it."""
    lock_cases(Case.objects.filter(payments__run=run))
    return PaymentRun.objects.select_for_update(no_key=True).get(pk=run.pk)


def _to_move(run: PaymentRun, to: State, by: User, on: date) -> PaymentRun:
    check_can(by, Capability.PAY)
    run = locked_run(run)
    require_step(run, to, on)
    return run


def _require_day_seen(run: PaymentRun, pay_on: date | None) -> None:
    if pay_on is not None and pay_on != run.pay_on:
        raise Refusal(
            f"This run has another day since you opened the page: {run.pay_on:%-d %B %Y}. Look at it, and decide anew."
        )


def require_alone(run: PaymentRun) -> None:
    """Refuse to do to one run what would be done to a file that others are in."""
    if run.file is not None:
        raise Refusal(
            f"This run is in the file {run.file.reference} with others. Say that the bank has that file, or take it "
            "apart first."
        )


def _require_due_by(run: PaymentRun, pay_on: date) -> None:
    """Refuse the day that a run has, and one before something in it is due: whoever is paid counts on that day."""
    if pay_on == run.pay_on:
        raise Refusal(f"The run has that day already: {pay_on:%-d %B %Y}. Choose another.", field="pay_on")
    last = run.payments.aggregate(last=Max("instalment__due_on"))["last"]
    _require_all_due(last, pay_on, "To pay others sooner, give this run up and make it again.")


def _require_all_due(last: date | None, pay_on: date, instead: str) -> None:
    """Refuse a day before something in a run is due; `last` is the latest of those days, where anything has one."""
    first = working_day_on_or_before(last) if last else pay_on
    if last and first > pay_on:
        raise Refusal(
            f"Something in this run is due on {last:%-d %B %Y}, so it cannot be paid before {first:%-d %B %Y}. "
            f"{instead}",
            field="pay_on",
        )


def _move(run: PaymentRun, to: State, *fields: str) -> None:
    run.state = to
    run.save(update_fields=["state", *fields])


def _give_up(run: PaymentRun, to: State, because: str, by: User, on: date) -> PaymentRun:
    run.given_up_by, run.given_up_on, run.given_up_because = by, on, because
    _move(run, to, "given_up_by", "given_up_on", "given_up_because")
    run.payments.update(state=PaymentState.CANCELLED)
    return run


def _require_each_once(payments: Iterable[Payment]) -> None:
    """Refuse a payment that is named twice, in whatever way its reference is written."""
    seen: set[uuid.UUID] = set()
    for payment in payments:
        if payment.pk in seen:
            raise Refusal(f"{payment.reference} is named twice. Write each payment once.", field="returned")
        seen.add(payment.pk)


def next_number() -> int:
    """The next serial number of a file: no run has it, and no file of several runs."""
    runs, files = (each.objects.order_by().values_list("number", flat=True) for each in (PaymentRun, FileOfRuns))
    return (runs.union(files).order_by("-number").first() or 0) + 1


def _pick(run: PaymentRun, only: Collection[uuid.UUID] | None, progress: Progress) -> None:
    """Insert the payments of a run from the queries that say what is payable, with their facts frozen."""
    dues = payable(queries.unpaid(run.pay_on)).order_by()
    interims = payable_on_account(queries.unpaid_on_account(), run.pay_on).order_by()
    if only is not None:
        dues, interims = dues.filter(pk__in=only), interims.filter(pk__in=only)
    columns = ("rank", "day", "key", "into", "of")
    due: QuerySet[Any] = dues.annotate(
        rank=Value(0),
        day=F("due_on"),
        key=F("pk"),
        into=Subquery(PAYEE_IN_USE.values("pk")[:1]),
        of=Window(Count("pk")),
    )
    on_account: QuerySet[Any] = interims.annotate(
        rank=Value(1),
        day=F("authorised_on"),
        key=F("pk"),
        into=Subquery(PAYEE_ON_ACCOUNT.values("pk")[:1]),
        of=Window(Count("pk")),
    )
    chosen = due.values_list(*columns).union(on_account.values_list(*columns), all=True).order_by("rank", "day", "key")
    done = 0
    for batch in batched(chosen.iterator(chunk_size=PICKED_AT_ONCE), PICKED_AT_ONCE):
        progress(done=done, of=max(done + len(batch), batch[0][-1]))
        places = list(range(done + 1, done + len(batch) + 1))
        instalments = [None if rank else key for rank, _, key, _, _ in batch]
        of_interims = [key if rank else None for rank, _, key, _, _ in batch]
        with connection.cursor() as cursor:
            cursor.execute(freeze(CHOSEN), [run.pk, places, instalments, of_interims, [row[3] for row in batch]])
        done += len(batch)


def require_nothing_stopped(run: PaymentRun) -> None:
    """Refuse to go on with a run in which a payment may no longer be made."""
    stopped = queries.stopped_since(run)
    first = stopped.first()
    if first is not None:
        person = first.case.person
        raise Refusal(
            f"{stopped.count()} of these payments may no longer be made, that to {person} among them: a hold, an "
            "ended budget or new bank details came since. Cancel this run and make it again."
        )


def _post(run: PaymentRun, reason: Reason, effective_date: date, by: User, on: date, progress: Progress) -> None:
    """Post one step of every payment that takes it: out of what is committed, or into the account paid into."""
    clearing = open_account(kind=Kind.CLEARING, by=by, on=on)
    rows = run.payments.exclude(state=PaymentState.RETURNED).values_list(
        "pk",
        Coalesce("instalment", "interim"),
        "amount_pence",
        Coalesce("part__budget__committed", "interim__committed"),
        Coalesce("part__paid_into", "interim__paid_into"),
    )
    for place, batch in enumerate(batched(rows.iterator(chunk_size=ROWS_AT_ONCE), ROWS_AT_ONCE)):
        progress(done=place * ROWS_AT_ONCE, of=run.payments_count)
        new = [
            NewTransfer(
                id=_transfer_id(payment, reason),
                debit=clearing.pk if reason == Reason.PAYMENT_SENT else paid_into,
                credit=committed if reason == Reason.PAYMENT_SENT else clearing.pk,
                amount_pence=amount_pence,
                reason=reason,
                effective_date=effective_date,
                about=about,
            )
            for payment, about, amount_pence, committed, paid_into in batch
        ]
        transfer_many(new=new, by=by, on=on)


def _transfer_id(payment: uuid.UUID, reason: Reason) -> uuid.UUID:
    """The same step of the same payment has the same id however often it is worked out."""
    return uuid.uuid5(payment, reason.value)


def take_back(payment: Payment, why: str, by: User, on: date, *, ours: bool = False) -> Payment:
    """Take a payment back step by step to what is committed, and tell the case. Whoever calls has locked its run.

    Its budget waits until finance has looked, unless it is `ours`: nothing is wrong with the account that was to be
    paid, and it is simply due again.
    """
    if payment.state == PaymentState.RETURNED:
        raise Refusal(
            f"{payment.reference} came back already, on {payment.returned_on:%-d %B %Y}: "
            f"“{payment.returned_because}”. Leave it out.",
            field="returned",
        )
    ask = f"Say why {payment.reference} came back: “account closed”."
    why = said.sentence(why, ask=ask, field="returned", least=said.FEW)
    payment.state, payment.returned_by, payment.returned_on = PaymentState.RETURNED, by, on
    payment.returned_because = why
    payment.save(update_fields=["state", "returned_by", "returned_on", "returned_because"])
    for step in (Reason.PAYMENT_ARRIVED, Reason.PAYMENT_SENT):
        for original in Transfer.objects.filter(pk=_transfer_id(payment.pk, step)):
            give_back(
                original=original,
                id=uuid.uuid5(original.pk, "came back"),
                amount_pence=original.amount_pence,
                effective_date=on,
                by=by,
                on=on,
            )
    sent_back = "came back" if payment.way == Way.DIRECT_PAYMENT else "came back from the provider’s account"
    sentence = f"{pounds(payment.amount_pence)} {sent_back}: {payment.returned_because}"
    kind = Event.PAYMENT_FAILED if ours else Event.PAYMENT_RETURNED
    tell(case=payment.case, kind=kind, sentence=sentence, by=by, on=on)
    if not ours and payment.instalment is not None:
        because = f"{pounds(payment.amount_pence)}, {payment.returned_because.rstrip('.')}."
        hold_returned(instalment=payment.instalment, reason=because, by=by, on=on)
    return payment


def _tell_sent(run: PaymentRun, by: User, on: date) -> None:
    rows = run.payments.values_list("case", "amount_pence")
    arrives = f"sent, to arrive on {run.pay_on:%-d %B %Y}."
    lines = ((case, f"{pounds(pence)} {arrives}") for case, pence in rows.iterator(chunk_size=ROWS_AT_ONCE))
    tell_many(lines=lines, kind=Event.PAYMENT_SENT, by=by, on=on)
    cases = Case.objects.filter(payments__run=run)
    finish_tasks_of_many(cases=cases, kinds=[Event.PAYMENT_LATE], by=by, on=on)
