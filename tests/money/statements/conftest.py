"""An account of the council, and what its bank says of it."""

from datetime import date

import pytest
from django.core.files.base import ContentFile

from leeway.care.planning.models import Way
from leeway.money.banking.statement import Line, ReadFile
from leeway.money.banking.statement import Statement as Read
from leeway.money.budgets.actions import start_budget
from leeway.money.payments.making import make_run
from leeway.money.statements import actions, keeping
from leeway.money.statements.kinds import Whose

SET_UP_ON, ON, PAY_ON, LATER = date(2026, 4, 1), date(2026, 4, 20), date(2026, 4, 24), date(2026, 4, 30)
NUMBER = "12-34-56 87654321"


def line(pence, day=24, *, month=4, reference="", description="", **more):
    """A line of that day of April 2026."""
    booked_on = date(2026, month, day)
    return Line(booked_on=booked_on, amount_pence=pence, reference=reference, description=description, **more)


def read(*lines, opening=1_000_00, account=NUMBER, first=None, last=None, number="1", **more):
    """A statement as it was read, whose balances fit its lines."""
    closing = None if opening is None else opening + sum(each.amount_pence for each in lines)
    closing = more.pop("closing", closing)
    return Read(
        account=account,
        currency=more.pop("currency", "GBP"),
        opening_balance_pence=opening,
        closing_balance_pence=closing,
        lines=lines,
        number=number,
        from_on=first,
        to_on=last,
        **more,
    )


@pytest.fixture
def account(finn):
    return actions.open_bank_account(
        whose=Whose.COUNCIL, name="Care payments", identifier=NUMBER, by=finn, on=SET_UP_ON
    )


@pytest.fixture
def keep(account, finn, monkeypatch):
    """Keep statements, as if they had been read from a file of their own."""
    files = iter(range(1, 1000))

    def kept(*statements, of=account, on=LATER, by=finn, format="camt.053"):
        monkeypatch.setattr(
            keeping,
            "read_statement",
            lambda content, mapping=None: ReadFile(format=format, statements=tuple(statements)),
        )
        upload = ContentFile(f"date,amount\n1,{next(files)}\n2,0\n".encode(), name="april.csv")
        return actions.keep_statement(account=of, upload=upload, by=by, on=on)

    return kept


@pytest.fixture
def paid_run(another_case, agree, bank, sent, finn):
    """A run of three payments that the bank has: £57.15 to Ada, £71.43 to Ben and £71.43 to Cat."""
    for number, (name, pence) in enumerate((("Ada", 80_00), ("Ben", 100_00), ("Cat", 100_00)), start=1):
        case = another_case(name)
        plan = agree(case, (Way.DIRECT_PAYMENT, pence, 0))
        bank(case, account_number=f"{number}2345678", name=f"{name} Example")
        start_budget(plan=plan, by=finn, on=SET_UP_ON)
    return sent(make_run(pay_on=PAY_ON, by=finn, on=ON), ON)
