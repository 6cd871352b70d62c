"""Makes the panel of councils, years and client groups, the users of direct payments, and the spending tables."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from leeway.published.returns.councils import register
from leeway.published.returns.layouts import read_return

SHEET_YEARS = ("2000-01", "2001-02", "2002-03", "2003-04", "2004-05", "2006-07", "2007-08")
UNIT_COST_YEARS = ("2008-09", "2009-10", "2010-11", "2011-12", "2012-13")
COSTS = (
    "gross_cost",
    "gross_cost_with_supporting_people",
    "direct_payments_cost",
    "residential_nursing_cost",
    "home_care_cost",
    "day_care_cost",
)
USERS = ("direct_payment_users", "home_care_users", "day_care_users", "resident_weeks")


class Group(NamedTuple):
    """A client group and what it is called in each kind of return (`in_*` are regular expressions)."""

    name: str
    in_sheets: str
    in_unit_costs: str
    resident: str


GROUPS = (
    Group(
        "learning disability 18-64",
        r"18-64 ld |learning disability, 18-64, ",
        r"with a learning disability",
        "learning disability",
    ),
    Group(
        "physical disability 18-64",
        r"18-64 pd |physical disability, 18-64, ",
        r"with a physical disability",
        "physical (or sensory )?disability",
    ),
    Group(
        "mental health 18-64",
        r"18-64 mh |mental health, 18-64, ",
        r"with (mental illness|mental health needs)",
        "mental health (problems|needs)",
    ),
    Group("older people 65 and over", r"65\+ |total 65 and over, ", r"older people", "residents aged 65 and over"),
)
ALL_18_64, ALL_AGES = r"18-64 total |total 18-64, ", r"all ages |total all ages, "
OLDER_BANDS = (
    r"65-74 |total 65-74, ",
    r"75-84 |total 75-84, ",
    r"85\+ |total 85 and over, ",
)
Figure = tuple[float | None, str]
Figures = dict[tuple[str, str], Figure]


# What the tables need of a return; the rest, nine parts in ten, is not kept.
NEEDED = (
    r"^gross total cost for|gross total cost$|gross total cost: total expenditure$"
    r"|receiving services at 31 march|expenditure \||number of weeks.*(row \d+ \(| c[1-6]$)"
)


@cache
def figures_of(path: Path, year: str = "") -> tuple[Figures, tuple[str, ...]]:
    """A file's figures by council and item (England is among them), and its items; of one year where it has several."""
    reading, needed = read_return(path), pl.col("item").str.contains(NEEDED)
    found = {}
    for table in (reading.totals.filter(needed), reading.table.filter(needed)):
        for council, when, item, value, flag in table.iter_rows():
            if year in ("", when):
                found[council, item] = (value, flag)
    return found, tuple(reading.table.filter(needed)["item"].unique(maintain_order=True))


def panel_rows(data: Path) -> list[dict[str, Any]]:
    """A row for each council, year and client group: costs in thousands of pounds, users on 31 March.

    `resident_weeks` are weeks in residential and nursing care in the year, without residents who paid all themselves.
    `flags` names the columns whose figure is missing or odd ("day_care_users=suppressed"), where the return says why.
    """
    regions = dict(register().select("council", "region").iter_rows())
    rows = []
    for year, costs_of, users_of in _years(data):
        councils = sorted({council for council, _ in (*costs_of[0], *users_of[0])} & regions.keys())
        for group in GROUPS:
            wanted = _cost_items(group, costs_of[1]) | _user_items(group, users_of[1])
            for council in councils:
                row: dict[str, Any] = {
                    "council": council,
                    "year": year,
                    "region": regions[council],
                    "client_group": group.name,
                }
                flags = []
                for column in (*COSTS, *USERS):
                    figures = costs_of[0] if column in COSTS else users_of[0]
                    value, flag = summed(figures.get((council, item)) for item in wanted.get(column, []))
                    row[column] = short(value)
                    if flag not in ("", "rounded", "sum"):
                        flags.append(f"{column}={flag}")
                rows.append(row | {"flags": ";".join(flags)})
    return sorted(rows, key=lambda row: (row["client_group"], row["council"], row["year"]))


def _years(data: Path) -> Iterable[tuple[str, tuple, tuple]]:
    folder = data / "council_data"
    for year in SHEET_YEARS:
        spent = figures_of(folder / f"pss_ex1_expenditure_{year}.csv.gz")
        yield year, spent, figures_of(folder / f"pss_ex1_activity_{year}.csv.gz")
    for year in UNIT_COST_YEARS:
        spent = figures_of(folder / f"pss_ex1_unit_costs_{year}_raw.csv.gz")
        yield year, spent, figures_of(folder / f"pss_ex1_activity_{year}_raw.csv.gz")


