"""Charts: each is whole and well formed, says what it shows, and loses no figure."""

import xml.etree.ElementTree as ET

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.published import charts
from leeway.published.catalogue import ENGLAND, catalogue
from leeway.published.comparing import areas, in_year
from leeway.published.forecasts.spread import funnel

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {"title": r"Take-up & <more> \1", "description": 'Kent: "24%" of <some>'}
GREY = "#dddddd"
INSET = {"name": "Capital", "width": 9, "height": 9, "areas": [{"path": "M0,0L9,0L9,9Z", "councils": ["City"]}]}


def parsed(picture: str) -> ET.Element:
    root = ET.fromstring(picture)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    assert root[0].tag == f"{SVG}title" and root[1].tag == f"{SVG}desc"
    return root


def texts(root: ET.Element) -> list[str]:
    return [each.text for each in root.iter(f"{SVG}text") if each.text]


def marks(root: ET.Element, kind: str) -> list[str]:
    """What an assistive reader is told of each mark of a kind."""
    return [each.get("aria-label", "") for each in root.iter() if each.get("aria-roledescription") == kind]


@pytest.fixture(scope="module")
def square():
    """Two areas: one council's, and one that two share."""
    path = "M0,0L9,0L9,9Z"
    shared = [["Kent"], ["North", "South <East>"]]
    shapes = [{"path": path, "councils": councils} for councils in shared]
    return {"width": 90, "height": 90, "attribution": "Made & drawn", "areas": shapes, "inset": INSET}


def drawn(square: dict, values: dict[str, float], **options) -> ET.Element:
    return parsed(charts.council_map(square, values, unit="%", **WORDS, **options))


def shades(root: ET.Element) -> dict[str, str]:
    return {each[0].text: each.get("fill") for each in root.iter(f"{SVG}path") if len(each)}


YEARS = pl.DataFrame(
    {"year": ["2019", "2020", "2021", "2022"], "value": [1.0, 2.5, 3.0, 4.0], "who": ["Ely & <x>"] * 4}
)


@pytest.mark.parametrize(
    "picture",
    [
        charts.lines(YEARS, x="year", y="value", y_title="%", **WORDS),
        charts.lines(YEARS, x="year", y="value", series="who", y_title="%", target=3.0, **WORDS),
        charts.bars(YEARS, label="year", value="value", x_title="%", picked="2020", **WORDS),
    ],
    ids=["lines", "series", "bars"],
)
def test_a_picture_says_what_it_is_whatever_is_in_the_words(picture):
    root = parsed(picture)
    assert root[0].text == root.get("aria-label") == WORDS["title"]
    assert root[1].text == WORDS["description"]
    assert not list(root.iter(f"{SVG}script")) and not list(root.iter(f"{SVG}image"))


def test_names_and_every_point_are_there():
    root = parsed(charts.lines(YEARS, x="year", y="value", series="who", y_title="share", **WORDS))
    assert "Ely & <x>" in texts(root) and {*YEARS["year"]} <= {*texts(root)}
    assert len(marks(root, "point")) == 4


@pytest.mark.parametrize(
    ("values", "parts", "drawn"),
    [
        ([1.0, 2.0, 3.0, 4.0], ["", "", "", ""], 1),
        ([1.0, 2.0, 3.0, 4.0], ["", "", "2021", "2021"], 2),
        ([1.0, None, 3.0, 4.0], ["", "", "", ""], 2),
    ],
)
def test_a_line_bridges_neither_a_break_nor_a_gap(values, parts, drawn):
    frame = YEARS.with_columns(value=pl.Series(values), counted=pl.Series(parts))
    root = parsed(charts.lines(frame, x="year", y="value", part="counted", y_title="%", **WORDS))
    paths = [each.get("d") for each in root.iter(f"{SVG}path") if each.get("aria-roledescription") == "line mark"]
    strokes = sum(path.count("M") for path in paths)
    assert strokes == drawn
    assert sum(path.count("L") for path in paths) <= 4 - drawn
    assert len(marks(root, "point")) == sum(value is not None for value in values)


def test_bars_stand_in_the_order_given_and_the_picked_one_is_dark():
    frame = pl.DataFrame({"council": ["Kent", "Ely", "York"], "value": [1.0, 3.0, 2.0]})
    root = parsed(charts.bars(frame, label="council", value="value", x_title="%", picked="Ely", **WORDS))
    bars = [each for each in root.iter(f"{SVG}path") if each.get("aria-roledescription") == "bar"]
    assert [bar.get("aria-label").split("council: ")[1].split(";")[0] for bar in bars] == ["Kent", "Ely", "York"]
    assert [bar.get("fill") == charts.INK for bar in bars] == [False, True, False]


