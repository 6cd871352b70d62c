"""What it costs those who do the work to bring one person from a request to her first payment, and what is stored.

The bounds say how many pages, clicks and fields it may take; `facts_of_nora.txt` says what is stored when it is done,
which no shorter way may change.
"""

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from leeway.market.contracts.actions import record_rate
from leeway.market.listings.actions import list_service
from leeway.market.listings.models import Kind
from tests.conftest import TODAY
from tests.journeys.assessing import (
    answer_the_budget_questions,
    begin_to_add_someone,
    check_and_complete,
    check_the_money,
    go_through_every_part_of_life,
    have_the_conversation,
    say_where_the_needs_come_from,
    take_down_the_request,
)
from tests.journeys.counting import Cost, cost, keep_count, start_again
from tests.journeys.facts import facts
from tests.journeys.nora import AIM, MATTERS, MONEY, REQUEST, UNABLE
from tests.journeys.paying import (
    approve_bank_details,
    approve_the_run,
    enter_bank_details,
    make_a_run,
    say_that_the_bank_has_it,
    start_the_budget,
)
from tests.journeys.planning import (
    add_an_aim,
    check_the_direct_payment_conditions,
    explain_the_four_ways,
    find_support_in_the_directory,
    record_the_agreement,
    record_the_choice,
    say_how_much,
    say_when_support_starts,
    say_who_meets,
    send_for_sign_off,
    sign_off,
    start_the_plan,
)
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STARTS_ON = date(2026, 11, 25)
#: What an assessor's way may cost, the agreement that is recorded after the manager's decision with it.
MOST = Cost(pages=40, clicks=45, fields=80)
#: And everybody's: the manager's, and two finance officers' until the bank has the file.
MOST_OF_EVERYBODY = Cost(pages=62, clicks=60, fields=86)
FACTS = Path(__file__).with_name("facts_of_nora.txt")


@pytest.fixture(scope="module", autouse=True)
def rows_beside_the_browser():
    """Playwright keeps an event loop in this thread, beside which Django would refuse to ask its database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(autouse=True)
def one_day(monkeypatch):
    """All of it happens on one day, so that what is stored is the same on every day."""
    read = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda *moment: read(*moment) if moment else TODAY)


@pytest.fixture
def home_care(bea):
    service = list_service(name="Quay Home Care", provider_name="Quay", kind=Kind.COMMUNITY, by=bea, on=TODAY)
    listed = {"pence": 25_00, "unit": "hour", "kind": "listed", "starts_on": date(2026, 4, 1)}
    record_rate(service=service, by=bea, on=TODAY, **listed)


@pytest.fixture
def visit(window, live_server):
    """Sign in; what is counted begins after it."""

    def as_visitor(name: str) -> Visitor:
        visitor = window(live_server.url)
        keep_count(visitor)
        visitor.sign_in(name, at="council.example", password="correct horse battery")
        start_again(visitor)
        return visitor

    return as_visitor


def test_from_request_to_the_first_payment(visit, bea, mona, finn, fay, home_care):
    """An assessor's way from the request until the plan is sent, and everybody's way until the money is."""
    worker = visit("bea")
    case_page = bea_brings_it_to_sign_off(worker)
    assert cost(worker).is_within(MOST), cost(worker)
    manager = visit("mona")
    sign_off(manager, "Nora Quill", "£183.00", "£125.00")
    record_the_agreement(worker, case_page)
    assert cost(worker).is_within(MOST), cost(worker)
    officer, second = visit("finn"), visit("fay")
    the_money_is_sent(officer, second, case_page)
    everybody = [cost(visitor) for visitor in (worker, manager, officer, second)]
    assert sum(everybody, Cost()).is_within(MOST_OF_EVERYBODY), everybody
    assert facts() == FACTS.read_text(encoding="utf-8").splitlines()


def bea_brings_it_to_sign_off(bea: Visitor) -> str:
    """Returns the address of the case page."""
    begin_to_add_someone(bea, "Nora", "Quill")
    bea.press("Save and take down their request")
    case_page = take_down_the_request(bea, REQUEST)
    have_the_conversation(bea, MATTERS)
    go_through_every_part_of_life(bea, UNABLE)
    say_where_the_needs_come_from(bea)
    answer_the_budget_questions(bea)
    check_and_complete(bea)
    check_the_money(bea, MONEY)
    start_the_plan(bea, MATTERS)
    add_an_aim(bea, AIM, "Personal hygiene", "Being dressed properly")
    find_support_in_the_directory(bea, "home care")
    say_how_much(bea, "7", AIM)
    bea.follow("Something bought, or a personal assistant")
    bea.write("What the budget pays for", "Singing on Thursdays")
    bea.write("Who gives it", "The Harbour choir")
    say_how_much(bea, "1", AIM, of_what="session", cost="8")
    say_when_support_starts(bea, STARTS_ON)
    say_who_meets(bea, "Using services in the community", "Her neighbour Ida", "I drive her, and gladly.")
    explain_the_four_ways(bea)
    record_the_choice(bea, "Direct payment", "I want to choose who comes into my house.")
    check_the_direct_payment_conditions(bea)
    send_for_sign_off(bea)
    return case_page


def the_money_is_sent(finn: Visitor, fay: Visitor, case_page: str) -> None:
    enter_bank_details(finn, case_page, "N Quill", "40-00-01", "12345678")
    approve_bank_details(fay, "Nora Quill")
    start_the_budget(finn, case_page)
    run = make_a_run(finn)
    approve_the_run(fay, run)
    say_that_the_bank_has_it(fay, run)
