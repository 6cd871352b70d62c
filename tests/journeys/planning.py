"""From a support plan to its agreement: what the worker and the manager do at the browser."""

from datetime import date

from tests.journeys.visitor import Visitor


def start_the_plan(worker: Visitor, about: str) -> None:
    """From the result of the money check, which says that the plan comes next."""
    worker.press("Start the plan")
    assert worker.here.get_by_label("What matters to").input_value() == about  # as it stands in the assessment
    worker.choose("Who wrote the plan", "The worker, with the person")
    worker.press("Save and continue")


def add_an_aim(worker: Visitor, words: str, *parts_of_life: str) -> None:
    """The next thing that a new plan lacks."""
    worker.write("What do you want to do", words)
    worker.choose("Parts of life it belongs to", *parts_of_life)
    worker.press("Save and continue")


def say_who_meets(worker: Visitor, need: str, who: str, words: str) -> None:
    """The next thing that the plan lacks: who meets a need that nothing in it pays for, unpaid, and what they said."""
    worker.is_told(need)
    worker.choose("How is this need met?", "Somebody is willing and able to meet it, unpaid")
    worker.write("Who meets it", who)
    worker.choose("When were they asked?", "Today")
    worker.write("What they said, or the reason", words)
    worker.press("Save and continue")


def find_support_in_the_directory(worker: Visitor, words: str) -> None:
    """Look for what the assessment points to, and open the page that puts the first one found into the plan."""
    worker.follow(words)
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
    serves = worker.here.get_by_label("Which aim it serves").locator("option:checked").inner_text()
    assert serves == aim  # the plan has no other
    worker.press("Save")


def explain_the_four_ways(worker: Visitor) -> None:
    """Today, as the page has it already."""
    worker.choose("Which ways did you explain?", "All four of them")
    worker.write("How did you explain them?", "Talked through at home, with the easy-read leaflet.")
    worker.choose("Did the person know the amount?", "Yes")
    worker.press("Save and record the choice")


def record_the_choice(worker: Visitor, way: str, words: str) -> None:
    worker.choose("How will the budget be held?", way)
    worker.write("Why?", words)
    worker.press("Record the choice")  # Nora decided: nothing says that she cannot


def check_the_direct_payment_conditions(worker: Visitor) -> None:
    for condition in (
        "The person is not under a court order",
        "The person, or the one nominated, can manage",
        "A direct payment is an appropriate way",
    ):
        worker.choose(condition, "Yes")
    worker.press("Check the conditions")


def say_when_support_starts(worker: Visitor, day: date) -> None:
    """From what the plan says is still to do; what it lacks then follows by itself."""
    worker.follow("Say when support starts")
    worker.date("When does support start?", day)
    worker.press("Save and continue")


def send_for_sign_off(worker: Visitor) -> None:
    """Nothing is missing any more, so the page before has led here."""
    worker.is_told("Check the plan before you send it")
    worker.press("Send for sign-off")


def sign_off(manager: Visitor, person: str, cost: str, charge: str) -> None:
    """From the manager's list to a decision, at what the plan costs."""
    manager.go("/home/")
    manager.follow("waiting for sign-off")
    manager.follow(person)
    manager.is_told(cost, f"would pay {charge} a week", "All four ways")
    manager.keeps_at_hand("Go to the decision", at="The choice, and the evidence for it")
    manager.choose("What do you decide?", "Sign off this budget")
    manager.press("Decide")


def record_the_agreement(worker: Visitor, case_page: str) -> None:
    """What the person says of the plan, at her home."""
    worker.go(case_page)
    worker.press("Record the agreement")
    worker.choose("Does Nora Quill agree", "Yes, agreed")
    worker.write("How was this given?", "Said so at a visit at home.")
    worker.press("Record the answer")
    worker.is_told("The answer is on record.")
