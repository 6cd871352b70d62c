"""A national list of the regulator's imported into the directory: time and peak memory, beside plain COPY.

    .venv/bin/python bench/importing.py
    .venv/bin/python bench/importing.py --places 3000 --rounds 1        a quick look
    .venv/bin/python bench/importing.py --into docs/explanation/speed.md

The file is made up, in the layout of the care directory with ratings: 30,000 places of 153 councils, seven or eight
rows each. Leeway imports it into an empty directory, then the same file again, then that of a month later, in which
one place in fifty has another rating and one in a hundred is gone. The peer does the least that anybody could: the
same rows read with Python's csv and copied into two bare tables by psycopg, each place once, with no check, no
comparison and no search. Places and ratings must be equal first. Each job is a process of its own, whose peak memory
is its own; the database server's is not in it. Exit 1 if an answer differs or a goal is missed.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
from figures import fill, seconds
from measure import in_words, machine, peak_mib

COUNCILS = 153
QUESTIONS = ("Overall", "Safe", "Effective", "Caring", "Responsive", "Well-led")
RATINGS = ("Good", "Good", "Good", "Outstanding", "Requires improvement", "Inadequate")
HEADER = (
    "Location ID", "Location Name", "Care Home?", "Location Type", "Location Primary Inspection Category",
    "Location Street Address", "Location Address Line 2", "Location City", "Location Post Code",
    "Location Local Authority", "Location Region", "Service / Population Group", "Domain", "Latest Rating",
    "Publication Date", "URL", "Provider ID", "Provider Name",
)  # fmt: skip
JOBS = {"first": "The whole list, new", "again": "The same file again", "later": "A month later"}
GOAL_SECONDS, GOAL_MIB = 60, 1024


def rows(places: int, *, month: int):
    """The rows of a list of so many places, as published in a month."""
    for number in range(places):
        if month and number % 100 == 7:
            continue
        worse = month and number % 50 == 3
        groups = ("Overall", "Homecare") if number % 4 == 0 else ("Overall",)
        home = number % 2
        for group in groups:
            for place, question in enumerate(QUESTIONS):
                yield (
                    f"1-{number}", f"Lantern House {number}", "Y" if home else "N", "Social Care Org",
                    "Residential social care" if home else "Community based adult social care services",
                    f"{number % 90} Quay Side", "", f"Town {number % 900}",
                    f"FB{number % 9 + 1} {number % 9}AB", f"Council {number % COUNCILS}", "Made-up coast", group,
                    question, "Inadequate" if worse else RATINGS[(number + place) % len(RATINGS)],
                    f"{number % 12 + 1:02d}/{number % 28 + 1:02d}/2025",
                    f"http://www.cqc.org.uk/location/1-{number}", f"1-9{number // 3}", f"Care Company {number // 3}",
                )  # fmt: skip


def make(path: Path, places: int, *, month: int) -> None:
    """Write such a list."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        writer.writerows(rows(places, month=month))


def ours(path: Path) -> dict[str, int]:
    """Import a file into the directory, and count what is listed there."""
    from datetime import date

    from leeway.market.listings.actions import import_file
    from leeway.market.listings.models import Rating, Service

    import_file(path, on=date(2026, 6, 1))
    return {"places": Service.objects.filter(no_longer_listed_on=None).count(), "ratings": _listed(Rating)}


def _listed(rating) -> int:
    return rating.objects.filter(service__no_longer_listed_on=None).count()


def plain(path: Path) -> dict[str, int]:
    """Copy a file's places and ratings into two bare tables, and count them."""
    from django.db import connection

    with path.open(encoding="utf-8", newline="") as source, connection.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS plain_place, plain_rating;"
            "CREATE TABLE plain_place (id text PRIMARY KEY, name text, kind text, street text, town text,"
            " postcode text, council text, region text, url text, provider text, provider_name text);"
            "CREATE TABLE plain_rating (id text, asked_of text, question text, rating text, published text)"
        )
        places = {}
        with cursor.copy("COPY plain_rating FROM STDIN") as copy:
            for row in csv.DictReader(source):
                cells = (row[name] for name in HEADER[:5:4] + HEADER[5:6] + HEADER[7:11] + HEADER[15:])
                places[row["Location ID"]] = (row["Location ID"], row["Location Name"], *list(cells)[1:])
                copy.write_row((row["Location ID"], *(row[name] for name in HEADER[11:15])))
        with cursor.copy("COPY plain_place FROM STDIN") as copy:
            for place in places.values():
                copy.write_row(place)
        counted = {}
        for table in ("place", "rating"):
            cursor.execute(f"SELECT count(*) FROM plain_{table}")
            counted[f"{table}s"] = cursor.fetchone()[0]
    return counted


