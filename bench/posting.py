"""100,000 transfers into the ledger with every guard on, beside django-hordak on the same PostgreSQL.

    LEEWAY_DATA=/somewhere .venv/bin/leeway demo --people 60 --no-serve
    LEEWAY_DATA=/somewhere .venv/bin/python bench/posting.py
    LEEWAY_DATA=/somewhere .venv/bin/python bench/posting.py --into docs/explanation/speed.md

Both sides get the same plain rows (into, out of, pence, day, why) and are timed from those to kept and checked: ours
by `transfer_many`, hordak by `bulk_create` of transactions and legs, as its own benchmark command does it. Ours is also
told without the guard that is asked of each statement, and into a table of the same columns without foreign keys, and
without indexes, so that one sees what each of them takes. What each side then says is in every account must be equal to
the penny. Sides take turns, each in a process of its own; nothing that is posted stays, and hordak's database is
dropped. One alone is posted in a database transaction of its own. Exit 1 if a balance differs or the goal is missed.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import click
import django
import pgtrigger
from figures import fill, seconds
from measure import cost_of, in_words, machine, today

HERE = Path(__file__).parent
DAY = date(2026, 4, 6)
GUARD = "ledger.Transfer:transfer_fits_its_reason"
PEER = "hordak_bench"
#: What a table of the same columns has, beside which the cost of keys and indexes is told.
BARE = {
    "indexed": "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES",
    "rows": "INCLUDING DEFAULTS INCLUDING CONSTRAINTS EXCLUDING INDEXES",
}
GOAL = 10


def pairs() -> list[tuple]:
    """Each budget's account of what is available, and that of what is set aside, with the council's: ids of each."""
    from leeway.money.ledger.models import Account, Kind

    council = Account.objects.get(kind=Kind.FUNDER_COUNCIL).pk
    committed = {(each.case_id, each.name): each.pk for each in Account.objects.filter(kind=Kind.COMMITTED)}
    available = Account.objects.filter(kind=Kind.AVAILABLE).order_by("pk")
    return [(council, each.pk, committed[each.case_id, each.name]) for each in available]


def lay_out(transfers: int) -> dict:
    """The task of both sides: the ids of our accounts, and the rows, which name accounts by their place.

    The council puts money in, and a budget sets it aside: two transfers each.
    """
    from leeway.money.ledger.models import Reason

    found = pairs()
    accounts = [found[0][0], *(account for _, *two in found for account in two)]
    rows = []
    for number in range(transfers // 2):
        available, pence = 1 + 2 * (number % len(found)), 1_00 + number % 997
        rows.append([available, 0, pence, DAY.isoformat(), Reason.FUNDING.value])
        rows.append([available + 1, available, pence, DAY.isoformat(), Reason.COMMITMENT.value])
    return {"ours": [str(account) for account in accounts], "accounts": len(accounts), "rows": rows}


def post(accounts: list[UUID], rows: list, by) -> None:
    """Keep every row as a transfer, and wait until every constraint is checked."""
    from django.db import connection

    from leeway.money.ledger.actions import NewTransfer, transfer_many
    from leeway.money.ledger.models import Reason

    new = [
        NewTransfer(
            id=uuid4(),
            debit=accounts[into],
            credit=accounts[out_of],
            amount_pence=pence,
            reason=Reason(reason),
            effective_date=date.fromisoformat(day),
            about=uuid4(),
        )
        for into, out_of, pence, day, reason in rows
    ]
    transfer_many(new=new, by=by, on=DAY)
    connection.check_constraints()


def ours(folder: Path) -> dict:
    """Post all rows and take them back, with the guard and without, then some one by one."""
    django.setup()
    from django.db import connection, transaction

    from leeway.access.models import User
    from leeway.access.roles import Role
    from leeway.money.ledger.queries import balances

    task = json.loads((folder / "task.json").read_text())
    accounts, rows = [UUID(account) for account in task["ours"]], task["rows"]
    by = User.objects.filter(roles__contains=[Role.FINANCE]).first()
    before, told = balances(accounts), {}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_transfer")
        server = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
    for name, context in (("many", nullcontext()), ("unguarded", pgtrigger.ignore(GUARD))):
        with context, transaction.atomic():
            told[name] = cost_of(lambda: post(accounts, rows, by), server=server)
            after = balances(accounts)
            transaction.set_rollback(True)
    for name, with_it in BARE.items():
        with transaction.atomic(), connection.cursor() as cursor, into_table("bare"):
            cursor.execute(f"CREATE TABLE bare (LIKE ledger_transfer {with_it})")
            told[name] = cost_of(lambda: post(accounts, rows, by), server=server)
            transaction.set_rollback(True)
    with transaction.atomic():
        told["one"] = cost_of(lambda: [post(accounts, [row], by) for row in rows[: task["ones"]]], server=server)
        transaction.set_rollback(True)
    moved = [after.get(account, 0) - before.get(account, 0) for account in accounts]
    return {**told, "balances": moved, "versions": {"django": django.__version__}}


@contextmanager
def into_table(name: str) -> Iterator[None]:
    """Have new transfers written into another table of the same columns, which may have no index to find one by."""
    from leeway.money.ledger import actions

    usual = actions.INSERT
    actions.INSERT = usual.replace("INTO ledger_transfer", f"INTO {name}").replace("ON CONFLICT (id) DO NOTHING", "")
    try:
        yield
    finally:
        actions.INSERT = usual


def theirs(folder: Path) -> dict:
    """Run hordak's side in an environment and a database of its own."""
    from django.db import connection

    uv = [sys.executable, "-m", "uv", "run", "--quiet", "--no-python-downloads", "--no-project"]
    command = [*uv, "--python", sys.executable, "--script", str(HERE / "posting_hordak.py"), str(folder)]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {PEER}")
        cursor.execute(f"CREATE DATABASE {PEER}")
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        finally:
            cursor.execute(f"DROP DATABASE {PEER} WITH (FORCE)")
    return json.loads(done.stdout)


