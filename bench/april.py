"""April for a council of 20,000 people: everybody's charge worked out anew, applied, told and undone as one batch.

    LEEWAY_DATA=/somewhere/large .venv/bin/leeway demo --people 300 --no-serve
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/council.py --people 20000
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/april.py
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/april.py --into docs/explanation/speed.md

Two Aprils are played, since the made-up council has never had one: that of this year, which comes late and puts right
the months gone by, and then the next, on time. The figures of the law for the next year are made up: those of this
year, 3.8 per cent higher. Each step is what is done in the background, committed part by part. In the end every row is
applied or says why not, and is then taken back. Exit 1 if the goal is missed: the next April worked out and applied in
a minute, waited and of processor time.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from uuid import uuid4

import click
import django
import yaml
from figures import fill, seconds
from measure import cost_of, in_words, machine, peak_mib, today

GOAL_SECONDS = 60
THIS_YEAR, NEXT_YEAR = date(2026, 4, 6), date(2027, 4, 6)
HIGHER_BY = 38  # per thousand
LATE = "The batch was not made in spring, as the council had no way to."


def make_up_next_year() -> None:
    """Have the law go on: a copy of its folder in which every figure that is put up each April is put up once more."""
    from leeway.law import dated
    from leeway.law.uprating import not_known_yet

    missing = not_known_yet(dated.law_on(NEXT_YEAR))
    copy = shutil.copytree(dated.PARAMETERS, Path(tempfile.mkdtemp()) / "parameters")
    for name in missing:
        path = copy.joinpath(*name.split(".")).with_suffix(".yaml")
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        last = content["values"][max(content["values"])]["value"]
        content["values"][NEXT_YEAR] = {
            "value": -(-last * (1000 + HIGHER_BY) // 5000) * 5,
            "source": {"title": "Made up for a measurement"},
        }
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    dated.PARAMETERS = copy
    for cached in (dated.every_parameter, dated._law_on):
        cached.cache_clear()


def officers() -> list:
    """A maker, and two who approve, the second a finance manager."""
    from leeway.access.models import User
    from leeway.access.roles import Role

    return [
        User.objects.create_user(f"{uuid4().hex[:8]}@fairbourne.example", name=f"Bench {role.label}", roles=[role])
        for role in (Role.FINANCE, Role.FINANCE, Role.FINANCE_MANAGER)
    ]


def play(day: date) -> dict:
    """Take an April from its draft to its undoing; what each step took, and the memory of this process after it."""
    from django.db import connection
    from django.db.models import Count

    from leeway.money.uprating import actions, jobs
    from leeway.money.uprating.models import Batch
    from leeway.money.uprating.states import BEFORE_APPLYING

    make_up_next_year()
    maker, checker, manager = officers()
    on = today()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        server = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
    for waiting in Batch.objects.filter(state__in=BEFORE_APPLYING):  # the demo's own
        actions.withdraw(batch=waiting, because="Another batch is measured.", by=maker, on=on)
    said = {"day": day, "what_for": f"April {day.year}", "puts_benefits_up": True}
    batch = actions.draft(**said, by=maker, on=on)
    told: dict[str, dict] = {"Before": {"waited": 0, "processor": 0, "peak_mib": peak_mib()}}

    def step(name: str) -> None:
        told[name] = cost_of(lambda: jobs.carry_on(str(batch.pk)), server=server) | {"peak_mib": peak_mib()}
        batch.refresh_from_db()

    step("Worked out")
    found = dict(batch.rows.order_by().values_list("state").annotate(Count("pk")))
    actions.look_at(batch=batch, words="Nobody loses more than the limit of the council.", by=maker, on=on)
    for approver in (checker, manager):
        actions.approve(batch=batch, by=approver, on=on)
    actions.begin_to_apply(batch=batch, by=maker, on=on)
    step("Applied")
    applied = dict(batch.rows.order_by().values_list("state").annotate(Count("pk")))
    changed = batch.rows.filter(charge_after__isnull=False).count()
    whys = dict(batch.rows.filter(state="taken_out").order_by().values_list("why").annotate(Count("pk")))
    if day == NEXT_YEAR:
        actions.begin_to_tell(batch=batch, late_because=LATE, by=maker, on=on)
        step("Letters written")
        actions.begin_to_undo(batch=batch, because="It was made to be measured.", by=manager, on=on)
        step("Undone")
    undone = dict(batch.rows.order_by().values_list("state").annotate(Count("pk")))
    rows = sum(found.values())
    return {
        "day": str(day), "rows": rows, "changed": changed, "found": found, "applied": applied, "undone": undone,
        "taken_out": whys, "steps": told,
    }  # fmt: skip


def in_own_process(day: date) -> dict:
    """Play an April in a process whose peak memory is its own."""
    done = subprocess.run([sys.executable, __file__, "--job", str(day)], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"The April of {day.year} was not played.")
    click.echo(done.stdout, err=True, nl=False)
    return json.loads(done.stdout.splitlines()[-1])


def missed(next_april: dict) -> list[str]:
    """The goals that were missed, in words."""
    steps = [next_april["steps"][name] for name in ("Worked out", "Applied")]
    return [
        f"{GOAL_SECONDS} s {what}"
        for what in ("waited", "processor")
        if sum(step[what] for step in steps) >= GOAL_SECONDS
    ]


def table(this: dict, following: dict, people: int, state: dict) -> list[str]:
    """Write the figures as a Markdown table, with what they were taken on."""
    lines = ["| Step | Waited | Processor | Peak |", "|---|--:|--:|--:|"]
    for april, called in ((this, "late"), (following, "on time")):
        for name, step in april["steps"].items():
            if name != "Before":
                times = f"{seconds(step['waited'])} | {seconds(step['processor'])}"
                lines.append(f"| {name}: {april['day'][:4]}, {called} | {times} | {step['peak_mib']:,} MiB |")
    return [
        *lines,
        "",
        f"A council of {people:,} people. {this['rows']:,} and {following['rows']:,} running budgets were worked out; "
        f"{this['changed']:,} and {following['changed']:,} of them pay another amount, and went on at it. Processor "
        "time of Leeway and of its database’s process; peak memory of Leeway’s process so far. Goal: on time, worked "
        f"out and applied in {GOAL_SECONDS} s. Missed by: {', '.join(missed(following)) or 'none'}. Taken on "
        f"{today().isoformat()}: {in_words(state)}.",
    ]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(as_json: bool, into: Path | None) -> None:
    """Play two Aprils in the made-up council of LEEWAY_DATA (or DATABASE_URL), which then has them."""
    django.setup()  # the embedded database stays up between the two
    from leeway.care.people.models import Person

    state, people = machine(), Person.objects.count()
    this, following = (in_own_process(day) for day in (THIS_YEAR, NEXT_YEAR))
    if into:
        fill(into, "april", table(this, following, people, state))
    result = {"machine": state, "people": people, "this": this, "next": following, "missed": missed(following)}
    click.echo(json.dumps(result, indent=2) if as_json else "\n".join(table(this, following, people, state)))
    sys.exit(1 if result["missed"] else 0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")
    if sys.argv[1:2] == ["--job"]:
        django.setup()
        print(json.dumps(play(date.fromisoformat(sys.argv[2]))))
    else:
        main()
