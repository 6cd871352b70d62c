"""The pages of money: who may open them, what they show, and the whole way from set-up to files."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from leeway.care.planning.models import Way
from leeway.money.banking.working_days import working_day_on_or_before
from leeway.money.budgets.actions import start_budget
from leeway.money.budgets.models import Budget, Instalment
from leeway.money.payees.models import PayeeAccount
from leeway.money.payments.making import make_run
from leeway.money.payments.models import PaymentRun
from tests.pages import searched

DP = Way.DIRECT_PAYMENT
TODAY = date(2026, 4, 20)


@pytest.fixture(autouse=True)
def on_20_april(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


@pytest.fixture
def on(monkeypatch):
    """Make it another day of April."""
    return lambda number: monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY.replace(day=number))


def page(client, name, *args, **kwargs):
    response = client.get(reverse(name, args=args), follow=True, **kwargs)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def post(client, name, *args, follow=True, **data):
    response = client.post(reverse(name, args=args), data, follow=follow)
    assert response.status_code in (200, 302), response.status_code
    return response.content.decode()


DETAILS = {
    "holder": "person",
    "account_name": "Ada Bell",
    "sort_code": "12-34-56",
    "account_number": "12345678",
    "name_check": "match",
}


def day(field, number):
    """A day of April as three boxes."""
    return {f"{field}_day": str(number), f"{field}_month": "4", f"{field}_year": "2026"}


PAY_ON = day("pay_on", 24)


def boxes(text):
    """The day in the three boxes of a page."""
    found = [re.search(f'name="pay_on_{part}"[^>]*value="([0-9]+)"', text) for part in ("year", "month", "day")]
    return date(*(int(each[1]) for each in found))


def test_the_day_of_a_run_is_one_that_bacs_can_reach_and_on_which_something_is_due(
    case, agree, bank, as_user, finn, fay, looking
):
    plan = agree(case, (DP, 100_00, 0))
    bank(case)
    start_budget(plan=plan, by=finn, on=TODAY)
    client = as_user(finn)
    assert boxes(page(client, "payments:make")) == date(2026, 4, 22)
    text = page(client, "payments:home")
    assert "Due by 22 April 2026, the first day that Bacs can reach" in text and "Next due" not in text
    first = make_run(pay_on=date(2026, 4, 22), by=finn, on=TODAY)

    due_on = Instalment.objects.exclude(payments__run=first).earliest("due_on").due_on
    after = working_day_on_or_before(due_on)
    assert date(2026, 4, 22) < after < date(2026, 5, 20)
    assert boxes(page(client, "payments:make")) == after
    said = f"{after:%-d %B %Y}"
    assert f"Next due, by {said}:" in page(client, "payments:home")
    assert f"can be paid on {said}, and nothing before that day." in page(client, "home")
    text = post(client, "payments:make", **day("pay_on", 23))
    assert f"Something is next due on {said}" in text and f"Check a run for {said}" in text and boxes(text) == after
    while boxes(page(client, "payments:make")) > date(2026, 4, 22):
        make_run(pay_on=boxes(page(client, "payments:make")), by=finn, on=TODAY)
    assert "Nor is anything due in the next month" in post(client, "payments:make", **day("pay_on", 23))
    assert "Nothing that can be paid is due in the next month." in page(client, "home")


def test_payments_of_a_run_are_searched_and_sorted(case, another_case, agree, bank, as_user, finn, looking):
    for number, (one, pence) in enumerate(((case, 70_00), (another_case("Zoe"), 140_00)), start=1):
        plan = agree(one, (DP, pence, 0))
        bank(one, account_number=f"{number}2345678", name=f"{one.person} account")
        start_budget(plan=plan, by=finn, on=TODAY)
    run = make_run(pay_on=date(2026, 4, 24), by=finn, on=TODAY)
    client = as_user(finn)

    def references(**asked):
        text = searched(client, reverse("payments:show", args=[run.pk]), **asked).content.decode()
        return re.findall('leeway-nowrap">([0-9]{6}-[0-9]{6})<', text.partition('aria-label="Payments in')[2])

    first, second = (f"000001-00000{place}" for place in (1, 2))
    zoe = run.payments.get(case__person__given_name="Zoe")
    assert references() == references(sort="place") == [first, second]
    assert references(sort="largest")[0] == references(words="zoe")[0] == zoe.reference
    assert references(words="Zoe") == references(words="zoe account") == references(words=zoe.reference)
    assert len(references(words="zoe")) == 1 and references(words="nobody") == []
    nobody = searched(client, reverse("payments:show", args=[run.pk]), words="nobody").content.decode()
    assert "No payment of this run has “nobody”" in nobody and "0 payments" not in nobody
    assert references(words="000002-000001") == references(words="000001-99999999999") == []


def test_the_other_day_of_a_run_is_suggested_so_that_it_can_be_given(case, agree, bank, as_user, finn, looking):
    plan = agree(case, (DP, 100_00, 0))
    bank(case)
    start_budget(plan=plan, by=finn, on=TODAY)
    run = make_run(pay_on=date(2026, 4, 22), by=finn, on=TODAY)
    client = as_user(finn)
    given = boxes(page(client, "payments:redate", run.pk))
    assert given == date(2026, 4, 23)
    assert "The run has its new day" in post(client, "payments:redate", run.pk, **day("pay_on", given.day))
    assert boxes(page(client, "payments:redate", run.pk)) == date(2026, 4, 22)


def test_from_an_agreed_plan_to_money_that_arrived(case, agree, as_user, finn, fay, looking, on):
    agree(case, (DP, 100_00, 0), charge_pence=20_00)
    client = as_user(finn)
    assert "Enter the bank details" in page(client, "budgets:start", case.pk)
    assert "The direct payment needs bank details" in post(client, "budgets:start", case.pk)
    assert not Budget.objects.exists()

    text = post(client, "payees:enter", case.pk, DP, **DETAILS)
    assert "12345678" not in text and "•••••678" in text
    payee = PayeeAccount.objects.get()
    assert "another finance officer must approve" in page(client, "payees:show", case.pk, payee.pk)
    assert "another finance officer must check" in post(client, "payees:approve", case.pk, payee.pk)

    client = as_user(fay)
    assert "Ada Bell" in page(client, "payments:home")
    text = post(client, "payees:approve", case.pk, payee.pk)
    assert "Start the budget" in text and "£80.00 × 5 ÷ 7" in text and "£57.15" in text
    text = post(client, "budgets:start", case.pk)
    assert "The budget has started" in text and "To be paid" in text

    client = as_user(finn)
    assert "£57.15" in page(client, "payments:home")
    text = post(client, "payments:make", **PAY_ON)
    assert "Make this run" in text and "£57.15" in text
    assert not PaymentRun.objects.exists()
    text = post(client, "payments:make", **PAY_ON, make="yes")
    run = PaymentRun.objects.get()
    assert "You made this run" in text
    assert "Nothing is due" in post(client, "payments:make", **PAY_ON, make="yes")
    assert client.get(reverse("payments:bacs", args=[run.pk])).status_code == 404

    client = as_user(fay)
    assert "Open the payment run again" in post(client, "payments:approve", run.pk)
    assert "approved" in post(client, "payments:approve", run.pk, pay_on=run.pay_on.isoformat())
    files = [client.get(reverse(name, args=[run.pk])) for name in ("payments:bacs", "payments:iso")]
    again = [client.get(reverse(name, args=[run.pk])) for name in ("payments:bacs", "payments:iso")]
    bacs, iso = (file.getvalue() for file in files)
    assert [bacs, iso] == [file.getvalue() for file in again]
    assert b"00000005715" in bacs and b"57.15" in iso
    assert "attachment" in files[0]["Content-Disposition"]
    assert "To be sent" in page(client, "budgets:show", case.pk)
    assert "from its approval on 20 April 2026 until today" in post(
        client, "payments:send", run.pk, pay_on="2026-04-24", **day("sent_on", 19)
    )
    text = post(client, "payments:send", run.pk, pay_on="2026-04-24", **day("sent_on", 20))
    assert "Confirm what arrived on 24 April 2026 or later" in text and "Withdraw" not in text
    text = page(client, "budgets:show", case.pk)
    assert "Sent</strong><br>to arrive on 24 April 2026" in text and "Payment reached its account" not in text

    on(24)
    assert "Confirm what arrived" in page(client, "payments:show", run.pk)
    seen = {"confirmed_from": "Bank statement of 24 April"}
    assert "write why it came back" in post(client, "payments:confirm", run.pk, **seen, returned="000001-000001")
    assert "Line 2: start with" in post(
        client, "payments:confirm", run.pk, **seen, returned="000001-000001 gone\nAda closed"
    )
    back = "000001-000009 closed"
    assert "No payment of this run is called" in post(client, "payments:confirm", run.pk, **seen, returned=back)
    assert "Line 2: this payment" in post(client, "payments:confirm", run.pk, **seen, returned=f"{back}\n{back}")
    text = post(client, "payments:confirm", run.pk, **seen)
    assert "1 payment, £57.15" in text and run.payments.get().state == "in_run"
    text = post(client, "payments:confirm", run.pk, **seen, checked="yes")
    assert "The run is confirmed." in text and "from: Bank statement of 24 April" in text
    text = page(client, "budgets:show", case.pk)
    assert "Arrived</strong><br>24 April 2026, confirmed on 24 April 2026" in text
    assert "Payment reached its account" in text

    on(27)
    text = post(client, "payments:returned", run.pk, 1, reason="account closed")
    assert "Came back</strong><br>on 27 April 2026: account closed" in text
    text = page(client, "budgets:show", case.pk)
    assert "Came back</strong><br>on 27 April 2026: account closed" in text and "Lift this hold" in text
    assert client.get(reverse("payments:returned", args=[run.pk, 2])).status_code == 404


def test_a_run_is_given_another_day_and_withdrawn_on_its_pages(budget, as_user, finn, fay, on):
    made = make_run(pay_on=date(2026, 4, 24), by=finn, on=TODAY)
    client = as_user(fay)
    post(client, "payments:approve", made.pk, pay_on="2026-04-24")
    on(23)
    text = page(client, "payments:show", made.pk)
    assert "Bacs had to have the file by 22 April 2026" in text and "Withdraw the run" in text
    client = as_user(finn)
    text = post(client, "payments:redate", made.pk, **day("pay_on", 28))
    assert "The run has its new day" in text and "You made this run or chose its day" in text
    client = as_user(fay)
    stale = post(client, "payments:approve", made.pk, pay_on="2026-04-24")
    assert "This run has another day since you opened the page: 28 April 2026" in stale
    post(client, "payments:approve", made.pk, pay_on="2026-04-28")
    assert "Say why" in post(client, "payments:withdraw", made.pk, reason="")
    text = post(client, "payments:withdraw", made.pk, reason="The bank refused the file")
    assert "Its payments are due again" in text and "Withdrawn" in text
    assert client.get(reverse("payments:bacs", args=[made.pk])).status_code == 404


def test_a_page_for_a_step_that_cannot_be_taken_says_so_before_anybody_types(budget, as_user, sent, finn, fay, on):
    client = as_user(fay)
    made = make_run(pay_on=date(2026, 4, 24), by=finn, on=TODAY)

    def told(name, *more):
        response = client.get(reverse(f"payments:{name}", args=[made.pk, *more]), follow=True)
        assert response.redirect_chain == [(reverse("payments:show", args=[made.pk]), 302)]
        return unescape(response.content.decode())

    assert "at “Waiting for a second officer”, so it cannot become “Sent to the bank”" in told("send")
    assert "cannot become “Withdrawn”" in told("withdraw") and "cannot become “Confirmed”" in told("confirm")
    assert "so the bank has no file of it to answer" in told("answer")
    assert "Confirm the run first" in told("returned", 1)
    assert "Another officer approves the new day" in page(client, "payments:redate", made.pk)
    sent(made, TODAY)
    assert "Confirm the run on that day or later" in told("confirm")
    assert "cannot become “Waiting for a second officer”" in told("redate")
    on(24)
    assert "What did you look at?" in page(client, "payments:confirm", made.pk)


def test_what_came_back_is_shown_by_name_before_it_is_confirmed(budget, as_user, sent, finn, on):
    run = sent(make_run(pay_on=date(2026, 4, 24), by=finn, on=TODAY), TODAY)
    on(24)
    back = {"confirmed_from": "Bank statement of 24 April", "returned": " 000001-000001  account closed \r\n\r\n"}
    text = post(as_user(finn), "payments:confirm", run.pk, **back)
    assert "Ada Bell" in text and "account closed" in text and "0 payments, £0.00" in text
    assert run.payments.get().state == "in_run"
    assert "Came back" in post(as_user(finn), "payments:confirm", run.pk, **back, checked="yes")


@pytest.fixture
def budget(case, agree, bank, finn):
    plan = agree(case, (DP, 100_00, 0), charge_pence=20_00)
    bank(case)
    return start_budget(plan=plan, by=finn, on=date(2026, 4, 1))


def test_ada_reads_her_budget_and_cyril_does_not(budget, case, as_user, ada_user, cyril):
    text = page(as_user(ada_user), "budgets:show", case.pk)
    assert "You pay" in text and "£20.00 + £80.00 = £100.00" in text
    assert "Bank details" not in text and "End the budget" not in text
    assert as_user(cyril).get(reverse("budgets:show", args=[case.pk])).status_code == 404


def test_whoever_supports_ada_reads_of_her_and_not_of_themselves(budget, case, as_user, ada_user, cyril):
    leave = {"name": "Cyril Crane", "kind": "friend", "authority": "none", "starts_on": date(2026, 1, 1)}
    case.person.relationships.create(**leave, user=cyril, may_see_record=True)
    text = page(as_user(cyril), "budgets:show", case.pk)
    assert "Ada pays" in text and "that Ada pays" in text and "he person pays" not in text
    assert "You pay" not in text and "your account" not in text and "paid to you" not in text


def until(day):
    """The fields of a hold's last day, after which it ends by itself."""
    return {
        "last_on_day": str(day.day), "last_on_month": str(day.month), "last_on_year": str(day.year),
        "ends_by_itself": "yes",
    }  # fmt: skip


