"""Files read into the five tables: what is settled on the way, and that nothing is lost on the way back."""

import re
from datetime import date
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from leeway.insight.records.check import check
from leeway.insight.records.lists import code_list
from leeway.insight.records.made_up import made_up_return
from leeway.insight.records.read import read_records, records_of, write_tables
from leeway.insight.records.tables import EVENTS, FIELDS, TABLES, Kind, fields_of
from leeway.insight.records.write import write_return
from leeway.refusal import Refusal
from tests.insight.records.rows import NAMES, SOUND, numbered, write

DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})")


def table(records, name: str) -> pl.DataFrame:
    return nw.to_native(getattr(records, name).collect())


def same(ours, theirs) -> None:
    for name in TABLES:
        assert_frame_equal(table(ours, name), table(theirs, name), check_row_order=False)


def read(*paths: Path):
    return read_records(list(paths))


def test_each_row_goes_to_the_tables_of_its_kind(tmp_path):
    records = read(write(tmp_path / "return.csv", numbered(SOUND.values())))
    assert {name: table(records, name).height for name in TABLES} == {
        "people": 7, "requests": 1, "assessments": 2, "services": 2, "reviews": 1,
    }  # fmt: skip
    for name in TABLES:
        assert table(records, name).columns == [field.column for field in fields_of(name)]
    service = table(records, "services").row(0, named=True)
    assert service["starts_on"] == date(2024, 5, 2) and service["ends_on"] is None
    assert (service["unit_cost_pence"], service["planned_units_hundredths"]) == (2356, 750)
    assert table(records, "people")["district"].unique().to_list() == ["ZX1"]


def test_no_table_holds_a_name_an_nhs_number_or_a_postcode(tmp_path):
    rows = [row | {"First Name": "Zebedee"} for row in numbered(SOUND.values())]
    records = read(write(tmp_path / "return.csv", rows, names=[*NAMES, "First Name"]))
    numbers = {row["NHS_Number"] for row in rows} | {"Zebedee", "ZX1 2AB"}
    for name in TABLES:
        assert not {str(cell) for row in table(records, name).rows() for cell in row} & numbers


def test_a_release_1_file_reads_as_its_release_2_twin(tmp_path):
    made = made_up_return(people=300, seed=8)
    write_return(made, tmp_path / "two.csv")
    lines = pl.read_csv(tmp_path / "two.csv", infer_schema=False)
    older = {
        field.name: {code.value: code.release_1[0] for code in code_list(field.codes).codes if code.release_1}
        for field in FIELDS
        if field.kind is Kind.CODE
    }
    headers = {
        "Request_Route_of_Access": "Request: Route of Access",
        "No_of_adults_being_cared_for": "No. of adults being cared for",
    }
    one = lines.with_columns(pl.col(name).replace(old) for name, old in older.items() if old)
    one = one.rename({name: headers.get(name, name.replace("_", " ")) for name in lines.columns})
    one.insert_column(5, pl.Series("First Name", ["Zebedee"] * one.height)).write_csv(tmp_path / "one.csv")
    assert one["Client Type"].str.contains("^Carer$").any()
    same(read(tmp_path / "one.csv"), read(tmp_path / "two.csv"))


@settings(max_examples=5)
@given(seed=st.integers(0, 1000))
def test_what_is_written_is_read_back(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("round")
    made = made_up_return(people=200, seed=seed, councils=["901", "902"])
    write_return(made, folder / "return.csv")
    records = read(folder / "return.csv")
    same(records, records_of(made))
    write_tables(records, folder / "tables")
    same(read(folder / "tables"), records)
    assert sum(table(records, name).height for name in EVENTS) == made["event"].drop_nulls().len()
    assert table(records, "people").height == made.select("council", "person").unique().height


def test_parquet_with_dates_and_numbers_reads_as_csv_does(tmp_path):
    made = made_up_return(people=100, seed=1)
    write_return(made, tmp_path / "return.csv")
    money = (Kind.PENCE, Kind.HUNDREDTHS)
    pounds = [
        (pl.col(field.column).cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2))
        if field.kind in money
        else pl.col(field.column)
        for field in FIELDS
    ]
    parquet = made.select(cell.alias(field.name) for cell, field in zip(pounds, FIELDS, strict=True))
    parquet.with_columns(pl.col("Event_Start_Date").cast(pl.Datetime)).write_parquet(tmp_path / "return.parquet")
    same(read(tmp_path / "return.parquet"), read(tmp_path / "return.csv"))


def test_the_latest_event_tells_about_the_person(tmp_path):
    [row] = numbered([SOUND["service"]])
    earlier = row | {"Event_Start_Date": "01/05/2023", "Accommodation_Status": "Refuge", "Date_of_Death": "30/03/2025"}
    tie = row | {"Accommodation_Status": "Unknown", "Unit_Cost": "30.00"}
    people = table(read(write(tmp_path / "return.csv", [row, earlier, tie])), "people")
    assert people.select("accommodation", "died_on").rows() == [("Unknown", date(2025, 3, 30))]


