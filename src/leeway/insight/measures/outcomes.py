"""What became of people: reablement without a further request (ASCOF 2A), and living at home (ASCOF 2E).

Source: ASCOF, DHSC, from Client Level Data (2024-25).
"""

from collections.abc import Sequence

import narwhals as nw

from leeway.insight.measures.holding import (
    COMMUNITY,
    LONG_TERM,
    NOT_KNOWN,
    NURSING,
    PERSON,
    RESIDENTIAL,
    SERVICE_USER,
    adults,
    number,
    one_each,
    open_in,
    placed,
    tally,
)
from leeway.insight.measures.measure import Count, Measure
from leeway.insight.measures.sharing import shared
from leeway.insight.measures.spells import numbered, spells
from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import Records
from leeway.period import Period

REABLEMENT = "Short term support: ST-Max"
LESSER_SUPPORT = ("Short term support: Ongoing low level", "Short term support: Other short term")
IN_A_CARE_HOME = ("Short term nursing care", "Short term residential care")

#: The outcomes of reablement after which nothing further was asked for, and those that say too little to tell.
#: All others leave the measure: the person declined, paid for themselves, went to hospital or the NHS, or died.
NOTHING_FURTHER = (
    "NFA: Information and advice or signposting",
    "NFA: Referral to other service within the local authority",
    "NFA: Support ended as planned",
    "NFA: Support ended for other reason",
    "NFA: No services offered for other reason",
    "NFA: Responsibility moved to another local authority",
    "NFA: Other",
)
NO_TELLING = (*code_list("event_outcome").within("Progress"), *code_list("event_outcome").within("Continuation"))

#: The centre's order of outcomes, and the place of a spell that has none.
OUTCOME_PLACES = {code.value: code.rank for code in code_list("event_outcome").codes}
NO_OUTCOME = 99
WENT_ON, SHORT_STAY = "Long term support", "Short stay in a care home"
LESSER = "Other short term support"

NEW_CLIENT_DAYS = 91  # without long-term support for so long before reablement: a new client
SEQUEL_DAYS = 3  # what begins so soon after reablement ended followed from it


