"""People with long-term support: their services now, what some of them had before, reviews, and how they came in."""

import polars as pl

from leeway.insight.records.lists import code_list
from leeway.insight.records.made_up.asking import reabled
from leeway.insight.records.made_up.draw import (
    CONTINUES,
    DECEASED,
    ON_TO_ASSESSMENT,
    ON_TO_REABLEMENT,
    ON_TO_SUPPORT,
    SERVICE_USER,
    YEAR,
    Draw,
    dated,
    kind,
    none,
    said,
)
from leeway.insight.records.made_up.people import SETTING

_TYPE_OF = {
    "nursing": "Long term support: Nursing care",
    "residential": "Long term support: Residential care",
    "prison": "Long term support: Prison",
}
_MECHANISM_OF = {
    "direct": "Direct payment", "part": "Direct payment", "managed": "CASSR managed personal budget",
    "commissioned": "CASSR commissioned support", "prison": "CASSR commissioned support",
}  # fmt: skip
_COMPONENT_OF = {
    "nursing": "Long term nursing care", "residential": "Long term residential care",
    "prison": "Professional support: Social worker",
}  # fmt: skip
_CARE_18_64 = {"Home support or domiciliary care": 45, "Community supported living": 30, "Day support": 17,
               "Shared Lives": 3, "Other long term support": 5}  # fmt: skip
_CARE_65 = {"Home support or domiciliary care": 82, "Extra care housing": 7, "Day support": 6,
            "Other long term support": 5}  # fmt: skip
#: What care was before, where it was another: never what may stand beside it, or the two could not be told apart.
_CARE_BEFORE = {"Home support or domiciliary care": 60, "Extra care housing": 20, "Meals": 20}
_BY_THE_HOUR = ("Home support or domiciliary care", "Community supported living")
CARE_HOUR_PENCE = 2_356  # the mean price of an hour of home care, 2024-25
_PAID_HOUR_PENCE = 1_600  # of an assistant whom the person employs: a guess

#: Of those in each setting now, the share who were in another before, in the period: which, in hundredths.
_WAS = {
    "managed": {"commissioned": 6.0, "direct": 1.5},
    "direct": {"managed": 6.0, "commissioned": 1.5},
    "part": {"managed": 8.0},
    "commissioned": {"managed": 2.0},
    "residential": {"managed": 6.0, "direct": 1.5},
    "nursing": {"residential": 4.0, "managed": 4.0},
    "prison": {},
}
#: How like the care before was: the very same, the same but for a little, or another.
_LIKE = {"same": 40, "nearly": 20, "other": 40}
_STOPS = {"NFA: Support ended for other reason": 40, "NFA: Support ended as planned": 25,
          "NFA: Self-funded client or under 12wk disregard": 10, "Admitted to hospital": 10,
          "NFA: Referral to NHS services or NHS funded social care": 8,
          "NFA: Responsibility moved to another local authority": 7}  # fmt: skip


def long_term(draw: Draw, who: pl.DataFrame) -> list[pl.DataFrame]:
    """Make up long-term services, their reviews, and how the newcomers came in."""
    people = _people(draw, who)
    new = people.filter(pl.col("start") >= draw.first)
    known = people.filter((pl.col("start") < draw.first) & draw.share(people.height, 0.02))
    return [*_services(draw, people), _reviews(draw, people), *_ways_in(draw, new), *_reabled_again(draw, known)]


def _people(draw: Draw, who: pl.DataFrame) -> pl.DataFrame:
    """Draw when each person's support began and stopped, what it is, and whether it was held another way before."""
    count = who.height
    dead = pl.col("died_on").is_not_null()
    at_home = draw.around(count, 17_000, 0.8).zip_with(who["older"], draw.around(count, 33_000, 0.8))
    drawn = who.with_columns(
        since=draw.wait(count, 720, 5000).clip(1),
        stops=draw.share(count, 0.19),
        stop=draw.code(count, "event_outcome", _STOPS),
        changed=draw.days(count, draw.first + 1, draw.last),
        care=draw.code(count, "component", _CARE_65).zip_with(
            who["older"], draw.code(count, "component", _CARE_18_64)
        ),
        at_home=at_home,
        in_care=draw.around(count, 108_000, 0.15),
        price=draw.around(count, CARE_HOUR_PENCE, 0.1),
        provider=draw.providers(count),
        funding=draw.funding(count),
        buys_hours=draw.share(count, 0.25),
        not_told=draw.share(count, 0.02),
        no_price=draw.share(count, 0.6),
    ).with_columns(end=pl.when(dead | pl.col("stops")).then("day"))  # fmt: skip
    until = pl.col("end").fill_null(draw.last)
    start = pl.max_horizontal(until - pl.col("since"), pl.col("born") + int(18 * YEAR) + 6)
    timed = drawn.with_columns(until=until, start=pl.min_horizontal(start, until))
    change = (pl.col("start") < pl.col("changed")) & (pl.col("changed") <= pl.col("until"))
    return timed.with_columns(was=_was(draw, who["setting"])).with_columns(
        was=pl.when(change).then("was"),
        outcome=pl.when(dead)
        .then(said(DECEASED, "event_outcome"))
        .when("stops")
        .then("stop")
        .otherwise(said(CONTINUES, "event_outcome")),
    )


