"""The main pages with 25 people signed in at once, on the council that `council.py` made.

    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/pages.py
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/pages.py --into docs/explanation/speed.md

Starts `leeway serve` as a council would run it, signs people of each role in through the sign-in page, and lets all
of them ask for pages at once, each with a pause to read. Exit 1 if a goal is missed.
"""

import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

import click
from figures import fill, seconds
from measure import in_words, machine, today

MEDIAN_GOAL, SLOW_GOAL, QUERIES_GOAL = 0.100, 0.300, 25
#: How many of every 25 have each role, and the main pages of each: a name, and the URL name with what it is about.
USERS = {"assessor": 12, "manager": 5, "person": 6, "finance": 2}
PAGES = {
    "assessor": {
        "Your work": "home",
        "People by name": "people:search",
        "Case": "case",
        "Needs assessment": "assessment:result",
        "Money check": "assessment:money_result",
        "Support plan": "planning:overview",
        "Budget": "budgets:show",
        "Letters": "letters:list",
        "Find support": "directory:search?words=home",
    },
    "manager": {
        "Your work": "home",
        "People by name": "people:search",
        "Case": "case",
        "Budget": "budgets:show",
        "Plans to sign off": "planning:sign_off_queue",
    },
    "person": {"Your support": "home", "Case": "case", "Budget": "budgets:show", "Letters": "letters:list"},
    "finance": {
        "Your work": "home",
        "Payment runs": "payments:home",
        "One run": "payments:show",
        "Budget": "budgets:show",
    },
}


class Visitor:
    """One person at one browser: a connection that stays open, and its cookies."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}

    def ask(self, address: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Ask for a page, or send a form, and read the whole answer."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            headers["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(form)
        try:
            self.connection.request("POST" if body else "GET", address, body, headers)
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # it was closed while idle: a browser would ask again too
            self.connection.request("POST" if body else "GET", address, body, headers)
            answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return answer.status, answer.read()

    def send(self, address: str, **form: str) -> None:
        """Fill in the form of a page and send it; it must be accepted."""
        _, page = self.ask(address)
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1].decode()
        status, _ = self.ask(address, {"csrfmiddlewaretoken": token, **form})
        if status != 302:
            raise click.ClickException(f"The form at {address} was not accepted (answer {status}).")


def plan_visits(users: int) -> list[dict]:
    """Who signs in, and at which addresses each will ask: their own work, on cases that have come far."""
    from leeway.access.models import User

    visits = []
    for role, share in USERS.items():
        wanted = max(1, users * share // sum(USERS.values()))
        able = User.objects.filter(roles__contains=[role], is_active=True).exclude(password="").order_by("pk")
        able = [(user, cases) for user in able[: wanted * 10] if (cases := cases_of(user, role))]
        for user, cases in (able * wanted)[:wanted]:
            search_for = cases[0].person.family_name if "People by name" in PAGES[role] else ""
            addresses = addresses_of(role, cases)
            visits.append({"user": user, "role": role, "addresses": addresses, "search_for": search_for})
    return visits


def give_second_steps(visits: list[dict]) -> None:
    """Give whoever needs more than a password a second step, and each of their visits a code to take it by."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from leeway.access.second_factor import must_have_second_factor

    codes: dict[int, list[str]] = {}
    for visit in visits:
        user = visit["user"]
        if must_have_second_factor(user) and user.pk not in codes:
            Authenticator.objects.filter(user=user).delete()
            TOTP.activate(user, generate_totp_secret())
            codes[user.pk] = RecoveryCodes.activate(user).get_unused_codes()
        visit["code"] = codes[user.pk].pop() if user.pk in codes else ""


def cases_of(user, role: str) -> list:
    """A few of the cases with a budget that this person may open."""
    from leeway.care.people.models import Case

    of_role = {"assessor": {"worker": user}, "manager": {"team": user.team_id}, "person": {"person__user": user}}
    whose = of_role.get(role, {})
    return list(Case.objects.filter(budgets__isnull=False, **whose).select_related("person").distinct()[:5])


def addresses_of(role: str, cases: list) -> list[tuple[str, str]]:
    """The name and address of every page that someone will ask for, once for each of these cases."""
    from django.urls import NoReverseMatch, reverse

    from leeway.money.payments.models import PaymentRun

    run = PaymentRun.objects.order_by("-payments_count").first()
    addresses = []
    for name, url in PAGES[role].items():
        view, _, query = url.partition("?")
        for case in cases:
            try:
                path = reverse(view)
            except NoReverseMatch:
                path = reverse(view, args=[run.pk if view == "payments:show" else case.pk])
            addresses.append((name, f"{path}?{query}" if query else path))
    return addresses


