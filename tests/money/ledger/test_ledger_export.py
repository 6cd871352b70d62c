"""Two independent programs read the exported ledger, and it names nobody."""

import io
from datetime import date
from uuid import uuid4

import pytest

from leeway.money.ledger.actions import NewTransfer, give_back, open_account, transfer_many
from leeway.money.ledger.export import account_name, export_ledger
from leeway.money.ledger.models import Account, Kind, Reason, Transfer
from leeway.money.ledger.queries import balance
from tests.money.ledger.other_programs import beancount_balances, hledger_balances

DAY = date(2026, 4, 6)


@pytest.fixture
def ledger(case, finn):
    council = open_account(kind=Kind.FUNDER_COUNCIL, by=finn, on=DAY)
    available = open_account(kind=Kind.AVAILABLE, case=case, name="Budget 1", by=finn, on=DAY)
    committed = open_account(kind=Kind.COMMITTED, case=case, name="Budget 1", by=finn, on=DAY)
    open_account(kind=Kind.CLEARING, name="zoë’s home care & co.", by=finn, on=DAY)
    rest = {"reason": Reason.FUNDING, "effective_date": DAY}
    first = NewTransfer(id=uuid4(), debit=available.pk, credit=council.pk, amount_pence=123_05, **rest)
    aside = {"reason": Reason.COMMITMENT, "effective_date": DAY}
    second = NewTransfer(id=uuid4(), debit=committed.pk, credit=available.pk, amount_pence=7, **aside)
    transfer_many(new=[first, second], by=finn, on=DAY)
    give_back(
        original=Transfer.objects.get(pk=first.id),
        id=uuid4(),
        amount_pence=100,
        effective_date=date(2026, 4, 7),
        by=finn,
        on=DAY,
    )


def exported(format):
    out = io.StringIO()
    return export_ledger(out, format=format), out.getvalue()


@pytest.mark.parametrize(("format", "read"), [("beancount", beancount_balances), ("hledger", hledger_balances)])
def test_another_program_accepts_the_ledger_and_finds_the_same_balances(ledger, tmp_path, format, read):
    count, text = exported(format)
    assert count == 3
    (tmp_path / "ledger").write_text(text)
    ours = {account_name(account): balance(account) for account in Account.objects.all()}
    assert read(tmp_path / "ledger") == {name: pence for name, pence in ours.items() if pence}
    assert sorted(ours.values()) == [-122_05, 0, 7, 121_98]


def test_the_export_names_nobody(ledger, case):
    for format in ("beancount", "hledger"):
        text = exported(format)[1]
        assert str(case.pk) in text
        assert "Ada" not in text and "Bell" not in text


def test_an_empty_ledger_is_exported_too(db):
    assert Account.objects.count() == 0
    assert exported("beancount")[0] == 0
