"""Whole files held against the rules: clean ones pass, one broken cell is found, nobody's own values are told."""

import json
from datetime import date

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.insight.commands import insight
from leeway.insight.records.check import check
from leeway.insight.records.made_up import made_up_return
from leeway.insight.records.tables import FIELDS, Kind, Need
from leeway.insight.records.write import write_return
from tests.insight.records.rows import NAMES, SOUND, numbered, write

REQUIRED = [field for field in FIELDS if field.need is Need.MANDATORY]


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), people=st.integers(1, 1500), quarter=st.sampled_from([3, 6, 9, 12]))
def test_a_made_up_return_is_clean(tmp_path_factory, seed, people, quarter):
    ends_on = date(2024, quarter, 30 if quarter in (6, 9) else 31)
    made = made_up_return(people=people, seed=seed, councils=["901", "902"], period_ends_on=ends_on)
    path = tmp_path_factory.mktemp("clean") / "return.csv"
    write_return(made, path)
    checked = check([path])
    # A handful of people need not have an event of every kind in every month.
    thin = ("thin-month",) if people < 400 else ()
    assert [row for row in checked.findings().rows() if row[3] not in thin] == []
    assert checked.files[0].rows == made.height
    assert (checked.files[0].release, checked.files[0].period_ends_on) == (2, ends_on)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A clean return's lines, as text."""
    path = tmp_path_factory.mktemp("one") / "clean.csv"
    write_return(made_up_return(people=700, seed=5), path)
    return path, pl.read_csv(path, infer_schema=False)


@settings(max_examples=25)
@given(data=st.data())
def test_one_broken_cell_is_found_where_it_is(clean, tmp_path_factory, data):
    _, lines = clean
    row = data.draw(st.integers(0, lines.height - 1))
    coded = [field for field in FIELDS if field.kind is not Kind.TEXT and lines[field.name][row] is not None]
    if data.draw(st.booleans()):
        field, broken = data.draw(st.sampled_from(coded)), "no such thing"
    else:
        filled = [field for field in REQUIRED if lines[field.name][row] is not None]
        field, broken = data.draw(st.sampled_from(filled)), None
    path = tmp_path_factory.mktemp("broken") / "return.csv"
    lines.with_columns(
        pl.when(pl.int_range(pl.len()) == row).then(pl.lit(broken)).otherwise(pl.col(field.name)).alias(field.name)
    ).write_csv(path)
    findings = check([path]).findings()
    assert (row + 2, field.name) in set(findings.select("row", "field").rows())
    # What follows from the cell may be found beside it, but on no other row.
    assert set(findings["row"]) <= {row + 2, 1}


def test_rows_are_numbered_through_the_whole_file(tmp_path, monkeypatch):
    monkeypatch.setattr("leeway.insight.records.files.ROWS_AT_ONCE", 4)
    rows = numbered([SOUND["service"]] * 30)
    for place in (0, 13, 29):
        rows[place] |= {"Gender": ""}
    path = write(tmp_path / "return.csv", rows)
    assert check([path]).findings()["row"].to_list() == [2, 15, 31]


def found_in(tmp_path, rows, **others):
    checked = check([write(tmp_path / "return.csv", rows, **others)])
    return set(checked.findings().select("row", "field", "rule").rows()), checked


def test_the_same_event_twice_is_found_the_second_time(tmp_path):
    [row] = numbered([SOUND["service"]])
    other_price = row | {"Unit_Cost": "25.00"}
    found, _ = found_in(tmp_path, [row, other_price, row])
    assert found == {(4, "Event_Type", "same-event-twice")}


def test_a_person_with_two_births_and_two_genders_is_found_where_they_differ_from_the_latest(tmp_path):
    [row] = numbered([SOUND["service"]])
    earlier = row | {"Event_Start_Date": "02/04/2023", "Date_of_Birth": "06/06/1950", "Gender": "Male"}
    found, _ = found_in(tmp_path, [row, earlier])
    assert found == {(3, "Date_of_Birth", "two-births"), (3, "Gender", "two-genders")}


def test_two_people_with_one_nhs_number_are_found(tmp_path):
    [row] = numbered([SOUND["service"]])
    found, _ = found_in(tmp_path, [row, row | {"LA_Person_Unique_Identifier": "P2"}])
    assert found == {(2, "NHS_Number", "two-people-one-number"), (3, "NHS_Number", "two-people-one-number")}


def test_a_period_that_is_not_a_year_is_found(tmp_path):
    rows = numbered([SOUND["service"] | {"Reporting_Period_Start_Date": "01/05/2024"}])
    assert found_in(tmp_path, rows)[0] == {(1, "Reporting_Period_Start_Date", "not-a-year")}


