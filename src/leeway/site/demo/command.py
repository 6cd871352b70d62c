"""Makes the made-up council anew, shows how far it has come, and says who can sign in and where to look first."""

import gc
import os
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date, timedelta
from operator import itemgetter
from uuid import UUID

import click
import numpy as np
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.db.models import Count, Q
from django.urls import resolve
from django.utils import timezone
from rich.console import Console

from leeway.access.models import Team, User
from leeway.access.roles import WHO_CAN, Capability, Role
from leeway.care.people.actions import record_posted
from leeway.care.people.events import Event
from leeway.care.people.models import Case, CaseKind
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.law.dated import every_parameter
from leeway.market.directory.demo import make_market
from leeway.market.listings.models import Service
from leeway.messages import actions as outbox
from leeway.messages.queries import in_need_of_somebody
from leeway.money.banking.working_days import working_day_after, working_day_on_or_before
from leeway.money.budgets.dues import OWED, Payer
from leeway.money.budgets.models import Instalment
from leeway.money.contributions import actions as contributions
from leeway.money.ledger.actions import open_account
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.payments import actions as payments
from leeway.money.payments import making
from leeway.money.payments.answers import take_answer
from leeway.money.payments.making import NothingToPay
from leeway.money.payments.models import PaymentRun
from leeway.money.payments.notices import tell_of_late
from leeway.money.payments.states import State
from leeway.seal import heads
from leeway.site.demo import april, bills, exceptions, later, providers, recovery, requests, service_funds
from leeway.site.demo.crowd import write_script
from leeway.site.demo.employing import employ_somebody
from leeway.site.demo.funders import say_who_pays
from leeway.site.demo.insight import find_out, publish
from leeway.site.demo.logins import PASSWORD, logins
from leeway.site.demo.managed import answer_themes
from leeway.site.demo.monitoring import check_accounts
from leeway.site.demo.people import draw_people
from leeway.site.demo.playing import Staff, play
from leeway.site.demo.pooling import pool_money
from leeway.site.demo.progress import stage
from leeway.site.demo.saying import Sayings
from leeway.site.demo.script import Script
from leeway.site.demo.spending import keep_account
from leeway.site.demo.statements import keep_statements, pick_own_lines, rejection_of
from leeway.site.demo.stories import stories
from leeway.site.demo.tables import make_tables

DOMAIN = "fairbourne.example"
TEAMS = ["Harbour team", "Downs team", "Saltmere team"]
BATCH = 5  # people that a process plays at a time


def run(*, people: int, seed: int) -> None:
    """Make the whole council. Refuses a database that holds anything but a made-up council."""
    console = Console()
    today = timezone.localdate()
    with stage("The tables", console):
        empty_the_database()
    with stage("The staff and the market", console):
        staff = add_staff()[0]
        make_market(seed, today)
        open_funders(staff, today)
        scripts = stories(today)
        crowd = write_crowd(people - len(scripts), seed, today)
    with several_processes() as pool:
        told = [pool.submit(play_story, script, today) for script in scripts]
        starts = range(0, len(crowd), BATCH)
        lived = [pool.submit(play_batch, start, crowd[start : start + BATCH], today) for start in starts]
        wait_for(told, "The stories", console)
        wait_for(lived, "The council", console)
        figures = pool.submit(publish_figures, today)  # which do not say what was paid: they are made meanwhile
        last_run = pay(staff, today, console, lives(scripts, crowd, today))
        with stage("What runs need besides", console):
            exceptions.play(staff, today)
            requests.ask(today)
        with stage("What others owe, and paid", console):
            receive(staff, today)
            say_who_pays(staff.finance, today)
        with stage("Bills and claims", console):
            bills.bill(staff.finance, staff.second_finance, today)
            bills.claim(staff.finance, today)
            service_funds.state(staff, today)
        with stage("What is pooled, and who pays", console):
            pool_money(staff, today)
        with stage("What the bank says", console):
            keep_statements(staff.finance, today, last_run)
            ada = User.objects.get(email=f"ada@{DOMAIN}")
            pick_own_lines(ada, today)
            employ_somebody(ada, today)
            with transaction.atomic():
                keep_account(staff, ada, today)
        with stage("Checks of direct payments", console):
            check_accounts(staff, today)
        with stage("What is asked about", console):
            recovery.challenge(staff, staff.logins[f"fiona@{DOMAIN}"], ada, today)
        with stage("April", console):
            april.wait_to_be_looked_at(staff, today)
        with stage("The messages", console):
            deliver(today)
        with stage("The surveys and targets", console):
            find_out(staff.logins[f"ana@{DOMAIN}"], seed, today)
            answer_themes(staff.logins[f"ana@{DOMAIN}"], today)
        wait_for([figures], "The council’s own figures", console)
    say_where_to_look([one.result() for one in told], scripts)


