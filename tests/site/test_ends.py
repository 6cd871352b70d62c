"""How things end, and are taken back: which tasks are over, what a mistaken death gives back, stays, last costs."""

import itertools
from datetime import date, timedelta

import pytest
from django.urls import reverse

from leeway.care.circumstances import actions as circumstances
from leeway.care.circumstances.queries import care_home_nights, standing_death, stay_on
from leeway.care.people import actions as people
from leeway.care.people.access import is_own_case
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Person, Task, Whose
from leeway.care.people.states import Stage
from leeway.care.planning import actions as planning
from leeway.care.planning.models import Plan, PlanState, Way
from leeway.care.review import actions as reviews
from leeway.care.review.queries import next_review, version_of_next
from leeway.messages.models import Message
from leeway.messages.states import State
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import Budget, Cancellation, HoldKind, Instalment
from leeway.money.budgets.queries import picture
from leeway.money.ledger.models import Kind, Transfer
from leeway.money.ledger.queries import balances_of_case
from leeway.money.payees import actions as payees
from leeway.money.payees.models import Holder
from leeway.money.payments.actions import NothingToPay, approve_run, cancel_run, make_run, record_sent
from leeway.money.payments.queries import findings
from leeway.refusal import NotAllowed, Refusal
from leeway.site import events
from leeway.site.casepage import parts
from leeway.versions import version_of
from tests.races import at_once

STARTED, DIED, ON, PAY_ON = date(2026, 4, 10), date(2026, 5, 31), date(2026, 6, 4), date(2026, 6, 15)
NEXT = ON + timedelta(days=1)
END = "Ada Bell has died. End the budget."
FIND = "Find out who settles what Ada Bell leaves, and record them."
WAITS = "Ada Bell's payments wait. Make sure that support goes on."
AWAY = "Decide what is paid while Ada Bell is away."
BACK = "Ada Bell is back. Check that payments go on."
LIVES = "Ada Bell has not died. Check that payments go on."


@pytest.fixture
def budget(case, agree, bank, finn):
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    Person.objects.filter(pk=case.person_id).update(email="ada@home.example")
    return budgets.start_budget(plan=plan, by=finn, on=STARTED)


@pytest.fixture
def ada_case(budget):
    return Case.objects.get(pk=budget.case_id)


@pytest.fixture
def die(ada_case, bea):
    def died(on=ON, died_on=DIED):
        return circumstances.record_death(case=ada_case, died_on=died_on, told_by="Tom, by phone", by=bea, on=on)

    return died


@pytest.fixture
def undo(ada_case, bea):
    return lambda on=NEXT: circumstances.undo_death(
        case=ada_case,
        because="Another Ada Bell.",
        version=version_of(standing_death(ada_case.person)),
        by=bea,
        on=on,
    )


@pytest.fixture
def go_to(ada_case, bea):
    def went(kind, starts_on=DIED, ends_on=None):
        return circumstances.record_stay(
            case=ada_case, kind=kind, place="", starts_on=starts_on, ends_on=ends_on, told_by="A nurse", by=bea, on=ON
        )

    return went


@pytest.fixture
def settles(ada_case, bea):
    def recorded(**more):
        details = {"name": "Tom Bell", "kind": "sibling", "authority": "representative", "evidence": "Probate seen"}
        return people.add_relationship(case=ada_case, details=details | {"starts_on": ON} | more, by=bea, on=ON)

    return recorded


@pytest.fixture
def end(budget, finn):
    """End Ada's budget as the page does that shows what is on record of her death."""

    def ended(ends_on=DIED, on=ON):
        death = standing_death(Person.objects.get(pk=budget.case.person_id))
        return budgets.end_budget(
            budget=budget, ends_on=ends_on, reason="It ends", death=death and death.pk, by=finn, on=on
        )

    return ended


def tasks(case, whose=None):
    found = Task.objects.filter(case=case, done_on=None)
    return {task.what for task in (found.filter(whose=whose) if whose else found)}


def test_every_task_is_ended_by_some_event_or_by_hand():
    asked = {kind for kind, row in events.EVENTS.items() if row.tasks}
    asked |= {Event.REVIEW_DUE, Event.MESSAGE_FAILED, Event.LETTER_TO_POST, Event.CARED_FOR_DIED}
    over = {kind for row in events.EVENTS.values() for each in row.over for kind in each.kinds}
    assert asked - over - events.BY_HAND == {Event.LETTER_TO_POST}  # over with the letter itself
    assert over <= asked