def test_months_without_their_events_are_named(tmp_path):
    made = made_up_return(people=700, seed=5)
    path = tmp_path / "return.csv"
    write_return(made.filter(pl.col("ends_on").is_null() | (pl.col("ends_on").dt.month() != 3)), path)
    checked = check([path])
    assert checked.findings().select("row", "rule").rows() == [(1, "thin-month")]
    assert checked.summary()["seen"].to_list() == [["March 2025"]]


def test_missing_and_strange_columns_are_found_once(tmp_path):
    rows = [row | {"First Name": "Zebedee", "Team": "North"} for row in numbered([SOUND["request"]])]
    names = [name for name in NAMES if name != "Dementia"] + ["First Name", "Team"]
    found, checked = found_in(tmp_path, rows, names=names)
    assert found == {(1, "Dementia", "column-missing"), (1, "", "column-not-asked")}
    assert ["First Name"] in checked.summary()["seen"].to_list()


def test_release_1_is_told_with_what_each_value_has_become(tmp_path):
    rows = numbered([SOUND["carer"] | {"Client_Type": "Carer"}] * 6)
    _, checked = found_in(tmp_path, rows)
    assert checked.files[0].release == 1
    [told] = checked.summary().filter(pl.col("rule") == "release-1").to_dicts()
    assert (told["findings"], told["seen"]) == (6, ["“Carer” (now “Unpaid carer”)"])


def test_a_wrong_value_is_told_only_when_five_people_have_it(tmp_path):
    four = [SOUND["service"] | {"Gender": "Zebedee"}] * 4
    five = [SOUND["service"] | {"Gender": "M"}] * 5
    rows = numbered([*four, *five])
    rows += [rows[0] | {"Event_Start_Date": f"{day:02}/06/2024"} for day in range(1, 9)]  # one of the four, often
    _, checked = found_in(tmp_path, rows)
    [told] = checked.summary().filter(pl.col("rule") == "not-in-list").to_dicts()
    assert (told["findings"], told["seen"]) == (17, ["“M”"])


def test_nothing_of_a_person_is_in_the_answer(tmp_path):
    """A file whose columns slipped by one: everybody's number, birthday and postcode stands in a field of codes."""
    lines = pl.read_csv(_written(tmp_path, made_up_return(people=60, seed=2)), infer_schema=False)
    slipped = lines.select(
        pl.col(wrong).alias(right) for right, wrong in zip(NAMES, [NAMES[-1], *NAMES[:-1]], strict=True)
    )
    path = tmp_path / "slipped.csv"
    slipped.write_csv(path)
    for words in ([], ["--json", "--most", "0"]):
        answer = CliRunner().invoke(insight, ["check-records", str(path), *words])
        assert answer.exit_code == 1
        for field in ("NHS_Number", "Date_of_Birth", "Date_of_Death", "Postcode", "LA_Person_Unique_Identifier"):
            told = [value for value in lines[field].drop_nulls().unique() if value in answer.output]
            assert not told, field


def _written(tmp_path, made):
    write_return(made, tmp_path / "made.csv")
    return tmp_path / "made.csv"


def test_a_later_return_is_compared_with_the_one_before(tmp_path):
    base = numbered([SOUND["service"], SOUND["request"], SOUND["review"], SOUND["assessment"], SOUND["service"]])
    later_period = {"Reporting_Period_Start_Date": "01/07/2024", "Reporting_Period_End_Date": "30/06/2025"}
    early_end = base[4] | {"Event_End_Date": "31/05/2024"}
    earlier = write(tmp_path / "q1.csv", [*base[:4], early_end])
    service = base[0] | later_period | {"Event_End_Date": "02/06/2025", "Unit_Cost": "24.00"}
    new = numbered([SOUND["review"]] * 7)[6] | later_period | {"Event_End_Date": "01/05/2025"}
    lost = base[1:4]  # all over before the later period: nobody expects them again
    assert len(lost) == 3
    later = write(tmp_path / "q2.csv", [service, new])
    checked = check([later, earlier])
    [difference] = checked.differences
    assert (difference.earlier, difference.later) == (earlier, later)
    assert {row[0]: row[1:] for row in difference.events.rows()} == {
        "Service": (1, 1, 0, 1, 0),
        "Request": (0, 0, 0, 1, 0),
        "Assessment": (0, 0, 0, 1, 0),
        "Review": (0, 0, 0, 1, 1),
    }
    assert set(difference.fields.rows()) == {("Service", "Event_End_Date", 1), ("Service", "Unit_Cost", 1)}
    assert (difference.people_earlier, difference.people_later, difference.people_lost) == (5, 2, 0)


