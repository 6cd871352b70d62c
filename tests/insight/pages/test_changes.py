"""What changed budgets: the page for finance and for those who see no names, its files, and the local account."""

import csv
import io
import uuid
from datetime import date

import pytest
from django.urls import reverse

from leeway.access.models import Look
from leeway.access.roles import Role
from leeway.care.planning.models import Way
from leeway.insight.pages.account import COLUMNS
from leeway.insight.pages.changed import HIDDEN, account_rows, account_sentences, not_behind, reductions, row, rows_of
from leeway.insight.pages.views import changes as views
from leeway.law.changes import CAUSES, Causes
from leeway.money.budgets.actions import start_budget
from leeway.money.budgets.changes import BudgetChange, summary
from tests.insight.pages.conftest import user
from tests.insight.pages.test_waves import told

DAY = date(2026, 3, 31)


def change(*, group="Physical Support", estimate_moved=None, person=None, **causes) -> BudgetChange:
    ids = [uuid.uuid4(), uuid.uuid4(), person or uuid.uuid4()]
    held = {"client_group": group, "age_band": "18 to 64", "way": "Direct payment"}
    return BudgetChange(*ids, DAY, False, **held, causes=Causes(**causes), estimate_moved=estimate_moved)


def several(times, **what):
    return [change(**what) for _ in range(times)]


def test_a_few_are_hidden_and_so_much_besides_that_they_stay_so():
    found = several(20, need=-50_00) + several(3, group="Sensory", need=90_00) + several(7, group="Memory", price=5_00)
    names = [(name, name) for name in ("Physical Support", "Sensory", "Memory")]
    shown = rows_of(found, names, lambda each: each.client_group, whole=False)
    assert [line.told is None for line in shown] == [False, True, True]
    assert all(line.told for line in rows_of(found, names, lambda each: each.client_group, whole=True))
    assert shown[0].told["Down"] == "20: −£900.00, the middle one −£50.00"


def test_what_one_cause_does_to_a_few_is_not_left_over_by_the_others():
    line = row(
        summary(several(30, need=-10_00) + several(8, price=4_00) + several(2, policy=-500_00)), "", "", whole=False
    )
    assert line.causes["policy"] is None
    assert [cause for cause, pence in line.causes.items() if pence is None] != ["policy"], "one by subtraction"


def test_less_although_the_estimate_did_not_fall_is_counted_apart():
    found = several(10, need=-10_00, estimate_moved=0) + several(15, need=-10_00, estimate_moved=-20_00)
    assert "in 25 new plans. In 10 of them" in not_behind(summary(found), whole=True)
    assert HIDDEN in not_behind(summary(found[:12]), whole=False)


def test_of_budgets_that_went_down_no_cause_is_told_that_touched_one_person():
    found = [*several(11, need=-30_00), change(need=-30_00, charge=-20_00)]
    told = {cause: rest for cause, *rest in reductions(summary(found), whole=False)}
    assert told[CAUSES["charge"]] == [HIDDEN, HIDDEN]
    assert sum(rest == [HIDDEN, HIDDEN] for rest in told.values()) > 1, "one by subtraction"


def test_one_person_whose_budget_changed_often_is_one_person():
    one = uuid.uuid4()
    found = [*several(11, need=-30_00), *several(6, policy=-17_00, person=one)]
    told = {cause: rest for cause, *rest in reductions(summary(found), whole=False)}
    assert told[CAUSES["policy"]] == [HIDDEN, HIDDEN]
    assert summary(found).down_by["policy"] == 1
    found = [*several(11, need=-3_00, estimate_moved=-1), *several(6, need=-17_00, estimate_moved=0, person=one)]
    assert HIDDEN in not_behind(summary(found), whole=False)
    assert "in 17 new plans. In 6 of them" in not_behind(summary(found), whole=True)


def test_the_local_account_tells_it_in_sentences_and_in_its_own_columns():
    found = several(40, need=-10_00) + several(60, price=5_00)
    rows = account_rows(found, list(COLUMNS), DAY)
    assert all(list(each) == list(COLUMNS) for each in rows)
    assert account_sentences(rows) == [
        "In twelve months the budgets of about 100 people changed.",
        "For about 60 of them the council came to pay more a week, for about 40 less.",
        "All together, the council pays about £100.00 a week less: £400.00 less because less support is planned, "
        "£300.00 more because prices rose.",
    ]
    assert account_sentences([]) == []
    [hidden] = account_sentences(account_rows(several(4, need=1), list(COLUMNS), DAY))
    assert "not told" in hidden
    assert all(each["hidden"] for each in account_rows(several(4, need=1), list(COLUMNS), DAY))


@pytest.mark.django_db
def test_no_change_is_told_before_there_is_one(ana, client):
    client.force_login(ana)
    assert "No budget changed" in told(client.get(reverse("insight:changes")))


@pytest.fixture
def today_is(monkeypatch):
    monkeypatch.setattr(views.timezone, "localdate", lambda: date(2026, 6, 5))


@pytest.mark.django_db
def test_finance_goes_on_to_whose_it_is_and_analysts_see_no_small_number(
    ana, client, case, agree, finn, today_is, django_assert_max_num_queries
):
    for number, (pence, day) in enumerate([(100_00, date(2026, 4, 22)), (70_00, date(2026, 5, 20))], 1):
        plan = agree(case, (Way.COUNCIL_MANAGED, pence, 0), starts_on=day, number=number)
        start_budget(plan=plan, by=finn, on=date(2026, 4, 20))
    client.force_login(ana)
    assert "So few budgets changed" in told(client.get(reverse("insight:changes")))
    assert client.get(reverse("insight:changed_cases")).status_code == 403
    client.force_login(finn)
    with django_assert_max_num_queries(25):
        page = client.get(reverse("insight:changes"))
    assert "The council pays £30.00 a week less: £30.00 less because prices fell." in told(page)
    assert client.get(reverse("insight:changes_chart")).headers["Content-Type"] == "image/svg+xml"
    lines = list(csv.DictReader(io.StringIO(client.get(reverse("insight:changes_csv")).content.decode())))
    assert {(line["By"], line["Price"]) for line in lines if line["Group"] == "Together"} == {
        (by, "-30.00") for by in ("Quarter", "Client group", "Age", "How it is held")
    }
    named = client.get(reverse("insight:changed_cases"), {"quarter": "2026-04-01", "cause": "price"})
    assert str(case.person) in told(named)
    assert Look.objects.filter(viewer_id=finn.pk, named__contains=[case.person_id]).exists()
    assert client.get(reverse("insight:changed_cases"), {"quarter": "2026-04-01", "cause": "x"}).status_code == 404


@pytest.mark.django_db
def test_commissioners_come_in_and_assessors_do_not(cole, client):
    client.force_login(cole)
    assert client.get(reverse("insight:changes")).status_code == 200
    client.force_login(user("Bea Else", Role.ASSESSOR))
    assert client.get(reverse("insight:changes")).status_code == 403