def empty_the_database() -> None:
    """Empty the database, if all it holds is a made-up council, and make its tables."""
    with connection.cursor() as cursor:
        if not is_ours_to_empty(cursor):
            raise click.UsageError(
                "This database holds something other than a made-up council, so no demo is made here. Name another "
                "data folder in LEEWAY_DATA, or unset DATABASE_URL."
            )
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
    heads.set_aside()
    make_tables()


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


def open_funders(staff: Staff, today: date) -> None:
    """Open the accounts that every budget is funded from, before two processes could open one of them twice."""
    for kind in (Kind.FUNDER_COUNCIL, Kind.FUNDER_NHS):
        open_account(kind=kind, by=staff.finance, on=today)


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
    drawn, sayings = draw_people(count * 2, seed=seed, on=today), Sayings(seed)
    return [
        write_script(person, chance, sayings.voice_of(person), today, cared_for.details())
        for person, cared_for in zip(drawn[:count], drawn[count:], strict=True)
    ]


def several_processes() -> ProcessPoolExecutor:
    """A process for each processor, to play people side by side.

    They share what this one has read: the law's values, and every page's address. Nothing waits for the disk from now
    on: a made-up council that is lost with the machine is made anew.
    """
    every_parameter()
    resolve("/")
    connections.close_all()
    connection.settings_dict["OPTIONS"]["options"] += " -c synchronous_commit=off"
    return ProcessPoolExecutor(initializer=wake_up)


