"""The same care under a new label: what changed for a person in the twelve weeks either side of a budget's beginning.

For each person whose managed budget begins in the period, all their long-term services in the 12 weeks before are put
beside those in the 12 weeks from that day, in parts: the same providers, the same components, units within 5%, cost
within 5%. Each part scores from 0 (all different) to 1 (all the same); the score is their mean. At 0.7 the care is
called relabelled. A part that the return does not say is left out; where it says fewer than two, nothing is judged,
and the person is counted as unknown. Whoever had no service before is new to support, and is kept apart.

The same care can be a real choice. So it is joined to the council's record of choice, where the records hold one: those
who were offered something else, knew the amount, and chose to keep what they had are *kept by choice*; those of whom
the record shows that it was not so have the *same care under a new label*; and where it shows neither, nobody guesses.
A national return holds no choices: there the same care is only called the same.

A council that rewrites the old row, rather than ending it, shows no start in one return. Where an older return is read
beside it, the row is taken as two: what the older one called it, until the last day of that return, and what it is
called from then on.

Limits: the return asks neither cost nor units of commissioned support. A direct payment's component and providers are
always unlike what went before, so for those the conversions are counted, and the label is not judged.
"""

from collections.abc import Sequence

import narwhals as nw

from leeway.insight.measures.costs import SHORTER, WAYS, is_one_off, week_parts
from leeway.insight.measures.holding import (
    BY_DIRECT,
    BY_MANAGED,
    COMMUNITY,
    LONG_TERM,
    NOT_KNOWN,
    PERSON,
    SERVICE_USER,
    adults,
    equal,
    is_direct,
    must_be_breakdowns,
    number,
    one_each,
    rank,
    tally,
)
from leeway.insight.measures.measure import Measure
from leeway.insight.measures.sharing import shared
from leeway.insight.measures.spells import day_number
from leeway.insight.records.tables import CHOICE_NOT_KNOWN, CHOSEN, NOT_CHOSEN, Records
from leeway.period import Period

WINDOW_DAYS = 84
#: What is compared, each as it is called in the frames: 10,000 is the same, 0 is all different.
PARTS = ("providers", "components", "units", "cost")
SAME, PARTS_MIN, RELABELLED = 10_000, 2, 7_000
#: Within 5%: a twentieth of what it was before.
TWENTIETH = 20
#: What became of each start. `UNSEEN` had no service before, but part of the 12 weeks lies before the period.
#: `SAME_CARE` is what records without a record of choice can say.
SAME_CARE, NEW_LABEL, KEPT, SAME_UNKNOWN, CHANGED, NEW, UNSEEN, UNJUDGED = OUTCOMES = (
    "Same care", "Same care, new label", "Kept by choice", "Same care, choice not known", "Changed", "New to support",
    "Before the records", "Too little said",
)  # fmt: skip
#: The same care, whatever is known of the choice.
UNCHANGED = (SAME_CARE, NEW_LABEL, KEPT, SAME_UNKNOWN)
#: What each word of the record of choice makes of the same care; where several speak, the first of these.
OUTCOME_OF_CHOICE = {NOT_CHOSEN: NEW_LABEL, CHOICE_NOT_KNOWN: SAME_UNKNOWN, CHOSEN: KEPT}
_FAR = 4_000_000  # a day number beyond any date


def begun(records: Records, period: Period, by: Sequence[str] = (), *, to: int = BY_MANAGED) -> nw.LazyFrame:
    """Give each adult whose first community support held one way begins in the period: `began`, and breakdowns.

    `to` is the way, by its rank. Whoever held support that way on any day of the 12 weeks before did not begin.
    """
    must_be_breakdowns(by)
    held = _long_term(records).filter(nw.col("service_type") == COMMUNITY, rank() == to)
    inside = (nw.col("starts_on") >= period.starts_on) & (nw.col("starts_on") <= period.ends_on)
    sound = nw.col("ends_on").is_null() | (nw.col("ends_on") >= nw.col("starts_on"))
    first = one_each(held.filter(inside, sound), by, rank=nw.lit(to), began=nw.col("starts_on").min())
    days = first.select(*PERSON, day=day_number(nw.col("began")))
    earlier = _beside(held, days).filter(nw.col("before") == 1).select(*PERSON).unique()
    return adults(first.join(earlier, on=list(PERSON), how="anti"), records, period, by)


