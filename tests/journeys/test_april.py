"""April in the browser: the batch that waits is looked at, approved by two, applied, told of late, and undone."""

import time

import pytest

pytestmark = pytest.mark.browser
WORDS = "Nobody loses by it: the guarantee goes up, and whoever is set apart is asked one by one."
LATE = "Nobody had the figures put in before the summer began."
WRONG = "The figures of one benefit were not the right ones."
LOOKS = 60


def open_batch(visitor, says):
    """Open the batch, again and again until the page says that the worker is so far."""
    for _ in range(LOOKS):
        visitor.go("/new-charges/")
        visitor.page.locator("th a").first.click()
        if visitor.page.get_by_text(says, exact=True).count():
            visitor.look()
            return
        time.sleep(1)
    raise AssertionError(f"The page never said: {says}")


def test_an_april_is_looked_at_approved_applied_told_and_undone(visit):
    finn, fay, fiona = visit("finn"), visit("fay", width=375), visit("fiona", scripts=False)
    open_batch(finn, "Worked out, waiting to be looked at")
    finn.is_told("New amounts in the law", "Hidden: too few")
    finn.page.locator("#people ~ div th a").last.click()
    finn.is_told("Both charges, step by step", "What the letter says")
    open_batch(finn, "Worked out, waiting to be looked at")
    finn.press("Say what you saw")
    finn.press("Keep what was seen")
    finn.is_told("There is a problem")
    finn.write("What did you see", WORDS)
    finn.press("Keep what was seen")
    finn.is_told("You drafted this batch, so two others of finance approve it.")
    open_batch(fay, "Looked at, waiting for the first approval")
    fay.press("Approve it, as the first of two")
    fay.is_told("A finance manager approves it after you.")
    open_batch(fiona, "Approved by one, waiting for a second")
    fiona.press("Approve it, as the second of two")
    open_batch(finn, "Approved by two, not applied yet")
    finn.press("Apply it")
    open_batch(finn, "Applied, nobody told yet")
    finn.press("Write the letters")
    finn.press("Write the letters")
    finn.is_told("Say why they are late")
    finn.write("Why are these letters late?", LATE)
    finn.press("Write the letters")
    open_batch(fiona, "Applied, and letters written")
    fiona.follow("Undo it for everybody")
    fiona.write("Why?", WRONG)
    fiona.press("Undo it for everybody")
    open_batch(fiona, "Undone")
    fiona.is_told("Taken back", WRONG)