@pytest.mark.parametrize("rows_at_once", [1, 50_000])
def test_events_end_with_the_person_whichever_row_tells_of_the_death(tmp_path, monkeypatch, rows_at_once):
    monkeypatch.setattr("leeway.insight.records.files.ROWS_AT_ONCE", rows_at_once)
    [row] = numbered([SOUND["service"]])
    rows = [
        row,
        row | {"Event_Start_Date": "01/06/2024", "Date_of_Death": "30/03/2025", "Event_End_Date": "31/03/2025"},
        row | {"Event_Start_Date": "01/07/2024", "Event_End_Date": "01/08/2024"},
    ]
    services = table(read(write(tmp_path / "return.csv", rows)), "services").sort("starts_on")
    assert services["ends_on"].to_list() == [date(2025, 3, 30), date(2025, 3, 30), date(2024, 8, 1)]


def test_an_event_sent_twice_counts_once_and_a_package_in_several_rows_stays_several(tmp_path):
    [row] = numbered([SOUND["service"]])
    ended = row | {"Event_End_Date": "01/08/2024"}
    weekend = row | {"Unit_Cost": "30.00"}
    services = table(read(write(tmp_path / "return.csv", [ended, row, row, weekend])), "services")
    assert sorted(services.select("unit_cost_pence", "ends_on").rows()) == [(2356, None), (3000, None)]


LATER = {"Reporting_Period_Start_Date": "01/07/2024", "Reporting_Period_End_Date": "30/06/2025"}


def test_of_several_returns_the_latest_says_how_an_event_went(tmp_path):
    service, request, stopped = numbered([SOUND["service"], SOUND["request"], SOUND["service"]])
    earlier = write(tmp_path / "q1.csv", [service, service | {"Unit_Cost": "30.00"}, request, stopped])
    dearer = service | LATER | {"Unit_Cost": "24.00"}
    later = write(tmp_path / "q2.csv", [dearer])
    for order in ([earlier, later], [later, earlier]):
        records = read(*order)
        services = table(records, "services").sort("person")
        assert services.select("person", "unit_cost_pence", "ends_on").rows() == [
            ("P0", 2400, None),
            ("P2", 2356, date(2025, 3, 31)),  # left open, and the later return does not hold it
        ]
        assert table(records, "requests").height == 1


def test_the_same_number_in_two_councils_is_two_people(tmp_path):
    [row] = numbered([SOUND["service"]])
    there = write(tmp_path / "there.csv", [row | {"LA_Code": "902"} | LATER])
    records = read(write(tmp_path / "here.csv", [row]), there)
    assert table(records, "people").height == table(records, "services").height == 2
    assert table(records, "services")["ends_on"].to_list() == [None, None]


def test_what_cannot_be_read_is_missing_and_not_guessed(tmp_path):
    wrong = {
        "Event_End_Date": "31/02/2025", "Unit_Cost": "23.565", "Gender": "F", "Date_of_Birth": "05/06/50",
        "Service_Component": " ", "Delivery_Mechanism": "NULL",
    }  # fmt: skip
    records = read(write(tmp_path / "return.csv", numbered([SOUND["service"] | wrong])))
    [service], [person] = table(records, "services").to_dicts(), table(records, "people").to_dicts()
    told = (service["ends_on"], service["unit_cost_pence"], person["gender"], person["born_on"])
    assert told == (None, None, None, None)
    assert service["component"] is service["mechanism"] is None
    costs = {"23,56": None, "£1,234.50": 123_450, "12,34,567": None, "1,234,567": 123_456_700}
    rows = numbered(SOUND["service"] | {"Unit_Cost": cost} for cost in costs)
    kept = table(read(write(tmp_path / "costs.csv", rows)), "services").sort("person")["unit_cost_pence"]
    assert kept.to_list() == list(costs.values()), "a comma stands before thousands, and 23,56 is never 2,356 pounds"


def test_a_file_whose_days_have_the_month_first_is_refused_and_never_misread(tmp_path):
    """Of all its days with two small numbers each would be another day, and nobody would see it."""

    def written(name, change):
        rows = [{key: change(cell) for key, cell in row.items()} for row in numbered(SOUND.values())]
        return write(tmp_path / f"{name}.csv", rows)

    month_first = written("american", lambda cell: DAY.sub(r"\2/\1/\3", cell))
    for ask in (read, lambda path: check([path])):
        with pytest.raises(Refusal, match=r"american\.csv: its days have the month first"):
            ask(month_first)
    table(read(written("iso", lambda cell: DAY.sub(r"\3-\2-\1", cell))), "services")


