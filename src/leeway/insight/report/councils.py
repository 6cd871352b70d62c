"""Several councils in one report: each beside what chance alone would give around the whole."""

from collections.abc import Sequence

import polars as pl

from leeway.insight.measures.answers import gather
from leeway.insight.records.tables import Records
from leeway.insight.report.section import HIDDEN, Exhibit, Row, Section, amount, count
from leeway.published import charts
from leeway.published.forecasts.spread import funnel
from leeway.published.returns.councils import council_coded, council_named
from leeway.published.returns.figures import outlines
from leeway.small_numbers import LEAST

#: A map of fewer councils than this is mostly grey.
_MAPPED_LEAST = 20
PLACES = {
    "very low": "far below", "low": "below", "within": "as chance would have it", "high": "above",
    "very high": "far above",
}  # fmt: skip


def councils_in(records: Records) -> list[str]:
    """Every council that the records are of, as the records name it."""
    [rows] = gather([records.people.select("council").unique()])
    return sorted(str(row["council"]) for row in rows)


def name_of(council: str) -> str:
    """A council's name, from the code or the spelling that the records have; the code itself where it is not known."""
    return council_coded(council) or council_named(council) or council


def comparison(rows: Sequence[Row]) -> Section:
    """Set councils beside each other: the share with a direct payment, and what chance would give.

    `rows` are fit to show, and limits are worked out from them: from exact counts, they would give those back.
    """
    shown = [row | {"council": name_of(row["by"]["council"])} for row in rows if row["by"]]
    kept = [row for row in shown if row["value"] is not None]
    points = _points(kept)
    place = dict(zip(points["council"], points["place"], strict=True)) if points is not None else {}
    table = tuple(
        (
            row["council"],
            amount(row["value"], "%", missing=HIDDEN),
            count(row["numerator"]),
            count(row["denominator"]),
            PLACES.get(place.get(row["council"], ""), HIDDEN),
        )
        for row in sorted(shown, key=lambda row: (-(row["value"] or 0), row["council"]))
    )
    title = "Direct payments, by council"
    chart = ""
    if points is not None:
        rounded = points.with_columns(pl.selectors.float().round(1))
        chart = charts.funnel(
            rounded, title=title, x_title="People with support in the community", y_title="Per cent",
            description="Each council’s share against its size. Lines are what chance would give. The table below has "
            "every figure.",
        )  # fmt: skip
    headings = ("Council", "Share", "Direct payment", "Of", "Beside the whole")
    return Section(
        "councils",
        "Councils beside each other",
        comparison_sentence(list(place.values()), hidden=len(shown) - len(kept)),
        exhibits=(Exhibit(title, headings, table, chart), *_map(shown)),
        notes=(
            "The lines of the funnel are what 95 and 99.8 in 100 councils of each size would stay between if chance "
            "alone set them apart from the whole, widened as councils differ by more than chance (Spiegelhalter). "
            "Below or above is outside the 95 lines, far below or far above outside the 99.8.",
        ),
    )


def comparison_sentence(places: Sequence[str], *, hidden: int) -> str:
    """Say how many councils stand apart from the whole by more than chance."""
    few = f" {hidden} more with fewer than {LEAST} direct payments are hidden." if hidden else ""
    if not places:
        return f"No council has direct payments enough to be compared.{few}"
    below, above = (sum(place.endswith(side) for place in places) for side in ("low", "high"))
    if not below + above:
        return f"No difference can be told: all {len(places)} councils lie within what chance would give.{few}"
    return (
        f"Of {len(places)} councils, {below} lie below what chance would give around the whole, {above} above it, and "
        f"{len(places) - below - above} within it.{few}"
    )


def _points(kept: Sequence[Row]) -> pl.DataFrame | None:
    if len(kept) < 2:
        return None
    frame = pl.DataFrame([{name: row[name] for name in ("council", "numerator", "denominator")} for row in kept])
    return funnel(frame, overdispersed=True)


def _map(shown: Sequence[Row]) -> tuple[Exhibit, ...]:
    values = {row["council"]: row["value"] for row in shown if row["value"] is not None}
    there = {one for area in outlines()["areas"] for one in area["councils"]}
    drawn = {council: value for council, value in values.items() if council in there}
    if len(drawn) < _MAPPED_LEAST:
        return ()
    title = "Direct payments on the map"
    chart = charts.council_map(
        outlines(), drawn, title=title, unit="Per cent", description="The table of councils has every figure."
    )
    fifths = sorted(drawn.items(), key=lambda one: -one[1])
    ends = tuple((council, amount(value, "%")) for council, value in (*fifths[:5], *fifths[-5:]))
    return (Exhibit(title, ("The five highest and the five lowest", "Share"), ends, chart),)
