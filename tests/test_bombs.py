"""Small files that are huge to read, broken files and full disks: one sentence, little memory, nothing half-written."""

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from leeway.insight.records.files import ESSENTIAL
from leeway.insight.records.made_up import made_up_return
from leeway.insight.records.tables import FIELDS, TABLES
from leeway.insight.records.write import write_return
from leeway.law.dated import DEFAULT_POLICY
from leeway.limits import LIMITS
from leeway.market.listings.extracts import open_extract
from leeway.published.forecasts.targets import read_targets
from leeway.refusal import Refusal
from tests import bombs
from tests.market.extract_lines import RATINGS_HEADER
from tests.published.returns import small_files

#: What a command may take of memory, address space for threads and libraries included.
MEMORY_BYTES_MAX = 1_500_000_000
#: And few places for threads to take memory from: on a busy machine there would be more, each with room of its own.
FEW_THREADS = os.environ | {"POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
HEADER = [field.name for field in FIELDS if field.column in ESSENTIAL]
EVENTS = [field.name for field in FIELDS if field.name]
LEEWAY = [sys.executable, "-c", "from leeway.site.commands import main; main()"]
#: Runs one command after the other in one process, which is quicker, and tells how each ended.
ONE_AFTER_THE_OTHER = """
import json, sys
from click.testing import CliRunner
from leeway.site.commands import main
for arguments in json.load(sys.stdin):
    done = CliRunner().invoke(main, arguments)
    print(json.dumps([done.exit_code, done.stderr + (repr(done.exception) if done.exit_code == 1 else "")]))
"""


def small(file_bytes_max=None):
    """Makes the process to come small, as in a container."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    if file_bytes_max is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, file_bytes_max))


@pytest.fixture
def leeway(tmp_path):
    """Runs a command in little memory."""

    def run(*arguments, file_bytes_max=None, stdout=subprocess.PIPE, **environment):
        return subprocess.run(
            [*LEEWAY, *map(str, arguments)],
            stdout=stdout, stderr=subprocess.PIPE, text=True, errors="surrogateescape",
            env=FEW_THREADS | environment, preexec_fn=lambda: small(file_bytes_max), cwd=tmp_path, check=False,
        )  # fmt: skip

    return run


def each(commands) -> list[subprocess.CompletedProcess]:
    """Runs several commands in little memory."""
    done = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER], input=json.dumps([[*map(str, words)] for words in commands]),
        capture_output=True, text=True, env=FEW_THREADS, preexec_fn=small, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        subprocess.CompletedProcess(words, code, "", said) for words, (code, said) in zip(commands, told, strict=True)
    ]


def refused(done) -> str:
    """The one sentence, of at most a few lines' length, with which a command ended."""
    assert "Traceback" not in done.stderr and "panicked" not in done.stderr, done.stderr[-2_000:]
    assert done.returncode == 2, (done.returncode, done.stderr[-2_000:])
    assert done.stderr.startswith("leeway: ") and done.stderr.count("\n") == 1
    assert len(done.stderr) < 800 + len(os.getcwd())
    return done.stderr


FORECAST = ["insight", "forecast", "FILE", "--target", "30", "--by", "2030-03-31"]
ESTIMATE = ["insight", "estimate", "FILE", "--outcome", "a", "--effect", "b", "--unit", "period", "--period", "value"]
OF_TABLES = {
    "forecast": FORECAST,
    "estimate": ESTIMATE,
    "read-return": ["insight", "read-return", "FILE"],
    "check-records": ["insight", "check-records", "FILE"],
    "measure": ["insight", "measure", "FILE", "--as-at", "2025-03-31"],
    "table": ["insight", "table", "unit-costs", "FILE", "--as-at", "2025-03-31"],
    "series": ["insight", "series", "FILE", "--measure", "3D(2a)"],
    "survey": ["insight", "survey", "FILE", "--questionnaire", "council"],
    "modulus": ["money", "check-account", "10-00-00", "10000003", "--weights", "FILE", "--substitutions", "FILE"],
}
BROKEN_TABLES = {
    "cut": bombs.cut_gzip,
    "nul": bombs.of_nul,
    "half a pair": bombs.half_a_pair,
    "endless": bombs.one_endless_line,
    "endless, packed": bombs.one_endless_line_in_gzip,
    "columns": bombs.many_columns,
    "large": bombs.large,
    "rows": lambda path: bombs.gzip_of_rows(path, "period,value"),
}


def with_file(command, path):
    return [path if word == "FILE" else word for word in command]


@pytest.fixture(scope="module")
def broken_tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    return {name: make(folder / f"{number}.csv") for number, (name, make) in enumerate(BROKEN_TABLES.items())}


@pytest.mark.parametrize("command", OF_TABLES.values(), ids=OF_TABLES)
def test_a_table_that_cannot_be_read_is_one_sentence(broken_tables, command):
    paths = list(broken_tables.values())
    for path, done in zip(paths, each([with_file(command, path) for path in paths]), strict=True):
        assert path.name in refused(done)


@pytest.mark.parametrize("make", [bombs.parquet_of_rows, bombs.parquet_of_one_long_word])
@pytest.mark.parametrize("command", ["check-records", "measure"])
def test_a_small_parquet_of_far_too_much_is_refused(leeway, tmp_path, make, command):
    path = make(tmp_path / "return.parquet", HEADER)
    assert "return.parquet: more than " in refused(leeway(*with_file(OF_TABLES[command], path)))


def test_a_parquet_that_is_none(leeway, tmp_path):
    refused(leeway("insight", "check-records", bombs.not_parquet(tmp_path / "return.parquet")))
    refused(leeway(*with_file(OF_TABLES["measure"], bombs.folder_of_broken_tables(tmp_path / "tables", TABLES))))


def test_a_return_of_more_rows_than_any_council_has(leeway, tmp_path):
    path = tmp_path / "return.csv"
    path.write_text(",".join(EVENTS) + "\n" + ("," * (len(EVENTS) - 1) + "\n") * 1_000, encoding="utf-8")
    sentence = refused(leeway("insight", "check-records", path, LEEWAY_MOST_ROWS="999"))
    assert "more than 999 rows. Give less at once, or have the operator raise LEEWAY_MOST_ROWS." in sentence
    assert leeway("insight", "check-records", path, LEEWAY_MOST_ROWS="1000").returncode == 1


@pytest.mark.parametrize(
    "make",
    [
        bombs.json_too_deep,
        bombs.json_rather_deep,
        bombs.json_of_half_a_pair,
        bombs.json_of_many_names,
        bombs.json_of_a_long_word,
        bombs.json_of_a_long_number,
        bombs.cut_gzip,
        bombs.of_nul,
        bombs.large,
    ],
)
def test_a_case_that_cannot_be_read_is_one_sentence(tmp_path, make):
    path = make(tmp_path / "ada.json")
    for done in each([["law", command, path, "--on", "2026-04-06"] for command in ("charge", "allocate")]):
        assert "ada.json" in refused(done)


BROKEN_YAML = [
    bombs.yaml_that_repeats,
    bombs.yaml_too_deep,
    bombs.yaml_too_deep_in_brackets,
    bombs.yaml_inside_itself,
    bombs.yaml_of_half_a_pair,
    bombs.cut_gzip,
    bombs.of_nul,
    bombs.half_a_pair,
    bombs.large,
]


@pytest.mark.parametrize("make", BROKEN_YAML)
def test_a_policy_and_a_questionnaire_that_cannot_be_read_are_one_sentence(tmp_path, make):
    policy = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, policy)
    make(policy / "facs" / "threshold.yaml")
    asked, answers = make(tmp_path / "asked.yaml"), tmp_path / "answers.csv"
    answers.write_text("a,b\n1,2\n", encoding="utf-8")
    of_policy, of_survey = each(
        [["law", "show", "--policy", policy], ["insight", "survey", answers, "--questionnaire", asked]]
    )
    assert "threshold.yaml" in refused(of_policy) and "asked.yaml" in refused(of_survey)


