"""Every layout, in small: what a cell becomes, what is left out, and what is listed instead of guessed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leeway.published.returns.layouts import read_return, read_sheets
from leeway.published.returns.reading import FLAGS, SCHEMA, figure_in
from leeway.refusal import Refusal
from tests.published.returns import small_files as small
from tests.workbooks import ods, xlsx

GROSS = "learning disability 18-64 | {} | gross total cost"


def figures(table):
    return {(council, year, item): (value, flag) for council, year, item, value, flag in table.iter_rows()}


def read(tmp_path, rows, name="return_2014-15.csv.gz"):
    return read_return(small.written(tmp_path / name, rows))


def test_a_column_means_what_it_meant_that_year(tmp_path):
    rows = [
        small.SHEET,
        small.sheet("2004-05", "KENT", "E5", "Direct payments", G="12", F="3", I="1"),
        small.sheet("2006-07", "Kent", "E5", "Direct payments", G="3", F="4", I="12"),
        small.sheet("2007-08", "Kent", "D5", "Direct payments", G="3", F="12", I="4"),
    ]
    found = figures(read(tmp_path, rows).table)
    for year in ("2004-05", "2006-07", "2007-08"):
        assert found["Kent", year, GROSS.format("direct payments")] == (12, "")
    assert (
        found[
            "Kent",
            "2006-07",
            "learning disability 18-64 | direct payments | provision by others including capital charges",
        ][0]
        == 4
    )


def test_totals_with_and_without_supporting_people_are_told_apart_by_their_labels(tmp_path):
    rows = [
        small.SHEET,
        small.sheet("2000-01", "York UA", "E11", "TOTAL ADULTS WITH LEARNING DISABILITIES (LINES E1 to E10)", G="7"),
        small.sheet("2004-05", "York UA", "E11", "TOTAL ADULTS excl SP (LINES E1 to E10)", G="8"),
        small.sheet("2004-05", "York UA", "E12", "Supporting People (SP)", G="1"),
        small.sheet("2004-05", "York UA", "E13", "TOTAL ADULTS including Supporting People (LINES E11+E12)", G="9"),
    ]
    found = figures(read(tmp_path, rows).table)
    assert found["York", "2000-01", GROSS.format("total")][0] == 7
    assert found["York", "2004-05", GROSS.format("total, excluding supporting people")][0] == 8
    assert found["York", "2004-05", GROSS.format("total, including supporting people")][0] == 9


def test_what_stacked_expenditure_cannot_say_is_listed(tmp_path):
    rows = [
        [*small.SHEET, "x13"],
        [*small.sheet("2004-05", "Camelot", "E5", "Direct payments", G="1"), ""],
        [*small.sheet("1999-00", "Kent", "E5", "Direct payments", G="1"), ""],
        [*small.sheet("2004-05", "Kent", "E5", "Direct payments", G="12+2", C="-4", D=""), "77"],
        [*small.sheet("2004-05", "TOTAL Inner London", "E5", "Direct payments", G="500"), ""],
    ]
    reading = read(tmp_path, rows)
    assert [(place.row, place.council) for place in reading.unread] == [(1, ""), (2, ""), (3, ""), (4, "Kent")]
    assert [
        word in place.reason for word, place in zip(["x13", "Camelot", "1999-00", "12+2"], reading.unread, strict=True)
    ]
    found = figures(reading.table)
    assert found["Kent", "2004-05", GROSS.format("direct payments")] == (None, "unreadable")
    assert found[
        "Kent", "2004-05", "learning disability 18-64 | direct payments | own provision including capital charges"
    ] == (-4, "negative")
    assert {council for council, *_ in found} == {"Kent"}, "totals of groups are never among the councils"
    assert figures(reading.totals)["Inner London", "2004-05", GROSS.format("direct payments")] == (500, "")


def test_a_row_without_a_number_breaks_down_the_one_above(tmp_path):
    rows = [
        small.SHEET,
        small.sheet("2004-05", "Kent", "A1", "Management", G="3"),
        small.sheet("2004-05", "Kent", "", "Generic services", G="1"),
        small.sheet("2004-05", "Kent", "A2", "Complaints", G="9"),
        small.sheet("2004-05", "Kent", "", "Generic services", G="2"),
    ]
    found = figures(read(tmp_path, rows).table)
    assert found["Kent", "2004-05", GROSS.format("management | generic services")][0] == 1
    assert found["Kent", "2004-05", GROSS.format("complaints | generic services")][0] == 2


def test_activity_takes_its_headings_from_most_sheets_and_not_from_one(tmp_path):
    sheets = [
        small.form("Kent", 10, "Under", "Data item data", "Kent"),
        small.form("Kent", 56, "x > Receiving services at 31 March 2007", "(18-64 ld direct payments)", "12"),
        small.form("Leeds", 56, "y > Receiving services at 31 March 2007", "(18-64 ld direct payments)", "-"),
        small.form("York UA", 56, "x > (18-64 pd direct payments)", "(18-64 ld direct payments)", "9", "Y "),
        small.form("Kent", 60, "RAP > Weeks by > - residents aged 18 to 64 with", "- learning disability", "..", " A"),
        small.form("Leeds", 60, "RAP > Weeks by > - residents aged 18 to 64 with", "- learning disability", "8", " A"),
        small.form("Kent", 61, "RAP > Weeks by > - residents aged 18 to 64 with", "- learning disability", "3"),
        small.form("Kent", 90, "Notes", "Line no above", "Source"),
        small.form("Kent", 91, "Notes", "56", "44"),
        small.form("Leeds", 92, "Notes", "57", "RAP"),
    ]
    reading = read(tmp_path, [small.FORM, *sheets])
    found = figures(reading.table)
    direct, weeks = (
        "receiving services at 31 march | (18-64 ld direct payments)",
        "weeks by | - residents aged 18 to 64 with | learning disability",
    )
    assert found == {
        ("Kent", "2006-07", direct): (12, ""),
        ("Leeds", "2006-07", direct): (None, "suppressed"),
        ("York", "2006-07", direct): (9, "averaged"),
        ("Kent", "2006-07", weeks): (None, "not available"),
        ("Leeds", "2006-07", weeks): (8, "adjusted"),
        ("Kent", "2006-07", f"{weeks} (sheet row 61)"): (3, ""),
    }
    assert [place.row for place in reading.unread] == [10, 11], "a council's notes are listed, not read as figures"


def test_wide_headings_are_put_together_and_footnotes_set_the_flags(tmp_path):
    reading = read(tmp_path, small.WIDE)
    home, direct = (
        "services | people at 31 march | home care | a1",
        "services | people at 31 march | direct payments | a2",
    )
    found = figures(reading.table)
    assert found["Cumbria", "2009-10", home] == (1350, "rounded")
    assert found["Cumbria", "2009-10", direct] == (None, "below threshold (1-5)")
    assert found["Cumbria", "2009-10", "services | reviews | a3"] == (None, "not available")
    assert found["Medway", "2009-10", "residents | weeks | b1"] == (-7, "negative")
    assert figures(reading.totals)["England", "2009-10", home] == (1355, "rounded")
    assert len(found) == 8 and not reading.unread


def test_councils_in_columns(tmp_path):
    reading = read(tmp_path, small.COLUMNS)
    found = figures(reading.table)
    assert found["Cumbria", "2014-15", "age 18 to 64 | gross total cost"] == (12.5, "")
    assert found["Medway", "2014-15", "age 18 to 64 | gross total cost"] == (None, "not available")
    assert found["Medway", "2014-15", "age 65 and over | gross total cost"] == (2, ""), "the first of two is kept"
    assert [(place.row, place.council) for place in reading.unread] == [(2, ""), (5, "Medway")]
    assert set(reading.totals["council"]) == {"England"}
    with pytest.raises(Refusal, match=r"nothing in the file says its year"):
        read(tmp_path, small.COLUMNS, "return.csv")
    with pytest.raises(Refusal, match=r"its name tells of 2013-14 and 2014-15"):
        read(tmp_path, small.COLUMNS, "return_2013-14_and_14-15.csv")


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("pss-exp-eng-14-15-fin.csv", "2014-15"),
        ("Annex_2013_14.csv", "2013-14"),
        ("return_2014-2015.csv", "2014-15"),
        ("saved 2014-10-11, return 2012-13.csv", "2012-13"),
        ("saved 11-12-2014.csv", None),
        ("14-16.csv", None),
        ("1415.csv", None),
    ],
)
def test_the_year_that_a_name_says(tmp_path, name, year):
    """A day in a name is no year, nor are two years that do not follow each other."""
    if year:
        assert read(tmp_path, small.COLUMNS, name).table["year"].unique().to_list() == [year]
    else:
        with pytest.raises(Refusal, match="nothing in the file says its year"):
            read(tmp_path, small.COLUMNS, name)


def test_the_bridging_file_says_which_year_a_row_is(tmp_path):
    found = figures(read(tmp_path, small.BRIDGING).table)
    assert found == {("Cumbria", "2014-15", "adults"): (5, ""), ("Cumbria", "2013-14", "adults"): (4, "")}


def test_the_long_form_and_the_two_dorsets(tmp_path):
    found = figures(read(tmp_path, small.LONG, "activity_2015-16.csv").table)
    item = "long term | in house | mandatory"
    assert found == {
        ("Cumbria", "2015-16", item): (3.5, "estimated"),
        ("Dorset (to 2018-19)", "2015-16", item): (None, "blank"),
    }


def test_numbered_categories_without_a_known_name_stay_numbers(tmp_path):
    reading = read(tmp_path, small.ASC_FR)
    assert figures(reading.table) == {
        ("Cumbria", "2016-17", "age 18 to 64 | community: direct payments"): (8, ""),
        ("Buckinghamshire", "2016-17", "age 65 and over | support setting 3"): (None, "not available"),
    }
    assert reading.totals["value"].to_list() == [99]
    assert [place.row for place in reading.unread] == [5]


def test_ascof_with_its_brackets_and_councils_that_have_gone(tmp_path):
    found = figures(read(tmp_path, small.ASCOF).table)
    assert found["Northumberland", "2024-25", "3d(2a) | outcome"] == (17.1, "")
    assert found["Northumberland", "2016-17", "3d(2a) | outcome"] == (39, "")
    assert found["Northumberland", "2016-17", "3d(2a) | outcome (original eligible population)"] == (38.7, "")
    assert found["Dorset", "2024-25", "3d(2a) | outcome"] == (None, "suppressed")
    assert found["Dorset (to 2018-19)", "2016-17", "3d(2a) | outcome"] == (40, "")
    assert found["Dorset", "2023-24", "3d(2a) | outcome"] == (41, ""), "published under the county that had ended"


def test_oflog_and_deflators(tmp_path):
    assert figures(read(tmp_path, small.OFLOG).table) == {("Bristol", "2016-17", "asc quality of life"): (19, "")}
    reading = read(tmp_path, small.DEFLATORS)
    assert figures(reading.table)["United Kingdom", "2021-22", "gdp deflator, 2022-23 = 100"] == (93.629, "")
    assert [place.row for place in reading.unread] == [5] and reading.table.height == 2


@given(cell=st.text(max_size=12) | st.floats(allow_nan=True).map(str) | st.integers().map("{:,}".format))
def test_a_cell_is_a_number_or_a_flag_and_never_a_guess(cell):
    value, flag = figure_in(cell)
    assert flag in FLAGS
    if value is None:
        assert flag != ""
    else:
        assert value == pytest.approx(float(cell.strip().replace(",", "")), rel=1e-9)


@pytest.mark.parametrize(
    ("cell", "figure"),
    [
        ("[w]", (None, "none recorded")),
        ("[W] ", (None, "none recorded")),
        ("[low]", (None, "low")),
        ("[u2]", (None, "low reliability")),
        ("[e]", (None, "not available")),
        ("12.5 [p]", (12.5, "provisional")),
        ("12[s][r]", (12, "revised")),
        ("-3 [ss]", (-3, "negative")),
        ("12 [c]", (None, "unreadable")),
        ("[note 3]", (None, "unreadable")),
        ("12]", (None, "unreadable")),
    ],
)
def test_the_statistical_services_shorthand(cell, figure):
    assert figure_in(cell) == figure


@pytest.mark.parametrize("cell", ["1,2,3", "12,34", "12+2", "#NUM!", "1e999", "nan", "inf", "£5", "1 000", "39 (38.7)"])
def test_cells_that_are_not_figures(cell):
    assert figure_in(cell) == (None, "unreadable")


def test_a_file_of_which_most_figures_are_none_is_refused(tmp_path):
    words = [[*row[:5], "x", "y"] if row[0] == "Age 65 and over" else row for row in small.COLUMNS]
    half = [[*words[0]], [*words[1]], ["Age 18 to 64", "Gross total cost", "12.5", "yes", "", ""]]
    assert len(read(tmp_path, half).unread) == 2, "one of two is read, and the other listed, with Camelot"
    most = [*half, ["Age 65 and over", "Gross total cost", "no", "no", "", ""]]
    with pytest.raises(Refusal, match="3 of 4 cells where PSS-EX1, councils in columns has figures hold none"):
        read(tmp_path, most)


def test_a_file_of_which_most_rows_name_no_council_is_refused(tmp_path):
    stranger = ["2016-17", "X1", "Camelot", "Outcome, ASC Quality of Life", "19"]
    assert read(tmp_path, [*small.OFLOG, stranger]).table.height == 1
    with pytest.raises(Refusal, match="most rows name no council that is known"):
        read(tmp_path, [*small.OFLOG, stranger, stranger])


def test_councils_with_several_rows_are_no_wide_layout(tmp_path):
    """The cells beside a council's name then say what a row is about: read as figures they were a denominator."""
    rows = [["Code", "Name", "What", "How much"], ["102", "Cumbria", "3", "400"], ["102", "Cumbria", "4", "100"]]
    with pytest.raises(Refusal, match="is not a published return that Leeway knows"):
        read(tmp_path, rows)


