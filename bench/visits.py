"""100,000 visits of a provider matched to agreed lines, what is due for each, and why not: beside a pandas twin.

    .venv/bin/python bench/visits.py
    .venv/bin/python bench/visits.py --visits 10000 --rounds 1       a quick look
    .venv/bin/python bench/visits.py --into docs/explanation/speed.md

Both begin with the same columns in memory and end with the same rows: result, reason, line, minutes paid, pence. One
row of difference stops the bench, which names it. The twin is written from the words of the rules by somebody who knows
pandas: no loop over rows. Then time, in turn, several rounds. Exit 1 if a goal is missed.
"""

import json
import sys
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import polars as pl
from figures import fill, seconds
from measure import in_short, in_words, machine, peak_mib, seconds_of, today

from leeway.law.visits import Tolerances
from leeway.money.invoices.kinds import Because, Happened, Result
from leeway.money.invoices.matching import BEFORE, KNOWN, LINES, VISITS, match

FIRST, DAYS, NEW_PRICES = date(2026, 6, 1), 28, date(2026, 6, 15)
TOLERANCES = Tolerances(5, 1, 100, 15)
GOAL_SECONDS = 5.0
NHS = 9_000_000_000
GIVEN_NAMES = ("Ada", "Bert", "Cora", "Dan", "Edie", "Fred", "Gwen", "Hal", "Ida", "Jack")
COMPARED = ["visit", "result", "because", "case", "line", "rate_pence", "minutes_paid", "due_pence"]
TITLES = {"mr", "mrs", "miss", "ms", "mx", "dr"}


