"""Steps of a payment run that are killed: `python -m tests.money.payments.broken_off` reads “POINT STEP” line by line.

Each step is taken in a process of its own, whose id is told first. It hangs at a point of its step, where the test
kills it: once the statement that is named was done, before its commit or, where the point is “committed”, after it.
"""

import os
import sys
import threading
from datetime import date

from leeway.start import start_django

ON, PAY_ON = date(2026, 4, 20), date(2026, 4, 24)
SEEN = "Bank statement of that day"


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
        steps()[step]()
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
