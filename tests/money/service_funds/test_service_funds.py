"""The statement of a service fund: it fits our payments and the one before it, or it is refused with why."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from leeway.access.models import Look
from leeway.care.people.models import Task
from leeway.care.planning.models import Way
from leeway.market.listings.models import Service
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.payments.making import make_run
from leeway.money.proving import findings
from leeway.money.service_funds import actions
from leeway.money.service_funds.actions import (
    NewSpent,
    ask_back,
    ask_for_what_is_due,
    confirm_back,
    enter_statement,
    let_go,
    take_back_statement,
)
from leeway.money.service_funds.models import FundStatement
from leeway.money.service_funds.queries import agreed_pence, funds, get_fund, is_fee, lines_of
from leeway.money.service_funds.tables import read_spent
from leeway.refusal import NotAllowed, Refusal
from tests.conftest import SET_UP_ON

FUND = Way.SERVICE_FUND
STARTS, FIRST, SECOND, STATED = date(2026, 4, 22), date(2026, 4, 24), date(2026, 4, 27), date(2026, 5, 24)
ON, WEEK = date(2026, 6, 1), timedelta(weeks=1)
SHOWN = "Statement of 28 May, by email"


@pytest.fixture
def fund(case, agree, bank, finn, paid):
    """£100 a week to Good Days Ltd from 22 April 2026; £71.43 and £400.00 reached it by 24 May."""
    plan = agree(case, (FUND, 100_00, 0), charge_pence=10_00)
    bank(case, way=FUND, name="Good Days Ltd")
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    for day in (FIRST, SECOND):
        paid(make_run(pay_on=day, by=finn, on=date(2026, 4, 20)), date(2026, 4, 20))
    return case


@pytest.fixture
def enter(fund, finn):
    """Enter a statement to 24 May of £350.00 spent and £121.43 left, but for what is said otherwise."""

    def entered(by=None, on=ON, spent_pence=350_00, **changed):
        said = {"ends_on": STATED, "opening_pence": 0, "received_pence": 471_43, "given_back_pence": 0}
        said |= {"closing_pence": 121_43, "shown_by": SHOWN}
        [line] = lines_of(fund, STATED)
        spent = [NewSpent(line=line, pence=spent_pence)] if spent_pence else []
        return enter_statement(case=fund, **({"spent": spent} | said | changed), by=by or finn, on=on)

    return entered


def held(case):
    return balance(Account.objects.get(kind=Kind.HELD_BY_PROVIDER, case=case))


def now(case, finn, on=ON):
    return get_fund(case.pk, seen_by=finn, on=on)


def test_what_was_spent_leaves_the_fund_and_the_next_statement_goes_on_from_what_is_left(fund, enter, finn):
    first = enter()
    assert (first.starts_on, held(fund)) == (STARTS, 121_43)
    with pytest.raises(Refusal, match=r"opens with £0\.00, and the statement before it left £121\.43"):
        enter(ends_on=date(2026, 5, 31), received_pence=0, closing_pence=0)
    second = enter(
        ends_on=date(2026, 5, 31), opening_pence=121_43, received_pence=0, closing_pence=91_43, spent_pence=30_00
    )
    assert second.starts_on == date(2026, 5, 25) and held(fund) == 91_43
    assert list(findings()) == []


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"opening_pence": 5}, "opening_pence", r"opens with £0\.05"),
        ({"received_pence": 400_00}, "received_pence", r"Of our payments £471\.43 reached"),
        ({"ends_on": FIRST}, "received_pence", r"Of our payments £71\.43 reached"),
        ({"given_back_pence": 10_00}, "given_back_pence", r"We received £0\.00"),
        ({"closing_pence": 121_42}, "closing_pence", r"closes with £121\.42, and what it says comes to £121\.43"),
        ({"spent_pence": 471_44, "closing_pence": 0}, "closing_pence", r"£0\.01 too much"),
        ({"ends_on": date(2026, 4, 21)}, "ends_on", "begins on 22 April 2026"),
        ({"ends_on": date(2026, 6, 2)}, "ends_on", "future"),
        ({"shown_by": " "}, "shown_by", "Say what it came as"),
        ({"spent": [NewSpent(what="", pence=350_00)]}, None, "not in the plan"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_box_and_nothing_is_kept(fund, enter, changed, field, said):
    with pytest.raises(Refusal, match=said) as refused:
        enter(**changed)
    assert refused.value.field == field
    assert not FundStatement.objects.exists() and held(fund) == 471_43


def test_no_more_is_taken_for_running_the_fund_than_is_agreed_for_its_days(fund, enter, monkeypatch):
    monkeypatch.setattr(actions, "is_fee", lambda line: True)
    agreed = 471_43  # 33 days of £100 a week
    monkeypatch.setattr(actions, "agreed_pence", lambda *days: agreed_pence(*days) - 1)
    with pytest.raises(Refusal, match=r"£471\.43 was taken for running the fund, and £471\.42 is agreed"):
        enter(spent_pence=agreed, closing_pence=0)
    enter(spent_pence=agreed - 1, closing_pence=1)


@pytest.mark.parametrize(("kinds", "fee"), [(["service_fund"], True), (["home_care", "service_fund"], False)])
def test_a_fee_is_what_is_listed_for_running_a_fund_alone(fund, kinds, fee):
    [line] = lines_of(fund, STATED)
    assert not is_fee(line), "it is of no service"
    line.service = Service(kinds=kinds)
    assert is_fee(line) is fee


def test_a_payment_that_is_confirmed_late_counts_in_the_next_statement(fund, enter, finn, sent, paid):
    enter()
    paid(make_run(pay_on=date(2026, 5, 22), by=finn, on=date(2026, 5, 19)), date(2026, 5, 19))
    assert list(findings()) == [], "it is dated within the statement's days"
    enter(
        ends_on=date(2026, 5, 31), opening_pence=121_43, received_pence=400_00, closing_pence=121_43, spent_pence=400_00
    )
    assert list(findings()) == []


def test_a_mistaken_statement_is_taken_back_whole_and_entered_anew(fund, enter, finn, fay, mona):
    with pytest.raises(NotAllowed):
        enter(by=mona)
    first = enter()
    second = enter(
        ends_on=date(2026, 5, 31), opening_pence=121_43, received_pence=0, closing_pence=121_43, spent_pence=0
    )
    why = {"reason": "The swimming was billed twice", "by": fay, "on": ON}
    with pytest.raises(Refusal, match="Only the latest"):
        take_back_statement(statement=first, **why)
    for statement in (second, first):
        take_back_statement(statement=statement, **why)
    with pytest.raises(Refusal, match="Only the latest"):
        take_back_statement(statement=first, **why)
    assert held(fund) == 471_43 and now(fund, finn).last is None
    enter(spent_pence=300_00, closing_pence=171_43)
    assert held(fund) == 171_43 and list(findings()) == []


def test_a_statement_missing_past_its_day_is_finances_task_until_it_is_here(fund, enter, finn):
    by = STARTS - timedelta(days=1) + 12 * WEEK + timedelta(days=28)
    assert now(fund, finn, by).due.by == by and not now(fund, finn, by).is_late
    assert ask_for_what_is_due(on=by) == 0
    assert [ask_for_what_is_due(on=by + timedelta(days=more)) for more in (1, 2)] == [1, 1]
    task = Task.objects.get(done_on=None)
    assert task.what.startswith("Ask Good Days Ltd for the statement of this service fund to 14 July 2026.")
    enter()
    task.refresh_from_db()
    assert task.done_on == ON


def test_what_is_above_the_weeks_that_may_stay_is_shown_and_asked_back_for_a_reason(fund, enter, finn):
    enter(spent_pence=21_43, closing_pence=450_00)
    most = now(fund, finn).surplus_pence
    assert most == 450_00 - 4 * 100_00, "four weeks of what is paid into it may stay"
    ask = {"answer_by": date(2026, 6, 30), "by": finn, "on": ON}
    with pytest.raises(Refusal, match="most"):
        ask_back(case=fund, pence=most + 1, reason="Nobody knows what it is for.", **ask)
    asked = ask_back(case=fund, pence=most, reason="Nobody knows what it is for.", **ask)
    assert held(fund) == 450_00, "nothing moves until it is received"
    let_go(asked=asked, reason="It is for a holiday in August", by=finn, on=ON)
    assert now(fund, finn).asked is None and list(findings()) == []


def test_what_is_left_when_a_fund_ends_is_asked_back_and_received(fund, enter, finn):
    end_budget(budget=fund.budgets.get(), ends_on=STATED, reason="She chose another way", by=finn, on=ON)
    assert not now(fund, finn).asks_back, "the statement to its end is not here"
    enter()
    assert ask_for_what_is_due(on=ON) == 1
    asked = ask_back(
        case=fund, pence=121_43, reason="The fund ended.", answer_by=date(2026, 6, 30), by=finn, on=ON
    )  # fmt: skip
    later = date(2026, 6, 20)
    got = {"received_on": later, "shown_by": "Bank statement of 20 June", "by": finn, "on": later}
    confirm_back(asked=asked, **got)
    with pytest.raises(Refusal, match="cannot become"):
        confirm_back(asked=asked, **got)
    assert held(fund) == 0 and ask_for_what_is_due(on=later) == 0 and list(findings()) == []
    assert now(fund, finn, later).surplus_pence == 0


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(some.tuples(some.integers(0, 30_000), some.booleans()), max_size=4))
def test_whatever_is_stated_and_taken_back_the_books_hold_and_nothing_is_lost(fund, enter, finn, steps):
    with transaction.atomic():
        left, day = 0, STATED
        received = 471_43
        for spent, mistaken in steps:
            spent = min(spent, left + received)
            said = {"opening_pence": left, "received_pence": received, "closing_pence": left + received - spent}
            statement = enter(ends_on=day, spent_pence=spent, **said)
            if mistaken:
                take_back_statement(statement=statement, reason="It was another's", by=finn, on=ON)
            else:
                left, received, day = left + received - spent, 0, day + timedelta(days=1)
        assert held(fund) == left + received and list(findings()) == []
        transaction.set_rollback(True)


def test_what_is_bent_is_named(fund, enter, guards_aside):
    enter()
    guards_aside("UPDATE service_funds_spent SET pence = pence + 1")
    told = " ".join(findings())
    assert "says 35000 pence were spent, and its lines come to 35001" in told and "its movement is another" in told


def test_the_database_keeps_a_statement_as_it_was_and_refuses_one_that_does_not_add_up(fund, enter):
    enter()
    for bent in ("UPDATE service_funds_fundstatement SET holder = 'x'", "DELETE FROM service_funds_counted"):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(bent)


def test_a_table_is_put_together_by_the_lines_of_the_plan(fund):
    lines = lines_of(fund, STATED)
    rows = "Date,Description,Amount\n1/5/26,Support,£100.00\n8/5/26, support ,50\n9/5/26,Swimming,12.50\n,Support,x\n"
    found = read_spent(rows.encode(), lines)
    assert found.lines == {lines[0]: 150_00} and found.others == {"Swimming": 12_50}
    assert [row for row, _ in found.refused] == [5]
    with pytest.raises(Refusal, match="what the money was spent on"):
        read_spent(b"When,Amount\n1/5/26,3\n", lines)


def page(client, user, name, *args, **typed):
    client.force_login(user)
    address = reverse(f"service_funds:{name}", args=args)
    return client.post(address, typed) if typed else client.get(address)


def test_finance_reads_a_table_and_takes_the_statement_in_and_the_person_reads_it(
    client, fund, finn, ada_user, cyril, django_assert_max_num_queries
):
    file = SimpleUploadedFile("may.csv", b"Description,Amount\nSupport,340.00\nSwimming,10.00\n")
    filled = page(client, finn, "enter", fund.pk, read="yes", to_pick_from=file).content.decode()
    assert 'value="340.00"' in filled and 'value="Swimming"' in filled
    typed = {"ends_on_day": "24", "ends_on_month": "5", "ends_on_year": "2026", "opening_pence": "0"}
    typed |= {"received_pence": "471.43", "given_back_pence": "0", "closing_pence": "121.00", "shown_by": SHOWN}
    typed |= {"spent_1": "340", "what_1": "Swimming", "pence_1": "10"}
    refused = page(client, finn, "enter", fund.pk, **typed).content.decode()
    assert "There is a problem" in refused and "what it says comes to £121.43" in refused
    done = page(client, finn, "enter", fund.pk, **(typed | {"closing_pence": "121.43"}))
    assert done.status_code == 302, done.content.decode().split("error-summary__body")[-1][:600]
    own = page(client, ada_user, "show", fund.pk).content.decode()
    with django_assert_max_num_queries(20):
        client.get(reverse("service_funds:show", args=[fund.pk]))
    for words in ("Your service fund", "£121.43", "Swimming", "Not in the plan", "Good Days Ltd"):
        assert words in own
    assert "Enter a statement" not in own
    assert page(client, cyril, "show", fund.pk).status_code in (403, 404)
    listed = page(client, finn, "home").content.decode()
    with django_assert_max_num_queries(20):
        client.get(reverse("service_funds:home"))
    assert "Ada Bell" in listed and len(funds(seen_by=finn, on=ON)) == 1
    assert Look.objects.filter(viewer_id=finn.pk, page="Individual service funds").exists()
