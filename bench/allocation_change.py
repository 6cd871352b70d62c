"""Whom the second version of the default allocation table touches, and how: the demo's people before it and after.

    .venv/bin/python bench/allocation_change.py --before ../a-checkout-of-version-1
    .venv/bin/python bench/allocation_change.py --before ../a-checkout-of-version-1 --on 2024-03-31

Each person gives the same answers to both. Version 1 asks once how much family and friends help: it is told what they
do of most questions. Version 2 is asked of each question, for what serves needs that are eligible. With `--on` a day
of 2023-24 the prices of both are the same, and what is left is the rule. People whose plan is costed instead in either
version are counted apart.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING

import click
import django
import numpy as np

from leeway.law import compute, law_on
from leeway.law.allocation import questions

if TYPE_CHECKING:
    from leeway.site.demo.people import MadeUp
    from leeway.site.demo.script import Script

SAID = "Talked through together: both are as they were found."
IN_THE_OTHER = """
import json, sys
from datetime import date
from leeway.law import compute
given = json.load(sys.stdin)
results = [compute("allocation", one, date.fromisoformat(given["on"])).result for one in given["people"]]
print(json.dumps([[one["indicative_pence_per_week"], one["costed_instead"]] for one in results]))
"""


@dataclass(frozen=True)
class Changed:
    """One person's figure before and after, or None where the plan is costed instead."""

    person: "MadeUp"
    script: "Script"
    before: int | None
    after: int | None


def after_inputs(script: "Script", on: date) -> dict:
    """What version 2 is told of a person."""
    asked = questions(law_on(on), script.kind)
    unable = [code for code, said in script.outcomes.items() if said.unable]
    return {
        "kind": script.kind,
        "unable": unable + (["health_at_risk"] if script.kind == "carer" else []),
        "answers": script.answers,
        "help": script.help_given,
        "willing_and_able": True,
        "explained": dict.fromkeys([code for q in asked for code in (q.id, *q.outcomes)], SAID),
    }


def before_inputs(script: "Script") -> dict:
    """What version 1 is told of the same person: one answer about help for all questions."""
    if script.kind == "carer":
        return {"kind": "carer", "answers": script.answers}
    ways = Counter(script.help_given.values())
    some = {way: count for way, count in ways.items() if way != "none"}
    helped = "nothing" if not some or ways["none"] > 4 else max(some, key=some.__getitem__)
    return {"kind": "adult", "answers": script.answers | {"informal_support": helped}}


def in_the_other(checkout: Path, scripts: "list[Script]", on: date) -> list[tuple[int, bool]]:
    """The figures of another checkout."""
    asked = json.dumps({"on": on.isoformat(), "people": [before_inputs(script) for script in scripts]})
    where = os.environ | {"PYTHONPATH": str(checkout / "src")}
    done = subprocess.run(
        [sys.executable, "-c", IN_THE_OTHER], input=asked, env=where, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def groups(changed: Changed) -> list[str]:
    """The groups of the Equality Act that are known of made-up people, and what else the change may fall on."""
    person, script = changed.person, changed.script
    helped = sum(way != "none" for way in script.help_given.values())
    size = changed.before or 0
    return [
        "everybody",
        "carers" if person.carer else f"aged {person.band}",
        person.gender,
        "White British" if person.ethnicity == "White British" else "other ethnic groups",
        "support: " + person.reason.split(":")[0],
        "family helps with nothing" if not helped else "family helps with some of it",
        "before: " + ("under £100" if size < 100_00 else "£100 to £400" if size < 400_00 else "£400 and over"),
    ]


def row(name: str, rows: list[Changed]) -> str:
    """A group: how many, the middle and the mean figure before and after, and for how many it falls by a tenth."""
    before, after = [one.before or 0 for one in rows], [one.after or 0 for one in rows]
    share = mean(after) / mean(before) - 1 if any(before) else 0
    less = sum(now < 0.9 * was for was, now in zip(before, after, strict=True))
    amounts = " | ".join(f"£{pence / 100:,.2f}" for pence in (median(before), median(after), mean(before), mean(after)))
    return f"| {name} | {len(rows)} | {amounts} | {share:+.1%} | {less} |"


@click.command()
@click.option("--before", "checkout", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--people", default=300, show_default=True)
@click.option("--seed", default=2026, show_default=True)
@click.option("--on", default="2026-11-23", show_default=True, type=date.fromisoformat)
def main(checkout: Path, people: int, seed: int, on: date) -> None:
    """Print the distribution before and after, by group."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")
    django.setup()
    from leeway.site.demo.crowd import write_script
    from leeway.site.demo.people import draw_people

    chance = np.random.default_rng(seed)
    drawn = draw_people(people, seed=seed, on=on)
    scripts = [write_script(person, chance, on, person.details()) for person in drawn]
    told = in_the_other(checkout, scripts, on)
    now = [compute("allocation", after_inputs(script, on), on).result for script in scripts]
    everybody = [
        Changed(
            person, script, None if costed else was, None if new["costed_instead"] else new["indicative_pence_per_week"]
        )
        for person, script, (was, costed), new in zip(drawn, scripts, told, now, strict=True)
    ]
    both = [one for one in everybody if one.before is not None and one.after is not None]
    counts = [sum(getattr(one, side) is None for one in everybody) for side in ("before", "after")]
    click.echo(
        f"{people} people, {on}. Costed instead: {counts[0]} before, {counts[1]} after; {len(both)} have both.\n"
    )
    click.echo("| Group | People | Median before | after | Mean before | after | Change of the mean | A tenth less |")
    click.echo("|---|---|---|---|---|---|---|---|")
    _print(both, groups)


def _print(both: list[Changed], by: Callable[[Changed], list[str]]) -> None:
    found: dict[str, list[Changed]] = {}
    for one in both:
        for name in by(one):
            found.setdefault(name, []).append(one)
    for name in sorted(found, key=lambda name: (name != "everybody", name)):
        click.echo(row(name, found[name]))


if __name__ == "__main__":
    main()