def _cost_items(group: Group, items: tuple[str, ...]) -> dict[str, list[str]]:
    """Which items of an expenditure or unit cost file make each cost column of the panel."""
    line = rf"{re.escape(group.name)} \| {{}} \| gross total cost"
    unit = rf"gross total cost for {{}} (for|to) (adults (aged (18-64|under 65) )?)?{group.in_unit_costs} during .*"
    found = {
        "gross_cost": matching(items, line.format("total(, excluding supporting people)?")),
        "gross_cost_with_supporting_people": matching(items, line.format("total, including supporting people")),
        "direct_payments_cost": matching(items, line.format("direct payments"), unit.format("direct payments")),
        "residential_nursing_cost": matching(
            items,
            line.format("(nursing|residential) (care |home |care home )?placements"),
            unit.format("residential and nursing care"),
        ),
        "home_care_cost": matching(items, line.format("home care"), unit.format("home care")),
        "day_care_cost": matching(items, line.format("day care"), unit.format("day care or day services")),
    }
    # The unit cost files give some costs twice, once for each unit cost they belong to: the first is taken.
    return {
        column: names if column == "residential_nursing_cost" and len(names) == 2 else names[:1]
        for column, names in found.items()
    }


def _user_items(group: Group, items: tuple[str, ...]) -> dict[str, list[str]]:
    resident = group.resident
    found = {
        "home_care_users": _served(items, group.in_sheets, "home care"),
        "day_care_users": _served(items, group.in_sheets, "day care"),
        "direct_payment_users": _served(items, group.in_sheets, DIRECT),
        # By label: the codes of learning disability and mental health changed places in 2009-10.
        "resident_weeks": matching(items, rf".*number of weeks.*(row \d+ \({resident}\)|{resident} \| c[1-6])"),
    }
    if not found["direct_payment_users"] and group is GROUPS[-1]:
        found["direct_payment_users"] = _older_bands(items)
    return found


DIRECT = r"(existing / new |number of clients receiving )?direct payments( and personal budgets)?"


def _served(items: tuple[str, ...], group: str, service: str) -> list[str]:
    return matching(items, rf".*receiving services at 31 march \| (.*\()?({group}){service}(\)| \(.*).*")


def _older_bands(items: tuple[str, ...]) -> list[str]:
    """The three age bands that make 65 and over, where the return has no line for it; all three or none."""
    bands = [item for band in OLDER_BANDS for item in _served(items, band, DIRECT)]
    return bands if len(bands) == len(OLDER_BANDS) else []


def matching(items: Iterable[str], *patterns: str) -> list[str]:
    return [item for item in items if any(re.fullmatch(pattern, item) for pattern in patterns)]


def summed(parts: Iterable[Figure | None]) -> Figure:
    """One figure from its parts. A blank part counts as nothing beside a part with a figure; any other gap is a gap."""
    known = [part if part is not None else (None, "not available") for part in parts]
    if not known:
        return None, ""
    if len(known) == 1:
        return known[0]
    values = [value for value, _ in known if value is not None]
    gaps = [flag for value, flag in known if value is None]
    if not values or any(flag != "blank" for flag in gaps):
        return None, next(flag for flag in gaps if flag)
    odd = [flag for value, flag in known if value is not None and flag not in ("", "rounded")]
    return sum(values), "part blank" if gaps else odd[0] if odd else "sum"


def short(value: float | None) -> str:
    """A figure as the sources give it, to three decimals at most."""
    return (
        "" if value is None else f"{round(value, 3):g}" if abs(value) < 1000 else f"{value:.3f}".rstrip("0").rstrip(".")
    )


def direct_payment_rows(data: Path) -> list[dict[str, Any]]:
    """Users of direct payments on 31 March by council, year and client group, councils and England.

    `recorded_as` says "with personal budgets" where the line of the return took them in (from 2009-10).
    """
    names = [(group.name, group.in_sheets) for group in GROUPS] + [("all 18-64", ALL_18_64), ("all ages", ALL_AGES)]
    rows = []
    for year, (costs, _), (figures, items) in _years(data):
        councils = sorted({council for council, _ in (*costs, *figures)} & {*register()["council"], "England"})
        for name, pattern in names:
            wanted = _served(items, pattern, DIRECT)[:1] or (
                _older_bands(items) if pattern == GROUPS[-1].in_sheets else []
            )
            budgets = any("personal budgets" in item for item in wanted)
            for council in councils if wanted else []:
                value, flag = summed(figures.get((council, item)) for item in wanted)
                rows.append(
                    {
                        "council": council,
                        "year": year,
                        "client_group": name,
                        "users": short(value),
                        "flag": flag,
                        "recorded_as": "with personal budgets" if budgets else "",
                    }
                )
    return sorted(rows, key=lambda row: (row["client_group"], row["council"], row["year"]))