@pytest.mark.parametrize("make", BROKEN_YAML)
def test_targets_that_cannot_be_read_are_one_sentence(tmp_path, make):
    with pytest.raises(Refusal, match=r"targets\.yaml"):
        read_targets(make(tmp_path / "targets.yaml"))


@pytest.mark.parametrize("make", [*BROKEN_TABLES.values(), bombs.json_too_deep], ids=[*BROKEN_TABLES, "json"])
def test_a_list_of_the_regulator_that_cannot_be_read_is_one_sentence(tmp_path, make):
    with pytest.raises(Refusal, match=r"list\.csv"):
        for _row in open_extract(make(tmp_path / "list.csv")).ratings():
            pass


def test_a_list_of_the_regulator_of_nothing_but_bad_rows_ends_early(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(RATINGS_HEADER + "\n" + "x\n" * 20_000, encoding="utf-8")
    with pytest.raises(Refusal, match="more than 10,000 rows that cannot be read"):
        list(open_extract(path).ratings())


def test_words_that_were_given_are_quoted_in_a_line(leeway, tmp_path):
    long = "x" * 100_000
    for arguments in (["law", "show", long], ["law", "show", "charging", "--on", long], [long], ["law", f"--{long}"]):
        assert "…" in refused(leeway(*arguments))
    path = bombs.json_of_a_long_word(tmp_path / "ada.json")
    assert "xxx…" in refused(leeway("law", "charge", path, "--on", "2026-04-06"))
    refused(leeway("law", "show", "\udcff\udcfe"))


def test_a_limit_that_is_none_is_one_sentence(leeway, tmp_path):
    (tmp_path / "ada.json").write_text("{}", encoding="utf-8")
    ask = ["law", "charge", tmp_path / "ada.json", "--on", "2026-04-06"]
    assert "use a whole number above nought" in refused(leeway(*ask, LEEWAY_MOST_DOCUMENT_MB="many"))


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.setting)
def test_every_limit_is_in_the_handbook(limit):
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "run-in-production.md").read_text(encoding="utf-8")
    assert f"`{limit.setting}`" in page and f"{limit.usual:,}" in page


