"""A step of a run with many payments is a job: its page says how far it is, and the run stays as it was until then."""

from datetime import date, timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.planning.models import Way
from leeway.files import store
from leeway.jobs.actions import SIGNS_IN_NO_MORE
from leeway.jobs.jobs import perform
from leeway.jobs.models import Job
from leeway.jobs.states import State as JobState
from leeway.money.budgets.actions import place_hold, start_budget
from leeway.money.budgets.models import HoldKind
from leeway.money.ledger.models import Transfer
from leeway.money.payments import actions, making
from leeway.money.payments.models import PaymentRun
from leeway.money.payments.queries import findings
from leeway.money.payments.states import State
from tests.insight.pages.test_waves import told
from tests.races import at_once

SET_UP_ON, ON, PAY_ON = date(2026, 4, 1), date(2026, 4, 20), date(2026, 4, 24)
CHOSEN = {"pay_on_day": 24, "pay_on_month": 4, "pay_on_year": 2026, "make": "yes"}
SENT = {"sent_on_day": 20, "sent_on_month": 4, "sent_on_year": 2026, "pay_on": "2026-04-24"}
SEEN = {"confirmed_from": "Bank statement of that day", "returned": "000001-000002 account closed", "checked": "yes"}


@pytest.fixture
def budgets(another_case, agree, bank, finn, settings, monkeypatch):
    """Three people whose first £71.43 is due; anything with more than two payments takes long."""
    settings.AT_ONCE_MOST = 2
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)
    started = []
    for place, name in enumerate(("Amy", "Bob", "Cid")):
        case = another_case(name)
        bank(case, account_number=str(12345678 + place), name=name)
        started.append(start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=SET_UP_ON))
    return started


@pytest.fixture
def run(budgets, finn):
    """A run of the three that Finn made."""
    return making.make_run(pay_on=PAY_ON, by=finn, on=ON)


def press(client, name, run=None, **said):
    return client.post(reverse(name, args=[run.pk] if run else []), said, follow=True)


def page_of(client, run):
    return told(client.get(reverse("payments:show", args=[run.pk])))


def lay_in_the_store(job):
    return store.fetch(job.arguments["given"]) is not None


@pytest.mark.django_db
def test_a_run_goes_all_the_way_by_jobs(
    budgets, as_user, finn, fay, work, monkeypatch, django_capture_on_commit_callbacks
):
    waits = told(press(as_user(finn), "payments:make", **CHOSEN))
    assert "Make the payment run for 24 April 2026" in waits and "This waits for its turn." in waits
    home = told(as_user(fay).get(reverse("payments:home")))
    assert "Being made: waits for its turn. Finn Walsh asked for it on" in home
    assert "Make a payment run" not in home and not PaymentRun.objects.exists()
    work()
    made = Job.objects.get()
    run = PaymentRun.objects.get()
    assert (made.result_address, made.result_link) == (reverse("payments:show", args=[run.pk]), "Look at run 1")
    assert (run.state, run.made_by, run.payments_count) == (State.MADE, finn, 3)

    press(as_user(fay), "payments:approve", run, pay_on=PAY_ON)
    Job.objects.filter(kind="approve_run").update(state=JobState.WORKING, steps_done=2, steps=3)
    text = page_of(as_user(finn), run)
    assert "Being approved: 2 of 3 payments. Fay Ito asked for it on" in text and "See how far it is" not in text
    assert "Waiting for a second officer" in text and "Cancel this run" not in text and "Leave out" not in text
    assert "See how far it is" in page_of(as_user(fay), run) and "Approve 3 payments" not in page_of(as_user(fay), run)
    work()
    run.refresh_from_db()
    assert (run.state, run.approved_by) == (State.APPROVED, fay)
    assert "Fay Ito asked" not in page_of(as_user(finn), run), "what is done is seen in the run itself"

    press(as_user(finn), "payments:send", run, **SENT)
    work()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: PAY_ON)
    press(as_user(finn), "payments:confirm", run, **SEEN)
    confirming = Job.objects.get(kind="confirm_run")
    assert "account closed" not in str(confirming.arguments) and lay_in_the_store(confirming)
    with django_capture_on_commit_callbacks(execute=True):
        work()
    run.refresh_from_db()
    assert (run.state, run.confirmed_from) == (State.CONFIRMED, SEEN["confirmed_from"])
    assert run.payments.get(place=2).returned_because == "account closed"
    assert not lay_in_the_store(confirming), "what was given goes once the job is through"
    assert list(findings()) == [] and not ProcrastinateJob.objects.exists()


@pytest.mark.django_db
def test_pressed_again_it_is_one_job_and_nothing_else_is_begun_beside_it(run, as_user, finn, fay, work):
    first = press(as_user(fay), "payments:approve", run, pay_on=PAY_ON)
    second = press(as_user(fay), "payments:approve", run, pay_on=PAY_ON)
    assert first.redirect_chain == second.redirect_chain and Job.objects.count() == 1
    for name, said in (("payments:cancel", {}), ("payments:redate", {**CHOSEN, "pay_on_day": 27})):
        assert "“Approve payment run 1” is under way, as Fay Ito asked." in told(
            press(as_user(finn), name, run, **said)
        )
    barred = as_user(finn).get(reverse("payments:redate", args=[run.pk]), follow=True)
    assert "is under way" in told(barred)
    work()
    run.refresh_from_db()
    assert run.state == State.APPROVED and Job.objects.count() == 1


