"""On a phone: the person's own pages, and the search for support, at 375 pixels."""

from datetime import date, timedelta

import pytest

from tests.journeys.assessing import begin_to_add_someone, take_down_the_request
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE = 375
WORDS = "My Friday assistant has moved away, and I have not been out since."


def test_ada_on_her_phone(visit):
    bea_opens_her_record(visit("bea"))
    ada = visit("ada", width=PHONE)
    ada.is_told("Hello, Ada Bell", "Your support")
    ada_reads_her_budget(ada)
    ada_reads_a_letter(ada)
    ada_sees_who_looked(ada)
    ada_asks_for_a_review(ada)


def bea_opens_her_record(bea: Visitor) -> None:
    bea.follow("Ada Bell")


def ada_comes_back_to_her_page(ada: Visitor) -> None:
    ada.go("/home/")
    ada.follow("See everything")
    ada.is_told("Your journey", "Your budget")


def ada_reads_her_budget(ada: Visitor) -> None:
    ada_comes_back_to_her_page(ada)
    ada.follow("Budget and payments")
    ada.is_told("You pay", "Paid every four weeks")
    ada_comes_back_to_her_page(ada)
    ada.follow("Support plan and choice")
    ada.is_told("What your budget pays for")
    ada_comes_back_to_her_page(ada)
    ada.follow("How this was worked out")


def ada_reads_a_letter(ada: Visitor) -> None:
    ada_comes_back_to_her_page(ada)
    ada.follow("Letters")
    ada.follow("Your personal budget")
    ada.is_told("Ada")


def ada_sees_who_looked(ada: Visitor) -> None:
    ada_comes_back_to_her_page(ada)
    ada.follow("Who has looked at this record")
    ada.is_told("Bea Okafor")


def ada_asks_for_a_review(ada: Visitor) -> None:
    """Her words are what her worker reads."""
    ada_comes_back_to_her_page(ada)
    ada.follow("Ask for a review")
    ada.write("Why would you like a review?", WORDS)
    ada.press("Ask for a review")
    ada.is_told(WORDS)


def test_ada_shows_lines_of_her_own_account_and_keeps_the_rest_to_herself(visit, tmp_path):
    """She picks on her phone, and her brother, whom she gave leave, by keyboard and without scripts."""
    file, day = tmp_path / "statement.csv", date.today() - timedelta(days=17)
    rows = (f"{day - timedelta(days=1)},GROCER,-31.20,200.00", f"{day},STEP FREE TAXIS,-12.00,188.00")
    file.write_text("\n".join(["Date,Description,Amount,Balance", *rows]))
    ada = visit("ada", width=PHONE)
    ada_comes_back_to_her_page(ada)
    ada.follow("Budget and payments")
    ada.follow("Pick those lines of your statement")
    ada.is_told("All that is kept of this account", "FAIRBOURNE CARS", "My everyday account")
    ada.press("Choose a statement")
    ada.is_told("nobody at the council sees them")
    ada.page.set_input_files("input[type=file]", file)
    ada.press("Show its lines")
    ada.press("Look at what is ticked")
    ada.is_told("Pick at least one line")
    ada.choose("Which lines are to be kept?", f"{day:%-d %B %Y}: £12.00 out")
    ada.press("Look at what is ticked")
    ada.is_told("Keep this line?", "STEP FREE TAXIS")
    assert "GROCER" not in ada.reads()
    ada.press("Keep this line, and no other")
    ada.is_told("Kept: 1 line", "STEP FREE TAXIS")
    assert "GROCER" not in ada.reads()
    tom_sees_it_too(visit("tom", scripts=False), file, day - timedelta(days=1))


def tom_sees_it_too(tom: Visitor, file, day: date) -> None:
    tom.follow("See all of Ada’s payments")
    tom.follow("Pick those lines of Ada’s statement")
    tom.is_told("STEP FREE TAXIS", "Ada Bell")
    tom.press("Choose a statement")
    tom.page.set_input_files("input[type=file]", file)
    tom.press("Show its lines")
    tom.is_told("1 line of this file is kept already")
    box = tom.page.get_by_label(f"{day:%-d %B %Y}")
    box.focus()
    tom.page.keyboard.press("Space")
    for name in ("Look at what is ticked", "Change what is ticked", "Look at what is ticked"):
        button = tom.page.get_by_role("button", name=name)
        button.focus()
        with tom.page.expect_navigation():
            tom.page.keyboard.press("Enter")
    tom.is_told("Keep this line?", "GROCER")
    tom.follow("Keep nothing")
    assert "GROCER" not in tom.reads()


def test_anyone_looks_for_support_on_a_phone(visit):
    """Without signing in."""
    someone = visit(width=PHONE)
    someone.go("/")
    someone.click(someone.page.get_by_role("link", name="Find support").last)
    someone.write("What are you looking for?", "home care")
    someone.press("Search")
    someone.follow("Home Care")
    someone.is_told("Home Care", "Fairbourne")
    someone.go("/rules/")


def test_a_long_name_breaks_rather_than_running_off_the_side(visit):
    bea = visit("bea", width=PHONE)
    begin_to_add_someone(bea, "Liam", "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren")
    bea.press("Save and take down their request")
    take_down_the_request(bea, WORDS)
    bea.is_told("What comes next")
    bea.go("/home/")
