"""What is typed is there when its writer comes back, and whoever would lose it is warned."""

import pytest

pytestmark = pytest.mark.browser

OURS = "In the assessor’s words"
WORDS = "Marcia cooks once a week, with her sister beside her."


def at_an_outcome(visit):
    bea = visit("bea")
    bea.follow("Marcia Grant")
    bea.press("Carry on with the assessment")
    bea.follow("Eating and drinking")
    return bea, bea.open_part("Eating and drinking")


def test_what_is_typed_is_given_back(visit):
    bea, meals = at_an_outcome(visit)
    page = bea.page.url
    meals.write(OURS, WORDS)
    bea.page.get_by_text("is kept for you").wait_for()
    bea.go("/home/")
    bea.go(page)
    bea.is_told("We kept what you wrote", WORDS)
    bea.press("Carry on with it")
    bea.go(page)
    assert bea.open_part("Eating and drinking").here.get_by_label(OURS).input_value() == WORDS


def test_whoever_leaves_before_it_is_kept_is_warned(visit):
    bea, meals = at_an_outcome(visit)
    bea.page.route(
        bea.page.url.partition("#")[0],
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    asked = []
    bea.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    meals.here.get_by_label(OURS).click()
    bea.page.keyboard.type("And more.")
    bea.go("/home/")
    assert asked == ["beforeunload"]


def test_a_search_that_was_typed_is_not_kept(visit):
    bea = visit("bea")
    bea.page.clock.install()
    bea.go("/people/")
    kept = []
    bea.page.on("request", lambda request: kept.append(request.url) if "leeway-keep" in request.headers else None)
    bea.page.get_by_role("search").get_by_role("textbox").fill("Marcia")
    bea.page.clock.fast_forward(60_000)
    bea.go("/people/")
    assert not kept and "We kept" not in bea.reads()