@pytest.mark.django_db
def test_what_is_plain_at_once_is_refused_at_once(run, as_user, finn, fay):
    assert "another finance officer must approve it" in told(
        press(as_user(finn), "payments:approve", run, pay_on=PAY_ON)
    )
    approved = actions.approve_run(run=run, by=fay, on=ON)
    text = told(press(as_user(finn), "payments:send", approved, **{**SENT, "sent_on_day": 19}))
    assert "one from its approval on 20 April 2026 until today" in text
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_what_does_not_work_says_why_to_whom_it_concerns_and_writes_nothing(run, budgets, as_user, finn, fay, work):
    press(as_user(fay), "payments:approve", run, pay_on=PAY_ON)
    place_hold(budget=budgets[0], kind=HoldKind.SAFEGUARDING, reason="She is ill", last_on=PAY_ON, by=finn, on=ON)
    work()
    run.refresh_from_db()
    assert run.state == State.MADE and list(findings()) == []
    text = page_of(as_user(finn), run)
    assert "“Approve payment run 1” did not work, and nothing was changed. 1 of these payments may no longer" in text
    assert "that to Amy Example among them" in text and "Cancel this run" in text
    Job.objects.update(ended_at=timezone.now() - timedelta(days=8))
    assert "did not work" not in page_of(as_user(finn), run), "it is told for a week"
    alex = User.objects.create_user("alex@council.example", name="Alex Grant", roles=[Role.ADMINISTRATOR])
    for address in (reverse("jobs:every"), reverse("jobs:show", args=[Job.objects.get().pk])):
        text = told(as_user(alex).get(address))
        assert "It was refused, with a reason that Fay Ito can read." in text and "Amy" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes, why",
    [({"roles": [Role.ANALYST]}, "Only a finance officer"), ({"is_active": False}, SIGNS_IN_NO_MORE)],
)
def test_whoever_asked_must_still_be_allowed_when_it_is_done(run, as_user, fay, work, changes, why):
    press(as_user(fay), "payments:approve", run, pay_on=PAY_ON)
    User.objects.filter(pk=fay.pk).update(**changes)
    work()
    job = Job.objects.get()
    run.refresh_from_db()
    assert (job.state, run.state) == (JobState.FAILED, State.MADE) and job.error.startswith(why)


@pytest.mark.django_db
def test_broken_off_in_the_middle_it_leaves_nothing_and_is_begun_anew(run, as_user, finn, fay, monkeypatch):
    actions.approve_run(run=run, by=fay, on=ON)
    press(as_user(finn), "payments:send", run, **SENT)
    job, sent = Job.objects.get(), Transfer.objects.filter(reason="payment_sent")

    def gone(*_):
        assert sent.count() == 3, "the money has left already"
        raise OperationalError("gone")

    with monkeypatch.context() as broken, pytest.raises(OperationalError):
        broken.setattr(actions, "_tell_sent", gone)
        perform(job.pk)
    run.refresh_from_db()
    assert (run.state, sent.count(), Job.objects.get().state) == (State.APPROVED, 0, JobState.WORKING)
    perform(job.pk)
    run.refresh_from_db()
    assert (run.state, sent.count(), Job.objects.get().attempt) == (State.SENT, 3, 2)
    assert list(findings()) == []


@pytest.mark.django_db
def test_the_history_of_a_run_says_who_asked(run, as_user, fay, work):
    press(as_user(fay), "payments:approve", run, pay_on=PAY_ON)
    work()
    last = run.events.latest("pgh_id")
    assert (last.state, last.pgh_context.metadata["user"]) == (State.APPROVED, fay.pk)


@pytest.mark.django_db
def test_the_page_of_a_run_needs_few_queries_while_a_job_is_at_it(run, as_user, fay, django_assert_max_num_queries):
    press(client := as_user(fay), "payments:approve", run, pay_on=PAY_ON)
    with django_assert_max_num_queries(25):
        assert "Being approved" in page_of(client, run)


@pytest.mark.django_db(transaction=True)
def test_two_officers_press_at_once_and_one_of_them_has_it_done(run, fay):
    users = fay, User.objects.create_user("fred@council.example", name="Fred Moss", roles=[Role.FINANCE])

    def ready(user):
        client = Client()
        client.force_login(user)
        client.get("/home/")
        return lambda: client.post(reverse("payments:approve", args=[run.pk]), {"pay_on": PAY_ON})

    first, second = at_once(*map(ready, users))
    assert first.status_code == 302
    assert "“Approve payment run 1” is under way, as Fay Ito asked." in told(second)
    assert Job.objects.get().asked_by == fay
