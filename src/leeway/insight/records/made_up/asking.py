"""People who asked for support: those who were reabled, those who had a little help, and those who had none.

Whoever went on to long-term support is in `long_term`.
"""

import polars as pl

from leeway.insight.records.made_up.draw import (
    CONTINUES,
    DECEASED,
    ON_TO_ASSESSMENT,
    ON_TO_REABLEMENT,
    ON_TO_SUPPORT,
    Draw,
    events,
    kind,
    none,
    said,
)

#: How reablement ends for those who have no long-term support after it.
_AFTER_REABLEMENT = {
    "NFA: Support ended as planned": 50, "NFA: Information and advice or signposting": 6,
    "NFA: Referral to other service within the local authority": 3, "NFA: Support ended for other reason": 5,
    "NFA: Other": 3, ON_TO_SUPPORT: 16, "Admitted to hospital": 8, ON_TO_ASSESSMENT: 2, "NFA: Support declined": 3,
    "NFA: Self-funded client or under 12wk disregard": 3, "NFA: Referral to NHS services or NHS funded social care": 1,
}  # fmt: skip
_ENDS = {"NFA: Information and advice or signposting": 50, "NFA: No services offered for other reason": 15,
         "NFA: Support declined": 10, "NFA: Self-funded client or under 12wk disregard": 8,
         "NFA: Other": 17}  # fmt: skip
#: What became of those who only asked.
_ANSWERS = {"nothing": 62, "assessment": 30, "support": 8}
_LESSER = {"Equipment": 55, "Home support or domiciliary care": 20, "Other short term support": 25}
_STAYS = {"Short term residential care": 70, "Short term nursing care": 30}


def reablement(draw: Draw, who: pl.DataFrame) -> list[pl.DataFrame]:
    """Make up the request, the reablement, and the lesser support or short stay that followed for some."""
    count = who.height
    asked = who["day"] - draw.days(count, 0, 1)
    drawn = who.with_columns(
        start=pl.col("day") + draw.days(count, 1, 9), took=draw.days(count, 7, 42), provider=draw.providers(count),
        outcome=draw.code(count, "event_outcome", _AFTER_REABLEMENT),
    )  # fmt: skip
    begun = _ended(draw, drawn.with_columns(end=pl.col("start") + pl.col("took")))
    went_on = begun.filter((pl.col("outcome") == ON_TO_SUPPORT) & pl.col("end").is_not_null())
    return [
        draw.requests(who["who"], asked, who["day"], said(ON_TO_REABLEMENT, "event_outcome")),
        reabled(begun),
        lesser(draw, went_on.with_columns(start=pl.col("end") + draw.days(went_on.height, 0, 3)), 0.3),
    ]


def asking(draw: Draw, who: pl.DataFrame) -> list[pl.DataFrame]:
    """Make up the requests of those who only asked, and what was done about some of them: not always in the year."""
    count = who.height
    came = who["day"] - draw.days(count, 0, 14)
    drawn = who.with_columns(
        answer=draw.word(count, _ANSWERS),
        ends=draw.code(count, "event_outcome", _ENDS),
        wait=draw.wait(count, 14, 300),
        took=draw.days(count, 0, 28),
    )
    onward = pl.col("answer").cast(pl.String).replace_strict(
        {"assessment": ON_TO_ASSESSMENT, "support": ON_TO_SUPPORT}, default=None, return_dtype=kind("event_outcome")
    )  # fmt: skip
    outcome = drawn.select(pl.coalesce(onward, "ends")).to_series()
    again = drawn.filter((pl.col("answer") == "nothing") & draw.share(count, 0.08))
    second = again["day"] + 1 + again["wait"]
    return [
        draw.requests(who["who"], came, who["day"], outcome),
        alive(draw.requests(again["who"], second, second + 2, again["ends"]), again["died_on"]),
        _assessed(draw, drawn.filter(pl.col("answer") == "assessment")),
        lesser(
            draw,
            drawn.filter(pl.col("answer") == "support").with_columns(start=pl.col("day") + pl.col("wait")),
            0.1,
        ),
    ]


