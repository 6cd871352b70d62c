"""A made-up return: as many people as asked for, their events, and none of them real.

For tests, benches and the demo. Every row keeps every rule that `records.check` knows. Shares follow England's: the
settings and support reasons of 2020-21 by age (NHS Digital, long-term support tables), the kinds of people of
ASC-FR 2020-21. Weekly costs are drawn so that their middle is near what such packages cost; they are no estimate.
NHS numbers come from the range kept for tests (999…) as long as it lasts, postcodes from an area that does not exist.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from leeway.insight.records.cells import TYPES
from leeway.insight.records.lists import code_list
from leeway.insight.records.period import year_to
from leeway.insight.records.tables import FIELDS, PEOPLE

_EPOCH = date(1970, 1, 1)
_YEAR = 365.25
LONG, SHORT, ASKED, CARER = "long-term", "short-term", "asked", "carer"
KINDS = {LONG: 0.32, SHORT: 0.09, ASKED: 0.46, CARER: 0.13}

#: People with long-term support in the year 2020-21 by setting; "part" is a direct payment beside other support.
SETTINGS_18_64 = {
    "nursing": 7_225, "residential": 36_950, "direct": 67_605, "part": 25_180, "managed": 130_200,
    "commissioned": 22_325, "prison": 205,
}  # fmt: skip
SETTINGS_65 = {
    "nursing": 69_160, "residential": 140_700, "direct": 34_725, "part": 12_240, "managed": 264_660,
    "commissioned": 29_895, "prison": 175,
}  # fmt: skip
_REASONS = code_list("support_reason").values
REASONS_18_64 = dict(
    zip(_REASONS[:11], (18_255, 67_700, 2_065, 915, 635, 4_905, 133_670, 53_785, 980, 95, 6_680), strict=True)
)
REASONS_65 = dict(
    zip(_REASONS[:11], (63_565, 345_005, 4_415, 1_840, 1_315, 74_040, 17_895, 33_980, 490, 35, 8_965), strict=True)
)

TYPE_OF = {
    "nursing": "Long term support: Nursing care",
    "residential": "Long term support: Residential care",
    "prison": "Long term support: Prison",
}
MECHANISM_OF = {
    "direct": "Direct payment", "part": "Direct payment", "managed": "CASSR managed personal budget",
    "commissioned": "CASSR commissioned support", "prison": "CASSR commissioned support",
}  # fmt: skip
COMPONENT_OF = {
    "nursing": "Long term nursing care", "residential": "Long term residential care", "direct": "Direct payment",
    "part": "Direct payment", "prison": "Professional support: Social worker",
}  # fmt: skip
CARE_HOUR_PENCE = 2_356  # the mean price of an hour of home care, 2024-25

_ETHNICITIES = {
    value: 80.0 if value.startswith("White: English") else 6.0 if value.startswith("No data") else 0.7
    for value in code_list("ethnicity").values
}
_HOMES = {"Owner occupier or shared ownership scheme": 45, "Tenant: Private landlord": 10, "Unknown": 5,
          "Tenant: Local authority or other social housing provider": 25,
          "Settled mainstream housing with family or friends": 15}  # fmt: skip
_JOBS = {"Paid: Less than 16 hours a week": 5, "Not in paid employment: Seeking work": 15,
         "Not in paid employment: Not actively seeking work or retired": 70, "Unknown": 10}  # fmt: skip
_SEQUELS = {"NFA: Support ended as planned": 62, "Progress to support planning or services": 20,
            "Admitted to hospital": 8, "NFA: Support declined": 6,
            "NFA: Self-funded client or under 12wk disregard": 4}  # fmt: skip
_ENDS = {"NFA: Information and advice or signposting": 50, "NFA: No services offered for other reason": 15,
         "NFA: Support declined": 10, "NFA: Self-funded client or under 12wk disregard": 8,
         "NFA: Other": 17}  # fmt: skip
_ROUTES = {"Community / Other route": 76, "Discharge from Hospital": 20, "Planned Entry (Transition)": 1,
           "Diversion from Hospital Services": 2, "Self-Funder": 1}  # fmt: skip
_LONG_TERM_NEEDS = ("setting", "older", "born", "died", "died_on")
_EVENT_COLUMNS = {field.column for field in FIELDS if PEOPLE not in field.tables or field.column == "client_type"}
_EVENT_COLUMNS -= {"council", "person", "support_reason", "postcode"}


def made_up_return(
    *, people: int, seed: int = 0, councils: Sequence[str] = ("901",), period_ends_on: date = date(2025, 3, 31)
) -> pl.DataFrame:
    """Make up a return of twelve months: about two events a person, in the flat layout with our column names.

    The same seed gives the same return. Codes are categories of text (`pl.Enum`), dates dates, money whole pence.
    """
    draw = _Draw(np.random.default_rng(seed), period_ends_on)
    crowd = draw.crowd(people, councils)
    asked = crowd.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("who"), "kind", *_LONG_TERM_NEEDS)
    events = pl.concat(
        [*draw.long_term(asked.filter(pl.col("kind") == LONG)), *draw.short_term(asked), *draw.carers(asked)],
        how="diagonal",
    ).sort("who", "starts_on", maintain_order=True)
    told = (
        crowd[events["who"]]
        .hstack(events.drop("who"))
        .with_columns(
            pl.lit(draw.starts_on).alias("period_starts_on"),
            pl.lit(draw.ends_on).alias("period_ends_on"),
            pl.when(pl.col("event").is_not_null()).then(pl.format("E{}", pl.int_range(pl.len()))).alias("reference"),
        )
    )
    return told.select(
        pl.col(field.column) if field.column in told.columns else pl.lit(None, TYPES[field.kind]).alias(field.column)
        for field in FIELDS
    )


class _Draw:
    """Draws people and events of one period. Days are whole days since 1970 until they become dates."""

    def __init__(self, chance: np.random.Generator, ends_on: date) -> None:
        self.chance = chance
        self.starts_on, self.ends_on = year_to(ends_on).starts_on, ends_on
        self.first, self.last = (self.starts_on - _EPOCH).days, (ends_on - _EPOCH).days

    def share(self, count: int, part: float | pl.Series) -> pl.Series:
        """Say yes for a part of many."""
        return pl.Series(self.chance.random(count)) < part

    def days(self, count: int, least: int, most: int) -> pl.Series:
        return pl.Series(self.chance.integers(least, most + 1, count))

    def code(self, count: int, name: str, shares: Mapping[str, float]) -> pl.Series:
        """Draw values of a code list by their shares."""
        return pl.Series(list(shares), dtype=_kind(name)).gather(self._which(count, shares))

    def _which(self, count: int, shares: Mapping[str, float]) -> np.ndarray:
        weights = np.cumsum(list(shares.values()))
        return np.searchsorted(weights, self.chance.random(count) * weights[-1], side="right").astype(np.uint32)

    def around(self, count: int, middle: float, spread: float) -> pl.Series:
        """Draw amounts that spread as wages and packages do (log-normal), in whole pence."""
        return pl.Series(np.maximum(100, middle * np.exp(self.chance.normal(0, spread, count))).astype(np.int64))

    def crowd(self, count: int, councils: Sequence[str]) -> pl.DataFrame:
        """Draw the people: what stands about a person on every one of their rows."""
        kind = pl.Series(list(KINDS), dtype=pl.Enum(list(KINDS))).gather(self._which(count, KINDS))
        older = self.share(count, 551_550 / 841_245)
        age_days = np.where(older, 65 + 35 * self.chance.beta(2, 3, count), 18.1 + 46.8 * self.chance.random(count))
        born = self.first - pl.Series(age_days * _YEAR).cast(pl.Int64)
        settings = pl.Enum(list(SETTINGS_65))
        younger_setting = pl.Series(list(SETTINGS_18_64), dtype=settings).gather(self._which(count, SETTINGS_18_64))
        older_setting = pl.Series(list(SETTINGS_65), dtype=settings).gather(self._which(count, SETTINGS_65))
        crowd = pl.DataFrame(
            {
                "kind": kind,
                "older": older,
                "setting": older_setting.zip_with(older, younger_setting),
                "council": pl.Series(list(councils), dtype=pl.String).gather(self.days(count, 0, len(councils) - 1)),
                "nhs_number": _nhs_numbers(count),
                "person": pl.select(pl.format("P{}", pl.int_range(1_000_001, 1_000_001 + count))).to_series(),
                "gender": self.code(count, "gender", {"Male": 42, "Female": 57, "Other": 0.3, "Unknown": 0.7}),
                "ethnicity": self.code(count, "ethnicity", _ETHNICITIES),
                # Nobody turns 65 within the period, so that the two groups keep apart.
                "born": born.zip_with(older, pl.Series(np.maximum(born, self.last - int(65 * _YEAR) + 2))),
                "dies": self.share(count, 0.01).zip_with(~older, self.share(count, 0.10)),
                "died": self.days(count, self.first + 1, self.last),
                "young_reason": self.code(count, "support_reason", REASONS_18_64),
                "old_reason": self.code(count, "support_reason", REASONS_65),
                "accommodation": self.code(count, "accommodation", _HOMES),
                "employment": self.code(count, "employment", _JOBS),
                "has_unpaid_carer": self.code(count, "yes_no", {"Yes": 40, "No": 50, "Unknown": 10}),
                "autism": self.code(count, "yes_no", {"Yes": 6, "No": 74, "Unknown": 20}),
                "dementia": self.code(count, "yes_no", {"Yes": 15, "No": 65, "Unknown": 20}),
                "town": self.days(count, 1, 20),
                "street": self.days(count, 0, 26 * 26 * 10 - 1),
            }
        )  # fmt: skip
        carer, long_term = pl.col("kind") == CARER, pl.col("kind") == LONG
        homes = {"nursing": "Registered nursing home", "residential": "Registered care home",
                 "prison": "Prison, young offenders institution or detention centre"}  # fmt: skip
        home = pl.col("setting").replace_strict(homes, default=None, return_dtype=crowd["accommodation"].dtype)
        return crowd.with_columns(
            pl.col("born").cast(pl.Int32).cast(pl.Date).alias("born_on"),
            pl.when(long_term & pl.col("dies")).then("died").cast(pl.Int32).cast(pl.Date).alias("died_on"),
            pl.when(carer)
            .then(_said("Social support: Support to unpaid carer", "support_reason"))
            .when("older")
            .then("old_reason")
            .otherwise("young_reason")
            .alias("support_reason"),
            _postcode(pl.col("town"), pl.col("street")).alias("postcode"),
            pl.coalesce(pl.when(long_term).then(home), "accommodation").alias("accommodation"),
            pl.when(~pl.col("older") & ~carer).then("employment").alias("employment"),
            *(pl.when(~carer).then(name).alias(name) for name in ("autism", "dementia")),
            pl.when(carer).then(pl.col("person").shift(1)).alias("cares_for_1"),
        ).drop("young_reason", "old_reason", "town", "street")

    def long_term(self, who: pl.DataFrame) -> list[pl.DataFrame]:
        """Make up long-term services, their reviews, and how the newcomers came in."""
        count = who.height
        dead = pl.col("died_on").is_not_null()
        setting = pl.col("setting").cast(pl.String)
        community = ~setting.is_in(list(TYPE_OF))
        since = pl.Series(np.exp(self.chance.normal(6.2, 1.1, count)).clip(1, 5000).astype(np.int64))
        at_home = self.around(count, 17_000, 0.8).zip_with(who["older"], self.around(count, 33_000, 0.8))
        drawn = who.with_columns(
            since=since, stops=self.share(count, 0.15), stop=self.days(count, self.first, self.last),
            at_home=at_home, in_care=self.around(count, 108_000, 0.15), provider=self.providers(count),
            funding=self.funding(count),
        ).with_columns(
            end=pl.when(dead).then("died").when("stops").then("stop"), ended=dead | pl.col("stops")
        ).with_columns(until=pl.col("end").fill_null(self.last))  # fmt: skip
        start = pl.max_horizontal(pl.col("until") - pl.col("since"), pl.col("born") + int(18 * _YEAR) + 6)
        services = drawn.with_columns(
            start=pl.min_horizontal(start, "until"),
            event=_said("Service", "event"),
            client_type=_said("Service user", "client_type"),
            outcome=pl.when(dead)
            .then(_said("NFA: Deceased", "event_outcome"))
            .when("ended")
            .then(_said("NFA: Support ended for other reason", "event_outcome"))
            .otherwise(_said("Continuation of support or services", "event_outcome")),
            service_type=setting.replace_strict(
                TYPE_OF, default="Long term support: Community", return_dtype=_kind("service_type")
            ),
            component=setting.replace_strict(
                COMPONENT_OF, default="Home support or domiciliary care", return_dtype=_kind("component")
            ),
            mechanism=setting.replace_strict(MECHANISM_OF, default=None, return_dtype=_kind("mechanism")),
            weekly=pl.when(community).then("at_home").when(setting == "prison").then(9_000).otherwise("in_care"),
        )
        by_the_hour = pl.col("component") == "Home support or domiciliary care"
        rows = _cost(services, by_the_hour).with_columns(
            provider=pl.when(pl.col("component") != "Direct payment").then("provider")
        )
        also = (setting == "part") | ((setting == "managed") & self.share(count, 0.25))
        beside = _cost(
            services.with_columns(weekly=self.around(count, 6_000, 0.5)).filter(also).with_columns(
                component=_said("Day support", "component"),
                mechanism=_said("CASSR managed personal budget", "mechanism"),
            ),
            pl.lit(False),
        )  # fmt: skip
        new = services.filter(pl.col("start") >= self.first + 75)
        return [*(_dated(part) for part in (rows, beside, self.reviews(services))), *self.way_in(new)]

    def reviews(self, services: pl.DataFrame) -> pl.DataFrame:
        """Make up a review in the period for most people with a service."""
        count = services.height
        first = pl.max_horizontal("start", self.first)
        unplanned = dict.fromkeys(code_list("review_reason").within("Unplanned"), 5)
        drawn = services.select("who", "start", "until", "client_type").with_columns(
            part=pl.Series(self.chance.random(count)),
            took=self.days(count, 0, 20),
            review_reason=self.code(count, "review_reason", {"Planned": 75, **unplanned}),
            review_method=self.code(count, "method", {"Service user only": 60, "Service user and carer": 40}),
            achieved=self.code(count, "achieved", {"Fully met": 55, "Partially met": 38, "Not met": 7}),
            funding=self.funding(count),
            event=_said("Review", "event"),
            outcome=_said("Continuation of support or services", "event_outcome"),
        )
        end = first + (pl.col("part") * (pl.col("until") - first + 1)).cast(pl.Int64)
        return drawn.filter(self.share(count, 0.62)).with_columns(
            start=pl.max_horizontal("start", end - pl.col("took")),
            end=end,
            achieved=pl.when(pl.col("review_reason") == "Planned").then("achieved"),
        )

    def way_in(self, new: pl.DataFrame) -> list[pl.DataFrame]:
        """Make up how people came to a service: a request, an assessment, and what they can pay."""
        count = new.height
        asked = new["start"] - 60 - self.days(count, 0, 9)
        answered = asked + self.days(count, 0, 7)
        assessed = new["start"] - self.days(count, 0, 14)
        progress = _said("Progress to assessment, review or reassessment", "event_outcome")
        financial = self.assessments(new["who"], answered, assessed, "Financial assessment", _none("event_outcome"))
        return [
            self.requests(new["who"], asked, answered, progress),
            self.assessments(
                new["who"], answered, assessed, "Long term assessment",
                _said("Progress to support planning or services", "event_outcome"),
            ),
            financial.with_columns(funding=self.funding(count), method=_none("method")),
        ]  # fmt: skip

    def short_term(self, everybody: pl.DataFrame) -> list[pl.DataFrame]:
        """Make up the events of those who had short-term support, and of those who only asked."""
        short = everybody.filter(pl.col("kind") == SHORT)["who"]
        asked = self.days(len(short), self.first, self.last - 60)
        began = asked + self.days(len(short), 1, 9)
        reablement = self.events("Service", short, began, began + self.days(len(short), 7, 42)).with_columns(
            outcome=self.code(len(short), "event_outcome", _SEQUELS),
            service_type=_said("Short term support: ST-Max", "service_type"),
            component=_said("Reablement", "component"),
            provider=self.providers(len(short)),
            funding=_said("Fully social care funded", "funding"),
        )
        only = everybody.filter(pl.col("kind") == ASKED)["who"]
        came = self.days(len(only), self.first, self.last)
        left = pl.Series(np.minimum(came + self.days(len(only), 0, 14), self.last))
        until = pl.Series(np.minimum(left + self.days(len(only), 1, 39), self.last))
        outcome = self.code(len(only), "event_outcome", _ENDS)
        assessed = self.share(len(only), 0.3)
        progress = _said("Progress to assessment, review or reassessment", "event_outcome")
        onward = pl.when(assessed).then(progress).otherwise(outcome)
        return [
            self.requests(short, asked, asked, _said("Progress to reablement/ST-Max", "event_outcome")),
            reablement,
            self.requests(only, came, left, onward),
            self.assessments(only, left, until, "Short term assessment", outcome).filter(assessed),
        ]

    def carers(self, everybody: pl.DataFrame) -> list[pl.DataFrame]:
        """Make up the events of unpaid carers: assessments, one-off payments, breaks; some are known by name only."""
        who = everybody.filter(pl.col("kind") == CARER)["who"]
        count = len(who)
        starts = self.days(count, self.first, self.last - 30)
        ends = starts + self.days(count, 0, 28)
        part = pl.Series(self.chance.random(count))
        progress = _said("Progress to support planning or services", "event_outcome")
        assessed = self.assessments(who, starts, ends, "Long term assessment", progress).with_columns(
            method=_said("Carer only", "method")
        )
        direct = self.events("Service", who, ends, ends).with_columns(
            outcome=_said("NFA: Support ended as planned", "event_outcome"),
            service_type=_said("Unpaid carer support: Direct to unpaid carer", "service_type"),
        )
        paid = direct.with_columns(
            component=_said("Direct payment", "component"),
            mechanism=_said("Direct payment", "mechanism"),
            unit_cost_pence=self.days(count, 50, 400) * 100,
            cost_frequency=_said("One-off", "cost_frequency"),
        )
        advised = direct.with_columns(
            component=_said("Unpaid carer universal services", "component"),
            mechanism=_said("CASSR commissioned support", "mechanism"),
        )
        rested = self.events("Service", who, starts, None).with_columns(
            outcome=_said("Continuation of support or services", "event_outcome"),
            service_type=_said("Unpaid carer support: Support involving the person cared-for", "service_type"),
            component=_said("Unpaid carer respite", "component"),
            provider=self.providers(count),
            unit_cost_pence=self.around(count, 8_000, 0.5),
            cost_frequency=_said("Weekly", "cost_frequency"),
        )
        carer = _said("Unpaid carer", "client_type")
        known = pl.DataFrame({"who": who}).with_columns(
            client_type=_said("Unpaid carer known by association", "client_type")
        )
        return [
            assessed.with_columns(client_type=carer).filter(part < 0.96),
            paid.with_columns(client_type=carer).filter(part < 0.35),
            advised.with_columns(client_type=carer).filter((part >= 0.35) & (part < 0.60)),
            rested.with_columns(client_type=carer).filter((part >= 0.60) & (part < 0.75)),
            known.filter(part >= 0.96),
        ]

    def events(self, kind: str, who: pl.Series, starts: pl.Series, ends: pl.Series | None) -> pl.DataFrame:
        """Give events of one kind with their days."""
        frame = pl.DataFrame({"who": who, "start": starts, "end": ends})
        return _dated(frame.with_columns(event=_said(kind, "event"), client_type=_said("Service user", "client_type")))

    def requests(self, who: pl.Series, starts: pl.Series, ends: pl.Series, outcome: pl.Expr) -> pl.DataFrame:
        route = self.code(len(who), "route", _ROUTES)
        return self.events("Request", who, starts, ends).with_columns(outcome=outcome, route=route)

    def assessments(
        self, who: pl.Series, starts: pl.Series, ends: pl.Series, kind: str, outcome: pl.Expr | pl.Series
    ) -> pl.DataFrame:
        return self.events("Assessment", who, starts, ends).with_columns(
            outcome=outcome,
            assessment_type=_said(kind, "assessment_type"),
            method=self.code(len(who), "method", {"Service user only": 65, "Service user and carer": 35}),
        )

    def providers(self, count: int) -> pl.Series:
        """Draw providers, large ones often: the regulator's numbers of places that do not exist."""
        number = 9_000_000_000 + pl.Series((self.chance.beta(1, 4, count) * 60).astype(np.int64))
        return pl.select(pl.format("1-{}", number)).to_series()

    def funding(self, count: int) -> pl.Series:
        shares = {"Joint client and social care funded": 62, "Fully social care funded": 33, "Fully client funded": 5}
        return self.code(count, "funding", shares)


