"""A month of bills: sent late with an apology, paid by a plan, stopped by a breathing space, paid through the bank."""

import re
from datetime import date, timedelta

import pytest

pytestmark = pytest.mark.browser


def test_a_month_of_bills(visit):
    finn = visit("finn")
    finn.go("/bills/")
    finn.is_told("Late: say why before they go")
    finn.follow("Say why, and send")
    finn.press("Send it with our apology")
    finn.is_told("There is a problem")
    finn.write("Why is this bill late?", "We set the budget up and forgot to send bills. That was our mistake.")
    finn.choose("How often could they pay?", "Every four weeks")
    finn.write("In how many payments?", "12")
    finn.press("Send it with our apology")
    account = finn.page.url
    finn.follow("Bill ")
    finn.is_told(
        "We are sorry", "forgot to send bills", "every four weeks, 12 times", "How to pay", "If you cannot pay"
    )
    assert finn.page.request.get(f"{finn.page.url}bill.pdf").headers["content-type"] == "application/pdf"
    finn.go(account)
    finn.follow("Agree a payment plan")
    finn.write("How much at a time?", "25.00")
    finn.choose("How often?", "Every month")
    finn.date("From which day on?", date.today() + timedelta(days=1))
    finn.choose("What do they pay it from?", "Savings")
    finn.write("How did they agree?", "“Twenty-five pounds a month is what I can do.”")
    finn.press("Agree the plan")
    finn.is_told("Payment plan", "Nobody is reminded while it stands", "To come")
    finn.follow("They say that a bill is wrong")
    finn.write("What looks wrong?", "She was in hospital for a week of it.")
    finn.press("Ask us to look at it")
    finn.follow("Answer it")
    finn.write("What came of it?", "The week is taken off, and stands on the next bill.")
    finn.press("Save the answer")
    finn.follow("Record a breathing space")
    finn.choose("Which kind is it?", "Standard breathing space")
    finn.write("Reference of the register", "BSS-77")
    finn.date("On which day does it start?", date.today())
    finn.press("Record it")
    finn.is_told("a breathing space until")
    finn.go(f"{account}plan/")  # no link leads to it now
    finn.write("How much at a time?", "26.00")
    finn.choose("How often?", "Every month")
    finn.date("From which day on?", date.today() + timedelta(days=1))
    finn.choose("What do they pay it from?", "Savings")
    finn.write("How did they agree?", "“Twenty-six pounds a month is what I can do.”")
    finn.press("Agree the plan")
    finn.is_told("They have a breathing space: nothing is agreed with them now.")


def test_bills_are_paid_through_the_bank_and_claims_are_answered(visit):
    finn = visit("finn")
    finn.go("/money/bank/")
    finn.follow("Care payments")
    finn.go(f"{finn.page.url}bills/")
    finn.press(re.compile(r"^Record £"))
    finn.is_told("is recorded as received")
    finn.go("/bills/ageing/")
    finn.is_told("How old what is owed is", "Up to 30 days")
    finn.go("/claims/")
    finn.follow("Claim 1")
    finn.follow("Answer the query")
    finn.write("What did you answer?", "Since May, as the letter of the GP says that we sent.")
    finn.press("Save")
    finn.is_told("Queried, answered")
    finn.go("/claims/")
    finn.follow("Claim 2")
    finn.follow("They paid a part")
    finn.write("How much of it was received?", "10.00")
    finn.date("On which day?", date.today())
    finn.write("What did you look at?", "Bank statement 14, line 3")
    finn.write("What do they query of the rest?", "Three of the days were in hospital.")
    finn.press("Confirm this part")
    finn.is_told("The part that was received is recorded", "Part received, queried")


def test_on_a_phone_without_scripts(visit):
    finn = visit("finn", width=375, scripts=False)
    finn.go("/bills/")
    finn.follow(re.compile("^Bill [0-9]+$"))
    finn.is_told("How it adds up", "If you think it is wrong")
    finn.go("/claims/")
    finn.is_told("Claims on NHS bodies")
