"""Reading what comes in: each income net of tax, the person's own share of it, and how the law of the day counts it.

Source: SI 2014/2672 reg. 13 and Sch. 1; statutory guidance, Annex C, paras 5 (couples) and 6 (net of tax).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leeway.law import inputs as read
from leeway.law.dated import Law
from leeway.law.means import (
    COUNTED,
    DISABILITY_BENEFIT,
    FIRST_PART_LEFT_OUT,
    INCOME,
    SAVINGS_CREDIT,
    counted_as,
    kinds,
)
from leeway.law.numbers import floor_div, least, pounds
from leeway.law.outcome import BadInput, Choice

AWARDED_TO: tuple[Choice, ...] = (
    Choice("person", "The person alone"),
    Choice("couple", "The couple together", "Half counts, unless another share is shown."),
)
COVERS: tuple[Choice, ...] = (
    Choice("day_or_night", "Day or night", "The lower rate, or the middle one."),
    Choice("day_and_night", "Day and night", "The highest rate."),
)
#: A couple claims it together (Welfare Reform Act 2012 s2), so it is theirs together unless the row says otherwise.
JOINT_OF_A_COUPLE = frozenset(
    {"universal_credit", "universal_credit_lcwra", "universal_credit_child", "universal_credit_housing"}
)
#: The highest rate is for attention by day and by night (Personal Independence Payment asks of no nights).
PAID_FOR_NIGHTS = frozenset({"attendance_allowance", "dla_care"})
#: Not a kind: for whom it is decides, and it is never guessed for somebody without a child.
MAINTENANCE, FOR_A_CHILD, FOR_THE_PERSON = "maintenance", "child_maintenance", "spousal_maintenance"
OTHER = "other"
#: What a row says that was put up to the rate of a new year, and asked of nobody.
PUT_UP_FROM = "put_up_from_pence_per_week"

#: Each field of a row of income, with what it means.
ROW: dict[str, str] = {
    "kind": "What it is: a kind of the table charging.income_kinds",
    "pence_per_week": "What is paid, before tax",
    "tax_pence_per_week": "Income tax and National Insurance on it; 0 may be left out",
    "awarded_to": "person or couple; left out: Universal Credit of a couple is the couple’s, all else the person’s",
    "own_share_pence_per_week": "The person’s share of what a couple was awarded, after tax; half where left out",
    "share_shown_by": "Who showed that share, and by what; needed with it",
    "covers": "day_and_night or day_or_night: needed of Attendance Allowance and Disability Living Allowance (care) "
    "where the council leaves the night part out",
    "what": "What any other income is; needed with the kind other",
    "from_whom": "From whom any other income comes; needed with the kind other",
    PUT_UP_FROM: "What was paid before the council put it up to the rate of a new year; may be left out",
}

#: No income of whoever is charged for support comes near this: £100,000 a week.
MOST_A_WEEK = 100_000_00


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeLine:
    """One income: how the law of the day counts it, and the pence a week that are the person's own.

    `night_pence` is what its highest rate adds for the nights; `told` says how the pence came about, if not as paid.
    """

    kind: str
    counted_as: str
    pence: int
    night_pence: int
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeTotals:
    """Income together, by how it counts, in pence a week."""

    fully_counted_pence: int
    disability_benefits_pence: int
    night_part_pence: int
    partly_counted_pence: int
    part_left_out_pence: int
    savings_credit_pence: int


def read_income(given: object, law: Law, *, couple: bool, dependent_children: int) -> tuple[IncomeLine, ...]:
    """Read every row of income; refuse with a sentence that names the row."""
    rows = enumerate(read.sequence(given, "income"), start=1)
    return tuple(
        _line(
            read.mapping(row, f"income, line {number}"),
            f"income, line {number}",
            law,
            couple=couple,
            dependent_children=dependent_children,
        )
        for number, row in rows
    )


def totals(lines: Sequence[IncomeLine], law: Law) -> IncomeTotals:
    """Add the lines up by how they count. Of some pensions £10 each is left out, and £20 of all together."""
    left_out_of_each = law["charging.income.war_pension_disregard"]
    partly = [line.pence for line in lines if line.counted_as == FIRST_PART_LEFT_OUT]
    left_out = sum(least(pence, left_out_of_each) for pence in partly)
    return IncomeTotals(
        fully_counted_pence=_together(lines, COUNTED),
        disability_benefits_pence=_together(lines, DISABILITY_BENEFIT),
        night_part_pence=sum(line.night_pence for line in lines if line.counted_as == DISABILITY_BENEFIT),
        partly_counted_pence=sum(partly),
        part_left_out_pence=least(left_out, law["charging.income.war_pensions_disregard_together"]),
        savings_credit_pence=_together(lines, SAVINGS_CREDIT),
    )


def _together(lines: Sequence[IncomeLine], way: str) -> int:
    return sum(line.pence for line in lines if line.counted_as == way)


def _line(row: Mapping[str, Any], field: str, law: Law, *, couple: bool, dependent_children: int) -> IncomeLine:
    read.only_known(row, ROW, field)
    told = []
    kind = read.needed(row, "kind", kinds(INCOME))
    if kind == MAINTENANCE:
        kind = _whose_maintenance(field, dependent_children)
        told.append("taken to be for the child, since nothing else is said")
    way = counted_as(INCOME, kind, law, field)
    field = f"{field} ({kind})"
    if kind == OTHER:
        what, source = (read.needed_words(row, name, field) for name in ("what", "from_whom"))
        told.append(f"{what}, from {source}")
    paid = read.pence(read.needed(row, "pence_per_week"), f"{field}, pence_per_week")
    if paid > MOST_A_WEEK:
        raise BadInput(
            f"{field}: {pounds(paid)} a week is more than can be right. Check the amount, and how often it comes.",
            field="income",
        )
    if PUT_UP_FROM in row:
        before = read.pence(row[PUT_UP_FROM], f"{field}, {PUT_UP_FROM}")
        told.append(f"put up from {pounds(before)} with the rate of the year: nobody was asked")
    tax = read.pence(row.get("tax_pence_per_week", 0), f"{field}, tax_pence_per_week")
    if tax > paid:
        raise BadInput(f"{field}: the tax is more than what is paid. Check both amounts.", field="income")
    if tax:
        told.append(f"{pounds(paid)} less {pounds(tax)} of tax and National Insurance")
    own, how_shared = _own_share(row, kind, paid - tax, field, couple=couple)
    return IncomeLine(
        kind=kind,
        counted_as=way,
        pence=own,
        night_pence=least(own, _night_pence(row, kind, field, law)),
        told=(*told, *how_shared),
    )


def _whose_maintenance(field: str, dependent_children: int) -> str:
    """Maintenance that comes to somebody responsible for a child is the child's, unless it is said to be their own."""
    if dependent_children:
        return FOR_A_CHILD
    raise BadInput(
        f"{field} is maintenance, and nobody says for whom. Use {FOR_A_CHILD}, which is left out, or "
        f"{FOR_THE_PERSON}, which counts.",
        field="income",
    )


