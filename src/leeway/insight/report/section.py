"""What a report is made of: sections that open with what was found, and figures fit to leave the council."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from leeway.insight.measures.suppression import nearest, published
from leeway.intervals import Share, wilson
from leeway.published.catalogue import ENGLAND, catalogue
from leeway.small_numbers import LEAST

HIDDEN, NOTHING = "hidden", "none"
#: The published series of England that counts what a measure of records counts.
SERIES = {
    "ASCOF 3D(1a)": "self-directed",
    "ASCOF 3D(2a)": "direct-payments",
    "ASCOF 2A": "ascof-2a",
    "ASCOF 2C": "ascof-2c",
    "ASCOF 2E(2a)": "ascof-2e(2a)",
    "ASCOF 2E(2b)": "ascof-2e(2b)",
}


@dataclass(frozen=True)
class Exhibit:
    """A table, and the chart that is drawn from it where there is one (`chart` is SVG). All cells are words."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chart: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One part of the report: what was found with how sure it is, what else there is to say, and the figures."""

    key: str
    heading: str
    finding: str
    more: tuple[str, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    notes: tuple[str, ...] = ()


Row = dict[str, Any]


def fit_to_show(answers: Iterable[Row]) -> list[Row]:
    """Hide and round answers as publications do, and add to each share the range that chance leaves it.

    Adds `low` and `high` (the 95% Wilson interval, in per cent; none where hidden or not a share of people) and
    `nobody` (yes where there was nobody to count, which hides nobody).
    """
    exact = list(answers)
    rows = published(exact)
    for row, counts in zip(rows, exact, strict=True):
        row |= {"low": None, "high": None, "nobody": counts["denominator"] == 0}
        if row["nobody"] and not row["by"]:  # how many are not known is all that there is to say
            row["unknown"] = nearest(counts["unknown"]) if counts["unknown"] >= LEAST else None
        plain_share = row["unit"] == "%" and row["measure"] != "NI130, ADASS base"
        if plain_share and row["value"] is not None:
            limits = wilson(Share(row["numerator"] / row["denominator"], row["denominator"]))
            row |= {"low": 100 * limits.low, "high": 100 * limits.high}
    return rows


def count(people: int | None) -> str:
    """A number of people as it may be shown: rounded to the nearest 5, and hidden where it is under 5.

    >>> count(1_233), count(4), count(None)
    ('1,235', 'under 5', 'hidden')
    """
    if people is None:
        return HIDDEN
    return f"{nearest(people):,}" if people >= LEAST else f"under {LEAST}"


def amount(value: float | None, unit: str = "", *, decimals: int = 1, missing: str = NOTHING) -> str:
    """A value with its unit in the place where people write it.

    >>> amount(24.31, "%"), amount(1_234.5, "£ a week", decimals=0), amount(3.0, "days"), amount(None)
    ('24.3%', '£1,234 a week', '3.0 days', 'none')
    """
    if value is None:
        return missing
    number = f"{value + 0.0:,.{decimals}f}"
    if unit == "%":
        return f"{number}%"
    return f"{number} {unit}".strip() if "£" not in unit else f"£{number}{unit.removeprefix('£')}"


def between(low: float | None, high: float | None, unit: str = "", *, decimals: int = 1) -> str:
    """A range in words.

    >>> between(22.1, 26.44, "%"), between(None, None)
    ('22.1% to 26.4%', 'none')
    """
    if low is None or high is None:
        return NOTHING
    return f"{amount(low, unit, decimals=decimals)} to {amount(high, unit, decimals=decimals)}"


def signed(value: float | None, *, decimals: int = 1, before: str = "") -> str:
    """A change, with its sign, and what stands before the number, such as “£”.

    >>> signed(2.04), signed(0.01), signed(None)
    ('+2.0', '0.0', 'none')
    """
    if value is None:
        return NOTHING
    size = f"{before}{abs(value):,.{decimals}f}"
    if not size.strip("£0.,"):
        return size
    return f"+{size}" if value > 0 else f"−{size}"


def day(when: date) -> str:
    """A day as people write it.

    >>> day(date(2025, 3, 31))
    '31 March 2025'
    """
    return f"{when.day} {when:%B %Y}"


def listed(words: Iterable[str]) -> str:
    """Words in a row, the last after “and”.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def england(code: str) -> tuple[str, float] | None:
    """The latest year and figure of England for a measure that is published, or none."""
    if code not in SERIES:
        return None
    last = catalogue()[SERIES[code]].figures.filter(council=ENGLAND).drop_nulls("value").row(-1, named=True)
    return last["year"], last["value"]


def beside(figure: tuple[str, float], row: Row, *, decimals: int = 1) -> str:
    """Say how a share stands to England's: lower, higher, or not to be told apart."""
    year, value = figure
    words = f"England’s figure for {year} was {amount(value, row['unit'], decimals=decimals)}"
    if row["low"] is None or row["high"] is None:
        return f"{words}."
    if row["low"] <= value <= row["high"]:
        return f"{words}: no difference can be told."
    return f"{words}: these records are {'higher' if value < row['low'] else 'lower'}."
