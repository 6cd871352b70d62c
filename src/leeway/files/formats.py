"""What a file is, found from its bytes alone: never from its name, nor from what the browser said of it."""

import csv
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import ParseError, iterparse
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, is_zipfile

import puremagic

from leeway.refusal import Refusal

ACCEPTED = (
    "Send a photograph (JPEG, PNG, HEIC or WebP), a PDF, plain text or CSV, a Word, Excel or OpenDocument file, "
    "or a bank’s file (OFX, MT940, camt or pain.002)."
)
UNPACKED_BYTES_MAX = 200_000_000
PARTS_MAX = 5_000
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Parts of an office file that carry programs or other files.
CARRIES = re.compile(
    r"(^|/)(vbaProject|oleObject|activeX)|^(Basic|Scripts)/|\.(exe|dll|scr|com|bat|cmd|ps1|vbs|js|jar|msi|lnk|hta)$",
    re.IGNORECASE,
)
#: What a browser would run or draw as a page, wherever it stands in a text.
ACTIVE = re.compile(
    r"<\s*(!doctype|!entity|html|head|body|script|iframe|object|embed|svg)\b|www\.w3\.org/(1999/xhtml|2000/svg)",
    re.IGNORECASE,
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
#: How a statement of a bank begins (MT940): a reference, and some lines later the opening balance.
REFERENCE, OPENING_BALANCE = re.compile(r"^:20:", re.MULTILINE), re.compile(r"^:60[FM]:", re.MULTILINE)
DECLARATION = re.compile(r"<\?xml[^>]*\?>")
#: How much of a text is looked at to tell which kind it is: each kind says so at its start.
HEAD = 20_000
FROM_A_BANK = ("{urn:iso:std:iso:20022:tech:xsd:camt.", "{urn:iso:std:iso:20022:tech:xsd:pain.002.")


class NotAccepted(Refusal):
    """The file is not of a format that is kept here, or not what it claims to be."""

    def __init__(self, sentence: str):
        super().__init__(sentence, field="upload")


@dataclass(frozen=True)
class Format:
    """A format that is kept: how it is called, its ending when it is saved, whether a browser may show it."""

    media_type: str
    words: str
    ending: str
    shown_in_browser: bool = False


JPEG = Format("image/jpeg", "Picture", ".jpg", shown_in_browser=True)
PNG = Format("image/png", "Picture", ".png", shown_in_browser=True)
PDF = Format("application/pdf", "PDF", ".pdf", shown_in_browser=True)
DOCX = Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word", ".docx")
XLSX = Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel", ".xlsx")
ODT = Format("application/vnd.oasis.opendocument.text", "OpenDocument text", ".odt")
ODS = Format("application/vnd.oasis.opendocument.spreadsheet", "OpenDocument spreadsheet", ".ods")
TEXT = Format("text/plain", "Text", ".txt")
CSV = Format("text/csv", "CSV", ".csv")
OFX = Format("application/x-ofx", "OFX", ".ofx")
STATEMENT_XML = Format("application/xml", "XML", ".xml")
STATEMENT_MT940 = Format("application/x-mt940", "MT940", ".sta")
FORMATS = {
    each.media_type: each
    for each in (JPEG, PNG, PDF, DOCX, XLSX, ODT, ODS, TEXT, CSV, OFX, STATEMENT_XML, STATEMENT_MT940)
}
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"})
OFFICE_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}


def is_picture(content: bytes) -> bool:
    """Whether these bytes begin as a picture of a kind that is taken in. `pictures` then opens it whole."""
    is_heif = content[4:12] in {b"ftypmif1", b"ftypmsf1"}  # what many phones write, and puremagic does not know
    return is_heif or any(match.mime_type in PICTURES for match in guesses(content))


def document_format(content: bytes) -> Format:
    """The format of a file that is not a picture, or NotAccepted with a sentence that says what it is instead."""
    if content.startswith(b"%PDF-"):
        check_pdf(content)
        return PDF
    if content.startswith(ZIP):
        return office_format(content)
    if content.startswith(OLD_OFFICE):
        raise NotAccepted(
            "The file is of an older Word, Excel or Outlook, or locked with a password. Save it as .docx or .xlsx "
            "without a password, or as a PDF, and send that."
        )
    text = as_text(content)
    if text is not None:
        return text_format(text)
    likely = [match.name for match in guesses(content) if match.confidence >= 0.4]
    raise NotAccepted(f"The file is not one that can be kept here{f': {likely[0]}' if likely else ''}. {ACCEPTED}")


