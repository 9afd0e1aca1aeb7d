"""Photographs as phones make them, with EXIF and place data, and pictures that only pretend."""

import io
import random

from PIL import Image

TAKEN, MAKE, GPS, EXIF, ORIENTATION = 0x9003, 0x010F, 0x8825, 0x8769, 0x0112
PLACE = {1: "N", 2: (26.0, 34.0, 56.0), 3: "E", 4: (101.0, 43.0, 7.0)}  # of Panzhihua


def pixels(width: int = 64, height: int = 48, seed: int = 1) -> Image.Image:
    """Coloured noise on a coarse grid, the same for the same seed."""
    dice = random.Random(seed)
    coarse = Image.frombytes("RGB", (8, 6), bytes(dice.randrange(256) for _ in range(8 * 6 * 3)))
    return coarse.resize((width, height), Image.Resampling.BILINEAR)


def exif_of(taken: str = "2026:05:04 09:30:00", turned: int = 1) -> bytes:
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "某牌手机", turned
    exif.get_ifd(EXIF)[TAKEN] = taken
    exif.get_ifd(GPS).update(PLACE)
    return exif.tobytes()


def photo(
    seed: int = 1, *, taken: str = "2026:05:04 09:30:00", turned: int = 1, size: tuple[int, int] = (64, 48)
) -> bytes:
    """A JPEG with the day and the place that the camera wrote into it; `turned` is its orientation."""
    written = io.BytesIO()
    pixels(*size, seed=seed).save(written, "JPEG", quality=92, exif=exif_of(taken, turned))
    return written.getvalue()


def picture(kind: str, seed: int = 1) -> bytes:
    """The same pixels as PNG or WebP without losses, and with nothing else."""
    written = io.BytesIO()
    pixels(seed=seed).save(written, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return written.getvalue()


def heic() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 400


def bomb() -> bytes:
    """A PNG of 160 million pixels in some kilobytes."""
    written = io.BytesIO()
    Image.new("1", (16_000, 10_000)).save(written, "PNG", optimize=True)
    return written.getvalue()
