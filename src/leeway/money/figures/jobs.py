"""Month-ends, journals and finance returns: at once in a small council, else by a job. The same function does both."""

from datetime import date

from django.urls import reverse

from leeway.files.laying_by import Given, taken_up
from leeway.jobs.kinds import Result, job
from leeway.jobs.models import Job
from leeway.money.figures import actions
from leeway.money.figures.queries import FINANCE_RETURN, JOURNAL, MONTH_END


@job(MONTH_END, title="Take a month-end", being="Being taken")
def month_end(asked: Job, *, given: Given | str) -> Result:
    """Take a month-end. Why it is taken again is words, so it is `given`: no argument of a job may hold it."""
    said = taken_up(given).words
    days = {"ends_on": date.fromisoformat(said["ends_on"]), "on": asked.asked_on}
    taken = actions.take_month_end(reason=said["reason"], by=asked.asked_by, **days)
    return Result(
        f"The month-end of {taken.ends_on:%B %Y} is kept.",
        address=reverse("figures:month_end", args=[taken.pk]),
        link="Open the month-end",
    )


@job(JOURNAL, title="Make a journal", being="Being made")
def journal(asked: Job, *, ends_on: str) -> Result:
    """Make the next journal."""
    days = {"ends_on": date.fromisoformat(ends_on), "on": asked.asked_on}
    made = actions.make_journal(by=asked.asked_by, **days)
    return Result(f"The journal to {made.ends_on:%-d %B %Y} is made.", address=reverse("figures:journals"), link="Open")


@job(FINANCE_RETURN, title="Make a finance return", being="Being made")
def finance_return(asked: Job, *, ends_on: str) -> Result:
    """Make a finance return."""
    days = {"ends_on": date.fromisoformat(ends_on), "on": asked.asked_on}
    made = actions.make_finance_return(by=asked.asked_by, **days)
    return Result(
        f"The finance return to {made.ends_on:%-d %B %Y} is made.",
        address=reverse("figures:finance_return", args=[made.pk]),
        link="Open the return",
    )
