"""The table with reportlab's platypus and its Chinese font. Reads rows as JSON, a line a table, like weasy_table.py."""

import io
import json
import resource
import sys
import time
from html import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate

FONT = "STSong-Light"
WIDTHS = [22, 120, 70, 60, 60, 50, 55, 90]  # points


def pdf(rows: list[list[str]]) -> bytes:
    style = ParagraphStyle("cell", fontName=FONT, fontSize=8, leading=10, wordWrap="CJK")
    cells = [[Paragraph(escape(cell), style) for cell in row] for row in rows]
    grid = [("GRID", (0, 0), (-1, -1), 0.5, "black")]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build([LongTable(cells, WIDTHS, style=grid)])
    return out.getvalue()


def main() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    for line in sys.stdin:
        rows = json.loads(line)
        begun = time.perf_counter()
        assert pdf(rows).startswith(b"%PDF-")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(time.perf_counter() - begun, peak, flush=True)


if __name__ == "__main__":
    main()
