"""Sending bills and reminders: by night to whoever nothing stops, and by an officer where a bill is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import set_tasks, tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case, lock_cases
from leeway.care.people.models import Case, Relationship, Whose
from leeway.care.people.recipients import recipient_for, recipient_of
from leeway.jobs.kinds import Progress, untold
from leeway.law import law_on
from leeway.law.numbers import ceil_div, pounds
from leeway.messages.actions import NewMessage, write_messages
from leeway.messages.recipients import About
from leeway.money.bills.clock import days_run
from leeway.money.bills.kinds import Every
from leeway.money.bills.models import Bill, Lateness, PaymentReference, Reminder, Sending
from leeway.money.bills.payers import payers_of, representatives_of
from leeway.money.bills.standing import due_bills, overdue
from leeway.money.bills.stops import still_days, stop_of, stops_of
from leeway.refusal import Refusal

BILLS_AT_ONCE = 500
#: In how many payments a plan is offered at most with a late bill.
MOST_TIMES = 260


@dataclass(frozen=True)
class Sent:
    """What a night sent, and what it left: bills that wait for somebody's word, and those that nothing may send."""

    sent: int
    late: int
    stopped: int


def unsent(case: Case | None = None):
    """The bills that were made and not sent, the oldest first."""
    bills = Bill.objects.filter(sending=None).select_related("case__person", "lateness")
    return (bills if case is None else bills.filter(case=case)).order_by("number")


def is_late(bill: Bill, on: date) -> bool:
    """Whether a bill asks for days that ended so long ago that it goes only with why, an apology and a plan."""
    return bill.to_pay_pence > 0 and (on - bill.oldest_ended_on).days > bill.late_after_days


def send_bills(*, on: date, progress: Progress = untold) -> Sent:
    """Send every bill that nothing stops and that is not late. Nightly work; who broke off goes on where they were.

    Of a late one finance is asked to say why it is; one that was paid meanwhile is asked of nobody.
    """
    waiting = list(unsent().values_list("pk", flat=True))
    total, done = Sent(0, 0, 0), 0
    for some in batched(waiting, BILLS_AT_ONCE):
        found = _send_some(some, on)
        total = Sent(total.sent + found.sent, total.late + found.late, total.stopped + found.stopped)
        done += len(some)
        progress(done=done, of=len(waiting))
    return total


@transaction.atomic
def _send_some(ids: Sequence, on: date) -> Sent:
    lock_cases(Case.objects.filter(bills__in=ids))
    bills = list(unsent().filter(pk__in=ids).select_related("case__payment_reference"))
    cases = [bill.case for bill in bills]
    stops, payers = stops_of([case.pk for case in cases], on), payers_of(cases, on)
    going: list[tuple[Bill, Relationship | None]] = []
    late: list[Bill] = []
    stopped = 0
    for bill in bills:
        stop = stops.get(bill.case_id)
        if stop is not None and stop.of_bills:
            stopped += 1
        elif is_late(bill, on):
            late.append(bill)
        else:
            going.append((bill, payers.get(bill.case_id)))
    left = overdue(late, on)
    late = [bill for bill in late if left[bill.pk]]
    why = "Bill {bill.number} of {bill.case.person} is late. Say why, and offer a payment plan with it."
    _ask_finance(late, why, 5, on)
    _send(going, None, on)
    return Sent(len(going), len(late), stopped)


def _ask_finance(bills: Sequence[Bill], what: str, days: int, on: date) -> None:
    """Ask finance to do something about each of some bills within some days."""
    tasks = [(bill.case, what.format(bill=bill)) for bill in bills]
    set_tasks(tasks=tasks, kind=Event.BILLS, whose=Whose.FINANCE, due_on=on + timedelta(days=days), on=on)


