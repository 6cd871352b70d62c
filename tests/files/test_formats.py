"""What a file is comes from its bytes: not from its name, and not from what the browser said."""

import resource
import struct
import sys
import zlib
from io import BytesIO
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from leeway.files import formats, pictures
from leeway.files.formats import NotAccepted, document_format
from leeway.refusal import Refusal
from tests.files import making
from tests.files.making import archive, office, open_document, picture

pytestmark = pytest.mark.django_db
SMALL = "from leeway.files import pictures; pictures.APART.memory_bytes_max = 250_000_000; pictures.main()"
TAKEN = {
    "PDF": (making.PDF, "application/pdf"),
    "JPEG": (picture("JPEG"), "image/jpeg"),
    "PNG": (picture("PNG", told=False), "image/png"),
    "HEIC": (picture("HEIF"), "image/jpeg"),
    "WebP": (picture("WEBP"), "image/jpeg"),
    "text": ("Liebe Grüße, £12".encode(), "text/plain"),
    "text of Windows": ("Paid £12 – thanks".encode("cp1252"), "text/plain"),
    "text of Excel": ("Paid £12".encode("utf-16"), "text/plain"),
    "text with a hard space": ("Paid\u00a0£12".encode(), "text/plain"),
    "CSV": (making.CSV, "text/csv"),
    "CSV with its mark": (b"\xef\xbb\xbf" + making.CSV, "text/csv"),
    "CSV that begins as a program": (b"MZ,x\n1,2\n3,4\n", "text/csv"),
    "CSV with a payer’s mark-up": (making.CSV + b"03/11/2026,<script>,1.00\n", "text/csv"),
    "MT940 with a payer’s mark-up": (making.MT940.replace(b":62F:", b":86:<body\r\n:62F:"), "application/x-mt940"),
    "Word": (office(making.WORD), formats.DOCX.media_type),
    "Excel": (office(making.CELLS), formats.XLSX.media_type),
    "OpenDocument text": (open_document("text"), formats.ODT.media_type),
    "OpenDocument spreadsheet": (open_document("spreadsheet"), formats.ODS.media_type),
    "OFX": (making.OFX, "application/x-ofx"),
    "OFX 2": (making.OFX_2, "application/x-ofx"),
    "MT940": (making.MT940, "application/x-mt940"),
    "camt.053": (making.CAMT, "application/xml"),
}
DEFLATED = office(making.WORD, ("word/media/plan.xml", b"How the days go. " * 40))
BENT_AT = DEFLATED.index(b"word/media/plan.xml") + len("word/media/plan.xml")
REFUSED = {
    "Word with a bent stream": (DEFLATED[:BENT_AT] + b"\xff\xff" + DEFLATED[BENT_AT + 2 :], "damaged"),
    "a Windows program": (b"MZ\x90\x00" + bytes(200), "Windows Executable"),
    "a Linux program": (b"\x7fELF\x02\x01\x01" + bytes(200), "ELF"),
    "a web page": (b"<!DOCTYPE html><html><body>Hello</body></html>", "web page"),
    "a web page in lines": (b"<html>,<body>\n<script>,alert(1)\n</script>,</html>\n", "web page"),
    "a web page after words": (b"Hello\n\n<SCRIPT >alert(1)</script>", "web page"),
    "a web page in UTF-16": ("<html><script>alert(1)</script>".encode("utf-16"), "web page"),
    "SVG": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "a page in a statement": (making.CAMT + b'<x:a xmlns:x="http://www.w3.org/1999/xhtml"/>', "web page"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "script"),
    "XML that swells": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><Document>&b;</Document>', "web page"),
    "any other XML": (b'<?xml version="1.0"?><Invoice/>', "not a bank statement"),
    "damaged XML": (b"<Docu", "damaged"),
    "an archive": (archive("receipt.txt"), "archive"),
    "a program in an archive called Word": (archive("word/document.xml", "setup.exe"), "archive"),
    "Word with macros": (office(making.WORD, "word/vbaProject.bin"), "macros"),
    "Word with a program": (office(making.WORD, "word/embeddings/oleObject1.bin"), "macros"),
    "OpenDocument with macros": (open_document("text", "Basic/Standard/Module1.xml"), "macros"),
    "an OpenDocument drawing": (open_document("graphics"), "archive"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".docx"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(50), "7-Zip"),
    "GIF": (picture("GIF", told=False), "Graphics interchange"),
    "a PDF cut off": (making.PDF[:40], "cut off"),
    "a PDF that is an archive": (making.PDF + archive("a.txt") + b"%%EOF", "archive at once"),
    "a picture cut off": (picture("JPEG")[:-300], "cut off"),
    "a picture of two": (
        picture("WEBP", told=False, save_all=True, append_images=[Image.new("RGB", (40, 20))]), "by itself",
    ),
    "nothing": (b"", "empty"),
    "blanks": (b" \n\n", "empty"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAKEN)
@pytest.mark.parametrize("name", ["holiday.exe", "page.html"])
def test_what_is_taken_in_is_known_by_its_bytes(keep, what, name):
    content, media_type = TAKEN[what]
    file = keep(content, name=name)
    assert file.media_type == media_type
    assert file.download_name == name.partition(".")[0] + file.format.ending


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("name", ["receipt.pdf", "photo.jpg"])
def test_what_is_refused_is_refused_whatever_its_name(keep, store_folder, what, name):
    content, why = REFUSED[what]
    with pytest.raises(Refusal, match=why) as refused:
        keep(content, name=name)
    assert refused.value.field == "upload"
    assert not list(store_folder.rglob("*")), "and nothing of it is written"


def test_an_office_file_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(monkeypatch, keep):
    bomb = office(making.WORD, *[(f"word/media/{number}.bin", bytes(30_000_000)) for number in range(8)])
    assert len(bomb) < 1_000_000
    monkeypatch.setattr("zipfile.ZipFile.open", lambda *_args, **_more: pytest.fail("it was unpacked"))
    with pytest.raises(NotAccepted, match="far more"):
        keep(bomb)


def test_an_office_file_that_lies_about_its_size_is_refused(keep):
    honest = office(making.WORD, ("word/big.xml", b"x" * 1_000_000))
    lie = honest.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10))
    assert lie != honest
    with pytest.raises(NotAccepted, match="damaged"):
        keep(lie)