def draw(visits: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """A month of a provider: what it agreed to, its numbers of some people, and its visits with all that goes wrong."""
    dice = np.random.default_rng(seed)
    people = max(visits // 50, 10)
    names = [
        f"{GIVEN_NAMES[place % 10]} Client{chr(97 + place // 10 % 26)}{chr(97 + place // 260)}"
        for place in range(people)
    ]
    names[1::97] = names[:-1:97]  # some share a name
    rows = []
    stretches = ((FIRST - timedelta(90), NEW_PRICES - timedelta(1), 20_00), (NEW_PRICES, date(2027, 3, 31), 21_11))
    for place, name in enumerate(names):
        hours, nhs = int(dice.integers(4, 15)), f"{NHS + place}" if place % 3 else ""
        for line in range(1 + (place % 9 == 0)):
            whose = (f"l{place}-{line}", f"c{place}", f"f{place}", nhs, name, None, f"Care {line}", "Kindly")
            for start, end, pence in stretches[: 1 if place % 31 == 0 else 2]:
                rows.append((*whose, start, end, "hour", hours * 60, hours, pence))
    lines = pl.DataFrame(rows, schema=LINES, orient="row")
    known = pl.DataFrame([(f"K-{place}", f"c{place}") for place in range(0, people, 5)], schema=KNOWN, orient="row")
    who, day = dice.integers(0, people, visits), dice.integers(0, DAYS, visits)
    planned = dice.choice([15, 30, 45, 60], visits)
    actual = np.maximum(planned + dice.choice([0, 0, 0, -2, -6, -14, 5], visits), 0)
    happened = dice.choice([each.value for each in Happened], visits, p=[0.86, 0.05, 0.04, 0.02, 0.02, 0.01])
    given = np.isin(happened, [Happened.DELIVERED, Happened.CUT_SHORT, Happened.UNPLANNED])
    told, hour = dice.random(visits), dice.integers(7, 22, visits)
    made = []
    for place in range(visits):
        person, how = int(who[place]), told[place]
        nhs = f"{NHS + person}" if how < 0.3 and person % 3 else ""
        number = f"K-{person}" if 0.3 <= how < 0.5 else ""
        given_name, family = names[person].split()
        name = "Nobody Known" if how > 0.99 else (f"{family}, Mrs {given_name}" if how > 0.8 else names[person])
        what, on = "Care 1" if place % 7 == 0 else "", FIRST + timedelta(int(day[place]))
        minutes = None if not given[place] or how < 0.005 else int(actual[place])
        length = (int(planned[place]), minutes, str(happened[place]))
        made.append((f"v{place}", nhs, number, name, None, what, on, time(int(hour[place])), *length))
    return pl.DataFrame(made, schema=VISITS, orient="row"), lines, known


def twin(visits: pd.DataFrame, lines: pd.DataFrame, known: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The same with pandas."""
    rows, people = visits.copy(), lines.copy()
    rows["place"] = np.arange(len(rows))
    rows["name"], people["name"] = _names(rows["name"]), _names(people["name"])
    persons = people[["case", "nhs_number", "name"]].drop_duplicates()
    by_nhs = rows[rows["nhs_number"] != ""].merge(persons[["nhs_number", "case"]], on="nhs_number")[["place", "case"]]
    rest = rows[rows["nhs_number"] == ""]
    numbered = rest[rest["person_reference"] != ""].merge(known, on="person_reference")[["place", "case"]]
    rest = rest[(rest["name"] != "") & ~rest["place"].isin(numbered["place"])]
    by_name = rest.merge(persons[["name", "case"]], on="name")[["place", "case"]]
    who = pd.concat([by_nhs, numbered, by_name]).drop_duplicates().groupby("place")["case"].agg(["size", "first"])
    rows["people"] = rows["place"].map(who["size"]).fillna(0)
    rows["case"] = rows["place"].map(who["first"]).where(rows["people"] == 1)
    fits = rows[rows["people"] == 1][["place", "case", "day", "what"]].merge(people, on="case")
    fits = fits[(fits["day"] >= fits["starts_on"]) & (fits["day"] <= fits["ends_on"])]
    said = fits["what"].str.lower()
    fits["same"] = (said != "") & ((said == fits["line_what"].str.lower()) | (said == fits["service"].str.lower()))
    fits = fits[fits["same"] | ~fits.groupby("place")["same"].transform("any")]
    of_visit = fits.groupby("place").agg(
        lines=("line", "nunique"), line=("line", "first"), unit=("unit", "first"),
        agreed_minutes=("agreed_minutes", "first"), rate_pence=("rate_pence", "first"),
    )  # fmt: skip
    rows = rows.join(of_visit, on="place")
    _price(rows)
    return _decided(rows, before)


def _names(names: pd.Series) -> pd.Series:
    known = {name: " ".join(sorted(set(_words(name)) - TITLES)) for name in names.unique()}
    return names.map(known)


def _words(name: str) -> list[str]:
    return "".join(sign if sign.isalpha() else " " for sign in name.lower()).split()


def _price(rows: pd.DataFrame) -> None:
    planned, minutes = rows["planned_minutes"].fillna(rows["minutes"]).fillna(0), rows["minutes"].fillna(0)
    in_full = (minutes + TOLERANCES.in_full_within_minutes >= planned) & (minutes > 0)
    counted = minutes // TOLERANCES.by_minutes * TOLERANCES.by_minutes
    done = np.where(in_full, planned, np.minimum(counted, planned))
    given = rows["happened"].isin(["delivered", "cut_short", "unplanned"])
    late = np.where(rows["happened"] == "cancelled_late", planned * TOLERANCES.late_percent // 100, 0)
    rows["paid"] = np.where(given, done, late).astype("int64")
    rows["due"] = -(-rows["rate_pence"].fillna(0).astype("int64") * rows["paid"] // 60)


def _decided(rows: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    late = rows["happened"] == "cancelled_late"
    no_length = rows["minutes"].isna() & ~late | rows["planned_minutes"].isna() & late
    rows["because"] = np.select(
        [
            rows["happened"].isin(["missed", "cancelled_in_time"]), rows["people"] == 0, rows["people"] > 1,
            rows["lines"].isna(), rows["lines"] > 1, rows["happened"] == "unplanned", no_length,
        ],
        ["not_given", "nobody", "several_people", "no_line", "several_lines", "unplanned", "no_length"],
        default="fits",
    )  # fmt: skip
    day = pd.to_datetime(rows["day"])
    rows["week"] = (day - pd.to_timedelta(day.dt.day_of_week, unit="D")).dt.date
    ordered = rows.merge(before, on=["line", "week"], how="left").sort_values(
        ["day", "starts_at", "place"], kind="stable"
    )
    ordered["counted"] = ordered["paid"].where(ordered["because"] == "fits", 0)
    so_far = ordered.groupby(["line", "week"])["counted"].cumsum() + ordered["minutes_before"].fillna(0)
    over = (ordered["because"] == "fits") & (so_far > ordered["agreed_minutes"] + TOLERANCES.above_minutes_a_week)
    ordered.loc[over, "because"] = "more_than_agreed"
    rows = ordered.sort_values("place")
    fits, nothing = rows["because"] == "fits", rows["because"] == "not_given"
    rows["result"] = np.select([fits, nothing], ["matched", "nothing_due"], default="unallocated")
    rows["minutes_paid"], rows["due_pence"] = rows["paid"].where(fits, 0), rows["due"].where(fits, 0)
    return rows[COMPARED]


def differs(ours: pl.DataFrame, theirs: pd.DataFrame) -> str:
    """The first visit of which the two say something else; nothing where they say the same of all."""
    one = ours.select(pl.col(COMPARED).cast(pl.String).fill_null("")).to_pandas()
    for name in COMPARED:
        mine, other = one[name], theirs[name].reset_index(drop=True)
        whole = other.astype("Int64") if name in ("rate_pence", "minutes_paid", "due_pence") else other
        other = whole.astype("string").fillna("")
        wrong = (mine != other).to_numpy()
        if wrong.any():
            place = int(wrong.argmax())
            return f"{one['visit'][place]}: {name} is {mine[place]} and {other[place]}"
    return ""


def table(told: dict[str, Any]) -> list[str]:
    """The figures as the page of speed shows them."""
    found = ", ".join(f"{count:,} {label}" for label, count in told["results"].items())
    return [
        "| | Shortest | Middle | Peak memory |",
        "|---|--:|--:|--:|",
        *(
            f"| {name} | {seconds(told[side]['least'])} | {seconds(told[side]['median'])} | {told[side]['peak']} MiB |"
            for name, side in (("Leeway (Polars, and the law’s rules on NumPy columns)", "ours"), ("pandas", "theirs"))
        ),
        "",
        f"{told['visits']:,} visits to {told['people']:,} people, the same row for row: {found}. {told['rounds']} "
        f"rounds each after one to warm up; memory is the most of the whole process so far, Leeway’s side first. "
        f"Goal: {told['goal']:.0f} s. Taken on {today()}: {in_words(told['machine'])}, pandas {pd.__version__}, "
        f"Polars {pl.__version__}.",
    ]


@click.command()
@click.option("--visits", default=100_000, show_default=True, help="How many visits of a month.")
@click.option("--rounds", default=5, show_default=True, help="How often each side is timed.")
@click.option("--seed", default=20261130, show_default=True, help="Which visits are made up.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path), help="A page whose figures are filled in.")
def main(visits: int, rounds: int, seed: int, as_json: bool, into: Path | None) -> None:
    """Match a month's visits with both, hold them beside each other, and take the time."""
    state = machine()
    told, lines, known = draw(visits, seed)
    before = pl.DataFrame(schema=BEFORE)
    frames = [each.to_pandas() for each in (told, lines, known, before)]
    found = match(told, lines, known, before, TOLERANCES)
    if said := differs(found, twin(*frames)):
        raise SystemExit(f"The two sides differ. {said}")
    ours = in_short(seconds_of(lambda: match(told, lines, known, before, TOLERANCES), repeats=rounds))
    ours["peak"] = peak_mib()
    theirs = in_short(seconds_of(lambda: twin(*frames), repeats=rounds))
    theirs["peak"] = peak_mib()
    labels = {each.value: each.label.lower() for each in (*Result, *Because)}
    counted = found.group_by("result").len().sort("len", descending=True).rows()
    result = {
        "visits": visits, "people": lines["case"].n_unique(), "rounds": rounds, "ours": ours, "theirs": theirs,
        "results": {labels[key]: count for key, count in counted}, "goal": GOAL_SECONDS, "machine": state,
    }  # fmt: skip
    if into:
        fill(into, "visits", table(result))
    click.echo(json.dumps(result, indent=2) if as_json else "\n".join(table(result)))
    sys.exit(1 if ours["median"] > GOAL_SECONDS else 0)


if __name__ == "__main__":
    main()
