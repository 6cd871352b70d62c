"""What a run's page says beside its payments: the last run, shared accounts, a sample; and who waits longest."""

from datetime import date, timedelta
from itertools import combinations
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.circumstances.actions import record_death
from leeway.care.planning.models import Way
from leeway.money.banking.working_days import working_day_on_or_before
from leeway.money.budgets.actions import ask_for_interim, authorise_interim, place_hold, start_budget
from leeway.money.budgets.models import HoldKind, Instalment
from leeway.money.payees import actions as payees
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payees.models import Holder
from leeway.money.payments import comparing, falling_due, sampling
from leeway.money.payments.actions import approve_run
from leeway.money.payments.leaving_out import leave_out
from leeway.money.payments.making import make_faster_run, make_run
from leeway.money.payments.models import PaymentRun
from leeway.money.payments.queries import findings
from leeway.money.payments.sampling import draw_sample, record_checked, wrong_between
from leeway.money.payments.states import State
from leeway.money.payments.waiting import FirstPayment, first_payments, longest_waits
from leeway.money.payments.withdrawing import cancel_run, redate_run
from leeway.refusal import NotAllowed, Refusal
from leeway.site.first_payments import breakdown
from tests.pages import searched

ON, FIRST, SECOND = date(2026, 4, 20), date(2026, 4, 27), date(2026, 5, 22)
BEFORE = date(2026, 4, 24)  # when of each person one payment is due
DP = Way.DIRECT_PAYMENT


@pytest.fixture
def fiona(db):
    """A finance manager."""
    return User.objects.create_user("fiona@council.example", name="Fiona Hale", roles=[Role.FINANCE_MANAGER])


@pytest.fixture
def paid_for(another_case, agree, bank, finn):
    """Give somebody £100 a week as a direct payment from a day, into an account of their own."""

    def started(name, starts_on=date(2026, 4, 22), account=None, charge_pence=0):
        case = another_case(name)
        plan = agree(case, (DP, 100_00, 0), starts_on=starts_on, charge_pence=charge_pence)
        bank(case, account_number=account or f"{12345678 + sum(map(ord, name))}", name=name)
        return start_budget(plan=plan, by=finn, on=date(2026, 4, 1))

    return started


def test_a_run_is_shown_beside_the_last_one_with_why(paid_for, finn, paid):
    paid_for("Amy"), paid_for("Zoe", starts_on=date(2026, 4, 6))
    held = paid_for("Bob", starts_on=date(2026, 4, 6))
    paid(make_run(pay_on=FIRST, by=finn, on=ON), ON)
    paid_for("Cid", starts_on=date(2026, 5, 25))
    place_hold(budget=held, kind=HoldKind.SAFEGUARDING, reason="Is ill", last_on=SECOND, by=finn, on=date(2026, 5, 1))
    run = make_run(pay_on=SECOND, by=finn, on=date(2026, 5, 11))
    found = comparing.difference(run, seen_by=finn)
    said = {kind: [(row.whom.person.given_name, row.why) for row in group.rows] for kind, group in found.groups.items()}
    assert said == {
        "new": [("Cid", "The first payment")],
        "gone": [("Bob", "On hold: safeguarding concern")],
        "changed": [("Zoe", "28 days, and 49 in run 1"), ("Amy", "28 days, and 33 in run 1")],
        "same": [],
    }
    before = run.total_pence - found.before.total_pence
    assert sum(group.difference_pence for group in found.groups.values()) == before
    assert comparing.beside_each_other([run]) == [(run, before)]  # though the one before is not in the list
    cancel_run(run=run, by=finn, on=SECOND)
    again = make_run(pay_on=SECOND, by=finn, on=date(2026, 5, 11))
    assert comparing.difference(again, seen_by=finn).before == found.before
    assert comparing.beside_each_other([again, run]) == [(again, before), (run, before)]


def test_a_run_is_not_held_against_one_that_paid_somebody_again(finn):
    facts = {"pay_on": FIRST, "made_by": finn, "made_on": ON, "dated_by": finn, "dated_on": ON, "second_above_pence": 1}
    sizes = [40, 25, 1, 49, 50, 1, 400]
    runs = [PaymentRun(number=number, payments_count=size, **facts) for number, size in enumerate(sizes, start=1)]
    PaymentRun.objects.bulk_create(runs)
    cancel_run(run=runs[3], by=finn, on=ON)
    before = {number: run.number for number, run in comparing.runs_before(runs).items()}
    assert before == {2: 1, 3: 2, 4: 2, 5: 2, 6: 3, 7: 6}


