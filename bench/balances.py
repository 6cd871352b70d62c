"""What is in every account after a million transfers: Leeway, beside hledger and beancount on its own exports.

    LEEWAY_DATA=/somewhere/large .venv/bin/leeway demo --people 300 --no-serve
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/council.py --people 20000
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/balances.py
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/balances.py --into docs/explanation/speed.md

Transfers are added to that council until there are so many, by the action that any transfer goes through. Then the
ledger is exported, and each program says what is in every account: all three must be equal to the penny, account by
account. Each is a process of its own, timed from outside with the reading of its file, and its peak memory is its own;
Leeway's is also told from within, without the start of its process (the database's memory is not in it). Needs hledger.
Exit 1 if an account differs or the goal is missed.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from statistics import median

import click
import django
from figures import fill, seconds
from measure import cost_of, in_words, machine, peak_mib, today

GOAL_SECONDS = 1.0
ROUNDS = 5


def grow(transfers: int) -> int:
    """Add money put in by the council and set aside by budgets, until the ledger has so many transfers."""
    from posting import lay_out, post

    from leeway.access.models import User
    from leeway.access.roles import Role
    from leeway.money.ledger.models import Transfer

    there = Transfer.objects.count()
    if there < transfers:
        task = lay_out(transfers - there + 1)
        by = User.objects.filter(roles__contains=[Role.FINANCE]).first()
        post(task["ours"], task["rows"], by)
    return Transfer.objects.count()


def of_leeway() -> dict:
    """Every account's balance by its name in the exports, and what it took to ask for all of them."""
    from django.db import connection

    from leeway.money.ledger.export import account_name
    from leeway.money.ledger.models import Account
    from leeway.money.ledger.queries import balances

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_transfer")
        server = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
    asked = [cost_of(balances, server=server) for _ in range(ROUNDS)]
    memory, found = peak_mib(), balances()
    names = {account.pk: account_name(account) for account in Account.objects.all()}
    costs = {what: median(one[what] for one in asked) for what in ("waited", "processor")}
    return {"balances": {names[pk]: pence for pk, pence in found.items()}, **costs, "peak_mib": memory}


def of_beancount(path: Path) -> dict:
    """Every account's balance as beancount reads it from its export."""
    from beancount import loader
    from beancount.core.realization import iter_children, realize

    entries, errors, _ = loader.load_file(str(path))
    assert not errors, errors[:3]
    found = {
        account.account: int(position.units.number * 100)
        for account in iter_children(realize(entries))
        for position in account.balance.get_positions()
    }
    return {"balances": found}


def of_hledger(printed: str) -> dict[str, int]:
    """Every account's balance as hledger's table has it, which leaves out those with nothing in them."""
    rows = list(csv.reader(printed.splitlines()))[1:]
    return {account: int(Decimal(amount.split()[0].replace(",", "")) * 100) for account, amount in rows}


def run(command: list[str], folder: Path) -> dict:
    """Run a program whole: what it printed, how long one waited, its processor time, and its peak memory."""
    with (folder / "printed").open("w+", encoding="utf-8") as out:
        started = time.perf_counter()
        env = os.environ | {"BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
        child = subprocess.Popen(command, stdout=out, env=env)
        _, status, used = os.wait4(child.pid, 0)
        waited = time.perf_counter() - started
        if status:
            raise SystemExit(f"{command[0]} ended with status {os.waitstatus_to_exitcode(status)}.")
        out.seek(0)
        printed = out.read()
    return {
        "printed": printed,
        "waited": waited,
        "processor": used.ru_utime + used.ru_stime,
        "peak_mib": round(used.ru_maxrss / 1024),
    }


def ask_all(folder: Path) -> dict[str, dict]:
    """Ask each for every balance, and stop where an account differs."""
    from leeway.money.ledger.export import export_ledger

    journals = {name: folder / f"ledger.{name}" for name in ("hledger", "beancount")}
    for name, path in journals.items():
        with path.open("w", encoding="utf-8") as out:
            export_ledger(out, format=name)
    table = ["balance", "--flat", "--no-total", "--empty", "--output-format=csv"]
    asked = {
        "hledger": run(["hledger", "-f", str(journals["hledger"]), *table], folder),
        "beancount": run([sys.executable, __file__, "--job", "beancount", str(journals["beancount"])], folder),
        "leeway": run([sys.executable, __file__, "--job", "leeway"], folder),
    }
    asked["hledger"]["balances"] = of_hledger(asked["hledger"].pop("printed"))
    for name in ("leeway", "beancount"):
        own = json.loads(asked[name].pop("printed"))
        asked[name] = asked[name] | {"balances": own.pop("balances"), "within": own}
    ours = {account: pence for account, pence in asked["leeway"]["balances"].items() if pence}
    for name in journals:
        theirs = {account: pence for account, pence in asked[name]["balances"].items() if pence}
        if differing := [each for each in ours.keys() | theirs.keys() if ours.get(each) != theirs.get(each)]:
            raise SystemExit(f"{name}: {len(differing):,} accounts differ, {sorted(differing)[0]} among them.")
    return asked


def table(asked: dict[str, dict], transfers: int, state: dict) -> list[str]:
    """Write the figures as a Markdown table, with what they were taken on."""
    within = asked["leeway"]["within"]
    rows = [
        ("Leeway: the question", within),
        ("Leeway: a process that asks it six times", asked["leeway"]),
        *((f"{name}: its file read, the question asked", asked[name]) for name in ("hledger", "beancount")),
    ]
    lines = ["| All balances | Waited | Processor time | Peak memory | Times more |", "|---|--:|--:|--:|--:|"]
    for label, one in rows:
        lines.append(
            f"| {label} | {seconds(one['waited'])} | {seconds(one['processor'])} | {one['peak_mib']:,} MiB "
            f"| {one['processor'] / within['processor']:.1f} |"
        )
    accounts = sum(1 for pence in asked["leeway"]["balances"].values() if pence)
    return [
        *lines,
        "",
        f"{transfers:,} transfers; {accounts:,} accounts with money in them, equal in all three to the penny. Times "
        f"more by processor time. Goal of the question: under {GOAL_SECONDS:.0f} s of processor time, "
        f"{'met' if within['processor'] < GOAL_SECONDS else 'missed'}. Taken on {today().isoformat()}: "
        f"{in_words(state)}.",
    ]


@click.command()
@click.option("--transfers", default=1_000_000, show_default=True, help="At least so many; those added stay.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(transfers: int, as_json: bool, into: Path | None) -> None:
    """Ask for all balances in the made-up council of LEEWAY_DATA (or DATABASE_URL), and of its exports."""
    django.setup()
    state, there = machine(), grow(transfers)
    with tempfile.TemporaryDirectory() as name:
        asked = ask_all(Path(name))
    if into:
        fill(into, "balances", table(asked, there, state))
    figures = {name: {what: one[what] for what in one if what != "balances"} for name, one in asked.items()}
    result = {"transfers": there, "machine": state, **figures}
    click.echo(json.dumps(result, indent=2) if as_json else "\n".join(table(asked, there, state)))
    sys.exit(0 if asked["leeway"]["within"]["processor"] < GOAL_SECONDS else 1)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")
    if sys.argv[1:3] == ["--job", "leeway"]:
        django.setup()
        print(json.dumps(of_leeway()))
    elif sys.argv[1:2] == ["--job"]:
        print(json.dumps(of_beancount(Path(sys.argv[3]))))
    else:
        main()
