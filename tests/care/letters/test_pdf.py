"""The PDF: tagged, PDF/UA-1, and exactly the words and figures of the page."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leeway.care.letters.blocks import Amount, Heading, Letter, Notice, Paragraph, Quote, Table, bullets
from leeway.care.letters.content import letter_of
from leeway.care.letters.pdf import CannotBePrinted, letter_pdf
from leeway.care.letters.support_plan import plan_document

from .reading import words

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext and pdfinfo (poppler-utils) are not on this machine."
)

NOTE = Letter(
    title="A note",
    sender="Fairbourne Council",
    addressed_to=("Ada Bell", "FB1 2AB"),
    greeting="Dear Ada Bell,",
    dated=date(2026, 11, 23),
    dated_text="23 November 2026",
    reference="Note",
    blocks=(),
    signed=("Bea Okafor",),
    large_print=False,
)


def pdf_text(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def pdf_says(pdf: bytes, *options: str) -> str:
    path = shutil.which("pdfinfo")
    return subprocess.run([path, *options, "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def squeezed(text: str) -> str:
    """The text without spaces, line ends and the places where a long word may break."""
    return re.sub(r"[\s\u200b]", "", text)


def test_it_is_tagged_and_claims_pdf_ua_1(decide):
    pdf = letter_pdf(letter_of(decide("charge", "G1")))
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", pdf)
    assert b"/StructTreeRoot" in pdf and b"/DisplayDocTitle true" in pdf
    assert b"/Lang(en-GB)" in pdf
    assert b">What you pay towards your support<" in pdf
    assert set(re.findall(rb"\+(SourceSans3|Libertinus)[A-Za-z-]*", pdf)) == {b"SourceSans3"}


@needs_poppler
def test_its_headings_and_table_headers_are_marked(decide):
    structure = pdf_says(letter_pdf(letter_of(decide("charge", "G1"))), "-struct-text")
    assert re.search(r'H1 .*\n\s+"What you pay', structure)
    assert re.search(r'H2 .*\n\s+"How we worked it out"', structure)
    assert structure.count("/Scope /Column") == 4
    assert structure.count("Caption") == 2
    assert "Tagged:          yes" in pdf_says(letter_pdf(NOTE))


@needs_poppler
def test_everything_on_the_page_is_in_the_pdf(decide, budget, plan):
    letters = [letter_of(decide("charge", opening)) for opening in ("G1", "G2", "G4")]
    letters += [letter_of(decide("eligibility", "Ada")), letter_of(decide("eligibility", "One outcome"))]
    letters += [letter_of(decide("allocation", "Ada:")), letter_of(budget), plan_document(plan)]
    for letter in letters:
        whole = pdf_text(letter_pdf(letter))
        squeezed_whole = squeezed(whole)
        for line in words(letter).splitlines():
            if re.search("£|http", line):  # a sentence may run over a page's foot; a figure never does
                for figure in re.findall(r"-?£[\d,]+\.\d\d", line):
                    assert figure in squeezed_whole
            elif len(line) < 60:
                assert squeezed(line) in squeezed_whole, line


@needs_poppler
def test_large_print_takes_more_pages(decide):
    letter = letter_of(decide("charge", "G1"))
    pages = [
        int(re.search(r"Pages:\s+(\d+)", pdf_says(letter_pdf(one)))[1])
        for one in (letter, replace(letter, large_print=True))
    ]
    assert pages[1] > pages[0]


def test_the_same_letter_gives_the_same_bytes():
    assert letter_pdf(NOTE) == letter_pdf(NOTE)


TYPED = '#import "x": * $a$ *b* _c_ @d <e> \\f `g` = h - i + j // l /* m */ ~ [n] {o} -- --- ... https://q.uk #r()'


def everywhere(text: str) -> Letter:
    """A letter with the same text in every place where somebody's typing can come to stand."""
    return replace(
        NOTE,
        title=f"A {text}",
        addressed_to=(text,),
        greeting=text,
        reference=text,
        blocks=(
            Heading(f"A {text}"),
            Paragraph(text),
            Quote(text),
            Notice(text),
            Amount(text, text),
            bullets(text),
            Table(text, (text, text), ((text, text), (f"{text}\n{text}", text)), total=True),
        ),
        signed=(text,),
    )


@needs_poppler
def test_marks_that_mean_something_to_typst_come_out_as_typed():
    letter = replace(NOTE, blocks=(Paragraph(TYPED), Table("T", (TYPED,), ((TYPED,),), amounts=False)))
    assert squeezed(pdf_text(letter_pdf(letter))).count(squeezed(TYPED)) == 3


PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_categories=["Cc", "Cf"]), min_size=1)


@needs_poppler
@given(PRINTABLE)
@example(TYPED)
@example("*")
@example("= #")
@settings(max_examples=40, deadline=None)
def test_whatever_is_typed_comes_out_as_typed(text):
    came_out = pdf_text(letter_pdf(replace(NOTE, blocks=(Paragraph(f"BEGIN{text}END"),))))
    assert f"BEGIN{squeezed(text)}END" in squeezed(came_out)


@given(st.text(st.characters(max_codepoint=0x24F), min_size=1))
@example("\x00\x01\ufeff\x7f\x9f")
@example("\r\n\t\u2028")
@settings(max_examples=40, deadline=None)
def test_no_text_anywhere_stops_the_letter(text):
    assert b"<pdfuaid:part>1</pdfuaid:part>" in letter_pdf(everywhere(text))


@needs_poppler
def test_a_long_name_stays_on_the_page():
    name = "Wolfeschlegelsteinhausenbergerdorff" * 3
    pdf = letter_pdf(replace(NOTE, title=f"Support plan for {name}", addressed_to=(name,), large_print=True))
    assert squeezed(pdf_text(pdf)).count(name) == 2
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert max(float(edge) for edge in re.findall(r'xMax="([\d.]+)"', boxes)) < 596 - 60


@needs_poppler
def test_a_symbol_without_a_typeface_is_named():
    came_out = pdf_text(letter_pdf(replace(NOTE, blocks=(Paragraph("Swim \U0001fae0 more"),))))
    assert "melting" in came_out or "\U0001fae0" in came_out


def test_writing_without_a_typeface_is_refused_in_a_sentence():
    with pytest.raises(CannotBePrinted, match="no typeface on this computer can show"):
        letter_pdf(replace(NOTE, addressed_to=("\U00012000",)))  # cuneiform
