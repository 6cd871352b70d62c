"""The whole report on ten million made-up events of England's councils, beside pandas, and its headlines beside SQL.

    .venv/bin/python bench/insight.py
    .venv/bin/python bench/insight.py --events 1000000 --rounds 1        a quick look
    .venv/bin/python bench/insight.py --growth 1000000 --growth 50000000 other sizes, for how it grows
    .venv/bin/python bench/insight.py --into docs/explanation/speed.md

The whole report is every measure that `leeway insight measure --by council` tells: each in all, and for each council.
The headlines are ASCOF 3D(1a), (2a), (1b) and (2b), national indicator 130, the weekly cost of a person by way of
holding, and who has long-term support on the day by place; each by council. All sides read the same Parquet files, and
every number must be the same before a time is told. Exit 1 if one differs or a goal is missed.
"""

import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import click
import polars as pl
from figures import fill, seconds
from insight_events import make
from insight_events import sizes as council_sizes
from measure import in_words, machine

from leeway.insight.measures import admissions, costs, holding, outcomes, waiting
from leeway.insight.records.lists import code_list
from leeway.period import year_to

HERE = Path(__file__).parent
AS_AT = date(2025, 3, 31)
PANDAS_GOAL, SQL_GOAL, GROWTH_GOAL, MEMORY_GOAL_MIB = 10, 1.3, 1.2, 8192
UV = ["-m", "uv", "run", "--quiet", "--no-python-downloads", "--no-project", "--python", sys.executable, "--script"]
SIDES = {
    "leeway": [sys.executable, str(HERE / "insight_leeway.py"), "report"],
    "pandas": [sys.executable, *UV, str(HERE / "insight_pandas.py")],
    "leeway-headlines": [sys.executable, str(HERE / "insight_leeway.py"), "headlines"],
    "duckdb": [sys.executable, *UV, str(HERE / "insight_duckdb.py")],
}


class Differs(Exception):
    """Two sides do not give the same number; the message names the measure and the council."""


def task() -> dict:
    """What every side is told: the day, the code lists, and the people of each council's area."""
    outcome, service = code_list("event_outcome"), code_list("service_type")
    people = admissions.population().to_native().collect().group_by("age", "council").agg(pl.col("people").sum())
    placing = {code.value: code.rank for code in service.codes if code.rank in (1, 2, 3, 4, 6, 7)}
    return {
        "as_at": AS_AT.isoformat(),
        "from": year_to(AS_AT).starts_on.isoformat(),
        "long_term": holding.LONG_TERM,
        "carers": holding.CARERS,
        "settled": [code.value for code in code_list("accommodation").codes if code.settled],
        "client_groups": {code.value: code.group for code in code_list("support_reason").codes},
        "shorter": costs.SHORTER,
        "times_a_week": costs.PARTS_A_WEEK,
        "outcome_ranks": {code.value: code.rank for code in outcome.codes},
        "nothing_further": [code.rank for code in outcome.codes if code.value in outcomes.NOTHING_FURTHER],
        "no_telling": [code.rank for code in outcome.codes if code.value in outcomes.NO_TELLING],
        "no_response_due": waiting.NO_RESPONSE_DUE,
        "lesser": outcomes.LESSER_SUPPORT,
        "short_term": waiting.SHORT_TERM,
        "support": waiting.SUPPORT,
        "placing": {outcomes.REABLEMENT: 0, **placing},
        "population": {
            age: dict(people.filter(pl.col("age") == age).select("council", "people").iter_rows())
            for age in ("18-64", "65+")
        },
    }


def run(side: str, folder: Path) -> dict:
    """Run one side in a process of its own, and give its answers and what they took."""
    told, output = folder / "task.json", folder / f"{side}.json"
    if not told.exists():
        told.write_text(json.dumps(task()))
    subprocess.run([*SIDES[side], str(folder), str(told), str(output)], check=True)
    return json.loads(output.read_text())


