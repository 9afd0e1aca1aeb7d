"""Renders a report as the product does (`ours`) or as anybody would with WeasyPrint (`naive`).

Reads a number of bytes and as many bytes of HTML, again and again; answers each with the processor seconds that it took
and the most memory that the process had so far in KB.
"""

import gc
import re
import resource
import sys
import time

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
    side = {"ours": ours, "naive": naive}[sys.argv[1]]
    if side is ours:
        gc.freeze()
        gc.disable()
    while line := sys.stdin.buffer.readline():
        html = sys.stdin.buffer.read(int(line)).decode("utf-8")
        begun = time.process_time()
        assert side(html).startswith(b"%PDF-")
        print(time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)


if __name__ == "__main__":
    main()
