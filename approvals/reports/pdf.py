"""Sets HTML in pages. The only file that imports WeasyPrint, and nothing of the web does."""

import platform
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pikepdf
from cssselect2 import ElementWrapper
from pydyf import Array
from weasyprint import CSS, HTML, Attachment, __version__
from weasyprint.document import Document
from weasyprint.text.ffi import pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from approvals.reports.fonts import faces, faces_css
from approvals.reports.lanes import ATTACHED, Glyphs, Part
from approvals.reports.numbering import numbers_of, sheet_of

ROOT = Path(__file__).resolve().parents[2]
SCHEME = "asset"
VARIANT = "pdf/a-3a"  # an archive file that is tagged and may carry others
NO_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)  # of attached files: the same bytes at any time
FACES = f"{SCHEME}:faces.css"  # written by fonts.py
ASSETS = {  # all else that a document may ask for, by name
    f"{SCHEME}:paper.css": ROOT / "templates" / "reports" / "paper.css",
    f"{SCHEME}:report.css": ROOT / "approvals" / "static" / "report.css",
    f"{SCHEME}:numbers.css": ROOT / "templates" / "reports" / "numbers.css",
    f"{SCHEME}:notice.css": ROOT / "templates" / "casefile" / "notice.css",
    f"{SCHEME}:evidence.css": ROOT / "templates" / "casefile" / "evidence.css",
}
STYLES = {FACES, *ASSETS}
MAGIC = 4  # bytes at the beginning of a font, by which WeasyPrint tells its kind


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


class Setter:
    """A lane in this process: sets one part after the other in the same fonts, and embeds those in the end."""

    def __init__(self) -> None:
        self._fonts = _Fonts()

    def part(self, html: str, number: int) -> Part:
        """The pages of this HTML, tagged. `number` makes names within the part its own.

        Title and language of the file are those of the document. What stands in an element of class `attached`, as
        base64, goes along as a file of the name in `data-name`. ParseError when the document is not well-formed;
        FatalURLFetchingError (no Exception) when it asks for anything that is not one of our assets.
        """
        document, attachments = lay_out(html, AssetFetcher())
        pdf = self._written(document, number, pdf_variant=VARIANT, attachments=attachments)
        self._let_go()
        return Part(pdf, len(document.pages))

    def numbers(self, first: int, last: int) -> list[str]:
        """What draws the number of each of these pages: a page of its own for each would take three times as long."""
        return numbers_of(self._written(lay_out(sheet_of(first, last), AssetFetcher())[0]))

    def glyphs(self) -> dict[str, Glyphs]:
        """What was set so far, by face."""
        found: dict[str, Glyphs] = {}
        for name, font in self._named():
            known = found.setdefault(name, Glyphs([], []))
            known.texts.extend(font.to_unicode.items())
            known.widths.extend(font.widths.items())
        return found

    def faces(self, named: list[str], others: dict[str, Glyphs]) -> bytes:
        """A file of these faces, each with the glyphs set here and by others; RuntimeError when one cannot be cut."""
        for glyphs in (self.glyphs(), others):
            for font in [font for name, font in self._named() if name in glyphs]:
                font.to_unicode.update(glyphs[font.hash].texts)
                font.widths.update(glyphs[font.hash].widths)
        self._fonts.embedded = [font for name, font in self._named() if name in named]
        pdf = self._written(lay_out("<html><body/></html>", AssetFetcher())[0])
        if any(len(font.file_content) <= MAGIC for font in self._fonts.embedded):
            raise RuntimeError("HarfBuzz did not cut a face")
        return pdf

    def made_with(self) -> dict[str, Any]:
        """The versions that the bytes depend on."""
        return made_with()

    def _named(self) -> list[tuple[str, Any]]:
        return [(font.hash, font) for font in dict.values(self._fonts)]

    def _written(self, document: Document, number: int = 0, **options: Any) -> bytes:
        document.fonts = self._fonts
        pdf = document.write_pdf(  # as it is: what binds it makes it small, and gives it its identifier
            pdf_identifier=False,
            uncompressed_pdf=not self._fonts.embedded,
            finisher=lambda _document, pdf: _finish(pdf, number),
            **options,
        )
        return bytes(pdf)

    def _let_go(self) -> None:
        """The files of fonts are 20 MB each, and HarfBuzz cuts most faces from them without this copy."""
        for _name, font in self._named():
            if not (font.png or font.svg or font.colr or font.bitmap or "fvar" in font.tables):
                font.file_content = font.file_content[:MAGIC]


class _Fonts(dict[Any, Any]):
    """The fonts that were met. Of these WeasyPrint embeds what `values` gives: none until all parts are set."""

    embedded: Sequence[Any] = ()

    def values(self) -> Any:
        return self.embedded


class _Source(HTML):
    """A document, read as XML in a thirtieth of the time that HTML takes; ParseError when it is not well-formed."""

    def __init__(self, html: str, fetcher: AssetFetcher) -> None:
        root = ElementTree.fromstring(html.strip())  # noqa: S314 ours, and each text in it is escaped
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(root)
        self.etree_element = root


def lay_out(html: str, fetcher: AssetFetcher) -> tuple[Document, list[Attachment]]:
    """The pages, and the files that go along."""
    source = _Source(html, fetcher)
    attachments = _taken_out(source, fetcher)
    sheets = _sheets_of(source)
    return source.render(font_config=_machine(), stylesheets=sheets, pdf_tags=True), attachments


def _sheets_of(source: HTML) -> list[CSS]:
    """The style sheets that the document links to, where they are ours; read once, and taken out of it."""
    found = []
    for parent in list(source.etree_element.iter()):
        for element in [child for child in parent if child.tag == "link" and child.get("href") in STYLES]:
            found.append(_style(element.get("href")))
            parent.remove(element)
    return found


@cache
def _machine() -> FontConfiguration:
    """The fonts of this machine, loaded once."""
    return FontConfiguration()


@cache
def _style(name: str) -> CSS:
    return CSS(url=name, url_fetcher=AssetFetcher())


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


def _finish(pdf: Any, number: int) -> None:
    """Names of table heads are those of this part alone; and WeasyPrint 70 names each attached file twice."""
    for one in pdf.objects:
        if isinstance(one, dict) and "ID" in one:
            one["ID"].string = f"{number}-{one['ID'].string}"
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = Array(dict.fromkeys(pdf.catalog["AF"]))


@cache
def made_with() -> dict[str, Any]:
    """The versions that the bytes depend on."""
    return {
        "weasyprint": __version__,
        "pikepdf": pikepdf.__version__,
        "qpdf": pikepdf.__libqpdf_version__,
        "pango": _pango(),
        "python": platform.python_version(),
        "fonts": [asdict(face) for face in faces()],
    }


def _pango() -> str:
    number = int(pango.pango_version())
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"