def _was(draw: Draw, setting: pl.Series) -> pl.Series:
    """Draw for each person where they were before, by where they are now: for most, nowhere else."""
    now = setting.cast(pl.String)
    was = pl.Series([None], dtype=SETTING).new_from_index(0, len(now))
    for place, shares in _WAS.items():
        before = draw.word(len(now), shares | {"": 100 - sum(shares.values())}).cast(pl.String)
        was = before.replace("", None).cast(SETTING).zip_with(now == place, was)
    return was


def _services(draw: Draw, people: pl.DataFrame) -> list[pl.DataFrame]:
    """Make each person's main service and, for some, another beside it: as they are now, and as they were before."""
    main = people.with_columns(place="setting", beside=pl.lit(False))
    also = (people["setting"] == "part") | (
        (people["setting"] == "managed") & draw.share(people.height, 0.25)
    )  # fmt: skip
    some = people.filter(also)
    held = draw.word(some.height, {"managed": 85, "commissioned": 15}).cast(SETTING)
    day, transport = said("Day support", "component"), said("Transport", "component")
    beside = some.with_columns(
        place=pl.when(pl.col("setting") == "part").then(held).otherwise("setting"),
        care=pl.when(pl.col("care") == "Day support").then(transport).otherwise(day),
        at_home=draw.around(some.height, 6_000, 0.5),
        provider=draw.providers(some.height),
        beside=pl.lit(True),
    )
    # Who adds a direct payment to a managed service keeps that service as it is.
    moved = pl.col("was").is_not_null()
    kept = moved & (pl.col("setting") == "part") & pl.col("beside")
    lines = pl.concat([main, beside]).with_columns(place=pl.when(kept).then("was").otherwise("place"))
    relabelled = (pl.col("setting") == "managed") & (pl.col("was") == "commissioned")
    earlier = lines.filter(moved, pl.col("setting") != "part", ~pl.col("beside") | relabelled)
    now = lines.with_columns(start=pl.when(moved & ~kept).then("changed").otherwise("start"))
    return [_written(now), _written(_before(draw, earlier))]


def _before(draw: Draw, lines: pl.DataFrame) -> pl.DataFrame:
    """Say what services were before the change: the very same under another name, nearly the same, or another."""
    count = lines.height
    like = draw.word(count, _LIKE)
    little = pl.Series(draw.chance.uniform(0.85, 1.15, count))
    much = pl.Series(draw.chance.lognormal(0, 0.4, count))
    factor = pl.when(like == "same").then(1.0).when(like == "nearly").then(little).otherwise(much)
    elsewhere = (like == "other") & draw.share(count, 0.7)
    other_care = (like == "other") & draw.share(count, 0.4) & ~lines["beside"]
    return lines.with_columns(
        place="was",
        end=pl.col("changed") - 1,
        outcome=said(CONTINUES, "event_outcome"),
        at_home=(pl.col("at_home") * factor).cast(pl.Int64),
        provider=draw.providers(count).zip_with(elsewhere, lines["provider"]),
        care=draw.code(count, "component", _CARE_BEFORE).zip_with(other_care, lines["care"]),
    )


