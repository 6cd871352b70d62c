"""Charts as SVG: one look for all of them, and words for those who do not see them.

A chart never stands alone: whoever shows one puts the table of the same figures beside it.
"""

from bisect import bisect_right
from html import escape
from textwrap import wrap
from typing import Any

import altair as alt
import polars as pl
import vl_convert

alt.data_transformers.disable_max_rows()

WIDTH, HEIGHT = 640, 340
INK, PALE, AMBER, GREY, RED = "#0b4f4d", "#cfe0de", "#f2b134", "#505a5f", "#942514"
#: What a chart is laid out with: the drawing cannot measure a typeface whose name ends in a number, and cuts words.
MEASURED = "Arial, Liberation Sans, sans-serif"
#: A page that holds a chart has the first of them; a picture by itself is set in what the computer has.
LETTERS = f"'Source Sans 3', {MEASURED}"
#: Room at each side for letters wider than those that the layout was measured with: a browser may have other fonts.
SPARE = {"left": 36, "right": 36, "top": 16, "bottom": 16}
#: A longer title goes on in a second line, rather than out of the picture.
TITLE_LETTERS = 62
#: From here on the scale of bars stands above them: whoever reads the first ones has not scrolled to the last.
LONG_LIST = 30
#: Told apart in print and by those who do not see colours: each series also has its own dash.
COLOURS = [INK, "#c2571a", "#5694ca", "#6f3b84", "#85994b", "#b58840", GREY]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 4], [1, 3]]
SCALE = ["#eef5f4", "#a8cdc9", "#5b9f9a", INK, "#062c2b"]


def svg(chart: Any, *, title: str, description: str) -> str:
    """Give a chart as a picture that can be read aloud: its title and a description are inside it.

    `chart` is an Altair chart. The SVG stands alone: no script, no font and no picture from elsewhere.
    """
    styled = (
        chart.properties(
            title=alt.TitleParams(wrap(title, TITLE_LETTERS), anchor="start", fontSize=17, color="#0b0c0c", offset=12)
        )
        .configure(font=MEASURED, background="#ffffff", padding=SPARE)
        .configure_axis(labelFontSize=13, titleFontSize=13, titleColor=GREY, labelColor="#0b0c0c", gridColor="#e6ebea")
        .configure_legend(labelFontSize=13, titleFontSize=13, labelLimit=280, symbolStrokeWidth=3, columnPadding=24)
        .configure_view(strokeOpacity=0)
        .configure_text(fontSize=13)
    )
    drawn = vl_convert.vegalite_to_svg(styled.to_dict()).replace(MEASURED, LETTERS)
    opening, _, rest = drawn.partition(">")
    words = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return f'{opening} role="img" aria-label="{escape(title)}">{words}{rest}'


def lines(
    frame: pl.DataFrame, *, x: str, y: str, title: str, description: str, y_title: str, series: str = "",
    part: str = "",
    target: float | None = None, band: tuple[str, str] | None = None, from_zero: bool = True,
) -> str:  # fmt: skip
    """Draw one line a series over time, with a dashed target line where there is one.

    `frame` holds the columns named; `band` names two columns with the ends of an interval. Years stand in the order
    they come in. Where `part` changes, and where a value is missing, the line breaks: nothing is bridged.
    """
    shown = frame.to_dicts()
    order = frame[x].unique(maintain_order=True).to_list()
    across = alt.X(f"{x}:O", sort=order, title=None, axis=alt.Axis(labelAngle=-45 if len(order) > 7 else 0))
    base = alt.Chart(alt.Data(values=shown), width=WIDTH, height=HEIGHT)
    height = alt.Y(f"{y}:Q", title=y_title, scale=alt.Scale(zero=from_zero, nice=True))
    style: dict[str, Any] = {"color": alt.value(INK)}
    if series:
        names = frame[series].unique(maintain_order=True).to_list()
        columns = 1 if max(map(len, names)) > 40 else 3
        legend = alt.Legend(orient="bottom", title=None, columns=columns, symbolType="stroke", symbolSize=600)
        style = {
            "color": alt.Color(f"{series}:N", sort=names, scale=alt.Scale(domain=names, range=COLOURS), legend=legend),
            "strokeDash": alt.StrokeDash(f"{series}:N", sort=names, scale=alt.Scale(domain=names, range=DASHES)),
        }
    if part:
        style["detail"] = alt.Detail(f"{part}:N")
    layers = []
    if band:
        ends = {"y": alt.Y(f"{band[0]}:Q"), "y2": f"{band[1]}:Q"}
        layers.append(base.mark_area(opacity=0.2).encode(across, **ends, color=style["color"]))
    layers.append(base.mark_line(strokeWidth=2.5, invalid="break-paths-show-domains").encode(across, height, **style))
    layers.append(base.mark_point(filled=True, size=45).encode(across, height, color=style["color"]))
    if target is not None:
        rule = alt.Chart(alt.Data(values=[{"target": target}]))
        layers.append(rule.mark_rule(color=RED, strokeDash=[5, 4], strokeWidth=2).encode(alt.Y("target:Q")))
    return svg(alt.layer(*layers), title=title, description=description)


