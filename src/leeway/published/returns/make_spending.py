"""Makes the table of councils' spending by client group (`figures/spending.csv`), on three bases that do not join."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leeway.published.returns.councils import register
from leeway.published.returns.make_panel import GROUPS, SHEET_YEARS, Figures, figures_of, matching, short, summed

REASONS = (
    "learning disability support",
    "physical support",
    "sensory support",
    "mental health support",
    "support with memory and cognition",
)
AGES = {"18 to 64": "18-64", "65 and over": "65 and over"}
GROSS = "gross total cost: total expenditure"
BRIDGING_PARTS = (
    "assessment and care management",
    "residential and nursing care",
    "home care services",
    "community-based services",
    "direct payments",
    "other expenditure",
)
# The file of 2016-17 gives, for ages 18 to 64, every council's assessment and care management again as its direct
# payments (England 927,740.7171 both times), so neither direct payments nor the sum of the parts is known.
MISTAKEN = {("2016-17", "18 to 64")}
Named = Iterator[tuple[str, str, str, list[str], Figures]]


def spending_rows(data: Path) -> list[dict[str, Any]]:
    """A row for each council (and England), year and group: gross total cost in whole thousands of pounds.

    England is the published total where there is one, else the sum of the councils ("sum of councils").
    """
    folder = data / "council_data"
    known = {*register()["council"], "England"}
    rows = []
    for basis, year, group, items, figures in (*_by_client_group(folder), *_by_reason(folder), *_bridging(folder)):
        found = {}
        for council in sorted({council for council, item in figures if item in items} & known):
            found[council] = summed(figures.get((council, item)) for item in items)
        if "England" not in found:
            values = [value for value, _ in found.values() if value is not None]
            found["England"] = (sum(values), "sum of councils") if values else (None, "not available")
        for council, (value, flag) in found.items():
            told = "" if flag in ("sum", "rounded") else flag
            row = {"council": council, "year": year, "basis": basis, "client_group": group, "flag": told}
            rows.append(row | {"gross_cost": short(None if value is None else float(round(value)))})
    return sorted(rows, key=lambda row: (row["basis"], row["client_group"], row["council"], row["year"]))


def _by_client_group(folder: Path) -> Named:
    """2000-01 to 2007-08: the four client groups, without Supporting People."""
    for year in SHEET_YEARS:
        figures, items = figures_of(folder / f"pss_ex1_expenditure_{year}.csv.gz")
        for group in GROUPS:
            line = rf"{group.name} \| total(, excluding supporting people)? \| gross total cost"
            yield "client group", year, group.name, matching(items, line), figures


def _by_reason(folder: Path) -> Named:
    """2014-15 and 2016-17: primary support reason by age, long-term and short-term support together."""
    figures, items = figures_of(folder / "pss_ex1_expenditure_2014-15_raw.csv.gz")
    for age, shown in AGES.items():
        for reason in REASONS:
            line = rf"(long|short) term \| age {age} \| {reason} \| total \| {GROSS}"
            yield "support reason", "2014-15", f"{reason} {shown}", matching(items, line), figures
    figures, items = figures_of(folder / "asc_fr_totals_2016-17_raw.csv.gz")
    for age, shown in AGES.items():
        for reason in REASONS:
            line = rf"age {age} \| {reason} \| .* \| mandatory \| {GROSS}"
            yield "support reason", "2016-17", f"{reason} {shown}", matching(items, line), figures


def _bridging(folder: Path) -> Named:
    """2013-14 to 2016-17: the two ages as the old return had them, and what of it went on direct payments."""
    by_year = {
        "2014-15": figures_of(folder / "pss_ex1_bridging_old_client_groups_2014-15_raw.csv.gz", "2014-15"),
        "2013-14": figures_of(folder / "pss_ex1_bridging_old_client_groups_2014-15_raw.csv.gz", "2013-14"),
        "2015-16": figures_of(folder / "pss_ex1_additional_2015-16_raw.csv.gz"),
        "2016-17": figures_of(folder / "asc_fr_additional_2016-17_raw.csv.gz"),
    }
    for year, (figures, items) in by_year.items():
        for age, shown in AGES.items():
            if (year, age) in MISTAKEN:
                continue
            for group, parts in ((f"all {shown}", BRIDGING_PARTS), (f"direct payments {shown}", ("direct payments",))):
                if year <= "2014-15":
                    what = "total expenditure" if len(parts) > 1 else "total expenditure on direct payments"
                    line = rf"{what} \| adults aged {age} \| {GROSS}"
                    yield "bridging", year, group, matching(items, line), figures
                else:
                    lines = [rf".*\| expenditure \| {part}|.*expenditure \| {part}" for part in parts]
                    spent = [item for item in matching(items, *lines) if f"age {age}" in item]
                    yield "bridging", year, group, spent, figures
