"""Every pound has a payer, an owner and a reason: each room is gone through by those whose work it is."""

import csv
import io
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
PHONE = 375
A_WEEK_AGO = date.today() - timedelta(days=7)
MONTH_END = date.today().replace(day=1) - timedelta(days=1)


def test_a_pool_is_untangled_to_the_day_and_a_dispute_goes_on(visit):
    fiona = visit("fiona")
    fiona.go("/pools/")
    fiona.follow("Mental health and learning disability pool")
    fiona.follow("Quarter before")
    fiona.is_told("Unexplained: £0.00", "Open questions", "Who bears it, step by step")
    fiona.press("Untangle it")
    for _client_group_team_person_line in range(4):
        fiona.is_told("Unexplained: £0.00", "Together")
        fiona.click(fiona.page.locator("main table a").first)
    fiona.is_told("as one level up. Unexplained: £0.00", "Together")
    finn = visit("finn", width=PHONE, scripts=False)
    finn.go("/disputes/")
    finn.click(finn.page.locator("main table a").first)
    finn.is_told("without prejudice. The person is paid as before.", "Overdue", "Where these times come from")
    finn.press("Write down a step")
    finn.press("Write it down")
    finn.is_told("There is a problem", "Say what came of it.")
    finn.choose("What was done?", "Answer of the other body")
    finn.date("On which day?", A_WEEK_AGO)
    finn.write("What came of it?", "They agree to half of it, and ask for the assessment.")
    finn.press("Write it down")
    finn.is_told("The step is written down.", "They agree to half of it")


def test_a_change_of_a_providers_bank_details_is_rung_up_and_turned_down(visit):
    fay = visit("fay")
    fay.go("/payments/")
    fay.follow("Providers’ money")
    fay.is_told("Late", "Nothing stops it", "How long providers wait")
    fay.go("/payments/")
    fay.follow("Willowherb Home Care Limited")
    fay.is_told("before you approve them", "have them read the account to you")
    fay.write("Which number did you ring?", "01632 960 999")
    fay.write("Who confirmed the account?", "Somebody in accounts")
    fay.press("Approve these details")
    fay.is_told("There is a problem", "on record before")
    fay.write("What is wrong with them?", "Nobody there had written to us.")
    fay.press("Turn them down")
    fay.is_told("Turned down", "In use")
    fay.go("/payments/providers/")
    fay.click(fay.page.locator("main table a").last)
    fay.follow("Read")
    fay.is_told("£")
    somebody = visit(width=PHONE, scripts=False)
    somebody.go("/payments/days-to-pay/")
    somebody.is_told("How soon we pay providers", "Where fewer than 5 invoices were paid, nothing is shown")


def test_who_pays_a_line_is_said_and_read_by_worker_and_person(visit):
    finn = visit("finn")
    finn.go("/funders/")
    finn.is_told("What each pays a week now", "30 June 2015")
    finn.follow("Rani Shah")
    finn.click(finn.page.locator("main a", has_text="Say who pays it").filter(has_text="Night support"))
    finn.press("Check who pays")
    finn.is_told("There is a problem")
    finn.choose("How do they divide it?", "A fixed share each")
    for number, (who, percent) in enumerate((("NHS Fairbourne", "30"), ("The council", "60")), start=1):
        finn.here.get_by_label(f"Funder {number}", exact=True).select_option(label=option(finn, who))
        finn.write(f"What funder {number} pays", percent)
    finn.write("Why do these pay?", "Agreed by the joint funding panel.")
    finn.press("Check who pays")
    finn.is_told("There is a problem")
    bea, ada = visit("bea"), visit("ada", width=PHONE)
    bea.follow("Ada Bell")
    who_pays = f"{bea.page.url}who-pays/"
    bea.go(who_pays)
    bea.is_told("Ada pays", "Carried-over Independent Living Fund pays")
    ada.go(who_pays)
    ada.is_told("You pay", "The council pays", "Carried-over Independent Living Fund pays")
    ada.go("/programmes/")
    ada.is_told("Putting People First", "£520 million", "Independent Living Fund")


def option(visitor: Visitor, words: str) -> str:
    """A whole option of the list of funders by its first words."""
    options = visitor.here.get_by_label("Funder 1", exact=True).locator("option").all_inner_texts()
    return next(each for each in options if each.startswith(words))


def test_how_budgets_are_managed_is_answered_and_a_risk_is_entered(visit):
    cole = visit("cole")
    cole.go("/insight/")
    cole.follow("How budgets are managed")
    cole.click(cole.page.locator("main a", has_text="Answer").filter(has_text="Transition plan"))
    cole.press("Keep the answer")
    cole.is_told("There is a problem")
    cole.write("How does the council do this now?", "New people first, everybody else at review.")
    cole.write("Who answers for it?", "Director of Adult Services")
    cole.press("Keep the answer")
    cole.is_told("New people first, everybody else at review.")
    cole.follow("The risk register")
    cole.press("Enter a risk")
    cole.write("What do you call this risk?", "A provider of many closes")
    cole.write("What could bring it about?", "Rates that do not cover wages.")
    cole.write("What would it do", "People lose their carers at once.")
    cole.choose("How likely is it?", "3: possible")
    cole.choose("How bad would it be?", "4: somebody’s support fails")
    cole.write("What holds against it now?", "Nothing yet.")
    cole.write("Who answers for it?", "Commissioner")
    cole.press("Keep it in the register")
    cole.is_told("There is a problem", "Enter the day on which it is looked at next.")
    cole.date("When is it looked at next?", date.today() + timedelta(days=30))
    cole.press("Keep it in the register")
    cole.is_told("A provider of many closes", "Middling: 3 × 4 = 12")
    cole.go("/insight/changes/")
    cole.is_told("What changed budgets, and why", "Was it a cut under another name?", "How a change is taken apart")


def test_the_books_of_a_month_are_closed(visit):
    fiona = visit("fiona")
    fiona.go("/money/books/")
    fiona.is_told("What the council pays, by client group", "Who pays of all budgets")
    fiona.click(fiona.page.locator("main").get_by_role("link", name="Set it").first)
    fiona.press("Set what is planned")
    fiona.is_told("Enter the amount planned.", "Say what the amount rests on.")
    fiona.write("How much does the council plan", "123,456.78")
    fiona.write("What does it rest on?", "Budget agreed by full council")
    fiona.press("Set what is planned")
    fiona.is_told("£123,456.78")
    fiona.go("/money/books/month-ends/")
    fiona.date("What is the last day of the month?", MONTH_END - timedelta(days=1))
    fiona.press("Take it")
    fiona.is_told("There is a problem", "the last day of a month")
    fiona.date("What is the last day of the month?", MONTH_END)
    fiona.press("Take it")
    fiona.is_told("The books at the end of", "Fallen due from people, not received")
    address = fiona.page.get_by_role("link", name="The journal as CSV").get_attribute("href")
    adds_up(fiona.page.request.get(f"{fiona.site}{address}").text())
    fiona.go("/money/books/returns/")
    fiona.date("Until the end of which day?", MONTH_END)
    fiona.press("Make the return")
    fiona.is_told("Finance return", "Together")


def adds_up(journal: str) -> None:
    """As much is debited as credited at the month's end, and as much turned round on the day after."""
    days: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(journal)):
        days[row["Date"]] += Decimal(row["Debit"] or 0) - Decimal(row["Credit"] or 0)
    assert len(days) == 2 and not any(days.values())