def _written(lines: pl.DataFrame) -> pl.DataFrame:
    """Write services as a council would: by the hour in quarters of an hour, or by the week; some without a price."""
    place = pl.col("place").cast(pl.String)
    direct = place.is_in(["direct", "part"])
    community = ~place.is_in(list(_TYPE_OF))
    care = pl.when(direct & ~pl.col("buys_hours")).then(said("Direct payment", "component")).when(direct).then(
        said("Home support or domiciliary care", "component")
    ).otherwise("care")  # fmt: skip
    home = place.replace_strict(_COMPONENT_OF, default=None, return_dtype=kind("component"))
    mechanism = place.replace_strict(_MECHANISM_OF, default=None, return_dtype=kind("mechanism"))
    told = lines.with_columns(
        event=said("Service", "event"),
        client_type=said(SERVICE_USER, "client_type"),
        service_type=place.replace_strict(
            _TYPE_OF, default="Long term support: Community", return_dtype=kind("service_type")
        ),
        component=pl.coalesce(home, care),
        mechanism=pl.when(~pl.col("not_told") | (place == "prison")).then(mechanism),
        provider=pl.when(~direct).then("provider"),
        weekly=pl.when(community).then("at_home").when(place == "prison").then(9_000).otherwise("in_care"),
        price=pl.when(direct).then(pl.col("price") * _PAID_HOUR_PENCE // CARE_HOUR_PENCE).otherwise("price"),
    )
    by_the_hour = pl.col("component").cast(pl.String).is_in(_BY_THE_HOUR)
    quarters = pl.max_horizontal((pl.col("weekly") * 4 / pl.col("price")).round().cast(pl.Int64), 1)
    # The return asks no price of what the council commissions.
    priced = ~(pl.col("no_price") & (pl.col("mechanism") == "CASSR commissioned support").fill_null(False))
    hourly, weekly = said("Hourly", "cost_frequency"), said("Weekly", "cost_frequency")
    return dated(
        told.with_columns(
            unit_cost_pence=pl.when(priced & by_the_hour).then("price").when(priced).then("weekly"),
            cost_frequency=pl.when(by_the_hour).then(hourly).when(priced).then(weekly),
            planned_units_hundredths=pl.when(by_the_hour).then(quarters * 25),
        )
    )


def _reviews(draw: Draw, people: pl.DataFrame) -> pl.DataFrame:
    """Make up a review in the period for most people with a service."""
    count = people.height
    first = pl.max_horizontal("start", draw.first)
    unplanned = dict.fromkeys(code_list("review_reason").within("Unplanned"), 5)
    drawn = people.select("who", "start", "until").with_columns(
        part=pl.Series(draw.chance.random(count)),
        took=draw.days(count, 0, 20),
        review_reason=draw.code(count, "review_reason", {"Planned": 75, **unplanned}),
        review_method=draw.code(count, "method", {"Service user only": 60, "Service user and carer": 40}),
        achieved=draw.code(count, "achieved", {"Fully met": 55, "Partially met": 38, "Not met": 7}),
        funding=draw.funding(count),
        client_type=said(SERVICE_USER, "client_type"),
        event=said("Review", "event"),
        outcome=draw.code(count, "event_outcome", {CONTINUES: 88, ON_TO_SUPPORT: 12}),
    )
    end = first + (pl.col("part") * (pl.col("until") - first + 1)).cast(pl.Int64)
    reviewed = drawn.filter(draw.share(count, 0.6)).with_columns(
        start=pl.max_horizontal("start", end - pl.col("took")),
        end=end,
        achieved=pl.when(pl.col("review_reason") == "Planned").then("achieved"),
    )
    return dated(reviewed)


def _ways_in(draw: Draw, new: pl.DataFrame) -> list[pl.DataFrame]:
    """Make up how people came to a service: by an assessment, or by reablement; and what they can pay."""
    through = draw.share(new.height, 0.2)
    straight, after = new.filter(~through), new.filter(through)
    count = straight.height
    assessed = straight["start"] - draw.days(count, 0, 18)
    began = assessed - draw.days(count, 0, 14)
    asked = began - draw.wait(count, 8, 120)
    answered = pl.select(pl.min_horizontal(asked + draw.days(count, 0, 7), began)).to_series()
    who, progress, onward = (
        straight["who"], said(ON_TO_ASSESSMENT, "event_outcome"), said(ON_TO_SUPPORT, "event_outcome")
    )  # fmt: skip
    paying = straight.select("who", "start", assessed=assessed).filter(draw.share(count, 0.8))
    financial = draw.assessments(
        paying["who"], paying["assessed"], paying["start"], "Financial assessment", none("event_outcome")
    )
    return [
        draw.requests(who, asked, answered, progress),
        draw.assessments(who, began, assessed, "Long term assessment", onward),
        financial.with_columns(funding=draw.funding(paying.height), method=none("method")),
        *_by_reablement(draw, after),
    ]


def _by_reablement(draw: Draw, new: pl.DataFrame) -> list[pl.DataFrame]:
    """Make up the request, the reablement and the assessment at its end, of those who had long-term support next."""
    count = new.height
    end = new["start"] - draw.days(count, 0, 3)
    start = end - draw.days(count, 7, 42)
    asked = start - draw.days(count, 1, 9)
    outcome = draw.code(count, "event_outcome", {ON_TO_SUPPORT: 70, ON_TO_ASSESSMENT: 20, CONTINUES: 10})
    onward = said(ON_TO_SUPPORT, "event_outcome")
    drawn = new.select("who", start=start, end=end, provider=draw.providers(count), outcome=outcome)
    return [
        draw.requests(new["who"], asked, asked, said(ON_TO_REABLEMENT, "event_outcome")),
        reabled(drawn),
        draw.assessments(new["who"], end - draw.days(count, 0, 7), end, "Long term assessment", onward),
    ]


def _reabled_again(draw: Draw, known: pl.DataFrame) -> list[pl.DataFrame]:
    """Make up reablement of people who have long-term support already: no measure of new clients counts them."""
    began = draw.first + draw.days(known.height, 0, 300)
    drawn = known.select("who", "until", start=began, provider=draw.providers(known.height)).with_columns(
        end=pl.col("start") + draw.days(known.height, 7, 42), outcome=said(CONTINUES, "event_outcome")
    )
    within = drawn.filter(pl.col("end") <= pl.col("until"))
    asked = within["start"] - draw.days(within.height, 1, 9)
    return [
        draw.requests(within["who"], asked, asked, said(ON_TO_REABLEMENT, "event_outcome")),
        reabled(within),
    ]
