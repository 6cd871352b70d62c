"""The made-up council went through the real actions: what they left behind holds together."""

import re
from collections import Counter, defaultdict
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from rich.console import Console

from leeway.access.models import User
from leeway.care.assessment.models import Assessment, OutcomeNote
from leeway.care.decisions.models import Decision
from leeway.care.people.models import Case, Task
from leeway.care.planning.models import Aim, Choice, Plan, PlanLine
from leeway.care.review.models import Review
from leeway.care.review.queries import next_review, past_reviews
from leeway.insight.measures.relabelling import NEW_LABEL, UNCHANGED, starts
from leeway.insight.records.council import council_records
from leeway.money.banking.working_days import is_bank_working_day
from leeway.money.budgets.models import Budget, Hold
from leeway.money.ledger.queries import findings, trial_balance
from leeway.money.monitoring.models import Check
from leeway.money.payments.lateness import late_payments
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.proving import findings as payment_findings
from leeway.money.statements.queries import how_they_stand
from leeway.period import year_to
from leeway.site.demo import command, later
from leeway.site.demo.people import draw_people, synthetic_numbers
from leeway.site.demo.progress import stage
from leeway.site.demo.saying import GROUPS, WORDS, Sayings
from leeway.site.demo.script import Wait
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


def test_no_two_of_the_crowd_who_stand_together_say_the_same_and_each_speaks_of_their_own_need():
    sayings, drawn = Sayings(7), draw_people(120, seed=7, on=timezone.localdate())
    voices = [sayings.voice_of(person) for person in drawn]
    for words in ("happened", "matters", "mornings", "aims", "reviews"):
        said = [voice.say(WORDS[words]) for voice in voices]
        assert not [one for one, other in pairwise(said) if one == other], words
        assert "{" not in str(said)
    for voice in voices:
        one, other = voice.say_two(WORDS["aims"])
        assert one != other
    every_need = {word for table in (WORDS["happened"], WORDS["aims"]) for word in table}
    assert {*GROUPS.values(), "alone"} == every_need


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


@pytest.fixture
def lived(council):
    """The stories lived on to today, with the payment runs between; gives the staff and the last run."""
    named, today = command.everyone(), timezone.localdate()
    staff = command.staff_of(named, named["bea@fairbourne.example"], named["mona@fairbourne.example"])
    last = command.pay(staff, today, Console(file=StringIO()), command.lives(stories(today), [], today))
    command.keep_statements(staff.finance, today, last)
    return staff, last


def test_past_runs_are_confirmed_the_last_by_its_statement_and_payments_came_back(lived):
    """The last run may be on its way still. Some lines are left for whoever opens the queue."""
    staff, last = lived
    assert PaymentRun.objects.get(pk=last.pk).confirmed_from.startswith("“Care payments”, statement")
    (bank,), _ = how_they_stand([], seen_by=staff.finance)
    assert bank.open_count >= 3 and bank.gaps == ()
    assert bank.bank_pence == bank.began_pence + bank.explained_pence + bank.unexplained_pence
    states = list(PaymentRun.objects.order_by("number").values_list("state", flat=True))
    assert set(states[:-1]) == {"confirmed"} and states[-1] in {"sent", "confirmed"}
    came_back = Payment.objects.filter(state="returned", case__isnull=False)  # and one to a provider
    codes = came_back.filter(answered__said="rejected").values_list("answered__code", flat=True)
    assert came_back.count() == 3 and set(codes) == {"AC04", "ED05"}
    assert Hold.objects.filter(kind="returned", lifted_on=None).count() == 2
    assert list(payment_findings()) == []


def test_runs_are_made_approved_and_paid_on_working_days_each_after_the_other(lived):
    runs = list(PaymentRun.objects.order_by("number"))
    assert len(runs) > 6
    for run in runs:
        assert all(is_bank_working_day(day) for day in (run.made_on, run.approved_on, run.sent_on, run.pay_on))
        assert run.made_on < run.approved_on <= run.sent_on < run.pay_on
    assert [run.made_on for run in runs] == sorted(run.made_on for run in runs)


def test_the_old_service_under_a_new_name_is_found_by_the_measure(council):
    """By what is on record of her alone: nobody else of the stories began a budget with the care they had."""
    today = timezone.localdate()
    month_end = today.replace(day=1) - timedelta(days=1)
    records = council_records(month_end, seen_by=User.objects.get(email="ana@fairbourne.example"), on=today)
    begun = starts(records, year_to(month_end)).join(records.people.select("who", "person"), on="who")
    found = {row["person"]: row["outcome"] for row in begun.collect("polars").to_native().to_dicts()}
    unchanged = {person: outcome for person, outcome in found.items() if outcome in UNCHANGED}
    assert unchanged == {str(council["Joan"].person_id): NEW_LABEL}
    assert len(found) > 2


def every_case() -> list[Case]:
    return list(Case.objects.select_related("person"))


