"""Pictures, made anew from their points: upright, and without where, when or by whom they were taken.

A small file may unpack to a gigabyte. So each is opened in a process of its own, of limited memory, one at a time;
where that process ends, the site goes on.
"""

import resource
import subprocess
import sys
from io import BytesIO
from threading import BoundedSemaphore

from PIL import Image, ImageCms, ImageOps
from pillow_heif import register_heif_opener

from leeway.files.formats import JPEG, PNG, Format, NotAccepted

POINTS_MAX = 52_000_000  # the largest that a phone takes as a rule is 50 million
MEMORY_BYTES_MAX, SECONDS_MAX, SECONDS_WAITED = 1_200_000_000, 60, 20
COMMAND = [sys.executable, "-P", "-m", "leeway.files.pictures"]
ONE_AT_A_TIME = BoundedSemaphore(1)
REFUSED = 3  # how the process ends that has a sentence to give instead of a picture
QUALITY = 90
PNG_STARTS = b"\x89PNG\r\n\x1a\n"
READ = ["JPEG", "PNG", "WEBP", "HEIF"]
DAMAGED = "The picture cannot be read whole: it may have been cut off on its way. Take or save it again, and send that."
TOO_LARGE = f"The picture has more than {POINTS_MAX // 1_000_000} million points. Make it smaller, and send that."

BUSY = "Too many pictures come in at once. Wait a minute, and send yours again."

register_heif_opener(thumbnails=False)


def made_anew_apart(content: bytes) -> tuple[Format, bytes]:
    """The picture as it is kept, made by a process that may fail by itself. The only one that opens what came in."""
    if not ONE_AT_A_TIME.acquire(timeout=SECONDS_WAITED):
        raise NotAccepted(BUSY)
    try:
        done = subprocess.run(COMMAND, input=content, capture_output=True, timeout=SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired as problem:
        raise NotAccepted(DAMAGED) from problem
    finally:
        ONE_AT_A_TIME.release()
    if done.returncode == REFUSED:
        raise NotAccepted(done.stdout.decode())
    if done.returncode != 0:
        raise NotAccepted(DAMAGED)
    return (PNG if done.stdout.startswith(PNG_STARTS) else JPEG), done.stdout


def main() -> None:
    """Read a picture from standard input and write it anew, or say why not."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    try:
        _form, picture = made_anew(sys.stdin.buffer.read())
    except NotAccepted as refused:
        sys.stdout.write(str(refused))
        sys.exit(REFUSED)
    sys.stdout.buffer.write(picture)


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