def test_a_picture_of_a_thousand_million_points_is_refused_before_it_is_unpacked(monkeypatch, keep):
    """Sixty bytes that say they are 32,000 points wide and high."""

    def chunk(name, content):
        body = name + content
        return struct.pack("!I", len(content)) + body + struct.pack("!I", zlib.crc32(body))

    header = struct.pack("!IIBBBBB", 32_000, 32_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    monkeypatch.setattr("PIL.Image.Image.load", lambda *_args: pytest.fail("it was unpacked"))
    with pytest.raises(NotAccepted, match="million points"):
        pictures.made_anew(bomb)
    with pytest.raises(NotAccepted, match="million points"):
        keep(bomb)


def test_a_picture_just_over_the_limit_is_refused(monkeypatch, keep):
    monkeypatch.setattr(pictures, "POINTS_MAX", 40 * 20 - 1)
    with pytest.raises(NotAccepted, match="million points"):
        pictures.made_anew(picture("JPEG"))
    monkeypatch.setattr(pictures, "POINTS_MAX", 40 * 20)
    assert pictures.made_anew(picture("JPEG"))


class TestAPictureThatIsTooMuch:
    """Three WebPs of 113 kB took a process of the site to 3.3 GB, and the site fell with it."""

    def test_is_never_opened_by_the_site_itself(self, monkeypatch, keep):
        monkeypatch.setattr("PIL.Image.open", lambda *_args, **_more: pytest.fail("the site opened it"))
        assert keep(picture("WEBP")).media_type == "image/jpeg"

    def test_ends_its_own_process_alone(self, monkeypatch, keep):
        """A process with less memory than the picture needs."""
        small = [sys.executable, "-c", SMALL]
        monkeypatch.setattr(pictures.APART, "command", small)
        with pytest.raises(NotAccepted, match="cannot be read whole"):
            keep(picture("PNG", size=(6000, 6000), told=False))
        assert keep(picture("PNG", told=False)).media_type == "image/png"

    def test_has_limited_memory(self, monkeypatch):
        set_to = {}
        monkeypatch.setattr("resource.setrlimit", lambda what, limits: set_to.update({what: limits}))
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(picture("JPEG"))))
        monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=BytesIO()))
        pictures.main()
        assert set_to == {resource.RLIMIT_AS: (pictures.APART.memory_bytes_max, pictures.APART.memory_bytes_max)}

    def test_waits_for_the_one_before(self, monkeypatch, keep):
        monkeypatch.setattr(pictures.APART, "seconds_waited", 0)
        with pictures.APART.one_at_a_time, pytest.raises(NotAccepted, match="Too many pictures"):
            keep(picture("JPEG"))
        assert keep(picture("JPEG")).pk, "and the next is taken"

    def test_that_never_ends_is_given_up(self, monkeypatch, keep):
        monkeypatch.setattr(pictures.APART, "command", [sys.executable, "-c", "import time; time.sleep(1000)"])
        monkeypatch.setattr(pictures.APART, "seconds_max", 0.1)
        with pytest.raises(NotAccepted, match="cannot be read whole"):
            keep(picture("JPEG"))


