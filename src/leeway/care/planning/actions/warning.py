"""Telling people ahead of what a plan can pay for no longer."""

from datetime import date, timedelta

from django.db import transaction

from leeway.care.circumstances.queries import in_care_homes
from leeway.care.people.actions import set_task
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Task, Whose
from leeway.care.people.states import Stage
from leeway.care.planning.queries import pays_directly

#: Those who arrange what follows are told a week ahead.
AHEAD = timedelta(weeks=1)


@transaction.atomic
def warn_of_four_weeks(*, on: date) -> int:
    """Tell worker and finance, a week ahead and once, on which day the four weeks in a care home are over.

    Of everybody who has a direct payment. Nightly work: nobody in particular does it. Gives how many tasks were set.
    Source: SI 2014/2871, reg. 6.
    """
    new = 0
    for person, weeks in in_care_homes(on).items():
        if weeks.over_on is None or weeks.over_on > on + AHEAD:
            continue
        what = (
            f"{person}’s four weeks in a care home are over on {weeks.over_on:%-d %B %Y}: from that night on a direct "
            "payment may not pay for it. Arrange what follows."
        )
        for case in Case.objects.filter(person=person).exclude(stage=Stage.CLOSED):
            if not pays_directly(case) or Task.objects.filter(case=case, kind=Event.STAY, what=what).exists():
                continue
            for whose in (Whose.WORKER, Whose.FINANCE):
                due_on = max(on, weeks.over_on)
                set_task(case=case, kind=Event.STAY, what=what, whose=whose, due_on=due_on, on=on)
                new += 1
    return new
