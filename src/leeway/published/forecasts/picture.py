"""A forecast as a picture."""

from collections.abc import Iterator
from datetime import date, timedelta

import altair as alt
import polars as pl

from leeway.published.charts import svg
from leeway.published.forecasts.chance import INTERVAL_PERCENT, chances, learn
from leeway.published.forecasts.targets import aim

type Chart = alt.LayerChart | alt.FacetChart

#: The shades of the fan, in percent, widest first so that the narrower ones lie on top.
FAN_PERCENT = (95, 80, 50)
_FAN = ["#5694ca", "#a3c7e6", "#d2e2f1"]
_INK, _SHADE, _TARGET = "#0b0c0c", "#1d70b8", "#d4351c"
_STEPS = 24


def draw(series: pl.DataFrame, *, target_percent: float, by: date, at_most: bool = False) -> str:
    """Draw a `SERIES` frame and what may come: a fan for one unit; for several, each one's interval on the day."""
    answer = chances(series, target_percent=target_percent, by=by, at_most=at_most)
    several = len(answer) > 1
    chart = _intervals(answer, target_percent) if several else _fan(series, target_percent, by)
    title = f"The chance of {aim(target_percent, at_most)} by {in_words(by)}"
    return svg(chart, title=title, description=" ".join(_sentences(answer, by)))


def in_words(day: date) -> str:
    """A day as people write it."""
    return f"{day.day} {day:%B %Y}"


def _fan(series: pl.DataFrame, target_percent: float, by: date) -> Chart:
    known = series.sort("period").select("period", "value", counted=pl.col("series").rle_id())
    learned, last = learn(series), known["period"][-1]
    days = sorted({last + timedelta(days=round((by - last).days * step / _STEPS)) for step in range(_STEPS + 1)})
    rows = []
    for width in FAN_PERCENT:
        edge = (1 - width / 100) / 2
        for day in days:
            rows.append((f"{width}%", day, *learned.outlook(day).percent(edge, 0.5, 1 - edge)[:, 0].tolist()))
    ahead = pl.DataFrame(rows, schema=["within", "period", "low", "median", "high"], orient="row")
    x = alt.X("period:T", title=None, axis=alt.Axis(format="%Y", tickCount=8, labelOverlap=True, labelSeparation=12))
    shades = alt.Scale(domain=[f"{width}%" for width in reversed(FAN_PERCENT)], range=_FAN)
    fans = [
        alt.Chart(ahead.filter(pl.col("within") == f"{width}%"))
        .mark_area()
        .encode(x, _up("low"), alt.Y2("high:Q"), alt.Color("within:N", scale=shades, title="Chance to lie in it"))
        for width in FAN_PERCENT
    ]
    middle = alt.Chart(ahead.filter(pl.col("within") == "50%")).mark_line(color=_INK, strokeDash=[4, 3])
    history = alt.Chart(known).mark_line(color=_INK, point=alt.OverlayMarkDef(color=_INK, size=40))
    goal = alt.Chart(pl.DataFrame({"value": [target_percent], "label": [f"target {target_percent:g}%"]}))
    end = alt.Chart(pl.DataFrame({"period": [by]})).mark_rule(color=_TARGET, strokeDash=[2, 2])
    layers = [
        *fans,
        middle.encode(x, _up("median")),
        # A change in the way of counting breaks the line.
        history.encode(x, _up("value"), detail="counted:N"),
        goal.mark_rule(color=_TARGET, strokeWidth=2).encode(_up("value")),
        goal.mark_text(color=_TARGET, align="left", dx=4, dy=-7).encode(
            _up("value"), alt.Text("label"), x=alt.value(0)
        ),
        end.encode(x),
    ]
    return alt.layer(*layers).properties(width=560, height=320)


def _up(column: str) -> alt.Y:
    """The one upright axis that all layers share."""
    return alt.Y(f"{column}:Q", title="Percent", scale=alt.Scale(zero=False))


def _intervals(answer: pl.DataFrame, target_percent: float) -> Chart:
    units = alt.Y("unit:N", title=None, sort=alt.EncodingSortField("probability", order="descending"))
    chart = alt.Chart(answer.select("unit", "probability", "median", "low", "high", "last_value"))
    reach = chart.mark_rule(color=_SHADE, strokeWidth=4, opacity=0.5).encode(
        alt.X("low:Q", title="Percent", scale=alt.Scale(zero=False)), alt.X2("high:Q"), units
    )
    middle = chart.mark_point(color=_INK, filled=True, size=50).encode(alt.X("median:Q"), units)
    now = chart.mark_tick(color=_INK, thickness=2).encode(alt.X("last_value:Q"), units)
    goal = alt.Chart(pl.DataFrame({"value": [target_percent]})).mark_rule(color=_TARGET, strokeWidth=2)
    return alt.layer(reach, now, middle, goal.encode(alt.X("value:Q"))).properties(width=560, height={"step": 16})


def _sentences(answer: pl.DataFrame, by: date) -> Iterator[str]:
    """What the picture shows, in words."""
    if len(answer) > 1:
        likely = (answer["probability"] >= 0.5).sum()
        yield (
            f"{len(answer)} units, the likeliest first: the last value (tick), the median (point) and the "
            f"{INTERVAL_PERCENT}% interval (bar); the target is the red line. "
            f"{likely} of them reach it with a chance of one half or more."
        )
        return
    one = answer.row(0, named=True)
    yield (
        f"The last value is {one['last_value']:.1f}% on {in_words(one['last_period'])}. By {in_words(by)} the median "
        f"is {one['median']:.1f}%, the {INTERVAL_PERCENT}% interval {one['low']:.1f}% to {one['high']:.1f}%. "
        f"The chance of the target, the red line, is {in_percent(one['probability'])}."
    )


def in_percent(probability: float) -> str:
    """A chance as people read it, never quite nothing and never quite sure.

    >>> in_percent(0.001), in_percent(0.254), in_percent(0.999)
    ('under 1%', '25%', 'over 99%')
    """
    return "under 1%" if probability < 0.01 else "over 99%" if probability > 0.99 else f"{100 * probability:.0f}%"
