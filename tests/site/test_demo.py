"""The made-up council went through the real actions: what they left behind holds together."""

import re
from collections import Counter
from io import StringIO

import pytest
from django.utils import timezone
from rich.console import Console

from leeway.care.decisions.models import Decision
from leeway.care.people.models import Case
from leeway.care.review.queries import next_review, past_reviews
from leeway.money.budgets.models import Budget, Hold
from leeway.money.ledger.queries import findings, trial_balance
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.statements.kinds import Whose
from leeway.money.statements.queries import accounts
from leeway.money.statements.queries import findings as payment_findings
from leeway.site.demo import command
from leeway.site.demo.people import draw_people, synthetic_numbers
from leeway.site.demo.progress import stage
from leeway.site.demo.stories import stories
from leeway.site.replay import work_everything_out_again

pytestmark = pytest.mark.django_db


def test_every_story_reaches_where_it_should(council):
    wanted = {script.details["given_name"]: script.until for script in stories(timezone.localdate())}
    assert {name: case.stage for name, case in council.items()} == wanted


def test_every_stored_decision_is_worked_out_again_without_a_difference(council):
    found = work_everything_out_again()
    assert found.recomputed == Decision.objects.exclude(kind="ending").count() > 20
    assert found.budgets == Budget.objects.count() > 5
    assert (found.bent, found.corrected, found.missing) == ([], [], [])


def test_the_ledger_balances(council):
    assert findings() == []
    assert sum(trial_balance().values()) == 0


def test_after_care_is_free_and_half_is_the_nhs_and_help_beside_it_is_charged(case_of):
    decision = Decision.objects.get(case=case_of("Kofi"), kind="final_budget")
    budget, lines = decision.result, {line["exemption"]: line for line in decision.inputs["lines"]}
    after_care = lines["section_117"]["pence_per_week"]
    assert budget["nhs_pence_per_week"] == after_care // 2
    charge = Decision.objects.get(pk=decision.inputs["charge_decisions"][0]).result
    assert [part["pence_per_week"] for part in charge["free_parts"]] == [after_care - after_care // 2]
    assert 0 < budget["charge_pence_per_week"] <= lines["ordinary"]["pence_per_week"]


def test_somebody_exactly_at_the_capital_limit_is_still_inside_the_means_test(case_of):
    charge = Decision.objects.get(case=case_of("Harold"), kind="charge").result
    assert charge["full_cost"] is False
    assert charge["tariff_income_pence_per_week"] == 36_00


def test_the_same_seed_draws_the_same_people():
    day = timezone.localdate()
    assert draw_people(30, seed=7, on=day) == draw_people(30, seed=7, on=day)
    assert draw_people(30, seed=7, on=day) != draw_people(30, seed=8, on=day)


@pytest.mark.parametrize("seed", range(3))
def test_made_up_nhs_numbers_differ_and_are_from_the_test_range(seed):
    numbers = synthetic_numbers(500, seed)
    assert len(set(numbers)) == 500
    assert all(number.startswith("999") for number in numbers)


def test_the_drawn_people_follow_the_published_shares():
    drawn = draw_people(3000, seed=1, on=timezone.localdate())
    bands = Counter(person.band for person in drawn)
    older = bands["65+"] / len(drawn)
    assert abs(older - 551_545 / 841_230) < 0.03  # England 2020-21: people in long-term support by age
    younger = [person for person in drawn if person.band == "18-64"]
    paid = sum(person.way in {"direct_payment", "mixed"} for person in younger) / len(younger)
    assert abs(paid - 92_785 / 245_310) < 0.05  # direct payment or part, of those in community support


def test_whoever_has_support_has_a_review_ahead_and_those_that_fell_due_were_held(council):
    for case in Case.objects.filter(pk__in=[case.pk for case in council.values()], stage="active"):
        assert next_review(case).due_on > timezone.localdate()
    assert past_reviews(council["Ada"]).count() >= 1


def test_past_runs_are_confirmed_the_last_by_its_statement_and_two_payments_came_back(council):
    """The last run may be on its way still. Some lines are left for whoever opens the queue."""
    named, today = command.everyone(), timezone.localdate()
    staff = command.staff_of(named, named["bea@fairbourne.example"], named["mona@fairbourne.example"])
    last = command.pay(staff, today, Console(file=StringIO()))
    command.keep_statements(staff.finance, today, last)
    assert PaymentRun.objects.get(pk=last.pk).confirmed_from.startswith("“Care payments”, statement")
    (bank,) = [each for each in accounts(seen_by=staff.finance) if each.account.whose == Whose.COUNCIL]
    assert bank.open_count >= 3 and bank.gaps == ()
    assert bank.bank_pence == bank.began_pence + bank.explained_pence + bank.unexplained_pence
    states = list(PaymentRun.objects.order_by("number").values_list("state", flat=True))
    assert set(states[:-1]) == {"confirmed"} and states[-1] in {"sent", "confirmed"}
    came_back = Payment.objects.filter(state="returned")
    assert came_back.count() == 2 and came_back.filter(answered__said="rejected").count() == 1
    assert Hold.objects.filter(kind="returned", lifted_on=None).count() == 2
    assert list(payment_findings()) == []


def test_carers_have_a_case_of_their_own(council):
    case = Case.objects.get(pk=council["Pat"].pk)
    assert case.kind == "carer" and case.cared_for.given_name == "Len"


def test_each_stage_is_one_plain_line_where_there_is_no_terminal():
    """Begun when the stage begins, so that whoever reads a log sees what is going on."""
    written = StringIO()
    with stage("The tables", Console(file=written)):
        assert written.getvalue() == "The tables … "
    assert re.fullmatch(r"The tables … \d+ s\n", written.getvalue())


@pytest.mark.parametrize("steps", [None, 3])
def test_each_stage_moves_at_a_terminal_and_is_ticked_off(steps):
    """Where steps cannot be counted too: the sign before the name turns by itself."""
    screen = StringIO()
    with stage("The tables", Console(file=screen, force_terminal=True, width=100), steps) as step_done:
        for _ in range(steps or 0):
            step_done()
        assert "The tables" in screen.getvalue()
    assert "✓ The tables" in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen.getvalue())