def test_a_full_disk_is_one_sentence(leeway):
    for command in (["law", "show"], ["law", "show", "--json"], ["--help"], ["insight", "read-return", "nothing.csv"]):
        with open("/dev/full", "w") as full:
            done = leeway(*command, stdout=full)
        assert "The disk is full" in refused(done) or "nothing.csv" in refused(done)


def test_a_full_disk_leaves_no_file_that_is_half_written(leeway, tmp_path):
    """No file may grow beyond a kilobyte: what was there stays, and no draft is left."""
    path = small_files.written(tmp_path / "return_2014-15.csv", small_files.COLUMNS)
    out = tmp_path / "tidy.csv"
    out.write_text("what was there", encoding="utf-8")
    sentence = refused(leeway("insight", "read-return", path, "-o", out, file_bytes_max=16))
    assert "tidy.csv" in sentence or "full" in sentence
    assert out.read_text(encoding="utf-8") == "what was there"
    assert {there.name for there in tmp_path.iterdir()} == {"return_2014-15.csv", "tidy.csv"}


def test_no_room_for_the_tables_of_a_return_is_one_sentence(leeway, tmp_path):
    path = tmp_path / "return.csv"
    write_return(made_up_return(people=300), path)
    assert "full" in refused(leeway(*with_file(OF_TABLES["measure"], path), file_bytes_max=64))
    assert [there.name for there in tmp_path.iterdir()] == ["return.csv"]
