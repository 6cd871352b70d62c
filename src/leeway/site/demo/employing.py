"""Somebody of the made-up council who employs an assistant: what was done, and what is due soon."""

from datetime import date, timedelta

from leeway.access.models import User
from leeway.care.employing import actions
from leeway.care.people.models import Case
from leeway.care.planning.enough import enough_to_employ
from leeway.care.planning.queries import plan_in_force
from leeway.law.employer_duties import INSURANCE, PENSION_LETTER, REGISTERED, RIGHT_TO_WORK, TERMS

HOURLY_PENCE = 13_20
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
        "minutes_a_week": enough.minutes_a_week,
        "hours_vary": False,
        "paid_every": "four_weeks",
        "claims_allowance": True,
        "in_pension": None,
    }
    job = actions.take_on(
        case=case, name="Kate Lim", born_on=date(1994, 5, 3), started_on=began_on, terms=terms, by=person, on=today
    )
    for duty in (RIGHT_TO_WORK, TERMS, REGISTERED, PENSION_LETTER):
        told = job if duty.of_each else None
        actions.tell_done(case=case, duty=duty.code, job=told, done_on=began_on, until=None, by=person, on=today)
    ends_on = today + INSURED_FOR
    actions.tell_done(case=case, duty=INSURANCE.code, job=None, done_on=began_on, until=ends_on, by=person, on=today)
