"""Two people write on one page: the second is told, sees both texts, and nothing is overwritten."""

import pytest

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

OURS = "In the assessor’s words"
BEAS = "Marcia washes alone, but has fallen twice."
MONAS = "Marcia needs a rail before anything else."


def test_the_second_to_save_is_told_and_loses_nothing(visit):
    bea, mona = visit("bea"), visit("mona")
    bea.follow("Marcia Grant")
    bea.press("Carry on with the assessment")
    bea.follow("Personal hygiene")
    page = bea.page.url.partition("#")[0]
    mona.go(page)

    save(bea, BEAS)
    save(mona, MONAS)

    mona.is_told("What somebody else saved", f"Personal hygiene: in the assessor’s words {BEAS}")
    assert written(mona) == MONAS
    bea.go(page)
    assert written(bea) == BEAS

    save(mona, f"{BEAS} {MONAS}")
    bea.go(page)
    assert written(bea) == f"{BEAS} {MONAS}"


def save(visitor: Visitor, words: str) -> None:
    visitor.open_part("Personal hygiene").write(OURS, words)
    visitor.press("Save and come back later")


def written(visitor: Visitor) -> str:
    return visitor.open_part("Personal hygiene").here.get_by_label(OURS).input_value()
