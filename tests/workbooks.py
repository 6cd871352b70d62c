"""Small workbooks for tests, as offices and regulators publish them: XLSX and ODS."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import xlsxwriter

PERCENT = re.compile(r"-?[0-9.]+%")
Sheets = Mapping[str, Sequence[Sequence[str]]]
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
ODS = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>'
)


def xlsx(sheets: Sheets) -> bytes:
    """An Excel workbook: numbers are numbers, 27.5% is 0.275 shown as a percentage, and the rest is text."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"strings_to_numbers": True}) as book:
        percent = book.add_format({"num_format": "0.0%"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
                for column, text in enumerate(row):
                    if PERCENT.fullmatch(text):
                        sheet.write_number(number, column, float(text[:-1]) / 100, percent)
    return written.getvalue()


def ods(sheets: Sheets) -> bytes:
    """An OpenDocument spreadsheet, whose cells are texts, or percentages."""

    def cell(text: str) -> str:
        kind = "string"
        if PERCENT.fullmatch(text):
            kind = f'percentage" office:value="{float(text[:-1]) / 100}'
        return f'<table:table-cell office:value-type="{kind}"><text:p>{escape(text)}</text:p></table:table-cell>'

    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f"<office:document-content {SPACES}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("mimetype", ODS)
        packed.writestr("META-INF/manifest.xml", MANIFEST)
        packed.writestr("content.xml", content)
    return written.getvalue()