def test_a_death_undone_ends_what_the_death_had_asked_and_the_other_way_round(ada_case, die, undo):
    die()
    assert {END, FIND} <= tasks(ada_case)
    undo()
    assert not {END, FIND} & tasks(ada_case) and LIVES in tasks(ada_case)
    die()
    assert {END, FIND} <= tasks(ada_case) and LIVES not in tasks(ada_case)


def test_a_death_before_a_last_day_to_come_brings_it_forward(budget, ada_case, die, end, undo, finn):
    """What falls due is shortened to the day of death, the rest is released, and it is done once."""
    end(ends_on=date(2026, 7, 31), on=ON)
    die()
    assert END in tasks(ada_case)
    assert budget.holds.filter(kind=HoldKind.DEATH, lifted_on=None).exists()
    with pytest.raises(Refusal, match="nothing falls due after that day"):
        end(ends_on=date(2026, 6, 30))
    ending = end()
    assert (ending.ends_on, ending.first_ends_on, ending.sooner_by) == (DIED, date(2026, 7, 31), finn)
    live = Instalment.objects.filter(part__budget=budget, cancellation=None)
    assert max(each.ends_on for each in live) == DIED
    set_aside = next(pence for account, pence in balances_of_case(ada_case).items() if account.kind == Kind.COMMITTED)
    assert set_aside == sum(each.amount_pence for each in live)
    assert END not in tasks(ada_case) and not budget.holds.filter(lifted_on=None).exists()
    assert list(findings()) == []
    with pytest.raises(Refusal, match="has ended already"):
        end(ends_on=date(2026, 5, 1))


