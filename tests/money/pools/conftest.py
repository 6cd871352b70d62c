from datetime import date

import pytest

from leeway.access.models import Team
from leeway.care.people.models import Case
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.pools import actions
from leeway.period import Period

SET_UP, ON = date(2026, 4, 1), date(2026, 10, 5)
QUARTER, YEAR = Period(date(2026, 7, 1), date(2026, 9, 30)), Period(date(2026, 4, 1), date(2027, 3, 31))
GROUP = "Mental Health Support"


@pytest.fixture
def pool(council, icb, finn, mona):
    """The council and the NHS body, hosted by the council; they share in proportion, with £1,000 each a quarter."""
    made = actions.set_up_pool(
        partners=[council, icb],
        terms={
            "name": "Mental health pool",
            "agreement": "Section 75 agreement of 1 April 2026, in the council’s register",
            "functions": "Care and after-care of adults of working age",
            "client_groups": [GROUP],
            "host": council,
            "manager": mona,
            "starts_on": SET_UP,
            "ends_on": None,
            "notice_months": 12,
            "risk_rule": "pro_rata",
        },
        by=finn,
        on=SET_UP,
    )
    for partner in made.partners.all():
        contribute(partner, finn, 4_000_00)
    return made


def contribute(partner, finn, pence, kind="agreed", starts_on=YEAR.starts_on, ends_on=YEAR.ends_on):
    """What a partner contributes, for the year or for other days."""
    return actions.contribute(
        partner=partner, kind=kind, starts_on=starts_on, ends_on=ends_on, pence=pence, dated_on=SET_UP,
        words="Minute 14 of the board", by=finn, on=ON,
    )  # fmt: skip


@pytest.fixture
def crew(db):
    """The seconded team of a mental health trust."""
    return Team.objects.create(name="Recovery team")


@pytest.fixture
def someone(another_case, agree, finn):
    """Somebody with a managed budget, in a group and a team: pence a week, and percent that the NHS pays."""

    def made(name, team, pence=100_01, percent=40, charge_pence=0, reason=GROUP, starts_on=date(2026, 4, 22)):
        case = another_case(name)
        Case.objects.filter(pk=case.pk).update(support_reason=reason, team=team)
        case.refresh_from_db()
        plan = agree(case, (Way.COUNCIL_MANAGED, pence, percent), charge_pence=charge_pence, starts_on=starts_on)
        start_budget(plan=plan, by=finn, on=SET_UP)
        return case

    return made


@pytest.fixture
def put(pool, finn):
    """Put the pool's group, or one of its teams, in it."""

    def done(team=None, starts_on=SET_UP, ends_on=None, of=pool, **line):
        group = {} if line else {"client_group": GROUP, "team": team}
        return actions.put_in(pool=of, starts_on=starts_on, ends_on=ends_on, by=finn, on=ON, **group, **line)

    return done


@pytest.fixture
def overhead(pool, icb, finn, mona):
    """Put an overhead of £900.01 a quarter in the pool."""

    def made(driver="caseload", figures=None, **said):
        facts = {
            "what": "Seconded nurses", "kind": "seconded", "team": None, "employer": "A trust", "paid_by": icb,
            "function": "health", "reason": "NHS Act 2006, s. 75", "owner": mona, "starts_on": QUARTER.starts_on,
            "ends_on": QUARTER.ends_on, "pence": 900_01, "driver": driver, "question": "", "locked_percent": 0,
            "locked_until": None,
        }  # fmt: skip
        return actions.add_overhead(pool=pool, facts=facts | said, figures=figures or {}, by=finn, on=ON)

    return made
