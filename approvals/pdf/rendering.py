"""Renders one page of HTML as PDF/A-3a. The only file that imports WeasyPrint, and nothing of the web does.

As a program (`python -m approvals.pdf.rendering`) it renders documents until its input ends. In: a line with a number
of bytes, and as many bytes of HTML. Out: a line of JSON, and as many bytes of PDF as its `size` says.
"""

import gc
import os
import platform
import sys
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any
from xml.etree import ElementTree

import orjson
from cssselect2 import ElementWrapper
from pydyf import PDF, Array, Dictionary
from weasyprint import CSS, HTML, Attachment, __version__
from weasyprint.document import Document
from weasyprint.text.ffi import pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from approvals import PACKAGE, folder
from approvals.pdf.fonts import faces_css, font_faces, fontconfig
from approvals.pdf.glyphs import printable
from approvals.pdf.rendered import RenderedPdf

TEMPLATES = folder("templates")
SCHEME = "asset"
ATTACHED = "attached"  # the class of elements whose content goes along as a file
VARIANT = "pdf/a-3a"  # an archive file that is tagged and may carry others
NO_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)  # of attached files: the same bytes at any time
FACES = f"{SCHEME}:faces.css"  # written by fonts.py
ASSETS = {  # all else that a document may ask for, by name
    f"{SCHEME}:paper.css": TEMPLATES / "documents" / "paper.css",
    f"{SCHEME}:brief.css": TEMPLATES / "documents" / "brief.css",
    f"{SCHEME}:report.css": PACKAGE / "static" / "report.css",
    f"{SCHEME}:notice.css": TEMPLATES / "documents" / "notice.css",
    f"{SCHEME}:evidence.css": TEMPLATES / "documents" / "evidence.css",
    f"{SCHEME}:casefile.css": TEMPLATES / "documents" / "casefile.css",
}
STYLES = {FACES, *ASSETS}
MAGIC = 4  # bytes at the beginning of a font, by which WeasyPrint recognises its kind


class AssetFetcher(URLFetcher):
    """Hands out the named assets. Anything else, a file or another machine, stops the rendering."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(SCHEME,), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url not in STYLES:
            raise ValueError(f"not an asset of ours: {url[:200]}")
        content = faces_css().encode("utf-8") if url == FACES else ASSETS[url].read_bytes()
        return URLFetcherResponse(url, content, {"Content-Type": "text/css; charset=utf-8"})


class _XmlDocument(HTML):
    """A document, read as XML in a thirtieth of the time that HTML takes; ParseError when it is not well-formed."""

    def __init__(self, html: str, fetcher: AssetFetcher) -> None:
        root = ElementTree.fromstring(html.strip())  # noqa: S314 ours, and each text in it is escaped
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(root)
        self.etree_element = root


def render(html: str) -> RenderedPdf:
    """The PDF/A-3a of this HTML: same text, same assets, same fonts and versions, same bytes.

    What stands in an element of class `attached`, as base64, goes along as a file of the name in `data-name`.
    ParseError when the document is not well-formed; RuntimeError when it asks for what is not one of our assets.
    """
    try:
        document, attachments = lay_out(html, AssetFetcher())
        return RenderedPdf(write(document, attachments), len(document.pages), made_with())
    except FatalURLFetchingError as error:  # no Exception
        raise RuntimeError(str(error)) from error


def lay_out(html: str, fetcher: AssetFetcher) -> tuple[Document, list[Attachment]]:
    """The pages, and the files that go along."""
    source = _XmlDocument(printable(html), fetcher)
    attachments = [_attachment(element, fetcher) for element in _taken_out(source, "class", {ATTACHED})]
    style_sheets = [_style(element.get("href")) for element in _taken_out(source, "href", STYLES)]
    return source.render(font_config=_fonts(), stylesheets=style_sheets, pdf_tags=True), attachments


def write(document: Document, attachments: list[Attachment]) -> bytes:
    """The bytes of the file; RuntimeError when a font cannot be cut down to what is used of it."""
    document.fonts = _Fonts()
    pdf = bytes(document.write_pdf(pdf_variant=VARIANT, attachments=attachments, finisher=_finish))
    if any(len(font.file_content) <= MAGIC for font in document.fonts.values()):
        raise RuntimeError("HarfBuzz did not cut a font")
    return pdf


class _Fonts(dict[Any, Any]):
    """Fonts without WeasyPrint's copies of their files, 20 MB each: HarfBuzz cuts most without them."""

    def __setitem__(self, key: Any, font: Any) -> None:
        if not (font.png or font.svg or font.colr or font.bitmap or "fvar" in font.tables):
            font.file_content = font.file_content[:MAGIC]
        super().__setitem__(key, font)


