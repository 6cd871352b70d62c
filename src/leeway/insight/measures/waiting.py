"""Waiting: how long people wait for a first response, and how many still do.

Source: DHSC, waiting times from Client Level Data, method 1.1 (provisional).
"""

from collections.abc import Sequence
from math import ceil

import narwhals as nw

from leeway.insight.measures.holding import LONG_TERM, PERSON, SERVICE_USER, adults, number, one_each, tally
from leeway.insight.measures.measure import Measure
from leeway.insight.measures.sharing import shared
from leeway.insight.measures.spells import day_number, numbered
from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import Records
from leeway.period import Period

SHORT_TERM = ("Short term support: ST-Max", "Short term support: Other short term")
SUPPORT = (*LONG_TERM, *SHORT_TERM, "Short term support: Ongoing low level")
ASSESSMENTS = ("Short term assessment", "Long term assessment")
NO_RESPONSE_DUE = (*code_list("event_outcome").within("NFA"), "Admitted to hospital")
FROM_AGE = 25  # younger people may come from children's services, whose waiting is another matter
LONG_TERM_DAYS, SHORT_TERM_DAYS = 365, 91  # support so recently: not new
NEVER_COUNTS = -10_000_000  # an assessment, or low-level support, makes nobody a client


@shared
def waits(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Give each request of a new client one row: the day number it came (`first`), and of its response (`answer`).

    Of several requests that one response answers, or that nothing has, only the first counts.
    """
    beside = numbered_requests(records).join(_responses(records), on=list(PERSON), how="left")
    first, since = nw.col("first"), nw.col("since")
    recent = (since < first) & (first - nw.col("until") <= nw.col("counts_for"))
    heard = beside.with_columns(existing=number(recent), answer=nw.when(since >= first).then(since))
    each = heard.group_by(*PERSON, "first").agg(nw.col("existing").max(), nw.col("answer").min())
    answered = each.filter(nw.col("existing") == 0)
    earliest = answered.group_by(*PERSON, "answer").agg(nw.col("first").min())
    told = one_each(
        records.requests.filter(nw.col("client_type") == SERVICE_USER).with_columns(first=day_number("starts_on")),
        by,
        keys=(*PERSON, "first"),
        rank=nw.lit(1),
    )
    rows = adults(earliest.join(told, on=[*PERSON, "first"]), records, period, by)
    born = day_number("born_on") - nw.col("born_on").dt.day().cast(nw.Int64) + 1
    return rows.filter((nw.col("first") - born) >= ceil(FROM_AGE * 365.25))


def numbered_requests(records: Records) -> nw.LazyFrame:
    """The days on which people asked for support in a way that calls for a response."""
    outcome = nw.col("outcome")
    asked = records.requests.filter(
        nw.col("client_type") == SERVICE_USER, outcome.is_null() | ~outcome.is_in(NO_RESPONSE_DUE)
    )
    return asked.select(*PERSON, day_number("starts_on").alias("first")).unique()


def _responses(records: Records) -> nw.LazyFrame:
    """What answers a request: assessments and support, `since` and `until` which day they were.

    For so many days after its end (`counts_for`) support says that its person is no new client.
    """
    kind = nw.col("service_type")
    counts_for = (
        nw.when(kind.is_in(LONG_TERM))
        .then(nw.lit(LONG_TERM_DAYS))
        .when(kind.is_in(SHORT_TERM))
        .then(nw.lit(SHORT_TERM_DAYS))
        .otherwise(nw.lit(NEVER_COUNTS))
    )
    services = numbered(records.services.filter(nw.col("client_type") == SERVICE_USER, kind.is_in(SUPPORT)))
    assessed = records.assessments.filter(nw.col("assessment_type").is_in(ASSESSMENTS))
    day = day_number("starts_on")
    return nw.concat(
        [
            services.select(*PERSON, since="first", until="last", counts_for=counts_for.cast(nw.Int64)),
            assessed.select(*PERSON, since=day, until=day, counts_for=nw.lit(NEVER_COUNTS, dtype=nw.Int64)),
        ]
    )


def _answered(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    """Count the first responses of the period by the days that they took."""
    days = nw.col("answer") - nw.col("first")
    inside = nw.col("answer").is_between(period.starts_on.toordinal(), period.ends_on.toordinal())
    rows = waits(records, period, by).filter(inside).with_columns(days=days)
    one = number(~nw.col("days").is_null())
    return tally(rows, (*by, "days"), numerator=nw.col("days"), denominator=one, unknown=nw.lit(0))


def _still_waiting(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    """Count the requests of the period to which nothing had happened by its last day."""
    inside = nw.col("first").is_between(period.starts_on.toordinal(), period.ends_on.toordinal())
    rows = waits(records, period, by).filter(inside)
    answered = (nw.col("answer") <= period.ends_on.toordinal()).fill_null(False)
    gone = (nw.col("died_on") < period.ends_on).fill_null(False)
    return tally(
        rows,
        by,
        numerator=number(~answered & ~gone),
        denominator=number(answered | ~gone),
        unknown=number(~answered & gone),
    )


_NEW = (
    f"Requests of new clients aged {FROM_AGE} and over, other than those that ended without further action or in "
    f"hospital. New means without long-term support in the {LONG_TERM_DAYS} days before, or short-term in the "
    f"{SHORT_TERM_DAYS}. The first assessment (short or long term) or support that begins from that day on is the "
    "response."
)
_SOURCE = "DHSC, waiting times from Client Level Data, method 1.1 (provisional)"

MEDIAN_WAIT = Measure(
    code="Waiting, first response",
    name="Days from a request to the first response, the median",
    definition=(
        f"{_NEW} Responses of the year count, however long ago the request came; but a return of one year holds no "
        "request from before it, so long waits are missing and the true median is longer. The centre joins returns."
    ),
    numerator="days waited, added up",
    denominator="requests that had their first response in the year",
    unknown="nobody: the return says all that is counted here",
    source=_SOURCE,
    count=_answered,
    per=1,
    unit="days",
    middle="days",
)
STILL_WAITING = Measure(
    code="Waiting, no response yet",
    name="Requests of the year without a response by the day",
    definition=f"{_NEW} The share of the year’s requests that had none by the day.",
    numerator="requests without a response, of people alive on the day",
    denominator="requests of the year",
    unknown="requests left out, as the person died before any response",
    source=_SOURCE,
    count=_still_waiting,
)

WAITING = (MEDIAN_WAIT, STILL_WAITING)
