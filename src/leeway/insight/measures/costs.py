"""What support costs a week, as the Department of Health and Social Care works it out, in whole numbers throughout.

A week's cost of a service is its unit cost times its units a week. It is kept in 5,200ths of a penny, in which every
kind of unit is a whole number (a week is 5,200, a month 12/52 of that, a hundredth of an hour 52), so that every engine
agrees to the last digit; totals become whole pence at the end. A cost of nothing, or none, is not a cost: it is left
out and counted as unknown. So is a person with any service whose cost is not known. A one-off cost has no weekly cost:
it counts in what was spent in a period, and nowhere else.

The return asks for no cost where support is commissioned by the council, so those are mostly unknown. And the centre
warns: never divide published spending by published numbers of people to get what a person costs.

Source: Client Level Data specification, release 2, and the cost code published with it (DHSC).
"""

from collections.abc import Sequence
from fractions import Fraction

import narwhals as nw

from leeway.insight.measures.holding import (
    BREAKDOWNS,
    BY_DIRECT,
    LONG_TERM,
    NOT_KNOWN,
    PERSON,
    PLACES,
    SERVICE_USER,
    clients,
    equal,
    must_be_breakdowns,
    number,
    on,
    open_in,
    tally,
)
from leeway.insight.measures.measure import Count, Measure
from leeway.insight.measures.sharing import shared
from leeway.insight.measures.spells import day_number
from leeway.insight.records.events import HOW_OFTEN
from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import Records
from leeway.market.weeks import TIMES_A_WEEK, WEEKS_A_YEAR
from leeway.period import Period

CLIENT_LEVEL_DATA = "Client Level Data, release 2, and the cost code published with it (DHSC)"
#: A penny has this many parts, and a week's cost counts them.
PARTS = WEEKS_A_YEAR * 100
DAYS = 7  # in a week
SHORTER = code_list("cost_frequency").within("Shorter than a week")
#: How many times in a week a unit of a week or longer is paid, in 5,200ths.
PARTS_A_WEEK = {HOW_OFTEN[often]: int(PARTS * times) for often, times in TIMES_A_WEEK.items() if times}
HOURLY, ONE_OFF = "Hourly", "One-off"
#: Breakdowns that a service has of its own, and `way`: how the person holds their support.
FROM_SERVICE = ("service_type", "component", "mechanism", "provider", "cost_frequency")
WAY = "way"
OF_PEOPLE = (WAY, *BREAKDOWNS)
OF_SERVICES = (*FROM_SERVICE, *OF_PEOPLE)
WAYS = PLACES | {BY_DIRECT: "Direct payment"}


def week_parts() -> nw.Expr:
    """What a service costs in a week, in 5,200ths of a penny: none where it is one-off, not known, or nothing."""
    frequency = nw.col("cost_frequency")
    times = nw.when(frequency.is_in(SHORTER)).then(nw.col("planned_units_hundredths") * WEEKS_A_YEAR)
    for name, parts in PARTS_A_WEEK.items():
        times = times.when(frequency == name).then(nw.lit(parts, dtype=nw.Int64))
    cost = nw.col("unit_cost_pence").abs() * times
    return nw.when(cost > 0).then(cost)


def is_one_off() -> nw.Expr:
    """Say whether a service is paid for once, with a price."""
    return equal("cost_frequency", ONE_OFF) & (nw.col("unit_cost_pence").abs() > 0).fill_null(False)


def pence(parts: nw.Expr, whole: int = PARTS) -> nw.Expr:
    """Give parts of a penny as whole pence, a half going up. Never used on a negative number."""
    return (parts * 2 + whole) // (2 * whole)


def days_in(period: Period) -> nw.Expr:
    """On how many days of a period a service ran, counting the first and the last."""
    starts = nw.when(nw.col("starts_on") < period.starts_on).then(nw.lit(period.starts_on)).otherwise("starts_on")
    open_ended = nw.col("ends_on").is_null() | (nw.col("ends_on") > period.ends_on)
    ends = nw.when(open_ended).then(nw.lit(period.ends_on)).otherwise("ends_on")
    return day_number(ends) - day_number(starts) + 1