def test_a_form_to_end_the_budget_from_before_the_death_was_undone_ends_nothing(
    budget, die, undo, finn, client, settings
):
    death = die()
    client.force_login(finn)
    address = f"/cases/{budget.case_id}/budget/end/"
    assert f'value="{death.pk}"' in client.get(address).content.decode()
    undo()
    sent = {"ends_on_day": "31", "ends_on_month": "5", "ends_on_year": "2026", "reason": "The person has died"}
    page = client.post(address, sent | {"death": str(death.pk)})
    assert "they have not died" in page.content.decode()
    assert not hasattr(Budget.objects.get(pk=budget.pk), "ending")
    assert client.post(address, sent | {"death": ""}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_budget_is_not_ended_while_the_death_is_undone(budget, die, undo, finn):
    death = die()
    said = at_once(
        undo,
        lambda: budgets.end_budget(budget=budget, ends_on=DIED, reason="She died", death=death.pk, by=finn, on=ON),
    )
    assert isinstance(said[1], Refusal) and "they have not died" in str(said[1])
    assert not hasattr(Budget.objects.get(pk=budget.pk), "ending")


def test_a_form_from_before_a_death_ends_nothing_either(budget, die, finn):
    die()
    with pytest.raises(Refusal, match=r"has changed since .* died on 31 May 2026"):
        budgets.end_budget(budget=budget, ends_on=DIED, reason="Moved", by=finn, on=ON)


def test_a_budget_ended_by_mistake_is_set_up_again_and_pays_each_day_once(budget, ada_case, die, undo, end, finn, paid):
    run = make_run(pay_on=date(2026, 5, 20), by=finn, on=date(2026, 5, 14))
    paid(run, date(2026, 5, 14))
    hold = budgets.place_hold(budget=budget, kind=HoldKind.SAFEGUARDING, reason="A concern", by=finn, on=DIED)
    die(died_on=date(2026, 5, 20))
    beyond_pence = end(date(2026, 5, 20)).paid_beyond_pence
    assert beyond_pence
    with pytest.raises(Refusal, match="the person lives"):
        budgets.set_up_again(budget=budget, reason="She lives", by=finn, on=ON)
    undo()
    again = budgets.set_up_again(budget=budget, reason="She lives", by=finn, on=NEXT)
    assert (again.plan, again.starts_on) == (budget.plan, date(2026, 5, 21))
    assert [each.reason for each in again.holds.filter(lifted_on=None)] == [hold.reason]
    of_again = Instalment.objects.filter(part__budget=again)
    assert sum(each.already_paid_pence for each in of_again) == beyond_pence
    balances = {account.kind: pence for account, pence in balances_of_case(ada_case, as_at=NEXT).items()}
    assert balances[Kind.HELD_BY_PERSON] == run.total_pence
    assert LIVES not in tasks(ada_case)
    with pytest.raises(Refusal, match="This budget runs"):
        budgets.set_up_again(budget=budget, reason="Again", by=finn, on=NEXT)
    with pytest.raises(NotAllowed):
        budgets.set_up_again(budget=again, reason="Again", by=ada_case.worker, on=NEXT)
    for each in again.holds.all():
        budgets.lift_hold(hold=each, by=finn, on=NEXT)
    assert make_run(pay_on=date(2026, 6, 30), by=finn, on=NEXT).payments_count
    assert not list(findings())


def test_a_new_plan_that_starts_before_a_last_day_to_come_takes_the_days_over(budget, ada_case, end, agree, finn):
    end(ends_on=date(2026, 8, 30))
    plan = agree(ada_case, (Way.DIRECT_PAYMENT, 120_00, 0), starts_on=date(2026, 7, 6), number=2)
    again = budgets.start_budget(plan=plan, by=finn, on=ON)
    budget.refresh_from_db()
    assert (budget.ending.ends_on, budget.ending.replaced) == (date(2026, 7, 5), True)
    live = Instalment.objects.filter(cancellation=None, part__budget__in=[budget, again]).order_by("starts_on")
    days = [(each.starts_on, each.ends_on) for each in live if each.amount_pence]
    assert all(first[1] < second[0] for first, second in itertools.pairwise(days))
    assert not list(findings())


def test_the_way_back_stands_on_the_budgets_page(budget, ada_case, end, finn, bea, client):
    end()
    client.force_login(finn)
    at = f"/cases/{ada_case.pk}/budget/"
    assert "Set the budget up again" in client.get(at).content.decode()
    assert client.post(f"{at}again/", {"reason": ""}).status_code == 200
    assert client.post(f"{at}again/", {"reason": "Ended by mistake"}).headers["Location"] == at
    assert Budget.objects.filter(case=ada_case, ending=None).count() == 1
    client.force_login(bea)
    assert client.get(f"{at}again/").status_code == 403


def test_undoing_a_death_gives_back_every_task_whose_cause_stands(budget, ada_case, die, undo, go_to, finn, bea):
    people.set_task(case=ada_case, kind=Event.REVIEW_DUE, what="Hold it.", whose=Whose.WORKER, due_on=ON, on=STARTED)
    budgets.place_hold(budget=budget, kind=HoldKind.REVIEW_OVERDUE, reason="Late", by=finn, on=STARTED)
    go_to("hospital", starts_on=date(2026, 5, 1))
    before = tasks(ada_case)
    assert {"Hold it.", WAITS, AWAY} <= before
    die()
    assert not {"Hold it.", WAITS, AWAY} & tasks(ada_case)
    undo()
    assert before <= tasks(ada_case)


def test_what_is_over_meanwhile_does_not_come_back(budget, ada_case, die, undo, go_to, finn, bea):
    stay = go_to("hospital", starts_on=date(2026, 5, 1))
    hold = budgets.place_hold(budget=budget, kind=HoldKind.REVIEW_OVERDUE, reason="Late", by=finn, on=STARTED)
    die()
    circumstances.end_stay(case=ada_case, stay=stay, ends_on=date(2026, 5, 20), by=bea, on=ON)
    budgets.lift_hold(hold=hold, by=finn, on=ON)
    undo()
    assert not {AWAY, WAITS} & tasks(ada_case) and BACK in tasks(ada_case)


def test_a_task_that_somebody_had_done_stays_done(ada_case, die, undo, bea):
    task = people.set_task(case=ada_case, kind=Event.REVIEW_DUE, what="Hold it.", whose="worker", due_on=ON, on=ON)
    people.finish_task(task=task, by=bea, on=ON)
    die()
    undo()
    assert "Hold it." not in tasks(ada_case)


def test_a_message_that_a_mistaken_death_stopped_can_be_sent_again_and_a_condolence_cannot(
    ada_case, die, undo, settles, bea, client
):
    due_on = f"{next_review(ada_case).due_on:%-d %B %Y}"
    late = people.write_to_person(
        case=ada_case, template="review_due", data={"worker": "Bea", "due_on": due_on}, key="late", by=bea, on=ON
    )
    die()
    settles()
    undo()
    late.refresh_from_db()
    condolence = Message.objects.get(template="condolence")
    assert late.state == condolence.state == State.STOPPED
    client.force_login(bea)
    at = f"/cases/{ada_case.pk}/messages/"
    assert "Send it again" in client.get(f"{at}{late.pk}/").content.decode()
    assert "Send it again" not in client.get(f"{at}{condolence.pk}/").content.decode()
    again = people.send_again(case=ada_case, message=late, by=bea, on=NEXT)
    assert again.instead_of == late and again.state in {State.WAITING, State.TO_PRINT}
    with pytest.raises(Refusal, match="a death that was recorded by mistake"):
        people.send_again(case=ada_case, message=condolence, by=bea, on=NEXT)


def test_the_account_of_whoever_settles_is_not_paid_once_the_person_lives(
    budget, ada_case, die, undo, settles, finn, fay
):
    die()
    settles()
    payee = payees.enter_details(
        case=ada_case, way=Way.DIRECT_PAYMENT, holder=Holder.REPRESENTATIVE, account_name="Tom Bell",
        sort_code="12-34-56", account_number="87654321", by=finn, on=ON,
    )  # fmt: skip
    payees.approve_details(payee=payee, by=fay, on=ON)
    undo()
    with pytest.raises(NothingToPay):
        make_run(pay_on=PAY_ON, by=finn, on=NEXT)


def test_a_carers_worker_is_not_left_to_speak_of_a_death_that_was_none(ada_case, die, undo, team, bea):
    pat = Person.objects.create(given_name="Pat", family_name="Hughes", date_of_birth=date(1960, 1, 1))
    own = Case.objects.create(
        person=pat, kind="carer", cared_for=ada_case.person, team=team, worker=bea, opened_on=ON, request_words="Tired."
    )
    die()
    undo()
    assert tasks(own) == set()
    die()
    people.finish_task(task=own.tasks.get(done_on=None), by=bea, on=ON)
    undo()
    assert {what.partition(":")[0] for what in tasks(own)} == {"Ada Bell, whom Pat Hughes looks after, has not died"}
    circumstances.record_death(case=own, died_on=DIED, told_by="A nurse, by phone", by=bea, on=ON)
    assert not any("Speak with Pat" in what for what in tasks(own))


def test_the_end_of_the_budget_ends_its_tasks_and_one_of_them_is_enough(ada_case, die, end, bea, go_to):
    go_to("hospital", starts_on=date(2026, 5, 1))
    die()
    people.close_case(
        case=ada_case, reason="Everything is settled.", version=version_of(ada_case, "stage"), by=bea, on=ON
    )
    assert tasks(ada_case) == {"Ada Bell's case is closed. End the budget."}
    end()
    assert tasks(ada_case) == set()


def test_whoever_settles_is_looked_for_until_recorded_and_again_when_they_no_longer_do(ada_case, die, settles, bea):
    die()
    tom = settles()
    assert FIND not in tasks(ada_case)
    people.end_relationship(case=ada_case, relationship=tom, ends_on=ON, version=version_of(tom), by=bea, on=NEXT)
    assert FIND in tasks(ada_case)


def test_a_hold_and_the_end_of_a_stay_end_what_the_stay_asked(budget, ada_case, go_to, finn, bea):
    stay = go_to("hospital")
    budgets.place_hold(budget=budget, kind=HoldKind.SAFEGUARDING, reason="A concern", by=finn, on=ON)
    assert AWAY in tasks(ada_case)  # that was not decided because of the stay
    hold = budgets.place_hold(budget=budget, kind=HoldKind.HOSPITAL, reason="In St Mary's", by=finn, on=ON)
    assert AWAY not in tasks(ada_case)
    circumstances.end_stay(case=ada_case, stay=stay, ends_on=ON, by=bea, on=ON)
    assert BACK in tasks(ada_case)
    budgets.lift_hold(hold=hold, by=finn, on=NEXT)
    assert BACK not in tasks(ada_case) and WAITS in tasks(ada_case)


def test_a_review_ends_what_asked_for_it_and_a_plan_sent_for_sign_off_what_sent_it_back(ada_case, ada_user, bea):
    reviews.ask_for_due_reviews(on=ON + timedelta(days=120))
    due = tasks(ada_case)
    assert any(what.startswith("Hold Ada Bell's review") for what in due)
    reviews.ask_for_review(case=ada_case, words="It is not enough.", by=ada_user, on=ON)
    assert tasks(ada_case) == {"Agree a day for Ada Bell's review."}
    reviews.open_review(case=ada_case, version=version_of_next(ada_case), by=bea, on=ON)
    assert tasks(ada_case) == set()
    for kind in (Event.PLAN_RETURNED, Event.DISAGREED, Event.CHOICE):
        people.tell(case=ada_case, kind=kind, sentence="So.", by=ada_user, on=ON)
    assert len(tasks(ada_case)) == 3
    people.tell(case=ada_case, kind=Event.PLAN_SUBMITTED, sentence="Sent.", by=bea, on=ON)
    assert tasks(ada_case) == set()


# stays


def test_a_stay_that_is_wrong_is_taken_back_and_kept_and_the_right_one_recorded(
    budget, ada_case, go_to, bea, cyril, client
):
    wrong = go_to("hospital", starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 20))
    with pytest.raises(Refusal, match=r"1 May 2026 to 20 May 2026.*take that stay back"):
        go_to("hospital", starts_on=date(2026, 5, 10))
    with pytest.raises(Refusal, match="take the stay back"):
        circumstances.end_stay(case=ada_case, stay=wrong, ends_on=DIED, by=bea, on=ON)
    with pytest.raises(NotAllowed):
        circumstances.take_back_stay(case=ada_case, stay=wrong, because="Wrong month", by=cyril, on=ON)
    client.force_login(bea)
    at = f"/cases/{ada_case.pk}/stays/"
    assert "This is wrong: take it back" in client.get(at).content.decode()
    assert client.post(f"{at}{wrong.pk}/take-back/", {"because": "It was June"}).headers["Location"] == at
    page = client.get(at).content.decode()
    assert "Taken back</strong> by Bea Okafor" in page and "It was June" in page
    wrong.refresh_from_db()
    assert (wrong.taken_back_by, wrong.taken_back_because) == (bea, "It was June")
    assert ada_case.story.filter(kind=Event.STAY_UNDONE).exists()
    with pytest.raises(Refusal, match="already"):
        circumstances.take_back_stay(case=ada_case, stay=wrong, because="Wrong month", by=bea, on=ON)
    right = go_to("care_home_stay", starts_on=date(2026, 5, 10))
    assert stay_on(ada_case.person, ON) == right
    circumstances.take_back_stay(case=ada_case, stay=right, because="Never went", by=bea, on=ON)
    assert stay_on(ada_case.person, ON) is None and care_home_nights(ada_case.person, ON) == []
    assert AWAY not in tasks(ada_case)


