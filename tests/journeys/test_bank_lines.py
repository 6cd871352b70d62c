"""The pages of the bank's lines on a phone, and without scripts; `test_a_month` works through them by keyboard."""

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