def wake_up() -> None:
    """Load the rooms in a process that has just begun, and spare it what only a server of pages needs."""
    import django

    django.setup()
    # A person is played whole or not at all, so that nothing is ever taken back in part: a quarter of all statements.
    connection.features.uses_savepoints = False
    # The same few hundred statements come again and again: the database plans each of them once.
    connection.settings_dict["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 3}
    gc.freeze()
    gc.disable()  # memory is looked through between people, rather than at every turn


def wait_for(work: Sequence[Future], name: str, console: Console) -> None:
    """Tell of one stage that the other processes are busy with, until it is done."""
    with stage(name, console, len(work)) as step_done:
        for one in work:
            one.result()
            step_done()


def everyone() -> dict[str, User]:
    """Who signs in, by email."""
    return {user.email: user for user in User.objects.select_related("team")}


def play_story(script: Script, today: date) -> UUID:
    """Play one of the stories, with those whom the demo names, and give its case."""
    named = everyone()
    staff = staff_of(named, named[f"bea@{DOMAIN}"], named[f"mona@{DOMAIN}"])
    with transaction.atomic():
        return play(script, staff, market(), today).pk


def play_batch(start: int, scripts: list[Script], today: date) -> None:
    """Play a few people of the crowd, one after the other."""
    named, offered = everyone(), market()
    for place, script in enumerate(scripts, start=start):
        with transaction.atomic():
            play(script, staff_for(place, named), offered, today)
        gc.collect(1)


def publish_figures(today: date) -> None:
    """Publish the council's own figures, as its analyst would."""
    publish(everyone()[f"ana@{DOMAIN}"], today)


def staff_for(place: int, named: dict[str, User]) -> Staff:
    """The people of one team. The named worker has one case in eight, so that her list can be read."""
    if place % 8 == 0:
        return staff_of(named, named[f"bea@{DOMAIN}"], named[f"manager1@{DOMAIN}"])
    number = place % len(TEAMS) + 1
    return staff_of(named, named[f"assessor{number}@{DOMAIN}"], named[f"manager{number}@{DOMAIN}"])


def lives(stories: list[Script], crowd: list[Script], today: date) -> list[later.Happening]:
    """What happens to everybody once their support has begun, with its day."""
    named, offered = everyone(), market()
    of_stories = staff_of(named, named[f"bea@{DOMAIN}"], named[f"mona@{DOMAIN}"])
    told = [(script, of_stories) for script in stories]
    told += [(script, staff_for(place, named)) for place, script in enumerate(crowd)]
    return [
        each
        for script, staff in told
        if later.is_lived(script)
        for each in later.happenings(script, staff, offered, today)
        if each[0] <= today
    ]


def pay(staff: Staff, today: date, console: Console, happenings: Sequence[later.Happening] = ()) -> PaymentRun | None:
    """Run each past day of the calendar: made, approved by another, sent, confirmed; the last by the bank's statement.

    Between two runs, what happens on those days happens. Of the last run but one, the bank rejected a payment; one of
    the last failed with the bank, so that somebody's money is late. The next run is left for whoever tries it.
    """
    runs = days_of_calendar(sorted(set(Instalment.objects.filter(due_on__lt=today).values_list("due_on", flat=True))))
    waiting = sorted([*happenings, *providers.happenings(staff, runs, today)], key=itemgetter(0))
    last_known = max((pay_on for pay_on in runs if working_day_after(pay_on) <= today), default=None)
    with stage("The payment runs", console, len(runs)) as step_done:
        for pay_on in runs:
            while waiting and waiting[0][0] <= made_for(pay_on):
                live(waiting.pop(0))
            before_last = [day for day in runs if last_known and day < last_known][-1:]
            pay_run(pay_on, staff, today, rejected=pay_on in before_last, confirmed=pay_on != last_known)
            step_done()
        for happening in waiting:
            live(happening)
    return PaymentRun.objects.filter(pay_on=last_known).first() if last_known else None


def live(happening: later.Happening) -> None:
    """Let one thing happen, whole or not at all."""
    with transaction.atomic():
        happening[1]()


def made_for(pay_on: date) -> date:
    """The day on which the run of a pay day is made: a working day, so that two officers are there."""
    return working_day_on_or_before(pay_on - timedelta(days=10))


def pay_run(pay_on: date, staff: Staff, today: date, *, rejected: bool, confirmed: bool) -> None:
    """Make one run, where anything is due, and take it as far as it would be today."""
    made_on = made_for(pay_on)
    try:
        made = making.make_run(pay_on=pay_on, by=staff.finance, on=made_on)
    except NothingToPay:
        return
    approved_on = working_day_after(made_on)
    approved = payments.approve_run(run=made, by=staff.second_finance, on=approved_on)
    if approved.state == State.CHECKED:
        payments.approve_run(run=made, by=staff.logins[f"fiona@{DOMAIN}"], on=approved_on)
    payments.record_sent(run=made, sent_on=approved_on, by=staff.second_finance, on=approved_on)
    confirmed_on = working_day_after(pay_on)
    if not confirmed:
        fail_one(made, staff, today)
    if not confirmed or confirmed_on > today:
        return
    evidence = [f"Bank statement of {pay_on:%-d %B %Y}"]
    of_the_crowd = made.payments.filter(case__isnull=False, case__person__user=None)
    same_account = Count("payee__payments", filter=Q(payee__payments__run=made))
    one = of_the_crowd.annotate(same_account=same_account).order_by("same_account", "place").first()
    if rejected and one is not None:  # the account of one payment alone: it is closed for all of them, or open
        answered_on = working_day_after(approved_on)
        upload = SimpleUploadedFile(f"{made.reference}-status.xml", rejection_of(one, code="AC04", on=answered_on))
        evidence.append(str(take_answer(run=made, upload=upload, by=staff.finance, on=answered_on)))
    payments.confirm_run(run=made, confirmed_from="; ".join(evidence), returned={}, by=staff.finance, on=confirmed_on)


def fail_one(run: PaymentRun, staff: Staff, today: date) -> None:
    """The banks could not settle one payment of a run, and nothing is wrong with its account: that money is late."""
    going_on = run.payments.filter(way=Way.DIRECT_PAYMENT, case__stage=Stage.ACTIVE, case__person__date_of_death=None)
    usual = going_on.filter(instalment__due_on__gt=run.pay_on - timedelta(days=7), case__person__user=None)
    one = usual.order_by("-case__opened_on", "place").first()
    if one is not None:
        on = min(run.pay_on, today)
        upload = SimpleUploadedFile(f"{run.reference}-status.xml", rejection_of(one, code="ED05", on=on))
        take_answer(run=run, upload=upload, by=staff.finance, on=on)


def receive(staff: Staff, today: date) -> None:
    """Let the shares of the NHS and of people fall due, and most be received in time, one in four long since not.

    What the NHS pays since it is sent claims is received on those.
    """
    contributions.let_fall_due(on=today)
    accounts = Account.objects.filter(kind__in=OWED.values()).select_related("case")
    in_time = {Kind.OWED_BY_NHS: bills.first_claim_on(today) - timedelta(days=1)}
    order = ("case__person__family_name", "case__person__given_name", "case__opened_on", "kind")
    for number, account in enumerate(accounts.order_by(*order)):
        in_time_on = in_time.get(Kind(account.kind), today - timedelta(days=20))
        received_on = in_time_on if number % 4 else today - timedelta(days=120)
        due_pence = -balance(account, received_on)
        if due_pence > 0:
            contributions.confirm_receipt(
                case=account.case,
                payer=Payer.NHS if account.kind == Kind.OWED_BY_NHS else Payer.PERSON,
                amount_pence=due_pence,
                received_on=received_on,
                looked_at=f"The bank statement of {received_on:%-d %B}",
                owed_pence=-balance(account),
                by=staff.finance,
                on=received_on,
            )


def deliver(today: date) -> None:
    """Say sorry for what is late, let what was written to people arrive, and post the letters that are made here."""
    tell_of_late(on=today)
    at = timezone.now()
    outbox.send_due(at=at)
    outbox.read_back_all(at=at)
    for case in Case.objects.filter(tasks__kind=Event.LETTER_TO_POST, tasks__done_on=None).select_related("worker"):
        for letter in in_need_of_somebody([case.pk]).filter(written_on__lt=today - timedelta(days=7)):
            posted_on = letter.written_on + timedelta(days=1)
            record_posted(case=case, message=letter, by=case.worker, on=posted_on)


def days_of_calendar(days: list[date]) -> list[date]:
    """The days of the council's pay calendar from the first of some days until the last, on working days."""
    if not days:
        return []
    anchor = settings.PAY_CALENDAR_STARTS_ON
    first, last = ((day - anchor).days // 28 for day in (days[0] - timedelta(days=1), days[-1]))
    return [working_day_on_or_before(anchor + timedelta(weeks=4 * number)) for number in range(first + 1, last + 1)]


def say_where_to_look(story_cases: list[UUID], scripts: list[Script]) -> None:
    """Who can sign in, and the stories worth opening."""
    cases = Case.objects.select_related("person").in_bulk(story_cases)
    click.echo(f"\n{Case.objects.count()} cases, {Case.objects.filter(kind=CaseKind.CARER).count()} of them carers'.")
    click.echo(f"\nSign in with the password {PASSWORD} as:")
    for login in logins():
        click.echo(f"  {login.email:28} {login.name}, {login.what}: look at {login.look_first}")
    click.echo("\nStories worth opening (as Bea or Mona, from the list of cases):")
    for case, script in zip(story_cases, scripts, strict=True):
        click.echo(f"  {cases[case].person!s:18} {script.story}")
