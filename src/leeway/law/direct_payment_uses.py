"""What a direct payment may pay for: close family, the council itself, and stays in a care home.

Source: SI 2014/2871, regs 3 and 6; Care and Support Statutory Guidance, chapter 12.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from leeway.law import inputs as read
from leeway.law.dated import Law
from leeway.law.direct_payment_codes import CLOSE_RELATIVES, NECESSARY_FOR, PARTNERS, RELATIONSHIPS
from leeway.law.months import months_later
from leeway.law.outcome import BadInput

REG_3 = "SI 2014/2871, reg. 3"
REG_6 = "SI 2014/2871, reg. 6"
FOR = {"care": "to meet the person’s care needs", "administration": "to help manage the direct payment"}
#: The first night and the day of leaving; None where the stay goes on.
type Nights = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Allowed:
    """Whether a direct payment may be used in this way, and why; None where that is not known yet."""

    allowed: bool | None
    reason: str


def may_pay(relationship: str, same_household: bool | None, necessary_for: str = "", why: str = "") -> Allowed:
    """Say whether a direct payment may be used to pay this person: the family bar.

    A husband, wife or partner is barred wherever they live; a close relative only in the same household. The bar
    falls where the council considers it necessary to pay them for care, or for help to manage the payment:
    `necessary_for` says which, or that it is necessary for nothing; it is empty where the council has not considered
    it yet; `why` is the council's reason. Source: SI 2014/2871, reg. 3.
    """
    code = read.one_of(relationship, [choice.code for choice in RELATIONSHIPS], "relationship")
    if same_household is not None:
        read.yes_or_no(same_household, "same_household")
    if necessary_for:
        read.one_of(necessary_for, [choice.code for choice in NECESSARY_FOR], "necessary_for")
    label = next(choice.label for choice in RELATIONSHIPS if choice.code == code)
    said = f" {why.strip()}" if why.strip() else ""
    if code in CLOSE_RELATIVES and same_household is None:
        return Allowed(None, f"{label}: say whether they live in the same household as the person ({REG_3}).")
    if code not in PARTNERS and not (code in CLOSE_RELATIVES and same_household):
        return Allowed(True, f"{label}: may be paid, as the family bar does not reach them ({REG_3}).")
    if necessary_for in FOR:
        return Allowed(
            True,
            f"{label}: may be paid, because the council considers it necessary {FOR[necessary_for]} ({REG_3}(2))."
            f"{said}",
        )
    if not necessary_for:
        return Allowed(
            None,
            f"{label}: may be paid only where the council considers it necessary to meet the person’s care needs, or "
            f"for help to manage the payment ({REG_3}(2)). Consider it, and say why, either way.",
        )
    where = "wherever they live" if code in PARTNERS else "as they live in the same household"
    return Allowed(
        False,
        f"{label}: may not be paid, {where}, since the council considered it and does not find it necessary ({REG_3})."
        f"{said} It is considered again when something changes: nobody else can meet these needs, for example.",
    )


def may_buy_from_council(from_council: bool | None, once: bool, because: str = "") -> Allowed:
    """Say whether a direct payment may buy this, where the council itself may be the one who gives it.

    It should not, since the council can meet the need itself; it may for something bought once, with the council's
    reason. Source: Care and Support Statutory Guidance, chapter 12.
    """
    if from_council is None:
        return Allowed(None, "Say whether the council itself gives this: a direct payment should not buy it then.")
    if not from_council:
        return Allowed(True, "The council does not give this itself.")
    if once and because.strip():
        return Allowed(True, f"Bought from the council once, as the guidance allows: {because.strip()}")
    if once:
        return Allowed(
            False,
            "The council itself gives this. A direct payment may buy it once, as the guidance allows, where the "
            "council says why.",
        )
    return Allowed(
        False,
        "The council itself gives this, and a direct payment should not buy from the council again and again: hold "
        "it in another way. The guidance allows something bought once, such as a day at a day centre.",
    )


@dataclass(frozen=True, slots=True)
class CareHomeWeeks:
    """How far stays in a care home have used the four weeks in a row that a direct payment may pay for."""

    nights: int
    over_on: date | None
    is_over: bool
    reason: str


def nights_not_paid(stays: Sequence[Nights], law: Law) -> list[date]:
    """List the nights in a care home for which a direct payment may not pay.

    Stays less than four weeks apart are a run. Of a run, a direct payment pays for four weeks of nights in any twelve
    months. A stay that goes on is followed until its first night too many. Source: SI 2014/2871, reg. 6.
    """
    most_nights, _ = _limits(law)
    over: list[date] = []
    for run in _runs(stays, law):
        together: deque[date] = deque()
        for night in run:
            together.append(night)
            while months_later(together[0], 12) <= night:
                together.popleft()
            if len(together) > most_nights:
                over.append(night)
    return over


def care_home_weeks(stays: Sequence[Nights], law: Law, on: date) -> CareHomeWeeks:
    """Say on a day how many nights in a care home count together, and from which night a direct payment may not pay.

    `stays` give the first night and the day of leaving, or None where the person is still there.
    Source: SI 2014/2871, reg. 6.
    """
    most_nights, gap_days = _limits(law)
    followed = [
        (begins, leaves or max(on + timedelta(1), begins + timedelta(most_nights + 1)))
        for begins, leaves in stays
        if begins <= on
    ]
    runs = _runs(followed, law)
    alone_from = runs[-1][-1] + timedelta(1 + gap_days) if runs else on
    if alone_from <= on:
        return CareHomeWeeks(0, None, False, f"A stay in a care home counts by itself now: {_may_pay_for(law)}.")
    run, over = runs[-1], nights_not_paid(followed, law)
    nights = sum(1 for night in run if night < on < months_later(night, 12))
    if not any(leaves > on for _, leaves in followed):
        left = max(0, most_nights - nights)
        past = [night for night in over if night in run]
        beyond = f" For {len(past)} of them, from {_day(past[0])}, a direct payment could not pay." if past else ""
        return CareHomeWeeks(
            nights,
            None,
            False,
            f"Nights in a care home that count together: {nights}.{beyond} To a stay that begins before "
            f"{_day(alone_from)} they are added, and a direct payment may pay for {left} more ({REG_6}).",
        )
    apart = f"Stays less than {gap_days} days apart count together ({REG_6})."
    over_on = _over_since(on, over) or next((night for night in over if night > on), None)
    if over_on is not None and over_on <= on:
        words = f"The four weeks in a care home were over on {_day(over_on)}: from that night on a direct payment may "
        words += f"not pay for it. {apart} The council arranges longer stays."
    elif over_on is not None:
        words = f"Nights in a care home that count together: {nights}. If the stay goes on, the four weeks are over on "
        words += f"{_day(over_on)}: from that night on a direct payment may not pay for it. {apart}"
    else:
        words = f"Nights in a care home that count together: {nights}; {_may_pay_for(law)}. {apart}"
    return CareHomeWeeks(nights, over_on, over_on is not None and over_on <= on, words)


def _over_since(on: date, over: Sequence[date]) -> date | None:
    """The first of the nights in a row up to this one for which a direct payment may not pay; None where it may."""
    since, nights = None, set(over)
    while on in nights:
        since, on = on, on - timedelta(1)
    return since


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def may_plan_stays(
    nights_at_a_time: int | None, days_between: int | None, nights_a_year: int, law: Law, start: date
) -> Allowed:
    """Say whether a direct payment may pay for stays in a care home as a plan has them.

    `days_between` are those at home between two stays; None where the plan has one stay only or nobody has said.
    """
    most_nights, gap_days = _limits(law)
    if nights_at_a_time is None:
        return Allowed(None, f"Say how many nights in a row each stay in the care home is ({REG_6}).")
    if nights_at_a_time < nights_a_year and days_between is None:
        return Allowed(None, f"Say how many days at home lie between two stays in the care home ({REG_6}).")
    stays, begins = [], start
    left = nights_a_year
    while left > 0:
        nights = min(nights_at_a_time, left)
        stays.append((begins, begins + timedelta(nights)))
        begins, left = begins + timedelta(nights + (days_between or 0)), left - nights
    if not nights_not_paid(stays, law):
        return Allowed(True, f"Stays of {nights_at_a_time} nights: a direct payment may pay for them ({REG_6}).")
    if nights_at_a_time > most_nights:
        return Allowed(
            False, f"No more than four weeks: {_may_pay_for(law)} ({REG_6}). The council arranges longer stays."
        )
    return Allowed(
        False,
        f"Stays less than {gap_days} days apart count together, and these come to more than {most_nights} nights. "
        f"Leave {gap_days} days between them, or have the council arrange them ({REG_6}).",
    )


def may_plan_homes(planned: Sequence[tuple[int | None, int | None, int]], law: Law) -> Allowed:
    """Say whether a direct payment may pay for the stays of several lines together, whichever home each is in.

    Each line gives its nights in a row, the days at home between a stay and the next, and its nights a year. Stays of
    one line may lie between those of another, so the fewest days between count for all of them. The nights of a run are
    added up whatever home they are in. Source: SI 2014/2871, reg. 6.
    """
    most_nights, gap_days = _limits(law)
    whole = sum(nights_a_year for _, _, nights_a_year in planned)
    if whole <= most_nights:
        return Allowed(True, f"The stays in care homes come to {whole} nights a year together ({REG_6}).")
    asked = "in the same home or another"
    if any(nights is None or between is None for nights, between, _ in planned):
        return Allowed(
            None,
            f"Several lines are stays in a care home, and their nights are added up. Say of each how many nights in a "
            f"row a stay is, and how many days at home lie between it and the next, {asked} ({REG_6}).",
        )
    between = min(days for _, days, _ in planned if days is not None)
    if between >= gap_days:
        return Allowed(True, f"Each stay is at least {gap_days} days from the next, {asked} ({REG_6}).")
    return Allowed(
        False,
        f"Stays less than {gap_days} days apart count together, {asked}, and these come to {whole} nights a year, more "
        f"than {most_nights}. Leave {gap_days} days between them, or have the council arrange them ({REG_6}).",
    )


def _limits(law: Law) -> tuple[int, int]:
    """The most nights of a run, and the days from leaving to coming that part one run from the next."""
    part = law.only("direct_payments")
    return 7 * part["direct_payments.care_home_weeks"], 7 * part["direct_payments.care_home_gap_weeks"]


def _may_pay_for(law: Law) -> str:
    return f"a direct payment may pay for {_limits(law)[0]} nights in a row in any twelve months"


def _runs(stays: Sequence[Nights], law: Law) -> list[list[date]]:
    """The nights of the stays, those less than four weeks apart together."""
    _, gap_days = _limits(law)
    runs: list[list[date]] = []
    for night in _nights(stays, law):
        if runs and (night - runs[-1][-1]).days - 1 < gap_days:
            runs[-1].append(night)
        else:
            runs.append([night])
    return runs


def _nights(stays: Sequence[Nights], law: Law) -> Iterator[date]:
    most_nights, _ = _limits(law)
    left: date | None = None
    for begins, leaves in sorted(stays, key=lambda stay: stay[0]):
        until = leaves or begins + timedelta(most_nights + 1)
        if until < begins or (left is not None and begins < left):
            raise BadInput(
                f"The stay from {begins} to {until} ends before it begins, or overlaps another.", field="stays"
            )
        yield from (begins + timedelta(day) for day in range((until - begins).days))
        left = until