def bars(
    frame: pl.DataFrame, *, label: str, value: str, title: str, description: str, x_title: str,
    picked: str = "", interval: tuple[str, str] | None = None,
) -> str:  # fmt: skip
    """Draw one bar a row, in the rows' order, with the picked one in colour and intervals where there are some."""
    rows = [row | {"_picked": row[label] == picked or not picked} for row in frame.to_dicts()]
    base = alt.Chart(alt.Data(values=rows), width=WIDTH - 180, height=alt.Step(24))
    down = alt.Y(f"{label}:N", sort=None, title=None, axis=alt.Axis(labelLimit=260))
    axis = alt.Axis(orient="top" if len(rows) > LONG_LIST else "bottom", labelOverlap="greedy", labelSeparation=6)
    along = alt.X(f"{value}:Q", title=x_title, scale=alt.Scale(zero=True), axis=axis)
    colour = alt.Color("_picked:N", scale=alt.Scale(domain=[True, False], range=[INK, "#9dbdba"]), legend=None)
    layers = [base.mark_bar().encode(down, along, colour)]
    if interval:
        layers.append(
            base.mark_rule(strokeWidth=2, color="#0b0c0c").encode(
                down, x=alt.X(f"{interval[0]}:Q"), x2=f"{interval[1]}:Q"
            )
        )
    return svg(alt.layer(*layers), title=title, description=description)


def stacked(
    frame: pl.DataFrame, *, x: str, y: str, series: str, title: str, description: str, y_title: str
) -> str:  # fmt: skip
    """Draw a bar for each x, with its series on top of each other: above the line what is more than nought, else below.

    `frame` holds the columns named, a row for each x and series.
    """
    order, names = (frame[column].unique(maintain_order=True).to_list() for column in (x, series))
    base = alt.Chart(alt.Data(values=frame.to_dicts()), width=WIDTH - 160, height=HEIGHT)
    across = alt.X(f"{x}:O", sort=order, title=None, axis=alt.Axis(labelAngle=0))
    legend = alt.Legend(orient="bottom", title=None, columns=3, symbolType="square")
    colour = alt.Color(f"{series}:N", sort=names, scale=alt.Scale(domain=names, range=COLOURS), legend=legend)
    bar = base.mark_bar(stroke="#ffffff", strokeWidth=1).encode(across, alt.Y(f"{y}:Q", title=y_title), colour)
    line = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color="#0b0c0c").encode(alt.Y("zero:Q"))
    return svg(alt.layer(bar, line), title=title, description=description)


def funnel(points: pl.DataFrame, *, title: str, description: str, x_title: str, y_title: str, picked: str = "") -> str:
    """Draw councils against how far chance alone would spread councils of their size.

    `points` has council and denominator, and what `forecasts.spread.funnel` adds; councils without a figure have no
    place in it. Sizes stand on a logarithmic scale, so that small councils can be seen, and the lines leave the
    picture where they leave the councils.
    """
    axis = alt.Axis(format=",d", labelOverlap="greedy", labelSeparation=12)
    size = alt.X("denominator:Q", title=x_title, scale=alt.Scale(type="log", nice=False), axis=axis)
    known = points.filter(pl.col("percent").is_not_null()).sort("denominator")
    rows = [row | {"_picked": row["council"] == picked} for row in known.to_dicts()]
    base = alt.Chart(alt.Data(values=rows), width=WIDTH, height=HEIGHT)
    dashes = {"all councils together": [1, 0], "1 in 20 lies outside": [2, 3], "1 in 500 lies outside": [7, 4]}
    together, in_20, in_500 = dashes
    edges = [("whole_percent", together), ("low_95", in_20), ("high_95", in_20)]
    edges += [("low_99_8", in_500), ("high_99_8", in_500)]
    scale = alt.Scale(domain=list(dashes), range=list(dashes.values()))
    legend = alt.Legend(orient="bottom", title=None, columns=3, symbolType="stroke", symbolSize=600)
    dashed = alt.StrokeDash("_line:N", scale=scale, legend=legend)
    highest: float = known["percent"].max()  # type: ignore[assignment]
    up = alt.Scale(domain=[0, min(100, highest * 1.15)])
    layers: list[Any] = [
        base.mark_line(color=GREY, strokeWidth=1.3, interpolate="monotone", clip=True)
        .transform_calculate(_line=f"'{words}'")
        .encode(size, alt.Y(f"{edge}:Q", title=y_title, scale=up), dashed)
        for edge, words in edges
    ]
    colour = alt.Color("_picked:N", scale=alt.Scale(domain=[False, True], range=["#5b9f9a", RED]), legend=None)
    big = alt.Size("_picked:N", scale=alt.Scale(domain=[False, True], range=[40, 140]), legend=None)
    layers.append(base.mark_circle(opacity=0.85).encode(size, alt.Y("percent:Q"), colour, big))
    if picked:
        named = base.transform_filter("datum._picked").mark_text(dy=-14, fontWeight="bold", color=RED)
        layers.append(named.encode(size, alt.Y("percent:Q"), text="council:N"))
    return svg(alt.layer(*layers), title=title, description=description)


