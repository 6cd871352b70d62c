"""A batch carried on in a process of its own, which hangs at a point where the test kills it.

`python -m tests.money.uprating.broken_off POINT BATCH`: at its n-th statement that writes, or not at all for 0.
"""

import sys
import threading

from leeway.start import start_django


def play(point: int, batch: str) -> None:
    """Carry a batch on, two rows at a time, and hang once so many statements have written."""
    from django.db import connection

    from leeway.money.uprating import applying, telling, undoing, working_out
    from leeway.money.uprating.jobs import carry_on

    for module in (applying, telling, undoing, working_out):
        module.SOME = 2
    written = 0

    def count(execute, sql, params, many, context):
        nonlocal written
        done = execute(sql, params, many, context)
        if sql.lstrip().startswith(("INSERT", "UPDATE")):
            written += 1
            if written == point:
                print("here", flush=True)
                threading.Event().wait()
        return done

    with connection.execute_wrapper(count):
        carry_on(batch)
    print(f"through {written}", flush=True)


if __name__ == "__main__":
    start_django()
    play(int(sys.argv[1]), sys.argv[2])
