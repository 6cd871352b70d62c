"""From an agreed plan to money on its way: what two finance officers do at the browser."""

import re
from xml.etree import ElementTree

from tests.journeys.visitor import Visitor


def enter_bank_details(officer: Visitor, case_page: str, name: str, sort_code: str, account_number: str) -> None:
    officer.go(case_page)
    officer.press("Set up the money")
    officer.follow("Enter the bank details")
    officer.choose("Whose account is it?", "The person")
    officer.write("Name on the account", name)
    officer.write("Sort code", sort_code)
    officer.write("Account number", account_number)
    officer.choose("What did Confirmation of Payee say?", "The name matches the account")
    officer.press("Check and save")


def approve_bank_details(officer: Visitor, person: str) -> None:
    """The second officer finds them among the payments' waiting list."""
    officer.go("/payments/")
    officer.follow(person)
    officer.press("Approve these details")


def make_a_run(officer: Visitor) -> str:
    """A run for the first day that Bacs can reach. Returns its address."""
    officer.go("/payments/")
    officer.press("Make a payment run")
    officer.press("Continue")
    officer.press("Make this run")
    officer.is_told("The payment run is made. Another finance officer must approve it.")
    return officer.page.url


def approve_the_run(officer: Visitor, run: str) -> None:
    officer.go(run)
    officer.press(re.compile("^Approve "))
    officer.is_told("The run is approved. Give one of its files to the bank")


def files_of(officer: Visitor, run: str) -> tuple[list[str], ElementTree.Element]:
    """The lines of the Bacs file and the root of the ISO 20022 message."""
    officer.go(run)
    lines = officer.download("Bacs Standard 18").splitlines()
    return lines, ElementTree.fromstring(officer.download("ISO 20022"))


def say_that_the_bank_has_it(officer: Visitor, run: str) -> None:
    officer.go(run)
    officer.press("The bank has the file")
    officer.press("The bank has the file")
    officer.is_told("Sent to the bank", "look at what the bank says, and confirm here what arrived")


def start_the_budget(officer: Visitor, case_page: str) -> None:
    officer.go(case_page)
    officer.press("Set up the money")
    officer.press("Start the budget")


def press_make_again(officer: Visitor) -> None:
    """The page on which the run was made is still open in another tab: pressing its button again pays nobody."""
    officer.page.go_back()
    officer.press("Make this run")
    officer.is_told("Nothing is due")
