"""From a support plan to its agreement: what the worker and the manager do at the browser."""

from datetime import date

from tests.journeys.visitor import Visitor


def start_the_plan(worker: Visitor, case_page: str, about: str) -> None:
    worker.go(case_page)
    worker.press("Start the plan")
    worker.press("Start the plan")
    worker.follow("Write about what matters")
    worker.write("What matters to", about)
    worker.choose("Who wrote the plan", "The worker, with the person")
    worker.press("Save")


def add_an_aim(worker: Visitor, words: str, *parts_of_life: str) -> None:
    worker.follow("Add an aim")
    worker.write("What do you want to do", words)
    worker.choose("Parts of life it belongs to", *parts_of_life)
    worker.press("Save")
    worker.is_told(words)


def say_who_meets(worker: Visitor, need: str, who: str, words: str, asked_on: date) -> None:
    """A need that nothing in the plan pays for: who meets it, unpaid, and what they said."""
    worker.follow(f"{need}: say how this need is met")
    worker.choose("How is this need met?", "Somebody is willing and able to meet it, unpaid")
    worker.write("Who meets it", who)
    worker.date("When were they asked?", asked_on)
    worker.write("What they said, or the reason", words)
    worker.press("Save")
    worker.is_told(who, words)


def find_support_in_the_directory(worker: Visitor, words: str) -> None:
    """Look for a service, and open the page that puts the first one found into the plan."""
    worker.follow("Find support in the directory")
    worker.write("What are you looking for?", words)
    worker.press("Search")
    worker.is_told("Found")
    worker.click(worker.page.locator("#main-content li a").first)


def say_how_much(worker: Visitor, how_many: str, aim: str, *, of_what: str = "", cost: str = "") -> None:
    """Fill in the rest of a line of the plan and save it; the directory knows of what, and what that costs."""
    worker.here.get_by_label("How many", exact=True).fill(how_many)
    if of_what:
        worker.pick("Of what", of_what)
        worker.write("Cost of one", cost)
    if worker.here.get_by_text("Is it the council itself").count():
        worker.choose("Is it the council itself", "No")
    worker.choose("Is it free by law?", "No: ordinary support")
    worker.pick("Which aim it serves", aim)
    worker.press("Save")


def explain_the_four_ways(worker: Visitor) -> None:
    """Today, as the page has it already."""
    worker.follow("Explain the ways to hold it")
    for way in ("Direct payment", "Managed account", "Individual service fund", "A mix of these"):
        worker.choose("Which ways did you explain?", way)
    worker.write("How did you explain them?", "Talked through at home, with the easy-read leaflet.")
    worker.choose("Did the person know the amount?", "Yes")
    worker.press("Save and record the choice")


def record_the_choice(worker: Visitor, way: str, words: str) -> None:
    worker.choose("How will the budget be held?", way)
    worker.write("Why?", words)
    worker.choose("Who decided?", "Nora")
    worker.press("Record the choice")
    worker.is_told(way, words)


def check_the_direct_payment_conditions(worker: Visitor) -> None:
    worker.follow("Check the conditions for a direct payment")
    worker.choose("Who receives the money?", "The person themselves")
    for condition in (
        "The person is not under a court order",
        "The person, or the one nominated, can manage",
        "A direct payment is an appropriate way",
    ):
        worker.choose(condition, "Yes")
    worker.press("Check the conditions")


def say_when_support_starts(worker: Visitor, day: date) -> None:
    worker.follow("Say when")
    worker.date("When does support start?", day)
    worker.press("Save")


def send_for_sign_off(worker: Visitor) -> None:
    worker.is_told("The plan is ready to go to a manager.")
    worker.press("Check and send for sign-off")
    worker.press("Send for sign-off")


def sign_off(manager: Visitor, person: str, cost: str, charge: str) -> None:
    """From the manager's list to a decision, at what the plan costs."""
    manager.go("/home/")
    manager.follow("waiting for sign-off")
    manager.follow(person)
    manager.is_told(cost, f"would pay {charge} a week", "All four ways")
    manager.choose("What do you decide?", "Sign off this budget")
    manager.press("Decide")


def record_the_agreement(worker: Visitor, case_page: str) -> None:
    """What the person says of the plan, at her home."""
    worker.go(case_page)
    worker.press("Record the agreement")
    worker.choose("Who agrees", "Nora Quill, themselves")
    worker.choose("Does Nora Quill agree", "Yes, agreed")
    worker.write("How was this given?", "Said so at a visit at home.")
    worker.press("Record the answer")
    worker.is_told("The answer is on record.")