def budgets_of(case: Case) -> list[Budget]:
    return list(case.budgets.order_by("starts_on"))


def test_a_switch_a_wait_an_end_and_a_death_follow_on_their_days(lived):
    """Each is found by what the database says of it, and nobody was paid for what came after."""
    ways = {case: [set(each.parts.values_list("way", flat=True)) for each in budgets_of(case)] for case in every_case()}
    (case,) = [case for case, held in ways.items() if held[:1] != held[-1:]]
    assert ways[case] == [{"council_managed"}, {"direct_payment"}]
    assert case.plans.get(state="agreed").number == 2 and case.plans.filter(state="replaced").exists()
    went_on = Hold.objects.get(kind="hospital", lifted_on__isnull=False)
    waited = Payment.objects.filter(
        case=went_on.budget.case, run__made_on__range=(went_on.placed_on, went_on.lifted_on)
    )
    assert not waited.exists() and went_on.lifted_on - went_on.placed_on == timedelta(days=24)
    (ended,) = [case for case in every_case() if case.stage == "closed" and budgets_of(case)]
    died = Case.objects.get(person__date_of_death__isnull=False)
    assert budgets_of(died)[-1].ending.ends_on == died.person.date_of_death
    for case in (ended, died):
        assert not Payment.objects.filter(case=case, run__made_on__gt=budgets_of(case)[-1].ending.ended_on).exists()
    assert work_everything_out_again().bent == [] and findings() == []


def test_what_waited_goes_on_though_a_payment_came_back_meanwhile(lived):
    budget = Budget.objects.filter(ending=None, holds=None).first()
    finance, today = User.objects.get(email="finn@fairbourne.example"), timezone.localdate()
    player = SimpleNamespace(case=budget.case, staff=SimpleNamespace(finance=finance))
    why = Wait(days=0, for_days=3, kind="queried", why="The agency sent two bills for one week.")
    later.wait(lambda: player, why, today)
    came_back = Hold.objects.create(
        budget=budget, kind="returned", reason="The account is closed.", placed_by=finance, placed_on=today
    )
    later.go_on(lambda: player, why, today)
    assert list(budget.holds.filter(lifted_on=None)) == [came_back]


def test_somebodys_money_is_late_and_finance_knows(lived):
    today = timezone.localdate()
    (instalment,) = late_payments(today)
    assert Payment.objects.get(instalment=instalment).answered.get().code == "ED05"
    command.deliver(today)
    task = Task.objects.get(kind="payment_late", done_on=None)
    assert task.case == instalment.part.budget.case and task.whose == "finance"


def test_whoever_employs_and_keeps_an_account_has_a_first_page_of_few_questions_and_so_has_its_check(
    lived, sign_in, django_assert_max_num_queries
):
    """Ada has everything at once: a record as an employer, an account, three who pay, a helper, and a check due."""
    (staff, _), today, ada = lived, timezone.localdate(), User.objects.get(email="ada@fairbourne.example")
    command.say_who_pays(staff.finance, today)
    command.employ_somebody(ada, today)
    command.keep_account(staff, ada, today)
    command.check_accounts(staff, today)
    check = Check.objects.get(case__person__user=ada, finished_on=None)
    of_check = reverse("monitoring:check", args=[check.case_id, check.pk])
    for reader, address in (("ada", "/home/"), ("tom", "/home/"), ("fay", of_check)):
        client = sign_in(reader)
        with django_assert_max_num_queries(25):
            page = client.get(address).content.decode()
        shown = ("What waited for us",) if reader == "fay" else ("to spend", "s an employer</h3>")
        assert all(each in page for each in shown), reader


def test_nobody_says_in_a_story_what_another_said(lived):
    """Every word of a person, and of the worker about them, is their own, in whatever table it stands."""
    ids = {field: f"{field}__case__person" for field in ("plan", "assessment", "review")}
    said = [
        *Case.objects.values_list("person", "request_words"),
        *Assessment.objects.values_list("case__person", "what_matters"),
        *Assessment.objects.values_list("case__person", "good_day"),
        *OutcomeNote.objects.values_list(ids["assessment"], "person_words"),
        *OutcomeNote.objects.values_list(ids["assessment"], "assessor_words"),
        *Plan.objects.values_list("case__person", "contingency"),
        *Plan.objects.values_list("case__person", "risks"),
        *Aim.objects.values_list(ids["plan"], "words"),
        *Aim.objects.values_list(ids["plan"], "how_we_know"),
        *PlanLine.objects.values_list(ids["plan"], "what"),
        *Choice.objects.values_list("offer__plan__case__person", "words"),
        *Review.objects.values_list("case__person", "person_words"),
        *Review.objects.values_list("case__person", "assessor_words"),
        *Review.objects.values_list("case__person", "reasons"),
    ]
    whose = defaultdict(set)
    for person, words in said:
        whose[words].add(person)
    repeated = {words for words, people in whose.items() if words and len(people) > 1}
    assert not repeated
    assert len(whose) > 150


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
