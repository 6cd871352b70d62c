"""The tidy tables Leeway ships: published figures, each with its source in `sources.yaml`, made by `make_figures`."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

FOLDER = Path(__file__).parent
_NUMBER, _WORD = pl.Float64, pl.String
SCHEMAS: dict[str, dict[str, type[pl.DataType]]] = {
    "councils": {
        "council": _WORD,
        "ons_code": _WORD,
        "other_ons_codes": _WORD,
        "cassr_code": _WORD,
        "region": _WORD,
        "type": _WORD,
        "first_year": _WORD,
        "last_year": _WORD,
        "successors": _WORD,
        "population_18_64": _NUMBER,
        "population_18_plus": _NUMBER,
        "population_65_plus": _NUMBER,
        "population_year": _WORD,
        "statistical_neighbours": _WORD,
    },
    "panel": {
        "council": _WORD,
        "year": _WORD,
        "region": _WORD,
        "client_group": _WORD,
        "gross_cost": _NUMBER,
        "gross_cost_with_supporting_people": _NUMBER,
        "direct_payments_cost": _NUMBER,
        "residential_nursing_cost": _NUMBER,
        "home_care_cost": _NUMBER,
        "day_care_cost": _NUMBER,
        "direct_payment_users": _NUMBER,
        "home_care_users": _NUMBER,
        "day_care_users": _NUMBER,
        "resident_weeks": _NUMBER,
        "flags": _WORD,
    },
    "spending": {
        "council": _WORD,
        "year": _WORD,
        "basis": _WORD,
        "client_group": _WORD,
        "gross_cost": _NUMBER,
        "flag": _WORD,
    },
    "direct_payments": {
        "council": _WORD,
        "year": _WORD,
        "client_group": _WORD,
        "users": _NUMBER,
        "flag": _WORD,
        "recorded_as": _WORD,
    },
    "ascof_2024_25": {
        "council": _WORD,
        "measure": _WORD,
        "numerator": _NUMBER,
        "denominator": _NUMBER,
        "value": _NUMBER,
        "flag": _WORD,
    },
    "ascof_series": {
        "council": _WORD,
        "year": _WORD,
        "measure": _WORD,
        "value": _NUMBER,
        "respondents": _NUMBER,
        "margin_of_error": _NUMBER,
        "flag": _WORD,
    },
    "measures": {"measure": _WORD, "description": _WORD, "source": _WORD},
    "take_up_england": {
        "year": _WORD,
        "measure": _WORD,
        "value_percent": _NUMBER,
        "numerator": _NUMBER,
        "denominator": _NUMBER,
        "doubt": _WORD,
        "basis": _WORD,
    },
    "deflators": {"year": _WORD, "deflator": _NUMBER},
}


@cache
def table(name: str) -> pl.DataFrame:
    """One shipped table, in its declared columns (see `SCHEMAS` and `sources.yaml`); empty cells are null.

    Costs are thousands of pounds of the year itself (not adjusted for prices); users are people on 31 March.
    Raises KeyError for a table that is not shipped.
    """
    return pl.read_csv(FOLDER / f"{name}.csv", schema=SCHEMAS[name])


@cache
def outlines() -> dict[str, Any]:
    """The outlines of English councils for drawing a map: `width`, `height`, `attribution`, `areas` and `inset`.

    Each area has an SVG `path` and the `councils` that share it. The inset is London, larger: its `name`, `width`,
    `height` and `areas`. The attribution must be shown with the map.
    """
    return json.loads((FOLDER / "map.json").read_text(encoding="utf-8"))