def test_services_that_are_only_called_something_else_are_counted(tmp_path):
    base = numbered([SOUND["service"]] * 4)
    later_period = {"Reporting_Period_Start_Date": "01/07/2024", "Reporting_Period_End_Date": "30/06/2025"}
    commissioned = {"Delivery_Mechanism": "CASSR commissioned support"}
    then = [base[0] | commissioned, base[1] | commissioned, base[2], base[3] | {"Delivery_Mechanism": ""}]
    now = [base[0], base[1] | {"Unit_Cost": "24.00"}, *base[2:]]
    earlier, later = write(tmp_path / "q1.csv", then), write(tmp_path / "q2.csv", [row | later_period for row in now])
    [difference] = check([earlier, later]).differences
    assert difference.relabelled == 1
    answer = CliRunner().invoke(insight, ["check-records", str(earlier), str(later)])
    assert "Relabelled: 1 of the services with a changed Delivery_Mechanism have the same provider" in answer.output
    [told] = json.loads(CliRunner().invoke(insight, ["check-records", str(earlier), str(later), "--json"]).output)[
        "differences"
    ]
    assert told["relabelled"] == 1


def test_a_return_that_loses_people_says_how_many(tmp_path):
    last_seen = SOUND["service"] | {"Event_End_Date": "01/07/2024"}  # the later period's first day
    rows = numbered([SOUND["service"], last_seen, SOUND["request"]])
    later_period = {"Reporting_Period_Start_Date": "01/07/2024", "Reporting_Period_End_Date": "30/06/2025"}
    earlier = write(tmp_path / "q1.csv", rows)
    later = write(tmp_path / "q2.csv", [rows[0] | later_period])
    [difference] = check([earlier, later]).differences
    assert difference.people_lost == 1
    assert ("Service", 1, 0, 1, 0, 0) in difference.events.rows()


def test_files_of_different_councils_are_not_compared(tmp_path):
    row = numbered([SOUND["service"]])[0]
    other = row | {"LA_Code": "902", "Reporting_Period_End_Date": "30/06/2025"}
    assert not check([write(tmp_path / "a.csv", [row]), write(tmp_path / "b.csv", [other])]).differences


def test_the_command_answers_programs_in_a_steady_shape(tmp_path, clean):
    path, lines = clean
    answer = CliRunner().invoke(insight, ["check-records", str(path), "--json"])
    told = json.loads(answer.output)
    assert answer.exit_code == 0
    assert told["findings"] == told["differences"] == []
    [file] = told["files"]
    assert (file["file"], file["rows"], file["release"], file["findings_total"]) == (str(path), lines.height, 2, 0)

    broken = write(tmp_path / "broken.csv", numbered([SOUND["service"] | {"Gender": "X"}] * 30))
    answer = CliRunner().invoke(insight, ["check-records", str(broken), "--json", "--most", "3"])
    told = json.loads(answer.output)
    assert answer.exit_code == 1
    assert told["files"][0]["findings_total"] == 30
    assert [finding["row"] for finding in told["findings"]] == [2, 3, 4]
    assert set(told["findings"][0]) == {"file", "row", "field", "rule", "reason", "effect", "todo"}


def test_the_table_for_people_names_rows_and_says_what_to_do(tmp_path):
    broken = write(tmp_path / "broken.csv", numbered([SOUND["service"] | {"Gender": "X"}] * 30))
    answer = CliRunner().invoke(insight, ["check-records", str(broken)])
    assert answer.exit_code == 1
    assert "30  Gender, not-in-list (row 2, 3, 4, 5, 6, …)" in answer.output
    assert "Use a value of the list: Male; Female; Other; Unknown." in answer.output
    assert "Seen: “X”" in answer.output


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "is empty"),
        ("other.csv", b"name,age\nZebedee,7\n", "no column LA_Code"),
        ("wide.csv", ",".join(NAMES).encode() + b"\n" + b"1," * 60 + b"\n", "row 2 has 61 cells, the header 46"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\0", "is not text"),
        ("false.parquet", b"PAR1 not at all", "cannot be read as Parquet"),
        ("twice.csv", (",".join(NAMES) + ",gender\n").encode(), "Gender twice"),
        ("nowhere/none.csv", None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(tmp_path, name, content, words):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    answer = CliRunner().invoke(insight, ["check-records", str(path)])
    assert answer.exit_code == 2
    assert str(path) in answer.output and words in answer.output
    assert "Zebedee" not in answer.output
