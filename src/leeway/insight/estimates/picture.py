"""The specification curve as a picture: every estimate in order of size, and beneath each what was chosen for it."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from leeway.insight.charts import AMBER, GREY, INK, svg

WIDTH, HEIGHT, ROW_HEIGHT = 760, 330, 15
PAPER_BLACK = "#0b0c0c"


def curve_svg(
    frame: pl.DataFrame,
    *,
    choices: Sequence[str],
    title: str,
    y_title: str,
    band: tuple[float, float] | None = None,
    band_words: str = "",
) -> str:
    """Draw estimates with their intervals, smallest first, over rows of marks for the choices behind each.

    `frame` has `effect`, `low`, `high` and a column of words for each of the `choices`; `band` is drawn across,
    for a published range. Intervals that reach nought are pale, the others dark: told apart in grey print too.
    The words for those who do not see it are in the picture (`curve_words`).
    """
    ranked = frame.sort("effect").with_row_index("rank").with_columns(apart=(pl.col("low") > 0) | (pl.col("high") < 0))
    along = alt.X("rank:Q", axis=None, scale=alt.Scale(domain=[-1, ranked.height], nice=False))
    top = _intervals(ranked.select("rank", "effect", "low", "high", "apart"), along, y_title=y_title, band=band)
    below = [_marks(ranked.select("rank", name), name, along) for name in choices]
    chart = alt.vconcat(top, *below, spacing=6).resolve_scale(x="shared")
    return svg(chart, title=title, description=curve_words(frame, band=band, band_words=band_words))


def curve_words(frame: pl.DataFrame, *, band: tuple[float, float] | None = None, band_words: str = "") -> str:
    """What the picture shows, in words."""
    middle, least, most = frame["effect"].median(), frame["effect"].min(), frame["effect"].max()
    apart = frame.filter((pl.col("low") > 0) | (pl.col("high") < 0)).height
    words = (
        f"{frame.height:,} estimates from {_plain(least)} to {_plain(most)}, the middle one {_plain(middle)}; "
        f"the 95% intervals of {apart:,} leave out nought."
    )
    if band:
        inside = frame.filter(pl.col("effect").is_between(*band)).height
        reached = frame.filter((pl.col("low") <= band[1]) & (pl.col("high") >= band[0])).height
        words += (
            f" {band_words or 'The band'} runs from {_plain(band[0])} to {_plain(band[1])}: {inside:,} estimates lie "
            f"inside it and {reached:,} intervals reach it."
        )
    return words


def _plain(number: object) -> str:
    assert isinstance(number, int | float)
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def _intervals(ranked: pl.DataFrame, along: alt.X, *, y_title: str, band: tuple[float, float] | None) -> alt.LayerChart:
    base = alt.Chart(alt.Data(values=ranked.to_dicts()), width=WIDTH, height=HEIGHT)
    colour = alt.Color("apart:N", scale=alt.Scale(domain=[True, False], range=[INK, "#a9b3b1"]), legend=None)
    thick = max(0.8, min(3.0, WIDTH / ranked.height / 2))
    layers: list[alt.Chart] = []
    if band:
        shade = alt.Chart(alt.Data(values=[{"low": band[0], "high": band[1]}]))
        ends = {"y": alt.Y("low:Q"), "y2": alt.Y2("high:Q")}
        layers.append(shade.mark_rect(color=AMBER, opacity=0.55, stroke=GREY, strokeDash=[4, 3]).encode(**ends))
    nought = alt.Chart(alt.Data(values=[{"nought": 0}]))
    layers += [
        nought.mark_rule(color=PAPER_BLACK, strokeWidth=1).encode(alt.Y("nought:Q")),
        base.mark_rule(strokeWidth=thick).encode(along, alt.Y("low:Q", title=y_title), alt.Y2("high:Q"), colour),
        base.mark_point(filled=True, color=PAPER_BLACK, opacity=1, size=max(4.0, thick * 14)).encode(
            along, alt.Y("effect:Q")
        ),
    ]
    return alt.layer(*layers)


def _marks(ranked: pl.DataFrame, name: str, along: alt.X) -> alt.Chart:
    """One row of marks for each answer to one choice, in the order in which the answers first come by name."""
    answers = sorted(ranked[name].unique())
    rows = ranked.rename({name: "answer"}).to_dicts()
    down = alt.Y("answer:N", sort=answers, title=None, axis=alt.Axis(labelLimit=330, domain=False, ticks=False))
    thick = max(0.8, min(3.0, WIDTH / ranked.height / 2))
    return (
        alt.Chart(alt.Data(values=rows), width=WIDTH, height=ROW_HEIGHT * len(answers))
        .mark_tick(orient="vertical", color=PAPER_BLACK, thickness=thick, size=ROW_HEIGHT - 5)
        .encode(along, down)
    )
