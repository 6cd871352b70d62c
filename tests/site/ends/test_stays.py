"""Stays: recorded, over and taken back; prison, which stops a direct payment."""

from datetime import date

import pytest

from leeway.care.circumstances import actions as circumstances
from leeway.care.circumstances.queries import care_home_nights, stay_on
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Person, Whose
from leeway.care.people.states import Stage
from leeway.care.planning import actions as planning
from leeway.care.planning.models import Plan, PlanState, Way
from leeway.messages.models import Message
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import HoldKind
from leeway.money.budgets.queries import picture
from leeway.money.payments.making import NothingToPay, make_run
from leeway.money.payments.withdrawing import cancel_run
from leeway.refusal import NotAllowed, Refusal
from tests.site.ends.conftest import AWAY, DIED, ON, PAY_ON, STARTED, tasks


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
    budgets.place_hold(budget=budget, kind=kind, reason="Is away", last_on=ON, by=finn, on=ON)
    assert AWAY not in tasks(ada_case)
    assert Message.objects.filter(case_id=ada_case.pk, template="payment_held").exists()