def _taken_out(source: HTML, attribute: str, values: set[str]) -> Iterator[Any]:
    """The elements with one of these values; they are no part of the document any more."""
    for parent in list(source.etree_element.iter()):
        for element in [child for child in parent if child.get(attribute) in values]:
            parent.remove(element)
            yield element


def _attachment(element: Any, fetcher: AssetFetcher) -> Attachment:
    return Attachment(
        string=b64decode("".join(element.itertext())),
        name=element.get("data-name"),
        relationship="Data",
        created=NO_MOMENT,
        modified=NO_MOMENT,
        url_fetcher=fetcher,
    )


@cache
def _fonts() -> FontConfiguration:
    """The fonts of documents, loaded once; WeasyPrint reads the file that the environment names."""
    os.environ |= fontconfig()
    return FontConfiguration()


@cache
def _style(name: str) -> CSS:
    return CSS(url=name, url_fetcher=AssetFetcher())


def _finish(_document: Document, pdf: PDF) -> None:
    """WeasyPrint 70 names each attached file twice, and marks numbers of pages as text that no element holds."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = Array(dict.fromkeys(pdf.catalog["AF"]))
    objects = {item.reference: item for item in pdf.objects}
    elements = objects[objects[pdf.catalog["StructTreeRoot"]]["ParentTree"]]["Nums"][1::2]
    for page, on_page in zip(pdf.page_references, elements, strict=False):  # what follows are links
        while on_page and not _is_in_structure(objects[on_page[-1]], objects):  # a number is drawn last
            on_page.pop()
            _mark_as_artifact(objects[objects[page]["Contents"]].stream, len(on_page))


def _is_in_structure(element: Dictionary, objects: Mapping[bytes, Any]) -> bool:
    while "P" in element:
        parent = objects[element["P"]]
        if element.reference not in parent["K"]:
            return False
        element = parent
    return True


def _mark_as_artifact(stream: list[Any], mark: int) -> None:
    """What bears this mark is no part of the text."""
    place = next(n for n, item in enumerate(stream) if isinstance(item, Dictionary) and item.get("MCID") == mark)
    stream[place - 1 : place + 1] = ["/Artifact", Dictionary({"Type": "/Pagination"})]


@cache
def made_with() -> dict[str, Any]:
    """The versions that the bytes depend on."""
    number = int(pango.pango_version())
    return {
        "weasyprint": __version__,
        "pango": f"{number // 10000}.{number // 100 % 100}.{number % 100}",
        "python": platform.python_version(),
        "fonts": [asdict(face) for face in font_faces()],
    }


def main() -> None:
    """Render until the input ends; a document that fails is answered with `error`."""
    gc.freeze()
    gc.disable()  # a quarter of the time goes into looking for what can be let go: nobody waits for it after a document
    while line := sys.stdin.buffer.readline():
        reply, pdf = _reply(sys.stdin.buffer.read(int(line)).decode("utf-8"))
        sys.stdout.buffer.write(orjson.dumps(reply | {"size": len(pdf)}) + b"\n" + pdf)
        sys.stdout.buffer.flush()
        gc.collect()


def _reply(html: str) -> tuple[dict[str, Any], bytes]:
    try:
        rendered = render(html)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}, b""
    return {"pages": rendered.pages, "made_with": rendered.made_with}, rendered.pdf


if __name__ == "__main__":
    main()