def left_out(payment, by, **changes):
    said = {"kind": HoldKind.QUERIED, "reason": "Two plans overlap", "last_on": BEFORE, "by": by, "on": ON}
    return leave_out(payment=payment, **(said | changes))


def names(run):
    return sorted(run.payments.values_list("case__person__given_name", flat=True))


def test_one_payment_is_left_out_with_a_reason_and_the_run_made_again(paid_for, finn, fay, fiona):
    paid_for("Amy"), paid_for("Bob"), paid_for("Cid")
    run = make_run(pay_on=BEFORE, by=finn, on=ON)
    amys = run.payments.get(case__person__given_name="Amy")
    with pytest.raises(NotAllowed, match="start, fund, hold"):
        left_out(amys, fiona)
    with pytest.raises(Refusal, match="Say why payments should wait"):
        left_out(amys, fay, reason=" ")
    assert names(PaymentRun.objects.get()) == ["Amy", "Bob", "Cid"]
    again = left_out(amys, fay)
    run.refresh_from_db()
    assert (run.state, again.pay_on, again.made_by, names(again)) == (State.CANCELLED, BEFORE, fay, ["Bob", "Cid"])
    assert [each.why for each in falling_due.what_is_due(BEFORE, seen_by=finn).waiting] == ["Finance checks it first"]
    told = amys.case.story.latest("pk").sentence
    assert told == "Payments on hold: finance checks it first."
    with pytest.raises(Refusal, match="Cancelled"):
        left_out(amys, fay)
    with pytest.raises(SecondOfficerNeeded):
        approve_run(run=again, by=fay, on=ON)
    approve_run(run=again, by=finn, on=ON)
    with pytest.raises(Refusal, match="Approved"):
        left_out(again.payments.first(), fay)
    assert list(findings()) == []


def test_who_is_alone_in_a_run_is_left_out_and_no_run_takes_its_place(paid_for, finn):
    paid_for("Amy")
    run = make_run(pay_on=BEFORE, by=finn, on=ON)
    assert left_out(run.payments.get(), finn) is None
    assert PaymentRun.objects.get().state == State.CANCELLED


def test_of_a_run_the_same_day_the_others_are_paid_and_nobody_else(paid_for, finn):
    paid_for("Amy"), paid_for("Bob"), paid_for("Cid")
    only = [each.id for each in falling_due.urgent(BEFORE, seen_by=finn)][:2]
    run = make_faster_run(pay_on=BEFORE, only=only, why="They wait for their first", by=finn, on=ON)
    first, second = run.payments.order_by("place")
    again = left_out(first, finn)
    assert (again.rail, again.why) == (run.rail, run.why) and names(again) == [second.case.person.given_name]


def test_a_payment_is_left_out_from_the_page_of_its_run(paid_for, finn, fiona, as_user, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)
    paid_for("Amy"), paid_for("Bob")
    run = make_run(pay_on=BEFORE, by=finn, on=ON)
    amys = run.payments.get(case__person__given_name="Amy")
    address = reverse("payments:leave_out", args=[run.pk, amys.place])
    page = reverse("payments:show", args=[run.pk])
    assert address not in as_user(fiona).get(page).content.decode()
    client = as_user(finn)
    assert address in client.get(page).content.decode()
    assert "Leave out £" in (text := client.get(address).content.decode()) and "Amy" in text
    day = {"last_on_day": "27", "last_on_month": "4", "last_on_year": "2026"}
    said = {"kind": "queried", "reason": "Two plans overlap", "ends_by_itself": "no", **day}
    assert "Say what happened" in client.post(address, said | {"reason": ""}).content.decode()
    text = client.post(address, said, follow=True).content.decode()
    assert "is left out, and payments to this person wait. Run 1 is cancelled" in text and "in its place." in text
    assert names(PaymentRun.objects.get(number=2)) == ["Bob"]
    assert client.get(address).headers["Location"] == page
    monkeypatch.setattr("leeway.money.payments.views.RUNS_SHOWN", 1)
    listed = [client.get(reverse("payments:home"), {"page": number}).content.decode() for number in (1, 2)]
    assert [page in each for each in listed] == [False, True] and "?page=2" in listed[0]


