"""What a person may choose from to match by hand: the open lines around one, and the open things near its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Abs, Cast, Concat, Lower, LPad

from leeway.access.models import User
from leeway.law.numbers import pounds
from leeway.money.budgets.dues import Payer
from leeway.money.contributions.models import Receipt
from leeway.money.payments.models import Payment
from leeway.money.payments.states import PaymentState
from leeway.money.statements import candidates, queries
from leeway.money.statements.kinds import What, Whose
from leeway.money.statements.matching import OpenThing
from leeway.money.statements.models import BankAccount

DAYS_AROUND = 14
#: How a payment is called, and what else it is found by, as SQL.
REFERENCE = Concat(
    LPad(Cast("run__number", CharField()), 6, Value("0")), Value("-"), LPad(Cast("place", CharField()), 6, Value("0"))
)
WHOSE = (*candidates.NAMES, "provider__name", "payee__account_name", *candidates.NAMES)
PAYMENT = (Value("payment"), Concat(REFERENCE, Value(",")), *WHOSE)
CAME_BACK = (Value("payment"), REFERENCE, Value("that came back,"), *WHOSE)
FROM_NHS = Case(When(payer=Payer.NHS, then=Value("the NHS for")), default=Value(""))
BY_NHS = Case(When(payer=Payer.NHS, then=Value("NHS")), default=Value(""))
SHARE = (Value("the share received from"), FROM_NHS, *candidates.NAMES, BY_NHS)


@dataclass(frozen=True)
class Choice:
    """Lines and things to match by hand, with the line that one began at."""

    line: Any
    lines: list[Any]
    things: list[OpenThing]


def to_match_by_hand(account: BankAccount, line_id: UUID, words: str, *, seen_by: User) -> Choice:
    """The open lines around one, and the open things near its day, or those that some words find."""
    line = queries.get_line(account, line_id)
    around = (line.booked_on - timedelta(days=DAYS_AROUND), line.booked_on + timedelta(days=DAYS_AROUND))
    lines = candidates.open_lines(account).filter(Q(pk=line_id) | Q(booked_on__range=around))
    things = _open_things(account, line.booked_on, words.lower().split())
    queries.look_at_things([each.thing for each in things], seen_by, f"Lines of {account.name} matched by hand")
    return Choice(line, list(lines[: queries.LINES_SHOWN]), things)


def in_words(line: Any) -> str:
    """A line as a form offers it."""
    said = " ".join(dict.fromkeys(text for text in (line.counterparty, line.reference, line.description) if text))
    return f"{line.booked_on:%-d %B %Y}, {pounds(line.open_pence)}: {said or 'no words'}"


def thing_in_words(thing: OpenThing) -> str:
    """A thing as a form offers it."""
    return f"{thing.on:%-d %B %Y}, {pounds(thing.open_pence)}: {thing.called}"


def _open_things(account: BankAccount, day: date, words: Sequence[str]) -> list[OpenThing]:
    """What is open and has all of some words or, where there are none, is near a day: the nearest first."""

    def picked(rows: QuerySet[Any], on: str, *said: Any) -> QuerySet[Any]:
        return _picked(rows, on, said, day, words)

    paid = Payment.objects.exclude(run__sent_on=None)
    if account.whose == Whose.COUNCIL:
        runs = {run.id: run for run in candidates.runs_of(account).values() if run.left_pence}
        sent = candidates.with_matched(paid.filter(run__in=runs), What.SENT)
        back = candidates.with_matched(paid.filter(state=PaymentState.RETURNED), What.RETURNED)
        receipts = candidates.receipts_with_matched(Receipt.objects.all())
        found = [
            *(
                each
                for each in candidates.runs_in({run.number: run for run in runs.values()})
                if _is_meant(each, day, words)
            ),
            *(candidates.sent(row, runs[row["run"]].left_pence) for row in picked(sent, "run__pay_on", *PAYMENT)),
            *map(candidates.back, picked(back, "returned_on", *CAME_BACK)),
            *map(candidates.received, picked(receipts, "received_on", *SHARE)),
        ]
    else:
        arrived = candidates.with_matched(paid.filter(case=account.case_id), What.ARRIVED)
        found = [*map(candidates.arrived, picked(arrived, "run__pay_on", *PAYMENT))]
    return sorted(found, key=lambda each: (abs((each.on - day).days), each.called))[: queries.LINES_SHOWN]


def _is_meant(run: OpenThing, day: date, words: Sequence[str]) -> bool:
    said = f"{run.called} {pounds(abs(run.open_pence))}".lower()
    return all(word in said for word in words) if words else abs((run.on - day).days) <= DAYS_AROUND


def _picked(rows: QuerySet[Any], on: str, said: Sequence[Any], day: date, words: Sequence[str]) -> QuerySet[Any]:
    """Of rows with how much of each is matched, the open ones with all of the words, or near a day."""
    still = rows.exclude(amount_pence=Abs("matched"))
    if not words:
        still = still.filter(**{f"{on}__range": (day - timedelta(days=DAYS_AROUND), day + timedelta(days=DAYS_AROUND))})
    pounds_open = Cast(F("amount_pence") - Abs("matched"), DecimalField(max_digits=20, decimal_places=2)) / 100
    amount = Concat(
        Value("£"), Func(pounds_open, Value("FM999,999,999,990.00"), function="to_char", output_field=TextField())
    )
    still = still.annotate(said=Lower(Func(Value(" "), *said, amount, function="CONCAT_WS", output_field=TextField())))
    for word in words:
        still = still.filter(said__contains=word)
    apart = Func(F(on), Value(day), template="ABS(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())
    return still.order_by(apart, "said")[: queries.LINES_SHOWN]