@pytest.mark.parametrize("head", [b":20:\n", b"<?xml ", b"<a>", b"<!--", b":20:\n:60\n"])
def test_only_the_head_of_a_text_says_what_it_is(head):
    """50,000 lines of “:20:” had kept every page of the site waiting for 86 seconds."""
    seen = max(formats.HEAD // len(head), 1) * head
    assert _kind(seen + head * 20) == _kind(seen + b"\n:60F:C261101GBP100,00\n")


def _kind(content: bytes) -> str:
    try:
        return document_format(content).words
    except NotAccepted as refused:
        return str(refused)


BENT = sorted(what for what in TAKEN if what not in {"text", "CSV"})


@pytest.mark.parametrize("what", BENT)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_a_bent_file_is_taken_or_refused_and_never_an_error(what, data):
    """A damaged Word file had been a fault of the site: each format with some bytes changed, cut out or put in."""
    content = bytearray(TAKEN[what][0])
    for _bend in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        if formats.is_picture(bytes(content)):
            pictures.made_anew(bytes(content))
        else:
            document_format(bytes(content))
    except NotAccepted:
        pass


class TestPictures:
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF", "WEBP", "MPO"])
    def test_tell_no_longer_where_or_with_what_they_were_taken(self, keep, form):
        given = picture(form, icc_profile=making.SRGB)
        assert all(told in given for told in (b"Pocket 12", b"GPSLatitude")), "the test's own picture tells"
        kept = stored(keep(given))
        assert not any(
            told in kept for told in (b"Pocket 12", b"GPS", b"Exif", b"eXIf", b"adobe", b"iTXt", b"ICC", b"iCCP")
        )
        seen = Image.open(BytesIO(kept))
        assert not seen.getexif() and not (set(seen.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"})

    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
    def test_stand_upright(self, keep, form):
        """On its side in the camera (orientation 6): red above and blue below is blue at the left when upright."""
        seen = Image.open(BytesIO(stored(keep(picture(form, size=(80, 40)))))).convert("RGB")
        assert seen.size == (40, 80)
        assert seen.getpixel((5, 40))[2] > 200 and seen.getpixel((35, 40))[0] > 200

    def test_that_show_through_still_do(self, keep):
        made = BytesIO()
        Image.new("RGBA", (30, 30), (255, 0, 0, 60)).save(made, "WEBP", lossless=True)
        file = keep(made.getvalue())
        assert file.media_type == "image/png"
        assert Image.open(BytesIO(stored(file))).getpixel((3, 3)) == (255, 0, 0, 60)

    @pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
    def test_of_few_colours_stay_as_they_are(self, keep, mode):
        given = BytesIO()
        Image.linear_gradient("L").convert(mode).save(given, "PNG")
        before, after = (
            Image.open(BytesIO(each)).convert("RGB") for each in (given.getvalue(), stored(keep(given.getvalue())))
        )
        assert before.tobytes() == after.tobytes()

    def test_of_a_printer_s_colours_become_those_of_a_screen(self, keep):
        made = BytesIO()
        Image.new("CMYK", (20, 20), (0, 255, 255, 0)).save(made, "JPEG")
        assert Image.open(BytesIO(stored(keep(made.getvalue())))).mode == "RGB"

    @pytest.mark.parametrize("form", ["JPEG", "PNG"])
    def test_that_are_something_else_too_are_a_picture_alone(self, keep, form):
        kept = stored(keep(picture(form) + archive(("run.js", b"alert(1)")) + b"<script>alert(1)</script>"))
        assert b"PK" not in kept and b"script" not in kept and b"run.js" not in kept

    def test_the_comment_of_a_picture_does_not_come_along(self, keep):
        assert b"Ada lives here" not in stored(keep(picture("JPEG", comment=b"Ada lives here")))


def stored(file) -> bytes:
    from leeway.files.queries import read_file

    with read_file(file) as content:
        return content.read()
