"""Who holds support, and how, on a day or in a year: one place for each person, by the ranks of the national method.

A person with several services is counted once, at the highest: nursing, residential, then community by how it is
held (direct payment, managed, commissioned, not known), then prison. A service is a direct payment by its mechanism
or by its component, so a person with only a part of their support as one counts as holding a direct payment.

Source: ASCOF 3D and the long-term tables of SALT, as DHSC counts them from Client Level Data (2024-25).
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import ceil

import narwhals as nw

from leeway.insight.measures.measure import BREAKDOWNS, FROM_EVENT, FROM_PERSON, GROUPS
from leeway.insight.measures.sharing import shared
from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import Records
from leeway.period import Period
from leeway.refusal import Refusal

PERSON = ("who",)
SERVICE_USER = "Service user"
CARERS = ("Unpaid carer", "Unpaid carer known by association")
NURSING, RESIDENTIAL, COMMUNITY, PRISON = LONG_TERM = (
    "Long term support: Nursing care",
    "Long term support: Residential care",
    "Long term support: Community",
    "Long term support: Prison",
)
DIRECT_TO_CARER = "Unpaid carer support: Direct to unpaid carer"
DIRECT, MANAGED, COMMISSIONED = "Direct payment", "CASSR managed personal budget", "CASSR commissioned support"
NOT_KNOWN = "Unknown"

#: The ranks of the national method, best first. In the community, the rank is how the support is held.
RANKS = IN_NURSING, IN_RESIDENTIAL, BY_DIRECT, BY_MANAGED, BY_COMMISSIONED, BY_UNKNOWN, *IN_PRISON = tuple(range(1, 10))

#: Where each rank puts a person, in words. A direct payment beside other community support has words of its own.
PLACES = {
    IN_NURSING: "Nursing",
    IN_RESIDENTIAL: "Residential",
    BY_DIRECT: "Direct payment only",
    BY_MANAGED: "Managed personal budget",
    BY_COMMISSIONED: "Commissioned support",
    BY_UNKNOWN: "Community, not known how",
} | dict.fromkeys(IN_PRISON, "Prison")
PART_DIRECT = "Part direct payment"

AGES = ((18, "18-64"), (65, "65+"))
AGE_BANDS = ((18, "18-24"), (25, "25-44"), (45, "45-64"), (65, "65-74"), (75, "75-84"), (85, "85-94"), (95, "95+"))


def must_be_breakdowns(by: Iterable[str], allowed: Sequence[str] = BREAKDOWNS) -> None:
    """Refuse a breakdown that the measures do not know."""
    for word in by:
        if word not in allowed:
            raise Refusal(f"“{word}” is not a breakdown. Use one of: {', '.join(allowed)}.")


def number(says: nw.Expr) -> nw.Expr:
    """Turn yes or no into 1 or 0, where nothing said is 0."""
    return says.fill_null(False).cast(nw.Int64)


def equal(column: str, value: str | int) -> nw.Expr:
    """Say whether a column holds a value; where it holds nothing, it does not."""
    return (nw.col(column) == value).fill_null(False)


def is_direct() -> nw.Expr:
    """Say whether a service is a direct payment, by its mechanism or by its component."""
    return equal("mechanism", DIRECT) | equal("component", DIRECT)


def on(day: date) -> Period:
    """A single day, as a period."""
    return Period(day, day)


def open_in(period: Period) -> nw.Expr:
    """Say whether an event was open on any day of a period. One that ends before it starts never was."""
    starts, ends = nw.col("starts_on"), nw.col("ends_on")
    return (starts <= period.ends_on) & (ends.is_null() | ((ends >= period.starts_on) & (ends >= starts)))


def rank() -> nw.Expr:
    """Give a long-term service its rank: 1 (nursing) to 9 (prison, not known how)."""
    community = nw.col("service_type") == COMMUNITY
    return (
        nw.when(nw.col("service_type") == NURSING)
        .then(nw.lit(IN_NURSING))
        .when(nw.col("service_type") == RESIDENTIAL)
        .then(nw.lit(IN_RESIDENTIAL))
        .when(community & is_direct())
        .then(nw.lit(BY_DIRECT))
        .when(community & equal("mechanism", MANAGED))
        .then(nw.lit(BY_MANAGED))
        .when(community & equal("mechanism", COMMISSIONED))
        .then(nw.lit(BY_COMMISSIONED))
        .when(community)
        .then(nw.lit(BY_UNKNOWN))
        .when(equal("mechanism", MANAGED))
        .then(nw.lit(IN_PRISON[0]))
        .when(equal("mechanism", COMMISSIONED))
        .then(nw.lit(IN_PRISON[1]))
        .otherwise(nw.lit(IN_PRISON[2]))
    )


@shared
def clients(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Give each adult with long-term support in a period, or on a single day, one row with their place.

    Gives `who`, council, `rank` (1 to 9), `place` (words), `died_on` and the breakdowns asked for. A person who died
    before the period is left out, and so is one under 18 at its end; one whose age is not known is counted.
    """
    services = records.services.filter(
        open_in(period), nw.col("client_type") == SERVICE_USER, nw.col("service_type").is_in(LONG_TERM)
    )
    return placed(services, records, period, by)


