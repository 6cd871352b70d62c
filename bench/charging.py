"""Charging for a million people and for one: Leeway beside OpenFisca, with the same rules in both.

    .venv/bin/python bench/charging.py
    .venv/bin/python bench/charging.py --json
    .venv/bin/python bench/charging.py --into docs/explanation/speed.md

First both work out every step of everybody's charge under two laws, and the answers must be equal to the penny.
Then each is timed in a process of its own, in turn. Exit 1 if an answer differs or a goal is missed.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median

import click
import numpy as np
import yaml
from charging_people import draw
from figures import fill, seconds
from measure import in_words, machine, today

from leeway.law.dated import DEFAULT_POLICY, every_parameter

HERE = Path(__file__).parent
EVERYBODY_GOAL, ONE_GOAL = 10, 20
WANTED = ("charge", "net_direct_payment")

#: A council that is gentler than the default in everything that a policy may settle.
GENTLER = {
    "buffer_above_guarantee": 10_00,
    "charges_carers": True,
    "counts_disability_benefits": False,
    "largest_charge": 250_00,
    "percent_of_disposable": 75,
    "smallest_charge": 2_00,
    "standard_disability_expenditure": 20_00,
}
#: Each law under which both must agree; the first one is timed. Days are Mondays, as OpenFisca's weeks are.
LAWS = (("default", date(2026, 4, 6), {}), ("gentler", date(2023, 4, 10), GENTLER))


class Differs(Exception):
    """The two sides do not give the same answer; the message names the law, the step and the first such person."""


def lay_out(folder: Path, *, people: int, ones: int, repeats: int) -> None:
    """Write what both sides read: the people, the laws in each one's idiom, and the task."""
    np.savez(folder / "people.npz", **draw(people))
    laws = []
    for name, on, changes in LAWS:
        policy = folder / name / "policy"
        shutil.copytree(DEFAULT_POLICY, policy)
        for parameter, value in changes.items():
            path = policy / "charging_policy" / f"{parameter}.yaml"
            text = yaml.safe_load(path.read_text())
            text["values"] = {start: {**dated, "value": value} for start, dated in text["values"].items()}
            path.write_text(yaml.safe_dump(text))
        write_for_openfisca(policy, folder / name / "openfisca")
        laws.append({"name": name, "on": on.isoformat()})
    (folder / "task.json").write_text(json.dumps({"laws": laws, "wanted": WANTED, "ones": ones, "repeats": repeats}))


def write_for_openfisca(policy: Path, folder: Path) -> None:
    """Write the charging parameters, with their whole history, as OpenFisca reads them."""
    for name, parameter in every_parameter(policy).items():
        if name.split(".")[0] in {"charging", "charging_policy"}:
            path = folder.joinpath(*name.split(".")).with_suffix(".yaml")
            path.parent.mkdir(parents=True, exist_ok=True)
            values = {dated.start: {"value": dated.value} for dated in parameter.history}
            path.write_text(yaml.safe_dump({"description": parameter.description, "values": values}))


def run(side: str, folder: Path, job: str) -> dict:
    """Run one side in a process of its own, and in an environment of its own where it is the peer."""
    script = str(HERE / f"charging_{side}.py")
    command = [sys.executable, script]
    if side == "openfisca":
        uv = [sys.executable, "-m", "uv", "run", "--quiet", "--no-python-downloads", "--no-project"]
        command = [*uv, "--python", sys.executable, "--script", script]
    done = subprocess.run([*command, str(folder), job], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout) if done.stdout else {}


def check_equal(folder: Path) -> int:
    """Compare every step of every person under every law; give how many amounts were compared."""
    compared = 0
    for side in ("leeway", "openfisca"):
        run(side, folder, "answer")
    for name, _, _ in LAWS:
        ours, theirs = (np.load(folder / name / f"{side}.npz") for side in ("leeway", "openfisca"))
        for step in theirs.files:
            unequal = np.flatnonzero(ours[step] != theirs[step])
            if unequal.size:
                row = unequal[0]
                raise Differs(
                    f"{name} law, {step}: {unequal.size:,} people differ; person {row} has {ours[step][row]} in "
                    f"Leeway and {theirs[step][row]} in OpenFisca."
                )
            compared += ours[step].size
    return compared


