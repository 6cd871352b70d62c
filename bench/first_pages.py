"""The first answer of every page of insight: each asked of a process that has just begun, and once more.

    LEEWAY_DATA=/somewhere .venv/bin/leeway demo --people 300 --no-serve
    LEEWAY_DATA=/somewhere .venv/bin/python bench/first_pages.py
    LEEWAY_DATA=/somewhere .venv/bin/python bench/first_pages.py --into docs/explanation/speed.md

Processor time, which other users of the machine hardly change. What rests on published figures alone was worked out
when those were made, so nobody waits for it. Exit 1 where a page takes more than the goal the first time.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
from figures import fill, seconds
from measure import in_words, machine

GOAL_SECONDS = 1.0
SEEN_BY = "ana@fairbourne.example"
A_TARGET = "percent=35&at_most=&by_day=31&by_month=3&by_year=2028"
PAGES = {
    "What the returns say": "/insight/",
    "Explore": "/insight/explore/",
    "Explore: a chart": "/insight/explore/chart.svg",
    "Explore: a funnel": "/insight/explore/?measure=direct-payments&place=Trafford&beside=all&view=funnel",
    "Explore: a map": "/insight/explore/?measure=direct-payments&place=England&beside=all&view=map",
    "Explore: councils alike": "/insight/explore/?measure=direct-payments&place=Trafford&beside=neighbours&view=rank",
    "Targets": "/insight/targets/",
    "Targets: a chance": f"/insight/targets/?measure=direct-payments&place=Trafford&{A_TARGET}",
    "The direct payment question": "/insight/direct-payment-question/",
    "The question's curve": "/insight/direct-payment-question/curve.svg",
    "The question's estimates": "/insight/direct-payment-question/estimates.csv",
    "Money": "/insight/money/",
    "Money: a chart": "/insight/money/shares.svg",
    "Local account": "/local-account/",
    "Surveys": "/surveys/",
    "Surveys: compare": "/surveys/compare/",
}
ASK = """
import sys, time, warnings
warnings.simplefilter("ignore")
import django
django.setup()
from django.test import Client
from django.urls import get_resolver
from leeway.access.models import User
visitor = Client()
visitor.force_login(User.objects.get(email=sys.argv[1]))
get_resolver().url_patterns
for _ in range(2):
    started = time.process_time()
    status = visitor.get(sys.argv[2]).status_code
    print(status, time.process_time() - started)
"""


def ask(address: str) -> dict[str, float]:
    """Ask a new process for a page twice, as its analyst."""
    where = os.environ | {"DJANGO_SETTINGS_MODULE": "leeway.site.settings", "LEEWAY_DEMO": "True"}
    done = subprocess.run(
        [sys.executable, "-c", ASK, SEEN_BY, address], env=where, capture_output=True, text=True, check=False
    )
    answers = [line.split() for line in done.stdout.splitlines()]
    if done.returncode or [status for status, _ in answers] != ["200", "200"]:
        raise SystemExit(f"{address}: {done.stdout}{done.stderr}")
    return dict(zip(("first", "again"), (float(taken) for _, taken in answers), strict=True))


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Fill the figures into this page.")
def main(as_json: bool, into: Path | None) -> None:
    """Ask for every page, and say which goals are missed."""
    state = machine()
    told = {name: ask(address) for name, address in PAGES.items()}
    missed = [name for name, one in told.items() if one["first"] > GOAL_SECONDS]
    if as_json:
        click.echo(json.dumps({"machine": state, "pages": told, "missed": missed}, indent=2))
    else:
        rows = [f"| {name} | {seconds(one['first'])} | {seconds(one['again'])} |" for name, one in told.items()]
        end = f"Goal: {seconds(GOAL_SECONDS)}. Missed by: {', '.join(missed) or 'none'}. {in_words(state)}."
        lines = ["| Page | The first time | Again |", "|---|--:|--:|", *rows, "", end]
        click.echo("\n".join(lines))
        if into:
            fill(into, "first pages", lines)
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