def _own_share(row: Mapping[str, Any], kind: str, net: int, field: str, *, couple: bool) -> tuple[int, tuple[str, ...]]:
    presumed = "couple" if couple and kind in JOINT_OF_A_COUPLE else "person"
    codes = [choice.code for choice in AWARDED_TO]
    awarded_to = read.one_of(row.get("awarded_to", presumed), codes, f"{field}, awarded_to")
    shown = row.get("own_share_pence_per_week")
    if awarded_to == "person":
        if shown is not None:
            raise BadInput(
                f"{field}: a share is of what a couple was awarded. Say that it was awarded to the couple, or leave "
                "the share out.",
                field="income",
            )
        return net, ()
    if not couple:
        raise BadInput(f"{field} was awarded to a couple, and the household is none. Check both.", field="income")
    if shown is None:
        return floor_div(net, 2), (f"half of {pounds(net)} that was awarded to the couple",)
    own = read.pence(shown, f"{field}, own_share_pence_per_week")
    if own > net:
        raise BadInput(f"{field}: the person’s share is more than the whole. Check both amounts.", field="income")
    shown_by = read.needed_words(row, "share_shown_by", field)
    return own, (f"the person’s share of {pounds(net)} that was awarded to the couple, as shown by {shown_by}",)


def _night_pence(row: Mapping[str, Any], kind: str, field: str, law: Law) -> int:
    if kind not in PAID_FOR_NIGHTS:
        if "covers" in row:
            raise BadInput(f"{field}: covers is asked of Attendance Allowance and DLA (care) only.", field="income")
        return 0
    if "covers" not in row:
        if law["charging_policy.leaves_out_night_part"]:
            raise BadInput(
                f"{field}: covers is missing. Say day_and_night for the highest rate, or day_or_night: the council "
                "leaves the night part out.",
                field="income",
            )
        return 0
    covers = read.one_of(row["covers"], [choice.code for choice in COVERS], f"{field}, covers")
    return law["charging.income.night_part_of_disability_benefits"] if covers == "day_and_night" else 0
