"""The pages of the bank's lines on a phone, and without scripts; `test_a_month` works through them by keyboard."""

from time import monotonic

import pytest

pytestmark = pytest.mark.browser


def test_on_a_phone_without_scripts(visit):
    fay = visit("fay", width=375, scripts=False)
    fay.go("/money/bank/")
    fay.follow("Care payments")
    account = fay.page.url
    fay.go(f"{account}lines/")
    fay.press("Begin with the oldest")
    fay.press("Explain this line")
    fay.is_told("There is a problem", "Say what it is.")
    fay.go(f"{account}upload/")
    fay.press("Keep this statement")
    fay.is_told("Choose the bank’s file.")
    fay.go(f"{account}month/")
    fay.is_told("Download every line of the month")


def test_a_clean_account_is_checked_in_two_presses_and_the_person_reads_it(visit, record_property):
    """An audit of a clean account: the part of the browser takes seconds; the best system known says ten minutes."""
    fay = visit("fay", width=360, scripts=False)
    fay.follow("Direct payments to check")
    began = monotonic()
    fay.follow("Ada Bell")
    fay.is_told("Nothing is pointed out", "In the account", "What was spent")
    fay.press("All fine")
    seconds = monotonic() - began
    fay.is_told("All fine. Ada Bell is told.")
    record_property("seconds_of_the_browser", round(seconds, 1))
    assert seconds < 60
    ada = visit("ada", width=360, scripts=False)
    ada.follow("See everything")
    ada.follow("Checks of the direct payment")
    ada.is_told("The next check is in", "What we look at", "All is fine. There is nothing for you to do.")
