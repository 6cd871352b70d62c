"""Whose charge is about to change: told weeks ahead, worked out from what was checked, decided one by one."""

import shutil
from datetime import date, timedelta
from html import unescape

import pytest
import yaml
from django.urls import reverse
from django.utils import timezone

from leeway.care.assessment.models import FinancialAssessment
from leeway.care.assessment.queries import preview_charge
from leeway.care.letters.content import letter_of
from leeway.care.people.actions import set_task
from leeway.care.people.events import Event
from leeway.care.people.models import Task
from leeway.care.planning.models import Way
from leeway.care.planning.queries import charges_of, put_right
from leeway.law.dated import DEFAULT_POLICY
from leeway.law.numbers import pounds
from leeway.messages.models import Message
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.budgets.queries import picture
from leeway.money.contributions import actions, queries
from leeway.money.funders.actions import add_funder
from leeway.money.funders.models import Sharing
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.payments.making import make_run
from leeway.money.payments.queries import findings
from leeway.refusal import NotAllowed, Refusal
from tests.care.letters.reading import words
from tests.conftest import SET_UP_ON

STARTS, BIRTHDAY = date(2026, 4, 22), date(2026, 5, 13)
ON = date(2026, 5, 4)
MEANS = {
    "household": "single",
    "dependent_children": 0,
    "premiums": [],
    "income": [{"kind": "private_pension", "pence_per_week": 260_00}],
    "capital_pence": 0,
}
CHECK = {"started_on": date(2026, 3, 20), "completed_on": date(2026, 3, 20), "basis": "full", "means": MEANS}


def worked_out(case, day):
    return preview_charge(case=case, personal_budget_pence_per_week=300_00, on=day).result["charge_pence_per_week"]


@pytest.fixture
def ada_at_24(case):
    case.person.date_of_birth = date(2001, 5, 13)
    case.person.save(update_fields=["date_of_birth"])
    FinancialAssessment.objects.create(case=case, **CHECK)
    return case


@pytest.fixture
def running(ada_at_24, agree, bank, finn):
    """Ada's budget, started when nobody looked at her birthday."""
    plan = agree(ada_at_24, (Way.DIRECT_PAYMENT, 300_00, 0), charge_pence=worked_out(ada_at_24, STARTS))
    bank(ada_at_24)
    return start_budget(plan=plan, by=finn, on=SET_UP_ON)


def test_a_birthday_is_listed_eight_weeks_ahead_and_until_it_is_decided(running, finn):
    eight_weeks = BIRTHDAY - timedelta(weeks=8)
    for day, listed in [(eight_weeks - timedelta(days=1), 0), (eight_weeks, 1), (BIRTHDAY + timedelta(days=90), 1)]:
        assert len(queries.changes(seen_by=finn, on=day)) == listed
    (change,) = queries.changes(seen_by=finn, on=ON)
    assert (change.first.starts_on, change.first.because) == (BIRTHDAY, ("the 25th birthday is reached",))
    assert change.pays_pence_per_week == running.charge_pence_per_week
    assert change.first.charge_pence_per_week == worked_out(running.case, BIRTHDAY) < change.pays_pence_per_week
    assert change.checked_on == CHECK["completed_on"]


def test_who_sees_whose(running, finn, bea, mona, another_case, cyril):
    assert len(queries.changes(seen_by=bea, on=ON)) == len(queries.changes(seen_by=mona, on=ON)) == 1
    running.case.worker = None
    running.case.save(update_fields=["worker"])
    assert not queries.changes(seen_by=bea, on=ON)
    with pytest.raises(NotAllowed):
        queries.changes(seen_by=cyril, on=ON)
    with pytest.raises(NotAllowed):
        actions.decide_change(budget=running, seen="", money_changed=False, by=bea, on=ON)


def test_the_night_asks_finance_once_a_case_and_many_are_one_thing_to_do(running, finn, client):
    for _ in range(2):
        assert actions.ask_for_changes(on=ON).cases == 1
    task = Task.objects.get(kind=Event.CHARGE_CHANGES)
    assert task.due_on == BIRTHDAY and "from 13 May 2026" in task.what and task.whose == "finance"
    client.force_login(finn)
    assert task.what in unescape(client.get("/home/").content.decode())
    for many in range(3):
        set_task(case=running.case, kind=Event.CHARGE_CHANGES, what=f"{many}.", whose="finance", due_on=ON, on=ON)
    together = unescape(client.get("/home/").content.decode())
    assert "4 charges about to change" in together and task.what not in together


