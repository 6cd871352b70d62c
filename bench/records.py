"""A million events checked, and read into the five tables: time and peak memory, beside pandas.

    .venv/bin/python bench/records.py
    .venv/bin/python bench/records.py --events 100000        a quick look
    .venv/bin/python bench/records.py --events 10000000 --no-pandas

The events are made up (`leeway.insight.records.made_up`), one file a council as the national body gets them, or one
file of all. Each job runs in a process of its own, so that its peak memory is its own. Pandas does the same reading:
codes matched, dates and pence read, each event once, each person from their latest event; the counts and the sum of
pence must be equal. It checks no rules. Exit 1 if an answer differs.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
from figures import seconds
from measure import in_words, machine

from leeway.insight.records.made_up import EVENTS_A_PERSON, made_up_return
from leeway.insight.records.write import write_return


def make(folder: Path, *, events: int, councils: int) -> int:
    """Write the files, one a council, and count their rows."""
    rows = 0
    for number in range(councils):
        people = round(events / councils / EVENTS_A_PERSON)
        made = made_up_return(people=people, seed=number, councils=[f"{number + 101}"])
        write_return(made, folder / f"{number + 101}.csv")
        rows += made.height
    return rows


def check(files: list[Path]) -> dict[str, object]:
    """Hold the files against every rule."""
    from leeway.insight.records.check import check as look

    return {"findings": look(files).found.height}


def read(files: list[Path]) -> dict[str, object]:
    """Read the files into the five tables, and count what is in them."""
    import narwhals as nw

    from leeway.insight.records.read import read_records
    from leeway.insight.records.tables import TABLES

    records = read_records(files)
    answer: dict[str, object] = {
        table: getattr(records, table).select(nw.len()).collect().item() for table in TABLES
    }  # fmt: skip
    answer["pence"] = records.services.select(nw.col("unit_cost_pence").sum()).collect().item()
    return answer


def pandas(files: list[Path]) -> dict[str, object]:
    """Do the same reading as one would with pandas."""
    import pandas as pd

    from leeway.insight.records.lists import code_list
    from leeway.insight.records.read import SAME_EVENT, SAME_ROW
    from leeway.insight.records.tables import FIELDS, KIND_OF, Kind

    frame = pd.concat([pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""]) for path in files])
    frame.columns = [field.column for field in FIELDS]
    for field in FIELDS:
        cells = frame[field.column]
        if field.kind is Kind.CODE:
            frame[field.column] = cells.map(
                {text: code_list(field.codes).read(text)[0] for text in cells.dropna().unique()}
            )
        elif field.kind is Kind.DATE:
            frame[field.column] = pd.to_datetime(cells, format="%d/%m/%Y", errors="coerce")
        elif field.kind in (Kind.PENCE, Kind.HUNDREDTHS):
            frame[field.column] = (pd.to_numeric(cells, errors="coerce") * 100).round().astype("Int64")
    answer: dict[str, object] = {}
    for table, kind in KIND_OF.items():
        rows = frame[frame["event"] == kind].drop_duplicates(SAME_EVENT[table] + SAME_ROW.get(table, []))
        answer[table] = len(rows)
        if table == "services":
            answer["pence"] = int(rows["unit_cost_pence"].sum())
    latest = frame.sort_values("starts_on", kind="stable", na_position="first")
    answer["people"] = len(latest.drop_duplicates(["council", "person"], keep="last"))
    return answer


JOBS = {"check": check, "read": read, "pandas": pandas}


def in_own_process(job: str, folder: Path) -> dict[str, object]:
    """Run one job alone, and give its answer, seconds and peak memory."""
    run = subprocess.run([sys.executable, __file__, "--job", job, str(folder)], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{job} failed:\n{run.stderr}")
    return json.loads(run.stdout)


def do(job: str, folder: Path) -> None:
    """Do one job here, and print what it came to."""
    files = sorted(folder.glob("*.csv"))
    started = time.perf_counter()
    answer = JOBS[job](files)
    taken = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    print(
        json.dumps({"answer": answer, "seconds": taken, "cpu_seconds": cpu, "peak_mib": round(used.ru_maxrss / 1024)})
    )


@click.command()
@click.option("--events", default=1_000_000, show_default=True, help="About how many events to make up.")
@click.option("--councils", default=1, show_default=True, help="In how many files, one a council.")
@click.option("--pandas/--no-pandas", "beside", default=True, help="Read them with pandas too.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
def main(events: int, councils: int, beside: bool, as_json: bool) -> None:
    """Time checking and reading, and show the peak memory of each."""
    state = machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = time.perf_counter()
        rows = make(folder, events=events, councils=councils)
        making = time.perf_counter() - started
        megabytes = sum(path.stat().st_size for path in folder.glob("*.csv")) / 1e6
        jobs = {job: in_own_process(job, folder) for job in JOBS if beside or job != "pandas"}
    if beside and jobs["read"]["answer"] != jobs["pandas"]["answer"]:
        raise SystemExit(f"The two readings differ: {jobs['read']['answer']} and {jobs['pandas']['answer']}.")
    if as_json:
        print(json.dumps({"machine": state, "rows": rows, "jobs": jobs}, indent=2))
        return
    print(f"{in_words(state)}. {rows:,} events in {councils} files, {megabytes:,.0f} MB, made in {seconds(making)}.")
    for job, told in jobs.items():
        taken, cpu = seconds(told["seconds"]), seconds(told["cpu_seconds"])
        print(f"{job:8} {taken:>8}   processors {cpu:>8}   peak {told['peak_mib']:>6,} MiB   {told['answer']}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        do(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