def test_prison_stops_a_direct_payment_by_itself_and_asks_how_else_it_is_held(budget, ada_case, go_to, finn, bea):
    run = make_run(pay_on=PAY_ON, by=finn, on=ON)
    cancel_run(run=run, by=finn, on=ON)
    stay = go_to("prison")
    with pytest.raises(NothingToPay):
        make_run(pay_on=PAY_ON, by=finn, on=ON)
    status = {row.status for row in picture(ada_case.pk, seen_by=finn, on=ON).rows}
    assert status == {"On hold: no direct payment can be made to somebody in prison or approved premises"}
    how = "Ada Bell cannot have a direct payment where they are. Change how the budget is held."
    assert how in tasks(ada_case, Whose.WORKER)
    circumstances.end_stay(case=ada_case, stay=stay, ends_on=ON, by=bea, on=ON)
    assert how not in tasks(ada_case)
    assert make_run(pay_on=PAY_ON, by=finn, on=ON).payments_count


def test_prison_stops_no_service_fund(case, agree, bank, finn, bea):
    plan = agree(case, (Way.SERVICE_FUND, 100_00, 0))
    bank(case, way=Way.SERVICE_FUND, name="Care Ltd")
    budgets.start_budget(plan=plan, by=finn, on=STARTED)
    case = Case.objects.get(pk=case.pk)
    circumstances.record_stay(
        case=case, kind="prison", place="", starts_on=DIED, ends_on=None, told_by="Police", by=bea, on=ON
    )
    assert not any("direct payment" in what for what in tasks(case))
    assert make_run(pay_on=PAY_ON, by=finn, on=ON).payments_count


