"""Take-up: who has self-directed support and direct payments, under each definition that has been used.

Source: ASCOF 3D (1C until 2022-23); national indicator 130 (2008-09 to 2010-11); the ADASS reading of it.
"""

from collections.abc import Sequence
from fractions import Fraction

import narwhals as nw

from leeway.insight.measures.holding import (
    BY_COMMISSIONED,
    BY_DIRECT,
    BY_MANAGED,
    BY_UNKNOWN,
    COMMUNITY,
    SERVICE_USER,
    carers,
    clients,
    number,
    on,
    open_in,
    placed,
    tally,
)
from leeway.insight.measures.measure import Count, Measure
from leeway.insight.measures.sharing import shared
from leeway.insight.records.tables import Records
from leeway.period import Period

_rank = nw.col("rank")
_KNOWN, _NOT_KNOWN = _rank <= BY_COMMISSIONED, number(_rank == BY_UNKNOWN)


def _of_clients(lowest_rank: int, *, on_the_day: bool) -> Count:
    """Count the clients in the community held at a rank or better, of all clients in the community."""

    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        days = on(period.ends_on) if on_the_day else period
        rows = clients(records, days, by).filter(_rank.is_between(BY_DIRECT, BY_UNKNOWN))
        return tally(
            rows, by, numerator=number(_rank <= lowest_rank), denominator=number(~_rank.is_null()), unknown=_NOT_KNOWN
        )

    return count


def _of_carers(lowest_rank: int) -> Count:
    """Count the carers with support of their own held at a rank or better, of those whose way of holding is known."""

    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        return tally(
            carers(records, period, by),
            by,
            numerator=number(_rank <= lowest_rank),
            denominator=number(_KNOWN),
            unknown=_NOT_KNOWN,
        )

    return count


@shared
def _clients_and_carers(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    """Give each client with community support in the year a row, and each carer with support: a person may have both.

    A client counts even if they later went to live in a care home.
    """
    services = records.services.filter(
        open_in(period), nw.col("client_type") == SERVICE_USER, nw.col("service_type") == COMMUNITY
    )
    both = [placed(services, records, period, by), carers(records, period, by)]
    return nw.concat([rows.select(*dict.fromkeys(("council", *by, "rank"))) for rows in both])


def _served(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    """Count national indicator 130: clients and carers with self-directed support in the year, of all of both."""
    rows = _clients_and_carers(records, period, by)
    return tally(
        rows, by, numerator=number(_rank <= BY_MANAGED), denominator=number(~_rank.is_null()), unknown=_NOT_KNOWN
    )


_ASCOF = "ASCOF 3D, DHSC, from Client Level Data"
_DAY = (
    "Adults whose long-term support, on the day, is in the community. One place for each person: whoever is also in "
    "nursing or residential care that day is counted there and not here."
)
_YEAR = "Adults with long-term community support at some time in the year, each at the highest place of the year."
_MECHANISM = "people in the denominator of whose community support the return does not say how it is held"
_SELF_DIRECTED = "those with a direct payment for all or part of their support, or a managed personal budget"
_ANY_DIRECT = "those with a direct payment for all or part of their support, by mechanism or by component"

SDS_ON_THE_DAY = Measure(
    code="ASCOF 3D(1a)",
    name="Self-directed support, clients on the day",
    definition=f"{_DAY} The share with self-directed support.",
    numerator=_SELF_DIRECTED,
    denominator="clients with long-term community support on the day",
    unknown=_MECHANISM,
    source=_ASCOF,
    count=_of_clients(BY_MANAGED, on_the_day=True),
)
DIRECT_ON_THE_DAY = Measure(
    code="ASCOF 3D(2a)",
    name="Direct payments, clients on the day",
    definition=f"{_DAY} The share with a direct payment.",
    numerator=_ANY_DIRECT,
    denominator="clients with long-term community support on the day",
    unknown=_MECHANISM,
    source=_ASCOF,
    count=_of_clients(BY_DIRECT, on_the_day=True),
)
SDS_CARERS = Measure(
    code="ASCOF 3D(1b)",
    name="Self-directed support, carers in the year",
    definition="Adult carers with support of their own at some time in the year. The share with self-directed support.",
    numerator=_SELF_DIRECTED,
    denominator="carers with a direct payment, a managed budget or commissioned support of their own",
    unknown="carers with support of their own who are left out, as the return does not say how it is held",
    source=_ASCOF,
    count=_of_carers(BY_MANAGED),
)
DIRECT_CARERS = Measure(
    code="ASCOF 3D(2b)",
    name="Direct payments, carers in the year",
    definition="Adult carers with support of their own at some time in the year. The share with a direct payment.",
    numerator=_ANY_DIRECT,
    denominator=SDS_CARERS.denominator,
    unknown=SDS_CARERS.unknown,
    source=_ASCOF,
    count=_of_carers(BY_DIRECT),
)
SDS_IN_THE_YEAR = Measure(
    code="SALT LTS001a, self-directed",
    name="Self-directed support, clients in the year",
    definition=f"{_YEAR} The share with self-directed support: lower than on the day, as short stays count too.",
    numerator=_SELF_DIRECTED,
    denominator="clients with long-term community support in the year",
    unknown=_MECHANISM,
    source="SALT LTS001a, NHS England, from Client Level Data",
    count=_of_clients(BY_MANAGED, on_the_day=False),
)
DIRECT_IN_THE_YEAR = Measure(
    code="SALT LTS001a, direct payments",
    name="Direct payments, clients in the year",
    definition=f"{_YEAR} The share with a direct payment: lower than on the day, as short stays count too.",
    numerator=_ANY_DIRECT,
    denominator="clients with long-term community support in the year",
    unknown=_MECHANISM,
    source="SALT LTS001a, NHS England, from Client Level Data",
    count=_of_clients(BY_DIRECT, on_the_day=False),
)
NI130 = Measure(
    code="NI130",
    name="Self-directed support in the year, clients and carers (national indicator 130)",
    definition=(
        "Clients with long-term community support in the year, and carers with support of their own. The share with "
        "self-directed support. The indicator ran from 2008-09 to 2010-11; its base also held short-term community "
        "services, which returns of today do not set apart in the same way, so the share here is the higher."
    ),
    numerator="clients and carers with a direct payment or a managed personal budget at some time in the year",
    denominator="clients with community support in the year, and carers with support of their own",
    unknown="people in the denominator of whose support the return does not say how it is held",
    source="National indicator 130, from RAP forms SD1, SD3, P2f and C2",
    count=_served,
)
NI130_ADASS = Measure(
    code="NI130, ADASS base",
    name="Self-directed support, of the 70% who could have it (ADASS)",
    definition=(
        "National indicator 130 over 70% of its base: directors held that budgets do not suit the other three in ten. "
        "Where more than 70% have one, the value is over 100."
    ),
    numerator=NI130.numerator,
    denominator=f"{NI130.denominator}: all of them, of whom 70% are the base",
    unknown=NI130.unknown,
    source="ADASS survey of personal budgets, 2010-11",
    count=_served,
    per=Fraction(100 * 100, 70),
)

TAKE_UP = (
    SDS_ON_THE_DAY,
    DIRECT_ON_THE_DAY,
    SDS_CARERS,
    DIRECT_CARERS,
    SDS_IN_THE_YEAR,
    DIRECT_IN_THE_YEAR,
    NI130,
    NI130_ADASS,
)