def reabled(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    """Give each adult's spell of reablement that ended in the year a row, with whose it was and what followed.

    `client` is New or Existing; `sequel` says what support followed, or else the outcome of the reablement.
    """
    services = numbered(records.services.filter(nw.col("client_type") == SERVICE_USER))
    mine = spells(services.filter(nw.col("service_type") == REABLEMENT))
    # The outcome is that of the service that ended last; of several, the first in the centre's order.
    place = nw.col("outcome").replace_strict(OUTCOME_PLACES, default=NO_OUTCOME, return_dtype=nw.Int64)
    told = mine.with_columns(best=nw.col("last") * 100 + (NO_OUTCOME - place))
    ended = one_each(
        told,
        by,
        keys=(*PERSON, "spell"),
        rank=nw.lit(1),
        began=nw.col("first").min(),
        over=nw.col("last").max(),
        best=nw.col("best").max(),
    ).filter(nw.col("over").is_between(period.starts_on.toordinal(), period.ends_on.toordinal()))
    followed = _what_followed(ended.select(*PERSON, "spell", "began", "over"), services)
    outcomes = {place: words for words, place in OUTCOME_PLACES.items()}
    outcome = (NO_OUTCOME - nw.col("best") % 100).replace_strict(outcomes, default=NOT_KNOWN, return_dtype=nw.String)
    sequel = (
        nw.when(nw.col("long_term") == 1).then(nw.lit(WENT_ON))
        .when(nw.col("care_home") == 1).then(nw.lit(SHORT_STAY))
        .when(nw.col("lesser") == 1).then(nw.lit(LESSER))
        .otherwise(outcome)
    )  # fmt: skip
    rows = ended.join(followed, on=[*PERSON, "spell"], how="left")
    client = nw.when(nw.col("known") == 1).then(nw.lit("Existing")).otherwise(nw.lit("New"))
    return adults(rows.with_columns(client=client, sequel=sequel), records, period, by)


def _reablement(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
    """Count ASCOF 2A: spells of reablement of new clients that ended in the year, by what followed."""
    rows = reabled(records, period, by).filter(nw.col("client") == "New")
    went_on, lesser = nw.col("sequel").is_in([WENT_ON, SHORT_STAY]), nw.col("sequel") == LESSER
    nothing = nw.col("sequel").is_in(NOTHING_FURTHER)
    no_telling = nw.col("sequel").is_in([*NO_TELLING, NOT_KNOWN])
    return tally(
        rows,
        by,
        numerator=number(lesser | nothing),
        denominator=number(went_on | lesser | nothing),
        unknown=number(no_telling),
    )


def _what_followed(ended: nw.LazyFrame, services: nw.LazyFrame) -> nw.LazyFrame:
    """Say for each spell of reablement which other services the person had: before it, and from its end on."""
    kinds = services.filter(nw.col("service_type").is_in([*LONG_TERM, *LESSER_SUPPORT]))
    pairs = ended.join(kinds.select(*PERSON, "service_type", "component", "first", "last"), on=list(PERSON))
    long_term, care_home = nw.col("service_type").is_in(LONG_TERM), nw.col("component").is_in(IN_A_CARE_HOME)
    first, last, began, over = (nw.col(name) for name in ("first", "last", "began", "over"))
    known = long_term & (first < began) & (began - last < NEW_CLIENT_DAYS)
    sequel = (first >= began) & (first <= over + SEQUEL_DAYS) & ((first >= over) | (last >= over))
    care_home = care_home.fill_null(False) & ~long_term
    flagged = pairs.with_columns(
        known=number(known),
        long_term=number(sequel & long_term),
        care_home=number(sequel & care_home),
        lesser=number(sequel & ~long_term & ~care_home),
    )
    return flagged.group_by(*PERSON, "spell").agg(nw.col("known", "long_term", "care_home", "lesser").max())


@shared
def _housed(records: Records, period: Period, by: Sequence[str], reason: str) -> nw.LazyFrame:
    """Give each adult with nursing, residential or community support in the year, perhaps for one reason, a row."""
    services = records.services.filter(
        open_in(period),
        nw.col("client_type") == SERVICE_USER,
        nw.col("service_type").is_in([NURSING, RESIDENTIAL, COMMUNITY]),
    )
    if reason:
        services = services.filter(nw.col("support_reason") == reason)
    return placed(services, records, period, by)


def _at_home(ages: str, reason: str = "") -> Count:
    """Count ASCOF 2E: people of an age with long-term support in the year, by whether their home is settled."""
    settled = [code.value for code in code_list("accommodation").codes if code.settled]

    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        with_home = tuple(dict.fromkeys((*by, "accommodation", "age")))
        rows = _housed(records, period, with_home, reason).filter(nw.col("age") == ages)
        home = nw.col("accommodation")
        return tally(
            rows,
            by,
            numerator=number(home.is_in(settled)),
            denominator=number(~home.is_null()),
            unknown=number(home == NOT_KNOWN),
        )

    return count


_SOURCE = "ASCOF, DHSC, from Client Level Data"


def _home(code: str, who: str, count: Count) -> Measure:
    return Measure(
        code=code,
        name=f"Living at home or with family, {who}",
        definition=(
            f"{who[0].upper()}{who[1:]} who had nursing, residential or community long-term support in the year. The "
            "share whose home, as last told, is their own, their family’s or another that is settled. People in prison "
            "are left out. The centre also asks that they were 18 when the service began."
        ),
        numerator="those whose accommodation is settled",
        denominator=f"{who} with long-term support in the year",
        unknown="people in the denominator whose accommodation is not told",
        source=_SOURCE,
        count=count,
    )


REABLED = Measure(
    code="ASCOF 2A",
    name="Reablement after which no further request was made",
    definition=(
        "Spells of reablement (services at most a day apart) that ended in the year, of adults without long-term "
        f"support in the {NEW_CLIENT_DAYS} days before. What followed is the support that was open at the end or began "
        f"within {SEQUEL_DAYS} days; where there was none, the outcome of the reablement. Spells are counted, so a "
        "person may count twice. The centre also follows chains of later events and reads the outcomes of assessments, "
        "and needs three months more of records than the year."
    ),
    numerator="spells followed by lesser support, by advice or by nothing",
    denominator="those, and spells followed by long-term support or a short stay in a care home",
    unknown="spells left out, as neither support nor outcome tells what followed",
    source=_SOURCE,
    count=_reablement,
)
AT_HOME = (
    _home(
        "ASCOF 2E(1)",
        "people aged 18 to 64 with a learning disability",
        _at_home("18-64", "Learning disability support"),
    ),
    _home("ASCOF 2E(2a)", "people aged 18 to 64", _at_home("18-64")),
    _home("ASCOF 2E(2b)", "people aged 65 and over", _at_home("65+")),
)

OUTCOMES = (REABLED, *AT_HOME)
