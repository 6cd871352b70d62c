"""How to read the report: what the records cannot say, and how every figure is counted."""

from collections.abc import Mapping
from datetime import date

from leeway.insight.measures.from_records import with_population
from leeway.insight.measures.measure import Measure
from leeway.insight.measures.take_up import DIRECT_ON_THE_DAY
from leeway.insight.report.section import Exhibit, Row, Section, amount, count, day

#: Measures that the report has no figure of, by the beginning of their codes.
NOT_SHOWN = ("service-weekly-cost", "hour-cost", "concentration-spend", "concentration-hours", "menu-")
CANNOT_SAY = (
    ("Choice", "Whether anybody was offered a choice, was told the amount before planning, or wanted what they have."),
    ("Wishes", "What people want from their support, and whether they got it, in their own words."),
    ("Use", "What was done: the records hold what was planned and paid, not visits made or money left unspent."),
    (
        "Reasons",
        "Why one group has less than another. Differences among people alike are signs to follow up, no proof.",
    ),
    (
        "Price of commissioned support",
        "The return asks neither cost nor units of it, so money is known best elsewhere.",
    ),
    ("Before the year", "What ended before the first day of the return, so long waits and old plans are not seen."),
    ("Others", "People who pay for themselves, were turned away early, or never asked."),
)


def limits(rows: Mapping[str, Row], *, as_at: date) -> Section:
    """Say what cannot be said, and how much of take-up is not known."""
    return Section(
        "limits",
        "What the records cannot say",
        limits_sentence(rows[DIRECT_ON_THE_DAY.code], as_at=as_at),
        exhibits=(Exhibit("What is not in the return", ("About", "What the records do not say"), CANNOT_SAY),),
    )


def limits_sentence(row: Row, *, as_at: date) -> str:
    """Say that holding is not choosing, and for how many not even the holding is recorded."""
    said = "The records say how support is held. They do not say whether anybody chose it."
    if row["nobody"] or row["value"] is None or row["unknown"] == 0:
        return said
    few = "under 5" if row["unknown"] is None else f"{count(row['unknown'])} of {count(row['denominator'])}"
    share = "" if row["unknown"] is None else f" ({amount(100 * row['unknown'] / row['denominator'], '%')})"
    return f"{said} For {few} people in the community{share}, they did not even say how it was held on {day(as_at)}."


def _not_known(measure: Measure) -> str:
    if measure.unknown.startswith("nobody"):
        return ""
    return f" Not known: {measure.unknown[0].lower()}{measure.unknown[1:]}."


def method() -> Section:
    """Give each figure's definition, what it is counted over, and its source; and how counts are hidden."""
    rows = tuple(
        (
            f"{measure.name} ({measure.code})",
            f"{measure.definition} Counted: {measure.numerator[0].lower()}{measure.numerator[1:]}. Of: "
            f"{measure.denominator[0].lower()}{measure.denominator[1:]}.{_not_known(measure)}",
            measure.source,
        )
        for measure in with_population()
        if not measure.code.startswith(NOT_SHOWN)
    )
    headings = ("Figure", "How it is counted", "Source")
    return Section(
        "method",
        "How each figure is made",
        "Every figure comes from the council’s own return by a fixed rule, so that anybody with the same files gets "
        "the same report.",
        (
            "Counts under 5 are hidden and all others are rounded to the nearest 5, as DHSC does for its own tables. A "
            "value is that of the rounded counts beside it, so that it gives none back. Whatever would give a hidden "
            "count away is hidden too: the next smallest part of the whole, and the same group in other measures of "
            "the same people.",
            "Ranges: of a share, the 95% Wilson interval; of a change between two days, Newcombe’s; of a difference "
            "between people alike, so many standard errors either side (1.96 for two tiers, 3.09 where many groups "
            "are compared). They say what chance alone could do, and nothing of records that are wrong or missing.",
            "A difference is called told where its range leaves out no difference at all.",
        ),
        (Exhibit("Definitions, denominators and sources", headings, rows),),
    )
