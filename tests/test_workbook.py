"""A cell that is shown as 27.5% comes out as that, and never as the 0.275 behind it: XLSX and ODS."""

import io
import zipfile

import pytest
import xlsxwriter

from leeway.reading import CannotRead
from leeway.refusal import Refusal
from leeway.workbook import _told
from tests.workbooks import ods, xlsx


def altered(content: bytes, part: str, *changes: tuple[bytes, bytes]) -> bytes:
    """A workbook with other words in one part."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(written, "w") as packed:
        for name in given.namelist():
            text = given.read(name)
            for before, after in changes if name == part else ():
                assert before in text
                text = text.replace(before, after)
            packed.writestr(name, text)
    return written.getvalue()


@pytest.mark.parametrize("made", [xlsx, ods])
def test_a_percentage_is_told_as_it_is_shown_and_its_neighbours_as_they_are(made):
    rows = [["", "", ""], ["", "a", "27.5%"], ["", "0.275", "-100%"], ["", "0.07%", "0.275"]]
    name, *told = _told(made({"One & all": [["1", "2", "3"]], "Two": rows}))
    shown = [row[1:] for row in rows] if made is xlsx else rows  # cells of nothing are none in an XLSX
    assert (name, told) == ("One & all", [["1", "2", "3"], "Two", *shown])


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        ("0%", "27.5%"), ("0.00%", "27.5%"), ("[Red]-0.0 %;0.0 %", "27.5%"), ('0.0" of 100%"', "0.275"),
        (r"0.0\%", "0.275"), ("0.0", "0.275"),
    ],
)  # fmt: skip
def test_a_style_has_a_percent_sign_or_a_word_with_one(style, shown):
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.add_worksheet().write_row(2, 27, [0.275, "27"], book.add_format({"num_format": style}))
    assert list(_told(written.getvalue())) == ["Sheet1", ["", ""], ["", ""], [shown, "27"]]


def test_places_that_an_xlsx_leaves_to_be_counted():
    places = [(b' r="%s"' % place, b"") for place in (b"1", b"2", b"A1", b"B1", b"A2", b"B2")]
    given = altered(xlsx({"S": [["1", "27.5%"], ["2.5%", "2"]]}), "xl/worksheets/sheet1.xml", *places)
    assert list(_told(given)) == ["S", ["1", "27.5%"], ["2.5%", "2"]]


def test_rows_and_columns_that_an_ods_repeats():
    percent, row = b'office:value-type="percentage"', b"<table:table-row>"
    empty = b'<table:table-row table:number-rows-repeated="2"><table:covered-table-cell/></table:table-row>'
    times = (percent, percent + b' table:number-columns-repeated="2"')
    told = altered(ods({"S": [["a", "27.5%", "b"]]}), "content.xml", times,
                   (row, empty + row[:-1] + b' table:number-rows-repeated="3">'))  # fmt: skip
    assert list(_told(told)) == ["S", [""] * 4, [""] * 4, *[["a", "27.5%", "27.5%", "b"]] * 3]
    endless = (b'columns-repeated="2"', b'columns-repeated="4000000"')
    with pytest.raises(Refusal, match="more than 1,000 columns"):
        list(_told(altered(told, "content.xml", endless)))


def test_a_workbook_of_a_kind_that_does_not_tell_is_refused():
    with pytest.raises(CannotRead, match="Save it as XLSX or CSV"):
        list(_told(altered(xlsx({"S": [["1"]]}), "").replace(b"xl/workbook.xml", b"xl/workbook.bin")))
