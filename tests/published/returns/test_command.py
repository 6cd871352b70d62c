"""`leeway insight read-return`: the table whole or not at all, what is unread told, one sentence for a bad file."""

import gzip
import json

import polars as pl
import pytest
from click.testing import CliRunner

from leeway.insight.commands import insight
from tests.published.returns import small_files as small


def run(*arguments):
    return CliRunner().invoke(insight, ["read-return", *map(str, arguments)])


def test_it_counts_what_it_read_and_names_what_it_could_not(tmp_path):
    path = small.written(tmp_path / "return_2014-15.csv", small.COLUMNS)
    said = run(path)
    assert said.exit_code == 0
    assert "return_2014-15.csv: PSS-EX1, councils in columns, 2014-15" in said.output
    assert "4 rows (councils 2, items 2)" in said.output
    assert "Not read: row 2: “999 - Camelot” is not a council or group that is known." in said.output


def test_it_writes_the_tidy_table(tmp_path):
    first = small.written(tmp_path / "activity_2009-10.csv.gz", small.WIDE)
    second = small.written(tmp_path / "return_2014-15.csv", small.COLUMNS)
    out = tmp_path / "tidy.csv"
    said = run(first, second, "-o", out)
    assert said.exit_code == 0 and f"Wrote 12 rows to {out}." in said.output
    table = pl.read_csv(out)
    assert table.columns == ["council", "year", "item", "value", "flag"] and table.height == 12
    assert not (tmp_path / "tidy.csv.part").exists()


def test_json_carries_the_rows_unless_they_are_written(tmp_path):
    path = small.written(tmp_path / "return_2014-15.csv", small.COLUMNS)
    answer = json.loads(run(path, "--json").output)
    assert answer["files"][0] | {"unread": None} == {
        "file": str(path),
        "kind": "PSS-EX1, councils in columns",
        "rows": 4,
        "councils": 2,
        "years": ["2014-15"],
        "items": 2,
        "totals_left_out": 2,
        "passed_over": 5,
        "unread": None,
    }
    assert answer["files"][0]["unread"][1]["council"] == "Medway"
    assert answer["rows"][0] == {
        "council": "Cumbria", "year": "2014-15", "item": "age 18 to 64 | gross total cost", "value": 12.5, "flag": "",
    }  # fmt: skip
    written = json.loads(run(path, "--json", "-o", tmp_path / "tidy.csv").output)
    assert "rows" not in written and (tmp_path / "tidy.csv").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.csv", None, "there is no such file"),
        ("empty.csv", b"", "is empty"),
        ("nothing.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("cut.csv.gz", gzip.compress(b"financial_year,council" * 99, mtime=0)[:30], "cannot be read"),
        ("binary.csv", b"\x01\x02\x00\x00\x00", "is not text"),
        ("book.xlsx", b"PK\x03\x04\x00\x00\x00", "The workbook cannot be read"),
        ("letter.csv", b"Dear Sir,\nthank you for your return of 2004-05.\n", "is not a published return"),
        ("heads.csv", ",".join(small.SHEET).encode(), "no figure in it could be read"),
    ],
)
def test_a_file_it_cannot_use_is_one_sentence_and_nothing_is_written(tmp_path, name, content, said):
    good = small.written(tmp_path / "return_2014-15.csv", small.COLUMNS)
    path, out = tmp_path / name, tmp_path / "tidy.csv"
    if content is not None:
        path.write_bytes(content)
    result = run(good, path, "-o", out)
    assert result.exit_code == 2
    assert name in result.stderr and said in result.stderr and result.stderr.count("\n") == 1
    assert not out.exists()


def test_it_refuses_a_folder_two_files_with_the_same_items_and_writing_over_what_it_reads(tmp_path):
    path = small.written(tmp_path / "return_2014-15.csv", small.COLUMNS)
    again = small.written(tmp_path / "copy_2014-15.csv", small.COLUMNS)
    before = path.read_bytes()
    for arguments in ([tmp_path], [path, again], [path, "-o", path], []):
        assert run(*arguments).exit_code == 2
    assert path.read_bytes() == before
