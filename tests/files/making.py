"""Files for the tests, each made from nothing."""

from datetime import date
from io import BytesIO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from pillow_heif import register_heif_opener

from leeway.files.models import Owner

register_heif_opener()
LATER = date(2199, 1, 1)  # more than a month after whatever a test stores
OWNER = Owner("tests.thing", UUID(int=9))
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GPS, ORIENTATION, MODEL = 0x8825, 0x0112, 0x0110
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>51,30N</exif:GPSLatitude></x:xmpmeta>'
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
CSV = b"Date,Description,Amount\n01/11/2026,Taxi,12.50\n02/11/2026,Taxi,12.50\n"
OFX = b"OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><SIGNONMSGSRSV1></SIGNONMSGSRSV1></OFX>"
OFX_2 = b'<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n<OFX></OFX>'
MT940 = b":20:STATEMENT\n:25:20040612345678\n:28C:1/1\n:60F:C261101GBP100,00\n:62F:C261130GBP100,00\n-"
CAMT = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">'
    b"<BkToCstmrStmt/></Document>"
)
WORD, CELLS = "[Content_Types].xml word/document.xml", "[Content_Types].xml xl/workbook.xml"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


def upload(content: bytes, name="it.bin", media_type="application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, media_type)


def picture(form: str, *, size=(40, 20), mode="RGB", told=True, **options) -> bytes:
    """Red above, blue below, with where and with what it was taken; standing on its side for a camera's reasons."""
    drawn = Image.new(mode, size, "red")
    drawn.paste(Image.new(mode, (size[0], size[1] // 2), "blue"), (0, size[1] // 2))
    if told:
        exif = Image.Exif()
        exif[ORIENTATION], exif[MODEL] = 6, "Pocket 12"
        exif.get_ifd(GPS).update({1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)})
        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options |= {"exif": exif.tobytes(), "xmp": XMP, "pnginfo": text}
    made = BytesIO()
    drawn.save(made, form, **options)
    return made.getvalue()


def archive(*parts: str | tuple[str, bytes]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as written:
        for part in parts:
            name, content = part if isinstance(part, tuple) else (part, b"<x/>")
            written.writestr(name, content, ZIP_STORED if name == "mimetype" else ZIP_DEFLATED)
    return made.getvalue()


def office(names: str, *more) -> bytes:
    return archive(*names.split(), *more)


def open_document(kind: str, *more) -> bytes:
    return archive(("mimetype", (OPEN_DOCUMENT + kind).encode()), "content.xml", *more)
