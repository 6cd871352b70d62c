"""What makes a direct payment looked at again, and what is told ahead of the end of four weeks in a care home."""

from datetime import date, timedelta

import pgtrigger
import pytest

from leeway.care.circumstances import actions as circumstances
from leeway.care.decisions.actions import decide_by_judgement
from leeway.care.decisions.models import DecisionKind
from leeway.care.people import actions as people
from leeway.care.people.events import Event
from leeway.care.people.models import Case, StoryLine, Task, Whose
from leeway.care.planning.actions import warn_of_four_weeks
from leeway.care.planning.models import PlanLine, Way
from leeway.care.review import actions as reviews
from leeway.care.review.models import Review, ReviewReason
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import HoldKind, Instalment
from leeway.money.budgets.payable import as_paid_on, payable, with_what_stops
from leeway.money.payees import actions as payees
from leeway.money.payees.models import Holder
from leeway.refusal import NotAllowed, Refusal

STARTED, ON = date(2026, 4, 10), date(2026, 6, 4)
SOON = ON + timedelta(weeks=2)
FIRST = date(2026, 10, 22)


@pytest.fixture
def supported(case, agree, bank, finn):
    """A direct payment by section 31 since April; the first review is due in October."""
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    budgets.start_budget(plan=plan, by=finn, on=STARTED)
    checked(case, finn, "section_31")
    return Case.objects.get(pk=case.pk)


def checked(case, by, route):
    details = {"inputs": {}, "steps": [], "reasons": ["For the tests."], "by": by, "on": STARTED}
    decide_by_judgement(case=case, kind=DecisionKind.DIRECT_PAYMENT, result={"route": route}, **details)


def review(case):
    return Review.objects.get(case=case, held_on=None)


def decide(case, by, has_capacity, **more):
    said = {
        "question": "direct_payment",
        "has_capacity": has_capacity,
        "how_supported": "With pictures, twice, in the morning.",
        "reasons": "She could not keep in mind what the money is for.",
    }
    return people.decide_capacity(case=case, details=said | more, by=by, on=ON)


def around(case, by, authority):
    details = {"name": "Nia Bell", "kind": "sibling", "authority": authority, "evidence": "Form seen", "starts_on": ON}
    return people.add_relationship(case=case, details=details, by=by, on=ON)


def tasks(case, whose, kind=Event.REVIEW_NEEDED):
    return [task.what for task in Task.objects.filter(case=case, whose=whose, kind=kind, done_on=None)]


def concern(case, by, **changed):
    said = {"concern": "misuse", "words": "The account was empty.", "told_by": "Her sister, by phone"} | changed
    return reviews.raise_concern(case=case, **said, by=by, on=ON)


def test_a_concern_makes_a_review_due_and_its_words_stay_with_those_who_work_on_it(supported, bea):
    assert review(supported).due_on == FIRST
    concern(supported, bea)
    found = review(supported)
    assert (found.due_on, found.reason) == (SOON, ReviewReason.OTHER)
    assert "The account was empty. Told by: Her sister, by phone" in found.needed_because
    assert tasks(supported, Whose.WORKER) == ["Review Ada Bell’s direct payment: its page says what has come up."]
    line = StoryLine.objects.filter(case=supported, kind=Event.REVIEW_NEEDED).get()
    assert line.sentence == "The direct payment is looked at again by 18 June 2026: a concern was raised."
    concern(supported, bea, concern="breach", words="No receipts.")
    assert (
        "No receipts." in review(supported).needed_because and "account was empty" in review(supported).needed_because
    )


def test_a_review_that_is_due_sooner_stays_so(supported, bea):
    Review.objects.filter(case=supported).update(due_on=ON + timedelta(3))
    concern(supported, bea)
    assert review(supported).due_on == ON + timedelta(3)


@pytest.mark.parametrize(("field", "value"), [("concern", ""), ("words", "  "), ("told_by", "?")])
def test_a_concern_says_what_why_and_who_told(supported, bea, field, value):
    with pytest.raises(Refusal) as refusal:
        concern(supported, bea, **{field: value})
    assert refusal.value.field == field


def test_a_concern_is_for_those_who_work_on_the_case_and_needs_a_direct_payment(supported, finn, bea):
    with pytest.raises(NotAllowed):
        concern(supported, finn)
    supported.plans.update(state="ended")
    with pytest.raises(Refusal, match="No direct payment is in force"):
        concern(supported, bea)


@pytest.mark.parametrize(
    ("route", "has_capacity", "for_a_time", "managed", "said"),
    [
        ("section_31", False, True, True, "it goes on (reg. 8)"),
        ("section_31", False, True, False, "cannot go on under section 31"),
        ("section_31", False, False, True, "cannot go on under section 31"),
        ("section_31", False, None, True, "Find out whether this is for a time"),
        ("section_32", True, True, False, "goes on to the authorised person (reg. 8)"),
        ("section_32", True, False, False, "check under section 31"),
        ("section_31", True, None, False, ""),
        ("section_32", False, None, False, ""),
    ],
)
def test_capacity_lost_or_regained(supported, bea, finn, route, has_capacity, for_a_time, managed, said):
    checked(supported, finn, route)
    meanwhile = around(supported, bea, "none") if managed else None
    decide(supported, bea, has_capacity, for_a_time=for_a_time, meanwhile=meanwhile)
    found = review(supported)
    assert (found.due_on == SOON) == bool(said)
    assert said in found.needed_because


