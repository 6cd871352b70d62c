"""Commands that should answer while one looks: a whole process each, from the shell's word to the last line.

    .venv/bin/python bench/commands.py
    .venv/bin/python bench/commands.py --before ../another-checkout
    .venv/bin/python bench/commands.py --into docs/explanation/speed.md

Wall and processor time, the median of several runs after a warm-up. `--before` runs another checkout's in turn with
ours: both must print the same, byte for byte (help may have changed). Exit 1 if a goal is missed.
"""

import json
import os
import re
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
TUTORIAL = HERE / "docs" / "tutorial" / "a-rule-from-the-command-line.md"
#: The processor time that a command may take, in seconds; the tutorial's examples are its input.
COMMANDS = {
    "law charge ada.json --on 2026-04-06": 0.4,
    "law allocate ada-answers.json --on 2026-04-06": 0.4,
    "law show charging.capital.upper_limit": 0.4,
    "insight direct-payment-question": 2.0,
    "--help": 0.6,
    "law --help": 0.4,
    "insight --help": 1.5,
    "money --help": 0.4,
}


def run(checkout: Path, command: str, folder: Path) -> tuple[float, float, bytes]:
    """Run one command; give how long it took, its processor time, and what it printed."""
    before, started = _used(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "leeway.site.commands", *command.split()],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(checkout / "src")}, capture_output=True, check=False,
    )  # fmt: skip
    wall, used = time.perf_counter() - started, _used() - before
    if done.returncode:
        raise SystemExit(f"{checkout}: {command} ended with status {done.returncode}: {done.stderr.decode()}")
    return wall, used, done.stdout


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def compare(command: str, sides: dict[str, Path], folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Time one command, each side in turn. Stops where two sides answer differently."""
    runs: dict[str, list[tuple[float, float, bytes]]] = {side: [] for side in sides}
    for _ in range(rounds + 1):
        for side, checkout in sides.items():
            runs[side].append(run(checkout, command, folder))
    if "--help" not in command and len({all_[0][2] for all_ in runs.values()}) > 1:
        raise SystemExit(f"{command}: the two checkouts answer differently.")
    return {
        side: {"wall": median(one[0] for one in all_[1:]), "processor": median(one[1] for one in all_[1:])}
        for side, all_ in runs.items()
    }


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--before", type=click.Path(path_type=Path, exists=True), help="Another checkout, to stand beside.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Fill the figures into this page.")
def main(rounds: int, before: Path | None, as_json: bool, into: Path | None) -> None:
    """Time every command, and say which goals are missed."""
    state = machine()
    sides = {"now": HERE} | ({"before": before.resolve()} if before else {})
    with tempfile.TemporaryDirectory() as folder:
        examples = re.findall(r"```json\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
        for name, example in zip(("ada.json", "ada-answers.json"), examples, strict=False):
            (Path(folder) / name).write_text(example, encoding="utf-8")
        told = {command: compare(command, sides, Path(folder), rounds) for command in COMMANDS}
    missed = [command for command, goal in COMMANDS.items() if told[command]["now"]["processor"] > goal]
    if as_json:
        click.echo(json.dumps({"machine": state, "rounds": rounds, "commands": told, "missed": missed}, indent=2))
    else:
        lines = in_lines(told, rounds, missed, in_words(state))
        click.echo("\n".join(lines))
        if into:
            fill(into, "commands", lines)
    raise SystemExit(1 if missed else 0)


def in_lines(told: dict[str, dict[str, dict[str, float]]], rounds: int, missed: list[str], where: str) -> list[str]:
    """The figures as a table, with the machine under it."""
    lines = ["| Command | Waited | Processor time | Before | Now ÷ before | Goal |", "|---|--:|--:|--:|--:|--:|"]
    for command, sides in told.items():
        now, before = sides["now"], sides.get("before")
        beside = ("", "")
        if before:
            beside = (seconds(before["processor"]), f"{now['processor'] / before['processor']:.2f}")
        cells = (f"`leeway {command}`", seconds(now["wall"]), seconds(now["processor"]), *beside)
        lines.append(f"| {' | '.join(cells)} | {seconds(COMMANDS[command])} |")
    goals = f"Goals (of processor time) missed by: {', '.join(missed) or 'none'}."
    return [*lines, "", f"Median of {rounds} runs after a warm-up. {goals} {where}."]


if __name__ == "__main__":
    main()
