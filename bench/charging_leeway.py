"""Leeway's side of the charging bench; run by `charging.py`, which lays out the folder named on the command line."""

import json
import os
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
from charging_people import case_of
from measure import in_short, seconds_of

from leeway.law import compute, law_on
from leeway.law.charging import charge_columns


def answer(folder: Path, task: dict, columns: dict[str, np.ndarray]) -> None:
    """Write every step of everybody's charge, under each law of the task."""
    for one in task["laws"]:
        law = law_on(date.fromisoformat(one["on"]), folder / one["name"] / "policy")
        np.savez(folder / one["name"] / "leeway.npz", **charge_columns(columns, law))


def time_it(folder: Path, task: dict, columns: dict[str, np.ndarray]) -> dict:
    """Time the first law of the task: for everybody, and one by one with every step in words."""
    on, policy = date.fromisoformat(task["laws"][0]["on"]), folder / task["laws"][0]["name"] / "policy"
    law, repeats = law_on(on, policy), task["repeats"]
    cases = [case_of(columns, row) for row in range(task["ones"])]

    def one_by_one() -> list[int]:
        return [compute("charge", case, on, policy).result["charge_pence_per_week"] for case in cases]

    def everybody() -> dict[str, np.ndarray]:
        return charge_columns(columns, law, task["wanted"])

    figures = {
        "one": in_short([taken / len(cases) for taken in seconds_of(one_by_one, repeats=repeats)]),
        "everybody": in_short(seconds_of(everybody, repeats=repeats)),
        "charges_one_by_one": one_by_one(),
        "versions": {"leeway": version("leeway"), "numpy": np.__version__},
    }
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        figures["everybody_on_one_processor"] = in_short(seconds_of(everybody, repeats=repeats))
    return figures


def main(folder: Path, job: str) -> None:
    """Do one job of the bench: `answer` or `time`."""
    task = json.loads((folder / "task.json").read_text())
    columns = dict(np.load(folder / "people.npz"))
    if job == "answer":
        answer(folder, task, columns)
    else:
        print(json.dumps(time_it(folder, task, columns)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
