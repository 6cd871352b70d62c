"""A photograph of a receipt, from the person's phone to the worker's desk."""

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
