"""What the records of one or more councils say, as sections to be laid out on paper or on a page."""

from collections.abc import Iterator
from datetime import date

from leeway.insight.measures.answers import answers
from leeway.insight.measures.from_records import with_population
from leeway.insight.measures.take_up import DIRECT_ON_THE_DAY
from leeway.insight.records.tables import Records
from leeway.insight.report.choice import growth, take_up
from leeway.insight.report.councils import comparison, councils_in, name_of
from leeway.insight.report.people import new_labels, two_tiers, who_holds_how
from leeway.insight.report.reading import limits, method
from leeway.insight.report.section import Section, fit_to_show
from leeway.insight.report.support import money, providers, waiting
from leeway.period import year_to

#: How many findings there are of one council.
FINDINGS = 10


def findings(records: Records, *, as_at: date) -> Iterator[Section]:
    """Work out every section of the report, one after the other, counted on a day and in the twelve months to it.

    All that is in them may leave the council: counts are hidden and rounded as `measures.suppression` does it. Each
    section has a `key` (for an address), a `heading`, the `finding` (a sentence or two), `more` (paragraphs),
    `exhibits` (a title, table headings and rows of words, `chart` as SVG where there is one, notes) and `notes`.
    """
    period, councils = year_to(as_at), councils_in(records)
    rows = {row["measure"]: row for row in fit_to_show(answers(records, as_at=as_at, measures=with_population()))}
    council = name_of(councils[0]) if len(councils) == 1 else None
    yield take_up(rows, as_at=as_at, council=council)
    yield growth(records, as_at=as_at)
    yield who_holds_how(records, rows, period=period)
    yield two_tiers(records, period=period)
    yield new_labels(records, rows, period=period)
    yield money(records, rows, as_at=as_at, period=period)
    yield providers(records, as_at=as_at, period=period)
    yield waiting(rows)
    if len(councils) > 1:
        yield _beside_each_other(records, as_at=as_at)
    yield limits(rows, as_at=as_at)
    yield method()


def _beside_each_other(records: Records, *, as_at: date) -> Section:
    return comparison(fit_to_show(answers(records, as_at=as_at, measures=[DIRECT_ON_THE_DAY], by=("council",))))
