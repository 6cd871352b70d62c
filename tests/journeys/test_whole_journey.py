"""One person from a request for help to a paid, reviewed personal budget, by hand, in five windows."""

import re
from datetime import date

import pytest

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
from tests.journeys.nora import AIM, MATTERS, MONEY, REQUEST, UNABLE
from tests.journeys.paying import (
    approve_bank_details,
    approve_the_run,
    enter_bank_details,
    files_of,
    make_a_run,
    press_make_again,
    say_that_the_bank_has_it,
    start_the_budget,
)
from tests.journeys.planning import (
    add_an_aim,
    check_the_direct_payment_conditions,
    explain_the_four_ways,
    find_support_in_the_directory,
    record_the_choice,
    say_how_much,
    say_when_support_starts,
    say_who_meets,
    send_for_sign_off,
    sign_off,
    start_the_plan,
)
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

EMAIL = "nora.quill@post.example"
PASSWORD = "daffodils by the harbour"


def test_one_person_from_request_to_review(visit, site):
    today = date.today()
    bea = visit("bea")
    case_page = bea_takes_the_request(bea)
    bea_assesses_with_nora(bea)
    charge = bea_checks_the_money(bea)
    bea_plans_with_nora(bea, case_page, today)
    mona_signs_off(visit, case_page, charge)
    nora_is_invited(bea, case_page)
    nora = nora_signs_in(visit, site.link_emailed_to(EMAIL))
    nora_reads_and_agrees(nora, charge)
    finn, fay = visit("finn"), visit("fay")
    the_money_is_set_up(finn, fay, case_page)
    finn_and_fay_pay(finn, fay)
    nora_reads_her_letters(nora)
    bea_reviews(bea, case_page, today)
    nora_sees_what_happened(nora)


def bea_takes_the_request(bea: Visitor) -> str:
    """A mistyped NHS number is told in one sentence, and nothing that was typed is lost."""
    begin_to_add_someone(bea, "Nora", "Quill")
    bea.write("NHS number", "999 123 4005")
    bea.write("Anything else that helps", "Mornings are best.")
    bea.press("Save and take down their request")
    bea.is_told("NHS number: the last digit does not fit the other nine, so one is mistyped. Check it.")
    assert bea.page.get_by_label("Last name").input_value() == "Quill"
    assert bea.page.get_by_label("Anything else that helps").input_value() == "Mornings are best."
    bea.write("NHS number", "999 123 4004")
    bea.press("Save and take down their request")
    return take_down_the_request(bea, REQUEST)


def bea_assesses_with_nora(bea: Visitor) -> None:
    have_the_conversation(bea, MATTERS)
    go_through_every_part_of_life(bea, UNABLE)
    say_where_the_needs_come_from(bea)
    answer_the_budget_questions(bea)
    bea.is_told(MATTERS, *(theirs for theirs, _ours in UNABLE.values()))
    check_and_complete(bea)
    bea.is_told("unable to achieve 3 of the 10 outcomes", "Once or twice every day", "What would change this")


def bea_checks_the_money(bea: Visitor) -> str:
    """Returns what Nora would pay. A fortnight's £290.00 is £145.00 a week."""
    check_the_money(bea, MONEY)
    bea.is_told("What Nora pays", "Employment and Support Allowance of £145.00 a week", "Capital of £15,000.00")
    charge = bea.page.locator(".leeway-amount").inner_text().split()[0]
    assert re.fullmatch(r"£[1-9]\d*\.\d\d", charge), charge
    return charge


def bea_plans_with_nora(bea: Visitor, case_page: str, today: date) -> None:
    """Something from the directory and an idea of Nora's own; the four ways; her choice; off to the manager."""
    start_the_plan(bea, MATTERS)
    add_an_aim(bea, AIM, "Personal hygiene", "Being dressed properly")
    find_support_in_the_directory(bea, "home care")
    bea.write("What the budget pays for", "Help to wash and dress")
    say_how_much(bea, "7", AIM, of_what="hour", cost="25")
    bea.follow("Something bought, or a personal assistant")
    bea.write("What the budget pays for", "Singing on Thursdays")
    bea.write("Who gives it", "The Harbour choir")
    say_how_much(bea, "1", AIM, of_what="session", cost="8")
    bea.is_told("The plan costs £183.00 a week", "Still to do before the plan can go to a manager")
    say_when_support_starts(bea, today)
    bea.press("Save and continue")
    bea.is_told("There is a problem", "Answer “How is this need met?”")
    say_who_meets(bea, "Using services in the community", "Her neighbour Ida", "I drive her, and gladly.")
    explain_the_four_ways(bea)
    record_the_choice(bea, "Direct payment", "I want to choose who comes into my house.")
    check_the_direct_payment_conditions(bea)
    bea.is_told("Every condition is met: the council must make the direct payment.")
    send_for_sign_off(bea)
    bea.is_told("Waiting for sign-off", "With the team manager.")


def mona_signs_off(visit, case_page: str, charge: str) -> None:
    mona = visit("mona")
    sign_off(mona, "Nora Quill", "£183.00", charge)
    mona.is_told("Your decision on the plan of Nora Quill is on record. This is the next that waits.")
    mona.go(case_page)
    mona.is_told("Waiting for agreement", "Mona Patel decided on a personal budget of £183.00 a week.")