def queries_of(visits: list[dict]) -> dict[tuple[str, str], int]:
    """The most database queries that each page takes, asked for in this process; refuse a page that does not answer."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    most: dict[tuple[str, str], int] = {}
    for role in USERS:
        visit = next(visit for visit in visits if visit["role"] == role)
        client = Client()
        client.force_login(visit["user"])
        if visit["search_for"]:
            client.post("/people/", {"words": visit["search_for"]})
        for name, address in visit["addresses"]:
            with CaptureQueriesContext(connection) as captured:
                status = client.get(address).status_code
            if status != 200:
                raise click.ClickException(f"{name} for {visit['user']} at {address} answered {status}.")
            most[role, name] = max(len(captured), most.get((role, name), 0))
    return most


def serve(port: int, workers: int) -> subprocess.Popen:
    """Start the server as a council would, short of the certificate, and wait until it answers."""
    from django.conf import settings

    production = {
        "LEEWAY_PRODUCTION": "True",
        "LEEWAY_SECRET_KEY": settings.SECRET_KEY,  # so that it can read the sessions of this council
        "LEEWAY_HTTPS_REDIRECT": "False",
        "LEEWAY_URGENT_PHONE": settings.URGENT_PHONE,
    }
    command = [str(Path(sys.executable).with_name("leeway")), "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, env={**os.environ, **production})
    for _ in range(120):
        time.sleep(0.5)
        try:
            if Visitor(port).ask("/")[0] == 200:
                return server
        except OSError:
            if server.poll() is not None:
                break
    server.terminate()
    raise click.ClickException("The server did not start.")


def visit_pages(port: int, visits: list[dict], password: str, lasting: float, pause: float) -> dict:
    """Let everybody ask at once, each page after a pause of up to twice `pause`; give the times by page."""
    visitors = [Visitor(port) for _ in visits]
    for visitor, visit in zip(visitors, visits, strict=True):
        visitor.send("/account/login/", login=visit["user"].email, password=password)
        if visit["code"]:
            visitor.send("/account/2fa/authenticate/", code=visit["code"])
        if visit["search_for"]:
            visitor.send("/people/", words=visit["search_for"])
        for _, address in visit["addresses"]:
            visitor.ask(address)
    taken: dict[tuple[str, str], list[float]] = {}
    failed: list[str] = []
    ends = time.monotonic() + lasting

    def keep_asking(visitor: Visitor, visit: dict, chance: random.Random) -> None:
        while time.monotonic() < ends:
            time.sleep(chance.uniform(0, 2 * pause))
            name, address = chance.choice(visit["addresses"])
            started = time.perf_counter()
            status, _ = visitor.ask(address)
            taken.setdefault((visit["role"], name), []).append(time.perf_counter() - started)
            if status != 200:
                failed.append(f"{address} answered {status} to {visit['user']}")

    threads = [
        threading.Thread(target=keep_asking, args=(visitor, visit, random.Random(seed)))
        for seed, (visitor, visit) in enumerate(zip(visitors, visits, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise click.ClickException(f"{len(failed)} pages failed; the first: {failed[0]}.")
    return taken


def in_rows(taken: dict, queries: dict) -> list[dict]:
    """One row a page, and one for all of them."""
    rows, everyones = [], [one for times in taken.values() for one in times]
    for (role, name), times in [*sorted(taken.items()), (("everyone", "All pages"), everyones)]:
        row = {"role": role, "page": name, "times": len(times), "median": median(times)}
        row["p95"] = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
        row["queries"] = queries.get((role, name), max(queries.values()))
        rows.append(row)
    return rows


def table(result: dict) -> list[str]:
    """Write the result as a Markdown table, with what it was taken on."""
    lines = ["| Who | Page | Asked for | Median | 95 in 100 under | Queries |", "|---|---|--:|--:|--:|--:|"]
    for row in result["rows"]:
        cells = (row["role"], row["page"], row["times"], seconds(row["median"]), seconds(row["p95"]), row["queries"])
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    missed = ", ".join(result["missed"]) or "none"
    return [
        *lines,
        "",
        f"{result['users']} users at once, each asking every {result['pause']:.1f} seconds on average, "
        f"{result['per_second']:.0f} pages a second in all; {result['people']:,} people on record; "
        f"{result['workers']} server processes, on the same machine as the database and the users. "
        f"Goals missed by: {missed}. Taken on {result['taken_on']}: {in_words(result['machine'])}.",
    ]


@click.command()
@click.option("--users", default=25, show_default=True, type=click.IntRange(4, 25), help="How many at once.")
@click.option("--seconds", "lasting", default=60.0, show_default=True, help="How long they keep asking.")
@click.option("--pause", default=1.0, show_default=True, help="Seconds to read a page, on average.")
@click.option("--workers", default=2, show_default=True, help="Processes of the server.")
@click.option("--port", default=8190, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(users: int, lasting: float, pause: float, workers: int, port: int, as_json: bool, into: Path | None) -> None:
    """Measure the main pages under load, on the database of LEEWAY_DATA (or DATABASE_URL)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")
    os.environ["LEEWAY_STAFF_MFA"] = "True"  # as in production, whatever the council was made with
    import django

    django.setup()
    from leeway.care.people.models import Person
    from leeway.site.demo.logins import PASSWORD

    state = machine()
    visits = plan_visits(users)
    give_second_steps(visits)
    queries = queries_of(visits)
    server = serve(port, workers)
    try:
        taken = visit_pages(port, visits, PASSWORD, lasting, pause)
    finally:
        server.terminate()
        server.wait(timeout=30)
    rows = in_rows(taken, queries)
    result = {
        "users": len(visits),
        "people": Person.objects.count(),
        "pause": pause,
        "workers": workers,
        "per_second": rows[-1]["times"] / lasting,
        "rows": rows,
        "missed": [
            f"{row['page']} ({row['role']})"
            for row in rows
            if row["median"] >= MEDIAN_GOAL or row["p95"] >= SLOW_GOAL or row["queries"] > QUERIES_GOAL
        ],
        "taken_on": today().isoformat(),
        "machine": state,
    }
    if into:
        fill(into, "pages", table(result))
    click.echo(json.dumps(result, indent=2) if as_json else "\n".join(table(result)))
    sys.exit(1 if result["missed"] else 0)


if __name__ == "__main__":
    main()