def time_in_turn(folder: Path, rounds: int) -> dict[str, list[dict]]:
    """Run both in turn, several rounds, and stop where a balance differs."""
    told: dict[str, list[dict]] = {"leeway": [], "hordak": []}
    for _ in range(rounds):
        own = subprocess.run(
            [sys.executable, __file__, "--job", str(folder)], stdout=subprocess.PIPE, text=True, check=True
        )
        told["leeway"].append(json.loads(own.stdout))
        told["hordak"].append(theirs(folder))
        if told["leeway"][-1]["balances"] != told["hordak"][-1]["balances"]:
            raise SystemExit("An account has another balance in hordak than in Leeway.")
    return told


def compare(told: dict[str, list[dict]], task: dict) -> list[dict]:
    """Set job beside job: medians of what one waited and of processor time, and how many times more hordak takes."""
    count, rows = f"{len(task['rows']):,} transfers", []
    for label, job, peer, goal in (
        (f"{count}, every guard on", "many", "many", GOAL),
        ("The same without the guard of each statement", "unguarded", "many", None),
        ("The same without foreign keys, too", "indexed", "many", None),
        ("The same without indexes, too: rows alone", "rows", "many", None),
        (f"{task['ones']} one by one, without their commits", "one", "one", None),
    ):
        sides = [
            {what: median(one[name][what] for one in told[side]) for what in ("waited", "processor")}
            for side, name in (("leeway", job), ("hordak", peer))
        ]
        times = sides[1]["processor"] / sides[0]["processor"]
        rows.append({"job": label, "leeway": sides[0], "hordak": sides[1], "times": times, "goal": goal})
    return rows


def table(rows: list[dict], told: dict[str, list[dict]], task: dict, state: dict) -> list[str]:
    """Write the figures as a Markdown table, with what they were taken on."""
    heads = ("Job", "Leeway waited", "Processor time", "django-hordak waited", "Processor time", "Times more", "Goal")
    lines = [f"| {' | '.join(heads)} |", "|---|--:|--:|--:|--:|--:|--:|"]
    for row in rows:
        figures = [seconds(row[side][what]) for side in ("leeway", "hordak") for what in ("waited", "processor")]
        lines.append(f"| {row['job']} | {' | '.join(figures)} | {row['times']:.1f} | {row['goal'] or ''} |")
    versions = ", ".join(f"{name} {number}" for name, number in sorted(told["hordak"][0]["versions"].items()))
    return [
        *lines,
        "",
        f"Medians of {len(told['leeway'])} rounds; times more and the goal by processor time. The balances of "
        f"{task['accounts']} accounts are equal to the penny first. Taken on {today().isoformat()}: "
        f"{in_words(state)}, {versions}.",
    ]


@click.command()
@click.option("--transfers", default=100_000, show_default=True, type=click.IntRange(2, 1_000_000))
@click.option("--ones", default=200, show_default=True, help="How many are also posted one by one.")
@click.option("--rounds", default=3, show_default=True, help="Processes of each side, in turn.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(transfers: int, ones: int, rounds: int, as_json: bool, into: Path | None) -> None:
    """Post in the database of LEEWAY_DATA (or DATABASE_URL), which `leeway demo` made, and leave it as it was."""
    django.setup()
    from django.db import connection

    state = machine()
    login = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD", "HOST", "PORT")}
    task = lay_out(transfers) | {"ones": ones, "hordak": {"NAME": PEER, **login}}
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "task.json").write_text(json.dumps(task))
        told = time_in_turn(Path(name), rounds)
    rows = compare(told, task)
    if into:
        fill(into, "posting", table(rows, told, task, state))
    result = {"jobs": rows, "machine": state, "accounts": task["accounts"], "versions": told["hordak"][0]["versions"]}
    click.echo(json.dumps(result, indent=2) if as_json else "\n".join(table(rows, told, task, state)))
    sys.exit(0 if all(row["times"] >= (row["goal"] or 0) for row in rows) else 1)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")
    if sys.argv[1:2] == ["--job"]:
        print(json.dumps(ours(Path(sys.argv[2]))))
    else:
        main()
