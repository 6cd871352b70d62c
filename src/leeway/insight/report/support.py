"""What the records say of support itself: what it costs, who provides it, how long people wait, what became of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median

import polars as pl

from leeway.insight.measures import costs, market
from leeway.insight.measures.answers import answers, gather
from leeway.insight.measures.from_records import MEASURES
from leeway.insight.measures.holding import BY_COMMISSIONED, BY_DIRECT, BY_MANAGED, BY_UNKNOWN
from leeway.insight.measures.long_term import in_the_year
from leeway.insight.measures.suppression import nearest
from leeway.insight.records.tables import Records
from leeway.insight.report.choice import quarter_days, share_bars, share_not_known
from leeway.insight.report.section import (
    HIDDEN,
    NOTHING,
    Exhibit,
    Row,
    Section,
    amount,
    beside,
    between,
    count,
    england,
    fit_to_show,
    listed,
)
from leeway.period import Period
from leeway.published import charts
from leeway.small_numbers import LEAST

#: Quartiles are those of somebody's own package: of fewer packages than this none is shown.
PACKAGES_MIN = costs.LOOK_AMONG
COMMUNITY_WAYS = tuple(costs.WAYS[rank] for rank in (BY_DIRECT, BY_MANAGED, BY_COMMISSIONED, BY_UNKNOWN))


def money(records: Records, rows: Mapping[str, Row], *, as_at: date, period: Period) -> Section:
    """Say what a week of support costs by way of holding, where the money goes, and which packages ask for a look."""
    [spread] = gather([costs.person_costs(records, period, by=("way",))])
    by_way = {row["way"]: row for row in spread}
    [spend] = [measure for measure in MEASURES if measure.code == "service-spend"]
    spent = answers(records, as_at=as_at, measures=[spend], by=("client_group",))
    [people] = gather([in_the_year(records, period, ("client_group",))])
    return Section(
        "money",
        "What support costs",
        cost_sentence(by_way),
        (second_look_sentence(rows["second-look"]),),
        (_weekly(by_way), *_spent(spent, {row["client_group"]: row["count"] for row in people})),
        (
            "A week’s cost is unit cost times units a week, all of a person’s long-term services together; one-off "
            "costs are left out, and so is a person with any service whose cost is not known. Quartiles are of whole "
            f"pounds, and hidden for fewer than {PACKAGES_MIN} people.",
            "These are plain figures: they differ with who the people are. People alike are compared above. "
            "Dear is not wrong: a package worth a second look is a question, asked of 1 in 20 by the rule itself.",
        ),
    )


def cost_sentence(by_way: Mapping[str, Row]) -> str:
    """Say what the middle package costs under a direct payment and under a managed budget, and for whom it is known."""
    mine = [by_way[way] for way in COMMUNITY_WAYS if way in by_way]
    known, unknown = sum(row["size"] for row in mine), sum(row["unknown"] for row in mine)
    if known < PACKAGES_MIN:
        return f"The records give the whole cost of fewer than {PACKAGES_MIN} people’s support in the community."
    told = [
        f"{amount(row['median'] / 100, '£', decimals=0)} with {_way(way)} (half of people between "
        f"{amount(row['lower_quartile'] / 100, '£', decimals=0)} and "
        f"{amount(row['upper_quartile'] / 100, '£', decimals=0)})"
        for way, row in by_way.items()
        if way in COMMUNITY_WAYS[:2] and row["size"] >= PACKAGES_MIN
    ]
    middle = f"A week of support in the community costs, in the middle, {listed(sorted(told))}. " if told else ""
    if unknown < LEAST:
        but = f", or for all but fewer than {LEAST}" if unknown else ""
        return f"{middle}The whole cost is known for everybody in the community{but}."
    share = 100 * nearest(known) / (nearest(known) + nearest(unknown))
    return (
        f"{middle}The whole cost is known for {amount(share, '%', decimals=0)} of people in the community; the others "
        "may cost more or less."
    )


def _way(way: str) -> str:
    return f"a {way[0].lower()}{way[1:]}"


def second_look_sentence(row: Row) -> str:
    """Say how many packages cost far more than those of people alike."""
    if row["nobody"] or row["value"] is None:
        return "Too few packages have others of people alike beside them to say which are worth a second look."
    return (
        f"{count(row['numerator'])} of {count(row['denominator'])} packages cost more than 19 in 20 of those of people "
        "alike, and are worth a second look."
    )


def _weekly(by_way: Mapping[str, Row]) -> Exhibit:
    names = ("lower_quartile", "median", "upper_quartile")
    order = [way for way in dict.fromkeys(costs.WAYS.values()) if way in by_way]
    table = []
    for way in order:
        row = by_way[way]
        enough = row["size"] >= PACKAGES_MIN
        cells = (amount(row[name] / 100, "£", decimals=0) if enough else HIDDEN for name in names)
        table.append((way, *cells, count(row["size"]), count(row["unknown"]) if row["unknown"] else "0"))
    bars = [
        {"label": way, "value": float(round(by_way[way]["median"] / 100))}
        | {end: float(round(by_way[way][name] / 100)) for end, name in (("low", names[0]), ("high", names[2]))}
        for way in order
        if by_way[way]["size"] >= PACKAGES_MIN
    ]
    title = "What a week of a person’s support costs"
    headings = ("Where, or how held", "A quarter cost less than", "In the middle", "A quarter cost more than",
                "People", "Cost not known")  # fmt: skip
    chart = share_bars(bars, title, x_title="£ a week: the middle package, and the middle half")
    return Exhibit(title, headings, tuple(table), chart)


def _spent(spent: Sequence[Row], people: Mapping[str, int]) -> tuple[Exhibit, ...]:
    """What was spent in the year by client group, hidden where it was spent on few people."""
    counted = [row | {"denominator": people.get(row["by"]["client_group"], 0)} for row in spent if row["by"]]
    whole_row = next(row for row in spent if not row["by"])
    rows = fit_to_show([whole_row | {"denominator": sum(people.values())}, *counted])
    whole = next(row for row in rows if not row["by"])
    parts = [row for row in rows if row["by"]]
    if not whole["numerator"]:
        return ()
    shares = {
        row["by"]["client_group"]: 100 * row["numerator"] / whole["numerator"]
        for row in parts
        if row["numerator"] is not None
    }
    table = tuple(
        (
            row["by"]["client_group"],
            _thousands(row["numerator"]),
            amount(shares.get(row["by"]["client_group"]), "%", missing=HIDDEN),
            count(row["denominator"]),
            HIDDEN if row["value"] is None else (count(row["unknown"]) if row["unknown"] != 0 else "0"),
        )
        for row in parts
    )
    title = "What was spent on long-term support in the year, by client group"
    bars = [{"label": name, "value": share, "low": None, "high": None} for name, share in shares.items()]
    headings = ("Client group", "Spent (£ thousand)", "Share", "People", "Services without a cost")
    note = "Of services whose cost the records give. The return asks for none where the council commissions support."
    return (Exhibit(title, headings, table, share_bars(bars, title, x_title="Per cent of what was spent"), (note,)),)


def _thousands(pence: int | None) -> str:
    return HIDDEN if pence is None else f"{pence / 100_000:,.0f}"


def providers(records: Records, *, as_at: date, period: Period) -> Section:
    """Say how concentrated providers are, and whether the menu grew or shrank over the year."""
    markets = market.concentration(records, period).to_dicts()
    days = quarter_days(as_at)
    varied = market.variety(records, days).to_dicts()
    councils = {row["council"] for row in markets}
    return Section(
        "providers",
        "Who provides support, and how wide the menu is",
        concentration_sentence(markets),
        (variety_sentence([row for row in varied if row["way"] in COMMUNITY_WAYS], first=days[0], last=days[-1]),),
        (_markets(markets, several=len(councils) > 1), *_menu(varied, days)),
        (
            "Concentration (HHI) adds up the squares of providers’ shares of the people served: 10,000 is one provider "
            "alone, ten alike are 1,000. From 2,000 it is called highly concentrated, from 1,000 concentrated (words "
            "of the merger guidelines of 2010). Direct payments name no provider and have no part in it.",
            "The menu counts providers and components together: how many choices, all as common, would vary as much as "
            "what people have. These are counts of everybody who is there, without a range of chance.",
        ),
    )


def _enough(row: Row) -> bool:
    return row["index"] is not None and row["amount"] >= 10 * LEAST


def concentration_sentence(markets: Sequence[Row]) -> str:
    """Say in how many kinds of support the providers are concentrated, and how much names no provider."""
    known = [row for row in markets if _enough(row)]
    if not known:
        return "Too few people’s providers are named to say how concentrated they are."
    high = [row for row in known if row["index"] >= market.BANDS[-1][0]]
    services, unknown = (sum(row[name] for row in markets) for name in ("services", "unknown"))
    lost = (
        "Every service but direct payments names its provider."
        if not unknown
        else f"{amount(100 * unknown / services, '%', decimals=0)} of services name none, and may change that."
    )
    said = "none is" if not high else f"{len(high)} {'is' if len(high) == 1 else 'are'}"
    return (
        f"Of {len(known)} kinds of support with {10 * LEAST} people or more (each council apart), {said} highly "
        f"concentrated in few providers. {lost}"
    )


def variety_sentence(varied: Sequence[Row], *, first: date, last: date) -> str:
    """Say whether what people have varied more or less at the end of the year, by way of holding."""
    found = []
    for way in COMMUNITY_WAYS[:3]:
        ends = {row["day"]: row for row in varied if row["way"] == way}
        if first in ends and last in ends and min(ends[one]["services"] for one in (first, last)) >= 10 * LEAST:
            before, after = (ends[one]["component_effective"] for one in (first, last))
            found.append(f"from {amount(before)} to {amount(after)} under {way.lower()}")
    if not found:
        return "Too few services are recorded to say whether the menu grew or shrank."
    return f"Over the year the menu of components, counted as if all were as common, went {listed(found)}."


def _markets(markets: Sequence[Row], *, several: bool) -> Exhibit:
    if not several:
        rows: tuple[tuple[str, ...], ...] = tuple(
            (
                row["component"],
                f"{row['providers']:,}" if _enough(row) else HIDDEN,
                amount(row["largest_share"], "%", decimals=0) if _enough(row) else HIDDEN,
                f"{row['index']:,.0f}" if _enough(row) else HIDDEN,
                row["band"] if _enough(row) else HIDDEN,
                count(row["amount"]),
                amount(row["unknown_share"], "%", decimals=0) if _enough(row) else HIDDEN,
            )
            for row in markets
        )
        headings: tuple[str, ...] = (
            "Component",
            "Providers",
            "Largest",
            "Index",
            "In words",
            "People served",
            "Name none",
        )
        title = "How concentrated providers are, by component"
        bars = [
            {"label": row["component"], "value": round(row["index"], 0), "low": None, "high": None}
            for row in markets
            if _enough(row)
        ]
        return Exhibit(title, headings, rows, share_bars(bars, title, x_title="Index (10,000 is one provider alone)"))
    by_component: dict[str, list[float]] = {}
    for row in markets:
        if _enough(row):
            by_component.setdefault(row["component"], []).append(row["index"])
    high = market.BANDS[-1][0]
    rows = tuple(
        (name, f"{len(found)}", f"{median(found):,.0f}", f"{sum(index >= high for index in found)}")
        for name, found in sorted(by_component.items())
    )
    headings = ("Component", "Councils", "Middle index", "Highly concentrated in")
    bars = [
        {"label": name, "value": float(round(median(found))), "low": min(found), "high": max(found)}
        for name, found in sorted(by_component.items())
    ]
    title = "How concentrated providers are, by component, over councils"
    chart = share_bars(bars, title, x_title="Index: the middle council, and the lowest to the highest")
    return Exhibit(title, headings, rows, chart)


def _menu(varied: Sequence[Row], days: Sequence[date]) -> tuple[Exhibit, ...]:
    labels = {one: f"{one.day} {one:%b %Y}" for one in days}
    shown = [row for row in varied if row["way"] in COMMUNITY_WAYS and row["services"] >= 10 * LEAST]
    if not shown:
        return ()
    ways = [way for way in COMMUNITY_WAYS if any(row["way"] == way for row in shown)]
    found = {(row["way"], row["day"]): round(row["effective"], 1) for row in shown if row["effective"]}
    points = [{"day": labels[one], "way": way, "choices": found.get((way, one))} for way in ways for one in days]
    frame = pl.DataFrame(points, schema_overrides={"choices": pl.Float64})
    title = "How wide the menu is, by way of holding"
    chart = charts.lines(
        frame, x="day", y="choices", series="way", title=title, y_title="Choices, all as common",
        description="The number of choices of provider and component on five days. The table has every figure.",
    )  # fmt: skip
    rows = tuple((way, *(amount(found.get((way, one))) for one in days)) for way in ways)
    return (Exhibit(title, ("Way of holding", *labels.values()), rows, chart),)


OUTCOMES = (
    "Waiting, first response", "Waiting, no response yet", "SALT LTS002, reviewed in the year",
    "SALT STS001, long-term support", "SALT LTS001b, community", "ASCOF 2A", "ASCOF 2B", "ASCOF 2C", "ASCOF 2E(1)",
    "ASCOF 2E(2a)", "ASCOF 2E(2b)",
)  # fmt: skip


#: What tells the rows of a chart apart that are called alike.
_WHOSE = {"ASCOF 2E(1)": ", learning", "ASCOF 2E(2a)": ", 18 to 64", "ASCOF 2E(2b)": ", 65 and over"}


def waiting(rows: Mapping[str, Row]) -> Section:
    """Say how long people wait, how many were reviewed, and what became of people, beside England."""
    mine = [rows[code] for code in OUTCOMES if not rows[code]["nobody"]]
    table = tuple(
        (
            f"{row['name']} ({row['measure']})",
            amount(row["value"], row["unit"], missing=HIDDEN),
            between(row["low"], row["high"], row["unit"]),
            count(row["denominator"]),
            share_not_known(row),
            amount(england(row["measure"])[1], row["unit"]) if england(row["measure"]) else NOTHING,  # type: ignore[index]
        )
        for row in mine
    )
    bars = [
        {"label": row["name"].split(",")[0] + _WHOSE.get(row["measure"], ""), "value": row["value"]}
        | {end: row[end] for end in ("low", "high")}
        for row in mine
        if row["value"] is not None and row["unit"] == "%"
    ]
    title = "Waiting, reviews and what became of people"
    headings = ("What", "Value", "Likely between", "Of", "Not known", "England")
    lacking = [rows[code]["name"] for code in OUTCOMES if rows[code]["nobody"]]
    notes = (f"Nobody to count, or no number of residents to set them against: {listed(lacking)}.",) if lacking else ()
    return Section(
        "waiting-and-outcomes",
        "Waiting, reviews and what became of people",
        waiting_sentence(rows["Waiting, first response"], rows["Waiting, no response yet"]),
        (reviewed_sentence(rows["SALT LTS002, reviewed in the year"]), *_next_to_england(mine)),
        (Exhibit(title, headings, table, share_bars(bars, title), notes),) if mine else (),
        ("A return of one year holds no request from before it, so long waits are missing.",),
    )


def waiting_sentence(row: Row, still: Row) -> str:
    """Say how long the middle person waited for a first response, and how many still had none."""
    if row["nobody"] or row["value"] is None:
        return "Too few requests had a first response in the year to say how long people wait."
    said = (
        f"Half of those who asked for support had a first response within {amount(row['value'], 'days', decimals=0)} "
        f"({count(row['denominator'])} requests)."
    )
    if still["value"] is None:
        return f"{said} Fewer than {LEAST} of the year’s requests had none by its end."
    return (
        f"{said} {amount(still['value'], '%')} of the year’s requests had none by its end (likely between "
        f"{amount(still['low'])}% and {amount(still['high'], '%')})."
    )


def reviewed_sentence(row: Row) -> str:
    """Say what share of people supported all year were reviewed in it."""
    if row["nobody"] or row["value"] is None:
        return "Too few people were supported all year to say how many were reviewed."
    return (
        f"{amount(row['value'], '%')} of those supported all year were reviewed in it (likely between "
        f"{amount(row['low'])}% and {amount(row['high'], '%')})."
    )


def _next_to_england(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(
        f"{row['name']}: {amount(row['value'], row['unit'])}. {beside(figure, row)}"
        for row in rows
        if row["value"] is not None and (figure := england(row["measure"]))
    )