def supports(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Give each long-term service of each adult who has such support in a period, with what it costs.

    Gives the service's own columns, the person's `rank` and `way` (how they hold their support, or where they live),
    the breakdowns asked for, and: `parts` (a week's cost, none where not known), `priced` (1 where there is one),
    `no_price` (1 where there should be one and is not) and `hours_hundredths` (hours a week, where a unit is an hour).
    """
    must_be_breakdowns(by, OF_SERVICES)
    return _supports(records, period, [column for column in by if column not in (*FROM_SERVICE, WAY)])


@shared
def _supports(records: Records, period: Period, of_people: Sequence[str]) -> nw.LazyFrame:
    people = clients(records, period, of_people).with_columns(
        nw.col("rank").replace_strict(WAYS, default=NOT_KNOWN, return_dtype=nw.String).alias(WAY)
    )
    theirs = people.select(*dict.fromkeys((*PERSON, "council", "rank", WAY, "died_on", *of_people)))
    services = records.services.filter(
        open_in(period), nw.col("client_type") == SERVICE_USER, nw.col("service_type").is_in(LONG_TERM)
    ).select(
        *PERSON, "starts_on", "ends_on", "reference", "unit_cost_pence", "planned_units_hundredths",
        *(nw.col(column).cast(nw.String).fill_null(NOT_KNOWN) for column in FROM_SERVICE),
    )  # fmt: skip
    # A service that nobody closed ends, as the centre has it, with the person's life.
    died, ends = nw.col("died_on"), nw.col("ends_on")
    last = nw.when(died < ends).then(died).otherwise(nw.when(ends.is_null()).then(died).otherwise(ends))
    joined = services.join(theirs, on=list(PERSON), how="inner").with_columns(parts=week_parts(), ends_on=last)
    return joined.filter(open_in(period)).with_columns(
        priced=number(~nw.col("parts").is_null()),
        no_price=number(nw.col("parts").is_null() & ~is_one_off()),
        hours_hundredths=nw.when(nw.col("cost_frequency") == HOURLY).then(nw.col("planned_units_hundredths")),
    )


@shared
def packages(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Give each adult with long-term support one row: all their services on the period's last day, together.

    Broken down by something a service has, such as its component, a person has a row for each. `known` is 1 where every
    service has a price (one-off costs aside); then `pence` is what the person's support costs a week.
    """
    rows = supports(records, on(period.ends_on), by)
    kept = dict.fromkeys((*PERSON, "council", "rank", WAY, *by))
    each = rows.group_by(*kept).agg(
        nw.col("parts", "priced", "no_price").sum().cast(nw.Int64),
        nw.len().cast(nw.Int64).alias("services"),
        nw.col("component").n_unique().cast(nw.Int64).alias("components"),
    )
    return each.with_columns(
        known=number((nw.col("no_price") == 0) & (nw.col("priced") > 0)),
        unknown=number(nw.col("no_price") > 0),
        pence=pence(nw.col("parts")),
    )


def person_cost(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Add up what a week of support costs for each person, in `PARTS`, where all of their services have a price."""
    rows = packages(records, period, by)
    known = nw.col("known")
    return tally(rows, by, numerator=nw.col("parts") * known, denominator=known, unknown=nw.col("unknown"))


def service_cost(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Add up what a week of each service costs, in `PARTS`, among services that have a price."""
    rows = supports(records, on(period.ends_on), by)
    parts = nw.col("parts").fill_null(0)
    return tally(rows, by, numerator=parts, denominator=nw.col("priced"), unknown=nw.col("no_price"))


def hour_cost(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Add up what an hour costs, among services whose unit is an hour: pence for every hundred hours, and hours."""
    rows = supports(records, on(period.ends_on), by).filter(nw.col("cost_frequency") == HOURLY)
    hours = nw.col("hours_hundredths") * nw.col("priced")
    cost = nw.col("unit_cost_pence").abs() * hours
    return tally(
        rows, by, numerator=cost.fill_null(0), denominator=hours.fill_null(0), unknown=nw.col("no_price")
    )  # fmt: skip


def spent(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Add up what was spent in a period: each service's weekly cost for the days it ran, and one-off costs begun in it.

    The numerator is 7 times 5,200ths of a penny; the denominator is services with a cost; unknown are those without.
    """
    once = nw.when(is_one_off() & (nw.col("starts_on") >= period.starts_on)).then(nw.col("unit_cost_pence").abs())
    rows = supports(records, period, by).with_columns(once=once.fill_null(0))
    parts = nw.col("parts").fill_null(0) * days_in(period) + nw.col("once") * (PARTS * DAYS)
    counted = number((nw.col("priced") == 1) | (nw.col("once") > 0))
    return tally(rows, by, numerator=parts, denominator=counted, unknown=nw.col("no_price"))


def spread(rows: nw.LazyFrame, by: Sequence[str], *, column: str) -> nw.LazyFrame:
    """Say how a column of whole numbers is spread within each breakdown: how many, the total, quartiles and ends.

    A quartile is the smallest value that at least that share of the rows is at or below (the nearest rank), so that it
    is always a value that somebody has, and a whole number.
    """
    within = list(by) or ["all"]
    ranked = (
        rows.with_columns(all=nw.lit("All"))
        .with_columns(place=nw.col(column).rank("ordinal").over(*within), size=nw.len().over(*within))
        .with_columns(nw.col("place", "size").cast(nw.Int64))
    )
    quarters = {"lower_quartile": 1, "median": 2, "upper_quartile": 3}
    marked = ranked.with_columns(
        nw.when(nw.col("place") == nearest_rank(nw.col("size"), quarter, 4)).then(nw.col(column)).alias(name)
        for name, quarter in quarters.items()
    )
    found = marked.group_by(*within).agg(
        nw.len().cast(nw.Int64).alias("size"),
        nw.col(column).sum().cast(nw.Int64).alias("total"),
        nw.col(column).min().alias("lowest"),
        *(nw.col(name).max() for name in quarters),
        nw.col(column).max().alias("highest"),
    )
    return found if by else found.drop("all")


def nearest_rank(size: nw.Expr, times: int, of: int) -> nw.Expr:
    """The place, counted from 1, of the value that `times / of` of the rows are at or below."""
    return (size * times + of - 1) // of


def person_costs(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Say how the weekly cost of a person's support is spread, in whole pence, with those not known beside it.

    The columns are those of `spread`, and `unknown`. A breakdown in which no cost is known has a row without a spread.
    """
    within = list(by) or ["all"]
    rows = packages(records, period, by).with_columns(all=nw.lit("All"))
    unknown = rows.group_by(*within).agg(nw.col("unknown").sum().cast(nw.Int64))
    found = unknown.join(spread(rows.filter(nw.col("known") == 1), within, column="pence"), on=within, how="left")
    named = found.with_columns(nw.col("size", "total").fill_null(0))
    return named if by else named.drop("all")


def unit_costs(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Say how unit costs are spread for each component and kind of unit, in whole pence."""
    by = tuple(dict.fromkeys(("component", "cost_frequency", *by)))
    rows = supports(records, on(period.ends_on), by).with_columns(nw.col("unit_cost_pence").abs().alias("unit_pence"))
    return spread(rows.filter(nw.col("unit_pence") > 0), by, column="unit_pence")


#: A package is worth a second look when it costs more than this share of the packages of people alike do, and its kind
#: has this many packages at least.
LOOK_ABOVE, LOOK_OF, LOOK_AMONG = 19, 20, 20
ALIKE = ("client_group", "age")


@shared
def compared_packages(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Give each package of known cost the line that one in twenty of its kind are above, and whether it is above.

    Kinds are of client group and age (18 to 64, 65 and over) and way of holding, within one council.
    """
    kinds = ("council", *ALIKE, WAY)
    rows = packages(records, period, tuple(dict.fromkeys((*ALIKE, *by))))
    ranked = (
        rows.filter(nw.col("known") == 1)
        .with_columns(place=nw.col("pence").rank("ordinal").over(*kinds), alike=nw.len().over(*kinds))
        .with_columns(nw.col("place", "alike").cast(nw.Int64))
    )
    for name, times, of in (("line_pence", LOOK_ABOVE, LOOK_OF), ("median_pence", 1, 2)):
        mark = nw.when(nw.col("place") == nearest_rank(nw.col("alike"), times, of)).then(nw.col("pence"))
        ranked = ranked.with_columns(mark.alias(name)).with_columns(nw.col(name).max().over(*kinds))
    above = (nw.col("pence") > nw.col("line_pence")) & (nw.col("alike") >= LOOK_AMONG)
    return ranked.with_columns(above=number(above), compared=number(nw.col("alike") >= LOOK_AMONG))


def second_look(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Count packages worth a second look. Unknown: those without a cost, or with too few alike to compare."""
    rows = compared_packages(records, period, by)
    counted = tally(
        rows, by, numerator=nw.col("above"), denominator=nw.col("compared"), unknown=1 - nw.col("compared")
    )  # fmt: skip
    without = tally(
        packages(records, period, by), by,
        numerator=nw.lit(0), denominator=nw.lit(0), unknown=nw.col("unknown"),
    )  # fmt: skip
    both = nw.concat([counted, without], how="vertical")
    return tally(both, by, numerator=nw.col("numerator"), denominator=nw.col("denominator"), unknown=nw.col("unknown"))


def packages_to_look_at(records: Records, period: Period) -> nw.LazyFrame:
    """Give the services of each package worth a second look, by the council's own event numbers.

    For the council's own eyes: no name, no number of a person, but a package of its own is still one person's. One row
    a service: `package` (1 costs most, in each council), the event's `reference`, `component` and `provider`, and of
    the package: `pence` a week, the kind it was compared with and how many are `alike`, their `median_pence`, the
    `line_pence` that it is above, and how many `components` and `services` it has. Dear is not wrong: one component at
    a high price, and many components together, are different questions, so the row says which.
    """
    chosen = compared_packages(records, period).filter(nw.col("above") == 1)
    # Two packages that cost the same keep the order of their people, so that every engine numbers them alike.
    ordered = nw.col("one").cum_sum().over("council", order_by=["fewer", *PERSON]).cast(nw.Int64)
    numbered = chosen.with_columns(one=nw.lit(1), fewer=-nw.col("pence")).with_columns(package=ordered)
    facts = ("pence", "median_pence", "line_pence", "alike", "components", "services")
    details = numbered.select(*PERSON, "package", *ALIKE, *facts)
    rows = supports(records, on(period.ends_on)).join(details, on=list(PERSON), how="inner")
    return rows.select(
        "council",
        "package",
        "reference",
        "component",
        "provider",
        *ALIKE,
        WAY,
        *facts,
        week_pence=pence(nw.col("parts")),
    )


def _cost(
    code: str, name: str, definition: str, count: Count, *, by: tuple[str, ...] = OF_SERVICES, parts: int, **said: str
) -> Measure:
    words = {
        "numerator": "What a week of it costs, in pence",
        "unknown": "Without a cost, or with a cost of nothing",
        "unit": "£ a week",
    } | said
    return Measure(
        code, name, definition, source=CLIENT_LEVEL_DATA, count=count, per=Fraction(1, 100), decimals=2,
        parts=parts, breakdowns=by, **words,  # type: ignore[arg-type]
    )  # fmt: skip


MEASURES = (
    _cost(
        "person-weekly-cost", "Weekly cost of a person’s long-term support",
        "Unit cost times units a week, all of a person’s services on the day added up, one-off costs left out.",
        person_cost, by=OF_PEOPLE, parts=PARTS,
        denominator="Adults with long-term support on the day, all of whose services have a cost",
        unknown="Adults with a service that has no cost, or a cost of nothing",
    ),
    _cost(
        "service-weekly-cost", "Weekly cost of a long-term service",
        "Unit cost times units a week, one-off costs left out.",
        service_cost, parts=PARTS, denominator="Long-term services on the day that have a cost",
    ),
    _cost(
        "hour-cost", "Cost of an hour of support",
        "What services paid by the hour cost a week, over their hours a week.",
        hour_cost, parts=1, numerator="Hundredths of an hour a week times pence an hour",
        denominator="Planned hours a week, in hundredths", unit="£ an hour",
    ),
    _cost(
        "service-spend", "Spent on a long-term service in the period",
        "Weekly cost times days over 7 (first and last day counted), and one-off costs that began in the period.",
        spent, parts=PARTS * DAYS, numerator="What was spent, in pence",
        denominator="Long-term services in the period that have a cost", unit="£",
    ),
    Measure(
        "second-look", "Packages of care worth a second look",
        "Packages that cost more than 19 in 20 of those of people alike: the same council, client group, age (18 to "
        "64, 65 and over) and way of holding, where there are 20 at least. Dear is not wrong: it is a question.",
        numerator="Packages above the line", denominator="Packages that could be compared",
        unknown="Packages without a known cost, or with fewer than 20 alike",
        source="Leeway’s own rule, on weekly costs as DHSC works them out", count=second_look,
        breakdowns=OF_PEOPLE,
    ),
)  # fmt: skip
