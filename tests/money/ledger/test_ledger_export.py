"""Two independent programs read the exported ledger, and it names nobody."""

import io
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from leeway.money.ledger.actions import NewTransfer, give_back, open_account, transfer_many
from leeway.money.ledger.export import export_ledger
from leeway.money.ledger.models import Account, Kind, Reason, Transfer

DAY = date(2026, 4, 6)


@pytest.fixture
def ledger(case, finn):
    council = open_account(kind=Kind.FUNDER_COUNCIL, by=finn, on=DAY)
    available = open_account(kind=Kind.AVAILABLE, case=case, name="Budget 1", by=finn, on=DAY)
    committed = open_account(kind=Kind.COMMITTED, case=case, name="Budget 1", by=finn, on=DAY)
    open_account(kind=Kind.PAID_TO_PROVIDER, name="zoë’s home care & co.", by=finn, on=DAY)
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


def test_beancount_accepts_the_ledger(ledger, tmp_path):
    checker = shutil.which("bean-check") or str(Path(sys.executable).with_name("bean-check"))
    if not Path(checker).exists():
        pytest.skip("bean-check is not installed here")
    count, text = exported("beancount")
    assert count == 3
    (tmp_path / "ledger.beancount").write_text(text)
    done = subprocess.run([checker, tmp_path / "ledger.beancount"], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_hledger_accepts_the_ledger_and_finds_the_same_balance(ledger, tmp_path):
    if not shutil.which("hledger"):
        pytest.skip("hledger is not installed here")
    (tmp_path / "ledger.journal").write_text(exported("hledger")[1])
    run = ["hledger", "-f", str(tmp_path / "ledger.journal")]
    done = subprocess.run([*run, "check", "--strict"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    found = subprocess.run([*run, "balance", "Assets:Available", "-N"], capture_output=True, text=True)
    assert "121.98 GBP" in found.stdout


def test_the_export_names_nobody(ledger, case):
    for format in ("beancount", "hledger"):
        text = exported(format)[1]
        assert str(case.pk) in text
        assert "Ada" not in text and "Bell" not in text


def test_an_empty_ledger_is_exported_too(db):
    assert Account.objects.count() == 0
    assert exported("beancount")[0] == 0