@pytest.mark.parametrize("kind", ["prison", "approved_premises"])
def test_a_plan_with_a_direct_payment_is_not_signed_off_or_agreed_in_prison(case, agree, bea, mona, ada_user, kind):
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    case = Case.objects.get(pk=case.pk)
    circumstances.record_stay(
        case=case, kind=kind, place="", starts_on=DIED, ends_on=None, told_by="Police", by=bea, on=ON
    )
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.SUBMITTED)
    Case.objects.filter(pk=case.pk).update(stage=Stage.SIGN_OFF)
    plan = Plan.objects.get(pk=plan.pk)
    with pytest.raises(Refusal, match="Nobody there can have a direct payment"):
        planning.sign_off(plan=plan, version=plan.version, final_pence_per_week=100_00, reason="", by=mona, on=ON)
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.SIGNED_OFF)
    Case.objects.filter(pk=case.pk).update(stage=Stage.AGREEMENT)
    plan = Plan.objects.get(pk=plan.pk)
    with pytest.raises(Refusal, match="Nobody there can have a direct payment"):
        planning.agree(plan=plan, version=plan.version, how="On paper", by=ada_user, on=ON)


def test_whoever_starts_a_budget_is_told_that_a_direct_payment_will_wait(case, agree, bank, bea, finn, client):
    agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    case = Case.objects.get(pk=case.pk)
    circumstances.record_stay(
        case=case, kind="prison", place="", starts_on=STARTED, ends_on=None, told_by="Police", by=bea, on=ON
    )
    client.force_login(finn)
    assert "The direct payment waits meanwhile" in client.get(f"/cases/{case.pk}/budget/start/").content.decode()


