"""Two people write on one page: the second is told, sees both texts, and nothing is overwritten."""

import pytest

pytestmark = pytest.mark.browser

OURS = "In the assessor's words"
BEAS = "Marcia washes alone, but has fallen twice."
MONAS = "Marcia needs a rail before anything else."


def test_the_second_to_save_is_told_and_loses_nothing(visit):
    bea, mona = visit("bea"), visit("mona")
    bea.follow("Marcia Grant")
    bea.press("Carry on with the assessment")
    bea.follow("Personal hygiene")
    page = bea.page.url
    mona.go(page)

    bea.write(OURS, BEAS)
    bea.press("Save and come back later")
    mona.write(OURS, MONAS)
    mona.press("Save and come back later")

    mona.is_told("What somebody else saved", BEAS)
    assert mona.page.get_by_label(OURS).input_value() == MONAS
    bea.go(page)
    assert bea.page.get_by_label(OURS).input_value() == BEAS

    mona.write(OURS, f"{BEAS} {MONAS}")
    mona.press("Save and come back later")
    bea.go(page)
    assert bea.page.get_by_label(OURS).input_value() == f"{BEAS} {MONAS}"
