"""A finance officer works through the bank's lines by keyboard; the same pages on a phone, and without scripts."""

import pytest

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser


def key(visitor: Visitor, sign: str) -> None:
    """Press one key of the queue, and look over the page that it leads to."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press(sign)
    visitor.look()


def go_to_a_proposal(visitor: Visitor) -> None:
    """Go on in the queue until a line has something that it may stand for."""
    for _ in range(20):
        if visitor.page.locator("[data-key='1']").count():
            return
        key(visitor, "n")
    raise AssertionError("No line of the queue has a proposal.")


def test_the_queue_by_keyboard(visit):
    finn = visit("finn")
    finn.follow("Bank accounts")
    finn.is_told("is not explained")
    finn.follow("Care payments")
    finn.is_told("Not explained", "The bank has", "How long lines have not been explained")
    finn.press("Say what the lines are")
    finn.press("Begin with the oldest")
    refund = finn.page.url
    finn.page.keyboard.press("s")
    assert finn.page.evaluate("document.activeElement.id") == "id_amount_pence"
    finn.choose("What is it?", "A refund from elsewhere")
    finn.write("In a sentence", "Sunrise paid an invoice back that was paid twice.")
    finn.press("Explain this line")
    finn.is_told("The line is explained as you said.", "What it may stand for")
    go_to_a_proposal(finn)
    key(finn, "1")
    finn.is_told("Matched:", "Undo your last match (u)")
    key(finn, "u")
    finn.write("What was mistaken?", "It is another share than that.")
    finn.press("Undo this match")
    finn.is_told("The match is undone. Its lines are open again, and every other match stands.", "Undone")
    key(finn, "h")
    finn.is_told("Match by hand", "Why do they belong together?")
    finn.go(refund)
    finn.is_told("This line is explained.", "A refund from elsewhere")
    here = finn.page.url
    finn.page.get_by_role("button", name="Turn the keys off").click()
    finn.page.keyboard.press("n")
    finn.page.get_by_role("button", name="Turn the keys on").wait_for()
    assert finn.page.url == here


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