def test_a_difference_to_what_was_paid_before_is_named_as_one(paid_for, agree, finn, paid, as_user):
    amy, _bob = paid_for("Amy"), paid_for("Bob")
    paid(make_run(pay_on=FIRST, by=finn, on=ON), ON)
    start_budget(plan=agree(amy.case, (DP, 200_00, 0), starts_on=date(2026, 5, 4), number=2), by=finn, on=SECOND)
    run = make_run(pay_on=date(2026, 5, 29), by=finn, on=SECOND)
    words = [each.in_words for each in run.payments.filter(case=amy.case)]
    assert words == [
        "Difference for the days from 4 May 2026 to 24 May 2026: £600.00 for them, less £300.00, paid before",
        "Regular payment, 28 days to 21 June 2026",
    ]
    text = as_user(finn).get(reverse("payments:show", args=[run.pk])).content.decode()
    assert all(each in text for each in words)
    groups = comparing.difference(run, seen_by=finn).groups
    said = {row.whom.person.given_name: row.why for row in groups["changed"].rows}
    assert said == {"Amy": "A difference to what was paid before is in it", "Bob": "28 days, and 33 in run 1"}


def test_a_difference_that_later_days_make_up_says_so(paid_for, agree, finn, paid, fay):
    amy = paid_for("Amy")
    paid(make_run(pay_on=FIRST, by=finn, on=ON), ON)
    start_budget(plan=agree(amy.case, (DP, 50_00, 0), starts_on=date(2026, 5, 4), number=2), by=finn, on=SECOND)
    run = make_run(pay_on=date(2026, 5, 29), by=finn, on=SECOND)
    assert [each.in_words for each in run.payments.all()] == [
        "Difference for the days from 4 May 2026 to 21 June 2026: £200.00 for the last 28 days of them, less £150.00, "
        "what is left of what was paid before"
    ]
    paid(run, SECOND)
    after = make_run(pay_on=date(2026, 6, 22), by=finn, on=date(2026, 6, 10))
    (row,) = comparing.difference(after, seen_by=finn).groups["changed"].rows
    assert row.why == "A difference to what was paid before was in run 2"


def test_an_account_that_two_people_share_is_pointed_out_with_why_it_may_be_right(
    paid_for, case, agree, finn, fay, as_user
):
    agree(case, (DP, 50_00, 0))
    paid_for("Amy", account="12345678")
    entered = {"case": case, "way": DP, "holder": Holder.PERSON, "account_name": "Mrs Bell", "sort_code": "12-34-56"}
    payee = payees.enter_details(account_number="12345678", by=finn, on=ON, **entered)
    address = reverse("payees:show", args=[case.pk, payee.pk])
    assert "The same account is used for somebody else: Amy Example" in as_user(fay).get(address).content.decode()
    with pytest.raises(Refusal, match="Amy Example is paid into this account too"):
        payees.approve_details(payee=payee, by=fay, on=ON)
    said = "Their mother holds the money of both"
    payees.approve_details(payee=payee, shared_because=said, by=fay, on=ON)
    assert said in as_user(fay).get(address).content.decode()


def test_the_run_lists_shared_accounts(paid_for, another_case, agree, finn, fay):
    paid_for("Amy", account="12345678")
    case = another_case("Ben")
    payee = payees.enter_details(
        case=case, way=DP, holder=Holder.PERSON, account_name="Amy", sort_code="123456", account_number="12345678",
        by=finn, on=ON,
    )  # fmt: skip
    payees.approve_details(payee=payee, shared_because="One mother for both", by=fay, on=ON)
    start_budget(plan=agree(case, (DP, 50_00, 0)), by=finn, on=date(2026, 4, 1))
    (shared,) = comparing.shared_accounts(make_run(pay_on=FIRST, by=finn, on=ON), seen_by=finn)
    assert sorted(shared.people) == ["Amy Example", "Ben Example"]
    assert shared.reasons == ["One mother for both"]