def guesses(content: bytes) -> list:
    """What puremagic takes the first and last bytes for, the likeliest first."""
    return puremagic.magic_string(content)


def check_pdf(content: bytes) -> None:
    """Refuse a PDF that was cut off, or is an archive as well."""
    if b"%%EOF" not in content[-2048:]:
        raise NotAccepted("The PDF has no end: it was cut off on its way. Send it again.")
    if is_zipfile(BytesIO(content)):
        raise NotAccepted("The file is a PDF and an archive at once. Save it anew as a PDF, and send that.")


def office_format(content: bytes) -> Format:
    """Which office format an archive is. Refused: any other archive, one that unpacks to too much, and programs."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
                raise NotAccepted(
                    "The file unpacks to far more than it seems to hold. Save it as a PDF, and send that."
                )
            if any(part.flag_bits & 1 or part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for part in parts):
                raise BadZipFile
            if archive.testzip() is not None:  # unpacks each part, up to the size that it declares
                raise BadZipFile
            found = _office_format(archive)
    except (BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error) as problem:
        raise NotAccepted("The file is damaged, so it cannot be read whole. Save it again, and send that.") from problem
    if found is None:
        raise NotAccepted(f"The file is an archive, such as a ZIP. Send what is in it, each by itself. {ACCEPTED}")
    if any(CARRIES.search(part.filename) for part in parts):
        raise NotAccepted("The file has macros or other files inside. Save it without them, or as a PDF.")
    return found


def _office_format(archive: ZipFile) -> Format | None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if parts and parts[0].filename == "mimetype":
        found = FORMATS.get(archive.read(parts[0]).decode("ascii", "replace"))
        return found if found in {ODT, ODS} and "content.xml" in names else None
    if "[Content_Types].xml" not in names:
        return None
    return next((form for part, form in OFFICE_PARTS.items() if part in names), None)


def as_text(content: bytes) -> str | None:
    """The bytes as text, where they are text: UTF-8, UTF-16 with its mark, or what Windows writes in England."""
    marked = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROLS.search(text) else text
    return None


def text_format(text: str) -> Format:
    """Which kind of text it is. Refused: what a browser would run, a script, and XML that is no bank statement.

    What stands in a line of a statement or a table is somebody's words: no payer may keep it from being taken in.
    """
    start = text.lstrip()
    if not start:
        raise NotAccepted("The file is empty. Choose another one.")
    of_lines = is_mt940(text[:HEAD]) or (not start.startswith("<") and is_table(start))
    if (ACTIVE.search(text) and not of_lines) or start.startswith("#!"):
        raise NotAccepted(
            "The file is a web page, a drawing with code (SVG) or a script. Save it as a PDF, and send that."
        )
    if start.startswith(("OFXHEADER:", "<OFX>", "<?OFX")):
        return OFX
    if start.startswith("<"):
        return xml_format(start)
    if is_mt940(text[:HEAD]):
        return STATEMENT_MT940
    return CSV if is_table(start) else TEXT


def xml_format(text: str) -> Format:
    """OFX, a camt statement or a bank's answer (pain.002), by the first element; any other XML is refused.

    It names no entities by now.
    """
    try:
        declared = DECLARATION.match(text[:HEAD])
        elements = BytesIO(text[declared.end() if declared else 0 :][:HEAD].encode())
        _, root = next(iter(iterparse(elements, events=["start"])))
    except (ParseError, StopIteration, ValueError, LookupError) as problem:
        raise NotAccepted("The file is XML that is damaged. Ask the bank for it again, or send a PDF.") from problem
    if root.tag == "OFX":
        return OFX
    if root.tag.startswith(FROM_A_BANK) and root.tag.endswith("}Document"):
        return STATEMENT_XML
    raise NotAccepted(f"The file is XML, and not a bank statement or answer (OFX, camt, pain.002). {ACCEPTED}")


def is_mt940(text: str) -> bool:
    """Whether a line with a reference comes before a line with an opening balance."""
    reference = REFERENCE.search(text)
    return reference is not None and OPENING_BALANCE.search(text, reference.end()) is not None


def is_table(text: str) -> bool:
    """Whether most of the first lines have the same number of columns, two or more."""
    lines = [line for line in text[:HEAD].splitlines()[:50] if line.strip()]
    for separator in ",;\t":
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
        width, often = widths.most_common(1)[0]
        if len(lines) > 1 and width > 1 and often * 10 >= len(lines) * 6:
            return True
    return False