def time_in_turn(folder: Path, rounds: int) -> dict[str, dict]:
    """Time both in turn, several rounds; give the least of the least times and the median of the medians."""
    taken: dict[str, list[dict]] = {"leeway": [], "openfisca": []}
    for _ in range(rounds):
        for side, figures in taken.items():
            figures.append(run(side, folder, "time"))
    if taken["leeway"][0]["charges_one_by_one"] != taken["openfisca"][0]["charges_one_by_one"]:
        raise Differs("The people who were charged one by one have other charges in OpenFisca.")
    return {side: put_together(figures) for side, figures in taken.items()}


def put_together(rounds: list[dict]) -> dict:
    """Make one of several rounds' figures."""
    together = {"versions": rounds[0]["versions"]}
    for job in rounds[0].keys() - {"versions", "charges_one_by_one"}:
        together[job] = {
            "least": min(one[job]["least"] for one in rounds),
            "median": median(one[job]["median"] for one in rounds),
        }
    return together


def compare(ours: dict, theirs: dict) -> list[dict]:
    """Set job beside job, and say how many times longer OpenFisca takes, by medians."""
    pairs = [
        ("Everybody, from columns to columns", ours["everybody"], theirs["everybody"], EVERYBODY_GOAL),
        ("The same, OpenFisca's simulation built beforehand", ours["everybody"], theirs["everybody_once_built"], None),
        ("One person", ours["one"], theirs["one"], ONE_GOAL),
    ]
    if "everybody_on_one_processor" in ours:
        one_processor = ours["everybody_on_one_processor"]
        pairs.insert(1, ("The same, Leeway kept to one processor", one_processor, theirs["everybody"], None))
    return [
        {
            "job": job,
            "leeway_seconds": one,
            "openfisca_seconds": other,
            "times_longer": other["median"] / one["median"],
            "goal": goal,
        }
        for job, one, other, goal in pairs
    ]


def table(result: dict) -> list[str]:
    """Write the result as a Markdown table, with what it was taken on."""
    heads = ("Job", "Leeway, median (least)", "OpenFisca, median (least)", "Times longer", "Goal")
    lines = [f"| {' | '.join(heads)} |", "|---|--:|--:|--:|--:|"]
    for row in result["jobs"]:
        one, other = (
            f"{seconds(side['median'])} ({seconds(side['least'])})"
            for side in (row["leeway_seconds"], row["openfisca_seconds"])
        )
        lines.append(f"| {row['job']} | {one} | {other} | {row['times_longer']:.1f} | {row['goal'] or ''} |")
    packages = ", ".join(f"{name} {number}" for name, number in sorted(result["versions"].items()))
    return [
        *lines,
        "",
        f"Everybody is {result['people']:,} people. Equal to the penny first: {result['amounts_compared']:,} amounts "
        f"under {len(LAWS)} laws. Taken on {result['taken_on']}: {in_words(result['machine'])}, {packages}.",
    ]


@click.command()
@click.option("--people", default=1_000_000, show_default=True, type=click.IntRange(1000, 10_000_000))
@click.option("--ones", default=200, show_default=True, help="How many are also charged one by one.")
@click.option("--repeats", default=5, show_default=True, help="Timed runs in each round, after a warm-up.")
@click.option("--rounds", default=3, show_default=True, help="Processes of each side, in turn.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(people: int, ones: int, repeats: int, rounds: int, as_json: bool, into: Path | None) -> None:
    """Time charging in Leeway and in OpenFisca, once both are shown to agree."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        state = machine()
        lay_out(folder, people=people, ones=ones, repeats=repeats)
        try:
            compared = check_equal(folder)
            sides = time_in_turn(folder, rounds)
        except Differs as difference:
            raise click.ClickException(str(difference)) from difference
    result = {
        "people": people,
        "amounts_compared": compared,
        "jobs": (jobs := compare(sides["leeway"], sides["openfisca"])),
        "goals_met": all(row["times_longer"] >= (row["goal"] or 0) for row in jobs),
        "taken_on": today().isoformat(),
        "machine": state,
        "versions": {**sides["openfisca"]["versions"], **sides["leeway"]["versions"]},
    }
    if into:
        fill(into, "charging", table(result))
    click.echo(json.dumps(result, indent=2) if as_json else "\n".join(table(result)))
    sys.exit(0 if result["goals_met"] else 1)


if __name__ == "__main__":
    main()
