"""What the records say of take-up: the share under each definition, and whether growth is growth of choice."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date

import narwhals as nw
import polars as pl

from leeway.insight.measures.answers import answers, gather
from leeway.insight.measures.costs import WAYS
from leeway.insight.measures.flow import Place, change, moves, stock_and_flow
from leeway.insight.measures.holding import (
    BY_COMMISSIONED,
    BY_DIRECT,
    BY_MANAGED,
    BY_UNKNOWN,
    PART_DIRECT,
    PLACES,
    clients,
    on,
)
from leeway.insight.measures.suppression import nearest, published
from leeway.insight.measures.take_up import DIRECT_ON_THE_DAY, SDS_ON_THE_DAY, TAKE_UP
from leeway.insight.measures.who_holds import HOLDS_MANAGED
from leeway.insight.records.tables import Records
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
    day,
    england,
    signed,
)
from leeway.period import year_to
from leeway.published import charts
from leeway.published.catalogue import ENGLAND, catalogue
from leeway.small_numbers import LEAST

#: Ways of holding support in the community, by rank.
COMMUNITY = {rank: WAYS[rank] for rank in (BY_DIRECT, BY_MANAGED, BY_COMMISSIONED, BY_UNKNOWN)}
#: The places of those who have a personal budget.
SELF_DIRECTED = (PLACES[BY_DIRECT], PART_DIRECT, PLACES[BY_MANAGED])


def take_up(rows: Mapping[str, Row], *, as_at: date, council: str | None) -> Section:
    """Set take-up under each definition side by side, with what each counts, what is not known, and England."""
    direct, self_directed = rows[DIRECT_ON_THE_DAY.code], rows[SDS_ON_THE_DAY.code]
    return Section(
        "take-up",
        "How many have a personal budget, and how many a direct payment",
        take_up_sentence(direct, has="had a direct payment for all or part of it", on=as_at),
        tuple(
            filter(
                None,
                (
                    take_up_sentence(self_directed, has="had self-directed support of any kind", on=as_at),
                    not_known_sentence(direct, has="direct payment"),
                ),
            )
        ),
        (_definitions(rows), *_over_time(direct, as_at=as_at, council=council)),
        (
            "The definitions give different answers about the same people. None of them says whether anybody chose.",
            "The range is where the share would lie, 19 times in 20, if the people counted were a draw from all who "
            "might have been there (Wilson).",
        ),
    )


def take_up_sentence(row: Row, *, has: str, on: date) -> str:
    """Say what share of people in the community have something, how sure that is, and how England stands to it."""
    who = "people with long-term support in the community"
    if row["nobody"]:
        return f"The records hold no {who} on {day(on)}, so no share can be given."
    if row["value"] is None:
        return f"On {day(on)} fewer than {LEAST} {who} {has}: too few for a share to be shown."
    figure = england(row["measure"])
    said = (
        f"On {day(on)}, {amount(row['value'], '%')} of {who} {has} (about {count(row['numerator'])} of "
        f"{count(row['denominator'])}; likely between {amount(row['low'])}% and {amount(row['high'], '%')})."
    )
    return f"{said} {beside(figure, row)}" if figure else said


def not_known_sentence(row: Row, *, has: str) -> str:
    """Say how far those whose way of holding is not recorded could move the share; nothing of a hidden share."""
    if row["value"] is None:
        return ""
    if row["unknown"] is None:
        return f"For fewer than {LEAST} of them the records do not say how support is held."
    if not row["unknown"]:
        return "The records say of everybody who is counted how support is held."
    most = 100 * (row["numerator"] + row["unknown"]) / row["denominator"]
    return (
        f"For {count(row['unknown'])} of them the records do not say how support is held. They are counted as having "
        f"no {has}: if all of them had one, the share would be about {amount(most, '%')}."
    )


def _definitions(rows: Mapping[str, Row]) -> Exhibit:
    mine = [(measure, rows[measure.code]) for measure in TAKE_UP]
    shown = [
        {"label": _SHORT[measure.code], "value": row["value"], "low": row["low"], "high": row["high"]}
        for measure, row in mine
        if row["value"] is not None
    ]
    table = tuple(
        (
            f"{measure.name} ({measure.code})",
            amount(row["value"], "%", missing=_missing(row)),
            between(row["low"], row["high"], "%"),
            _or_hidden(row, "numerator"),
            _or_hidden(row, "denominator"),
            share_not_known(row),
            amount(england(measure.code)[1], "%") if england(measure.code) else NOTHING,  # type: ignore[index]
        )
        for measure, row in mine
    )
    headings = ("Definition", "Share", "Likely between", "Who have it", "Of", "Not known", "England")
    title = "Take-up under each definition"
    return Exhibit(title, headings, table, share_bars(shown, title), (_SHARES_NOTE, _ADASS_NOTE))


#: What a chart has room for.
_SHORT = {
    "ASCOF 3D(1a)": "Self-directed, on the day",
    "ASCOF 3D(2a)": "Direct payment, on the day",
    "ASCOF 3D(1b)": "Self-directed, carers",
    "ASCOF 3D(2b)": "Direct payment, carers",
    "SALT LTS001a, self-directed": "Self-directed, in the year",
    "SALT LTS001a, direct payments": "Direct payment, in the year",
    "NI130": "National indicator 130",
    "NI130, ADASS base": "Of the 70% (ADASS)",
}
_SHARES_NOTE = (
    "“Not known” is people about whom the return does not say how support is held, and for each 100 who are counted. "
    "ASCOF 3D(1b) and (2b) leave them out of the base; the others count them as not having it."
)
_ADASS_NOTE = (
    "The base of the directors (ADASS, 2010) is 70% of everybody, under all who have self-directed support: so it can "
    "pass 100%. It was used in 2010 and 2011, and is here to compare with those years."
)


def _missing(row: Row) -> str:
    return NOTHING if row["nobody"] else "hidden"


def _or_hidden(row: Row, which: str) -> str:
    return "0" if row["nobody"] else count(row[which])


def share_not_known(row: Row) -> str:
    """How many are not known, and how many that is for each 100 who are counted."""
    if row["nobody"] or row["value"] is None:
        return _missing(row)
    if not row["unknown"]:
        return "0" if row["unknown"] == 0 else f"under {LEAST}"
    return f"{count(row['unknown'])} ({amount(100 * row['unknown'] / row['denominator'])})"


def share_bars(shown: Sequence[Row], title: str, *, x_title: str = "Per cent") -> str:
    """Draw shares as bars with their ranges, from rows of `label`, `value`, `low` and `high`; none where none is."""
    if not shown:
        return ""
    # To one decimal, as in the table: where a picture's lines end could give away the exact counts behind them. A
    # value without a range of its own is drawn without one: a range of no length.
    rows = [
        {"label": row["label"], "value": round(row["value"], 1)}
        | {end: round(row["value"] if row[end] is None else row[end], 1) for end in ("low", "high")}
        for row in shown
    ]
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(("value", "low", "high"), pl.Float64))
    said = ", ".join(f"{row['label']} {row['value']:,.1f}" for row in shown)
    ranged = any(row["low"] != row["high"] for row in rows)
    return charts.bars(
        frame, label="label", value="value", title=title, x_title=x_title, interval=("low", "high") if ranged else None,
        picked="none of them" if ranged else "",  # so that the ranges show on pale bars
        description=f"{said}. {'The dark lines are the ranges. ' if ranged else ''}The table below has every figure.",
    )  # fmt: skip


#: The first year in which people with support on 31 March were counted, as they are now.
_ON_THE_DAY_SINCE = "2014-15"


def _over_time(row: Row, *, as_at: date, council: str | None) -> tuple[Exhibit, ...]:
    """Set the council's share in England's series of years, and what was published of the council itself."""
    series = catalogue()["direct-payments"]
    figures = series.with_breaks().filter(pl.col("value").is_not_null(), pl.col("year") >= _ON_THE_DAY_SINCE)
    country = figures.filter(council=ENGLAND).select("year", "value", "counted", who=pl.lit(ENGLAND))
    mine = [country]
    if council:
        own = figures.filter(council=council).select("year", "value", "counted", who=pl.lit(f"{council}, as published"))
        mine.append(own)
    year = f"{as_at.year - (as_at.month < 4)}-{(as_at.year + (as_at.month > 3)) % 100:02d}"
    if row["value"] is not None:
        last = country["counted"][-1]
        here = {"year": [year], "value": [row["value"]], "counted": [last], "who": ["These records"]}
        mine.append(pl.DataFrame(here))
    frame = pl.concat(mine).sort("year", maintain_order=True).with_columns(run=pl.col("who") + pl.col("counted"))
    title = "Direct payments: share of clients, over the years"
    chart = charts.lines(
        frame, x="year", y="value", series="who", part="run", title=title, y_title="Per cent",
        description="Each year’s share. Lines break where the way of counting changed. The table has every figure.",
    )  # fmt: skip
    who = frame["who"].unique(maintain_order=True).to_list()
    by_year: dict[str, dict[str, float]] = {}
    for one in frame.iter_rows(named=True):
        by_year.setdefault(one["year"], {})[one["who"]] = one["value"]
    rows = tuple((year, *(amount(values.get(name), "%") for name in who)) for year, values in by_year.items())
    notes = (*(words for year, words in series.breaks.items() if year > _ON_THE_DAY_SINCE), f"Source: {series.source}.")
    return (Exhibit(title, ("Year", *who), rows, chart, notes),)


def growth(records: Records, *, as_at: date) -> Section:
    """Say who held support, and how, at the start and the end, and whether the growth is managed."""
    start = year_to(as_at).starts_on
    days = quarter_days(as_at)
    flows, *stocks = gather(
        [moves(records, start=start, end=as_at), *(_stock(records, one) for one in days)],
    )
    counted = [
        {rank: sum(row["people"] for row in rows if row["rank"] == rank) for rank in COMMUNITY} for rows in stocks
    ]
    first, last = counted[0], counted[-1]
    shares = [(stock[BY_DIRECT], sum(stock.values())) for stock in (first, last)]
    places = stock_and_flow(flows)
    return Section(
        "stock-and-flow",
        "Is the growth in choice, or in managed budgets?",
        growth_sentence(_pair(first, last, BY_DIRECT), _pair(first, last, BY_MANAGED), start=start, end=as_at)
        + " "
        + come_from_sentence(places)
        + " "
        + share_change_sentence(shares[0], shares[1], start=start, end=as_at),
        exhibits=(_stocks(days, counted), _flows(places), _by_group(records, start, as_at)),
        notes=(
            "A person who holds support in several ways counts once, at the highest: nursing, residential, direct "
            "payment, managed budget, commissioned, not known. “Part direct payment” is one beside other support.",
            "The range of a change treats the people of the two days as if they were different people (Newcombe). "
            "Most are the same, so it is wider than need be, and slow to say that something changed.",
        ),
    )


def _pair(first: Mapping[int, int], last: Mapping[int, int], rank: int) -> tuple[int, int]:
    return first[rank], last[rank]


def _stock(records: Records, when: date) -> nw.LazyFrame:
    return clients(records, on(when)).group_by("rank").agg(people=nw.len())


def quarter_days(as_at: date) -> list[date]:
    """The first day of the year that ends on a day, and the day itself with those 9, 6 and 3 months before it.

    >>> [str(one) for one in quarter_days(date(2025, 3, 31))]
    ['2024-04-01', '2024-06-30', '2024-09-30', '2024-12-31', '2025-03-31']
    """
    found = [year_to(as_at).starts_on]
    month_end = as_at.day == monthrange(as_at.year, as_at.month)[1]
    for months in (9, 6, 3, 0):
        year, month = divmod(as_at.year * 12 + as_at.month - 1 - months, 12)
        last = monthrange(year, month + 1)[1]
        found.append(date(year, month + 1, last if month_end else min(as_at.day, last)))
    return found


def growth_sentence(direct: tuple[int, int], managed: tuple[int, int], *, start: date, end: date) -> str:
    """Say how the number with self-directed support moved, and how much of its growth is managed budgets.

    Each pair is people on the first day and on the last; differences are those of the rounded counts.
    """
    if not any((*direct, *managed)):
        return f"Nobody had self-directed support on {day(start)} or on {day(end)}."
    before, after = direct[0] + managed[0], direct[1] + managed[1]
    if min(*direct, *managed) < LEAST:
        small = "direct payments" if min(direct) <= min(managed) else "managed budgets"
        return (
            f"People with self-directed support: {count(before)} on {day(start)}, {count(after)} on {day(end)}. Fewer "
            f"than {LEAST} had {small} on one of the days, so growth is not told apart."
        )
    more = [nearest(last) - nearest(first) for first, last in (direct, managed)]
    whole = sum(more)
    moved = f"{_moved('direct payments', more[0])} and {_moved('managed budgets', more[1])}"
    said = (
        f"People with self-directed support went from about {nearest(before):,} on {day(start)} to about "
        f"{nearest(after):,} on {day(end)}: {moved}."
    )
    if whole <= 0:
        return f"{said} There was no growth to share out."
    if more[0] <= 0:
        return f"{said} All of the growth is managed."
    if more[1] <= 0:
        return f"{said} All of the growth is in direct payments."
    stock = 100 * nearest(managed[0]) / nearest(before)
    return (
        f"{said} Managed budgets are {amount(100 * more[1] / whole, '%', decimals=0)} of the growth; they were "
        f"{amount(stock, '%', decimals=0)} of what there was."
    )


def _moved(what: str, more: int) -> str:
    if more == 0:
        return f"about as many {what}"
    return f"about {abs(more):,} {'more' if more > 0 else 'fewer'} {what}"


def come_from_sentence(places: Mapping[str, Place]) -> str:
    """Say of those who have a personal budget now, and had none at the start, how many are new and how many were moved.

    Moved means: they had long-term support on the first day, held by the council, not known how, or in a care home.
    """
    held = [places[name] for name in SELF_DIRECTED if name in places]
    new = sum(place.new for place in held)
    moved = sum(people for place in held for before, people in place.moved_in.items() if before not in SELF_DIRECTED)
    if not new + moved:
        return "Nobody has a personal budget now who had none then."
    if 0 < min(new, moved) < LEAST or new + moved < LEAST:
        return (
            f"Of those who have one now and had none then, fewer than {LEAST} were new to support, or were moved from "
            "other support: too few to be told apart."
        )
    whole = nearest(new) + nearest(moved)
    return (
        f"Of about {whole:,} who have one now and had none then, about {nearest(new):,} were new to support and about "
        f"{nearest(moved):,} ({amount(100 * nearest(moved) / whole, '%', decimals=0)}) were moved from support that "
        "they had already."
    )


def share_change_sentence(before: tuple[int, int], after: tuple[int, int], *, start: date, end: date) -> str:
    """Say whether the share with a direct payment changed, able to say that no change can be told.

    Shares and their change are those of the rounded counts.
    """
    if not (before[1] and after[1]):
        return "As nobody had support in the community on one of the days, no change in the share can be given."
    if min(before[0], after[0]) < LEAST:
        return "Too few had a direct payment on one of the days for a change in the share to be shown."
    told = [(nearest(one), nearest(whole)) for one, whole in (before, after)]
    moved = change(*told)
    shares = " and ".join(
        f"{amount(100 * one / whole, '%')} on {day(when)}"
        for (one, whole), when in zip(told, (start, end), strict=True)
    )
    said = "no change can be told" if moved.flat else "it rose" if moved.points > 0 else "it fell"
    return (
        f"The share of people in the community with a direct payment was {shares}: {said} ({signed(moved.points)} "
        f"percentage points, likely between {signed(moved.low)} and {signed(moved.high)})."
    )


def _stocks(days: Sequence[date], counted: Sequence[Mapping[int, int]]) -> Exhibit:
    labels = [f"{one.day} {one:%b %Y}" for one in days]
    points = [
        {"day": label, "who": COMMUNITY[rank], "people": nearest(stock[rank]) if stock[rank] >= LEAST else None}
        for rank in COMMUNITY
        for label, stock in zip(labels, counted, strict=True)
    ]
    frame = pl.DataFrame(points, schema_overrides={"people": pl.Int64})
    kept = frame.filter(pl.col("people").is_not_null().any().over("who"))
    title = "People with support in the community, by how they hold it"
    chart = "" if kept.is_empty() else charts.lines(
        kept, x="day", y="people", series="who", title=title, y_title="People",
        description="How many people held support each way on five days. The table below has every figure.",
    )  # fmt: skip
    rows = tuple((COMMUNITY[rank], *(count(stock[rank]) for stock in counted)) for rank in COMMUNITY)
    return Exhibit(title, ("Way of holding", *labels), rows, chart)


def _by_group(records: Records, start: date, end: date) -> Exhibit:
    """Whose growth it is: both ways in each client group, on both days, and whether the share moved."""
    days = [_of_groups(records, when) for when in (start, end)]
    rows = []
    for group in sorted(days[0].keys() | days[1].keys()):
        both = [held.get(group, {}) for held in days]
        counts = [
            count(held[code]["numerator"]) if code in held else NOTHING
            for code in (DIRECT_ON_THE_DAY.code, HOLDS_MANAGED.code)
            for held in both
        ]
        shown = [held[DIRECT_ON_THE_DAY.code] for held in both if HIDDEN not in counts and held]
        if len(shown) < len(days):
            rows.append((group, *counts, HIDDEN))
            continue
        moved = change(*((row["numerator"], row["denominator"]) for row in shown))
        said = "no change can be told" if moved.flat else "rose" if moved.points > 0 else "fell"
        rows.append((group, *counts, f"{said} ({signed(moved.low)} to {signed(moved.high)} points)"))
    first, last = (f"{one.day} {one:%b %Y}" for one in (start, end))
    columns = (f"Direct payments, {first}", last, f"Managed budgets, {first}", last)
    headings = ("Client group", *columns, "Share with a direct payment")
    return Exhibit("Whose growth it is, by client group", headings, tuple(rows))


def _of_groups(records: Records, when: date) -> dict[str, dict[str, Row]]:
    """Both ways of holding on a day by client group, fit to publish."""
    found = answers(records, as_at=when, measures=[DIRECT_ON_THE_DAY, HOLDS_MANAGED], by=("client_group",))
    groups: dict[str, dict[str, Row]] = {}
    for row in published(found):
        if row["by"]:
            groups.setdefault(row["by"]["client_group"], {})[row["measure"]] = row
    return groups


def _flows(places: Mapping[str, Place]) -> Exhibit:
    rows = tuple(
        (
            name,
            *(
                count(people)
                for people in (
                    place.start,
                    place.new,
                    sum(place.moved_in.values()),
                    sum(place.moved_out.values()),
                    place.ended,
                    place.died,
                    place.end,
                )
            ),
        )
        for name, place in places.items()
    )
    headings = ("Where", "On the first day", "New", "Moved in", "Moved out", "Ended", "Died", "On the last day")
    note = "First day, plus new and moved in, less moved out, ended and died, is the last day, but for rounding."
    return Exhibit("What happened between the first day and the last", headings, rows, notes=(note,))