def do(side: str, path: Path) -> None:
    """Do one job here, and print what it came to."""
    from leeway.start import start_django

    start_django()
    from django.db import connection

    connection.ensure_connection()  # a server that is still starting is nobody's time
    started = time.perf_counter()
    answer = {"ours": ours, "plain": plain}[side](path)
    print(json.dumps({"answer": answer, "seconds": time.perf_counter() - started, "peak_mib": peak_mib()}))


def in_own_process(side: str, path: Path, data: Path) -> dict:
    """Do one job alone, and give its answer, seconds and peak memory."""
    settings = {"LEEWAY_DATA": str(data), "DJANGO_SETTINGS_MODULE": "leeway.site.settings"}
    run = subprocess.run(
        [sys.executable, __file__, "--job", side, str(path)],
        capture_output=True, text=True, env={**os.environ, **settings},
    )  # fmt: skip
    if run.returncode:
        raise SystemExit(f"{side} failed:\n{run.stderr}")
    return json.loads(run.stdout.splitlines()[-1])


def one_round(folder: Path, number: int) -> dict[str, dict]:
    """Everything once, in a database of its own."""
    data = folder / f"data-{number}"
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        check=True, env={**os.environ, "LEEWAY_DATA": str(data), "DJANGO_SETTINGS_MODULE": "leeway.site.settings"},
    )  # fmt: skip
    files = {"first": folder / "june.csv", "again": folder / "june.csv", "later": folder / "july.csv"}
    told = {}
    for job, path in files.items():
        told[job] = in_own_process("ours", path, data)
        told[f"{job} plain"] = in_own_process("plain", path, data)
        if told[job]["answer"] != told[f"{job} plain"]["answer"]:
            raise SystemExit(f"{JOBS[job]}: {told[job]['answer']} listed, {told[f'{job} plain']['answer']} copied.")
    return told


def table(result: dict) -> list[str]:
    """Write the result as a Markdown table, with what it was taken on."""
    lines = ["| Job | Leeway | Peak memory | csv and COPY | Peak memory | Times longer |", "|---|--:|--:|--:|--:|--:|"]
    for job, label in JOBS.items():
        one, other = result["jobs"][job], result["jobs"][f"{job} plain"]
        lines.append(
            f"| {label} | {seconds(one['seconds'])} | {one['peak_mib']:,} MiB | {seconds(other['seconds'])} "
            f"| {other['peak_mib']:,} MiB | {one['seconds'] / other['seconds']:.1f} |"
        )
    first = result["jobs"]["first"]["answer"]
    return [
        *lines,
        "",
        f"{first['places']:,} places, {first['ratings']:,} ratings, {result['megabytes']:.0f} MB; best of "
        f"{result['rounds']}. Goals: under {GOAL_SECONDS} s and {GOAL_MIB:,} MiB each. Missed by: "
        f"{', '.join(result['missed']) or 'none'}. Taken on {result['taken_on']}: {in_words(result['machine'])}.",
    ]


@click.command()
@click.option("--places", default=30_000, show_default=True, type=click.IntRange(100, 1_000_000))
@click.option("--rounds", default=2, show_default=True, help="How often, each in a new database; the best is told.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(places: int, rounds: int, as_json: bool, into: Path | None) -> None:
    """Time an import of a national list, and show its peak memory."""
    state = machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for month, path in enumerate((folder / "june.csv", folder / "july.csv")):
            make(path, places, month=month)
        megabytes = (folder / "june.csv").stat().st_size / 1e6
        told = [one_round(folder, number) for number in range(rounds)]
    best = {job: min((one[job] for one in told), key=lambda each: each["seconds"]) for job in told[0]}
    missed = [JOBS[job] for job in JOBS if best[job]["seconds"] > GOAL_SECONDS or best[job]["peak_mib"] > GOAL_MIB]
    result = {
        "jobs": best, "megabytes": megabytes, "rounds": rounds, "missed": missed, "machine": state,
        "taken_on": time.strftime("%Y-%m-%d"),
    }  # fmt: skip
    print(json.dumps(result, indent=2) if as_json else "\n".join(table(result)))
    if into:
        fill(into, "importing", table(result))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        do(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
