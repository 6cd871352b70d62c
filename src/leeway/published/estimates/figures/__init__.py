"""Estimates from shipped figures alone, worked out when those are made and kept, so that nobody waits for them.

`python -m leeway.published.estimates.make_figures` makes them. `made_from.json` holds a fingerprint of everything they
rest on; a test fails where a figure, a choice or the way of estimating was changed and they were not made again.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path

import polars as pl

from leeway.published.returns import figures

FOLDER = Path(__file__).parent
SCHEMAS: dict[str, dict[str, type[pl.DataType]]] = {
    "direct_payment_question": {
        "client_group": pl.String,
        "spending": pl.String,
        "years": pl.String,
        "prices": pl.String,
        "size": pl.String,
        "timing": pl.String,
        "model": pl.String,
        "councils": pl.String,
        "effect": pl.Float64,
        "standard_error": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "observations": pl.Int64,
        "units": pl.Int64,
        "periods": pl.Int64,
        "wild_bootstrap_p": pl.Float64,
    }
}
#: What the estimates rest on: shipped tables, and the modules that turn them into estimates and pictures.
TABLES = ("panel", "councils", "deflators")
MODULES = ("direct_payment_question.py", "panel.py", "regression.py", "picture.py", "make_figures.py", "../charts.py")


@cache
def table(name: str) -> pl.DataFrame:
    """One kept table of estimates, in its declared columns. Raises KeyError for one that is not shipped."""
    return pl.read_csv(FOLDER / f"{name}.csv.gz", schema=SCHEMAS[name])


@cache
def picture(client_group: str) -> str:
    """The curve of one client group as SVG."""
    return gzip.decompress(picture_path(client_group).read_bytes()).decode("utf-8")


def picture_path(client_group: str) -> Path:
    """Where the curve of a client group is kept."""
    return FOLDER / f"{client_group.replace(' ', '_')}.svg.gz"


def made_from() -> dict[str, str]:
    """A fingerprint (SHA-256) of each table and module that the estimates rest on, as they are now."""
    files = [*(figures.FOLDER / f"{name}.csv" for name in TABLES), *(FOLDER.parent / name for name in MODULES)]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