def test_the_page_of_stays_says_of_what_it_speaks(ada_case, go_to, bea, client):
    go_to("prison")
    client.force_login(bea)
    page = client.get(f"/cases/{ada_case.pk}/stays/").content.decode()
    assert "Nobody who was convicted can have a direct payment in prison" in page


@pytest.mark.parametrize("ends_on", [None, date(2026, 6, 2)])
def test_nobody_dies_before_they_came_or_left_somewhere(ada_case, go_to, die, ends_on):
    go_to("hospital", starts_on=date(2026, 6, 1), ends_on=ends_on)
    with pytest.raises(Refusal, match=r"In hospital from 1 June 2026.*after this day"):
        die()


def test_a_stay_is_over_with_a_life_and_goes_on_when_the_death_is_undone(ada_case, go_to, die, undo, bea, client):
    stay = go_to("hospital", starts_on=date(2026, 5, 1))
    die()
    case = Case.objects.get(pk=ada_case.pk)
    assert stay_on(case.person, ON) is None
    client.force_login(bea)
    assert "<strong>In hospital</strong>" not in client.get(f"/cases/{case.pk}/").content.decode()
    page = client.get(f"/cases/{case.pk}/stays/").content.decode()
    assert "Until their death on 31 May 2026" in page and "say when they leave" not in page
    with pytest.raises(Refusal, match="they left no later"):
        circumstances.end_stay(case=case, stay=stay, ends_on=ON, by=bea, on=ON)
    undo()
    assert stay_on(Person.objects.get(pk=case.person_id), ON) == stay


@pytest.mark.parametrize("kind", [HoldKind.CARE_HOME, HoldKind.PRISON])
def test_payments_wait_for_every_kind_of_stay(budget, ada_case, go_to, finn, client, kind):
    go_to(kind.value if kind != HoldKind.CARE_HOME else "care_home_stay")
    client.force_login(finn)
    assert kind.label in client.get(f"/cases/{ada_case.pk}/budget/hold/").content.decode()
    budgets.place_hold(budget=budget, kind=kind, reason="Away", by=finn, on=ON)
    assert AWAY not in tasks(ada_case)
    assert Message.objects.filter(case_id=ada_case.pk, template="payment_held").exists()


# last costs


