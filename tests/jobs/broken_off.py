"""A job for workers that are broken off: it writes, says how far it is, and at its first attempt waits to be let go.

`python -m tests.jobs.broken_off [once]` is a worker that knows it.
"""

import os
import sys
from pathlib import Path

from leeway.start import start_django

if __name__ == "__main__":
    start_django()

from leeway.access.models import Team
from leeway.jobs.actions import report
from leeway.jobs.kinds import KINDS, Result, job

KIND = "broken_off"


def begin_and_hang(asked, **_more):
    """Write, and where nobody did before wait until the test writes to the pipe."""
    Team.objects.create(name=f"Written by {asked.pk}")
    report(asked, done=1, of=2)
    if asked.attempt == 1:
        Path(os.environ["LET_GO"]).read_text()
    return Result("Written.")


if KIND not in KINDS:
    job(KIND, title="Write once")(begin_and_hang)

if __name__ == "__main__":
    from leeway.jobs.worker import work

    work(silent_for=1, once="once" in sys.argv)
