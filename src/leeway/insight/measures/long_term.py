"""The tables of the old SALT return, from records: long-term support, carers, and what requests led to.

Source: SALT (NHS Digital, 2014-15 to 2023-24), as replicated from Client Level Data.
"""

from collections.abc import Sequence

import narwhals as nw

from leeway.insight.measures.holding import (
    BY_DIRECT,
    BY_UNKNOWN,
    CARERS,
    LONG_TERM,
    NOT_KNOWN,
    PERSON,
    SERVICE_USER,
    adults,
    carers,
    clients,
    number,
    on,
    one_each,
    open_in,
    placed,
    tally,
)
from leeway.insight.measures.measure import Measure
from leeway.insight.measures.outcomes import reabled
from leeway.insight.measures.sharing import shared
from leeway.insight.measures.spells import day_number, numbered, spells
from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import Records
from leeway.period import Period

SIGNPOSTED = "NFA: Information and advice or signposting"
ADVICE_ONLY, NOTHING_DIRECT = 7, 8
CARER_SUPPORT = {
    3: "Direct payment",
    4: "Managed personal budget",
    5: "Commissioned support",
    6: "Support, not known how",
    ADVICE_ONLY: "Information and advice",
    NOTHING_DIRECT: "No direct support",
}
SEQUEL_DAYS = 28  # a service that begins so soon after a request ended followed from it
UNPLANNED = code_list("review_reason").within("Unplanned")
CLIENT_TABLE = ("place", "age", "support_reason")


def in_the_year(records: Records, period: Period, by: Sequence[str] = CLIENT_TABLE) -> nw.LazyFrame:
    """SALT LTS001a: adults with long-term support at some time in the year, by place, age and reason."""
    return _counted(clients(records, period, by), by)


def on_the_day(records: Records, period: Period, by: Sequence[str] = CLIENT_TABLE) -> nw.LazyFrame:
    """SALT LTS001b: adults with long-term support on the last day of the year, by place, age and reason."""
    return _counted(clients(records, on(period.ends_on), by), by)


def over_a_year(records: Records, period: Period, by: Sequence[str] = CLIENT_TABLE) -> nw.LazyFrame:
    """SALT LTS001c: those of LTS001b who have had long-term support all year, by place, age and reason."""
    return _counted(all_year(records, period, by), by)