def _cost(services: pl.DataFrame, by_the_hour: pl.Expr) -> pl.DataFrame:
    """Write a weekly cost as a council would: home care by the hour, in quarters of an hour, the rest by the week."""
    quarters = pl.max_horizontal((pl.col("weekly") * 4 / CARE_HOUR_PENCE).round().cast(pl.Int64), 1)
    hourly, weekly = _said("Hourly", "cost_frequency"), _said("Weekly", "cost_frequency")
    return services.with_columns(
        unit_cost_pence=pl.when(by_the_hour).then(CARE_HOUR_PENCE).otherwise("weekly"),
        cost_frequency=pl.when(by_the_hour).then(hourly).otherwise(weekly),
        planned_units_hundredths=pl.when(by_the_hour).then(quarters * 25),
    )


def _dated(events: pl.DataFrame) -> pl.DataFrame:
    """Turn days into dates, and leave what only the drawing needed."""
    dated = events.with_columns(
        pl.col("start").cast(pl.Int32).cast(pl.Date).alias("starts_on"),
        pl.col("end").cast(pl.Int32).cast(pl.Date).alias("ends_on"),
    )
    return dated.select("who", *(name for name in dated.columns if name in _EVENT_COLUMNS))


def _kind(name: str) -> pl.Enum:
    return pl.Enum(list(code_list(name).values))


def _said(value: str, name: str) -> pl.Expr:
    return pl.lit(value, dtype=_kind(name))


def _none(name: str) -> pl.Expr:
    return pl.lit(None, dtype=_kind(name))


def _nhs_numbers(count: int) -> pl.Series:
    """Give numbers whose last digit checks (modulus 11), downwards from 999 999 9999."""
    stems = np.arange(999_999_999, 999_999_999 - count * 11 // 10 - 20, -1)
    total = sum((stems // 10 ** (8 - place)) % 10 * (10 - place) for place in range(9))
    last = (11 - total % 11) % 11
    right = last < 10
    return pl.Series(stems[right][:count] * 10 + last[right][:count]).cast(pl.String)


def _postcode(town: pl.Expr, street: pl.Expr) -> pl.Expr:
    letters = pl.Series([chr(65 + number) for number in range(26)])
    first = (street // 26 % 26).replace_strict(list(range(26)), letters, return_dtype=pl.String)
    second = (street % 26).replace_strict(list(range(26)), letters, return_dtype=pl.String)
    return pl.format("ZX{} {}{}{}", town, street // 676, first, second)
