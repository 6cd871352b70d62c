"""A bank's statement of 50,000 lines read: processor time and peak memory, for camt.053, MT940, OFX and CSV.

    .venv/bin/python bench/statements.py
    .venv/bin/python bench/statements.py --lines 5000 --rounds 1        a quick look
    .venv/bin/python bench/statements.py --into docs/explanation/speed.md

The files are made up, by the small writers of the tests. What is read must be what was written first: every day,
amount and reference. Beside it stand libraries that read the same: pyiso20022 for camt.053 and mt-940 for MT940,
each asked for its amounts alone. Each job is a process of its own, whose peak memory is its own, the file in it.
Exit 1 if an answer differs or a goal is missed.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import click
from figures import fill, seconds
from measure import in_words, machine, peak_mib

sys.path.insert(1, str(Path(__file__).parents[1]))

FORMATS = {"camt.053": "pyiso20022", "MT940": "mt-940", "OFX": "", "CSV": ""}
GOAL_SECONDS, GOAL_MIB = 10, 512


def lines(count: int) -> list:
    """So many lines, as a council's account might have them in a month."""
    from leeway.money.banking.lines import Line

    first = date(2026, 4, 1)
    return [
        Line(
            booked_on=first + timedelta(days=number * 28 // count),
            amount_pence=number * 37 % 400_000 - 300_000,
            reference=f"PB 2026/{number}",
            description=f"BACS DIRECT CREDIT RUN14 {number % 900}",
            end_to_end_id=f"RUN14-{number}",
            counterparty=f"Ada Lantern {number % 5000}",
            bank_reference=f"B{number:010d}",
        )
        for number in range(count)
    ]


def make(folder: Path, count: int) -> None:
    """Write the same lines in each format."""
    from tests.money.banking import statement_writers as write

    given = lines(count)
    (folder / "camt.053").write_bytes(write.camt(given))
    (folder / "MT940").write_bytes(write.mt940(given))
    (folder / "OFX").write_bytes(write.ofx(given, sgml=False))
    (folder / "CSV").write_bytes(write.table(given))


def ours(content: bytes) -> list[int]:
    """The amounts that Leeway reads, and with them every day and reference."""
    from leeway.money.banking.readers.mapping import mapping_named
    from leeway.money.banking.statement import read_statement

    [statement] = read_statement(content, mapping=mapping_named("day-first")).statements
    for line, written in zip(statement.lines, lines(len(statement.lines)), strict=True):
        if (line.booked_on, line.reference) != (written.booked_on, written.reference):
            raise SystemExit(f"Read {line}, where {written} was written.")
    return [line.amount_pence for line in statement.lines]


def theirs(content: bytes) -> list[int]:
    """The amounts that a library reads."""
    if content.startswith(b":20:"):
        import mt940

        parsed = mt940.parse(content, options=mt940.Options.all())
        return [int(each.data["amount"].amount * 100) for each in parsed]
    from pyiso20022.camt.camt_053_001_08 import Document
    from xsdata.formats.dataclass.parsers import XmlParser

    document = XmlParser().from_bytes(content, Document)
    signs = {"CRDT": 1, "DBIT": -1}
    entries = document.bk_to_cstmr_stmt.stmt[0].ntry
    return [signs[entry.cdt_dbt_ind.value] * int(entry.amt.value * 100) for entry in entries]


def do(side: str, path: Path) -> None:
    """Make the files, or read one of them, and print what it came to."""
    if side.isdecimal():
        make(path, int(side))
        return
    content = path.read_bytes()
    started = time.process_time()
    amounts = {"ours": ours, "theirs": theirs}[side](content)
    told = {"amounts": [len(amounts), sum(amounts)], "seconds": time.process_time() - started, "peak_mib": peak_mib()}
    print(json.dumps(told))


def in_own_process(side: str, path: Path) -> dict:
    """Do it alone, and give what came of it. A process begins with the peak memory of whoever starts it."""
    run = subprocess.run([sys.executable, __file__, "--job", side, str(path)], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{side} failed:\n{run.stderr}")
    return json.loads(run.stdout.splitlines()[-1]) if run.stdout else {}


def one_round(folder: Path) -> dict[str, dict]:
    """Every file once, by Leeway and by the library where there is one."""
    told = {}
    for name, library in FORMATS.items():
        told[name] = in_own_process("ours", folder / name)
        if library:
            told[library] = in_own_process("theirs", folder / name)
            if told[name]["amounts"] != told[library]["amounts"]:
                raise SystemExit(f"{name}: {told[name]['amounts']} by Leeway, {told[library]['amounts']} by {library}.")
    return told


def table(result: dict) -> list[str]:
    """Write the result as a Markdown table, with what it was taken on."""
    made = ["| Format | File | Leeway | Peak memory | A library | Peak memory |", "|---|--:|--:|--:|--:|--:|"]
    for name, library in FORMATS.items():
        one, other = result["jobs"][name], result["jobs"].get(library)
        beside = f"{library}, {seconds(other['seconds'])} | {other['peak_mib']:,} MiB" if other else " | "
        made.append(
            f"| {name} | {result['megabytes'][name]:.1f} MB | {seconds(one['seconds'])} | {one['peak_mib']:,} MiB "
            f"| {beside} |"
        )
    return [
        *made,
        "",
        f"{result['lines']:,} lines; best of {result['rounds']}. Goals: under {GOAL_SECONDS} s and {GOAL_MIB:,} MiB "
        f"each. Missed by: {', '.join(result['missed']) or 'none'}. Taken on {result['taken_on']}: "
        f"{in_words(result['machine'])}.",
    ]


@click.command()
@click.option("--lines", "count", default=50_000, show_default=True, type=click.IntRange(100, 300_000))
@click.option("--rounds", default=3, show_default=True, help="How often; the best is told.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(count: int, rounds: int, as_json: bool, into: Path | None) -> None:
    """Time the reading of a long statement, and show its peak memory."""
    state = machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_own_process(str(count), folder)
        megabytes = {each: (folder / each).stat().st_size / 1e6 for each in FORMATS}
        told = [one_round(folder) for _ in range(rounds)]
    best = {job: min((one[job] for one in told), key=lambda each: each["seconds"]) for job in told[0]}
    missed = [job for job in FORMATS if best[job]["seconds"] > GOAL_SECONDS or best[job]["peak_mib"] > GOAL_MIB]
    result = {
        "jobs": best, "megabytes": megabytes, "rounds": rounds, "lines": count, "missed": missed, "machine": state,
        "taken_on": time.strftime("%Y-%m-%d"),
    }  # fmt: skip
    print(json.dumps(result, indent=2) if as_json else "\n".join(table(result)))
    if into:
        fill(into, "statements", table(result))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        do(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
