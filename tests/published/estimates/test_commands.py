"""`leeway insight estimate`: good panels, bad ones, and the published one."""

import json
import random
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from leeway.insight.commands import insight
from tests.originals import original
from tests.published.estimates.made_up import a_panel
from tests.published.estimates.test_regression import by_linearmodels

COLUMNS = ["--outcome", "spending", "--effect", "people", "--unit", "council", "--period", "year"]
PUBLISHED = ("council_data", "ld_direct_payments_panel_2000-01_to_2012-13.csv")


def run(*words):
    return CliRunner().invoke(insight, ["estimate", *map(str, words)])


def answer(*words):
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def by_name(answered):
    return {one["name"]: one for one in answered["specifications"]}


def refusal(*words) -> str:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


@pytest.fixture
def panel(tmp_path):
    path = tmp_path / "panel.csv"
    a_panel(1, missing=0.1).to_csv(path, index=False)
    return path


@pytest.fixture
def changed(tmp_path):
    """A small panel with one row's text changed."""
    rows = ["council,year,spending,people"]
    chance = random.Random(5)
    for council in ("Ayton", "Beeham", "Ceeford"):
        for year in range(2001, 2006):
            rows.append(f"{council},{year},{chance.randint(100, 900)},{chance.randint(1, 99)}")

    def change(number: int | None = None, text: str = "", *, keep: int | None = None):
        lines = rows[:keep]
        if number is not None:
            lines = [text if place == number else line for place, line in enumerate(lines, start=1)]
        path = tmp_path / "changed.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return change


def test_a_panel_is_answered_by_name(panel):
    answered = answer(panel, *COLUMNS)
    found = by_name(answered)
    main = found["two-way fixed effects"]
    assert (main["effect"], main["standard_error"]) == pytest.approx(by_linearmodels(a_panel(1, missing=0.1)), rel=1e-8)
    assert main["interval"][0] < 20_000 < main["interval"][1]
    assert found["first differences"]["periods"] == 8
    for one in answered["specifications"]:
        numbers = {"effect", "standard_error", "interval", "observations", "units", "periods", "wild_bootstrap_p"}
        assert set(one) == {"name", *numbers}
    assert "association" in answered["about"] and "not a price" in answered["about"]


def test_periods_are_read_as_years_however_written(panel, tmp_path):
    frame = a_panel(1, missing=0.1)
    frame["year"] = [f"{year - 1}-{year % 100:02}" for year in frame["year"]]
    other = tmp_path / "financial.csv"
    frame.to_csv(other, index=False)
    assert answer(other, *COLUMNS)["specifications"] == answer(panel, *COLUMNS)["specifications"]


def test_rows_without_both_series_are_left_out_and_counted(changed):
    whole = changed()
    text = whole.read_text(encoding="utf-8")
    whole.write_text(text + "Ayton,2006,-,5\nAyton,2007,..,\nAyton,2008,7,\n\nBeeham,2006, ,3\n", encoding="utf-8")
    lacking = answer(whole, *COLUMNS)
    assert lacking["left_out"] == {"rows": 4, "without_outcome": 2, "without_effect": 1, "without_either": 1}
    complete = answer(changed(), *COLUMNS)
    assert by_name(lacking)["two-way fixed effects"] == by_name(complete)["two-way fixed effects"]


def test_a_gap_in_the_years_is_not_a_first_difference(changed):
    path = changed(4, "Ayton,2030,500,50")  # in place of 2003
    assert by_name(answer(path, *COLUMNS))["first differences"]["observations"] == 10


def test_a_control_is_held_fixed_and_a_group_left_out_in_turn(panel):
    held = by_name(answer(panel, *COLUMNS, "--control", "other"))["two-way fixed effects"]
    theirs = by_linearmodels(a_panel(1, missing=0.1), columns=("people", "other"))
    assert held["effect"] == pytest.approx(theirs[0], rel=1e-8)
    frame = a_panel(1, missing=0.1)
    frame["region"] = frame["council"].str[-1]
    frame.to_csv(panel, index=False)
    without = answer(panel, *COLUMNS, "--leave-out", "region")["left_out_in_turn"]
    assert [one["without"] for one in without] == list("0123456789")
    assert without[3]["effect"] == pytest.approx(by_linearmodels(frame[frame["region"] != "3"])[0], rel=1e-8)


def test_both_series_may_be_divided_by_size(panel, changed):
    frame = a_panel(1, missing=0.1)
    divided = frame.assign(spending=frame["spending"] / frame["size"], people=frame["people"] / frame["size"])
    found = by_name(answer(panel, *COLUMNS, "--per", "size"))["two-way fixed effects"]
    assert (found["effect"], found["standard_error"]) == pytest.approx(by_linearmodels(divided), rel=1e-8)
    path = changed()
    sized = [line + ",5" for line in path.read_text(encoding="utf-8").splitlines()]
    sized[0], sized[3], sized[5] = sized[0].replace(",5", ",size"), sized[3][:-1] + "0", sized[5][:-1]
    path.write_text("\n".join(sized), encoding="utf-8")
    assert "row 4, size: not above nought" in refusal(path, *COLUMNS, "--per", "size")
    path.write_text("\n".join([*sized[:3], *sized[4:]]), encoding="utf-8")
    counts = answer(path, *COLUMNS, "--per", "size")["left_out"]
    assert (counts["rows"], counts["without_another_column"]) == (1, 1)