@pytest.fixture
def owe(budget, finn):
    def owed(pence, whose="Jo Smith", kind="last_wages", on=ON):
        return budgets.add_last_cost(budget=budget, kind=kind, whose=whose, amount_pence=pence, by=finn, on=on)

    return owed


def committed(case, on=ON):
    return {account.kind: pence for account, pence in balances_of_case(case, as_at=on).items()}[Kind.COMMITTED]


def test_two_assistants_are_owed_on_one_day_and_one_press_counts_once(budget, ada_case, end, owe, bank, finn):
    end()
    owe(100_00)
    owe(200_00, whose="Sam Lee")
    with pytest.raises(Refusal, match="for Jo Smith today already"):
        owe(100_00, whose="jo smith")
    run = make_run(pay_on=PAY_ON, by=finn, on=ON)
    assert {100_00, 200_00} <= set(run.payments.values_list("amount_pence", flat=True))


def test_a_last_cost_is_cancelled_until_it_is_paid_and_its_money_goes_back(ada_case, end, owe, finn, fay, bea):
    end()
    before = committed(ada_case)
    cost = owe(900_00)
    with pytest.raises(NotAllowed):
        budgets.cancel_last_cost(cost=cost, reason="Too much", by=bea, on=ON)
    budgets.cancel_last_cost(cost=cost, reason="Too much", by=finn, on=ON)
    assert committed(ada_case) == before
    with pytest.raises(Refusal, match="paid or cancelled already"):
        budgets.cancel_last_cost(cost=cost, reason="Too much", by=finn, on=ON)
    right = owe(90_00)
    run = approve_run(run=make_run(pay_on=PAY_ON, by=finn, on=ON), by=fay, on=ON)
    with pytest.raises(Refusal, match="in an approved payment run"):
        budgets.cancel_last_cost(cost=right, reason="Too late", by=finn, on=ON)
    record_sent(run=run, sent_on=ON, by=fay, on=ON)
    with pytest.raises(Refusal, match="paid or cancelled already"):
        budgets.cancel_last_cost(cost=right, reason="Too late", by=finn, on=ON)
    assert not list(findings())
    sent = Transfer.objects.filter(about__in=[cost.pk, right.pk], reason="payment_sent")
    assert [each.amount_pence for each in sent] == [90_00]


def test_last_wages_that_come_back_are_still_owed(ada_case, end, owe, finn, fay, paid):
    """And so is what was not paid yet; of one kind on one day, each by itself."""
    end()
    tom, sam = owe(90_00), owe(80_00, whose="Sam Smith")
    run = make_run(pay_on=PAY_ON, by=finn, on=ON)
    places = {each.instalment_id: each.place for each in run.payments.all()}
    unpaid = owe(70_00, whose="Uma Smith")
    set_aside = committed(ada_case)
    paid(run, ON, returned={places[tom.pk]: "account closed"})
    assert not Cancellation.objects.filter(instalment__in=[tom.pk, sam.pk, unpaid.pk]).exists()
    assert committed(ada_case, on=PAY_ON) == set_aside - run.total_pence + 90_00
    assert not list(findings())
    with pytest.raises(NothingToPay):
        make_run(pay_on=date(2026, 7, 1), by=finn, on=date(2026, 6, 18))
    for hold in ada_case.budgets.get().holds.filter(lifted_on=None):
        budgets.lift_hold(hold=hold, by=finn, on=date(2026, 6, 18))
    again = make_run(pay_on=date(2026, 7, 1), by=finn, on=date(2026, 6, 18))
    assert {each.instalment_id for each in again.payments.all()} == {tom.pk, unpaid.pk}


def test_a_last_cost_has_a_limit_and_a_large_one_a_second_look(ada_case, end, owe, finn, fay, client, settings):
    end()
    with pytest.raises(Refusal, match=r"at most £50,000\.00"):
        owe(900_000_000_00, kind="redundancy")
    large = owe(settings.LAST_COST_SECOND_LOOK_PENCE + 1, kind="redundancy")
    assert large.needs_second_look and not owe(settings.LAST_COST_SECOND_LOOK_PENCE).needs_second_look
    paid = make_run(pay_on=PAY_ON, by=finn, on=ON)
    assert not paid.payments.filter(instalment=large.pk).exists()
    cancel_run(run=paid, by=finn, on=ON)
    with pytest.raises(NotAllowed):
        budgets.look_at_last_cost(cost=large, by=finn, on=ON)
    at = f"/cases/{ada_case.pk}/budget/"
    client.force_login(finn)
    page = client.get(at).content.decode()
    assert "another officer looks at it first" in page and "I looked at it" not in page and "Cancel it" in page
    client.force_login(fay)
    assert "I looked at it" in client.get(at).content.decode()
    assert client.post(f"{at}last-cost/{large.pk}/look/").headers["Location"] == at
    assert make_run(pay_on=PAY_ON, by=finn, on=ON).payments.filter(instalment=large.pk).exists()


