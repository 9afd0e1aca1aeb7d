"""The press: HTML on standard input, a line about what was used and then the PDF on standard output.

A process of its own for each report (`python -m approvals.reports.press`): fonts and layout take memory and time that
no web process should spend, and whatever goes wrong with them ends with it.
"""

import sys

import orjson

from approvals.reports.pdf import render


def main() -> int:
    rendered = render(sys.stdin.buffer.read().decode("utf-8"))
    about = {"pages": rendered.pages, "size": len(rendered.pdf), "made_with": rendered.made_with}
    sys.stdout.buffer.write(orjson.dumps(about, option=orjson.OPT_SORT_KEYS) + b"\n" + rendered.pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
