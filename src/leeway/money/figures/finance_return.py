"""The finance return (ASC-FR) in outline: what support cost, for whom, where, and who paid, each sum with its rows.

What the ledger holds for the days of a year, divided by line and by who pays (`funders.attributed`). Its own template
and codes were not seen: the lines carry the words of the published tables. Left out, since Leeway knows nothing of it:
what the council spends on staff, buildings, assessment and commissioning.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import CaseKind
from leeway.care.planning.models import PlanLine, Way
from leeway.law.births import Birth
from leeway.market.listings.models import Kind as Support
from leeway.money.funders.attributing import Attributed
from leeway.money.funders.models import Purse
from leeway.money.funders.queries import attributed
from leeway.period import Period

#: The long-term setting of each kind of support, as the published tables have them.
SETTINGS = {
    Support.NURSING_HOME: "Nursing",
    Support.CARE_HOME: "Residential",
    Support.EXTRA_CARE: "Supported accommodation",
    Support.SHARED_LIVES: "Supported accommodation",
    Support.SUPPORTED_LIVING: "Community: supported living",
    Support.HOME_CARE: "Community: home care",
    Support.COMMUNITY_CARE: "Community: home care",
}
DIRECT_PAYMENTS, OTHER = "Community: direct payments", "Community: other long-term support"
SHORT_TERM, CARERS = "Short-term support to maximise independence", "Support to carers"
GROWN_UP, OLDER, UNKNOWN_AGE = "18 to 64", "65 and over", "Age not known"


@dataclass(frozen=True)
class About:
    """What is known of one line of a plan: whom it is for, and what it is."""

    reason: str
    age: str
    setting: str
    own: bool


@dataclass(frozen=True)
class Row:
    """What one funder paid of one line for some days, and where in the return it stands."""

    about: About
    paid: Attributed


def rows_of(year: Period, *, seen_by: User) -> Iterator[Row]:
    """Every row behind a return: what was funded for the days of a year, by line and funder. Nobody is named."""
    check_can(seen_by, Capability.SEE_BOOKS)
    found = attributed(year.starts_on, year.ends_on)
    known = _about({row.line_id for row in found}, year.ends_on)
    return (Row(known[row.line_id], row) for row in found if row.pence)


def in_lines(rows: Iterable[Row]) -> list[dict]:
    """The lines of a return: gross cost by reason for support, age and setting, and who paid of it; all in pence."""
    sums: dict[tuple, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Purse.values, 0))
    people: dict[tuple, set[UUID]] = defaultdict(set)
    for row in rows:
        key = row.about.reason, row.about.age, row.about.setting, row.about.own
        sums[key][row.paid.purse] += row.paid.pence
        people[key].add(row.paid.case_id)
    return [
        {
            "reason": reason,
            "age": age,
            "setting": setting,
            "own": own,
            "people": len(people[reason, age, setting, own]),
            "gross_pence": sum(paid.values()),
            "person_pence": paid[Purse.PERSON],
            "nhs_pence": paid[Purse.NHS],
            "council_pence": paid[Purse.COUNCIL],
        }
        for (reason, age, setting, own), paid in sorted(sums.items())
    ]


def setting_of(*, kinds: Iterable[str], way: str, exemption: str, is_carer: bool) -> str:
    """Where a line stands in the return: short-term before all, then a care home, then how it is held, then its kind.

    >>> setting_of(kinds=["home_care"], way="direct_payment", exemption="ordinary", is_carer=False)
    'Community: direct payments'
    """
    if is_carer:
        return CARERS
    if exemption == "reablement":
        return SHORT_TERM
    told = [SETTINGS[Support(kind)] for kind in kinds if Support(kind) in SETTINGS]
    homes = [setting for setting in told if not setting.startswith("Community")]
    if homes:
        return homes[0]
    if way == Way.DIRECT_PAYMENT:
        return DIRECT_PAYMENTS
    return told[0] if told else OTHER


def _about(lines: set[UUID], last: date) -> dict[UUID, About]:
    found = PlanLine.objects.filter(pk__in=lines).order_by().select_related("service", "plan__case__person")
    return {
        line.pk: About(
            reason=line.plan.case.support_reason,
            age=_age(line.plan.case.person.birth, last),
            setting=setting_of(
                kinds=line.service.kinds if line.service else (),
                way=line.way,
                exemption=line.exemption,
                is_carer=line.plan.case.kind == CaseKind.CARER,
            ),
            own=bool(line.from_council),
        )
        for line in found
    }


def _age(birth: Birth | None, on: date) -> str:
    """The age band on a day; where only the year is known, it may be either."""
    told = birth.has_turned(65, on) if birth else None
    return {True: OLDER, False: GROWN_UP, None: UNKNOWN_AGE}[told]
