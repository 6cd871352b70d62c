"""Anybody asks for help: on a phone, with scripts off, with what they wrote first; and a worker takes it up."""

import re

import pytest

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE = 375
WORDS = "I cannot lift my arms over my head any more, so I wear the same jumper."


def test_somebody_asks_for_a_neighbour_on_a_phone_and_a_worker_takes_it_up(visit):
    neighbour = visit(width=PHONE)
    neighbour.go("/")
    neighbour.press("Ask for help")
    neighbour.is_told("If it cannot wait, ring now", "999", "nobody is turned away by a form")
    neighbour.press("Ask for help")
    warned = []
    neighbour.page.once("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    neighbour.here.get_by_label("What is happening").press_sequentially("The cur")
    neighbour.go("/ask/")
    assert warned == ["beforeunload"], "whoever leaves what they typed is asked first"
    neighbour.press("Ask for help")
    neighbour.choose("Who is the help for?", "Somebody else")
    neighbour.write("What is happening", "The curtains have been shut since Friday.")
    neighbour.choose("Is any of this so now?", "Whoever helps now cannot go on")
    neighbour.write("Name of whoever needs the help", "Winifred Marsh")
    neighbour.choose("Who are you to them?", "A friend or neighbour")
    neighbour.choose("Do they know that you ask?", "No")
    neighbour.press("Send")
    neighbour.is_told("Tell us one way to reach you")
    neighbour.write("Phone number", "01632 960 444")
    neighbour.press("Send")
    neighbour.is_told("Your request is with us", "by", "If it cannot wait, ring now")
    reference = re.search(r"reference\s+([A-Z2-9]{5}-[A-Z2-9]{5})", neighbour.reads())[1]
    bea_takes_it_up(visit("bea"), reference)


def bea_takes_it_up(bea: Visitor, reference: str) -> None:
    bea.follow("request")
    bea.follow(reference)
    bea.is_told("The curtains have been shut since Friday.", "A friend or neighbour".lower(), "Nobody is found")
    bea.follow("Add a person who is not on record")
    bea.is_told("The curtains have been shut since Friday.")
    bea.choose("How well is their birthday known?", "Nobody knows yet")
    bea.press("Save and take down their request")
    bea.is_told("The curtains have been shut", "can read what you write below")
    bea.write("What did they say", "I am all right, I only want the light off.")
    bea.choose("How did the request come?", "Community or other route")
    bea.press("Record it and take on the case")
    bea.is_told("Winifred Marsh", "I only want the light off", f"request {reference}")
    bea.follow("As it came")
    bea.is_told("What came of it", "Bea Okafor")


def test_one_works_out_what_one_might_pay(visit):
    """The page is looked over with axe, before and after."""
    asker = visit(width=PHONE)
    asker.go("/what-might-i-pay/")
    asker.choose("Where do you live", "In a home of my own")
    asker.choose("What is the support for?", "My own care")
    asker.choose("Who do you live with?", "With my husband")
    asker.write("How old are you?", "72")
    asker.choose("Have you reached State Pension age?", "Yes")
    asker.write("State Pension", "230.25")
    asker.write("Work or private pensions", "900")
    asker.press("Work it out")
    asker.is_told("You might pay", "This is an estimate", "It was not kept")
    assert asker.page.url.endswith("/what-might-i-pay/")


@pytest.mark.parametrize("scripts", [True, False])
def test_one_writes_first_keeps_it_with_a_code_and_sends_it_from_elsewhere(visit, scripts):
    writer = visit(width=PHONE, scripts=scripts)
    writer.go("/ask/")
    writer.follow("Write about your life")
    writer.follow("Being dressed properly")
    writer.choose("How is this for you?", "I need help with this")
    writer.write("In your own words", WORDS)
    writer.press("Save and see all parts")
    writer.is_told("I need help with this", "it is yours alone")
    writer.press("Keep it, and give me a code")
    code = re.search(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){3}", writer.reads())[0]
    elsewhere = visit(scripts=scripts)
    elsewhere.go("/ask/code/")
    elsewhere.write("Your code", code.replace("-", " "))
    elsewhere.press("Go on")
    elsewhere.press("Ask for help, and send this along")
    elsewhere.choose("Who is the help for?", "Me")
    elsewhere.write("What is happening", "I want to dress myself.")
    elsewhere.write("Another way to reach you", "I am at the library on Tuesdays.")
    elsewhere.press("Send")
    elsewhere.is_told("Your request is with us")
    reference = re.search(r"reference\s+([A-Z2-9]{5}-[A-Z2-9]{5})", elsewhere.reads())[1]
    bea = visit("bea")
    bea.go("/requests/")
    bea.follow(reference)
    bea.is_told("I want to dress myself.", "Being dressed properly", WORDS)
    writer.go("/ask/code/")
    writer.write("Your code", code)
    writer.press("Go on")
    writer.is_told("Nothing is kept under this code now.")
