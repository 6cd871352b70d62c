"""Makes the made-up council anew, shows how far it has come, and says who can sign in and where to look first."""

import os
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta

import click
import numpy as np
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from leeway.access.models import Team, User
from leeway.access.roles import WHO_CAN, Capability, Role
from leeway.care.people.actions import record_posted
from leeway.care.people.events import Event
from leeway.care.people.models import Case, CaseKind
from leeway.market.directory.demo import make_market
from leeway.market.listings.models import Service
from leeway.messages import actions as outbox
from leeway.messages.queries import in_need_of_somebody
from leeway.money.banking.working_days import working_day_on_or_before
from leeway.money.budgets.models import Instalment
from leeway.money.payments import actions as payments
from leeway.money.payments.actions import NothingToPay
from leeway.site.demo.crowd import write_script
from leeway.site.demo.insight import find_out
from leeway.site.demo.logins import PASSWORD, logins
from leeway.site.demo.people import draw_people
from leeway.site.demo.playing import Staff, play
from leeway.site.demo.script import Script
from leeway.site.demo.stories import stories

DOMAIN = "fairbourne.example"
TEAMS = ["Harbour team", "Downs team", "Saltmere team"]
BATCH = 10


def run(*, people: int, seed: int) -> None:
    """Make the whole council. Refuses a database that holds anything but a made-up council."""
    console = Console()
    empty_the_database()
    today = timezone.localdate()
    staffs = add_staff()
    make_market(seed, today)
    scripts = stories(today)
    told = track(scripts, "The stories  ", console=console)
    story_cases = [play(script, staffs[0], market(), today) for script in told]
    crowd = write_crowd(people - len(scripts), seed, today)
    play_crowd(crowd, seed, today, console)
    pay(staffs[0], today, console)
    deliver(today)
    find_out(staffs[0].logins[f"ana@{DOMAIN}"], seed, today)
    say_where_to_look(story_cases, scripts)


def empty_the_database() -> None:
    """Empty the database, if all it holds is a made-up council, and make its tables."""
    with connection.cursor() as cursor:
        if not is_ours_to_empty(cursor):
            raise click.UsageError(
                "This database holds something other than a made-up council, so no demo is made here. Name another "
                "data folder in LEEWAY_DATA, or unset DATABASE_URL."
            )
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
    call_command("migrate", verbosity=0)


def is_ours_to_empty(cursor) -> bool:
    """Whether the database holds nothing, or a made-up council, or tables of Leeway's own server without users."""
    tables = connection.introspection.table_names(cursor)
    if not tables:
        return True
    if "access_user" not in tables:
        return "DATABASE_URL" not in os.environ
    cursor.execute("SELECT count(*), count(*) FILTER (WHERE email = %s) FROM access_user", [f"alex@{DOMAIN}"])
    users, made_up = cursor.fetchone()
    return bool(made_up) or (not users and "DATABASE_URL" not in os.environ)


def add_staff() -> list[Staff]:
    """The sign-ins that the demo names, and a worker and a manager for each other team."""
    password = make_password(PASSWORD)
    teams = [Team.objects.create(name=name) for name in TEAMS]
    named = {
        login.email: User.objects.create(
            email=login.email,
            name=login.name,
            roles=list(login.roles),
            password=password,
            team=teams[0] if WHO_CAN[Capability.WORK_ON_CASES] & set(login.roles) else None,
            sign_off_limit_pence_per_week=1_500_00 if Role.MANAGER in login.roles else 0,
        )
        for login in logins()
    }
    staffs = [staff_of(named, named[f"bea@{DOMAIN}"], named[f"mona@{DOMAIN}"])]
    head = {"sign_off_limit_pence_per_week": 5_000_00}
    for number, team in enumerate(teams, start=1):
        people = [
            User.objects.create(
                email=f"{role}{number}@{DOMAIN}",
                name=f"{role.label.split()[-1].capitalize()} {team.name.split()[0]}",
                roles=[role],
                team=team,
                password=password,
                **(head if role == Role.MANAGER else {}),
            )
            for role in (Role.ASSESSOR, Role.MANAGER)
        ]
        staffs.append(staff_of(named, *people))
    return staffs


def staff_of(named: dict[str, User], worker: User, manager: User) -> Staff:
    """A worker and the manager of their team, with the finance officers that every team shares."""
    finn, fay = named[f"finn@{DOMAIN}"], named[f"fay@{DOMAIN}"]
    return Staff(worker.team, worker=worker, manager=manager, finance=finn, second_finance=fay, logins=named)


