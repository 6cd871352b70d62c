"""What leaves for a spreadsheet: no text in it is a formula, and there is one writer."""

import csv
import io
import re
from pathlib import Path

import polars as pl
import pytest

from leeway.insight.records.made_up import made_up_return
from leeway.insight.records.write import write_return
from leeway.writing import csv_of, harmless, sink_csv, write_rows

SOURCE = Path(__file__).parents[1] / "src" / "leeway"
FORMULAS = ["=1+1", "+44 20 7946 0000", "-A1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "=cmd|' /C calc'!A0", "--1"]
FORMULAS += ["\uff1d1+1", "\uff0b1+A1", "\uff0d1+A1", "\uff20A1"]  # wide forms, which some spreadsheets work out too
LEFT_ALONE = ["Ada", "", "-12.50", "+3", "1,250", "-1e5", "a=b", "'=1", -3, 2.5, None, True]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_is_shown_and_not_worked_out(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", LEFT_ALONE)
def test_numbers_and_words_stay_as_they_are(cell):
    assert harmless(cell) is cell


def test_an_object_is_shown_by_what_it_says():
    """A row of the database writes its name, which somebody typed."""
    assert harmless(Path("=1+1")) == "'=1+1"
    assert harmless(Path("Ada")) == "Ada"


def cells_of(text):
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical])
def test_a_frame_is_written_as_its_cells_are(kind, tmp_path):
    words = [*FORMULAS, *(word for word in LEFT_ALONE if isinstance(word, str))]
    frame = pl.DataFrame({"=name": pl.Series(words, dtype=pl.String).cast(kind), "number": range(-5, len(words) - 5)})
    out = io.StringIO()
    write_rows(out, ["=name", "number"], zip(words, range(-5, len(words) - 5), strict=True))
    sink_csv(frame.lazy(), tmp_path / "sunk.csv")
    sunk = (tmp_path / "sunk.csv").read_bytes().decode()
    assert cells_of(csv_of(frame)) == cells_of(sunk) == cells_of(out.getvalue())
    assert cells_of(out.getvalue())[:4] == ["'=name", "number", "'=1+1", "-5"]


def test_a_return_of_people_whose_numbers_are_formulas(tmp_path):
    events = made_up_return(people=30).with_columns(person=pl.lit("=HYPERLINK(1)"))
    write_return(events, tmp_path / "return.csv")
    written = pl.read_csv(tmp_path / "return.csv", infer_schema=False)
    assert set(written["LA_Person_Unique_Identifier"]) == {"'=HYPERLINK(1)"}


def test_there_is_one_writer_of_tables():
    """Nothing else writes CSV or a workbook, but for the tools that make the shipped figures of published ones."""
    other = re.compile(r"\.(write_csv|sink_csv|write_excel|to_csv)\(|csv\.(writer|DictWriter)|xlsxwriter|openpyxl")
    paths = [path for path in SOURCE.rglob("*.py") if not path.name.startswith("make_")]
    assert [path.name for path in paths if other.search(path.read_text(encoding="utf-8"))] == ["writing.py"]
