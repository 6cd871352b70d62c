"""Pictures, made anew from their points: upright, and without where, when or by whom they were taken.

A small file may unpack to a gigabyte, so each is opened apart.
"""

from io import BytesIO

from PIL import Image, ImageCms, ImageOps
from pillow_heif import register_heif_opener

from leeway.apart import Apart
from leeway.files.formats import JPEG, PNG, Format, NotAccepted

POINTS_MAX = 52_000_000  # the largest that a phone takes as a rule is 50 million
QUALITY = 90
PNG_STARTS = b"\x89PNG\r\n\x1a\n"
READ = ["JPEG", "PNG", "WEBP", "HEIF"]
DAMAGED = "The picture cannot be read whole: it may have been cut off on its way. Take or save it again, and send that."
TOO_LARGE = f"The picture has more than {POINTS_MAX // 1_000_000} million points. Make it smaller, and send that."

BUSY = "Too many pictures come in at once. Wait a minute, and send yours again."
APART = Apart("leeway.files.pictures", refuses=NotAccepted, busy=BUSY, damaged=DAMAGED)

register_heif_opener(thumbnails=False)


def made_anew_apart(content: bytes) -> tuple[Format, bytes]:
    """The picture as it is kept, made by a process that may fail by itself. The only one that opens what came in."""
    picture = APART.ask(content)
    return (PNG if picture.startswith(PNG_STARTS) else JPEG), picture


def main() -> None:
    """Read a picture from standard input and write it anew, or say why not."""
    APART.answer(lambda content: made_anew(content)[1])


def made_anew(content: bytes) -> tuple[Format, bytes]:
    """The picture as it is kept. A PNG, or one that shows through, becomes a PNG; every other a JPEG.

    Only its points are carried over, so that no location, no device, no second file and no code comes with them.
    """
    try:
        picture = Image.open(BytesIO(content), formats=READ)
    except Image.DecompressionBombError as problem:
        raise NotAccepted(TOO_LARGE) from problem
    except Exception as problem:  # a bent file makes the decoders raise almost anything
        raise NotAccepted(DAMAGED) from problem
    _check(picture)
    try:
        picture.load()
        return _saved(_plain(ImageOps.exif_transpose(picture)), as_png=picture.format == "PNG")
    except Exception as problem:
        raise NotAccepted(DAMAGED) from problem


def _check(picture: Image.Image) -> None:
    """Refuse, before its points are unpacked, a picture of too many points, or several pictures in one file."""
    if picture.width * picture.height > POINTS_MAX:
        raise NotAccepted(TOO_LARGE)
    # The second picture of a JPEG (MPO) is a preview or the brightness of the first, which a phone adds unasked.
    if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:
        raise NotAccepted("The file moves or holds several pictures. Send each picture by itself.")


def _plain(picture: Image.Image) -> Image.Image:
    """The picture in the colours of every screen."""
    profile = picture.info.get("icc_profile")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
    elif picture.mode == "P":
        picture = picture.convert("RGB")
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode) or picture
        except ImageCms.PyCMSError:
            return picture  # a profile that nobody can read tells nothing of its colours
    return picture


def _saved(picture: Image.Image, *, as_png: bool) -> tuple[Format, bytes]:
    picture.info.clear()
    kept = BytesIO()
    if as_png or picture.mode == "RGBA":
        picture = picture if picture.mode in {"1", "L", "I;16", "RGB", "RGBA"} else picture.convert("RGB")
        picture.save(kept, "PNG")
        return PNG, kept.getvalue()
    picture = picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")
    picture.save(kept, "JPEG", quality=QUALITY)
    return JPEG, kept.getvalue()


if __name__ == "__main__":
    main()
