"""Makes the register of councils (`figures/councils.csv`) from the published lists of codes, names and populations."""

import csv
from pathlib import Path

from leeway.published.returns.councils import known

TYPES = {
    "UA": "unitary authority",
    "MD": "metropolitan district",
    "LBO": "London borough",
    "CC": "City of London",
    "CTY": "county",
}
POPULATIONS = {
    "2020": "population_2020_utla_single_year_of_age.csv",
    "2019": "population_2019_utla_single_year_of_age.csv",
}


def register_rows(data: Path) -> list[dict[str, str]]:
    """The register, a row for each council there is or was, in the order of their names.

    `data` is the folder with the published files. Names and CASSR codes are those of ASCOF 2024-25; a council that is
    gone is in `councils.yaml`. A population is that of the council's own area or blank: none is put together here.
    """
    rows = [*_current(data), *_former()]
    people = {year: _people(data / "geography" / name) for year, name in POPULATIONS.items()}
    neighbours = _trafford_neighbours(data)
    names = {code: row["council"] for row in rows for code in _codes(row)}
    for row in rows:
        row["successors"] = row.get("successors", "")
        row["statistical_neighbours"] = ";".join(sorted(names[code] for code in neighbours.get(row["ons_code"], [])))
        for year in ("2020", "2019"):
            counted = next((people[year][code] for code in _codes(row) if code in people[year]), None)
            if counted:
                row |= {**counted, "population_year": year}
                break
    return sorted(rows, key=lambda row: row["council"])


def _codes(row: dict[str, str]) -> list[str]:
    return [row["ons_code"], *row["other_ons_codes"].split(";")]


def _current(data: Path) -> list[dict[str, str]]:
    said = known()
    types = {row["gss-code"]: row["local-authority-type"] for row in _rows(data, "uk_local_authorities_future.csv")}
    regions = {row["UTLACD"]: row["RGNNM"] for row in _rows(data, "utla_all_codes.csv")}
    with (data / "ascof" / "Table_3d_2a_.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    others, rows = said["other_codes"], []
    now = {old: code for name, codes in said["replaced_codes"].items() for old, code in codes.items()}
    for code, published, published_code in (row[:3] for row in table if len(row) > 2):
        name, ons_code = said["shown_as"].get(published, published), now.get(published_code, published_code)
        if ons_code in regions:
            also = others.get(name, [])
            kind = next((types[one] for one in (ons_code, *also) if one in types), "")
            region = {"East of England": "Eastern", "Yorkshire and The Humber": "Yorkshire and the Humber"}
            rows.append(
                {
                    "council": name,
                    "ons_code": ons_code,
                    "other_ons_codes": ";".join(also),
                    "cassr_code": code,
                    "region": region.get(regions[ons_code], regions[ons_code]),
                    "type": TYPES.get(kind, ""),
                    "first_year": said["first_year"].get(name, ""),
                    "last_year": "",
                }
            )
    return rows


def _former() -> list[dict[str, str]]:
    return [
        row | {"other_ons_codes": "", "first_year": "", "successors": ";".join(row["successors"])}
        for row in known()["former"]
    ]


def _rows(data: Path, name: str) -> list[dict[str, str]]:
    with (data / "geography" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _people(path: Path) -> dict[str, dict[str, str]]:
    """By code: people aged 18 to 64, 18 and over, 65 and over."""
    counted = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            if row[0].startswith("E"):
                ages = [round(float(cell)) for cell in row[3:]]
                counted[row[0]] = {
                    "population_18_64": str(sum(ages[18:65])),
                    "population_18_plus": str(sum(ages[18:])),
                    "population_65_plus": str(sum(ages[65:])),
                }
    return counted


def _trafford_neighbours(data: Path) -> dict[str, list[str]]:
    """The 15 statistical neighbours of Trafford, the only council whose neighbours are at hand."""
    with (data / "ascof" / "trafford_themes_social_care_satisfaction.csv").open(encoding="utf-8-sig") as file:
        codes = {row["area_code"] for row in csv.DictReader(file)}
    trafford = "E08000009"
    return {trafford: sorted(code for code in codes if code[:3] in {"E06", "E08", "E09", "E10"} and code != trafford)}
