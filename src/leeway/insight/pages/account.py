"""The local account: the council's own figures as open data, in which nobody can be found."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from leeway.access.models import User
from leeway.insight.measures.answers import answers
from leeway.insight.measures.from_records import MEASURES
from leeway.insight.measures.sharing import together
from leeway.insight.measures.suppression import published
from leeway.insight.pages.changed import account_rows
from leeway.insight.records.council import council_records
from leeway.jobs.kinds import Progress, untold
from leeway.money.budgets.changes import budget_changes
from leeway.period import year_to
from leeway.published.catalogue import ENGLAND, catalogue

#: How each figure is broken down; the whole stands before each.
BREAKDOWNS = ("age", "client_group", "gender", "ethnic_group")
WORDS = {"age": "Age", "client_group": "Main reason for support", "gender": "Gender", "ethnic_group": "Ethnic group"}
COLUMNS = {
    "measure": ("string", "The measure’s code, as the national framework has it where it is one of its own."),
    "name": ("string", "What is measured, in words."),
    "breakdown": ("string", "How it is broken down; all for everyone together."),
    "group": ("string", "Which part of the breakdown."),
    "numerator": (
        "integer",
        "How many, rounded to the nearest 5; an amount to five average people’s. Empty where it is hidden.",
    ),
    "denominator": ("integer", "Of how many, rounded in the same way. Empty where it is hidden."),
    "unknown": (
        "integer",
        "About how many of them the records do not say, rounded to the nearest 5. Empty where it is hidden.",
    ),
    "value": (
        "number",
        "The measure’s value, in its unit, worked out from the rounded figures. Empty where it is hidden.",
    ),
    "unit": ("string", "The unit of the value."),
    "hidden": ("string", "Why a row is hidden: under 5, or so that others stay hidden."),
    "definition": ("string", "What is counted, of whom."),
    "as_at": ("date", "The day on which it was counted, or the last of the year."),
}
LICENCE = {
    "name": "OGL-UK-3.0",
    "title": "Open Government Licence v3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
#: For analysts, not for everyone: measures of the past; those of the year where there is one of the day; and those
#: that tell the same again, or in units that need explaining.
NOT_FOR_EVERYONE = (
    "NI130", "SALT LTS001a", "holds-", "tier-cost", "tier-reviewed", "service-", "second-look", "concentration-",
    "menu-",
)  # fmt: skip
WHO_IS_NOT_KNOWN = {measure.code: measure.unknown for measure in MEASURES}
PLAIN_WORDS = Path(__file__).parent / "in_plain_words.yaml"
#: The series of England to set beside a measure of the council's own.
BESIDE = {"ASCOF 3D(1a)": "self-directed", "ASCOF 3D(2a)": "direct-payments"}


def own_figures(as_at: date, *, seen_by: User, on: date, progress: Progress = untold) -> list[dict[str, Any]]:
    """Work out the council's own figures to the last day of a month, fit to publish: rows of `COLUMNS`.

    Raises `Refusal` for a day that is to come, or is not the last of a month.
    """
    steps = 1 + len(BREAKDOWNS)
    progress(done=0, of=steps)
    records = together(council_records(as_at, seen_by=seen_by, on=on))
    measures = [measure for measure in MEASURES if not measure.code.startswith(NOT_FOR_EVERYONE)]
    found: list[dict[str, Any]] = []
    for done, breakdown in enumerate(BREAKDOWNS, 1):
        progress(done=done, of=steps)
        rows = published(answers(records, as_at=as_at, measures=measures, by=(breakdown,)))
        wanted = rows if breakdown == BREAKDOWNS[0] else [row for row in rows if row["by"]]
        found += [_row(row, breakdown, as_at) for row in wanted]
    return found + account_rows(budget_changes(year_to(as_at), seen_by=seen_by), list(COLUMNS), as_at)


def _row(answer: dict[str, Any], breakdown: str, as_at: date) -> dict[str, Any]:
    told = {"breakdown": breakdown if answer["by"] else "all", "group": answer["by"].get(breakdown, "all")}
    told["as_at"] = as_at.isoformat()
    return {column: told.get(column, answer.get(column)) for column in COLUMNS}


@cache
def plain_words() -> dict[str, dict[str, dict[str, str]]]:
    """What each figure tells a resident, by what it is about and its code: the question, and what is counted."""
    return yaml.safe_load(PLAIN_WORDS.read_text(encoding="utf-8"))


def for_residents(rows: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The measures of a page under what they are about, each with its question and what is counted in plain words."""
    shown = {one["whole"]["measure"]: one for one in as_measures(rows)}
    parts = [
        (about, [{**shown[code], **words} for code, words in figures.items() if code in shown])
        for about, figures in plain_words().items()
    ]
    return [(about, measures) for about, measures in parts if measures]


def as_measures(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Gather rows into measures for a page: each with its whole, England beside it, and its parts by breakdown.

    A measure whose whole is hidden is left out, since all its parts are hidden too: see `hidden_questions`.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        code = row["measure"]
        about = {"england": england(code), "unknown": WHO_IS_NOT_KNOWN.get(code, "")}
        one = found.setdefault(code, {"whole": row, "parts": {}} | about)
        if row["breakdown"] == "all":
            one["whole"] = row
        else:
            one["parts"].setdefault(WORDS[row["breakdown"]], []).append(row)
    return [one for one in found.values() if not one["whole"]["hidden"]]


def hidden_questions(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The questions without a figure: too few people are counted, or the records do not say."""
    hidden = {row["measure"] for row in rows if row["breakdown"] == "all" and row["hidden"]}
    return [words["ask"] for figures in plain_words().values() for code, words in figures.items() if code in hidden]


def england(measure: str) -> dict[str, Any] | None:
    """The latest figure of England for a measure that the national framework publishes."""
    if measure not in BESIDE:
        return None
    figures = catalogue()[BESIDE[measure]].figures
    return figures.filter(council=ENGLAND).sort("year").row(-1, named=True)


def package(rows: list[dict[str, Any]], *, as_at: date, published_on: date) -> dict[str, Any]:
    """Describe the open data as a Frictionless data package, whose one table is `figures.csv`."""
    fields = [{"name": name, "type": kind, "description": words} for name, (kind, words) in COLUMNS.items()]
    return {
        "profile": "tabular-data-package",
        "name": "local-account",
        "title": f"Personal budgets in {settings.COUNCIL_NAME}: local account to {as_at:%-d %B %Y}",
        "created": f"{published_on.isoformat()}T00:00:00Z",
        "licenses": [LICENCE],
        "sources": [{"title": f"{settings.COUNCIL_NAME}: its own records of adult social care"}],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": "figures",
                "path": "figures.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": fields, "primaryKey": ["measure", "breakdown", "group"], "missingValues": [""]},
            }
        ],
    }
