"""Papers that are printed while somebody waits for them."""

from flask import Response

from approvals.http.application import end_reading
from approvals.pdf.process import render_apart
from approvals.web.downloads import PDF, send_download


def send_paper(html: str, name: str, kind: str) -> Response:
    """The document as a PDF of this name; no transaction is open while it is printed."""
    end_reading()
    return send_download(render_apart(html).pdf, PDF, name, kind)