def test_it_is_decided_from_that_day_and_the_budget_goes_on(running, finn):
    actions.ask_for_changes(on=ON)
    (change,) = queries.changes(seen_by=finn, on=ON)
    with pytest.raises(Refusal, match="not what you saw"):
        actions.decide_change(budget=running, seen="2026-05-13 1", money_changed=False, by=finn, on=ON)
    later = actions.decide_change(budget=running, seen=change.seen, money_changed=False, by=finn, on=ON)
    running.refresh_from_db()
    assert (running.ending.ends_on, running.ending.replaced) == (BIRTHDAY - timedelta(days=1), True)
    assert later.starts_on == BIRTHDAY and later.charge_pence_per_week == worked_out(running.case, BIRTHDAY)
    decided = charges_of(running.plan)
    assert [each.law_on for each in decided] == [STARTS, BIRTHDAY] and later.charge == decided[-1]
    assert decided[-1].because == ["the 25th birthday is reached"]
    assert not queries.changes(seen_by=finn, on=ON)
    assert not Task.objects.filter(kind=Event.CHARGE_CHANGES, done_on=None).exists()
    assert Message.objects.filter(template="decision_ready", case_id=running.case_id).exists()
    assert list(findings()) == []


def test_a_charge_on_money_that_nobody_is_charged_for_is_refused(running, finn):
    facts = {"starts_on": None, "ends_on": None, "purpose": "", "conditions": "", "total_pence": None}
    fund = add_funder(kind="grant", name="A grant", code="G", means_tested=False, **facts, by=finn, on=SET_UP_ON)
    said = {"line": running.plan.lines.get(), "starts_on": BIRTHDAY, "method": "owner", "reason": "Agreed in March."}
    Sharing.objects.create(**said, recorded_by=finn, recorded_on=ON).portions.create(funder=fund, position=0)
    (change,) = queries.changes(seen_by=finn, on=ON)
    with pytest.raises(Refusal, match=r"only £0\.00 may be charged for"):
        actions.decide_change(budget=running, seen=change.seen, money_changed=False, by=finn, on=ON)
    assert charges_of(running.plan) == [running.charge]


def test_the_money_behind_it_is_asked_about(running, finn):
    """Worked out from an older money check: unanswered is not “nothing changed”."""
    (change,) = queries.changes(seen_by=finn, on=ON)
    for answer, sentence in [(None, "since the money check of 20 March 2026"), (True, "Check the money again first")]:
        with pytest.raises(Refusal, match=sentence) as refused:
            actions.decide_change(budget=running, seen=change.seen, money_changed=answer, by=finn, on=ON)
        assert refused.value.field == "money_changed"
    actions.decide_change(budget=running, seen=change.seen, money_changed=False, by=finn, on=ON)
    (told,) = running.case.story.filter(kind=Event.CHARGE_DECIDED, sentence__contains="13 May 2026")
    assert "Money is as it was checked on 20 March 2026." in told.sentence