def council_map(
    outlines: dict[str, Any], values: dict[str, float], *, title: str, description: str, unit: str, picked: str = "",
    decimals: int = 1,
) -> str:  # fmt: skip
    """Draw the councils of England in five shades, a fifth of them in each; those without a value stay grey.

    `outlines` is the shipped map (`measures.comparing.areas`): areas with a path and the councils that share it, or
    that stood there before, and an `inset` of those too small to be seen. An area with the figures of several is
    shaded by their mean.
    """
    ordered = sorted(values.values())
    edges = [quantile(ordered, step / 5) for step in range(1, 5)] if values else []
    width, height, inset = outlines["width"], outlines["height"], outlines["inset"]
    whole, close = (_shapes(part["areas"], values, edges, picked, decimals) for part in (outlines, inset))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + 20} {height + 60}" '
        f'width="{width + 20}" height="{height + 60}" role="img" '
        f'aria-label="{escape(title)}" font-family="{LETTERS}" font-size="13">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="10" y="22" font-size="17" font-weight="bold">{escape(title)}</text>'
        f'<g transform="translate(10 34)" stroke="#ffffff" stroke-width="0.5">{whole}</g>'
        f'<g transform="translate({width + 10 - inset["width"]} 50)"><text x="6" y="6">{escape(inset["name"])}</text>'
        f'<g transform="translate(0 12)" stroke="#ffffff" stroke-width="0.5">{close}</g></g>'
        f'<g transform="translate(10 60)">{_legend(ordered, edges, unit, decimals)}</g>'
        f'<text x="10" y="{height + 50}" font-size="9" fill="{GREY}">{escape(outlines["attribution"])}</text></svg>'
    )


def _shapes(
    areas: list[dict[str, Any]], values: dict[str, float], edges: list[float], picked: str, decimals: int
) -> str:
    shapes, here = [], ""
    for area in areas:
        known = [values[council] for council in area["councils"] if council in values]
        shade = "#dddddd" if not known else SCALE[bisect_right(edges, sum(known) / len(known))]
        shapes.append(
            f'<path d="{area["path"]}" fill="{shade}"><title>{escape(_told(area, values, decimals))}</title></path>'
        )
        if picked in area["councils"]:
            here = f'<path d="{area["path"]}" fill="none" stroke="{RED}" stroke-width="2.5"/>'
    return "".join(shapes) + here


def _told(area: dict[str, Any], values: dict[str, float], decimals: int) -> str:
    known = [f"{one}: {values[one]:,.{decimals}f}" for one in area["councils"] if one in values]
    return "; ".join(known) or f"{', '.join(area['councils'])}: no figure"


def _legend(known: list[float], edges: list[float], unit: str, decimals: int) -> str:
    if not known:
        return f'<text y="12">No figures ({escape(unit)})</text>'
    ends = [f"{end:,.{decimals}f}" for end in (known[0], *edges, known[-1])]
    words = [f"{ends[step]} to under {ends[step + 1]}" for step in range(4)] + [f"{ends[4]} to {ends[5]}"]
    rows = zip(SCALE, words, strict=True)
    boxes = "".join(
        f'<rect y="{20 * place + 8}" width="16" height="16" fill="{shade}" stroke="{GREY}"/>'
        f'<text x="24" y="{20 * place + 21}">{words}</text>'
        for place, (shade, words) in enumerate([*rows, ("#dddddd", "no figure")])
    )
    return f"<text>{escape(unit)}</text>{boxes}"


def quantile(ordered: list[float], share: float) -> float:
    """The value below which a share of ordered values lies."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
