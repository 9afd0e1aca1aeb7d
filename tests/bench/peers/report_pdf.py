"""Renders a report as the product does (`ours`) or as anybody would with WeasyPrint (`naive`).

Answers each line of standard input with the processor seconds that the HTML took, and the most memory that the process
had so far in KB.
"""

import gc
import re
import resource
import sys
import time
from pathlib import Path

from weasyprint import HTML

from approvals.pdf.rendering import render

STYLES = re.compile(r'<link rel="stylesheet"[^>]*>')


def ours(html: str) -> bytes:
    pdf = render(html).pdf
    gc.collect()  # as the product does, which looks for nothing to let go meanwhile
    return pdf


def naive(html: str) -> bytes:
    """With the style sheets that WeasyPrint has by default, and the fonts looked for each time."""
    return bytes(HTML(string=STYLES.sub("", html)).write_pdf())


def main() -> None:
    html, side = Path(sys.argv[1]).read_text(encoding="utf-8"), {"ours": ours, "naive": naive}[sys.argv[2]]
    if side is ours:
        gc.freeze()
        gc.disable()
    for _line in sys.stdin:
        begun = time.process_time()
        assert side(html).startswith(b"%PDF-")
        print(time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)


if __name__ == "__main__":
    main()