def check_equal(ours: dict, theirs: dict) -> int:
    """Hold every number of two sides against each other, and count them. Councils of which nothing is told are none."""
    compared = 0
    if ours.keys() != theirs.keys():
        raise Differs(f"One side alone has {sorted(ours.keys() ^ theirs.keys())}.")
    for code in ours:
        one, other = (_rows(side[code]) for side in (ours, theirs))
        if one != other:
            key = min(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
            raise Differs(f"{code}, {key or 'in all'}: {one.get(key)} in Leeway, {other.get(key)} beside it.")
        compared += sum(len(row) for row in one.values())
    return compared


def _rows(told: dict | list) -> dict[str, list]:
    if isinstance(told, dict):
        rows = told
    else:
        rows = {
            ", ".join(cell for cell in row if isinstance(cell, str)): [c for c in row if not isinstance(c, str)]
            for row in told
        }
    return {key: row for key, row in rows.items() if any(row)}


def best(side: str, folder: Path, rounds: int) -> dict:
    """The quickest of some runs of one side, each in a process of its own."""
    return min((run(side, folder) for _ in range(rounds)), key=lambda told: told["seconds"])


def beside(folder: Path, ours: str, theirs: str, rounds: int) -> tuple[float, list[str]]:
    """Hold two sides against each other, and tell how many times as long as ours the other takes."""
    told = {side: best(side, folder, rounds) for side in (ours, theirs)}
    numbers = check_equal(told[ours]["answers"], told[theirs]["answers"])
    times = told[theirs]["seconds"] / told[ours]["seconds"]
    lines = [
        f"| {side} ({', '.join(f'{name} {number}' for name, number in one['versions'].items())}) "
        f"| {seconds(one['seconds'])} | {one['peak_mib']:,} MiB |"
        for side, one in told.items()
    ]
    return times, [*lines, f"| equal numbers: {numbers:,} | {theirs} ÷ {ours} = {times:.2f} | |"]


def growth(events: int, rounds: int) -> tuple[float, str, int]:
    """Seconds for a million events, the row of the table, and the peak memory in MiB, at one size."""
    with tempfile.TemporaryDirectory() as name:
        rows = make(Path(name), events=events)
        told = best("leeway", Path(name), rounds)
    each = told["seconds"] / rows * 1e6
    row = f"| {rows:,} | {seconds(told['seconds'])} | {seconds(each)} | {told['peak_mib']:,} MiB |"
    return each, row, told["peak_mib"]


@click.command()
@click.option("--events", default=10_000_000, show_default=True, help="About how many events to make up.")
@click.option("--rounds", default=3, show_default=True, help="How often each side runs; the best counts.")
@click.option("--growth", "sizes", multiple=True, type=int, help="Another number of events, for how time grows.")
@click.option("--into", type=click.Path(exists=True, path_type=Path), help="The page to fill the figures into.")
def main(events: int, rounds: int, sizes: tuple[int, ...], into: Path | None) -> None:
    """Time the whole report beside pandas, its headlines beside SQL, and its growth."""
    state = machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = make(folder, events=events)
        pandas, report = beside(folder, "leeway", "pandas", rounds)
        sql, heads = beside(folder, "leeway-headlines", "duckdb", rounds)
    lines = [
        f"{in_words(state)}. {rows:,} made-up events of {len(council_sizes(1))} councils; best of {rounds} runs.",
        "",
    ]
    lines += ["| The whole report | Time | Peak memory |", "|---|--:|--:|", *report, ""]
    lines += ["| The headlines | Time | Peak memory |", "|---|--:|--:|", *heads, ""]
    goals = {f"{PANDAS_GOAL} times as quick as pandas": pandas >= PANDAS_GOAL}
    goals[f"at most {SQL_GOAL} times the time of SQL"] = 1 / sql <= SQL_GOAL
    if sizes:
        grown = [growth(size, 1) for size in sorted(sizes)]
        lines += [
            "| Events | Time | For a million | Peak memory |",
            "|--:|--:|--:|--:|",
            *(row for _, row, _ in grown),
            "",
        ]
        goals["time grows no faster than events (by a fifth at most)"] = grown[-1][0] <= grown[0][0] * GROWTH_GOAL
        goals["under 8 GiB"] = max(peak for *_, peak in grown) < MEMORY_GOAL_MIB
    lines += [f"- Goal, {words}: {'met' if met else 'missed'}." for words, met in goals.items()]
    print("\n".join(lines))
    if into:
        fill(into, "insight", lines)
    raise SystemExit(not all(goals.values()))


if __name__ == "__main__":
    main()
