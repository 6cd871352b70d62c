"""Files that people found misread or refused without need: what each is read as, or why it is refused."""

import csv
import json

import pytest
from click.testing import CliRunner

from leeway.insight.commands import insight
from tests.originals import original, reported_case
from tests.workbooks import ods


def run(path):
    return CliRunner().invoke(insight, ["read-return", str(path), "--json"])


READ = {
    "2020-21_long_open_data.csv": (
        "ASCOF open data, long",
        [
            ("Cumbria", "2020-21", "9a | denominator", 400),
            ("Cumbria", "2020-21", "9a | numerator", 100),
            ("Cumbria", "2020-21", "9a | outcome", 25),
            ("Northumberland", "2020-21", "9a | outcome", 30),
        ],
    ),
    "pss-exp-eng-14-15-fin-coun-lev-act-data.csv": (
        "PSS-EX1, councils in columns",
        [
            ("Cumbria", "2014-15", "number of people, example", 12),
            ("Northumberland", "2014-15", "number of people, example", 34),
        ],
    ),
    "title_not_first_row.csv": (
        "PSS-EX1 activity, wide",
        [
            ("Barnsley", "2006-07", "first heading", 10),
            ("Barnsley", "2006-07", "second heading", None),
            ("Birmingham", "2006-07", "first heading", None),
            ("Birmingham", "2006-07", "second heading", None),
        ],
    ),
    "stacked_year_unknown.csv": (
        "PSS-EX1 expenditure, stacked",
        [
            ("Barnet", "2005-06", "example section | example line | own provision including capital charges", 10),
            ("Barnet", "2005-06", "example section | example line | own provision capital charges", 1),
        ],
    ),
    "asc_fr_described_2019.csv": (
        "ASC-FR, described",
        [("Cumbria", "2018-19", "activity | 65 and over | physical support | residential | external", 120)],
    ),
}


@pytest.mark.parametrize(("name", "kind", "rows"), [(name, *right) for name, right in READ.items()], ids=READ)
def test_what_was_misread_or_refused_is_read(name, kind, rows):
    done = run(reported_case("readers", name))
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert answer["files"][0]["kind"] == kind
    assert [(row["council"], row["year"], row["item"], row["value"]) for row in answer["rows"]] == rows


def test_words_where_figures_are_asked_are_listed():
    answer = json.loads(run(reported_case("readers", "title_not_first_row.csv")).stdout)
    assert [(place["row"], place["council"]) for place in answer["files"][0]["unread"]] == [
        (4, "Barnsley"),
        (5, "Birmingham"),
    ]


def test_one_councils_own_sheet_is_refused_with_the_form_that_is_read():
    done = run(reported_case("readers", "one_council_sheet_2005-06.csv"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "is one council’s own sheet of the PSS-EX1 return of 2005-06" in done.stderr
    assert "financial_year, cassr_code, council, section, line, line_label, col_C" in done.stderr


def test_the_published_tables_as_one_workbook(tmp_path):
    """The office publishes them so: all tables of ASCOF in one ODS, with a cover, contents and notes."""
    sheets = {}
    for name in ("Cover", "Notes", "Table_1e", "Table_3d_1a_", "Table_3d_2a_"):
        with original("ascof", f"{name}.csv").open(encoding="utf-8-sig", newline="") as opened:
            sheets[name] = list(csv.reader(opened))
    path = tmp_path / "ascof.ods"
    path.write_bytes(ods(sheets))
    answer = json.loads(run(path).stdout)
    assert [each["file"].rpartition(", ")[2] for each in answer["files"]] == [
        "sheet “Table_1e”", "sheet “Table_3d_1a_”", "sheet “Table_3d_2a_”",
    ]  # fmt: skip
    alone = [json.loads(run(original("ascof", f"{name}.csv")).stdout)["rows"] for name in list(sheets)[2:]]
    assert answer["rows"] == [row for rows in alone for row in rows]