def test_members_of_a_building_society_share_an_account_and_no_roll_number(another_case, agree, finn, fay):
    def enter(name, roll_number, **shared):
        case = another_case(name)
        payee = payees.enter_details(
            case=case, way=DP, holder=Holder.PERSON, account_name=name, sort_code="123456",
            account_number="12345678", roll_number=roll_number, by=finn, on=ON,
        )  # fmt: skip
        payees.approve_details(payee=payee, by=fay, on=ON, **shared)
        return start_budget(plan=agree(case, (DP, 50_00, 0)), by=finn, on=date(2026, 4, 1))

    enter("Amy", "D/1234567-8"), enter("Ben", "D/1234567-9")
    run = make_run(pay_on=FIRST, by=finn, on=ON)
    assert set(names(run)) == {"Amy", "Ben"} and comparing.shared_accounts(run, seen_by=finn) == []
    with pytest.raises(Refusal, match="Amy Example is paid into this account too"):
        enter("Cid", "D1234567 8")
    enter("Dee", "D1234567 8", shared_because="One mother for both")
    cancel_run(run=run, by=finn, on=ON)
    (shared,) = comparing.shared_accounts(make_run(pay_on=FIRST, by=finn, on=ON), seen_by=finn)
    assert sorted(shared.people) == ["Amy Example", "Dee Example"] and shared.reasons == ["One mother for both"]
    with pytest.raises(Refusal, match="too"):  # whoever gives none may be anybody
        enter("Eve", "")


def test_a_sample_is_drawn_once_by_chance_and_says_how_much_is_wrong(paid_for, finn, fay):
    for name in ("Amy", "Bob", "Cid", "Dee"):
        paid_for(name)
    run = make_run(pay_on=date(2026, 4, 24), by=finn, on=ON)
    for size in (1, 3, 5):
        with pytest.raises(Refusal, match="Choose all 4 payments"):
            draw_sample(run=run, size=size, because="Some of them", by=fay, on=ON)
    sample = draw_sample(run=run, size=4, because="A small run", by=fay, on=ON)
    with pytest.raises(Refusal, match="drawn once"):
        draw_sample(run=run, size=4, because="Again please", by=fay, on=ON)
    rows = list(sample.rows.all())
    assert [row.payment.place for row in rows] == sampling.drawn(4, 4, sample.seed)
    assert sampling.sample_of(run, seen_by=fay).low is None
    with pytest.raises(SecondOfficerNeeded):
        record_checked(sampled=rows[0], right=True, found="As planned", by=finn, on=ON)
    for row, right in zip(rows, (True, True, False), strict=False):
        record_checked(sampled=row, right=right, found="Plan and bank details", by=fay, on=ON)
    with pytest.raises(Refusal, match="already"):
        record_checked(sampled=rows[0], right=False, found="Changed my mind", by=fay, on=ON)
    found = sampling.sample_of(run, seen_by=fay)
    assert (found.looked, found.wrong) == (3, 1)
    assert (found.low, found.high) == wrong_between(1, 3, 4) == (1, 2)
    assert list(findings()) == []


@pytest.mark.parametrize("of", [4, 9])
def test_what_a_sample_rules_out_would_have_been_seen_otherwise(of):
    """Counted out: of so few payments every part that could have been drawn is tried."""
    for looked in range(1, of + 1):
        for wrong in range(looked + 1):
            low, high = wrong_between(wrong, looked, of)
            for really in range(of + 1):
                parts = [sum(place < really for place in part) for part in combinations(range(of), looked)]
                as_many, as_few = sum(found >= wrong for found in parts), sum(found <= wrong for found in parts)
                assert (low <= really <= high) == (min(as_many, as_few) > 0.025 * len(parts)), (looked, wrong, really)


