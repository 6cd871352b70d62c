"""Ana the analyst: a measure over time and on the map, a target, the question, a local account that anyone reads."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE = 390


def test_from_the_published_returns_to_a_local_account(visit: Callable[..., Visitor]):
    ana = visit()
    she_begins_with_insight(ana)
    she_looks_at_a_council_over_time(ana)
    she_sees_it_on_the_map_and_keeps_the_figures(ana)
    she_sets_a_target(ana)
    she_reads_what_a_direct_payment_goes_with(ana)
    figures = she_publishes_the_local_account(ana)
    someone_reads_it_on_a_phone(visit(width=PHONE), figures)


def test_the_returns_can_be_read_without_scripts(visit: Callable[..., Visitor]):
    ana = visit(scripts=False)
    she_begins_with_insight(ana)
    she_looks_at_a_council_over_time(ana)
    she_sees_it_on_the_map_and_keeps_the_figures(ana)
    she_sets_a_target(ana)


def test_on_a_phone_each_picture_fits_or_says_that_it_is_wider(visit: Callable[..., Visitor]):
    ana = visit(width=PHONE)
    she_begins_with_insight(ana)
    she_looks_at_a_council_over_time(ana)
    assert "move it sideways" in what_stands_over(ana)
    ana.follow("On the map")
    every_picture_is_there(ana)
    assert what_stands_over(ana) == "none", "the map fits"


def what_stands_over(ana: Visitor) -> str:
    return ana.page.locator("main figure").first.evaluate("figure => getComputedStyle(figure, '::before').content")


def she_begins_with_insight(ana: Visitor) -> None:
    ana.sign_in("ana")
    ana.is_told("The published returns", "Targets", "What does a direct payment go with?", "Publish the local account")


def she_looks_at_a_council_over_time(ana: Visitor) -> None:
    ana.follow("The published returns")
    ana.is_told("England: 11.7% in 2010-11, 24.5% in 2024-25.")
    ana.pick("Measure", "Take-up: Direct payments: people with a learning disability, 18 to 64")
    ana.pick("Place", "Kent")
    ana.press("Show")
    ana.pick("Compare with", "South East councils")
    ana.press("Show")
    ana.is_told(
        "Kent: 0.0 per 10,000 adults in 2000-01, 10.9 per 10,000 adults in 2012-13.", "Middle of South East councils"
    )
    every_picture_is_there(ana)


def she_sees_it_on_the_map_and_keeps_the_figures(ana: Visitor) -> None:
    ana.follow("On the map")
    ana.pick("Year", "2010-11")
    ana.press("Show")
    ana.is_told("Direct payments: people with a learning disability, 18 to 64, 2010-11", "Kent: 6.7 per 10,000 adults.")
    every_picture_is_there(ana)
    rows = list(csv.DictReader(io.StringIO(ana.download("Download the figures (CSV)"))))
    [kent] = [row for row in rows if row["council"] == "Kent"]
    assert (kent["year"], f"{float(kent['value']):.1f}") == ("2010-11", "6.7")
    assert "NHS Information Centre" in kent["source"]


def she_sets_a_target(ana: Visitor) -> None:
    ana.go("/insight/")
    ana.follow("Targets")
    ana.pick("Measure", "Outcomes: People satisfied with their care and support")
    ana.pick("Place", "Kent")
    ana.write("Target", "101")
    ana.press("Show")
    ana.is_told("There is a problem", "The target must be 100 percent or less.")
    ana.write("Target", "70")
    ana.press("Show")
    ana.is_told("Kent: the chance of getting there is", "Where it stands", "66.8% on 31 March 2025")
    every_picture_is_there(ana)


def she_reads_what_a_direct_payment_goes_with(ana: Visitor) -> None:
    ana.go("/insight/")
    ana.page.set_default_timeout(60_000)  # a thousand estimates, worked out when they are first asked for
    ana.follow("What does a direct payment go with?")
    ana.is_told(
        "One more person with a direct payment goes with anything from", "An association between totals of councils"
    )
    every_picture_is_there(ana)


def she_publishes_the_local_account(ana: Visitor) -> list[str]:
    """What she saw before she published it."""
    ana.go("/insight/")
    ana.follow("Publish the local account")
    ana.set_going("See it first", until="See what everyone will see")
    ana.is_told("This is what everyone will see")
    figures = ana.page.locator("main p.govuk-body-l").all_inner_texts()[1:]
    ana.press("Publish it")
    ana.is_told("Everyone can read it.")
    return figures


def someone_reads_it_on_a_phone(someone: Visitor, figures: list[str]) -> None:
    """Without signing in."""
    someone.go("/local-account/")
    someone.is_told(
        "How personal budgets are going", "How many people have a direct payment?", "England: 24.5% in 2024-25"
    )
    assert someone.page.locator("main p.govuk-body-l").all_inner_texts()[1:] == figures
    with someone.page.expect_download() as waiting:
        someone.page.get_by_role("link", name="Download the figures (CSV)").click()
    rows = list(csv.DictReader(Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()))
    package = json.loads(someone.page.request.get(f"{someone.site}/local-account/datapackage.json").text())
    assert [field["name"] for field in package["resources"][0]["schema"]["fields"]] == list(rows[0])
    assert {row["measure"] for row in rows} >= {"ASCOF 3D(1a)", "ASCOF 3D(2a)"}


def every_picture_is_there(visitor: Visitor) -> None:
    """Each picture of the page has come, and is drawn."""
    for picture in visitor.page.locator("main img").all():
        address = picture.get_attribute("src")
        answer = visitor.page.request.get(visitor.site + address, timeout=60_000)
        assert answer.ok and answer.text().startswith("<svg"), address
        assert picture.bounding_box()["width"] > 100
    for figure in visitor.page.locator("main figure").all():
        cut = figure.evaluate("figure => figure.scrollWidth > figure.clientWidth")
        says = figure.evaluate("figure => getComputedStyle(figure, '::before').content") != "none"
        assert cut == says, "what is wider than the screen says so, and nothing else does"
