"""The specification curve as a picture: every estimate in order of size, and beneath each what was chosen for it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from leeway.published.charts import AMBER, INK, RED, svg

WIDTH, HEIGHT, ROW_HEIGHT = 760, 330, 15
# Places to the trillionth of a pixel, which double the size of a large picture.
LONG_PLACES = re.compile(r"(\d\.\d\d)\d{5,}")
BLACK = "#0b0c0c"


def curve_svg(
    frame: pl.DataFrame,
    *,
    choices: Mapping[str, Sequence[str]],
    title: str,
    y_title: str,
    band: tuple[float, float] | None = None,
    band_words: str = "",
) -> str:
    """Draw estimates with their intervals, smallest first, over rows of marks for the choices behind each.

    `frame` has `effect`, `low`, `high` and a column of words for each of the `choices`, which say in what order the
    words stand. `band` is drawn across, for a published range. Intervals that reach nought are pale, the others
    dark: told apart in grey print too.
    The words for those who do not see it are in the picture (`curve_words`).
    """
    ranked = frame.sort("effect").with_row_index("rank").with_columns(apart=(pl.col("low") > 0) | (pl.col("high") < 0))
    top = _intervals(ranked.select("rank", "effect", "low", "high", "apart"), y_title=y_title, band=band)
    below = [_marks(ranked[name], answers) for name, answers in choices.items()]
    chart = alt.vconcat(top, *below, spacing=6)
    picture = svg(chart, title=title, description=curve_words(frame, band=band, band_words=band_words))
    return LONG_PLACES.sub(r"\1", picture)


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


def _across(ranks: int) -> alt.Scale:
    return alt.Scale(domain=[-1, ranks], nice=False)


def _intervals(ranked: pl.DataFrame, *, y_title: str, band: tuple[float, float] | None) -> Any:
    base = alt.Chart(alt.Data(values=ranked.to_dicts()), width=WIDTH, height=HEIGHT)
    along = alt.X("rank:Q", axis=None, scale=_across(ranked.height))
    colour = alt.Color("apart:N", scale=alt.Scale(domain=[True, False], range=[INK, "#a9b3b1"]), legend=None)
    thick = max(0.8, min(3.0, WIDTH / ranked.height / 2))
    nought = alt.Chart(alt.Data(values=[{"nought": 0}]))
    layers: list[alt.Chart] = [
        base.mark_rule(strokeWidth=thick, aria=False).encode(
            along, alt.Y("low:Q", title=y_title), alt.Y2("high:Q"), colour
        ),
        nought.mark_rule(color=BLACK, strokeWidth=1, aria=False).encode(alt.Y("nought:Q")),
        base.mark_point(filled=True, color=BLACK, opacity=1, size=max(4.0, thick * 14), aria=False).encode(
            along, alt.Y("effect:Q")
        ),
    ]
    if band:
        ends = alt.Chart(alt.Data(values=[{"end": end} for end in band]))
        both = alt.Chart(alt.Data(values=[{"low": band[0], "high": band[1], "word": "published"}]))
        layers.insert(0, both.mark_rect(color=AMBER, opacity=0.6, aria=False).encode(alt.Y("low:Q"), alt.Y2("high:Q")))
        # Over the intervals, so that the range can be followed all the way across.
        layers.append(ends.mark_rule(color=RED, strokeDash=[6, 3], aria=False).encode(alt.Y("end:Q")))
        words = both.mark_text(align="left", x=WIDTH + 6, color=RED, aria=False)
        layers.append(words.encode(alt.Y("high:Q"), text="word:N"))
    return alt.layer(*layers)


def _marks(chosen: pl.Series, answers: Sequence[str]) -> alt.Chart:
    """A row for each answer to one choice, with a mark under each estimate that it was chosen for.

    Neighbours with the same answer share one mark: a picture of a thousand estimates stays small.
    """
    half = min(0.45, 1.5 * len(chosen) / WIDTH)
    runs = (
        pl.DataFrame({"answer": chosen})
        .with_row_index("rank")
        .group_by(pl.col("answer").rle_id().alias("run"), maintain_order=True)
        .agg(pl.col("answer").first(), start=pl.col("rank").first() - half, end=pl.col("rank").last() + half)
    )
    shown = [answer for answer in answers if answer in set(chosen)]
    # Room for the longest words in the widest of the letters that a browser may have.
    axis = alt.Axis(labelLimit=330, minExtent=390, domain=False, ticks=False)
    down = alt.Y("answer:N", sort=shown, title=None, axis=axis)
    return (
        alt.Chart(alt.Data(values=runs.to_dicts()), width=WIDTH, height=ROW_HEIGHT * len(shown))
        .mark_rect(color=BLACK, height=ROW_HEIGHT - 5, aria=False)
        .encode(alt.X("start:Q", axis=None, scale=_across(len(chosen))), alt.X2("end:Q"), down)
    )
