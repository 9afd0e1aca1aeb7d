"""The page that comes out: Markdown, with the machine and the versions that it was measured on."""

from collections.abc import Iterable
from statistics import median

from tests.bench.machine import Machine
from tests.bench.measuring import Finding, Table
from tests.bench.reasons import WHY

HEAD = """# Benchmark of {on}

{about}

Each line compares two medians over interleaved rounds of one run on one machine; the ratio is this product's figure
over the other one's, in brackets the lowest and the highest ratio of a single round. Ratios carry over to other
machines, absolute figures do not. What each row does is written down in `tests/bench/`; `make bench` measures it anew.

| # | work | beside | this product | the other | ratio | target | met |
|---|---|---|---|---|---|---|---|
"""


def page(found: Iterable[Finding | Table], machine: Machine, on: str) -> str:
    """The whole page: the rows in one table, then the sections, then what falls short."""
    found = list(found)
    findings, tables = ([one for one in found if isinstance(one, kind)] for kind in (Finding, Table))
    about = "\n".join(f"- {name}: {value}" for name, value in machine.facts.items())
    lines = "".join(f"{_line(one)}\n" for one in findings)
    notes = "".join(f"- {one.row}, {one.beside}: {one.note}\n" for one in findings if one.note)
    short = "".join(f"- {one.row}, {one.beside}: {_ratio(one)} of {one.target}\n" for one in findings if _is_short(one))
    short += "".join(f"- {table.title}: {words}\n" for table in tables for words in table.short)
    why = _why([one.row for one in findings if _is_short(one)] + [table.title for table in tables if table.short])
    notes += "".join(f"- {table.title}: {table.note}\n" for table in tables if table.note)
    text = HEAD.format(on=on, about=about) + lines + "".join(map(_section, tables))
    text += f"\n## What falls short\n\n{short or 'Nothing that was measured.' + chr(10)}{why}"
    return text + (f"\n## Notes\n\n{notes}" if notes else "")


def _why(rows: Iterable[int | str]) -> str:
    """The reasons, each with the rows that have it."""
    shared: dict[str, list[str]] = {}
    for row in dict.fromkeys(rows):
        shared.setdefault(WHY.get(row, "not looked into yet"), []).append(str(row))
    lines = "".join(f"- {', '.join(names)}: {reason}.\n" for reason, names in shared.items())
    return f"\nWhy:\n\n{lines}" if lines else ""


def _section(table: Table) -> str:
    rows = (table.columns, ("---",) * len(table.columns), *table.lines)
    return f"\n## {table.title}\n\n{table.about}\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _is_short(one: Finding) -> bool:
    return one.is_met is False


def _line(one: Finding) -> str:
    met = {None: "–", True: "yes", False: "**no**"}[one.is_met]
    figures = (_figure(one.ours, one.unit), _figure(one.theirs, one.unit), _ratio(one))
    return "| " + " | ".join((str(one.row), one.work, one.beside, *figures, str(one.target or "–"), met)) + " |"


def _figure(values: tuple[float, ...], unit: str) -> str:
    return f"{_short(median(values))} {unit}" if values else "–"


def _ratio(one: Finding) -> str:
    if one.ratio is None or one.spread is None:
        return "–"
    return f"{_short(one.ratio)} ({_short(one.spread[0])}–{_short(one.spread[1])})"


def _short(value: float) -> str:
    """Three digits that count, and no exponents."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3g}"
