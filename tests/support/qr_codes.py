"""Reads the QR code off a printed page."""

import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import segno
from PIL import Image
from pypdf import PdfReader

DOTS = 300  # per inch
BAR = re.compile(rb"(?<=\xff)\x00{30,90}(?=\xff)")  # seven dark modules, as at the upper left of a code


def bears_code(pdf: bytes, address: str, folder: Path) -> bool:
    """Whether the QR code that leads to this address stands on the last page."""
    matrix = [[bool(dark) for dark in row] for row in segno.make_qr(address, error="M").matrix]
    page = last_page(pdf, folder)
    return any(read_off(page, bar, len(matrix)) == matrix for bar in bars(page))


def last_page(pdf: bytes, folder: Path) -> Image.Image:
    number = str(len(PdfReader(BytesIO(pdf)).pages))
    (folder / "document.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", str(DOTS), "-f", number, "-l", number, "-png", "-singlefile"]
    subprocess.run([*command, folder / "document.pdf", folder / "document"], check=True)
    return Image.open(folder / "document.png").convert("L").point(lambda shade: 0 if shade < 128 else 255)


def bars(page: Image.Image) -> Iterator[tuple[int, int, float]]:
    """Where a dark bar begins, and how wide a module of its code would be."""
    for y in range(page.height):
        for match in BAR.finditer(page.crop((0, y, page.width, y + 1)).tobytes()):
            yield match.start(), y, (match.end() - match.start()) / 7


def read_off(page: Image.Image, bar: tuple[int, int, float], size: int) -> list[list[bool]]:
    left, top, module = bar
    offsets = [(n + 0.5) * module for n in range(size)]
    if left + offsets[-1] >= page.width or top + offsets[-1] >= page.height:
        return []
    return [[page.getpixel((int(left + x), int(top + y))) == 0 for x in offsets] for y in offsets]
