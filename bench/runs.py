"""A payment run of 100,000, and one of 20,000 beside it: made, approved, written, sent, reconciled and confirmed.

    LEEWAY_DATA=/somewhere/large .venv/bin/leeway demo --people 300 --no-serve
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/council.py --people 20000
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/runs.py
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/runs.py --into docs/explanation/speed.md

The council of 20,000 pays fewer than 100,000 instalments on a day, so that first there are more: whole weeks to come of
the parts that can be paid, due on the day of the run, with money set aside for them. That is made in one go and not
timed. Each size is a process of its own, and each step is the action that an officer's press of a button is, committed.
The bank's statement is a camt.053 with a line for each payment, which is read, kept and matched in one press; the run
is then confirmed from it. One payment in a thousand comes back. What was made stays. Exit 1 if a payment or a line is
not as it should be in the end, or if the goal is missed: 100,000 in two minutes of processor time, time and memory not
growing faster than payments.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import batched
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import uuid4
from xml.sax.saxutils import escape

import click
import django
from figures import fill, seconds
from measure import cost_of, in_words, machine, peak_mib, today

SIZES = (20_000, 100_000)
GOAL_SECONDS = 120
FILE_MB = "100"  # a statement of 100,000 lines is larger than the files that are taken in by default
EVERY = 1000  # one payment of so many comes back
#: Time may grow by a fifth faster than payments, and memory by half while payments grow fivefold.
LINEAR, FLAT = 1.2, 1.5


def officers() -> tuple:
    """Somebody who makes runs, and those who approve them: one of each role that moves money."""
    from leeway.access.models import User
    from leeway.access.roles import Role

    def officer(name: str, role: Role):
        email = f"{name.lower()}.{uuid4().hex[:8]}@fairbourne.example"
        return User.objects.create_user(email, name=f"{name} Bench", roles=[role])

    approvers = [officer("Approver", role) for role in Role if role.value.startswith("finance")]
    return officer("Maker", Role.FINANCE), approvers


def make_due(count: int, pay_on: date, by, on: date) -> None:
    """Have so many instalments that a run for a day would pay, with money set aside for them."""
    from django.db.models import Max

    from leeway.money.budgets.models import Instalment, Part
    from leeway.money.budgets.payable import as_paid_on, payable
    from leeway.money.payments.falling_due import unpaid

    wanted = count - payable(unpaid(pay_on)).count()
    going_on = Instalment.objects.filter(kind="regular", amount_pence__gt=0, part__budget__ending=None)
    fine = payable(as_paid_on(going_on, pay_on))
    parts = list(
        Part.objects.filter(pk__in=fine.order_by().values("part"), paid_pence_per_week__gt=0)
        .select_related("budget")
        .annotate(last=Max("instalments__ends_on"))
        .order_by("pk")
    )
    for numbers in batched(range(max(0, wanted)), 5000):
        new = [next_week(parts[number % len(parts)], number // len(parts), pay_on) for number in numbers]
        set_aside(new, by, on)
        Instalment.objects.bulk_create(new)


def next_week(part, week: int, pay_on: date):
    """An instalment for a whole week after the last one that a part has."""
    from leeway.money.budgets.models import Instalment

    starts_on, pence = part.last + timedelta(days=1 + 7 * week), part.paid_pence_per_week
    ends_on = starts_on + timedelta(days=6)
    return Instalment(
        part=part, starts_on=starts_on, ends_on=ends_on, due_on=pay_on, for_period_pence=pence, amount_pence=pence
    )


def set_aside(new: list, by, on: date) -> None:
    """Put in and set aside the money of some instalments, by the action that any transfer goes through."""
    from collections import Counter

    from leeway.money.ledger.actions import NewTransfer, transfer_many
    from leeway.money.ledger.models import Account, Kind, Reason

    council = Account.objects.get(kind=Kind.FUNDER_COUNCIL).pk
    sums: Counter = Counter()
    for each in new:
        budget = each.part.budget
        sums[each.part_id, budget.available_id, budget.committed_id] += each.amount_pence
    moves = [
        NewTransfer(
            id=uuid4(), debit=into, credit=out_of, amount_pence=pence, reason=reason, effective_date=on, about=part
        )
        for (part, available, committed), pence in sums.items()
        for reason, into, out_of in (
            (Reason.FUNDING, available, council),
            (Reason.COMMITMENT, committed, available),
        )
    ]  # fmt: skip
    transfer_many(new=moves, by=by, on=on)


def open_account(by, on: date):
    """An account of the council of its own for each run, so that its statement begins anew."""
    from leeway.money.statements.actions import open_bank_account
    from leeway.money.statements.kinds import Whose

    number = f"{uuid4().int % 10**14:014}"
    return open_bank_account(whose=Whose.COUNCIL, name=f"Bench {number}", identifier=number, by=by, on=on)


def entries_of(run, pay_on: date) -> Iterator[str]:
    """What the bank did on the day: every payment left, and each thousandth came back."""
    payments = run.payments.order_by("place").values_list("place", "amount_pence", "pk")
    for place, pence, payment in payments.iterator(chunk_size=5000):
        yield entry(pence, "DBIT", pay_on, end_to_end_id=payment.hex)
        if place % EVERY == 0:
            yield entry(pence, "CRDT", pay_on, end_to_end_id=payment.hex)


def camt053(account: str, pay_on: date, entries: Iterable[str]) -> Iterator[str]:
    """A bank's statement of one day, in pieces."""
    yield (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId>'
        f"<CreDtTm>{pay_on}T18:00:00</CreDtTm></GrpHdr><Stmt><Id>1</Id><CreDtTm>{pay_on}T18:00:00</CreDtTm>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>GBP</Ccy></Acct>"
    )
    yield from entries
    yield "</Stmt></BkToCstmrStmt></Document>"