@shared
def starts(records: Records, period: Period, by: Sequence[str] = (), *, to: int = BY_MANAGED) -> nw.LazyFrame:
    """Give each start one row: `began`, `from_way`, each of `PARTS`, the `score` and the `outcome` (of `OUTCOMES`).

    Scores are 0 to 10,000; none where the return does not say. `from_way` is in the words of `WAYS`, or "None".
    """
    first = begun(records, period, by, to=to)
    rows = _beside(_long_term(records), first.select(*PERSON, day=day_number(nw.col("began"))), last=period)
    parts = _parts(rows).join(_chosen(rows, to), on=list(PERSON), how="left")
    known = [number(~nw.col(part).is_null()) for part in PARTS]
    scores = [nw.col(part).fill_null(0) for part in PARTS]
    whole = parts.with_columns(said=nw.sum_horizontal(*known), sum=nw.sum_horizontal(*scores)).with_columns(
        score=nw.when(nw.col("said") >= PARTS_MIN).then(nw.col("sum") // nw.col("said"))
    )
    joined = first.join(whole.drop("said", "sum"), on=list(PERSON), how="left")
    seen = day_number(nw.col("began")) - WINDOW_DAYS >= day_number(nw.lit(period.starts_on))
    outcome = (
        nw.when(nw.col("from_rank").is_null() & seen)
        .then(nw.lit(NEW))
        .when(nw.col("from_rank").is_null())
        .then(nw.lit(UNSEEN))
        .when(nw.col("score").is_null())
        .then(nw.lit(UNJUDGED))
        .when(nw.col("score") < RELABELLED)
        .then(nw.lit(CHANGED))
    )
    for place, told in enumerate(OUTCOME_OF_CHOICE.values()):
        outcome = outcome.when(nw.col("chosen") == place).then(nw.lit(told))
    way = nw.col("from_rank").replace_strict(WAYS, default="None", return_dtype=nw.String)
    return joined.with_columns(outcome=outcome.otherwise(nw.lit(SAME_CARE)), from_way=way).select(
        *dict.fromkeys((*PERSON, "council", *by)), "began", "from_way", *PARTS, "score", "outcome"
    )


def _long_term(records: Records) -> nw.LazyFrame:
    """The long-term services, each row whose label alone was rewritten taken as two: until then, and from then on."""
    services = records.services.filter(nw.col("client_type") == SERVICE_USER, nw.col("service_type").is_in(LONG_TERM))
    until, label = nw.col("held_before_until"), nw.col("held_before").cast(nw.String)
    now = services.with_columns(
        starts_on=nw.when(until.is_null()).then("starts_on").otherwise(until.dt.offset_by("1d").cast(nw.Date)),
        mechanism=nw.col("mechanism").cast(nw.String),
    )
    before = services.filter(~until.is_null()).with_columns(ends_on=until, mechanism=label)
    return nw.concat([now, before])


def _beside(services: nw.LazyFrame, days: nw.LazyFrame, *, last: Period | None = None) -> nw.LazyFrame:
    """Put each service beside its person's `day`: on how many days of the 12 weeks before and after it ran.

    Adds `before` and `after` (1 or 0), and for each side its first and last day there. Days after the period's last are
    not looked at: the return says nothing of them.
    """
    joined = services.join(days, on=list(PERSON), how="inner").with_columns(
        opens=day_number(nw.col("starts_on")), shuts=day_number(nw.col("ends_on")).fill_null(_FAR)
    )
    end = nw.col("day") + WINDOW_DAYS - 1
    if last is not None:
        end = nw.min_horizontal(end, day_number(nw.lit(last.ends_on)))
    sides = joined.with_columns(
        before_first=nw.max_horizontal("opens", nw.col("day") - WINDOW_DAYS),
        before_last=nw.min_horizontal("shuts", nw.col("day") - 1),
        after_first=nw.max_horizontal("opens", "day"),
        after_last=nw.min_horizontal(nw.col("shuts"), end),
    )
    return sides.with_columns(
        number(nw.col(f"{side}_first") <= nw.col(f"{side}_last")).alias(side) for side in ("before", "after")
    )


def _parts(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Score each part for each person with a service on both sides, and say how they held support before."""
    near = rows.filter((nw.col("before") == 1) | (nw.col("after") == 1)).with_columns(
        place=rank(),
        provider=nw.col("provider").cast(nw.String).fill_null(NOT_KNOWN),
        component=nw.col("component").cast(nw.String).fill_null(NOT_KNOWN),
        cost=week_parts(),
        units=nw.col("planned_units_hundredths"),
    )
    shorter = nw.col("cost_frequency").is_in(SHORTER) | nw.col("cost_frequency").is_null()
    near = near.with_columns(
        no_units=number(nw.col("units").is_null() & shorter),
        no_cost=number(nw.col("cost").is_null() & ~is_one_off()),
        no_provider=number((nw.col("provider") == NOT_KNOWN) & ~is_direct()),
        no_component=number(equal("component", NOT_KNOWN)),
    )
    sums, ends = [], []
    for side in ("before", "after"):
        there = nw.col(side) == 1
        days = nw.col(f"{side}_last") - nw.col(f"{side}_first") + 1
        sums += [
            nw.when(there).then(nw.col(part).fill_null(0) * days).otherwise(0).alias(f"{side}_{part}")
            for part in ("units", "cost")
        ]
        ends += [
            nw.when(there).then(nw.col(f"{side}_first")).alias(f"{side}_from"),
            nw.when(there).then(nw.col(f"{side}_last")).alias(f"{side}_to"),
            nw.when(there).then(nw.col("place")).alias(f"{side}_place"),
        ]
    people = near.with_columns(*sums, *ends).group_by(*PERSON).agg(
        *(nw.col(f"{side}_{part}").sum().cast(nw.Int64) for side in ("before", "after") for part in ("units", "cost")),
        *(nw.col(f"{side}_from").min() for side in ("before", "after")),
        *(nw.col(f"{side}_to").max() for side in ("before", "after")),
        nw.col("before_place").min().alias("from_rank"),
        *(nw.col(f"no_{part}").max() for part in ("units", "cost", "provider", "component")),
    )  # fmt: skip
    scored = people.filter(~nw.col("from_rank").is_null())
    for part in ("units", "cost"):
        scored = scored.with_columns(_within_a_twentieth(part).alias(part))
    for part in ("provider", "component"):
        likeness = _likeness(near, part)
        scored = scored.join(likeness, on=list(PERSON), how="left")
        told = nw.when(nw.col(f"no_{part}") == 0).then(nw.col("likeness"))
        scored = scored.with_columns(told.alias(f"{part}s")).drop("likeness")
    return scored.select(*PERSON, "from_rank", *PARTS)


def _chosen(rows: nw.LazyFrame, to: int) -> nw.LazyFrame:
    """Say what the record of choice shows of what began, by its place in `OUTCOME_OF_CHOICE`: `chosen`."""
    choice = nw.col("choice").cast(nw.String)
    told = nw.when(choice == NOT_CHOSEN).then(nw.lit(0))
    for place, word in enumerate(OUTCOME_OF_CHOICE):
        told = told.when(choice == word).then(nw.lit(place))
    begins = rows.filter(nw.col("opens") == nw.col("day"), rank() == to).with_columns(chosen=told)
    return begins.group_by(*PERSON).agg(nw.col("chosen").min())


def _within_a_twentieth(part: str) -> nw.Expr:
    """Score an amount: 10,000 if a day's worth of it after is within 5% of a day's worth before, and 0 if not.

    The days are those from a side's first to its last with any service. Whole numbers, cross-multiplied.
    """
    lengths = {side: nw.col(f"{side}_to") - nw.col(f"{side}_from") + 1 for side in ("before", "after")}
    before = nw.col(f"before_{part}") * lengths["after"]
    after = nw.col(f"after_{part}") * lengths["before"]
    score = nw.when((after - before).abs() * TWENTIETH <= before).then(nw.lit(SAME)).otherwise(nw.lit(0))
    something = (nw.col(f"before_{part}") > 0) | (nw.col(f"after_{part}") > 0)
    return nw.when((nw.col(f"no_{part}") == 0) & something).then(score)


def _likeness(rows: nw.LazyFrame, column: str) -> nw.LazyFrame:
    """Score how like two sets of words are: those on both sides over those on either (Jaccard), in 10,000ths."""
    words = rows.filter(nw.col(column) != NOT_KNOWN).group_by(*PERSON, column).agg(nw.col("before", "after").max())
    counted = words.with_columns(both=nw.col("before") * nw.col("after")).group_by(*PERSON).agg(
        nw.col("both").sum().cast(nw.Int64), nw.len().cast(nw.Int64).alias("either")
    )  # fmt: skip
    return counted.select(*PERSON, likeness=nw.col("both") * SAME // nw.col("either"))


def conversions(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Count starts in the period by how support was held before, how it is held now, and what became of it.

    Gives the breakdowns, `from_way`, `to_way`, `outcome` and `starts`. For those who begin a direct payment the
    outcomes are told apart only as far as new, unseen and changed go.
    """
    both = []
    for to in (BY_MANAGED, BY_DIRECT):
        rows = starts(records, period, by, to=to).with_columns(to_way=nw.lit(WAYS[to]))
        if to == BY_DIRECT:
            judged = nw.col("outcome").is_in([*UNCHANGED, UNJUDGED])
            rows = rows.with_columns(outcome=nw.when(judged).then(nw.lit(CHANGED)).otherwise("outcome"))
        both.append(rows.select(*by, "from_way", "to_way", "outcome"))
    counted = nw.concat(both).group_by(*by, "from_way", "to_way", "outcome")
    return counted.agg(nw.len().cast(nw.Int64).alias("starts"))


def relabelled(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Count managed budgets that began with the same care and no choice of it, of those that could be judged."""
    rows, outcome = starts(records, period, by), nw.col("outcome")
    return tally(
        rows,
        by,
        numerator=number(outcome.is_in([SAME_CARE, NEW_LABEL])),
        denominator=number(outcome.is_in([SAME_CARE, NEW_LABEL, KEPT, CHANGED])),
        unknown=number(outcome.is_in([SAME_UNKNOWN, UNSEEN, UNJUDGED])),
    )


def kept_by_choice(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Count managed budgets that began with the same care because somebody chose it, of those with a record of it."""
    rows, outcome = starts(records, period, by), nw.col("outcome")
    return tally(
        rows,
        by,
        numerator=number(outcome == KEPT),
        denominator=number(outcome.is_in([NEW_LABEL, KEPT])),
        unknown=number(outcome.is_in([SAME_CARE, SAME_UNKNOWN])),
    )


def new_to_support(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Count managed budgets that began with no long-term service in the 12 weeks before, of those where it is known."""
    rows, outcome = starts(records, period, by), nw.col("outcome")
    return tally(
        rows, by, numerator=number(outcome == NEW), denominator=number(outcome != UNSEEN),
        unknown=number(outcome == UNSEEN),
    )  # fmt: skip


_SOURCE = "Leeway’s own rule, on the service rows of Client Level Data, release 2"
MEASURES = (
    Measure(
        "relabelled", "Managed budgets that are the same care under a new label",
        "Providers, components, units (within 5%) and cost (within 5%) in the 12 weeks before and from the day the "
        "managed budget began, compared: a mean score of 0.7 or more, from two parts at least. Whoever had no service "
        "before is not counted here. Where the council’s record of choice is read, only those of whom it shows that "
        "nothing else was there to choose, or that the amount was not known. A return holds no choices: all with the "
        "same care are counted.",
        "Managed budgets begun in the period with the same care, and no choice of it",
        "Managed budgets begun that could be judged",
        "Begun too early in the period to see what went before, with too little said, or with the same care and no "
        "record of a choice", _SOURCE, relabelled,
    ),
    Measure(
        "kept-by-choice", "Managed budgets with the same care as before, because it was chosen",
        "Managed budgets begun in the period with the same care as before, as in “relabelled”. Chosen means: a direct "
        "payment was among the ways explained, the amount was told first, and whoever decides gave a reason of their "
        "own.",
        "Same care, and the record shows a choice", "Same care, and the record shows whether it was chosen",
        "Same care, and no record that shows it either way: all of them in a return", _SOURCE, kept_by_choice,
    ),
    Measure(
        "new-to-support", "Managed budgets that are new support",
        "Managed budgets begun in the period by people with no long-term service in the 12 weeks before.",
        "Begun with no service before", "Managed budgets begun in the period",
        "Begun too early in the period to see what went before", _SOURCE, new_to_support,
    ),
)  # fmt: skip
