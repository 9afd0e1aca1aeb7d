"""The page that comes out: Markdown, with the machine and the versions that it was measured on."""

import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from statistics import median

import pysqlite3.dbapi2 as sqlite

from tests.bench.measuring import Finding
from tests.bench.peering import peer_versions
from tests.support.servers import postgres_program

OURS = ("flask", "granian", "sqlalchemy", "sqlmodel", "transitions", "weasyprint", "chinesecalendar", "psycopg")
HEAD = """# Benchmark of {on}

{about}

Each line compares two medians over interleaved rounds of one run on one machine; the ratio is this product's figure
over the other one's, in brackets the lowest and the highest ratio of a single round. Ratios carry over to other
machines, absolute figures do not. What each row does is written down in `tests/bench/`; `make bench` measures it anew.

| # | work | beside | this product | the other | ratio | target | met |
|---|---|---|---|---|---|---|---|
"""


def page(findings: list[Finding], on: str) -> str:
    """The whole page: the rows in one table, then what falls short, then the notes."""
    about = "\n".join(f"- {name}: {value}" for name, value in _machine().items())
    short = [f"- {row.row}, {row.beside}: {_ratio(row)} of {row.target}" for row in findings if row.is_met is False]
    notes = [f"- {row.row}, {row.beside}: {row.note}" for row in findings if row.note]
    parts = [HEAD.format(on=on, about=about) + _lines(map(_line, findings))]
    parts.append(f"\n## What falls short\n\n{_lines(short or ['Nothing that was measured.'])}")
    return "".join(parts) + (f"\n## Notes\n\n{_lines(notes)}" if notes else "")


def _machine() -> dict[str, str]:
    """What the figures depend on."""
    memory = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    postgres = Path(postgres_program("postgres")).parts[4]
    return {
        "Machine": f"{_processor()}, {len(os.sched_getaffinity(0))} cores, {memory} GB",
        "System": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "Databases": f"SQLite {sqlite.sqlite_version} (synchronous=FULL), PostgreSQL {postgres} (fsync on)",
        "This product": ", ".join(f"{name} {version(name)}" for name in OURS),
        "Peers": ", ".join(f"{name} {number}" for name, number in peer_versions().items()),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _line(row: Finding) -> str:
    met = {None: "–", True: "yes", False: "**no**"}[row.is_met]
    figures = (_figure(row.ours, row.unit), _figure(row.theirs, row.unit), _ratio(row))
    return "| " + " | ".join((row.row, row.work, row.beside, *figures, str(row.target or "–"), met)) + " |"


def _figure(values: tuple[float, ...], unit: str) -> str:
    return f"{_short(median(values))} {unit}" if values else "–"


def _ratio(row: Finding) -> str:
    if row.ratio is None:
        return "–"
    low, high = row.spread
    return f"{_short(row.ratio)} ({_short(low)}–{_short(high)})"


def _short(value: float) -> str:
    """Three digits that count, and no exponents."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3g}"
