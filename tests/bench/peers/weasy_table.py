"""The table as anybody would print it with WeasyPrint: an HTML table, no more. Reads rows as JSON, a line a table.

Answers with how long it took in seconds and, in the end, how much memory the process had at most in KB.
"""

import json
import resource
import sys
import time
from html import escape

from weasyprint import HTML

STYLE = "@page{size:A4}table{border-collapse:collapse}td,th{border:1px solid #000;padding:2px;font-size:9pt}"


def page(rows: list[list[str]]) -> str:
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><table>{lines}</table>"


def main() -> None:
    for line in sys.stdin:
        rows = json.loads(line)
        begun = time.perf_counter()
        pdf = HTML(string=page(rows)).write_pdf()
        assert pdf.startswith(b"%PDF-")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(time.perf_counter() - begun, peak, flush=True)


if __name__ == "__main__":
    main()