def placed(services: nw.LazyFrame, records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Give each person with any of these long-term services one row, at the highest of their ranks."""
    other = number((nw.col("service_type") == COMMUNITY) & ~is_direct())
    held = one_each(services, by, rank=rank(), other=other.max())
    words = nw.col("rank").replace_strict(PLACES, default=NOT_KNOWN, return_dtype=nw.String)
    part = (nw.col("rank") == BY_DIRECT) & (nw.col("other") == 1)
    named = held.with_columns(place=nw.when(part).then(nw.lit(PART_DIRECT)).otherwise(words))
    return adults(named, records, period, by)


@shared
def carers(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Give each adult carer who had support of their own in a period one row, with how they held it.

    `rank` is 3 to 6, in the words of `PLACES`: direct payment, managed, commissioned, not known.
    """
    services = records.services.filter(
        open_in(period), nw.col("client_type").is_in(CARERS), nw.col("service_type") == DIRECT_TO_CARER
    )
    held = (
        nw.when(is_direct())
        .then(nw.lit(BY_DIRECT))
        .when(equal("mechanism", MANAGED))
        .then(nw.lit(BY_MANAGED))
        .when(equal("mechanism", COMMISSIONED))
        .then(nw.lit(BY_COMMISSIONED))
        .otherwise(nw.lit(BY_UNKNOWN))
    )
    return adults(one_each(services, by, rank=held), records, period, by)


def one_each(
    events: nw.LazyFrame, by: Sequence[str], *, rank: nw.Expr, keys: Sequence[str] = PERSON, **more: nw.Expr
) -> nw.LazyFrame:
    """Keep one row for each person (or other keys): their best rank, and what the event of that rank says.

    Where several share the best rank, the one that began first speaks, then the first in the alphabet: joined as text
    (rank, day, word), so that the smallest is the one wanted and every engine finds the same.
    """
    wanted = [one for one in FROM_EVENT if one in by or one in _whole(by)]
    ranked = events.with_columns(rank=rank)
    if wanted:
        first = [nw.col(column).cast(nw.String) for column in ("rank", "starts_on")]
        said = [nw.concat_str([*first, nw.col(one).cast(nw.String).fill_null(NOT_KNOWN)]) for one in wanted]
        ranked = ranked.with_columns(text.alias(one) for one, text in zip(wanted, said, strict=True))
    held = ranked.group_by(*keys).agg(nw.col("rank", *wanted).min(), **more)
    if wanted:
        held = held.with_columns(nw.col(one).str.slice(len("1") + len("2025-03-31")) for one in wanted)
    return held


def adults(rows: nw.LazyFrame, records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Add to each person's row their own details, and leave out the dead and those under 18.

    Dead means before the period's first day; ages are at its last.
    """
    mine = [one for one in FROM_PERSON if one in by or one in _whole(by)]
    people = records.people.select(
        *PERSON, "council", "born_on", "died_on", *(nw.col(one).cast(nw.String).fill_null(NOT_KNOWN) for one in mine)
    )
    born, died = nw.col("born_on"), nw.col("died_on")
    alive = died.is_null() | (died >= period.starts_on)
    adult = born.is_null() | (born <= born_by(18, period.ends_on))
    joined = rows.join(people, on=list(PERSON), how="left").filter(alive, adult)
    for word, bands in (("age", AGES), ("age_band", AGE_BANDS)):
        if word in by:
            joined = joined.with_columns(band(bands, period.ends_on).alias(word))
    for word in by:
        if word in GROUPS:
            groups = {code.value: code.group for code in code_list(GROUPS[word]).codes}
            named = nw.col(GROUPS[word]).replace_strict(groups, default=NOT_KNOWN, return_dtype=nw.String)
            joined = joined.with_columns(named.alias(word))
    return joined


def _whole(by: Sequence[str]) -> list[str]:
    """The columns that breakdowns into groups are made from."""
    return [GROUPS[word] for word in by if word in GROUPS]


def band(bands: Sequence[tuple[int, str]], day: date) -> nw.Expr:
    """Say which band of ages a person is in on a day, from the day they were born."""
    born = nw.col("born_on")
    said = nw.when(born.is_null()).then(nw.lit(NOT_KNOWN))
    for age, words in reversed(bands):
        said = said.when(born <= born_by(age, day)).then(nw.lit(words))
    return said.otherwise(nw.lit("Under 18"))


def born_by(age: int, day: date) -> date:
    """The last day of birth of those who have reached an age on a day.

    Only the month and the year of a birth are sure in a return. The national method counts from the first of that
    month, in whole years of 365.25 days; so anybody born in the month has the same age.

    >>> born_by(18, date(2025, 3, 31)), born_by(18, date(2025, 3, 30))
    (datetime.date(2007, 3, 31), datetime.date(2007, 3, 31))
    """
    first = day - timedelta(days=ceil(age * 365.25))
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def tally(
    rows: nw.LazyFrame, by: Sequence[str], *, numerator: nw.Expr, denominator: nw.Expr, unknown: nw.Expr
) -> nw.LazyFrame:
    """Add up three yes-or-no columns (or whole numbers), in all or for each breakdown."""
    sums = {
        "numerator": nw.col("numerator").sum(),
        "denominator": nw.col("denominator").sum(),
        "unknown": nw.col("unknown").sum(),
    }
    counted = rows.with_columns(
        numerator=numerator.cast(nw.Int64), denominator=denominator.cast(nw.Int64), unknown=unknown.cast(nw.Int64)
    )
    if by:
        return counted.group_by(*by).agg(**sums)
    return counted.select(**{name: total.fill_null(0) for name, total in sums.items()})
