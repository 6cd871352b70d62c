"""The council's own lateness, as a fact: the days on which an account waited for it, and why.

The ombudsman found a council at fault that raised nothing for a year and then asked for all of it back: these days are
beside the person's part wherever money is asked for. Source: Local Government Ombudsman, Dorset Council, 24 017 716.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import groupby

from leeway.access.models import Look, User
from leeway.access.roles import WHO_CAN, Capability
from leeway.care.people.models import Case
from leeway.care.review.models import Review
from leeway.law.dated import Law
from leeway.law.monitoring import Late
from leeway.money.monitoring.models import Check
from leeway.money.spending.queries import PAGE
from leeway.money.statements.models import Statement

DAY = timedelta(days=1)


def stretches(case: Case, read: Collection[Statement], law: Law) -> list[Late]:
    """The days until a day on which something waited for the council, the first first; `read` are its statements."""
    within = timedelta(days=law["monitoring.within_days"])
    found = [*_statements(case, read, within, law.on), *_checks(case, law.on), *_reviews(case, law.on)]
    return sorted(found, key=lambda late: (late.first, late.last, late.why))


def _stretch(first: date, last: date, why: str) -> Iterator[Late]:
    if first <= last:
        yield Late(first, last, why)


def _statements(case: Case, read: Collection[Statement], within: timedelta, on: date) -> Iterator[Late]:
    """Statements that nobody of the council looked at in time."""
    days = sorted({each.kept_on for each in read if each.kept_on <= on})
    if not days:
        return
    staff = User.objects.filter(roles__overlap=list(WHO_CAN[Capability.WORK_FOR_COUNCIL])).values("pk")
    looks = Look.objects.filter(person_id=case.person_id, page=PAGE, viewer_id__in=staff)
    looked = sorted(set(looks.order_by().values_list("at__date", flat=True)))
    for kept_on in days:
        seen_on = next((day for day in looked if day >= kept_on), on)
        why = f"The statement of {kept_on:%-d %B %Y} was not looked at."
        yield from _stretch(kept_on + within + DAY, min(seen_on, on), why)


def _checks(case: Case, on: date) -> Iterator[Late]:
    """Checks past their day, but for the days on which the person had a question to answer."""
    known = Check.objects.filter(case=case, due_on__lt=on).order_by("due_on", "pk")
    rows = known.values_list("pk", "due_on", "finished_on", "flagged__asked_on", "flagged__replied_on")
    for (_, due_on, finished_on), its in groupby(rows, key=lambda row: row[:3]):
        first, last = due_on + DAY, min(finished_on or on, on)
        why = f"The check due by {due_on:%-d %B %Y} was not done."
        for begins, ends in sorted((asked_on, replied_on or on) for *_, asked_on, replied_on in its if asked_on):
            yield from _stretch(first, min(last, begins), why)
            first = max(first, ends + DAY)
        yield from _stretch(first, last, why)


def _reviews(case: Case, on: date) -> Iterator[Late]:
    """Reviews that were held after their day, or not yet."""
    for review in Review.objects.filter(case=case, due_on__lt=on):
        last = min(review.held_on or on, on)
        why = f"The review due by {review.due_on:%-d %B %Y} was not held."
        yield from _stretch(review.due_on + DAY, last, why)
