"""What printed papers are tried with and looked at by: strange texts, and what stands in a PDF."""

import io
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import segno
from PIL import Image
from pypdf import PdfReader
from weasyprint.document import Document
from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.urls import URLFetcherResponse

from approvals.base.i18n import in_language
from approvals.pdf.rendered import RenderedPdf
from approvals.pdf.rendering import AssetFetcher
from approvals.reports.document.report import Imprint
from approvals.reports.figures.compilation import compile_month
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.issuing import print_document
from approvals.reports.periods import MONTHLY
from tests.support.builders import a_database
from tests.support.pages import an_app

POINTS = 72 / 25.4  # in a millimetre
OUR_FONTS = {
    *("Noto-Serif-CJK-SC", "Noto-Serif-CJK-SC-Bold", "Noto-Sans-CJK-SC", "Noto-Sans-CJK-SC-Bold"),
    *("Noto-Sans-Mono-CJK-SC", "FandolFang", "AR-PL-KaitiM-GB"),
}
HOSTILE = (
    "<img src=file:///etc/passwd>",
    "<img src=http://127.0.0.1:9/x.png>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<link rel=stylesheet href=//example.com/x.css>",
    "<style>@import url(file:///etc/hosts); body{display:none}</style>",
    "<script>document.write(1)</script>",
    "</td></tr></table><h1>另起炉灶</h1>",
    "<svg><image href='file:///etc/passwd'/></svg>",
    "<object data=file:///etc/passwd></object>",
    "{{ paper }} {% for x in y %} %(number)s ${HOME}",
    '" onload="x" style="position:fixed',
    "url(file:///etc/passwd) javascript:alert(1)",
    "&lt;&amp;&#x202e;�",
)
LONG = "攀枝花市仁和区莲花池新居二期棚户区改造安置房及配套幼儿园、社区卫生服务中心、老年人日间照料中心工程" * 4
UNBROKEN = "A" * 200
RARE = "堃喆龑䶮𬭎镕垚"
DOTS = 300  # per inch
BAR = re.compile(rb"(?<=\xff)\x00{30,90}(?=\xff)")  # seven dark modules, as at the upper left of a QR code


def print_report(figures: Figures, spoken: str, imprint: Imprint | None = None) -> RenderedPdf:
    """The monthly report of these figures, printed; with no imprint a preview."""
    return print_document(MONTHLY, figures.month, figures, spoken, imprint)


@contextmanager
def figures_of_nothing(url: str) -> Iterator[Figures]:
    """The figures of September of a city in which nothing happened, within an application that prints them."""
    database = a_database(url)
    with database.read() as tx:
        figures = compile_month(tx, "2026-09")
    database.close()
    with an_app(url, public_url="https://guahao.city.example") as app, app.app_context(), in_language("zh_Hans"):
        yield figures


def a_document(body: str, head: str = "") -> str:
    """What is rendered, with this in its body."""
    return f"<html lang='zh-CN'><head><title>试印</title>{head}</head><body>{body}</body></html>"


class Watched(AssetFetcher):
    """The fetcher, with all that it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        self.asked.append(url)
        return super().fetch(url, headers)


def pages(pdf: bytes) -> list[str]:
    """The text of each page, line by line."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


def catalog_of(pdf: bytes) -> Any:
    """The root of the file's objects."""
    return PdfReader(io.BytesIO(pdf)).trailer["/Root"]


def attached_to(pdf: bytes) -> dict[str, bytes]:
    """The files within the file, by their names."""
    return {name: files[0] for name, files in PdfReader(io.BytesIO(pdf)).attachments.items()}


def words(pdf: bytes) -> str:
    """All text without line ends and spaces."""
    return "".join("".join(pages(pdf)).split())


def title_of(pdf: bytes) -> str | None:
    metadata = PdfReader(io.BytesIO(pdf)).metadata
    return metadata.title if metadata else None


def sizes(pdf: bytes) -> set[tuple[int, int]]:
    """The sizes of its pages, in millimetres."""
    sizes = [[float(side) / POINTS for side in page.mediabox[2:]] for page in PdfReader(io.BytesIO(pdf)).pages]
    return {(round(width), round(height)) for width, height in sizes}


def placed(pdf: bytes) -> list[list[tuple[str, float, float]]]:
    """For each page its texts, with how far their beginning stands from its left and upper edge in millimetres."""
    pages = []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        texts: list[tuple[str, float, float]] = []
        high = float(page.mediabox.height)

        def see(text: str, cm: Any, tm: Any, *_others: object, texts: Any = texts, high: float = high) -> None:
            x, y = (tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5])
            texts.append((text.strip(), x / POINTS, (high - y) / POINTS))

        page.extract_text(visitor_text=see)
        pages.append([line for line in texts if line[0]])
    return pages


def fonts_of(pdf: bytes) -> set[str]:
    """The names of its fonts, each of which is embedded."""
    fonts = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].get_object().values():
            described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert "/FontFile3" in described or "/FontFile2" in described
            fonts.add(str(described["/FontName"]).partition("+")[2])
    return fonts


def outside(document: Document) -> list[str]:
    """The texts that leave the margins of their page."""
    texts = []
    for page in document.pages:
        frame = page._page_box
        left, right = frame.content_box_x(), frame.content_box_x() + frame.width
        bottom = frame.content_box_y() + frame.height
        for box in frame.descendants():
            if isinstance(box, TextBox) and box.position_y < bottom:
                is_within = left - 1 <= box.position_x and box.position_x + box.width <= right + 1
                texts += [] if is_within else [box.text]
    return texts


def bears_code(pdf: bytes, address: str, folder: Path) -> bool:
    """Whether the QR code that leads to this address stands on the last page."""
    matrix = [[bool(dark) for dark in row] for row in segno.make_qr(address, error="M").matrix]
    page = last_page(pdf, folder)
    return any(read_off(page, bar, len(matrix)) == matrix for bar in bars(page))


def last_page(pdf: bytes, folder: Path) -> Image.Image:
    number = str(len(PdfReader(io.BytesIO(pdf)).pages))
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
