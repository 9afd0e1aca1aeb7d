"""Turns HTML into a PDF. The only file that imports WeasyPrint, and nothing of the web does."""

import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from weasyprint import HTML, __version__
from weasyprint.text.ffi import pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from approvals.reports.fonts import faces

ROOT = Path(__file__).resolve().parents[2]
SCHEME = "asset"
ASSETS = {  # all that a document may ask for, by name
    f"{SCHEME}:paper.css": (ROOT / "templates" / "reports" / "paper.css", "text/css"),
    f"{SCHEME}:report.css": (ROOT / "approvals" / "static" / "report.css", "text/css"),
    f"{SCHEME}:notice.css": (ROOT / "templates" / "casefile" / "notice.css", "text/css"),
    f"{SCHEME}:evidence.css": (ROOT / "templates" / "casefile" / "evidence.css", "text/css"),
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
        if url not in ASSETS:
            raise ValueError(f"not an asset of ours: {url[:200]}")
        path, media_type = ASSETS[url]
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": f"{media_type}; charset=utf-8"})


def render(html: str) -> Rendered:
    """The PDF of this HTML: same text, same assets, same fonts and versions, same bytes.

    Title and language of the file are those of the document. FatalURLFetchingError (no Exception) when it asks for
    anything that is not one of our assets.
    """
    fonts = FontConfiguration()
    document = HTML(string=html, url_fetcher=AssetFetcher()).render(font_config=fonts, pdf_tags=True)
    pdf = document.write_pdf(pdf_tags=True)
    made_with = {
        "weasyprint": __version__,
        "pango": _pango(),
        "python": platform.python_version(),
        "fonts": [asdict(face) for face in faces()],
    }
    return Rendered(bytes(pdf), len(document.pages), made_with)


def _pango() -> str:
    number = int(pango.pango_version())
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"
