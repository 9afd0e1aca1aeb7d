"""What printed papers are tried with and looked at by: strange texts, and what stands in a PDF."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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
    "Noto-Sans-Mono-CJK-SC",
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
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


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
