"""Series are read as people have them, and what cannot be used is refused by row and field."""

from datetime import date

import pytest

from leeway.published.forecasts.series import day_of, latest, read_series, refuse_unusable
from leeway.refusal import Refusal
from tests.published.forecasts.made_up import series, table


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "series.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_a_year_ends_with_the_year_of_the_returns(tmp_path):
    path = written(tmp_path, "period,value\n2010-11,29.2\n2012,43\n2013-06-30,50.5\n")
    read = read_series(path)
    assert read["period"].to_list() == [date(2011, 3, 31), date(2012, 3, 31), date(2013, 6, 30)]
    assert read["value"].to_list() == [29.2, 43.0, 50.5]
    assert read["unit"].to_list() == ["", "", ""]


@pytest.mark.parametrize("period", ["2010-12", "March", "2010-02-30", "99", "", "2011-3-31", "20100331", "2010-2012"])
def test_what_is_no_period(period):
    with pytest.raises(ValueError):
        day_of(period)


def test_gaps_spaces_columns_in_any_order_and_a_byte_order_mark(tmp_path):
    text = (
        "value, note, unit , period\n[c],x,Ash,2015\n 28.1 ,,Ash,2016\n,,Ash,2017\n..,,Beck,2016\n26,,Ash,2018\n,,,\n"
    )
    read = read_series(written(tmp_path, text, encoding="utf-8-sig"))
    assert read.select("unit", "value").rows() == [("Ash", 28.1), ("Ash", 26.0)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("year,value\n2010,1\n", "one column named period"),
        ("period,share\n2010,1\n", "one column named value"),
        ("period,value,value\n2010,1,2\n", "one column named value"),
        ("period,value\n2010,11.2\n2011,many\n", "row 3, value: is not a number"),
        ("period,value\n2010,11.2\n2011,29%\n", "row 3, value: is not a number"),
        ("period,value\n2010,11.2\n2011,120\n", "row 3, value: is not between 0 and 100"),
        ("period,value\n2010,-1\n", "row 2, value: is not between 0 and 100"),
        ("period,value\n2010,nan\n", "row 2, value: is not a number"),
        ("period,value\nMarch,11\n", "row 2, period: is not a date or a year"),
        ("period,value\n2010-11,1\n2012,3\n2011,2\n", "row 4, period: is there twice for one unit (row 2"),
        ("unit,period,value\nAsh,2010,1\n,2011,2\n", "row 3, unit: is blank"),
        ("period,value\n", "has no values"),
        ("", "one column named period"),
        ("period,value\n2010,..\n", "has no values"),
    ],
)
def test_what_cannot_be_read_is_named_by_row_and_field(tmp_path, text, named):
    path = written(tmp_path, text)
    with pytest.raises(Refusal) as refusal:
        read_series(path)
    assert named in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "picture.csv").write_bytes(b"\xff\xfe\x00\x9c")
    for path in (tmp_path / "picture.csv", tmp_path, tmp_path / "none.csv"):
        with pytest.raises(Refusal, match=path.name):
            read_series(path)


def test_the_latest_series_begins_after_the_last_break():
    counted = table(
        ("Ash", "new", 2010, 1), ("Ash", "old", 2011, 2), ("Ash", "new", 2012, 3), ("Ash", "new", 2013, 4),
        ("Beck", "old", 2010, 5), ("Beck", "old", 2011, 6),
    )  # fmt: skip
    assert latest(counted)["value"].to_list() == [3, 4, 5, 6]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (series(20), "The series has one value only. "),
        (series(20, unit="Ash"), "Ash has one value only. "),
        (table(("Ash", "a", 2010, 1), ("Ash", "a", 2011, 1), ("Ash", "b", 2012, 1)), "since the way of counting"),
        (table(("Ash", "", 2010, 1), ("Beck", "", 2010, 1), ("Cole", "", 2010, 1)), "and so have 2 other units"),
        (table(("Ash", "", 2010, 1), ("Ash", "", 2010, 2)), "Ash has more than one value for 2010-03-31"),
        (series(), "There are no values"),
    ],
)
def test_a_frame_that_no_forecast_can_start_from(given, sentence):
    with pytest.raises(Refusal) as refusal:
        refuse_unusable(given)
    assert sentence in str(refusal.value)