def nora_is_invited(bea: Visitor, case_page: str) -> None:
    bea.go(case_page)
    bea.follow("Invite Nora Quill to sign in")
    bea.write("Email address", EMAIL)
    bea.press("Send the invitation")
    bea.is_told(f"Nora Quill can now sign in as {EMAIL}.")


def nora_signs_in(visit, link: str) -> Visitor:
    """She follows the link of the email, says who she is, sets her own password, and signs in with it."""
    nora = visit()
    nora.go(link)
    nora.page.locator("input[name=password1]").fill(PASSWORD)
    nora.page.locator("input[name=password2]").fill(PASSWORD)
    nora.date("Your date of birth", date(1987, 9, 3))
    nora.press("Set password")
    nora.follow("Sign in")
    nora.write("Email address", EMAIL)
    nora.page.locator("input[name=password]").fill(PASSWORD)
    nora.press("Sign in")
    nora.is_told("Hello, Nora Quill", "Read your plan and your budget.")
    return nora


def nora_reads_and_agrees(nora: Visitor, charge: str) -> None:
    nora.press("Read and agree")
    nora.is_told("Your personal budget £183.00 a week", f"You pay {charge} a week", MATTERS, AIM)
    nora.choose("Do you agree to this plan and budget?", "Yes, I agree")
    nora.press("Send my answer")
    nora.is_told("We are setting up the money.", "Nora Quill agreed plan 1.")


def the_money_is_set_up(finn: Visitor, fay: Visitor, case_page: str) -> None:
    """A wrong account number is told; what one officer enters another approves; then the budget starts."""
    enter_bank_details(finn, case_page, "N Quill", "40-00-01", "1234567x")
    finn.is_told("Enter an account number of 8 digits")
    assert finn.page.get_by_label("Name on the account").input_value() == "N Quill"
    finn.write("Account number", "12345678")
    finn.press("Check and save")
    finn.is_told("You entered these details, so another finance officer must approve them.")
    approve_bank_details(fay, "Nora Quill")
    start_the_budget(finn, case_page)
    finn.is_told("The budget has started.", "The personal budget is £183.00 a week")


def finn_and_fay_pay(finn: Visitor, fay: Visitor) -> None:
    """One makes the run, another approves it; both files are right; pressing again pays nobody."""
    run = make_a_run(finn)
    finn.is_told("N Quill", "You made this run or chose its day, so another finance officer must approve it.")
    total = finn.page.locator("dt:has-text('Total') + dd").inner_text()
    approve_the_run(fay, run)
    lines, message = files_of(fay, run)
    assert [line[:4] for line in lines[:4]] == ["VOL1", "HDR1", "HDR2", "UHL1"]
    assert {len(line) for line in lines} == {80, 100}
    assert next(line for line in lines if "N QUILL" in line)[:14] == "40000112345678"
    assert message.tag == "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}Document"
    assert message.findtext(".//{*}CtrlSum") == total.strip("£").replace(",", "")
    press_make_again(finn)
    say_that_the_bank_has_it(fay, run)


def nora_reads_her_letters(nora: Visitor) -> None:
    nora.go("/home/")
    nora.follow("See everything")
    nora.follow("Budget and payments")
    nora.is_told("Your personal budget is £183.00 a week", "You pay", "Sent to arrive on")
    nora.page.go_back()
    nora.follow("Letters")
    nora.is_told("Decisions that stand now", "Support plans")
    paper = nora.page.get_by_role("link", name="PDF of Your personal budget").get_attribute("href")
    assert nora.page.request.get(nora.site + paper).body().startswith(b"%PDF-")
    nora.follow("Your personal budget")
    nora.is_told("Nora", "£183.00")


def bea_reviews(bea: Visitor, case_page: str, today: date) -> None:
    bea.go(case_page)
    bea.press("Go to the review")
    bea.press("Start a review")
    bea.page.locator("main").get_by_role("radio").first.check()
    bea.press("Start the review")
    bea.write("What the person said", "I am dressed by nine, and I sing.")
    bea.write("What you found", "Nora is well, and seen by people she chose.")
    bea.choose(f"Aim: {AIM}", "Fully met")
    bea.choose("Altogether, were the aims met?", "Fully met")
    bea.press("Save and say what follows")
    bea.date("When was it held?", today)
    bea.choose("What follows?", "Carry on as now")
    bea.write("Why?", "The plan works, and Nora wants nothing changed.")
    bea.press("Complete the review")
    bea.is_told("Review held: support carries on as it is.")
    bea.follow("Reviews")
    bea.is_told("Review of", "I am dressed by nine, and I sing.", "The next review is due by")


def nora_sees_what_happened(nora: Visitor) -> None:
    """Her own page tells the whole story, and who looked at her record."""
    nora.go("/home/")
    nora.is_told("Support in place")
    nora.follow("See everything")
    nora.follow("Who has looked at this record")
    nora.is_told("Bea Okafor", "Mona Patel", "Finn Walsh", "Fay Ito")
