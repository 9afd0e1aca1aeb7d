"""The press: prints one paper after the other. A number of bytes and so much HTML come in, a line about what was used
and the PDF go out, until nothing more comes.

A process of its own (`python -m approvals.reports.press`): fonts and layout take memory and time that no web process
should spend, and whatever goes wrong with them ends with it.
"""

import sys

import orjson

from approvals.reports.pdf import render


def main() -> int:
    while line := sys.stdin.buffer.readline():
        rendered = render(sys.stdin.buffer.read(int(line)).decode("utf-8"))
        about = {"pages": rendered.pages, "size": len(rendered.pdf), "made_with": rendered.made_with}
        sys.stdout.buffer.write(orjson.dumps(about, option=orjson.OPT_SORT_KEYS) + b"\n" + rendered.pdf)
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
