"""Home pages, the case page and the public pages, in front of the stories."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leeway.access.looks import give_reason
from leeway.access.models import Look, User
from leeway.care.circumstances.models import Stay
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.letters.queries import NEW
from leeway.care.people.models import Case, Person
from leeway.care.people.states import Stage
from leeway.care.planning import actions as planning
from leeway.care.planning.models import Choice, ChosenWay, Plan
from leeway.care.planning.queries import offers_and_choice, open_plan, plan_in_force, plan_totals
from leeway.law.reference import GROUPS, parameters_for_page
from leeway.market.contracts.actions import record_rate
from leeway.site.demo.logins import logins
from leeway.versions import version_of

pytestmark = pytest.mark.django_db
NAMES = [
    "Ada", "Edith", "Kofi", "Pat", "Rani", "Harold", "Joan", "Winston", "Blessing", "Callum", "Elsie", "Iris", "Liam",
    "Marcia", "Graham", "Doreen",
]  # fmt: skip
QUERIES_MAX = 25
COPIED = ["kind", "rule", "law_digest", "law_values", "software_version", "inputs", "steps", "reasons", "decided_by"]


def read(client, address: str) -> str:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(address)
    assert page.status_code == 200, f"{address}: {page.status_code}"
    assert len(queries) <= QUERIES_MAX, f"{address} asks {len(queries)} questions of the database"
    return page.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_case_page_says_what_comes_next_and_keeps_to_its_queries(case_of, sign_in, name):
    case = case_of(name)
    text = read(sign_in("mona"), f"/cases/{case.pk}/")
    assert str(case.person) in text and "What comes next" in text and "The story so far" in text
    assert Look.objects.filter(person_id=case.person_id, viewer_name="Mona Patel", page="Case").exists()


def read_by_everybody(sign_in, case: Case) -> None:
    """By the worker, the manager, finance who said why, and the person, who asked for easy words."""
    finn, ada = (User.objects.get(email=f"{name}@fairbourne.example") for name in ("finn", "ada"))
    give_reason(viewer=finn, person_id=case.person_id, reason="A question about the bill.")
    Person.objects.filter(user=ada).update(user=None)
    Person.objects.filter(pk=case.person_id).update(user=ada, communication_needs=["easy_read"])
    for reader in ("bea", "mona", "finn", "ada"):
        read(sign_in(reader), f"/cases/{case.pk}/")
    read(sign_in("ada"), "/home/")


@pytest.mark.parametrize("stage", Stage)
def test_a_case_page_keeps_to_its_queries_at_every_stage_whoever_reads_it(case_of, sign_in, stage):
    as_played = {
        "request": "Doreen",
        "assessment": "Marcia",
        "sign_off": "Iris",
        "agreement": "Liam",
        "closed": "Graham",
    }
    case = case_of(as_played.get(stage, "Ada"))
    Case.objects.filter(pk=case.pk).update(stage=stage)
    read_by_everybody(sign_in, case)


def written_again(case: Case, choice: Choice, by_on: dict):
    """Another plan than the one in force, at each step until it can go to sign-off."""
    Case.objects.filter(pk=case.pk).update(stage="planning")
    case.refresh_from_db()
    plan = planning.start_plan(case=case, **by_on)
    yield plan
    ways = [way.value for way in ChosenWay]
    planning.offer_ways(plan=plan, ways_explained=ways, how_explained="Talked at home", amount_told=True, **by_on)
    yield plan
    said = {"version": version_of(plan.offers.get()), "way": choice.way, "words": "I like it as it is."}
    planning.record_choice(plan=plan, **said, **by_on)
    plan.refresh_from_db()
    day = plan_in_force(case).starts_on + timedelta(days=400)
    planning.set_start(plan=plan, version=plan.version, starts_on=day, **by_on)


def at_new_prices(case: Case, choice: Choice, by_on: dict):
    """The plan in force, written again at new prices, with what was said of it taken over."""
    rates = [line.rate for line in plan_in_force(case).lines.all() if line.rate]
    new = {
        (rate.service_id, rate.unit): record_rate(
            service=rate.service, pence=rate.pence + 50, unit=rate.unit, kind=rate.kind, starts_on=by_on["on"], **by_on
        )
        for rate in rates
    }
    Case.objects.filter(pk=case.pk).update(stage="planning")
    case.refresh_from_db()
    plan = planning.start_plan(case=case, **by_on)
    planning.set_start(plan=plan, version=plan.version, starts_on=by_on["on"], **by_on)
    for line in plan.lines.exclude(rate=None):
        plan.refresh_from_db()
        line.plan = plan
        planning.take_new_price(line=line, version=plan.version, rate=new[line.service_id, line.unit], **by_on)
    yield from ()


@pytest.mark.parametrize("steps", [written_again, at_new_prices])
def test_a_case_page_keeps_to_its_queries_while_a_second_plan_is_written_and_the_first_pays(case_of, sign_in, steps):
    """The most that the page has to look up: the person is in a care home for a time too."""
    case, today = case_of("Ada"), timezone.localdate()
    mona, by_on = User.objects.get(email="mona@fairbourne.example"), {"by": case.worker, "on": today}
    began, choice = today - timedelta(days=88), offers_and_choice(plan_in_force(case)).choice
    Stay.objects.create(
        person=case.person, kind="care_home_stay", starts_on=began, told_by="Tom", recorded_by=case.worker
    )
    for _plan in steps(case, choice, by_on):
        read_by_everybody(sign_in, case)
    plan = open_plan(case)
    for answer in plan_in_force(case).need_answers.exclude(outcome__in=plan.need_answers.values("outcome")):
        answer.pk, answer.plan = None, plan
        answer.save(force_insert=True)
    read_by_everybody(sign_in, case)
    assert "Check the plan and send it" in read(sign_in("bea"), f"/cases/{case.pk}/")
    assert "Open the plan" in read(sign_in("ada"), f"/cases/{case.pk}/"), "hers to read, not hers to send"
    planning.submit_plan(plan=plan, version=plan.version, **by_on)
    read_by_everybody(sign_in, case)
    plan.refresh_from_db()
    final = {"final_pence_per_week": plan_totals(plan)["pence_per_week"], "reason": "It is what these needs cost here."}
    planning.sign_off(plan=plan, version=plan.version, **final, by=mona, on=today)
    read_by_everybody(sign_in, case)


@pytest.mark.parametrize("login", [login.email.split("@")[0] for login in logins()])
def test_each_home_page_opens(sign_in, login):
    client = sign_in(login)
    answer = client.get("/home/")
    assert "govuk-heading" in read(client, answer.url if answer.status_code == 302 else "/home/")


def test_someone_with_two_roles_sees_the_work_of_both(case_of, sign_in):
    mona = sign_in("mona")
    User.objects.filter(email__startswith="mona@").update(roles=["manager", "assessor"])
    text = read(mona, "/home/")
    assert "The team’s cases" in text and "waiting for sign-off" in text
    assert text.count("<h1") == 1
    User.objects.filter(email__startswith="finn@").update(roles=["finance", "analyst"])
    finn = sign_in("finn")
    text = read(finn, "/home/")
    assert "Budgets to start" in text and "What records, returns and surveys say" in text
    assert finn.get("/insight/").status_code == 200 and finn.get("/staff/").status_code == 403


def test_the_person_reads_you_and_the_worker_reads_their_name(case_of, sign_in):
    address = f"/cases/{case_of('Ada').pk}/"
    assert "Your budget" in read(sign_in("ada"), address)
    assert "Your budget" not in read(sign_in("bea"), address)


def test_pages_are_larger_for_whoever_asked_for_large_print(case_of, sign_in):
    case = case_of("Ada")
    address = f"/cases/{case.pk}/"
    assert "leeway-large-print" not in read(sign_in("ada"), address)
    Person.objects.filter(pk=case.person_id).update(communication_needs=["large_print"])
    assert "leeway-large-print" in read(sign_in("ada"), address)
    assert "leeway-large-print" not in read(sign_in("bea"), address)


def test_a_supporter_sees_only_whom_they_were_given_leave_to_see(case_of, sign_in):
    tom = sign_in("tom")
    assert "Ada Bell" in read(tom, "/home/")
    assert tom.get(f"/cases/{case_of('Ada').pk}/").status_code == 200
    assert tom.get(f"/cases/{case_of('Kofi').pk}/").status_code == 404


def test_next_step_goes_to_whoever_has_it(case_of, sign_in):
    liam = f"/cases/{case_of('Liam').pk}/"
    assert "Record the agreement" in read(sign_in("bea"), liam)
    assert "With the person" in read(sign_in("bea"), liam)
    assert "Choose a worker" in read(sign_in("mona"), f"/cases/{case_of('Doreen').pk}/")


def test_a_caseload_can_be_narrowed_to_a_stage(sign_in):
    text = read(sign_in("bea"), "/home/?stage=sign_off")
    assert "Iris Novak" in text and "Ada Bell" not in text.split("Cases, the longest open first")[1]
    assert "Iris Novak" in read(sign_in("bea"), "/home/?stage=nonsense&page=abc")


def test_anyone_reads_the_rules_and_finds_a_figure(client):
    assert "Set by national law" in read(client, "/rules/")
    found = read(client, "/rules/?words=carer premium")
    assert "SI 2014/2672" in found
    assert "No figure has" in read(client, "/rules/?words=zebra")


def test_each_figure_stands_under_its_own_name_in_a_group(client):
    found = read(client, "/rules/?words=compensation arrears")
    assert 'summary-text">Arrears of benefits</span>' in found and 'summary-text">Also compensation' not in found
    assert "Kinds of savings and property, and how each counts</strong> (1)" in found
    assert '<details class="govuk-details" open>' in found
    everything = read(client, "/rules/")
    assert '<details class="govuk-details" open>' not in everything
    titles = re.findall(r'id="[\w.]+">\s*<summary[^>]*><span[^>]*>([^<]+)</span>', everything)
    assert len(titles) == len(parameters_for_page()) and "While the person works in it" not in titles


def test_every_figure_belongs_to_a_named_group():
    assert {entry.group for entry in parameters_for_page()} == set(GROUPS.values())


def test_a_link_of_the_case_page_shows_while_it_is_of_use(case_of, sign_in):
    def links(who, name):
        text = read(sign_in(who), f"/cases/{case_of(name).pk}/")
        return text.partition(">More</h2>")[2].partition("</ul>")[0]

    assert "Who has the case" in links("bea", "Ada") and "Close the case" not in links("bea", "Ada")
    assert "Ask for a review" in links("bea", "Ada") and "Ask for a review" not in links("bea", "Marcia")
    assert "Close the case" in links("bea", "Marcia")
    assert "Personal details" not in links("ada", "Ada") and "Who has looked" in links("ada", "Ada")
    closed = case_of("Graham")
    Case.objects.filter(pk=closed.pk).update(stage="closed", closed_on="2026-11-01")
    assert "Who has the case" not in links("bea", "Graham") and "Personal details" in links("bea", "Graham")


def test_support_that_goes_on_while_another_plan_is_made_says_so(case_of, sign_in):
    case = case_of("Ada")
    Case.objects.filter(pk=case.pk).update(stage="planning")
    page = read(sign_in("mona"), f"/cases/{case.pk}/")
    row = page.split("Budget and payments")[1][:400]
    assert "Goes on" in row and "Not started" not in row
    assert "In force" in page.split("Support plan and choice")[1][:400]
    Case.objects.filter(pk=case.pk).update(stage="assessment")
    page = read(sign_in("mona"), f"/cases/{case.pk}/")
    assert "Counts until a new one is made" in page.split("Money check")[1][:400]


def test_what_is_over_is_not_told_as_if_it_went_on(case_of, sign_in):
    """Support that ended, and needs that were not eligible."""
    ada, graham = case_of("Ada"), case_of("Graham")
    Plan.objects.filter(case=ada, state="agreed").update(state="ended")
    Case.objects.filter(pk=graham.pk).update(stage="closed", closed_on="2026-11-01")
    bea = sign_in("bea")
    ended, never = (read(bea, f"/cases/{case.pk}/") for case in (ada, graham))
    assert "a week, until support ended. Ada paid" in ended and "Ada pays" not in ended
    assert "None was decided." in never and "Not known yet" not in never


def test_the_persons_home_tells_of_a_new_letter_and_of_what_is_paid_from_when(case_of, sign_in):
    case = case_of("Ada")
    today = timezone.localdate()
    charge = Decision.objects.filter(case=case, kind=DecisionKind.CHARGE).order_by("-decided_at").first()
    said = f"What you pay towards your support from {charge.law_on:%-d %B %Y}"
    address = f"/cases/{case.pk}/letters/{charge.pk}/"
    ada = sign_in("ada")
    assert address not in read(ada, "/home/") or charge.decided_on > today - NEW
    newer = Decision.objects.create(
        **{name: getattr(charge, name) for name in COPIED},
        case=case, law_on=charge.law_on, decided_on=today, supersedes=charge,
        result=charge.result | {"charge_pence_per_week": 12_34},
    )  # fmt: skip
    Plan.objects.get(charges=charge).charges.add(newer)
    text = read(ada, "/home/")
    assert said in text and "£12.34 a week" in text and str(newer.pk) in text and str(charge.pk) not in text
    assert "New letters" not in read(sign_in("bea"), "/home/")


@pytest.mark.parametrize(("days", "warns"), [(10, False), (88, True)])
def test_a_stay_beyond_four_weeks_is_a_warning_on_the_case_page(case_of, sign_in, days, warns):
    case = case_of("Ada")
    Stay.objects.create(
        person=case.person,
        kind="care_home_stay",
        starts_on=timezone.localdate() - timedelta(days=days),
        told_by="Tom",
        recorded_by=case.worker,
    )
    said = "four weeks in a care home were over"
    assert (said in read(sign_in("bea"), f"/cases/{case.pk}/")) is warns
    assert read(sign_in("finn"), f"/cases/{case.pk}/budget/").count(said) == 2 * warns
