"""A photograph of a receipt goes from the phone of a person to the desk of a worker, and so does an account."""

import pytest

from tests.files.making import PDF, picture
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE = 375
WORDS = "Taxi to the gallery and back"


def test_ada_photographs_a_receipt_and_bea_opens_it(visit):
    ada = visit("ada", width=PHONE)
    ada.follow("See everything")
    ada.follow("Files")
    ada_adds_nothing_yet(ada)
    ada_chooses_a_page_that_is_called_a_photograph(ada)
    ada_sends_her_photograph(ada)
    bea = visit("bea")
    bea.is_told("Look at what was added to Ada Bell’s files.")
    bea.follow("Ada Bell")
    bea.is_told(f"Added a file: receipt or invoice, “{WORDS}”.")
    bea.follow("Files")
    bea_opens_it(bea)


def ada_adds_nothing_yet(ada: Visitor) -> None:
    ada.press("Add a file")
    ada.press("Add the file")
    ada.is_told("Choose what kind of thing it is.", "Say in a few words what it is.", "Choose a file.")


def ada_chooses_a_page_that_is_called_a_photograph(ada: Visitor) -> None:
    ada.choose("What kind of thing is it?", "Receipt")
    ada.write("What is it, in your words?", WORDS)
    send(ada, "photo.jpg", b"<html><script>alert(1)</script></html>")
    ada.is_told("The file is a web page")


def ada_sends_her_photograph(ada: Visitor) -> None:
    """Nothing that she wrote is lost meanwhile."""
    send(ada, "IMG_2034.HEIC", picture("HEIF", size=(900, 600)))
    ada.is_told(f"“{WORDS}” is kept.", "Picture", "came as IMG_2034.HEIC")


def bea_opens_it(bea: Visitor) -> None:
    bea.press("Add a file")
    bea.choose("What kind of thing is it?", "Letter")
    bea.write("What is it, in your words?", "Letter of the landlord")
    send(bea, "letter.pdf", PDF)
    for words in (WORDS, "Letter of the landlord"):
        address = bea.page.get_by_role("link", name=words).get_attribute("href")
        answer = bea.page.request.get(bea.site + address)
        assert answer.ok and answer.headers["content-disposition"].startswith("inline")
    picture_page = bea.page.context.new_page()
    picture_page.goto(bea.site + bea.page.get_by_role("link", name=WORDS).get_attribute("href"))
    assert picture_page.evaluate("[document.images[0].naturalWidth, document.images[0].naturalHeight]") == [600, 900]


def send(visitor: Visitor, name: str, content: bytes) -> None:
    upload = {"name": name, "mimeType": "image/jpeg", "buffer": content}
    visitor.page.get_by_label("Choose a file").set_input_files(upload)
    visitor.press("Add the file")


def test_ada_keeps_track_of_her_direct_payment_and_others_see_what_is_theirs_to_see(visit):
    ada = visit("ada", width=PHONE, scripts=False)
    lunch = ada_photographs_what_she_is_asked_for(ada)
    ada_says_what_was_proposed(ada)
    ada = visit("ada", width=PHONE)
    ada.follow("See what was spent, and add a receipt")
    ada_looks_ahead_and_sets_money_aside(ada)
    bea_answers_where_it_was_asked(visit("bea"))
    ada.go(lunch)
    ada.is_told("Yes: it is part of your day at college.")
    the_payroll_firm_runs_the_account_alone(visit("pay", width=PHONE))


def ada_photographs_what_she_is_asked_for(ada: Visitor) -> str:
    ada.is_told("to spend of", "set aside £180.00 for holiday pay")
    ada.follow("Add a photo of the receipt for “Lunch for my assistant")
    ada.press("Add it")
    ada.is_told("Take a photo, or choose a file.")
    photo = {"name": "lunch.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG", size=(64, 64))}
    ada.page.set_input_files("input[name=photo]", files=[photo])
    ada.press("Add it")
    ada.is_told("The receipt is kept with the payment.", "Receipt for £112.50")
    return ada.page.url


def ada_says_what_was_proposed(ada: Visitor) -> None:
    ada.go("/home/")
    ada.follow("See what was spent, and add a receipt")
    ada.follow("Not said yet")
    ada.press("Yes, that is right")
    ada.is_told("Noted: ")


def ada_looks_ahead_and_sets_money_aside(ada: Visitor) -> None:
    account = ada.page.url
    ada.follow("What comes in the next three months")
    ada.is_told("Direct payment from the council", "Wages")
    ada.go(account)
    ada.follow("Statement of")
    ada.is_told("How it adds up", "Left to spend")
    ada.go(account)
    ada.press("Set money aside")
    ada.press("Set it aside")
    ada.is_told("Choose what it is for.", "Fill in “How much”.")
    ada.choose("What is it for?", "Tax")
    ada.write("How much?", "40")
    ada.write("In your words", "Tax of this quarter")
    ada.press("Set it aside")
    ada.is_told("£40.00 for tax, National Insurance and pension: Tax of this quarter")


def bea_answers_where_it_was_asked(bea: Visitor) -> None:
    bea.is_told("Answer what was asked about a payment from Ada Bell’s account.")
    bea.follow("Answer what was asked about a payment")
    bea.follow("Answer it")
    bea.write("Your answer", "Yes: it is part of your day at college.")
    bea.press("Send the answer")


def the_payroll_firm_runs_the_account_alone(firm: Visitor) -> None:
    """It says what payments were for and adds their papers, and sees nothing else of her."""
    firm.is_told("Accounts that you run")
    firm.follow("Ada Bell")
    account = firm.page.url
    firm.is_told("What the direct payment was spent on")
    firm.follow("Payroll, insurance and holiday cover")
    firm.press("Add a photo of a receipt")
    papers = {"name": "payslips.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG", size=(64, 64))}
    firm.page.set_input_files("input[name=photo]", files=[papers])
    firm.press("Add it")
    firm.is_told("The receipt is kept with the payment.")
    firm.go(account)
    firm.follow("Not said yet")
    firm.press("Yes, that is right")
    firm.is_told("Noted: ")
    firm.go(account.replace("/spending/", "/"))
    firm.is_told("a record that is not yours to see")


def test_a_manager_who_had_no_part_in_it_answers_what_ada_challenged(visit):
    ada = visit("ada", width=PHONE)
    ada.follow("Your challenge waits for a manager’s answer")
    ada.is_told("This is challenged.", "Until then nothing more happens")
    ada.follow("Read or print the letter")
    ada.is_told("You challenged this", "Lunch for an assistant", "How it comes out")
    mona = visit("mona")
    mona.follow("Ada Bell challenges that money is asked back")
    mona.follow("Where it stands, and what can be done now")
    mona.follow("Answer the challenge")
    mona.press("Answer it")
    mona.is_told("Is the challenge right?", "There is a problem")
    mona.choose("Is the challenge right?", "Yes")
    mona.write("Why?", "Without the lunch she cannot go to college, and that is in her plan.")
    mona.press("Answer it")
    mona.is_told("Not asked back")
    ada.go("/home/")
    ada.follow("See everything")
    ada.follow("What we asked about the direct payment")
    ada.is_told("Nothing is asked back.", "that is in her plan")
