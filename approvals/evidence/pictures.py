"""Pictures: the day on which one was taken, and copies of it without EXIF and place data, upright and bounded.

The only importer of Pillow and PDFium. Runs as a process of its own with bounded memory and time: a hostile picture may
unpack to more than any memory holds.
"""

import resource
import sys
from datetime import date
from io import BytesIO

import orjson
import pypdfium2
from PIL import Image

from approvals.base.moments import FIRST_DAY, LAST_DAY
from approvals.evidence.limits import (
    COPY,
    DONE,
    MEMORY,
    MOST_PIXELS,
    PREVIEW,
    QUALITY,
    SECONDS,
    THUMBNAIL,
    TOO_MANY_PIXELS,
    UNREADABLE,
)

FORMATS = ("JPEG", "PNG", "WEBP")
# Tags of EXIF: its part, DateTimeOriginal, DateTime, Orientation, and what makes a picture upright by the last.
_EXIF, _TAKEN, _CHANGED, _ORIENTATION = 0x8769, 0x9003, 0x0132, 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class TooManyPixels(Exception):
    """The picture unpacks to more than is looked at."""


def read_picture(content: bytes) -> tuple[date | None, bytes, bytes]:
    """The day on which the picture was taken, the copy and the small copy; both are JPEG."""
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise TooManyPixels
        taken_on = _taken_on(image)
        turn = TURNS.get(image.getexif().get(_ORIENTATION, 1))
        image.draft("RGB", (2 * COPY, 2 * COPY))  # of a JPEG no more is unpacked than is needed
        image.load()
        copy = _opaque(_bounded(_plain(image), COPY))
    copy = copy if turn is None else copy.transpose(turn)
    return taken_on, _written(copy), _written(_bounded(copy, THUMBNAIL))


def preview(content: bytes) -> bytes:
    """A small JPEG of a picture, or of the first page of a PDF."""
    if b"%PDF-" not in content[:1024]:
        return read_picture(content)[2]
    document = pypdfium2.PdfDocument(content)
    page = document[0]
    scale = THUMBNAIL / max(page.get_size())
    return _written(_bounded(_opaque(_plain(page.render(scale=min(scale, 1)).to_pil())), THUMBNAIL))


def _taken_on(image: Image.Image) -> date | None:
    """The day by the camera's clock, None where it says none that can be."""
    exif = image.getexif()
    text = exif.get_ifd(_EXIF).get(_TAKEN) or exif.get(_CHANGED)
    try:
        day = date.fromisoformat(str(text)[:10].replace(":", "-"))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _plain(image: Image.Image) -> Image.Image:
    """The picture in full colours; it may let something through."""
    if image.mode in ("RGB", "RGBA"):
        return image
    return image.convert("RGBA" if "transparency" in image.info or "A" in image.getbands() else "RGB")


def _opaque(image: Image.Image) -> Image.Image:
    """On white, where the picture lets something through."""
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _bounded(image: Image.Image, longest: int) -> Image.Image:
    """The picture, made smaller before anything else is made of it: a large one is in memory once."""
    scale = longest / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)


def _written(image: Image.Image) -> bytes:
    plain = Image.new("RGB", image.size)  # pixels alone: nothing else of the original goes along
    plain.paste(image)
    written = BytesIO()
    plain.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def main() -> int:
    """Answer the picture on standard input by a line of JSON with the lengths of both copies, which follow it.

    Asked for a preview, answer that alone.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    content = sys.stdin.buffer.read()
    try:
        if sys.argv[1:] == [PREVIEW]:
            sys.stdout.buffer.write(preview(content))
            return DONE
        taken_on, copy, thumbnail = read_picture(content)
    except (TooManyPixels, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TOO_MANY_PIXELS
    except pypdfium2.PdfiumError:
        return UNREADABLE
    except (OSError, SyntaxError, ValueError, MemoryError, EOFError, ArithmeticError, LookupError, TypeError):
        return UNREADABLE
    head = {"taken_on": taken_on, "copy": len(copy), "thumbnail": len(thumbnail)}
    sys.stdout.buffer.write(orjson.dumps(head) + b"\n" + copy + thumbnail)
    return DONE


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.exit(main())
