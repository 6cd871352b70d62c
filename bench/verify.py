"""How long a council's books and decisions take to prove: `leeway money verify` and `leeway law replay`, whole.

    LEEWAY_DATA=/somewhere/large .venv/bin/leeway demo --people 300 --no-serve
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/council.py --people 20000
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/verify.py
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/verify.py --into docs/explanation/speed.md

Each is a process of its own, timed from outside. Exit 1 if one finds anything, or takes longer than a minute.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import click
from figures import fill, seconds
from measure import in_words, machine

COMMANDS = ("money verify", "law replay")
GOAL_SECONDS = 60


def took(command: str) -> tuple[float, str]:
    """Run one command on the database of LEEWAY_DATA; how long it took, and its last line."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "leeway.site.commands", *command.split()], capture_output=True, text=True, check=False
    )
    taken = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"leeway {command} ended with status {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
    return taken, done.stdout.strip().splitlines()[-1]


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Fill the figures into this page.")
def main(as_json: bool, into: Path | None) -> None:
    """Time both commands, and say which goal is missed."""
    state = machine()
    found = {command: took(command) for command in COMMANDS}
    missed = [command for command, (taken, _) in found.items() if taken > GOAL_SECONDS]
    if as_json:
        click.echo(json.dumps({"machine": state, "seconds": {name: taken for name, (taken, _) in found.items()}}))
    lines = ["| Command | Took | Goal | It said |", "|---|---|---|---|"]
    lines += [
        f"| `leeway {name}` | {seconds(taken)} | {GOAL_SECONDS} s | {last} |" for name, (taken, last) in found.items()
    ]
    lines += ["", in_words(state)]
    if into:
        fill(into, "verify", lines)
    elif not as_json:
        click.echo("\n".join(lines))
    raise SystemExit(f"Missed: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
