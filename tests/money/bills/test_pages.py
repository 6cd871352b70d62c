"""The pages of bills: finance finds what to do, the person sees what they pay, each says what to do next."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leeway.care.letters.pdf import letter_pdf
from leeway.money.bills import actions
from leeway.money.bills.content import bill_letter
from leeway.money.bills.kinds import Every, MoneyFrom
from leeway.money.bills.models import Bill, BreathingSpace, Lateness, Pause, PaymentPlan, Settlement
from leeway.money.bills.queries import ageing, get_bill
from leeway.money.contributions import queries as contributions
from leeway.money.contributions.actions import take_back
from tests.money.bills.conftest import BILLED_ON, night, pay

FIRST, LATE = BILLED_ON[0], BILLED_ON[3]


@pytest.fixture
def today(monkeypatch):
    """Have pages think that it is another day."""

    def set_to(day):
        from leeway.money.bills import views

        for module in ("leeway.acting", "leeway.money.bills.views", "leeway.care.people.queries"):
            monkeypatch.setattr(f"{module}.timezone.localdate", lambda *_: day)
        return views

    return set_to


@pytest.fixture
def sent(budget):
    night(FIRST)
    actions.send_bills(on=FIRST)
    return Bill.objects.get()


def page(client, user, name, *args, most=25):
    client.force_login(user)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse(f"bills:{name}", args=args))
    assert len(asked) <= most, [each["sql"][:90] for each in asked]
    return answer


def test_a_late_bill_is_explained_and_sent_from_its_page(budget, finn, client, today):
    today(LATE)
    night(LATE)
    bill = Bill.objects.get()
    home = page(client, finn, "home").content.decode()
    assert "Late: say why before they go" in home
    address = reverse("bills:late", args=[bill.case_id, bill.number])
    answer = client.post(address, {"why": "x", "every": "four_weeks", "times": "10"})
    assert "Say why the bill is late" in answer.content.decode() and not Lateness.objects.exists()
    why = "We set up your budget and forgot the bills."
    answer = client.post(address, {"why": why, "every": "four_weeks", "times": "10"})
    assert answer.status_code == 302
    letter = page(client, finn, "bill", bill.case_id, 1).content.decode()
    assert "We are sorry" in letter and why in letter and "£8.90 every four weeks, 10 times" in letter


def test_the_person_sees_what_they_pay_and_says_that_it_is_wrong(sent, ada_user, cyril, finn, client, today):
    today(FIRST + timedelta(days=3))
    night(BILLED_ON[1])  # not sent yet: no business of theirs
    seen = page(client, ada_user, "account", sent.case_id).content.decode()
    assert "What you pay" in seen and "PAY 0000 0018" in seen and "Bill 1" in seen and "Bill 2" not in seen
    assert "Write off" not in seen
    assert page(client, ada_user, "bill", sent.case_id, 2).status_code == 404
    assert page(client, cyril, "account", sent.case_id).status_code == 404
    client.force_login(ada_user)
    assert client.get(reverse("bills:home")).status_code == 403
    assert client.get(reverse("bills:agree", args=[sent.case_id])).status_code == 403
    client.post(reverse("bills:dispute", args=[sent.case_id]), {"words": "I was in hospital for three of those days"})
    assert Pause.objects.get().started_by == ada_user
    assert "need not pay what you question" in page(client, ada_user, "bill", sent.case_id, 1).content.decode()


def test_a_bill_as_pdf_is_tagged_and_adds_up(sent, ada_user, client, finn):
    pay(sent.case, 2_00, finn, FIRST)
    night(BILLED_ON[1])
    actions.send_bills(on=BILLED_ON[1])
    answer = page(client, ada_user, "bill_pdf", sent.case_id, 2)
    assert answer["Content-Type"] == "application/pdf" and b"/StructTreeRoot" in letter_pdf(
        bill_letter(get_bill(sent.case_id, 2, seen_by=ada_user), "Council")
    )
    shown = page(client, ada_user, "bill", sent.case_id, 2).content.decode()
    for words in (
        "£5.00",
        "−£2.00",
        "£31.00 by 22 June 2026",
        "28 days",
        "You pay £7.00 a week",
    ):
        assert words in shown, words
    assert page(client, ada_user, "statement_pdf", sent.case_id)["Content-Type"] == "application/pdf"
    statement = page(client, ada_user, "statement", sent.case_id).content.decode()
    assert "Paid: thank you" in statement and "Your charge for a pay period" in statement


def test_plans_breathing_spaces_and_write_offs_are_done_on_pages(sent, finn, fay, client, today):
    day = FIRST + timedelta(days=3)
    today(day)
    client.force_login(finn)
    case = sent.case_id
    asked = {
        "instalment_pence": "1.00",
        "every": "week",
        "money_from": "spare",
        "agreed_words": "“Yes, a pound is fine for me”",
    }
    asked |= {"first_on_day": "1", "first_on_month": "5", "first_on_year": "2026"}
    answer = client.post(reverse("bills:agree", args=[case]), asked).content.decode()
    assert "Nobody has checked" in answer
    client.post(reverse("bills:agree", args=[case]), asked | {"money_from": "savings"})
    plan = PaymentPlan.objects.get()
    assert "Payment plan" in page(client, finn, "account", case).content.decode()
    client.post(reverse("bills:end_plan", args=[case, plan.pk]), {"words": "It was too much, and we wait instead"})
    asked = {"kind": "write_off", "amount_pence": "2", "because_of": "our_fault", "words": "It came at a wrong address"}
    client.post(reverse("bills:settle", args=[case]), asked)
    page(client, fay, "home")
    client.post(reverse("bills:decide", args=[Settlement.objects.get().pk]), {"agreed": "True"})
    assert Settlement.objects.get().answer.agreed
    undo, asked = reverse("bills:undo", args=[Settlement.objects.get().pk]), {"reason": "It was another Ada Bell"}
    assert undo in page(client, finn, "account", case).content.decode()
    assert "Ask a colleague" in client.post(undo, asked).content.decode()
    client.force_login(fay)
    assert client.post(undo, asked).status_code == 302
    assert "Taken back since" in page(client, finn, "account", case).content.decode()
    asked = {"kind": "standard", "register_reference": "BS-0041"}
    asked |= {"starts_on_day": "30", "starts_on_month": "4", "starts_on_year": "2026"}
    client.post(reverse("bills:start_space", args=[case]), asked)
    space = BreathingSpace.objects.get()
    shown = page(client, finn, "account", case).content.decode()
    assert "breathing space until 28 June 2026" in shown
    asked = {
        "ends_on_day": "1",
        "ends_on_month": "5",
        "ends_on_year": "2026",
        "because": "The notice says that it was cancelled",
    }
    client.post(reverse("bills:space", args=[case, space.pk, "end"]), asked)
    space.refresh_from_db()
    assert space.ends_on == date(2026, 5, 1)
    assert client.get(reverse("bills:space", args=[case, space.pk, "other"])).status_code == 404


def test_ageing_takes_what_came_in_off_the_oldest_first(sent, finn, client, today):
    night(BILLED_ON[2])
    on = date(2026, 6, 22)
    pay(sent.case, 10_00, finn, on)
    found = ageing(seen_by=finn, on=on)
    assert found.totals["People"] == [56_00, 23_00, 0, 0, 0, 0]
    today(on)
    assert "£56.00" in page(client, finn, "ageing").content.decode()
    table = page(client, finn, "ageing_csv").content.decode()
    assert "People" in table and "79.00" in table


def test_what_was_undone_is_as_old_as_before(sent, finn):
    """Money that was received by mistake makes nobody's debt younger, on this list and on that of contributions."""
    night(BILLED_ON[2])
    on, later = date(2026, 6, 22), date(2026, 6, 23)
    before, since = ageing(seen_by=finn, on=on).totals, owed_since(finn, on)
    receipt = pay(sent.case, 40_00, finn, on)
    take_back(receipt=receipt, reason="It was another person’s", by=finn, on=later)
    assert ageing(seen_by=finn, on=on).totals["People"] == [49_00, 0, 0, 0, 0, 0]
    assert ageing(seen_by=finn, on=later).totals == before
    assert owed_since(finn, later) == since == date(2026, 4, 22)


def owed_since(finn, on):
    return contributions.owed(seen_by=finn, on=on)[0][0].since


def test_a_bill_to_somebody_else_is_addressed_to_them(sent, finn):
    assert Every.MONTH.a_week_pence(10_83) == 2_50 and MoneyFrom.SPARE
    letter = bill_letter(get_bill(sent.case_id, 1, seen_by=finn), "Council")
    assert letter.greeting == "Dear Ada Bell,"


def test_whoever_is_never_billed_is_not_promised_a_bill(case, client, bea):
    client.force_login(bea)
    shown = client.get(reverse("bills:account", args=[case.pk])).content.decode()
    assert "No bills come" in shown and "A bill follows" not in shown