def test_nobody_draws_or_looks_at_a_sample_of_their_own_work(paid_for, finn, fay, fiona, as_user):
    """Whoever made the run, chose its day or approved it; and who looked at it does not choose its day afterwards."""
    paid_for("Amy")
    run = make_run(pay_on=BEFORE, by=finn, on=ON)
    approve_run(run=run, by=fay, on=ON)
    for user, said in ((finn, "You made this run or chose its day"), (fay, "You checked or approved this run")):
        with pytest.raises(SecondOfficerNeeded, match=said):
            draw_sample(run=run, size=1, because="All there is", by=user, on=ON)
        text = as_user(user).get(reverse("payments:sample", args=[run.pk])).content.decode()
        assert said in text and "Draw the sample" not in text
    sample = draw_sample(run=run, size=1, because="All there is", by=fiona, on=ON)
    with pytest.raises(SecondOfficerNeeded, match="You checked or approved"):
        record_checked(sampled=sample.rows.get(), right=True, found="As planned", by=fay, on=ON)
    with pytest.raises(SecondOfficerNeeded, match="You drew the sample"):
        redate_run(run=run, pay_on=date(2026, 4, 28), by=fiona, on=ON)
    redate_run(run=run, pay_on=date(2026, 4, 28), by=finn, on=ON)
    record_checked(sampled=sample.rows.get(), right=True, found="As planned", by=fay, on=ON)  # who may approve anew
    with pytest.raises(SecondOfficerNeeded, match="You drew the sample"):
        redate_run(run=run, pay_on=BEFORE, by=fay, on=ON)
    assert list(findings()) == []


def test_the_time_to_the_first_payment_and_who_waits_longest(paid_for, finn, paid):
    amy = paid_for("Amy")
    paid(make_run(pay_on=FIRST, by=finn, on=ON), ON)
    dee = paid_for("Dee", starts_on=date(2026, 6, 1))
    eve = paid_for("Eve", charge_pence=100_00)  # who pays all of it herself, so that nothing falls due
    type(dee.case).objects.filter(pk__in=[amy.case_id, dee.case_id, eve.case_id]).update(stage="active")
    (one,) = first_payments(since=ON, until=FIRST, seen_by=finn)
    assert (one.days, one.way) == ((FIRST - date(2026, 4, 1)).days, DP)
    assert not first_payments(since=ON, until=FIRST - timedelta(1), seen_by=finn)
    (waiting,) = longest_waits(on=FIRST, seen_by=finn)
    assert (waiting.case, waiting.days) == (dee.case, 26)


def test_small_groups_are_hidden_and_others_with_them():
    found = [
        FirstPayment(uuid4(), days, group, 1, None, DP, 40)
        for group, days, count in (("A", 10, 3), ("B", 20, 7), ("C", 5, 31))
        for _ in range(count)
    ]
    rows = {row.group: (row.people, row.days) for row in breakdown(found, lambda one: one.client_group)}
    assert rows == {"A": (None, None), "B": (None, None), "C": (30, 5)}


@pytest.mark.parametrize("name", ["payments:home", "payments:faster", "first_payments", "home"])
def test_the_pages_open(paid_for, finn, as_user, name):
    paid_for("Amy")
    assert as_user(finn).get(reverse(name)).status_code == 200


def test_the_pages_of_a_run_open_with_all_that_is_on_them(paid_for, finn, fay, as_user):
    paid_for("Amy")
    run = make_run(pay_on=date(2026, 4, 24), by=finn, on=ON)
    client = as_user(fay)
    text = client.post(reverse("payments:sample", args=[run.pk]), {"size": "1", "because": "All there is"}, follow=True)
    assert "drawn by Fay Ito" in text.content.decode()
    address = reverse("payments:checked", args=[run.pk, 1])
    assert "There is a problem" in client.post(address, {"found": ""}).content.decode()
    done = client.post(address, {"right": "True", "found": "Plan and bank details"}, follow=True).content.decode()
    assert "1 looked at, none wrong.</strong> That is every payment of the run." in done
    assert "were looked at, none wrong. <a" in client.get(reverse("payments:show", args=[run.pk])).content.decode()


