"""The pages of bank accounts, where 20,000 lines of one account are not explained.

    LEEWAY_DATA=/somewhere .venv/bin/leeway demo --people 300 --no-serve
    LEEWAY_DATA=/somewhere .venv/bin/python bench/bank_pages.py
    LEEWAY_DATA=/somewhere .venv/bin/python bench/bank_pages.py --into docs/explanation/speed.md

A run is made, approved and sent, and a statement kept on which each of its payments has a line: some name their
payment and are matched, the others have only the amount, the day and the name. Then a finance officer opens each page,
once to warm up and three times that count: what one waited, the processor time of Leeway and of its database's process,
and the queries. All of it in one database transaction, and none of it stays. Exit 1 where a page takes a second of
processor time, or more than 25 queries.
"""

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

import click
import django
from figures import fill, seconds
from measure import cost_of, in_words, machine, today
from runs import FILE_MB, camt053, entry, make_due, officers, open_account

GOAL_SECONDS, QUERIES_MOST, ROUNDS = 1.0, 25, 3


def keep_lines(matched: int, unexplained: int, by, approvers: list):
    """Pay a run, and keep a statement that names so many of its payments, and has the others without a word of them."""
    from django.core.files.base import ContentFile

    from leeway.money.banking.working_days import bacs_submission_day
    from leeway.money.payments import actions, making, pay_days
    from leeway.money.payments.states import State
    from leeway.money.statements.actions import keep_statement

    on = today()
    pay_on = pay_days.first_pay_day(on)
    make_due(matched + unexplained, pay_on, by, on)
    run = making.make_run(pay_on=pay_on, by=by, on=on)
    for approver in approvers:
        if run.state != State.APPROVED:
            run = actions.approve_run(run=run, by=approver, on=on)
    sent_on = max(on, bacs_submission_day(pay_on))
    run = actions.record_sent(run=run, sent_on=sent_on, by=by, on=sent_on)
    account = open_account(by, on)
    text = "".join(camt053(account.identifier, pay_on, lines_of(run, matched, pay_on)))
    keep_statement(account=account, upload=ContentFile(text.encode(), name="statement.xml"), by=by, on=pay_on)
    return account, pay_on


def lines_of(run, matched: int, pay_on: date) -> Iterator[str]:
    """A line for each payment of a run: so many name it, the others say only to whom."""
    payments = run.payments.order_by("place").values_list("place", "amount_pence", "pk", "account_name")
    for place, pence, payment, name in payments:
        named = {"end_to_end_id": payment.hex} if place <= matched else {"name": name}
        yield entry(pence, "DBIT", pay_on, **named)


def addresses(account, visitor) -> dict[str, str]:
    """Each page of an account: of the lines that are not explained, one in the middle, and a search for its name."""
    from django.urls import reverse

    from leeway.money.statements.candidates import open_lines

    lines = open_lines(account)
    line = lines[lines.count() // 2]
    of_line = {name: reverse(f"statements:{name}", args=[account.pk, line.pk]) for name in ("line", "by_hand")}
    search = {"find": "yes", "words": line.counterparty.split()[0]}
    return {
        "Bank accounts": reverse("statements:home"),
        "One account": reverse("statements:account", args=[account.pk]),
        "Lines that are not explained": reverse("statements:queue", args=[account.pk]),
        "The same, a page in the middle": reverse("statements:queue", args=[account.pk]) + "?page=200",
        "A line": of_line["line"],
        "Match by hand": of_line["by_hand"],
        "Match by hand, found by a name": visitor.post(of_line["by_hand"], search).headers["Location"],
        "A month": reverse("statements:month", args=[account.pk]) + f"?month={line.booked_on:%Y-%m}",
    }


def open_page(visitor, address: str, server: int) -> dict[str, float]:
    """Open a page and once more: how long one waited, processor time, and how many queries it asked."""
    from django.db import connection

    asked = []

    def visit() -> None:
        answer = visitor.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}.")

    def counting(execute, sql, *rest):
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(counting):
        visit()
    costs = [cost_of(visit, server=server) for _ in range(ROUNDS)]
    return {what: median(each[what] for each in costs) for what in ("waited", "processor")} | {"queries": len(asked)}


def measure(matched: int, unexplained: int) -> dict[str, dict[str, float]]:
    """Make the lines, open every page, and take all of it back."""
    from django.db import connection, transaction
    from django.test import Client
    from django.utils import timezone

    with transaction.atomic(), connection.cursor() as cursor:
        maker, approvers = officers()
        account, day = keep_lines(matched, unexplained, maker, approvers)
        timezone.localdate = lambda *_: day  # the run's day, which is to come
        cursor.execute("ANALYZE")
        server = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
        visitor = Client()
        visitor.force_login(maker)
        told = {name: open_page(visitor, address, server) for name, address in addresses(account, visitor).items()}
        transaction.set_rollback(True)
    return told


@click.command()
@click.option("--matched", default=20_000, show_default=True, help="Lines that are explained.")
@click.option("--unexplained", default=20_000, show_default=True, help="Lines that are not.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(matched: int, unexplained: int, as_json: bool, into: Path | None) -> None:
    """Open the pages in the made-up council of LEEWAY_DATA (or DATABASE_URL), and leave it as it was."""
    django.setup()
    state = machine()
    told = measure(matched, unexplained)
    missed = [name for name, one in told.items() if one["processor"] >= GOAL_SECONDS or one["queries"] > QUERIES_MOST]
    rows = [
        f"| {name} | {seconds(one['waited'])} | {seconds(one['processor'])} | {one['queries']} |"
        for name, one in told.items()
    ]
    end = (
        f"{unexplained:,} lines are not explained, beside {matched:,} that are; median of {ROUNDS} after a warm-up. "
        f"Goals: under {seconds(GOAL_SECONDS)} of processor time and {QUERIES_MOST} queries. Missed by: "
        f"{', '.join(missed) or 'none'}. Taken on {today().isoformat()}: {in_words(state)}."
    )
    lines = ["| Page | Waited | Processor time | Queries |", "|---|--:|--:|--:|", *rows, "", end]
    click.echo(
        json.dumps({"machine": state, "pages": told, "missed": missed}, indent=2) if as_json else "\n".join(lines)
    )
    if into:
        fill(into, "bank pages", lines)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    for name, value in {
        "DJANGO_SETTINGS_MODULE": "leeway.site.settings",
        "LEEWAY_DEMO": "True",
        "LEEWAY_FILE_MB": FILE_MB,
    }.items():
        os.environ.setdefault(name, value)
    main()