@transaction.atomic
def explain_lateness(*, bill: Bill, why: str, every: Every, times: int, by: User, on: date) -> Lateness:
    """Say why a bill comes so late, as the person reads it under our apology, and which payment plan is offered."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    lock_case(bill.case_id)
    _require_unsent(bill)
    if not is_late(bill, on):
        raise Refusal("This bill is not late: it goes by itself.")
    if Lateness.objects.filter(bill=bill).exists():
        raise Refusal("Why this bill is late was written already. Send it.")
    left = overdue([bill], on)[bill.pk]
    if not left:
        raise Refusal("This bill is paid already. Nothing is left to ask for, and it need not be sent.")
    ask = "Say why the bill is late, as the person should read it."
    why = said.sentence(why, ask=ask, field="why", least=said.REASON)
    if not 2 <= times <= MOST_TIMES:
        raise Refusal(f"Offer between 2 and {MOST_TIMES} instalments.", field="times")
    return Lateness.objects.create(
        bill=bill, why=why, left_pence=left, offered_pence=ceil_div(left, times), offered_every=every,
        offered_times=times, written_by=by, written_on=on,
    )  # fmt: skip


@transaction.atomic
def send_bill(*, bill: Bill, to: Relationship | None = None, by: User, on: date) -> Sending:
    """Send one bill: a late one once it says why, or one of somebody who has died to whoever settles what they left."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    case = lock_case(bill.case_id)
    bill = Bill.objects.select_related("case__person", "case__payment_reference", "lateness").get(pk=bill.pk)
    _require_unsent(bill)
    died = case.person.date_of_death is not None
    stop = stop_of(case, on)
    if stop is not None and stop.of_bills and not (died and to is not None):
        raise Refusal(stop.sentence)
    if died and to not in representatives_of(case, on):
        raise Refusal("Choose who settles what they left: nobody else is asked to pay.", field="to")
    if is_late(bill, on) and not hasattr(bill, "lateness"):
        raise Refusal("This bill is late. Say why first: an apology and the offer of a plan go with it.")
    sending = _send([(bill, to or payers_of([case], on).get(case.pk))], by, on)[0]
    pence = bill.lateness.left_pence if hasattr(bill, "lateness") else bill.to_pay_pence
    sentence = f"Bill {bill.number} sent: {pounds(pence)} to pay by {sending.due_by:%-d %B %Y}."
    tell(case=case, kind=Event.BILLS, sentence=sentence, by=by, on=on)
    return sending


def _require_unsent(bill: Bill) -> None:
    if Sending.objects.filter(bill=bill).exists():
        raise Refusal("This bill was sent already.")


def _send(going: Sequence[tuple[Bill, Relationship | None]], by: User | None, on: date) -> list[Sending]:
    """Write the messages about some bills, each to whoever gets it, and the rows that say they were sent."""
    messages = write_messages(new=[_about_bill(bill, to, on) for bill, to in going], by=by, on=on)
    return Sending.objects.bulk_create(
        Sending(bill=bill, sent_on=on, due_by=_due_by(bill, on), to=to, message_id=message.pk, sent_by=by)
        for (bill, to), message in zip(going, messages, strict=True)
    )


def _due_by(bill: Bill, on: date) -> date:
    return on + timedelta(days=bill.days_to_pay)


def _about_bill(bill: Bill, to: Relationship | None, on: date) -> NewMessage:
    data = {
        "whose": f"{bill.case.person}’s" if to else "your",
        "period": f"{bill.period_starts_on:%-d %B %Y} to {bill.period_ends_on:%-d %B %Y}",
        "amount": pounds(max(bill.to_pay_pence, 0)),
        "reference": str(bill.case.payment_reference),
    }
    template = "bill_ready"
    lateness: Lateness | None = getattr(bill, "lateness", None)
    if lateness is not None:
        template = "bill_late"
        data |= {"why": lateness.why, "offer": offer_in_words(lateness), "amount": pounds(lateness.left_pence)}
    else:
        data |= {"due_by": f"{_due_by(bill, on):%-d %B %Y}", "how_to_pay": how_to_pay()}
    return _message(bill.case, to, template, data, f"bill:{bill.pk}")