# what the pages of the dead and of the closed say


def test_finance_looks_after_a_closed_case_while_money_is_open(ada_case, die, end, bea, finn, mona):
    die()
    people.close_case(
        case=ada_case, reason="Everything is settled.", version=version_of(ada_case, "stage"), by=bea, on=ON
    )
    assert is_own_case(finn, ada_case, ON)
    end()
    assert is_own_case(finn, ada_case, ON)  # what fell due before the death is unpaid yet
    for each in Instalment.objects.filter(part__budget__case=ada_case, cancellation=None):
        Cancellation.objects.create(instalment=each, reason="Settled", cancelled_by=finn, cancelled_on=ON)
    assert not is_own_case(finn, ada_case, ON)


def test_what_was_paid_beyond_the_day_shows_before_the_budget_is_ended(budget, ada_case, die, finn, paid, client):
    run = make_run(pay_on=date(2026, 5, 20), by=finn, on=date(2026, 5, 14))
    paid(run, date(2026, 5, 14))
    die(died_on=date(2026, 5, 20))
    client.force_login(finn)
    for address in ("/home/", f"/cases/{ada_case.pk}/budget/"):
        assert " was paid" in client.get(address).content.decode()


def test_the_journey_of_a_closed_case_says_what_was_done(ada_case, die, bea, another_case):
    die()
    people.close_case(
        case=ada_case, reason="Everything is settled.", version=version_of(ada_case, "stage"), by=bea, on=ON
    )
    said = {part.name: part.status for part in parts(ada_case, {}, None, ON)}
    assert (said["Support plan and choice"], said["Budget and payments"]) == ("Ended", "Ended")
    never = another_case("Zoe")
    people.close_case(case=never, reason="No longer wanted.", version=version_of(never, "stage"), by=bea, on=ON)
    said = {part.name: part.status for part in parts(never, {}, None, ON)}
    assert said["Assessment and eligibility"] == said["Money check"] == said["Budget and payments"] == "Not started"


def test_the_persons_front_page_says_that_payments_are_on_hold(budget, ada_user, finn, client):
    client.force_login(ada_user)
    assert "on hold" not in client.get("/home/").content.decode()
    budgets.place_hold(budget=budget, kind=HoldKind.HOSPITAL, reason="In St Mary's", by=finn, on=ON)
    page = client.get("/home/").content.decode()
    assert "Your payments are on hold.</strong> In hospital." in page


def test_pages_of_the_dead_offer_nothing_that_is_refused(ada_case, die, bea, finn, client):
    at = f"/cases/{ada_case.pk}/"
    client.force_login(bea)
    assert client.get(f"{at}stays/add/").status_code == client.get(f"{at}review/start/").status_code == 200
    die()
    for page in ("stays/add/", "review/start/", "review/ask/"):
        answer = client.get(at + page)
        assert answer.status_code == 403 and "died on 31 May 2026" in answer.content.decode()
    words = client.get(f"{at}review/").content.decode()
    assert not any(offer in words for offer in ("is due by", "Start a review", "Ask for a review"))
    assert "Ada died on 31 May 2026" in words
    for page in ("assessment:overview", "assessment:money", "planning:overview"):
        answer = client.get(reverse(page, args=[ada_case.pk]), follow=True)
        assert answer.status_code == 200 and "Start " not in answer.content.decode().partition("<main")[2]
    client.force_login(finn)
    assert "Start a" not in client.get(reverse("assessment:money", args=[ada_case.pk])).content.decode()
    client.force_login(bea)
    closing = client.get(f"{at}close/").content.decode()
    assert "before support starts" not in closing and "settled" in closing
    assert "The person will read this" not in closing
