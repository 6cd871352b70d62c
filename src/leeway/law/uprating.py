"""Putting up benefits that stood at the full rate of the year before, and why a charge is another than before.

Nothing is assumed: what stood at no rate of the year before stays as it was checked. Sources: SI 2014/2672 regs 10 and
13; the rates are in `parameters/benefits`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from leeway.law.charge_case import QUALIFYING_INCOME
from leeway.law.charge_numbers import ChargeLaw, Means, charge_law, names_in, work_out
from leeway.law.dated import COUNCIL, Law, NotInForce
from leeway.law.income import PUT_UP_FROM
from leeway.law.numbers import Whole, floor_div

#: The rates at which a kind of income may stand, by the folder of its parameters.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "attendance_allowance": "benefits.attendance_allowance",
        "dla_care": "benefits.dla_care",
        "pip_daily_living": "benefits.pip_daily_living",
        "carers_allowance": "benefits.carers_allowance",
        "state_pension": "benefits.state_pension",
        "pension_credit_guarantee": "benefits.pension_credit_guarantee",
        "universal_credit": "benefits.universal_credit",
    }
)
#: Kinds of income that count for Savings Credit.
QUALIFYING = frozenset({"state_pension"})
#: A row that says more than its kind and amount is the person's own arrangement, and stays as it was checked.
PLAIN = frozenset({"kind", "pence_per_week", "covers", "awarded_to", PUT_UP_FROM})
#: Why a charge is another, in the order in which the difference is split.
WHYS = ("age", "policy", "law", "income", "price")


@dataclass(frozen=True, slots=True)
class Raised:
    """One income that stood at the full rate of the year before: which row it is, what it was and what it is now."""

    row: int
    kind: str
    from_pence_per_week: int
    to_pence_per_week: int

    def as_json(self) -> dict[str, Any]:
        """Plain names and numbers, ready to store."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def rates_on(law: Law) -> Mapping[str, Mapping[str, int]]:
    """The full rates of a day in pence a week, by kind of income and by name; none where the law has none yet."""
    found: dict[str, dict[str, int]] = {}
    for kind, folder in KINDS.items():
        names = [name for name in law.parameters if name.startswith(f"{folder}.")]
        found[kind] = {name: pence for name in names if (pence := _rate_a_week(law, name)) is not None}
    return found


def _rate_a_week(law: Law, name: str) -> int | None:
    try:
        pence: int = law[name]
    except NotInForce:
        return None
    return floor_div(pence * 12, 52) if law.parameters[name].unit == "pence per month" else pence


def raised(
    income: Sequence[Mapping[str, Any]],
    before: Mapping[str, Mapping[str, int]],
    after: Mapping[str, Mapping[str, int]],
) -> tuple[Raised, ...]:
    """The rows of income that stood at a full rate, with what that rate is from the day on."""
    found = []
    for place, row in enumerate(income):
        kind, pence = row["kind"], row["pence_per_week"]
        if kind not in KINDS or not PLAIN.issuperset(row):
            continue
        now = {after[kind][name] for name, rate in before[kind].items() if rate == pence and name in after[kind]}
        if len(now) == 1 and (to := now.pop()) != pence:
            found.append(Raised(place, kind, pence, to))
    return tuple(found)


def at_no_rate(income: Sequence[Mapping[str, Any]], *rates: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether a benefit of a known kind stood at no full rate, old or new, so that nobody knows what it is now."""
    return any(
        row["kind"] in KINDS and all(row["pence_per_week"] not in each[row["kind"]].values() for each in rates)
        for row in income
    )


def with_raised(means: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Means with those incomes put up that were (each as `Raised.as_json`), which say from how much.

    What counts for Savings Credit goes up with the State Pension in it.
    """
    income = [dict(row) for row in means["income"]]
    found = dict(means) | {"income": income}
    for each in rows:
        row, was, now = income[each["row"]], each["from_pence_per_week"], each["to_pence_per_week"]
        row["pence_per_week"], row[PUT_UP_FROM] = now, was
        if each["kind"] in QUALIFYING and found.get(QUALIFYING_INCOME):
            found[QUALIFYING_INCOME] += now - was
    return found


@dataclass(frozen=True, slots=True)
class UpratingPolicy:
    """What the council chooses of new charges: when letters go out, what is set apart, whether benefits are put up."""

    letters_days_before: int
    largest_rise_decided_together: int
    puts_benefits_up: bool


def policy_on(law: Law) -> UpratingPolicy:
    """The council's choices of a day."""
    return UpratingPolicy(**{field.name: law[f"uprating_policy.{field.name}"] for field in fields(UpratingPolicy)})


def not_known_yet(law: Law) -> tuple[str, ...]:
    """The names of what a charge reads, or a benefit stands at, of which no figure for the year of the day is known."""
    areas = law.only("charging", "charging_policy", "benefits").parameters
    return tuple(name for name, parameter in areas.items() if parameter.not_known_on(law.on))


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The means of many people, or one, on the way from the day before to the day: as they were, a birthday later by
    the law before, by the law of the day, with the benefits that go up, and with the new prices of support."""

    before: Means
    a_day_later: Means
    by_new_law: Means
    put_up: Means
    priced: Means


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What a charge was on the day before and is on the day, in pence a week, and how much of that is for which reason.

    The reasons add up to the difference, to the penny.
    """

    before: Whole
    after: Whole
    why: Mapping[str, Whole]


def differences(steps: Steps, law_before: Law, law: Law) -> Differences:
    """Split the difference of a charge: what the day itself brings, the council's policy, the law, benefits, prices.

    Each is what the charge moves by when that alone changes, after those before it. Of one person or of columns.
    """
    old, new = charge_law(law_before.only(*CHARGED)), charge_law(law.only(*CHARGED))
    charges = [
        work_out(means, values).charge
        for means, values in (
            (steps.before, old),
            (steps.a_day_later, old),
            (steps.a_day_later, with_policy_of(old, new, law)),
            (steps.by_new_law, new),
            (steps.put_up, new),
            (steps.priced, new),
        )
    ]
    moved = [later - earlier for earlier, later in pairwise(charges)]
    return Differences(before=charges[0], after=charges[-1], why=dict(zip(WHYS, moved, strict=True)))


CHARGED = ("charging", "charging_policy")


def with_policy_of(old: ChargeLaw, new: ChargeLaw, law: Law) -> ChargeLaw:
    """The values of the law before, with those of the day that the council chooses."""
    part = law.only(*CHARGED)
    councils = [field for field, name in names_in(part).items() if part.parameters[name].set_by == COUNCIL]
    return replace(old, **{field: getattr(new, field) for field in councils})


def day_before(day: date) -> date:
    """The last day of what was paid before."""
    return date.fromordinal(day.toordinal() - 1)