def test_a_funnel_shows_each_council_with_a_figure_and_names_the_picked_one():
    counted = pl.DataFrame(
        {"council": ["Kent", "Ely & <x>", "Gone"], "numerator": [240.0, 9.0, 0.0], "denominator": [1000.0, 40.0, 0.0]}
    )
    named = {"x_title": "size", "y_title": "%"}
    root = parsed(charts.funnel(funnel(counted, overdispersed=True), picked="Ely & <x>", **named, **WORDS))
    assert len(marks(root, "circle")) == 2 and "Ely & <x>" in texts(root)
    assert len(marks(root, "line mark")) == 5


def test_the_map_shades_by_fifths_and_leaves_no_figure_grey(square):
    told = shades(drawn(square, {"Kent": 10.0, "North": 1.0}))
    assert set(told) == {"Kent: 10.0", "North: 1.0", "City: no figure"}
    assert told["Kent: 10.0"] == charts.SCALE[-1] and told["North: 1.0"] != told["Kent: 10.0"]
    empty = drawn(square, {})
    nothing = ("Kent: no figure", "North, South <East>: no figure", "City: no figure")
    assert shades(empty) == dict.fromkeys(nothing, GREY)
    assert "No figures (%)" in texts(empty) and "Made & drawn" in texts(empty)


def test_councils_that_share_an_area_are_both_told_and_shaded_by_their_mean(square):
    told = shades(drawn(square, {"Kent": 2.0, "North": 1.0, "South <East>": 3.0}, decimals=2))
    assert told["North: 1.00; South <East>: 3.00"] == told["Kent: 2.00"]


def test_the_picked_council_is_outlined(square):
    outlined = [
        each for each in drawn(square, {}, picked="South <East>").iter(f"{SVG}path") if each.get("fill") == "none"
    ]
    assert len(outlined) == 1 and outlined[0].get("stroke") == charts.RED


def test_london_is_drawn_once_more_where_it_can_be_seen():
    root = parsed(charts.council_map(areas(), {"Camden": 1.0, "Kent": 2.0}, unit="", **WORDS))
    told = [each[0].text for each in root.iter(f"{SVG}path") if len(each)]
    assert (told.count("Camden: 1.0"), told.count("Kent: 2.0")) == (2, 1) and "London" in texts(root)


@given(st.lists(st.floats(0, 1000, allow_nan=False), min_size=1, max_size=30))
def test_the_legend_runs_from_the_least_to_the_most_without_a_step_back(values):
    square = {"width": 9, "height": 9, "attribution": "", "areas": [], "inset": INSET}
    named = {f"Council {place}": value for place, value in enumerate(values)}
    rows = [text.replace("under ", "").split(" to ") for text in texts(drawn(square, named)) if " to " in text]
    ends = [float(end.replace(",", "")) for row in rows for end in row]
    assert len(rows) == 5 and ends == sorted(ends)
    assert (ends[0], ends[-1]) == (round(min(values), 1), round(max(values), 1))


@pytest.mark.parametrize(
    ("key", "year"), [("direct-payments", "2024-25"), ("spending-learning", "2003-04"), ("users-all", "2010-11")]
)
def test_no_council_with_a_figure_is_lost_from_the_map(key, year):
    """Also where a council has since been divided, or joined with another."""
    rows = in_year(catalogue()[key], year=year).drop_nulls("value")
    values = dict(rows.select("council", "value").iter_rows())
    told = "; ".join(shades(parsed(charts.council_map(areas(), values, unit="", **WORDS))))
    assert ENGLAND not in values and len(values) > 140
    assert [council for council in values if f"{council}: {values[council]:,.1f}" not in told] == []


def test_words_are_set_in_the_type_of_pages_and_not_cut():
    """The typeface in quotes, as a style must name it; by a name that ends in a number words were measured as wider."""
    frame = pl.DataFrame({"who": ["2000-01 to 2012-13, a level each side"], "value": [1.0]})
    root = parsed(charts.bars(frame, label="who", value="value", x_title="%", **WORDS))
    assert frame["who"][0] in texts(root)
    assert {each.get("font-family") for each in root.iter(f"{SVG}text")} == {charts.LETTERS}
