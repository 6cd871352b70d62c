"""Makes every table in `figures/` from the published files: python -m leeway.published.returns.make_figures FOLDER.

FOLDER holds the published files, in `council_data`, `ascof` and `geography`. Made twice, the tables are the same to
the byte.
"""

import csv
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from leeway.published.returns import councils, figures
from leeway.published.returns.layouts import read_return
from leeway.published.returns.make_councils import register_rows
from leeway.published.returns.make_map import outlines
from leeway.published.returns.make_panel import direct_payment_rows, figures_of, panel_rows, short
from leeway.published.returns.make_spending import spending_rows

TAKE_UP = Path(__file__).with_name("take_up_england.yaml")
# OFLOG's names for what it publishes, short. Two of its measures are ASCOF 3C(1) and 3C(2) again and are left out.
OFLOG = {
    "asc carer quality of life": "OFLOG carer quality of life",
    "asc quality of life": "OFLOG quality of life",
    "outcome of short-term services: sequel to service": "OFLOG sequel to short-term service",
    "requests resulting in a service": "OFLOG requests resulting in a service",
    "workforce turnover rate": "OFLOG workforce turnover",
}


def make(data: Path, folder: Path) -> None:
    """Write all tables and the map to a folder. The register of councils comes first: the readers stand on it."""
    _write(folder, "councils", register_rows(data))
    _write(folder, "panel", panel_rows(data))
    _write(folder, "direct_payments", direct_payment_rows(data))
    _write(folder, "spending", spending_rows(data))
    figures_of.cache_clear()
    tables = [read_return(path) for path in sorted((data / "ascof").glob("Table_*.csv"))]
    _write(folder, "ascof_2024_25", _ascof_this_year(tables))
    _write(folder, "ascof_series", [*_ascof_series(tables), *_oflog(data)])
    _write(folder, "measures", _measures(data))
    _write(folder, "take_up_england", _take_up(tables))
    deflators = read_return(data / "council_data" / "gdp_deflators_hmt_dec2023.csv.gz").table
    _write(
        folder,
        "deflators",
        [{"year": year, "deflator": short(value)} for _, year, _, value, _ in deflators.iter_rows()],
    )
    map_text = json.dumps(outlines(data), ensure_ascii=False, indent=0, separators=(",", ":"))
    (folder / "map.json").write_text(map_text + "\n", encoding="utf-8")


def _write(folder: Path, name: str, rows: Iterable[dict[str, Any]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, figures.SCHEMAS[name], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    if folder == figures.FOLDER and name == "councils":
        figures.table.cache_clear()
        councils.forget()


def _by_key(reading: Any, wanted: Iterable[str]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """ASCOF figures by council, year and measure: what each column of the measure says; councils and England."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for table in (reading.totals, reading.table):
        for council, year, item, value, flag in table.iter_rows():
            measure, _, column = item.partition(" | ")
            if column in wanted and (council == "England" or table is reading.table):
                row = found.setdefault((measure.upper(), council, year), {})
                row[column] = value
                if column == "outcome":
                    row["flag"] = "" if flag == "negative" else flag
    return dict(sorted(found.items()))


def _ascof_this_year(tables: list[Any]) -> list[dict[str, Any]]:
    rows = []
    for reading in tables:
        for (measure, council, year), said in _by_key(reading, ("outcome", "numerator", "denominator")).items():
            if year == "2024-25":
                row = {
                    "council": council,
                    "measure": measure,
                    "value": short(said.get("outcome")),
                    "flag": said["flag"],
                }
                parts = {name: short(said.get(name)) for name in ("numerator", "denominator")}
                rows.append(row | parts)
    return rows


def _ascof_series(tables: list[Any]) -> list[dict[str, Any]]:
    """Measures with more than one year; no row for a year without the survey or without the council."""
    rows = []
    columns = {"outcome": "value", "number of respondents": "respondents", "margin of error": "margin_of_error"}
    for reading in tables:
        if reading.table["year"].n_unique() < 2:
            continue
        for (measure, council, year), said in _by_key(reading, columns).items():
            if said["flag"] not in ("not applicable", "not available"):
                row = {"council": council, "year": year, "measure": measure, "flag": said["flag"]}
                rows.append(row | {name: short(said.get(column)) for column, name in columns.items()})
    return rows


def _oflog(data: Path) -> list[dict[str, Any]]:
    table = read_return(data / "ascof" / "oflog_asc_measures_2015-16_to_2022-23.csv").table
    rows = [
        {"council": council, "year": year, "measure": OFLOG[item], "value": short(value), "flag": flag}
        for council, year, item, value, flag in table.iter_rows()
        if OFLOG.get(item) and value is not None
    ]
    return sorted(rows, key=lambda row: (row["measure"], row["council"], row["year"]))


def _measures(data: Path) -> list[dict[str, Any]]:
    rows = []
    for path in sorted((data / "ascof").glob("Table_*.csv")):
        title = path.read_text(encoding="utf-8-sig").splitlines()[0].strip('",')
        measure, _, words = re.sub(r"\s?\[note ?\d+\]", "", title).removeprefix("Table ").partition(": ")
        rows.append({"measure": measure.upper(), "description": words, "source": "ASCOF 2024-25"})
    names = {short_name: words for words, short_name in OFLOG.items() if short_name}
    return rows + [{"measure": name, "description": words, "source": "OFLOG"} for name, words in names.items()]


def _take_up(tables: list[Any]) -> list[dict[str, Any]]:
    said = yaml.safe_load(TAKE_UP.read_text(encoding="utf-8"))
    rows = []
    for year, entry in said["years"].items():
        basis = next(period["words"] for period in said["basis"] if period["from"] <= year <= period["to"])
        for measure, value in zip(said["measures"], entry["values"], strict=True):
            if value is not None:
                row = {"year": year, "measure": measure, "value_percent": value}
                rows.append(row | {"doubt": entry["doubt"], "basis": basis})
    for reading in tables:
        for (measure, council, year), found in _by_key(reading, ("outcome", "numerator", "denominator")).items():
            if council == "England" and measure in ("3D(1A)", "3D(2A)"):
                row = {"year": year, "measure": measure, "value_percent": short(found["outcome"]), "doubt": "published"}
                row |= {name: short(found[name]) for name in ("numerator", "denominator")}
                rows.append(row | {"basis": "users of long-term community support on 31 March (Client Level Data)"})
    return rows


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("Give the folder that has council_data, ascof and geography.")
    make(Path(sys.argv[1]), figures.FOLDER)
