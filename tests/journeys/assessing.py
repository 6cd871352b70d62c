"""From a request for help to an indicative budget: what a worker does at the browser, with the person."""

from tests.journeys.visitor import Visitor

CANNOT = "Cannot do it without help"
PARTS_OF_LIFE = [
    "Eating and drinking",
    "Personal hygiene",
    "Managing toilet needs",
    "Being dressed properly",
    "Using your home safely",
    "Keeping your home fit to live in",
    "Family and other personal relationships",
    "Work, training, education or volunteering",
    "Using services in the community",
    "Caring for a child",
]
BUDGET_ANSWERS = [
    ("How much support do you need to wash, dress", "Once or twice every day"),
    ("How much support do you need to prepare meals", "Preparing every meal"),
    ("How much support do you need to run your home", "Most things"),
    ("How much support do you need to stay well", "Now and then"),
    ("How much support do you need to see people", "Several times a week"),
]


def begin_to_add_someone(worker: Visitor, given_name: str, family_name: str) -> None:
    """Look first, find nobody, and open the page to add someone: it has what they were looked for by."""
    worker.go("/people/")
    worker.write("Name, date of birth", f"{given_name} {family_name} 3 9 1987")
    worker.press("Search")
    worker.is_told("Nobody found for “")
    worker.follow("Add a person who is not on record")
    for label, known in (("First name", given_name), ("Last name", family_name), ("Year", "1987")):
        assert worker.here.get_by_label(label, exact=True).input_value() == known


def take_down_the_request(worker: Visitor, words: str) -> str:
    """The request in their own words; the worker takes it on. Returns the address of the case page."""
    worker.write("What did they say", words)
    worker.choose("Who is the help for?", "This person, who has care and support needs")
    worker.choose("How did the request come?", "Community or other route")
    worker.pick("Main reason for support", "Physical: personal care")
    worker.press("Record it and take on the case")
    worker.is_told("The request is recorded. It waits with Bea Okafor.", words)
    return worker.page.url


def have_the_conversation(worker: Visitor, matters: str) -> None:
    """What matters, and who took part; it ends on the first part of life."""
    worker.press("Start the assessment")  # the next step on the case page
    worker.write("What matters most", matters)
    worker.choose("Who took part?", "The person alone")
    worker.choose("Was an independent advocate needed?", "Not needed: the person can take part")
    worker.press("Save and continue")


def go_through_every_part_of_life(
    worker: Visitor, unable: dict[str, tuple[str, str]], name: str = "Nora Quill"
) -> None:
    """Open what cannot be done alone, with the person's words and the worker's; the rest can be done, said once."""
    worker.is_told(*PARTS_OF_LIFE)
    for part, (theirs, ours) in unable.items():
        opened = worker.open_part(part)
        opened.here.get_by_label("own words").fill(theirs)
        opened.write("In the assessor’s words", ours)
        opened.choose("Without help from anyone", CANNOT)
    worker.here.get_by_label(f"{name} can do all the rest without help").check()
    worker.press("Save and continue")


def say_where_the_needs_come_from(worker: Visitor) -> None:
    worker.choose("Do the needs come from", "Yes")
    worker.choose("Does the level of need go up and down", "Yes")
    worker.write("If so, over how many weeks", "26")
    worker.write("If so, how does it go up and down", "Two or three bad days in most weeks.")
    worker.choose("Is there, or is there likely to be", "Yes")
    worker.choose("Which parts of wellbeing", "Personal dignity", "Control over day-to-day life")
    worker.choose("Must somebody else pay", "No, nobody else must")
    worker.press("Save and continue")


def answer_the_budget_questions(worker: Visitor) -> None:
    """Some of the questions that are asked have an answer of their own; no support is needed with the rest.

    Nobody helps with any of it. Both are said once.
    """
    for question, answer in BUDGET_ANSWERS:
        if worker.page.get_by_role("group", name=question).count():
            worker.choose(question, answer)
    worker.here.get_by_label("No support, or hardly any, is needed with the rest").check()
    worker.here.get_by_label("Family and friends do none of the rest").check()
    worker.press("Save and continue")
    if worker.page.get_by_role("heading", name="Who helps, and what does not fit", level=1).count():
        for box in worker.page.get_by_label("Why both are right").all():
            box.fill("It was talked through: she does this herself, slowly, and wants to.")
        worker.press("Save and continue")


def check_and_complete(worker: Visitor) -> None:
    worker.is_told("Check the assessment", "What these answers decide: needs are eligible")
    worker.press("Complete: needs are eligible")
    worker.is_told("Needs are eligible", "indicative only", "Where each pound comes from", "Together")


#: Kinds of income of which the page asks what tax is paid.
TAXED = {"Employment and Support Allowance"}


def check_the_money(worker: Visitor, lines: dict[str, list[tuple[str, str, str]]]) -> None:
    """Home, income, savings, housing and the costs of disability, each on its page, then the charge.

    `lines`: by the title of a page, line by line: what it is, how much, and how often ("" where that is not asked).
    """
    worker.press("Start the money check")  # what comes next, as the result of the assessment says
    worker.choose("Kind of check", "A full money check")
    worker.press("Save and continue")
    worker.choose("Is the person single", "Single")
    worker.write("How many children", "0")
    worker.choose("Which premiums apply", "None of these")
    worker.press("Save and continue")
    for title, amounts in lines.items():
        worker.is_told(title)
        for number, (what, amount, often) in enumerate(amounts, start=1):
            line = worker.part(f"Line {number}")
            line.pick("What is it?", what)
            line.write("Amount", amount)
            if what in TAXED:
                line.write("Tax on it", "0")
            if often and often != "a week":  # which is there already
                line.pick("How often?", often)
        worker.press("Save and continue")
    worker.write("What was seen?", "Bank statements of October and the benefit letter.")
    worker.press("Save and continue")
    worker.is_told("Check what was given", *(what for amounts in lines.values() for what, _amount, _often in amounts))
    worker.press("Complete the money check")
