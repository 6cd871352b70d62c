"""Steps of a payment run that are killed: `python -m tests.money.payments.broken_off` reads “POINT STEP” line by line.

Each step is taken in a process of its own, whose id is told first. It hangs at a point of its step, where the test
kills it: once the statement that is named was done, before its commit or, where the point is “committed”, after it.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from leeway.start import start_django
from tests.servers import database_url

ROOT = Path(__file__).parents[3]
ON, PAY_ON = date(2026, 4, 20), date(2026, 4, 24)
SEEN = "Bank statement of that day"
MONTH = ("visits", "invoice", "compare", "agree", "answer")


class Player:
    """Takes steps, each in a process of its own, on the database of the tests."""

    def __init__(self, started):
        self._started = started

    def play(self, step, point):
        """Take a step as far as a point, and give what it says there."""
        self._started.stdin.write(f"{point} {step}\n")
        self._started.stdin.flush()
        self._pid = int(self._reads())
        return self._reads()

    def kill(self):
        os.kill(self._pid, signal.SIGKILL)
        assert self._reads() == "gone"

    def ends(self):
        assert self._reads() == "gone"

    def _reads(self):
        return self._started.stdout.readline().strip()


@contextmanager
def playing() -> Iterator[Player]:
    """A player on the database of the tests."""
    command, environment = [sys.executable, "-m", "tests.money.payments.broken_off"], {"DATABASE_URL": database_url()}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, **pipes) as started:
        yield Player(started)
        started.stdin.close()


def steps() -> dict:
    """Each step of the run with number 1, or the making of it, as an officer takes it."""
    from leeway.access.models import User
    from leeway.jobs.jobs import perform
    from leeway.jobs.models import Job
    from leeway.money.payments import actions, making
    from leeway.money.payments.models import PaymentRun

    finn, fay = (User.objects.get(email=f"{name}@council.example") for name in ("finn", "fay"))

    def run() -> PaymentRun:
        return PaymentRun.objects.get(number=1)

    return {
        "make": lambda: making.make_run(pay_on=PAY_ON, by=finn, on=ON),
        "approve": lambda: actions.approve_run(run=run(), by=fay, on=ON),
        "send": lambda: actions.record_sent(run=run(), sent_on=ON, by=fay, on=ON),
        "send by a job": lambda: perform(Job.objects.get(kind="send_run").pk),
        "confirm": lambda: actions.confirm_run(
            run=run(), confirmed_from=SEEN, returned={"000001-000002": "account closed"}, by=finn, on=PAY_ON
        ),
    }


def month() -> dict:
    """Each step of a month of visits and their invoice: 3 March in full, 4 March cut short, 5 March missed."""
    from leeway.access.models import User
    from leeway.market.listings.models import Provider
    from leeway.money.invoices import actions
    from leeway.money.invoices.actions import NewLine, NewVisit
    from leeway.money.invoices.kinds import Answered, Happened
    from leeway.money.invoices.models import Dispute, Invoice

    finn, provider = User.objects.get(email="finn@council.example"), Provider.objects.get()
    whole = {"provider": provider, "refused": (), "days": "day first", "headings": {}, "by": finn, "on": ON}
    went = ((Happened.DELIVERED, 30), (Happened.CUT_SHORT, 16), (Happened.MISSED, None))
    visits = [
        NewVisit(day=date(2026, 3, 3 + place), happened=happened, minutes=minutes, planned_minutes=30, name="Ada Bell",
                 reference=f"V{place}")
        for place, (happened, minutes) in enumerate(went)
    ]  # fmt: skip
    lines = [NewLine(day=each.day, claimed_pence=10_00, visit_reference=each.reference, minutes=30) for each in visits]
    head = {
        "number": "7", "issued_on": date(2026, 3, 19), "received_on": date(2026, 3, 20), "total_pence": 30_00,
        "starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 15),
    }  # fmt: skip
    return {
        "visits": lambda: actions.keep_visits(name="v.csv", sha256="7", rows=list(enumerate(visits, 2)), **whole),
        "invoice": lambda: actions.take_in_invoice(rows=list(enumerate(lines, 2)), **head, **whole),
        "compare": lambda: actions.compare_invoice(invoice=Invoice.objects.get(), by=finn, on=ON),
        "agree": lambda: actions.agree_invoice(invoice=Invoice.objects.get(), seen_pence=15_34, by=finn, on=ON),
        "answer": lambda: actions.answer_dispute(
            dispute=Dispute.objects.get(pence=4_66), answered=Answered.PROVIDER_ACCEPTS, allowed_pence=0,
            answer="She left early, says their office", by=finn, on=ON,
        ),
    }  # fmt: skip


def hang() -> None:
    """Say that the point is reached, and wait to be killed."""
    print("here", flush=True)
    threading.Event().wait()


def play(step: str, point: str) -> None:
    """Take a step, and hang at the n-th statement that writes, or once all of it is committed."""
    from django.db import connection

    written = 0

    def count(execute, sql, params, many, context):
        nonlocal written
        done = execute(sql, params, many, context)
        if sql.lstrip().startswith(("INSERT", "UPDATE")):
            written += 1
            if point.isdecimal() and written == int(point):
                hang()
        return done

    with connection.execute_wrapper(count):
        (month() if step in MONTH else steps())[step]()
    if point == "committed":
        hang()
    print(f"through {written}", flush=True)


if __name__ == "__main__":
    start_django()
    for line in sys.stdin:
        point, _, step = line.strip().partition(" ")
        if player := os.fork():
            print(player, flush=True)
            os.waitpid(player, 0)
            print("gone", flush=True)
        else:
            play(step, point)
            os._exit(0)