def offer_in_words(lateness: Lateness) -> str:
    """The payment plan that is offered with a late bill."""
    every = Every(lateness.offered_every).label.lower()
    return f"{pounds(lateness.offered_pence)} {every}, {lateness.offered_times} times"


def how_to_pay() -> str:
    """Into which account of the council a bill is paid."""
    code = settings.BANK_SORT_CODE
    return f"Pay into account {settings.BANK_ACCOUNT_NUMBER}, sort code {code[:2]}-{code[2:4]}-{code[4:]}"


def _message(case: Case, to: Relationship | None, template: str, data: dict[str, str], key: str) -> NewMessage:
    recipient = recipient_of(to) if to else recipient_for(case.person)
    return NewMessage(template, recipient, data, About(case.person_id, case.pk), key)


def remind(*, on: date) -> int:
    """Remind whoever is late with a bill, kindly, in the council's steps; how many. Nightly work.

    Not in a breathing space, after a death, while a bill is disputed, while nobody knows who manages the money, nor of
    what is paid by a plan. After the last reminder somebody is asked to speak with them.
    """
    reminded = 0
    for some in batched(due_bills(on), BILLS_AT_ONCE):
        reminded += _remind_some([bill.pk for bill in some], on)
    return reminded


@transaction.atomic
def _remind_some(ids: Sequence, on: date) -> int:
    lock_cases(Case.objects.filter(bills__in=ids))
    bills = list(Bill.objects.filter(pk__in=ids).select_related("case__person", "case__payment_reference", "sending"))
    cases = [bill.case_id for bill in bills]
    stops, still, left = stops_of(cases, on), still_days(cases, on), overdue(bills, on)
    payers = payers_of([bill.case for bill in bills], on)
    rows = Reminder.objects.filter(bill__in=ids).order_by().values_list("bill")
    sent = {bill: (count, last) for bill, count, last in rows.annotate(Count("pk"), Max("sent_on"))}
    law = law_on(on, settings.COUNCIL_POLICY)
    due: list[tuple[Bill, int]] = []
    unanswered: list[Bill] = []
    for bill in bills:
        if bill.case_id in stops or not left[bill.pk]:
            continue
        count, last = sent.get(bill.pk, (0, bill.sending.due_by))
        wait = law["billing.reminder_every_days"] if count else law["billing.reminder_after_days"]
        if days_run(last, on, still.get(bill.case_id, ())) < wait:
            continue
        if count >= law["billing.reminders_most"]:
            unanswered.append(bill)
        else:
            due.append((bill, count + 1))
    speak = "Speak with {bill.case.person} about bill {bill.number}: reminders had no answer. Ask what would help."
    _ask_finance(unanswered, speak, 10, on)
    new = [_reminding(bill, number, left[bill.pk], payers.get(bill.case_id)) for bill, number in due]
    messages = write_messages(new=new, by=None, on=on)
    Reminder.objects.bulk_create(
        Reminder(bill=bill, number=number, overdue_pence=left[bill.pk], sent_on=on, message_id=message.pk)
        for (bill, number), message in zip(due, messages, strict=True)
    )
    return len(new)


def _reminding(bill: Bill, number: int, pence: int, to: Relationship | None) -> NewMessage:
    data = {
        "amount": pounds(pence),
        "due_by": f"{bill.sending.due_by:%-d %B %Y}",
        "reference": str(bill.case.payment_reference),
    }
    return _message(bill.case, to, "bill_reminder", data, f"bill-reminder-{number}:{bill.pk}")


def reference_of(case: Case) -> str:
    """The payment reference of a case, as it is printed; nothing before its first bill."""
    found = PaymentReference.objects.filter(case=case).first()
    return str(found) if found else ""