def test_another_question_of_capacity_changes_nothing(supported, bea):
    decide(supported, bea, False, question="home")
    assert review(supported).due_on == FIRST


def test_a_safeguarding_hold_makes_a_review_due_and_another_hold_does_not(supported, finn):
    budget = supported.budgets.get()
    budgets.place_hold(budget=budget, kind=HoldKind.HOSPITAL, reason="In hospital", last_on=ON, by=finn, on=ON)
    assert review(supported).due_on == FIRST
    budgets.place_hold(budget=budget, kind=HoldKind.SAFEGUARDING, reason="A concern", last_on=ON, by=finn, on=ON)
    assert (review(supported).due_on, review(supported).reason) == (SOON, ReviewReason.SAFEGUARDING)


def test_somebody_else_receiving_the_money_makes_a_review_due(supported, bea, finn, fay):
    around(supported, bea, "nominated")
    account = {"account_name": "Nia Bell", "sort_code": "40-00-01", "account_number": "12345679"}
    entered = payees.enter_details(
        case=supported, way=Way.DIRECT_PAYMENT, holder=Holder.NOMINATED, **account, by=finn, on=ON
    )
    assert review(supported).due_on == FIRST
    payees.approve_details(payee=entered, by=fay, on=ON)
    assert review(supported).due_on == SOON
    assert "It is received by the nominated person now, and was by the person." in review(supported).needed_because


# --- Four weeks in a care home


def stay(case, bea, starts_on, kind="care_home_stay", ends_on=None):
    where = {"kind": kind, "place": "The Limes", "told_by": "Her sister rang"}
    return circumstances.record_stay(case=case, starts_on=starts_on, ends_on=ends_on, by=bea, on=ON, **where)


def test_worker_and_finance_are_told_a_week_ahead_and_once(supported, bea):
    stay(supported, bea, date(2026, 5, 20))
    over_on = date(2026, 6, 17)
    assert warn_of_four_weeks(on=over_on - timedelta(8)) == 0
    assert warn_of_four_weeks(on=over_on - timedelta(7)) == 2
    assert warn_of_four_weeks(on=over_on) == 0
    for whose in (Whose.WORKER, Whose.FINANCE):
        assert any("over on 17 June 2026" in what for what in tasks(supported, whose, Event.STAY))


def test_a_payment_for_a_care_home_alone_waits_once_four_weeks_are_over(supported, bea):
    due = Instalment.objects.filter(part__budget__case=supported)
    plan = supported.plans.get()
    with pgtrigger.ignore("planning.PlanLine:line_of_agreed_plan_is_kept"):
        plan.lines.update(care_home_nights=28)
    stay(supported, bea, date(2026, 5, 20))

    def why(on):
        return {each.why for each in with_what_stops(as_paid_on(due, on))}

    assert why(date(2026, 6, 16)) == {""}
    assert why(date(2026, 6, 17)) == {"It pays for a care home only, and the four weeks are over"}
    assert not payable(as_paid_on(due, date(2026, 6, 17))).exists()
    PlanLine.objects.create(plan=plan, what="Mornings", way=Way.DIRECT_PAYMENT, units=1, unit_cost_pence=10_00)
    assert why(date(2026, 6, 17)) == {""}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("prison", "No direct payment can be made to somebody in prison or approved premises"),
        ("prison_not_known", "In prison, and nobody has said whether convicted or on remand"),
        ("remand", ""),
        ("bail", ""),
    ],
)
def test_nothing_is_paid_until_it_is_known_whether_somebody_in_prison_was_convicted(supported, bea, kind, said):
    stay(supported, bea, date(2026, 6, 1), kind=kind)
    due = Instalment.objects.filter(part__budget__case=supported)
    assert {each.why for each in with_what_stops(as_paid_on(due, ON))} == {said}
    asked = any("Find out whether Ada Bell was convicted" in what for what in tasks(supported, "worker", Event.STAY))
    assert asked == (kind == "prison_not_known")


def test_the_words_of_a_concern_are_for_those_who_work_on_the_case(client, supported, bea, ada_user):
    at = f"/cases/{supported.pk}/review/"
    client.force_login(bea)
    assert client.post(f"{at}concern/", {"concern": "misuse", "words": "", "told_by": "Ruth"}).status_code == 200
    said = {"concern": "misuse", "words": "The account was empty.", "told_by": "Her sister, by phone"}
    assert client.post(f"{at}concern/", said).status_code == 302
    assert "The account was empty." in client.get(at).content.decode()
    client.force_login(ada_user)
    for page in (at, f"/cases/{supported.pk}/"):
        shown = client.get(page).content.decode()
        assert "The account was empty." not in shown and "Her sister, by phone" not in shown
    assert "The direct payment is looked at again by" in client.get(f"/cases/{supported.pk}/").content.decode()
    assert client.get(f"{at}concern/").status_code == 403
