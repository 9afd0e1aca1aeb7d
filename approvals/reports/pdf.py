"""Turns HTML into a PDF. The only file that imports WeasyPrint, and nothing of the web does."""

import platform
from base64 import b64decode
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydyf import Array
from weasyprint import HTML, Attachment, __version__
from weasyprint.document import Document
from weasyprint.text.ffi import pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from approvals.reports.fonts import faces, faces_css

ROOT = Path(__file__).resolve().parents[2]
SCHEME = "asset"
VARIANT = "pdf/a-3a"  # an archive file that is tagged and may carry others
ATTACHED = "attached"  # elements of this class are no part of the document: what they hold goes along as a file
NO_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)  # of attached files: the same bytes at any time
FACES = f"{SCHEME}:faces.css"  # written by fonts.py
ASSETS = {  # all else that a document may ask for, by name
    f"{SCHEME}:paper.css": ROOT / "templates" / "reports" / "paper.css",
    f"{SCHEME}:report.css": ROOT / "approvals" / "static" / "report.css",
    f"{SCHEME}:notice.css": ROOT / "templates" / "casefile" / "notice.css",
    f"{SCHEME}:evidence.css": ROOT / "templates" / "casefile" / "evidence.css",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """`made_with` names the versions of the renderer and the checksums of the fonts that went in."""

    pdf: bytes
    pages: int
    made_with: dict[str, Any]


class AssetFetcher(URLFetcher):
    """Hands out the named assets. Anything else, a file or another machine, stops the rendering."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(SCHEME,), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url == FACES:
            return _sheet(url, faces_css().encode("utf-8"))
        if url not in ASSETS:
            raise ValueError(f"not an asset of ours: {url[:200]}")
        return _sheet(url, ASSETS[url].read_bytes())


def _sheet(url: str, content: bytes) -> URLFetcherResponse:
    return URLFetcherResponse(url, content, {"Content-Type": "text/css; charset=utf-8"})


def render(html: str) -> Rendered:
    """The PDF/A-3 of this HTML: same text, same assets, same fonts and versions, same bytes.

    Title and language of the file are those of the document. What stands in an element of class `attached`, as
    base64, goes along as a file of the name in `data-name`. FatalURLFetchingError (no Exception) when the document
    asks for anything that is not one of our assets.
    """
    document, attachments = lay_out(html, AssetFetcher())
    pdf = document.write_pdf(pdf_variant=VARIANT, attachments=attachments, finisher=_name_attached_once)
    return Rendered(bytes(pdf), len(document.pages), made_with())


def lay_out(html: str, fetcher: AssetFetcher) -> tuple[Document, list[Attachment]]:
    """The pages, and the files that go along."""
    source = HTML(string=html, url_fetcher=fetcher)
    attachments = _taken_out(source, fetcher)
    return source.render(font_config=FontConfiguration(), pdf_tags=True), attachments


def _taken_out(source: HTML, fetcher: AssetFetcher) -> list[Attachment]:
    """The files that the document carries, taken out of what is laid out."""
    found = []
    for parent in list(source.etree_element.iter()):
        for element in [child for child in parent if child.get("class") == ATTACHED]:
            found.append(_attachment(element, fetcher))
            parent.remove(element)
    return found


def _attachment(element: Any, fetcher: AssetFetcher) -> Attachment:
    return Attachment(
        string=b64decode("".join(element.itertext())),
        name=element.get("data-name"),
        relationship="Data",
        created=NO_MOMENT,
        modified=NO_MOMENT,
        url_fetcher=fetcher,
    )


def _name_attached_once(_document: object, pdf: Any) -> None:
    """WeasyPrint 70 names each attached file twice."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = Array(dict.fromkeys(pdf.catalog["AF"]))


def made_with() -> dict[str, Any]:
    """The versions that the bytes depend on."""
    return {
        "weasyprint": __version__,
        "pango": _pango(),
        "python": platform.python_version(),
        "fonts": [asdict(face) for face in faces()],
    }


def _pango() -> str:
    number = int(pango.pango_version())
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"