def entry(pence: int, sign: str, day: date, *, end_to_end_id: str = "", name: str = "") -> str:
    """One line of it: what names the payment, or to whom it went."""
    refs = f"<Refs><EndToEndId>{end_to_end_id}</EndToEndId></Refs>" if end_to_end_id else ""
    payee = f"<RltdPties><Cdtr><Nm>{escape(name)}</Nm></Cdtr></RltdPties>" if name else ""
    why = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" if sign == "CRDT" else ""
    return (
        f'<Ntry><Amt Ccy="GBP">{pence // 100}.{pence % 100:02}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls>{refs}{payee}"
        f"{why}</TxDtls></NtryDtls></Ntry>"
    )


def check(run, account) -> None:
    """Stop where a payment is not as the statement says, or a line is not explained."""
    from leeway.money.statements.candidates import open_lines

    back = run.payments_count // EVERY
    arrived, returned = (run.payments.filter(state=state).count() for state in ("arrived", "returned"))
    if (arrived, returned) != (run.payments_count - back, back) or open_lines(account).exists():
        left = open_lines(account).count()
        raise SystemExit(f"{arrived:,} arrived, {returned:,} came back of {back:,}; {left:,} lines are not explained.")


def pay(count: int) -> dict:
    """Pay a run of so many, step by step; what each step took, and the memory of this process after it."""
    from django.core.files.base import File
    from django.db import connection

    from leeway.money.banking.working_days import bacs_submission_day
    from leeway.money.payments import actions, bank_files, making, pay_days
    from leeway.money.payments.states import State
    from leeway.money.statements import actions as statements

    on = today()
    pay_on = pay_days.first_pay_day(on)
    maker, approvers = officers()
    make_due(count, pay_on, maker, on)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        server = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
    told: dict[str, dict] = {"Before": {"waited": 0, "processor": 0, "peak_mib": peak_mib()}}
    kept: dict = {}

    def step(name: str, job) -> None:
        def keep() -> None:
            kept[name] = job()

        told[name] = cost_of(keep, server=server) | {"peak_mib": peak_mib()}

    step("Made", lambda: making.make_run(pay_on=pay_on, by=maker, on=on))
    run = kept["Made"]
    for approver in approvers:
        if run.state != State.APPROVED:
            step("Approved", lambda run=run, who=approver: actions.approve_run(run=run, by=who, on=on))
            run = kept["Approved"]
    step("Standard 18 written", lambda: len(bank_files.bacs_file(run)))
    step("pain.001 written", lambda: sum(map(len, bank_files.iso_file(run))))
    sent_on = max(on, bacs_submission_day(pay_on))
    step("Sent", lambda: actions.record_sent(run=run, sent_on=sent_on, by=maker, on=sent_on))
    account = open_account(maker, on)
    with NamedTemporaryFile("w+b", suffix=".xml") as file:  # on disk, as an upload of that size is
        file.writelines(each.encode() for each in camt053(account.identifier, pay_on, entries_of(run, pay_on)))
        upload = File(file, "statement.xml")
        step(
            "Statement read, kept, matched",
            lambda: statements.keep_statement(account=account, upload=upload, by=maker, on=pay_on),
        )
    step("Confirmed from it", lambda: statements.confirm_from_statement(run=kept["Sent"], by=maker, on=pay_on))
    check(run, account)
    cases = run.payments.order_by().values("instalment__part__budget__case").distinct().count()
    return {"payments": run.payments_count, "cases": cases, "steps": told}


