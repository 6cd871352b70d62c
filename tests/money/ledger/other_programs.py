"""What two independent programs make of an exported ledger: whether they accept it, and every account's balance."""

import csv
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import realization

BEAN_CHECK = shutil.which("bean-check") or str(Path(sys.executable).with_name("bean-check"))


def beancount_balances(ledger: Path) -> dict[str, int]:
    """Pence by account that has any, as beancount adds them up once bean-check has accepted the file."""
    done = subprocess.run([BEAN_CHECK, ledger], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    entries, errors, _options = loader.load_file(str(ledger))
    assert not errors
    accounts = realization.iter_children(realization.realize(entries))
    return _moved({each.account: each.balance.get_currency_units("GBP").number for each in accounts})


def hledger_balances(journal: Path) -> dict[str, int]:
    """Pence by account that has any, as hledger adds them up once its strict checks have passed.

    Without hledger it skips on somebody's own machine, and fails where changes are let in (CI).
    """
    if not shutil.which("hledger"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("hledger is not installed here")
    run = ["hledger", "-f", str(journal)]
    done = subprocess.run([*run, "check", "--strict"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    told = subprocess.run([*run, "balance", "--flat", "-N", "-O", "csv"], capture_output=True, text=True, check=True)
    rows = csv.DictReader(told.stdout.splitlines())
    return _moved({row["account"]: Decimal(row["balance"].removesuffix(" GBP")) for row in rows})


def _moved(pounds: dict[str, Decimal]) -> dict[str, int]:
    return {account: int(amount * 100) for account, amount in pounds.items() if amount}