def test_a_file_of_which_most_cannot_be_read_is_refused(tmp_path):
    coded = [field.name for field in FIELDS if field.kind is Kind.CODE]
    wrong = [row | dict.fromkeys(coded, "see notes") for row in numbered(SOUND.values())]
    with pytest.raises(Refusal, match=r"of its \d+ days, numbers and codes cannot be read, so that nothing is told"):
        read(write(tmp_path / "return.csv", wrong))


def test_rows_without_a_person_or_a_kind_are_left_out_where_they_must_be(tmp_path):
    nobody, nothing = numbered([SOUND["service"], SOUND["service"]])
    rows = [nobody | {"LA_Person_Unique_Identifier": ""}, nothing | {"Event_Type": "Visit"}]
    records = read(write(tmp_path / "return.csv", rows))
    assert [table(records, name).height for name in TABLES] == [1, 0, 0, 0, 0]


RELABELLED = {"Delivery_Mechanism": "CASSR commissioned support"}
LONG_OPEN = {"Event_Start_Date": "02/05/2021"}


@pytest.mark.parametrize(
    ("then", "held_before"),
    [
        ([RELABELLED], "CASSR commissioned support"),
        ([{}], None),
        ([RELABELLED, {}], None),  # both labels side by side
        ([RELABELLED | {"Provider_CQC_Location_ID": "1-987654321"}], None),
        ([RELABELLED | {"Unit_Cost": "24.00"}], None),
        ([{"Delivery_Mechanism": ""}], None),  # not said is no label
    ],
)
def test_a_row_of_which_a_later_return_changed_the_label_alone_keeps_the_older_one(tmp_path, then, held_before):
    [row] = numbered([SOUND["service"] | LONG_OPEN])
    first = write(tmp_path / "first.csv", [row | change for change in then])
    [service] = [
        one
        for one in table(read(first, write(tmp_path / "second.csv", [row | LATER])), "services").to_dicts()
        if one["mechanism"] == "CASSR managed personal budget"
    ]
    assert service["held_before"] == held_before
    assert service["held_before_until"] == (date(2025, 3, 31) if held_before else None)
    assert service["starts_on"] == date(2021, 5, 2)


def test_of_several_older_returns_the_last_that_said_otherwise_is_kept(tmp_path):
    [row] = numbered([SOUND["service"] | LONG_OPEN])
    oldest = {"Reporting_Period_Start_Date": "01/04/2023", "Reporting_Period_End_Date": "31/03/2024"}
    files = [write(tmp_path / "a.csv", [row | RELABELLED | oldest]), write(tmp_path / "b.csv", [row | RELABELLED])]
    [service] = table(read(write(tmp_path / "c.csv", [row | LATER]), *files), "services").to_dicts()
    assert (service["held_before"], service["held_before_until"]) == (
        "CASSR commissioned support",
        date(2025, 3, 31),
    )


def test_the_councils_own_team_is_kept(tmp_path):
    rows = [row | {"TEAM": "North"} for row in numbered([SOUND["review"]])]
    records = read(write(tmp_path / "return.csv", rows, names=[*NAMES, "TEAM"]))
    assert table(records, "reviews")["team"].to_list() == ["North"]


def test_files_longer_than_a_batch_keep_people_and_events_whole(tmp_path, monkeypatch):
    made = made_up_return(people=150, seed=4)
    write_return(made, tmp_path / "return.csv")
    whole = read(tmp_path / "return.csv")
    monkeypatch.setattr("leeway.insight.records.files.ROWS_AT_ONCE", 7)
    same(read(tmp_path / "return.csv"), whole)


def test_no_rows_no_file_and_half_a_folder_are_refused(tmp_path):
    with pytest.raises(Refusal, match="no row under the header"):
        read(write(tmp_path / "bare.csv", []))
    with pytest.raises(Refusal, match="No file was given"):
        read()
    with pytest.raises(Refusal, match=r"has no people\.parquet"):
        read(tmp_path)
    with pytest.raises(Refusal, match="is a folder"):
        read(tmp_path, tmp_path)


def test_made_up_people_are_the_same_for_the_same_seed_and_in_englands_shares():
    made = made_up_return(people=20_000, seed=1)
    assert made.equals(made_up_return(people=20_000, seed=1))
    assert not made.equals(made_up_return(people=20_000, seed=2))
    long_term = made.filter(pl.col("service_type").cast(pl.String).str.starts_with("Long term"))
    people = long_term.unique("person")
    direct = long_term.filter(pl.col("mechanism") == "Direct payment")["person"].n_unique()
    # 139,750 of 841,245 people with long-term support had a direct payment in 2020-21.
    assert direct / people.height == pytest.approx(139_750 / 841_245, abs=0.015)
    older = people.filter(pl.col("born_on") <= date(1960, 3, 31)).height / people.height
    assert older == pytest.approx(551_550 / 841_245, abs=0.02)
