"""A worker without a mouse: signs in, finds a person, and writes about a part of her life."""

import pytest

from tests.journeys.keys import FOCUSED, enter, tab_to, type_in
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser


def test_a_worker_without_a_mouse(visit):
    bea = visit()
    bea.go("/account/login/")
    bea_signs_in(bea)
    bea_finds_marcia(bea)
    bea_records_the_conversation(bea)
    bea_writes_about_dressing(bea)


def bea_signs_in(bea: Visitor) -> None:
    """The first Tab offers to skip what stands on every page."""
    bea.page.keyboard.press("Tab")
    assert bea.page.evaluate(FOCUSED)["name"] == "Skip to main content"
    bea.page.keyboard.press("Enter")
    type_in(bea, "Email address", "bea@fairbourne.example")
    type_in(bea, "Password", "fairbourne-demo")
    with bea.page.expect_navigation():
        bea.page.keyboard.press("Enter")
    assert bea.page.url.endswith("/home/"), bea.reads()


def bea_finds_marcia(bea: Visitor) -> None:
    enter(bea, "People")
    type_in(bea, "Name, date of birth, NHS number or postcode", "Marcia Grant")
    with bea.page.expect_navigation():
        bea.page.keyboard.press("Enter")
    enter(bea, "Case of Marcia Grant")
    bea.is_told("Marcia Grant", "Finish the assessment.")


def bea_records_the_conversation(bea: Visitor) -> None:
    """Arrows choose among answers of which only one can be given."""
    enter(bea, "Carry on with the assessment")
    enter(bea, "The conversation")
    tab_to(bea, "The person")
    bea.page.keyboard.press("ArrowDown")
    bea.page.keyboard.press("ArrowUp")
    assert bea.page.get_by_label("The person alone").is_checked()
    tab_to(bea, "Not needed")
    bea.page.keyboard.press("Space")
    enter(bea, "Save and continue")


def bea_writes_about_dressing(bea: Visitor) -> None:
    """Enter opens a part of life that is folded away. What she writes in it is there when she comes back."""
    parts_of_life = bea.page.url
    tab_to(bea, "Being dressed properly")
    bea.page.keyboard.press("Enter")
    tab_to(bea, "Cannot do it without help")
    bea.page.keyboard.press("Space")
    type_in(bea, "In the assessor’s words", "Needs prompting with every button.")
    enter(bea, "Save and continue")
    bea.is_told("Conditions and wellbeing")
    bea.go(parts_of_life)
    dressing = bea.open_part("Being dressed properly").here
    assert dressing.get_by_label("In the assessor’s words").input_value() == "Needs prompting with every button."
    assert [box.is_checked() for box in dressing.get_by_role("checkbox").all()] == [True, False, False, False, False]