def test_an_overdue_change_counts_what_was_paid_already(running, finn, paid):
    """Paid until 24 May by the old amount: the days since the birthday are not paid twice."""
    run = make_run(pay_on=date(2026, 4, 30), by=finn, on=date(2026, 4, 23))
    paid(run, date(2026, 4, 23))
    day = date(2026, 5, 18)
    (change,) = queries.changes(seen_by=finn, on=day)
    later = actions.decide_change(budget=running, seen=change.seen, money_changed=False, by=finn, on=day)
    assert list(findings()) == []
    said = "The budget goes on. From 13 May 2026 Ada Bell pays"
    assert running.case.story.filter(sentence__startswith=said).exists()
    assert not running.case.story.filter(sentence__startswith="Budget ends").exists()
    shown = picture(running.case_id, seen_by=finn, on=day)
    (found,) = shown.backdated
    asked, right = running.charge_pence_per_week, later.charge_pence_per_week
    assert (found.asked.starts_on, found.asked.ends_on) == (BIRTHDAY, day - timedelta(days=1))
    assert (found.asked.asked_pence, found.asked.right_pence) == (asked * 5 // 7, right * 5 // 7)
    (part,) = found.paid
    assert (part.starts_on, part.ends_on) == (BIRTHDAY, date(2026, 5, 24))
    rows = [row.instalment for row in shown.rows]
    repaid = [row.amount_pence for row in rows if row.starts_on == BIRTHDAY]
    assert [part.more_pence] == repaid and part.more_pence == pytest.approx((asked - right) * 12 // 7, abs=2)
    assert {row.part.budget_id for row in rows} == {running.pk, later.pk}  # what was paid before stays to be seen
    letter = words(letter_of(later.charge))
    assert "What we put right" in letter and pounds(found.asked.back_pence) in letter
    assert "That is too much by" in letter and "It goes into our next payments" in letter
    assert put_right(running.charge) is None


@pytest.mark.parametrize("day", [ON, BIRTHDAY])
def test_a_change_decided_in_time_puts_nothing_right(running, finn, day):
    (change,) = queries.changes(seen_by=finn, on=day)
    later = actions.decide_change(budget=running, seen=change.seen, money_changed=False, by=finn, on=day)
    assert not picture(running.case_id, seen_by=finn, on=day).backdated
    assert "What we put right" not in words(letter_of(later.charge))


def test_a_budget_with_a_last_day_to_come_keeps_it(running, finn):
    last_day = date(2026, 6, 30)
    end_budget(cover="Her family, from then on", budget=running, ends_on=last_day, reason="Moving away", by=finn, on=ON)
    (change,) = queries.changes(seen_by=finn, on=ON)
    later = actions.decide_change(budget=running, seen=change.seen, money_changed=False, by=finn, on=ON)
    assert later.ending.ends_on == last_day and later.ending.because.startswith("Moving away. From then on")
    assert list(findings()) == []


def test_a_change_after_the_last_day_is_none(running, finn):
    end_budget(
        cover="Her family, from then on",
        budget=running,
        ends_on=BIRTHDAY - timedelta(days=1),
        reason="Moving away",
        by=finn,
        on=ON,
    )
    assert not queries.changes(seen_by=finn, on=ON)


def test_a_new_money_check_counts_from_its_day(running, finn):
    day = date(2026, 5, 1)
    richer = MEANS | {"income": [{"kind": "private_pension", "pence_per_week": 320_00}]}
    FinancialAssessment.objects.create(case=running.case, **CHECK | {"completed_on": day, "means": richer})
    (change,) = queries.changes(seen_by=finn, on=ON)
    assert [each.starts_on for each in change.stretches] == [day, BIRTHDAY]
    assert change.first.because == ("the money was checked again",)
    assert change.first.charge_pence_per_week > change.pays_pence_per_week > worked_out(running.case, BIRTHDAY) - 60_00


def test_a_figure_put_right_after_the_decision_is_a_change(running, finn, settings, tmp_path):
    """April's values came into the policy late, from a day before the charge that was decided."""
    policy = shutil.copytree(DEFAULT_POLICY, tmp_path / "policy")
    path = policy / "charging_policy" / "percent_of_disposable.yaml"
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    values["values"][date(2026, 4, 6)] = {"value": 50, "source": {"title": "Cabinet, 20 April 2026"}}
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    settings.COUNCIL_POLICY = policy
    (change,) = queries.changes(seen_by=finn, on=STARTS)
    assert change.first.starts_on == STARTS + timedelta(days=1)
    assert "put right" in change.first.because[0]
    assert change.first.charge_pence_per_week == running.charge_pence_per_week // 2
    actions.decide_change(budget=running, seen=change.seen, money_changed=False, by=finn, on=STARTS)
    assert not queries.changes(seen_by=finn, on=STARTS)


def test_a_check_done_before_support_starts_counts(running, finn):
    """Ada's money was checked again after the decision, and before its first day."""
    again = CHECK | {"completed_on": STARTS - timedelta(days=2)}
    again["means"] = MEANS | {"income": [{"kind": "private_pension", "pence_per_week": 200_00}]}
    FinancialAssessment.objects.create(case=running.case, **again)
    (change,) = queries.changes(seen_by=finn, on=STARTS)
    assert change.first.starts_on == STARTS + timedelta(days=1)
    assert change.first.charge_pence_per_week == worked_out(running.case, STARTS) < running.charge_pence_per_week


def test_a_kind_newer_than_the_charge_hides_nobodys_change(running, finn):
    """A scheme that began after the charge was decided is read by the law of the day of the check."""
    owned = [{"kind": "miscarriage_of_justice", "pence": 900_00}]
    again = CHECK | {"completed_on": ON, "means": MEANS | {"capital_items": owned}}
    FinancialAssessment.objects.create(case=running.case, **again)
    (change,) = queries.changes(seen_by=finn, on=ON)
    assert not change.first.problem


def test_what_cannot_be_worked_out_asks_for_a_money_check(ada_at_24, agree, bank, finn, another_case):
    """Lena's support was free while nobody had checked her means."""
    lena = another_case("Lena")
    lena.person.date_of_birth = date(2001, 5, 13)
    lena.person.save(update_fields=["date_of_birth"])
    bank(lena, account_number="87654321")
    budget = start_budget(plan=agree(lena, (Way.DIRECT_PAYMENT, 300_00, 0)), by=finn, on=SET_UP_ON)
    (change,) = queries.changes(seen_by=finn, on=ON)
    assert change.first.charge_pence_per_week is None and "money check" in change.first.problem
    actions.ask_for_changes(on=ON)
    assert "Check Lena Example’s money again" in Task.objects.get(kind=Event.CHARGE_CHANGES).what
    with pytest.raises(Refusal, match="Do a new money check"):
        actions.decide_change(budget=budget, seen=change.seen, money_changed=False, by=finn, on=ON)


def test_a_charge_that_is_missing_hides_nobodys_change(running, ada_at_24, agree, bank, finn, another_case):
    """The decision on what Lena pays has come off her plan: she is listed, so that somebody looks, and so is Ada."""
    lena = another_case("Lena")
    bank(lena, account_number="87654321")
    budget = start_budget(plan=agree(lena, (Way.DIRECT_PAYMENT, 300_00, 0)), by=finn, on=SET_UP_ON)
    budget.plan.charges.clear()
    of_lena, of_ada = queries.changes(seen_by=finn, on=ON)
    assert of_lena.first.problem == queries.MISSING and of_ada.first.starts_on == BIRTHDAY
    with pytest.raises(Refusal, match="missing from the record"):
        actions.decide_change(budget=budget, seen=of_lena.seen, money_changed=False, by=finn, on=ON)


def test_each_stretch_names_the_check_that_it_rests_on(running, finn):
    """Checked again after the birthday, and nothing is new: what is paid from then rests on the check before."""
    day = BIRTHDAY + timedelta(days=5)
    FinancialAssessment.objects.create(case=running.case, **CHECK | {"completed_on": day})
    (change,) = queries.changes(seen_by=finn, on=day)
    assert change.rests_on == {BIRTHDAY: CHECK["completed_on"]} and change.checked_on == day
    actions.decide_change(budget=running, seen=change.seen, money_changed=False, by=finn, on=day)
    (told,) = running.case.story.filter(kind=Event.CHARGE_DECIDED, sentence__contains="13 May 2026")
    assert "Money is as it was checked on 20 March 2026." in told.sentence


def test_a_change_dated_back_falls_due_at_once(ada_at_24, agree, finn):
    """Decided late: nothing waits for the night, and nobody reads meanwhile that all of it is owed back."""
    pays = worked_out(ada_at_24, STARTS)
    budget = start_budget(
        plan=agree(ada_at_24, (Way.COUNCIL_MANAGED, 300_00, 0), charge_pence=pays), by=finn, on=SET_UP_ON
    )
    day = BIRTHDAY + timedelta(days=20)
    actions.let_fall_due(on=day)
    (change,) = queries.changes(seen_by=finn, on=day)
    actions.decide_change(budget=budget, seen=change.seen, money_changed=False, by=finn, on=day)
    owed = -balance(Account.objects.get(kind=Kind.OWED_BY_PERSON, case=budget.case))
    days, then = (BIRTHDAY - STARTS).days, change.first.charge_pence_per_week
    until = date(2026, 6, 21)  # the last day of the period that runs
    right = (pays * days + then * ((until - BIRTHDAY).days + 1)) / 7
    assert owed == pytest.approx(right, abs=2)
    assert actions.let_fall_due(on=day) == 0 and list(findings()) == []


@pytest.fixture
def soon(case, agree, bank, finn):
    """On the real day, since pages read the clock: a 25th birthday in ten days."""
    today = timezone.localdate()
    birthday = today + timedelta(days=10)
    case.person.date_of_birth = date(birthday.year - 25, birthday.month, min(birthday.day, 28))
    case.person.save(update_fields=["date_of_birth"])
    check = CHECK | {"started_on": today, "completed_on": today}
    FinancialAssessment.objects.create(case=case, **check)
    pays = worked_out(case, today)
    plan = agree(case, (Way.DIRECT_PAYMENT, 300_00, 0), charge_pence=pays, starts_on=today)
    bank(case)
    return start_budget(plan=plan, by=finn, on=today)


def test_the_pages(client, soon, finn, bea):
    client.force_login(bea)
    page = client.get(reverse("contributions:changes")).content.decode()
    assert "Ada Bell" in page and "25th birthday" in page
    assert client.get(reverse("contributions:change", args=[soon.case_id])).status_code == 403
    client.force_login(finn)
    rows = client.get(reverse("contributions:changes_csv")).content.decode().splitlines()
    assert len(rows) == 2 and "25th birthday" in rows[1] and str(soon.charge_pence_per_week) in rows[1]
    address = reverse("contributions:change", args=[soon.case_id])
    shown = client.get(address).content.decode()
    assert "What is paid changes" in shown
    assert "not what you saw" in client.post(address, {"seen": "old", "money_changed": "False"}).content.decode()
    unsent = client.post(address, {"money_changed": "False"}).content.decode()
    assert "What you saw did not come" in unsent and "Enter the seen" not in unsent
    (change,) = queries.changes(seen_by=finn, on=timezone.localdate())
    assert client.post(address, {"seen": change.seen, "money_changed": "False"}).status_code == 302
    assert "Nobody’s charge changes" in client.get(reverse("contributions:changes")).content.decode()
    assert client.get(address).status_code == 404
