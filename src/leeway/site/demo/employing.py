"""Somebody of the made-up council who employs an assistant: what was done, and what is due soon."""

from datetime import date, timedelta

from leeway.access.models import User
from leeway.care.employing import actions
from leeway.care.employing.models import Job
from leeway.care.people.models import Case
from leeway.care.planning.enough import enough_to_employ
from leeway.care.planning.queries import plan_in_force
from leeway.law.employer_duties import INSURANCE, PENSION_LETTER, REGISTERED, RIGHT_TO_WORK, TERMS, Duty

HOURLY_PENCE = 13_20
#: Whose wages her account pays.
WORK_FOR_HER = (("Jo Marsh", date(1994, 5, 3)), ("Kwame Osei", date(1988, 9, 21)))
INSURED_FOR = timedelta(days=20)


def employ_somebody(person: User, today: date) -> None:
    """Have somebody put on record whom they employ with their direct payment, and what they did as an employer."""
    case = Case.objects.filter(person__user=person).earliest("opened_on")
    plan = plan_in_force(case)
    enough = enough_to_employ(list(plan.lines.all()), today) if plan else None
    assert enough is not None, "she has a direct payment for an assistant"
    began_on = min(case.budgets.earliest("starts_on").starts_on, today)
    terms = {
        "hourly_pence": HOURLY_PENCE,
        "minutes_a_week": enough.minutes_a_week // len(WORK_FOR_HER),
        "hours_vary": False,
        "paid_every": "four_weeks",
        "claims_allowance": True,
        "in_pension": None,
    }
    for name, born_on in WORK_FOR_HER:
        told = {"name": name, "born_on": born_on, "started_on": began_on, "terms": terms}
        job = actions.take_on(case=case, **told, by=person, on=today)
        for duty in (RIGHT_TO_WORK, TERMS, PENSION_LETTER):
            _tell(case, duty, job, began_on, None, person, today)
    _tell(case, REGISTERED, None, began_on, None, person, today)
    _tell(case, INSURANCE, None, began_on, today + INSURED_FOR, person, today)


def _tell(case: Case, duty: Duty, job: Job | None, on: date, until: date | None, by: User, today: date) -> None:
    actions.tell_done(case=case, duty=duty.code, job=job, done_on=on, until=until, by=by, on=today)