def test_holds_and_the_end_are_done_and_explained_on_the_page(budget, case, as_user, finn, looking):
    client = as_user(finn)
    assert "Say why" not in page(client, "budgets:hold", case.pk)
    assert "Say what happened." in post(client, "budgets:hold", case.pk, kind="hospital")
    said = {"kind": "hospital", "reason": "In St Mary’s until May", **until(TODAY)}
    assert "In hospital: this hold does not end by itself" in post(client, "budgets:hold", case.pk, **said)
    text = post(client, "budgets:hold", case.pk, **(said | {"ends_by_itself": "no"}))
    assert "In St Mary’s until May" in text and "On hold: in hospital" in text
    assert "In hospital" in page(client, "payments:home")
    assert "Say why the days are paid" in post(client, "budgets:lift", case.pk, budget.holds.get().pk)
    for days in ("left_out", "paid_on"):
        assert "Enter the first of these days" in post(
            client, "budgets:away", case.pk, budget.holds.get().pk, days=days
        )
    said = {"days": "paid", "days_because": "Her assistant was paid on."}
    text = post(client, "budgets:away", case.pk, budget.holds.get().pk, **said)
    assert "On hold" not in text
    assert "last three months" in post(client, "budgets:fund", case.pk)
    end = {"ends_on_day": "31", "ends_on_month": "2", "ends_on_year": "2026", "reason": "Moved away"}
    assert "no 31/2/2026 in the calendar" in post(client, "budgets:end", case.pk, **end)
    text = post(client, "budgets:end", case.pk, **(end | {"ends_on_month": "5", "cover": "Her sister"}))
    assert "This budget ends after 31 May 2026: Moved away. From then on: Her sister." in text and "Cancelled" in text


@pytest.mark.parametrize("name", ["payments:home", "payments:make"])
def test_payments_are_for_finance_alone(name, as_user, bea, ada_user, db):
    for user in (bea, ada_user):
        assert as_user(user).get(reverse(name)).status_code == 403


def test_wrong_input_gets_a_sentence_and_keeps_what_was_typed(case, agree, as_user, finn):
    agree(case, (DP, 100_00, 0))
    text = post(
        as_user(finn),
        "payees:enter",
        case.pk,
        DP,
        **(DETAILS | {"sort_code": "12-34", "account_number": "12x", "roll_number": "%"}),
    )
    assert "There is a problem" in text and "Ada Bell" in text
    for said in ("Enter a sort code of 6 digits", "Enter an account number of 8 digits", "The roll number must be"):
        assert said in text
    text = post(as_user(finn), "payments:make", **(PAY_ON | {"pay_on_day": "25"}))
    assert "not a bank working day" in text and 'value="25"' in text


def test_pages_need_few_queries(budget, case, as_user, finn, looking, django_assert_max_num_queries):
    client = as_user(finn)
    for name, args in [("budgets:show", [case.pk]), ("payments:home", []), ("payments:make", [])]:
        with django_assert_max_num_queries(25):
            page(client, name, *args)