def test_pages_ask_as_little_with_all_there_is_on_them(
    paid_for, another_case, bea, finn, mona, fay, paid, sent, as_user, monkeypatch, looking
):
    """Late, come back, held, on account, to check, approve, send and confirm: one of each, and then two."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: FIRST)

    def alone(name):
        due = Instalment.objects.filter(part__budget=paid_for(name)).earliest("due_on")
        return make_faster_run(pay_on=BEFORE, only=[due.pk], why="They wait at home", by=finn, on=ON)

    def one_of_each(name):
        paid(alone(f"Amy{name}"), ON, {1: "account closed"}), paid(alone(f"Bob{name}"), ON)
        sent(alone(f"Cid{name}"), ON), approve_run(run=alone(f"Dee{name}"), by=fay, on=ON), alone(f"Eve{name}")
        paid_for(f"Flo{name}")
        waits = {"reason": "Is ill", "last_on": FIRST, "by": finn, "on": ON}
        place_hold(budget=paid_for(f"Gus{name}"), kind=HoldKind.SAFEGUARDING, **waits)
        hal, ida = another_case(f"Hal{name}"), another_case(f"Ida{name}")
        asked = {"amount_pence": 90_00, "starts_on": ON, "ends_on": FIRST, "reason": "Home alone"}
        authorise_interim(interim=ask_for_interim(case=hal, by=finn, on=ON, **asked), by=mona, on=ON)
        payees.enter_details(
            case=ida, way=DP, holder=Holder.PERSON, account_name="Ida", sort_code="12-34-56",
            account_number=f"8765432{len(name)}", by=finn, on=ON,
        )  # fmt: skip
        joy = paid_for(f"Joy{name}", starts_on=date(2026, 4, 6)).case
        record_death(case=joy, died_on=ON, told_by="A nurse", by=bea, on=ON)

    client, asked = as_user(finn), []
    for name in ("", "Two"):
        one_of_each(name)
        for address in ("payments:home", "home", "payments:faster"):
            client.get(reverse(address))
            with CaptureQueriesContext(connection) as of_page:
                text = client.get(reverse(address)).content.decode()
            asked.append(len(of_page))
            assert f"Flo{name}" in text, address
    assert asked[:3] == asked[3:] and max(asked) <= 25, asked


def test_what_bacs_cannot_bring_in_time_is_paid_the_same_day(paid_for, another_case, finn, as_user, monkeypatch):
    amy, bob, cid, dee = paid_for("Amy"), paid_for("Bob"), paid_for("Cid"), paid_for("Dee")

    def due(budget, which=0):
        return Instalment.objects.filter(part__budget=budget).order_by("due_on")[which]

    for budget in (amy, bob, cid):
        first = make_faster_run(pay_on=BEFORE, only=[due(budget).pk], why="They wait at home", by=finn, on=ON)
        approve_run(run=first, by=User.objects.get(name="Fay Ito"), on=ON)
    ordinary = [due(budget, 1) for budget in (amy, bob, cid)]
    day = working_day_on_or_before(ordinary[0].due_on)
    place_hold(budget=cid, kind=HoldKind.QUERIED, reason="Two plans", last_on=day, by=finn, on=BEFORE)
    on = working_day_on_or_before(day - timedelta(days=1))

    def offered(day, **asked):
        found = [(one.whose, one.what) for one in falling_due.urgent(day, seen_by=finn, **asked)]
        return {whose.partition(" ")[0]: what for whose, what in found[::-1]}

    assert offered(date(2026, 4, 22)).keys() == {"Dee"}
    said = f"Late, due on {ordinary[0].due_on:%-d %B %Y}"
    assert offered(on) == {"Dee": f"First payment, due on {due(dee).due_on:%-d %B %Y}", "Amy": said, "Bob": said}
    assert offered(on, words="bob") == {"Bob": said} and offered(on, words="31 February 1950") == {}

    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: on)
    client, address = as_user(finn), reverse("payments:faster")
    assert "leeway-pick" not in client.get(address).content.decode()
    monkeypatch.setattr("leeway.money.payments.views.ROWS_A_PAGE", 1)
    text = client.get(address).content.decode()
    found = searched(client, address, words="bob")
    assert (
        "the first 1 of each kind" in text
        and ("Amy Example" in text) != ("Bob Example" in text)
        and "Bob Example" in found.content.decode()
    )
    of_bob = found.redirect_chain[0][0]
    parts = {"pay_on_day": on.day, "pay_on_month": on.month, "pay_on_year": on.year}
    typed = {"only": [str(ordinary[1].pk)], "why": "He has nothing to eat with", **parts}
    refused = client.post(of_bob, typed).content.decode()
    assert f"so it cannot be paid before {day:%-d %B %Y}. Choose that day" in refused
    typed |= {"pay_on_day": day.day, "pay_on_month": day.month, "pay_on_year": day.year}
    text = client.post(of_bob, typed, follow=True).content.decode()
    assert "The run is made" in text and "Bob Example" in text
    assert "Bob" not in offered(on)
