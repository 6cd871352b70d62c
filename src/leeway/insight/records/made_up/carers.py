"""Unpaid carers: their assessments, what they were given themselves, and breaks; some are known by name only."""

import polars as pl

from leeway.insight.records.made_up.draw import CONTINUES, ON_TO_SUPPORT, Draw, events, kind, none, said

#: What carers had in the year. How those with support of their own held it is as in England (ASCOF 3D, 2023-24).
_HAD = {"direct": 46.5, "managed": 7.5, "commissioned": 6.0, "not told": 2.0, "break": 14.0, "advice": 20.0,
        "known": 4.0}  # fmt: skip
_OWN = ("direct", "managed", "commissioned", "not told")
_HELD = {"direct": "Direct payment", "managed": "CASSR managed personal budget",
         "commissioned": "CASSR commissioned support"}  # fmt: skip
_PARTS = {"direct": "Direct payment", "commissioned": "Unpaid carer universal services"}
_NO_SUPPORT = {"NFA: Information and advice or signposting": 75, "NFA: Support declined": 15, "NFA: Other": 10}


def carers(draw: Draw, who: pl.DataFrame) -> list[pl.DataFrame]:
    """Make up the events of unpaid carers."""
    count = who.height
    drawn = who.select(
        "who",
        had=draw.word(count, _HAD),
        end=pl.col("day"),
        start=pl.col("day") - draw.days(count, 0, 28),
        outcome=draw.code(count, "event_outcome", _NO_SUPPORT),
        given=draw.days(count, 50, 400) * 100,
        before=draw.share(count, 0.04),
    )
    known = drawn.filter(pl.col("had") == "known").select(
        "who", client_type=said("Unpaid carer known by association", "client_type")
    )
    mine = [_assessments(draw, drawn), _own(drawn), _moved(drawn), _breaks(draw, drawn)]
    return [*(made.with_columns(client_type=said("Unpaid carer", "client_type")) for made in mine), known]


def _assessments(draw: Draw, drawn: pl.DataFrame) -> pl.DataFrame:
    some = drawn.filter(pl.col("had") != "known")
    progress = pl.Series([ON_TO_SUPPORT], dtype=kind("event_outcome")).new_from_index(0, some.height)
    outcome = some["outcome"].zip_with(some["had"] == "advice", progress)
    made = draw.assessments(some["who"], some["start"], some["end"], "Long term assessment", outcome)
    return made.with_columns(method=said("Carer only", "method"))


def _own(drawn: pl.DataFrame) -> pl.DataFrame:
    """Make support of their own, given once: what the council commissions has no price in the return."""
    some = drawn.filter(pl.col("had").cast(pl.String).is_in(_OWN))
    return _given(some, some["end"], some["had"].cast(pl.String))


def _moved(drawn: pl.DataFrame) -> pl.DataFrame:
    """Make what a few of those with a direct payment now had managed for them some weeks before."""
    some = drawn.filter((pl.col("had") == "direct") & pl.col("before"))
    return _given(some, some["end"] - 60, pl.Series(["managed"], dtype=pl.String).new_from_index(0, some.height))


def _given(some: pl.DataFrame, day: pl.Series, how: pl.Series) -> pl.DataFrame:
    priced = how != "commissioned"
    return events("Service", some["who"], day, day).with_columns(
        outcome=said("NFA: Support ended as planned", "event_outcome"),
        service_type=said("Unpaid carer support: Direct to unpaid carer", "service_type"),
        component=how.replace_strict(_PARTS, default="Other unpaid carer support", return_dtype=kind("component")),
        mechanism=how.replace_strict(_HELD, default=None, return_dtype=kind("mechanism")),
        unit_cost_pence=pl.when(priced).then(some["given"]),
        cost_frequency=pl.when(priced).then(said("One-off", "cost_frequency")).otherwise(none("cost_frequency")),
    )


def _breaks(draw: Draw, drawn: pl.DataFrame) -> pl.DataFrame:
    """Make breaks from caring, which go on: support for the person who is cared for."""
    some = drawn.filter(pl.col("had") == "break")
    return events("Service", some["who"], some["start"], None).with_columns(
        outcome=said(CONTINUES, "event_outcome"),
        service_type=said("Unpaid carer support: Support involving the person cared-for", "service_type"),
        component=said("Unpaid carer respite", "component"),
        provider=draw.providers(some.height),
        unit_cost_pence=draw.around(some.height, 8_000, 0.5),
        cost_frequency=said("Weekly", "cost_frequency"),
    )
