"""What the records of one or more councils say, as sections to be laid out on paper or on a page."""

from datetime import date

from leeway.insight.measures.answers import answers
from leeway.insight.measures.from_records import with_population
from leeway.insight.records.tables import Records
from leeway.insight.report.choice import growth, take_up
from leeway.insight.report.section import Section, fit_to_show


def findings(records: Records, *, as_at: date) -> list[Section]:
    """Work out every section of the report, counted on a day and in the twelve months that end on it.

    All that is in them may leave the council: counts are hidden and rounded as `measures.published` does it. Each
    section has a `key` (for an address), a `heading`, the `finding` (a sentence or two), `more` (paragraphs),
    `exhibits` (a title, table headings and rows of words, `chart` as SVG where there is one, notes) and `notes`.
    """
    rows = fit_to_show(answers(records, as_at=as_at, measures=with_population(), by=("way",)))
    wholes = {row["measure"]: row for row in rows if not row["by"]}
    return [take_up(wholes, as_at=as_at, council=None), growth(records, as_at=as_at)]