def test_the_plot_is_a_whole_picture_with_words(panel, tmp_path):
    plot = tmp_path / "plot.svg"
    assert run(panel, *COLUMNS, "--plot", plot, "--band", 15000, 25000).exit_code == 0
    picture = ElementTree.parse(plot)
    assert picture.getroot().tag.endswith("svg")
    words = " ".join(picture.getroot().itertext())
    assert "two-way fixed effects" in words and "The band runs from 15,000 to 25,000" in words


def test_nothing_is_left_where_a_plot_cannot_be_written(panel, tmp_path):
    assert "cannot be written" in refusal(panel, *COLUMNS, "--plot", tmp_path / "nowhere" / "plot.svg")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert "not an ordinary file" in refusal(panel, *COLUMNS, "--plot", folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "panel.csv"]


def test_the_same_answer_for_people(panel):
    shown = run(panel, *COLUMNS).stdout
    assert "two-way fixed effects: " in shown and "Rows left out: 0." in shown and "not a price" in shown


@pytest.mark.parametrize(
    "number, text, said",
    [
        (3, "Ayton,2002,about 500,7", "row 3, spending: not a number"),
        (3, "Ayton,2002,500,nan", "row 3, people: not a number"),
        (3, "Ayton,2002,1e999,7", "row 3, spending: too large or too small a number"),
        (3, "Ayton,2002-05,500,7", "row 3, year: not a year"),
        (3, "Ayton,,500,7", "row 3, year: not a year"),
        (3, ",2002,500,7", "row 3, council: it is blank"),
        (3, "Ayton,2001,500,7", "row 3: Ayton in 2001 is there already in row 2"),
        (3, "Ayton,2002,500", "row 3 has 3 cells under 4 headings"),
        (1, "council,year,costs,people", "no column “spending”. The columns are: council, year, costs, people"),
        (1, "council,year,spending,spending", "more than one column “spending”"),
    ],
)
def test_what_cannot_be_used_is_named_by_row_and_field(changed, number, text, said):
    assert said in refusal(changed(number, text), *COLUMNS)


def test_every_wrong_cell_counts_and_a_few_are_named(changed):
    path = changed()
    path.write_text(path.read_text(encoding="utf-8").replace(",2", ",x2"), encoding="utf-8")
    assert "row 6, year" in (said := refusal(path, *COLUMNS)) and "more." in said


def test_panels_that_say_nothing_are_refused(changed, tmp_path):
    assert "no rows" in refusal(changed(keep=1), *COLUMNS)
    assert "fewer than two units" in refusal(changed(keep=6), *COLUMNS)
    path = changed()
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], *(f"{line.rpartition(',')[0]},7" for line in lines[1:])]), encoding="utf-8")
    assert "does not vary" in refusal(path, *COLUMNS)


def test_files_that_are_no_csv_are_refused(tmp_path, panel):
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(b"PK\x03\x04\xff\xfe\x00\x00")
    assert "not a CSV file" in refusal(wrong, *COLUMNS)
    wrong.write_bytes(b"")
    assert "no column" in refusal(wrong, *COLUMNS)
    wrong.write_text('council,year,spending,people\n"Ayton,2001,5,6\n', encoding="utf-8")
    assert "not a CSV file" in refusal(wrong, *COLUMNS)
    assert "there is no such file" in refusal(tmp_path / "nothing.csv", *COLUMNS)
    assert "cannot be read" in refusal(tmp_path, *COLUMNS)
    assert "named twice" in refusal(panel, *COLUMNS[:-1], "council")
    assert "wrong way round" in refusal(panel, *COLUMNS, "--band", 25, 15)


PUBLISHED_COLUMNS = ["--outcome", "ld_gross_total_cost_gbp000", "--effect", "dp_users_ld_18_64", "--unit", "council"]


@pytest.mark.parametrize("period", ["year_ending", "financial_year"])
def test_the_published_panel(period):
    """Thousands of pounds for each further person: figures worked out once from the published file, by both peers."""
    answered = answer(original(*PUBLISHED), *PUBLISHED_COLUMNS, "--period", period)
    found = by_name(answered)
    main, changes = found["two-way fixed effects"], found["first differences"]
    assert (main["observations"], main["units"], main["periods"]) == (981, 150, 7)
    assert (main["effect"], main["standard_error"]) == pytest.approx((115.33249690383275, 16.381104668372828), rel=1e-9)
    # 2005-06 is not among the files: what changed over two years is no first difference.
    assert (changes["observations"], changes["units"], changes["periods"]) == (672, 150, 5)
    assert (changes["effect"], changes["standard_error"]) == pytest.approx((40.233892593305, 13.591396795289), rel=1e-9)
    assert answered["left_out"]["rows"] == 827


@pytest.mark.parametrize("effect", ["dp_users_ld_18_64", "dp_users_pd_18_64", "dp_users_mh_18_64", "dp_users_all_ages"])
def test_the_published_panel_equals_linearmodels_for_any_two_series(effect):
    import pandas as pd

    path = original(*PUBLISHED)
    frame = pd.read_csv(path, na_values=["-", "..", '" "'])
    frame = frame.rename(columns={"year_ending": "year", "ld_gross_total_cost_gbp000": "spending", effect: "people"})
    theirs = by_linearmodels(frame.dropna(subset=["spending", "people"]))
    found = by_name(answer(path, *PUBLISHED_COLUMNS[:3], effect, *PUBLISHED_COLUMNS[4:], "--period", "year_ending"))
    main = found["two-way fixed effects"]
    assert (main["effect"], main["standard_error"]) == pytest.approx(theirs, rel=1e-8)