def _assessed(draw: Draw, who: pl.DataFrame) -> pl.DataFrame:
    """Make up short-term assessments; those that find needs have support planned for them, beyond the year."""
    began = who["day"] + who["wait"]
    found = draw.share(who.height, 0.15)
    needs = pl.Series([ON_TO_SUPPORT], dtype=kind("event_outcome")).new_from_index(0, who.height)
    outcome = needs.zip_with(found, who["ends"])
    made = draw.assessments(who["who"], began, began + who["took"], "Short term assessment", outcome)
    return alive(made, who["died_on"])


def reabled(drawn: pl.DataFrame) -> pl.DataFrame:
    """Make reablement of days, providers and outcomes that were drawn."""
    made = events("Service", drawn["who"], drawn["start"], drawn["end"])
    return made.with_columns(
        outcome=drawn["outcome"],
        service_type=said("Short term support: ST-Max", "service_type"),
        component=said("Reablement", "component"),
        provider=drawn["provider"],
        funding=said("Fully social care funded", "funding"),
    )


def lesser(draw: Draw, who: pl.DataFrame, stays: float) -> pl.DataFrame:
    """Make up support that is less than long-term, from `start`: for a share of them a short stay in a care home."""
    count = who.height
    drawn = who.with_columns(
        stays=draw.share(count, stays),
        goes_on=draw.share(count, 0.5),
        outcome=draw.code(count, "event_outcome", {"NFA: Support ended as planned": 1}),
        provider=draw.providers(count),
        help=draw.code(count, "component", _LESSER),
        home=draw.code(count, "component", _STAYS),
        weekly=draw.around(count, 105_000, 0.15),
    ).with_columns(
        end=pl.when("stays").then(pl.col("start") + draw.days(count, 7, 42))
        .when(~pl.col("goes_on")).then(pl.col("start") + draw.days(count, 14, 200))
    )  # fmt: skip
    begun = _ended(draw, drawn)
    low = pl.when(begun["help"] == "Other short term support")
    other, ongoing = (
        said(f"Short term support: {words}", "service_type") for words in ("Other short term", "Ongoing low level")
    )
    return events("Service", begun["who"], begun["start"], begun["end"]).with_columns(
        outcome=begun["outcome"],
        service_type=pl.when(begun["stays"]).then(other).otherwise(low.then(other).otherwise(ongoing)),
        component=begun["home"].zip_with(begun["stays"], begun["help"]),
        provider=begun["provider"],
        funding=draw.funding(begun.height),
        unit_cost_pence=pl.when(begun["stays"]).then(begun["weekly"]),
        cost_frequency=pl.when(begun["stays"]).then(said("Weekly", "cost_frequency")).otherwise(none("cost_frequency")),
    )


def _ended(draw: Draw, drawn: pl.DataFrame) -> pl.DataFrame:
    """Leave out what had not begun by the last day, and end nothing after it, nor after a death."""
    died = pl.col("died_on").cast(pl.Int32).cast(pl.Int64)
    begun = drawn.filter(pl.col("start") <= pl.min_horizontal(died.fill_null(draw.last), draw.last))
    goes_on = pl.col("end").is_null() | (pl.col("end") > draw.last)
    cut = died.is_not_null() & (goes_on | (pl.col("end") >= died))
    return begun.with_columns(
        end=pl.when(cut).then(died).when(~goes_on).then("end"),
        outcome=pl.when(cut)
        .then(said(DECEASED, "event_outcome"))
        .when(goes_on)
        .then(said(CONTINUES, "event_outcome"))
        .otherwise("outcome"),
    )


def alive(made: pl.DataFrame, died_on: pl.Series) -> pl.DataFrame:
    """Leave out what would have ended after a death."""
    return made.filter((pl.col("ends_on") <= died_on).fill_null(True))
