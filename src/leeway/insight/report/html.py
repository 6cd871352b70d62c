"""The report as one file of HTML that needs nothing else: to be sent, opened anywhere, and printed."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from leeway import typeface
from leeway.commandline import written_whole
from leeway.insight.records.tables import Records
from leeway.insight.report.councils import councils_in, name_of
from leeway.insight.report.findings import findings
from leeway.insight.report.section import Exhibit, Section, day
from leeway.period import year_to

TEMPLATE = "report.jinja"


def write_report(records: Records, *, as_at: date, output: Path) -> None:
    """Write the whole report into a file, which is there whole afterwards or not at all.

    Raises `BadUse` where it cannot be written.
    """
    with written_whole(output) as file:  # before the long work: it says at once where it cannot be
        file.write(as_html(list(findings(records, as_at=as_at)), councils=councils_in(records), as_at=as_at))


def as_html(sections: Sequence[Section], *, councils: Sequence[str], as_at: date) -> str:
    """Lay sections out as one page, with the headlines of all of them first."""
    names = [name_of(council) for council in councils]
    where = names[0] if len(names) == 1 else f"{len(names)} councils" if names else "a council"
    room = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return room.get_template(TEMPLATE).render(
        title=f"Personal budgets in {where}",
        sections=sections,
        councils=names if len(names) > 1 else (),
        start=day(year_to(as_at).starts_on),
        as_at=day(as_at),
        picture=Markup,  # charts are drawn here, with every word in them escaped
        numbers=numbers,
        typeface=Markup(typeface.within_a_page()),  # our own files, as letters that mean nothing in HTML
        typefaces=Markup(typeface.NAMES),
    )


def numbers(exhibit: Exhibit) -> set[int]:
    """The columns of a table that hold numbers, which stand to the right."""
    return {
        place
        for place in range(1, len(exhibit.headings))
        if any(row[place][:1] in "0123456789£+−" for row in exhibit.rows if row[place])
    }