def in_own_process(count: int) -> dict:
    """Pay a run of so many in a process whose peak memory is its own."""
    env = {"LEEWAY_FILE_MB": FILE_MB} | os.environ
    done = subprocess.run([sys.executable, __file__, "--job", str(count)], stdout=subprocess.PIPE, text=True, env=env)
    if done.returncode:
        raise SystemExit(f"The run of {count:,} was not paid.")
    click.echo(done.stdout, err=True, nl=False)  # the larger one takes long
    return json.loads(done.stdout.splitlines()[-1])


def total(told: dict, what: str) -> float:
    return sum(step[what] for step in told["steps"].values())


def missed(small: dict, large: dict) -> list[str]:
    """The goals that were missed, in words."""
    more = large["payments"] / small["payments"]
    peaks = [max(step["peak_mib"] for step in one["steps"].values()) for one in (small, large)]
    goals = {
        f"under {GOAL_SECONDS} s": total(large, "processor") < GOAL_SECONDS,
        "time linear": total(large, "processor") / total(small, "processor") < more * LINEAR,
        "memory flat": peaks[1] / peaks[0] < FLAT,
    }
    return [name for name, met in goals.items() if not met]


def table(small: dict, large: dict, state: dict) -> list[str]:
    """Write the figures as a Markdown table, with what they were taken on."""
    heads = [f"{what}, {one['payments']:,}" for one in (small, large) for what in ("Waited", "Processor", "Peak")]
    lines = [f"| Step | {' | '.join(heads)} |", "|---|" + "--:|" * len(heads)]
    for name in small["steps"]:
        cells = [
            cell
            for step in (small["steps"][name], large["steps"][name])
            for cell in (seconds(step["waited"]), seconds(step["processor"]), f"{step['peak_mib']:,} MiB")
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    sums = [
        cell for one in (small, large) for cell in (seconds(total(one, "waited")), seconds(total(one, "processor")), "")
    ]
    return [
        *lines,
        f"| All | {' | '.join(sums)} |",
        "",
        f"The payments are of {small['cases']:,} and {large['cases']:,} cases. "
        f"Processor time of Leeway and of its database's process; peak memory of Leeway's process so far. Goals: "
        f"{large['payments']:,} in {GOAL_SECONDS} s of processor time, time linear, memory flat. Missed by: "
        f"{', '.join(missed(small, large)) or 'none'}. Taken on {today().isoformat()}: "
        f"{in_words(state)}.",
    ]


@click.command()
@click.option("--sizes", type=int, multiple=True, default=SIZES, show_default=True, help="Two sizes, small then large.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(sizes: tuple[int, int], as_json: bool, into: Path | None) -> None:
    """Pay two runs in the made-up council of LEEWAY_DATA (or DATABASE_URL), which then has them."""
    django.setup()  # the embedded database stays up between the two
    state = machine()
    small, large = (in_own_process(count) for count in sizes)
    if into:
        fill(into, "runs", table(small, large, state))
    result = {"machine": state, "small": small, "large": large, "missed": missed(small, large)}
    click.echo(json.dumps(result, indent=2) if as_json else "\n".join(table(small, large, state)))
    sys.exit(1 if result["missed"] else 0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")
    if sys.argv[1:2] == ["--job"]:
        django.setup()
        print(json.dumps(pay(int(sys.argv[2]))))
    else:
        main()