@shared
def all_year(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    """Those with long-term support on the last day, in a spell that began by the first.

    The centre takes services a day apart as one spell, and counts one that began on the first day of the year.
    """
    services = numbered(
        records.services.filter(nw.col("client_type") == SERVICE_USER, nw.col("service_type").is_in(LONG_TERM))
    )
    whole_year = (nw.col("first") <= period.starts_on.toordinal()) & (nw.col("last") >= period.ends_on.toordinal())
    in_one = services.filter(whole_year).select(*PERSON)
    # Most have one service that ran all year; only of the others need spells be put together.
    others = services.join(in_one, on=list(PERSON), how="anti")
    whole = spells(others).group_by(*PERSON, "spell").agg(nw.col("first").min(), nw.col("last").max())
    lasting = nw.concat([in_one, whole.filter(whole_year).select(*PERSON)])
    day = on(period.ends_on)
    still = services.filter(open_in(day)).join(lasting, on=list(PERSON), how="semi")
    return placed(still, records, day, by)


def unplanned_reviews(
    records: Records, period: Period, by: Sequence[str] = ("review_reason", "outcome", "age")
) -> nw.LazyFrame:
    """SALT LTS002a: unplanned reviews in the year of those of LTS001c, by what brought them about and what followed."""
    said = [word for word in by if word in ("review_reason", "outcome")]
    reviews = _reviews(records, period).filter(nw.col("review_reason").is_in(UNPLANNED))
    told = reviews.select(*PERSON, *(nw.col(word).cast(nw.String).fill_null(NOT_KNOWN) for word in said))
    everybody = all_year(records, period, tuple(word for word in by if word not in said))
    return _counted(everybody.join(told, on=list(PERSON)), by)


def reviewed_in_the_year(
    records: Records, period: Period, by: Sequence[str] = ("reviews", "age", "support_reason")
) -> nw.LazyFrame:
    """SALT LTS002b: those of LTS001c, by the kinds of review that they had in the year."""
    reason = nw.col("review_reason")
    kinds = _reviews(records, period).group_by(*PERSON).agg(
        planned=number(reason == "Planned").max(), unplanned=number(reason.is_in(UNPLANNED)).max()
    )  # fmt: skip
    planned, unplanned = nw.col("planned") == 1, nw.col("unplanned") == 1
    words = (
        nw.when(planned & unplanned).then(nw.lit("Planned and unplanned"))
        .when(planned).then(nw.lit("Planned"))
        .when(unplanned).then(nw.lit("Unplanned"))
        .when(~nw.col("planned").is_null()).then(nw.lit("Other, or not told"))
        .otherwise(nw.lit("None"))
    )  # fmt: skip
    everybody = all_year(records, period, tuple(word for word in by if word != "reviews"))
    return _counted(everybody.join(kinds, on=list(PERSON), how="left").with_columns(reviews=words), by)


def _reviews(records: Records, period: Period) -> nw.LazyFrame:
    inside = nw.col("ends_on").is_between(period.starts_on, period.ends_on)
    return records.reviews.filter(nw.col("client_type") == SERVICE_USER, inside)


def carers_in_the_year(records: Records, period: Period, by: Sequence[str] = ("support", "age")) -> nw.LazyFrame:
    """SALT LTS003: adult carers supported, assessed or reviewed in the year, by the most that they had.

    A carer who was only given advice, or whose support is for the person they care for, counts once as that.
    """
    held = carers(records, period, by)
    signposted = (nw.col("outcome") == SIGNPOSTED).fill_null(False)
    told = nw.when(signposted).then(nw.lit(ADVICE_ONLY)).otherwise(nw.lit(NOTHING_DIRECT))
    mine = [open_in(period), nw.col("client_type").is_in(CARERS)]
    shared = [*PERSON, "starts_on", "support_reason", "team"]
    other = nw.concat(
        [
            records.assessments.filter(*mine).select(*shared, told.alias("least")),
            records.reviews.filter(*mine).select(*shared, told.alias("least")),
            records.requests.filter(*mine, signposted).select(*shared, nw.lit(ADVICE_ONLY).alias("least")),
            records.services.filter(
                *mine, nw.col("service_type") == "Unpaid carer support: Support involving the person cared-for"
            ).select(*shared, nw.lit(NOTHING_DIRECT).alias("least")),
        ]
    )
    rest = one_each(other, by, rank=nw.col("least")).join(held.select(*PERSON), on=list(PERSON), how="anti")
    columns = ["rank", *(word for word in by if word != "support")]
    both = nw.concat([held.select(*columns), adults(rest, records, period, by).select(*columns)])
    words = nw.col("rank").replace_strict(CARER_SUPPORT, default=NOT_KNOWN, return_dtype=nw.String)
    return _counted(both.with_columns(support=words), by)


def learning_disability_in_the_year(
    records: Records, period: Period, by: Sequence[str] = ("accommodation", "employment")
) -> nw.LazyFrame:
    """SALT LTS004: people of 18 to 64 with a learning disability and long-term support in the year, home and work."""
    told = tuple(dict.fromkeys((*by, "age", "support_reason")))
    rows = clients(records, period, told).filter(
        nw.col("age") == "18-64", nw.col("support_reason") == "Learning disability support"
    )
    return _counted(rows, by)


def requests_in_the_year(
    records: Records, period: Period, by: Sequence[str] = ("route", "sequel", "age")
) -> nw.LazyFrame:
    """SALT STS001: requests of new clients that ended in the year, by how they came and what followed.

    New means without long-term support when they asked. What followed is the highest of the services that began from
    the day of the request to 28 days after it ended, or else the outcome of the request. The centre also merges
    requests a few days apart and follows chains of later events.
    """
    return _counted(_requests(records, period, by), by)


@shared
def _requests(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    inside = nw.col("ends_on").is_between(period.starts_on, period.ends_on)
    asked = records.requests.filter(nw.col("client_type") == SERVICE_USER, inside)
    known = ["route", "outcome", "support_reason", "team"]
    texts = [nw.col(one).cast(nw.String).fill_null(NOT_KNOWN).alias(one) for one in known]
    # Two requests alike in everything are one.
    days = [day_number("starts_on").alias("first"), day_number("ends_on").alias("last")]
    each = asked.select(*PERSON, *texts, *days).unique()
    order = {"Short term support: ST-Max": 0} | {
        code.value: code.rank for code in code_list("service_type").codes if code.rank in (1, 2, 3, 4, 6, 7)
    }
    placing = nw.col("service_type").replace_strict(order, default=None, return_dtype=nw.Int64)
    services = numbered(
        records.services.filter(nw.col("client_type") == SERVICE_USER, nw.col("service_type").is_in(list(order)))
    ).select(*PERSON, since="first", until="last", placing=placing, long_term=nw.col("service_type").is_in(LONG_TERM))
    first, since = nw.col("first"), nw.col("since")
    had = nw.col("long_term") & (since < first) & (nw.col("until") >= first)
    soon = (since >= first) & (since <= nw.col("last") + SEQUEL_DAYS)
    beside = (
        each.select(*PERSON, "first", "last")
        .unique()
        .join(services, on=list(PERSON))
        .with_columns(client_then=number(had), placing=nw.when(soon).then(nw.col("placing")))
        .group_by(*PERSON, "first", "last")
        .agg(nw.col("client_then").max(), nw.col("placing").min())
    )
    words = {place: name for name, place in order.items()}
    told = each.join(beside, on=[*PERSON, "first", "last"], how="left")
    followed = told.filter(nw.col("client_then").fill_null(0) == 0)
    service = nw.col("placing").fill_null(99).replace_strict(words, default=None, return_dtype=nw.String)
    return adults(followed.with_columns(sequel=nw.coalesce(service, nw.col("outcome"))), records, period, by)


def reablement_in_the_year(
    records: Records, period: Period, by: Sequence[str] = ("client", "sequel", "age")
) -> nw.LazyFrame:
    """SALT STS002: spells of reablement that ended in the year, of new clients and of others, by what followed.

    New means without long-term support in the 91 days before. What followed is the most of what was open at the end or
    began within 3 days, or else the outcome of the reablement.
    """
    return _counted(reabled(records, period, by), by)


def _counted(rows: nw.LazyFrame, by: Sequence[str]) -> nw.LazyFrame:
    return rows.group_by(*by).agg(count=nw.len()) if by else rows.select(count=nw.len())


TABLES = {
    "LTS001a": in_the_year,
    "LTS001b": on_the_day,
    "LTS001c": over_a_year,
    "LTS002a": unplanned_reviews,
    "LTS002b": reviewed_in_the_year,
    "LTS003": carers_in_the_year,
    "LTS004": learning_disability_in_the_year,
    "STS001": requests_in_the_year,
    "STS002": reablement_in_the_year,
}


def _in_the_community(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    rows = clients(records, on(period.ends_on), by)
    community = nw.col("rank").is_between(BY_DIRECT, BY_UNKNOWN)
    everybody = number(~nw.col("rank").is_null())
    return tally(rows, by, numerator=number(community), denominator=everybody, unknown=nw.lit(0))


def _reviewed(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    seen = _reviews(records, period).select(*PERSON).unique().with_columns(seen=nw.lit(1))
    rows = all_year(records, period, by).join(seen, on=list(PERSON), how="left")
    everybody = number(~nw.col("rank").is_null())
    return tally(rows, by, numerator=number(nw.col("seen") == 1), denominator=everybody, unknown=nw.lit(0))


def _led_to_long_term(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    sequel = nw.col("sequel")
    return tally(
        _requests(records, period, by),
        by,
        numerator=number(sequel.is_in(LONG_TERM)),
        denominator=number(~sequel.is_null()),
        unknown=number(sequel == NOT_KNOWN),
    )


_SOURCE = "SALT, NHS England, from Client Level Data"
IN_THE_COMMUNITY = Measure(
    code="SALT LTS001b, community",
    name="Supported in the community, of all with long-term support on the day",
    definition="Adults with long-term support on the day, each at their highest place. The share in the community.",
    numerator="those whose highest place is in the community, however it is held",
    denominator="adults with long-term support on the day",
    unknown="nobody: the return says all that is counted here",
    source=_SOURCE,
    count=_in_the_community,
)
REVIEWED = Measure(
    code="SALT LTS002, reviewed in the year",
    name="Reviewed in the year, of those supported all year",
    definition=(
        "Adults with long-term support on the day who had it all year (services a day apart count as one). The share "
        "with any review, planned or not, completed in the year."
    ),
    numerator="those with a review that ended in the year",
    denominator="adults with long-term support on the day and all year (SALT LTS001c)",
    unknown="nobody: the return says all that is counted here",
    source=_SOURCE,
    count=_reviewed,
)
LED_TO_LONG_TERM = Measure(
    code="SALT STS001, long-term support",
    name="Requests of new clients that led to long-term support",
    definition=(
        "Requests that ended in the year, of adults without long-term support when they asked. The share followed by "
        f"long-term support as the highest of what began within {SEQUEL_DAYS} days of its end, after reablement. The "
        "centre also merges requests a few days apart and follows chains of events."
    ),
    numerator="requests followed by long-term support",
    denominator="requests of new clients that ended in the year",
    unknown="requests followed by no service and without an outcome",
    source=_SOURCE,
    count=_led_to_long_term,
)

LONG_TERM_SUPPORT = (IN_THE_COMMUNITY, REVIEWED, LED_TO_LONG_TERM)
