"""A manager's page: waits that nothing shortens, who has how many cases, and amounts that can be added up by hand."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from leeway.access.models import Look, Team, User
from leeway.access.roles import Role
from leeway.care.assessment.models import Assessment
from leeway.care.circumstances.actions import record_death
from leeway.care.people.events import Event
from leeway.care.people.models import Case, StoryLine
from leeway.care.people.states import Stage
from leeway.care.planning.models import Agreement, Way
from leeway.care.planning.waiting import Awaited, left_without, still_waiting, waited
from leeway.care.review.models import Review
from leeway.care.review.workload import late_reviews, workloads
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.budgets.committed import HeldPart
from leeway.money.payments.making import make_run
from leeway.money.payments.waiting import unpaid_still
from leeway.period import Period
from leeway.refusal import NotAllowed
from leeway.site.team import Days, _money
from leeway.site.team_waits import Figures, figures

ON = date(2026, 11, 23)
DP, MANAGED = Way.DIRECT_PAYMENT, Way.COUNCIL_MANAGED
YEAR = timedelta(days=365)


@pytest.fixture
def asked(another_case):
    """Make the case of somebody who asked for help on a day, with what came of it."""

    def made(name, opened_on, stage=Stage.REQUEST, assessed_on=None, **changes):
        case = another_case(name)
        Case.objects.filter(pk=case.pk).update(opened_on=opened_on, stage=stage, **changes)
        if assessed_on:
            Assessment.objects.create(case=case, started_on=assessed_on, completed_on=assessed_on)
        return case

    return made


@pytest.fixture
def south(db):
    return Team.objects.create(name="South team")


def days(waits):
    return {Case.objects.get(pk=each.case).person.given_name: each.days for each in waits}


def reopened(case, on, by):
    StoryLine.objects.create(
        case=case, happened_on=on, by=by, by_name=by.name, kind=Event.REOPENED, sentence="Opened again."
    )


def test_a_wait_begins_when_help_was_asked_for_and_closing_stops_no_clock(asked, mona, bea, team):
    asked("Amy", date(2026, 11, 3), worker=None)
    asked("Bob", date(2026, 10, 14), Stage.ASSESSMENT)
    reopened(asked("Cid", date(2026, 5, 1)), date(2026, 11, 20), bea)  # closed before anybody assessed
    reopened(asked("Dee", date(2024, 5, 1), assessed_on=date(2024, 6, 1)), date(2026, 11, 20), bea)  # asks anew
    asked("Eve", date(2026, 1, 1), Stage.ASSESSMENT, assessed_on=date(2026, 2, 1))  # assessed again: had it
    gone = asked("Fay", date(2026, 10, 1))
    record_death(case=gone, died_on=date(2026, 11, 1), told_by="A nurse", by=bea, on=ON)
    shut = {"closed_on": date(2026, 9, 1), "closed_reason": "Moved away"}
    asked("Gus", date(2026, 8, 1), Stage.CLOSED, **shut)
    found = still_waiting(Awaited.ASSESSMENT, on=ON, seen_by=mona, team=team)
    assert days(found) == {"Amy": 20, "Bob": 40, "Cid": 206, "Dee": 3}
    assert figures(found) == Figures(people=4, middle=30, longest=206, long=1)
    over = waited(Awaited.ASSESSMENT, since=ON - YEAR, until=ON, seen_by=mona, team=team)
    assert days(over) == {"Eve": 31}
    assert days(left_without(since=ON - YEAR, until=ON, seen_by=mona, team=team)) == {"Gus": 31}
    with pytest.raises(NotAllowed):
        still_waiting(Awaited.ASSESSMENT, on=ON, seen_by=bea, team=team)


def test_who_has_a_plan_in_force_waits_for_none_and_one_taken_back_ends_no_wait(asked, agree, mona, team):
    asked("Amy", date(2026, 11, 3), Stage.SIGN_OFF)
    for name, state in (("Bob", "agreed"), ("Cid", "taken_back")):
        case = asked(name, date(2026, 4, 1))
        plan = agree(case, (DP, 100_00, 0))
        Agreement.objects.create(
            plan=plan,
            agreed_on=date(2026, 5, 1),
            agreed_by_name=name,
            agreed_by_person=True,
            how="Here",
            recorded_by=mona,
        )
        type(plan).objects.filter(pk=plan.pk).update(state=state)
        Case.objects.filter(pk=case.pk).update(stage=Stage.PLANNING)
    assert days(still_waiting(Awaited.PLAN, on=ON, seen_by=mona, team=team)) == {"Amy": 20, "Cid": 236}
    assert days(waited(Awaited.PLAN, since=ON - YEAR, until=ON, seen_by=mona, team=team)) == {"Bob": 30}


def test_who_has_how_many_cases_and_which_reviews_are_late(asked, mona, bea, team, south):
    other = User.objects.create_user("olu@council.example", name="Olu Ade", roles=[Role.ASSESSOR], team=team)
    for name, due_on in (("Amy", ON - timedelta(3)), ("Bob", ON), ("Cid", ON + timedelta(43))):
        Review.objects.create(case=asked(name, date(2026, 1, 1), Stage.ACTIVE), due_on=due_on)
    asked("Dee", date(2026, 11, 1), worker=None)
    asked("Eve", date(2026, 11, 1), team=south)
    loads = workloads(seen_by=mona, on=ON, ahead=ON + timedelta(42))
    told = [(one.worker, dict(one.stages), one.cases, one.late, one.coming) for one in loads]
    assert told == [(bea, {"active": 3}, 3, 1, 1), (other, {}, 0, 0, 0), (None, {"request": 1}, 1, 0, 0)]
    assert days(late_reviews(on=ON, seen_by=mona, team=team)) == {"Amy": 3}


def test_a_part_costs_a_seventh_of_its_week_a_day_while_it_is_in_force():
    starts_on, ends_on = date(2026, 3, 30), date(2026, 4, 5)
    part = HeldPart("part", "case", DP, "Physical Support", starts_on, ends_on, 100_00, 10_00, 20_00)
    assert part.council_pence_per_week == 70_00
    assert [part.holds_on(starts_on + timedelta(day)) for day in (-1, 0, 6, 7)] == [False, True, True, False]
    assert part.council_pence(Period(date(2025, 4, 1), date(2026, 3, 31))) == 20_00
    assert part.council_pence(Period(date(2026, 4, 1), date(2027, 3, 31))) == 50_00
    assert part.council_pence(Period(date(2027, 4, 1), date(2028, 3, 31))) == 0


def test_what_is_committed_is_added_up_by_way_and_group_until_the_years_end(asked, agree, bank, finn, paid, mona, bea):
    cases = [asked(name, date(2026, 4, 1)) for name in ("Amy", "Bob", "Cid")]
    Case.objects.filter(pk=cases[1].pk).update(support_reason="Learning Disability Support")
    bank(cases[0])
    plans = [
        agree(cases[0], (DP, 140_00, 50), charge_pence=7_00, starts_on=date(2026, 4, 6)),
        agree(cases[1], (MANAGED, 70_00, 0), starts_on=date(2026, 4, 6)),
    ]
    amys, bobs = [start_budget(plan=plan, by=finn, on=date(2026, 4, 1)) for plan in plans]
    agree(cases[2], (MANAGED, 35_00, 0), starts_on=date(2026, 12, 1))  # to be set up
    end_budget(
        cover="Her family, from then on",
        budget=bobs,
        ends_on=date(2026, 4, 19),
        reason="Moved away",
        by=finn,
        on=date(2026, 4, 10),
    )
    paid(make_run(pay_on=date(2026, 4, 7), by=finn, on=date(2026, 4, 1)), date(2026, 4, 1))
    on = Days(date(2026, 4, 12))
    found = _money(mona, on)
    rows = {row.name: row for _heading, rows in found["tables"].values() for row in rows}
    assert found["payers"] == {"The council": 63_00 + 70_00, "People themselves": 7_00, "The NHS": 70_00}
    direct, managed = rows["Direct payment"], rows["Managed account"]
    assert (direct.budgets, direct.week, managed.week) == (1, 63_00, 70_00)
    assert (managed.until_today, managed.whole_year) == (70_00, 140_00)
    assert direct.whole_year == 63_00 * 360 // 7  # from 6 April to 31 March
    assert rows["Learning Disability Support"].still_to_come == 70_00
    assert direct.paid == sum(each.amount_pence for each in amys.parts.get().payments.all()) > 0
    assert (found["all"].week, found["all"].week_month_ago, found["all"].last_year) == (133_00, 0, 0)
    assert found["all"].whole_year == sum(row.whole_year for row in found["tables"]["way"][1])
    assert found["to_set_up"] == {"plans": 1, "pence": 35_00}
    record_death(case=cases[0], died_on=date(2026, 4, 10), told_by="A nurse", by=bea, on=date(2026, 4, 12))
    assert _money(mona, on)["all"].week == 70_00


def test_the_days_beside_today_are_there_in_every_month():
    leap = Days(date(2028, 2, 29))
    assert (leap.month_ago, leap.year_ago) == (date(2028, 1, 31), date(2027, 2, 28))
    assert leap.last_so_far == Period(date(2026, 4, 1), date(2027, 2, 28))


PAGES = ["/team/", "/team/?sort=late", "/team/budgets/", *(f"/team/waits/{what}/" for what in ("assessment", "plan"))]
PAGES += ["/team/waits/payment/?which=over&sort=name", "/team/waits/review/?sort=worker"]


@pytest.fixture
def busy(asked, agree, bank, finn, south):
    """A team in which somebody waits for everything, and somebody of another team beside it."""
    today = timezone.localdate()
    for name, stage in (("Amy", Stage.REQUEST), ("Bob", Stage.ASSESSMENT), ("Cid", Stage.PLANNING)):
        asked(name, today - timedelta(20), stage)
    dee = asked("Dee", today - timedelta(30), worker=None)
    bank(dee)
    start_budget(plan=agree(dee, (DP, 100_00, 0), starts_on=today), by=finn, on=today)
    Review.objects.filter(case=dee).update(due_on=today - timedelta(2))
    asked("Zoe", today - timedelta(900), team=south)


def test_the_pages_name_the_teams_own_and_need_few_queries(busy, client, mona, django_assert_max_num_queries):
    client.force_login(mona)
    client.get("/accessibility/")
    for page in PAGES:
        with django_assert_max_num_queries(25):
            text = client.get(page).content.decode()
        assert "Zoe" not in text and "North team" in text, page
    assert client.get("/team/waits/money/").status_code == 404
    waits = client.get("/team/waits/assessment/").content.decode()
    assert "2 wait now" in waits and "Amy Example" in waits and "900" not in waits
    named = Look.objects.filter(viewer_id=mona.pk, page="How long people of the team wait").latest("at")
    assert len(named.named) == 2


def test_each_number_of_a_worker_leads_to_those_cases(busy, client, mona, bea):
    client.force_login(mona)
    page = client.get("/team/").content.decode()
    assert f'href="/home/?worker={bea.pk}&amp;stage=request#cases">1<span' in page
    for address in re.findall(r'href="(/home/\?worker=[^"#]+)', page):
        assert client.get(address.replace("&amp;", "&")).status_code == 200
    nobodys = client.get("/home/?worker=nobody").content.decode()
    assert "Dee Example" in nobodys and "Amy Example" not in nobodys
    beas = client.get(f"/home/?worker={bea.pk}&stage=request").content.decode()
    assert "Amy Example" in beas and "Bob Example" not in beas and "Those that Bea Okafor has" in beas
    assert "Amy Example" in client.get("/home/?worker=999").content.decode()


def test_others_see_no_team(busy, client, bea, finn):
    for user in (bea, finn):
        client.force_login(user)
        assert client.get("/team/").status_code == 403
    lone = User.objects.create_user("lone@council.example", name="Lone", roles=[Role.MANAGER])
    client.force_login(lone)
    assert "You lead no team yet" in client.get("/team/").content.decode()
    assert unpaid_still(on=timezone.localdate(), seen_by=finn)
