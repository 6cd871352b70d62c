"""With JavaScript off: a manager gives out a request, and a worker takes it to its end, which is not a budget."""

import pytest

from tests.journeys.assessing import PARTS_OF_LIFE, go_through_every_part_of_life, have_the_conversation
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

ADVICE = "The library's friendship group on Tuesdays, a perching stool on loan, and when to ring us again."
UNABLE = {"Keeping your home fit to live in": ("The windows beat me.", "Cannot reach to clean the windows.")}


def test_a_request_to_its_end_without_scripts(visit):
    mona, bea = visit("mona", scripts=False), visit("bea", scripts=False)
    case_page = mona_gives_the_case_to_bea(mona)
    bea.go(case_page)
    have_the_conversation(bea, "Staying in my own house.")
    go_through_every_part_of_life(bea, UNABLE, "Doreen Castle")
    bea_says_what_it_does_to_her_life(bea)
    bea_cannot_end_it_without_advice(bea)
    bea_decides(bea)
    the_letter_gives_the_reasons(bea, case_page)


def mona_gives_the_case_to_bea(mona: Visitor) -> str:
    mona.follow("without a worker")
    mona.follow("Doreen Castle")
    case_page = mona.page.url
    mona.press("Choose a worker")
    mona.pick("Who takes on the case?", "Bea Okafor")
    mona.click(mona.page.locator("main").get_by_role("button"))
    mona.is_told("Bea Okafor has the case.")
    return case_page


def bea_says_what_it_does_to_her_life(bea: Visitor) -> None:
    bea.is_told("Conditions and wellbeing")
    bea.choose("Do the needs come from", "Yes")
    bea.choose("Does the level of need go up and down", "No")
    bea.choose("Is there, or is there likely to be", "No")
    bea.choose("Must somebody else pay", "No, nobody else must")
    bea.press("Save and continue")


def bea_cannot_end_it_without_advice(bea: Visitor) -> None:
    """A refusal comes with help: without it the page says so, and nothing is decided."""
    bea.go(bea.page.url.partition("/assessment/")[0] + "/assessment/check/")
    bea.is_told("needs are not eligible", f"unable to achieve 1 of the {len(PARTS_OF_LIFE)} outcomes")
    bea.press("Complete: needs are not eligible")
    bea.is_told("There is a problem", "advice")


def bea_decides(bea: Visitor) -> None:
    bea.write("Information, advice and help given", ADVICE)
    bea.press("Complete: needs are not eligible")
    bea.is_told("Needs are not eligible", ADVICE)


def the_letter_gives_the_reasons(bea: Visitor, case_page: str) -> None:
    bea.go(case_page)
    bea.is_told("Closed")
    bea.follow("Letters")
    bea.follow("Our decision about your needs")
    bea.is_told("Doreen", ADVICE)