def market() -> dict[str, list[Service]]:
    """The services of the directory by kind, those with a price, each with its prices at hand."""
    by_kind: dict[str, list[Service]] = {}
    for service in Service.objects.filter(rates__pence__gt=0).distinct().prefetch_related("rates").order_by("pk"):
        for kind in service.kinds:
            by_kind.setdefault(kind, []).append(service)
    return by_kind


def write_crowd(count: int, seed: int, today: date) -> list[Script]:
    """The scripts of everyone who is not a story."""
    chance = np.random.default_rng(seed)
    drawn = draw_people(count * 2, seed=seed, on=today)
    return [
        write_script(person, chance, today, cared_for.details())
        for person, cared_for in zip(drawn[:count], drawn[count:], strict=True)
    ]


def play_crowd(crowd: list[Script], seed: int, today: date, console: Console) -> None:
    """Play everyone's script, on every processor, a few people at a time."""
    batches = [(start, crowd[start : start + BATCH], today) for start in range(0, len(crowd), BATCH)]
    connections.close_all()
    with ProcessPoolExecutor(initializer=wake_up) as pool:
        for _ in track(pool.map(play_batch, batches), "The council   ", total=len(batches), console=console):
            pass


def wake_up() -> None:
    """Load the rooms in a process that has just begun."""
    import django

    django.setup()


def play_batch(batch: tuple[int, list[Script], date]) -> None:
    start, scripts, today = batch
    named = {user.email: user for user in User.objects.select_related("team")}
    offered = market()
    for place, script in enumerate(scripts, start=start):
        with transaction.atomic():
            play(script, staff_for(place, named), offered, today)


def staff_for(place: int, named: dict[str, User]) -> Staff:
    """The people of one team. The named worker has one case in eight, so that her list can be read."""
    if place % 8 == 0:
        return staff_of(named, named[f"bea@{DOMAIN}"], named[f"manager1@{DOMAIN}"])
    number = place % len(TEAMS) + 1
    return staff_of(named, named[f"assessor{number}@{DOMAIN}"], named[f"manager{number}@{DOMAIN}"])


def pay(staff: Staff, today: date, console: Console) -> None:
    """Run each past pay day: made by one officer, approved by another. The next one is left for whoever tries it."""
    days = sorted(set(Instalment.objects.filter(due_on__lt=today).values_list("due_on", flat=True)))
    pay_days = sorted({working_day_on_or_before(day) for day in days})
    for pay_on in track(every_four_weeks(pay_days), "Payment runs  ", console=console):
        made_on = pay_on - timedelta(days=10)
        try:
            made = payments.make_run(pay_on=pay_on, by=staff.finance, on=made_on)
        except NothingToPay:
            continue
        payments.approve_run(run=made, by=staff.second_finance, on=made_on + timedelta(days=1))


def deliver(today: date) -> None:
    """Let what was written to people arrive in the council's mailbox, and post the letters that are made here."""
    at = timezone.now()
    outbox.send_due(at=at)
    outbox.read_back_all(at=at)
    for case in Case.objects.filter(tasks__kind=Event.LETTER_TO_POST, tasks__done_on=None).select_related("worker"):
        for letter in in_need_of_somebody([case.pk]).filter(written_on__lt=today - timedelta(days=7)):
            posted_on = letter.written_on + timedelta(days=1)
            record_posted(case=case, message=letter, by=case.worker, on=posted_on)


def every_four_weeks(days: list[date]) -> list[date]:
    """The first day and every fourth week after it, until the last, on working days."""
    if not days:
        return []
    count = (days[-1] - days[0]).days // 28 + 1
    return [working_day_on_or_before(days[0] + timedelta(weeks=4 * number)) for number in range(count)]


def say_where_to_look(cases: list[Case], scripts: list[Script]) -> None:
    """Who can sign in, and the stories worth opening."""
    click.echo(f"\n{Case.objects.count()} cases, {Case.objects.filter(kind=CaseKind.CARER).count()} of them carers'.")
    click.echo(f"\nSign in with the password {PASSWORD} as:")
    for login in logins():
        click.echo(f"  {login.email:28} {login.name}, {login.what}: look at {login.look_first}")
    click.echo("\nStories worth opening (as Bea or Mona, from the list of cases):")
    for case, script in zip(cases, scripts, strict=True):
        click.echo(f"  {case.person!s:18} {script.story}")