def test_blank_rows_above_are_passed_over_and_rows_keep_their_numbers(tmp_path):
    reading = read(tmp_path, [["", ""], [], *small.COLUMNS])
    assert [(place.row, place.council) for place in reading.unread] == [(4, ""), (7, "Medway")]
    assert figures(read(tmp_path, [["", "", "", ""], *small.ASCOF]).table)[
        "Northumberland", "2024-25", "3d(2a) | outcome"
    ]


@pytest.mark.parametrize("made", [xlsx, ods])
def test_a_workbook_is_read_sheet_by_sheet(tmp_path, made):
    path = tmp_path / "return_2014-15.book"
    sheets = {
        "Costs": small.COLUMNS,
        "Take-up": [*small.ASCOF, ["820", "Essex", "E10000012", "27.5%", "2", "3"]],
        "Use": [*small.ASC_FR, ["2017", "821", "E06000035", "E12000008", "1", "1", "27.5%"]],
    }
    path.write_bytes(made({"Cover": [["A cover"]], **sheets}))
    readings, others = read_sheets(path)
    assert others == ["Cover"]
    assert {sheet: reading.kind for sheet, reading in readings.items()} == {
        "Costs": "PSS-EX1, councils in columns",
        "Take-up": "ASCOF",
        "Use": "ASC-FR",
    }
    for sheet, rows in sheets.items():
        as_csv = read(tmp_path, rows)
        assert figures(readings[sheet].table) == figures(as_csv.table)
        assert readings[sheet].unread == as_csv.unread
        assert sheet == "Costs" or "“27.5%” is not a figure" in [place.reason for place in as_csv.unread]
    with pytest.raises(Refusal, match="has 3 sheets that are returns"):
        read_return(path)


