"""The register of councils: one name each, whatever a return calls them, with codes, region, people and successors.

The register is `figures/councils.csv`; `councils.yaml` holds what the published lists do not say.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

import polars as pl
import yaml

from leeway.published.returns import figures

KNOWN = Path(__file__).with_name("councils.yaml")
CODE_IN_FRONT = re.compile(r"^\s*\d{3}\s*-\s*")
# The county of Dorset and the council of the same name that followed it are different areas.
DORSET, DORSET_COUNTY, DORSET_ENDS = "Dorset", "Dorset (to 2018-19)", "2018-19"


@cache
def known() -> dict:
    """What `councils.yaml` says: former councils, other names, groups of councils."""
    return yaml.safe_load(KNOWN.read_text(encoding="utf-8"))


def register() -> pl.DataFrame:
    """Every council with adult social services since 2000-01: see `figures.SCHEMAS["councils"]`."""
    return figures.table("councils")


@lru_cache(maxsize=20_000)
def council_named(raw: str, *, year: str = "") -> str | None:
    """The one name of a council, from any spelling a return uses; None for a group or a name that is not known.

    A code in front ("102 - Cumbria"), "UA", capitals, "&" and stops make no difference. The year ("2004-05") matters
    for Dorset alone, whose area changed in 2019 though its name did not.
    >>> council_named("908-BATH & NORTH EAST SOMERSET UA")
    'Bath and North East Somerset'
    """
    return _of_its_time(_names().get(plain(raw)), year)


def council_coded(code: str, *, year: str = "") -> str | None:
    """The name of the council with an ONS code or a CASSR code; None where no council has it.

    The year matters for Dorset alone: two areas had its CASSR code one after the other, and returns go on giving the
    ONS code of the county to years after its end.
    """
    return _of_its_time(_codes().get(code.strip()), year)


@lru_cache(maxsize=20_000)
def group_named(raw: str) -> str | None:
    """The name of a group of councils (England, a region, a class of council), or None."""
    return _groups().get(plain(raw))


def plain(raw: str) -> str:
    """A name without what varies between returns: "821-Medway Towns UA" -> "medwaytowns"."""
    name = re.sub(r"\s(UA|Council)$", "", CODE_IN_FRONT.sub("", raw).strip()).strip()
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("&", "and"))


def _of_its_time(name: str | None, year: str) -> str | None:
    if name in (DORSET, DORSET_COUNTY) and year:
        return DORSET_COUNTY if year <= DORSET_ENDS else DORSET
    return name


@cache
def _names() -> dict[str, str]:
    names = {plain(name): name for name in register()["council"]}
    for name, others in known()["also_called"].items():
        names |= {plain(other): name for other in others}
    return names


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for row in register().iter_rows(named=True):
        for code in (row["ons_code"], row["cassr_code"], *(row["other_ons_codes"] or "").split(";")):
            if code and not (code in codes and row["last_year"]):
                codes[code] = row["council"]
    return codes


@cache
def _groups() -> dict[str, str]:
    return {plain(word): name for name, others in known()["groups"].items() for word in (name, *others)}


def forget() -> None:
    """Read the register again the next time it is needed (it has just been made anew)."""
    for kept in (_names, _codes, _groups, council_named, group_named):
        kept.cache_clear()