def test_a_workbook_without_a_return_is_refused(tmp_path):
    path = tmp_path / "return_2014-15.xlsx"
    path.write_bytes(xlsx({"Cover": [["A cover"]], "Notes": [["A note"]]}))
    with pytest.raises(Refusal, match="no sheet of it is a published return"):
        read_return(path)


LAYOUTS = [small.WIDE, small.COLUMNS, small.LONG, small.ASC_FR, small.ASCOF, small.OFLOG, small.DEFLATORS]
LAYOUTS += [[small.SHEET, small.sheet("2004-05", "Kent", "E5", "Direct payments", G="1")]]
LAYOUTS += [[small.FORM, small.form("Kent", 56, "x", "y", "1"), small.form("Kent", 90, "N", "Line no above", "Source")]]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_read_listed_or_refused_and_never_breaks_the_reader(tmp_path, data):
    rows = [list(row) for row in data.draw(st.sampled_from(LAYOUTS))]
    for _ in range(data.draw(st.integers(1, 5))):
        row = data.draw(st.sampled_from(range(len(rows))))
        change = data.draw(st.sampled_from(["cell", "cut", "blank", "drop"]))
        if change == "cell" and rows[row]:
            rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(st.text(max_size=6))
        elif change == "cut":
            rows[row] = rows[row][: data.draw(st.integers(0, len(rows[row])))]
        elif change == "drop" and len(rows) > 1:
            del rows[row]
        else:
            rows.insert(row, [])
    try:
        reading = read(tmp_path, rows)
    except Refusal as refusal:
        assert "return_2014-15" in str(refusal)
    else:
        assert reading.table.schema == SCHEMA and reading.totals.schema == SCHEMA
        assert set(reading.table["flag"]) <= set(FLAGS)
        assert reading.table.filter(reading.table["value"].is_null())["flag"].is_in(["", "negative"]).sum() == 0
        assert reading.table.unique(["council", "year", "item"]).height == reading.table.height
