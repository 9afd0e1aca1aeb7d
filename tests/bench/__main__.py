"""`make bench`: measures the rows, prints the page and saves it under docs/benchmarks/."""

import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.machine import this_machine, with_peers
from tests.bench.measuring import Bench, CannotBeHad, Finding, Row, Table
from tests.bench.page import page
from tests.bench.rows import ROWS
from tests.support.servers import ROOT

PAGES = ROOT / "docs" / "benchmarks"


def main(arguments: list[str] | None = None) -> int:
    """The exit status is 1 when a row failed, not when one falls short."""
    asked = _asked(arguments)
    for name in [name for name in os.environ if name.startswith("GUAHAO_")]:
        del os.environ[name]
    os.environ["GUAHAO_ENV"] = "test"
    machine = this_machine(asked.rounds)
    folder = Path(tempfile.mkdtemp(prefix="guahao-bench-"))
    try:
        bench = Bench(folder, asked.rounds, asked.seconds, asked.scale, tuple(asked.approvals), tuple(asked.engines))
        findings = [one for number in asked.rows for one in measured(ROWS[number], bench)]
    finally:
        shutil.rmtree(folder)
    text = page(findings, with_peers(machine), f"{datetime.now(UTC):%Y-%m-%d}")
    print(text)
    _save(text, asked)
    return int(any(one.note.startswith("failed") for one in findings))


def measured(row: Row, bench: Bench) -> list[Finding | Table]:
    """The findings of a row; one that says why when it cannot be had, and one that names the fault when it fails."""
    print(f"row {row.number}: {row.work} …", file=sys.stderr, flush=True)
    begun = time.monotonic()
    try:
        found = list(row.measure(bench))
    except CannotBeHad as reason:
        found = [Finding(row.number, row.work, "–", None, note=f"cannot be had: {reason}")]
    except Exception as error:
        traceback.print_exc()
        found = [Finding(row.number, row.work, "–", None, note=f"failed: {type(error).__name__}: {error}")]
    told = "; ".join(map(_told, found))
    print(f"row {row.number}: {told} ({time.monotonic() - begun:.0f} s)", file=sys.stderr, flush=True)
    return found


def _told(one: Finding | Table) -> str:
    if isinstance(one, Table):
        return " | ".join(", ".join(line) for line in one.lines)
    return f"{one.ratio:.3g}" if one.ratio is not None else one.note


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rows", type=_names, default=list(ROWS), help="which ones, as in 1,2,load (all)")
    parser.add_argument("--rounds", type=int, default=7, help="how many rounds at most (7)")
    parser.add_argument("--seconds", type=float, default=40, help="after so many seconds no round of a row begins (40)")
    parser.add_argument("--scale", type=float, default=1, help="a part of the work, for trials (1)")
    parser.add_argument("--approvals", type=_numbers, default=[10_000, 1_000_000], help="of the small and grown city")
    parser.add_argument("--engines", type=lambda text: text.split(","), default=["sqlite"], help="on which it grows")
    parser.add_argument("--save", type=Path, help="where the page goes (docs/benchmarks, when all rows were measured)")
    return parser.parse_args(arguments)


def _names(text: str) -> list[int | str]:
    return [int(part) if part.isdigit() else part for part in text.split(",") if part]


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def _save(text: str, asked: argparse.Namespace) -> None:
    is_whole = asked.rows == list(ROWS) and asked.scale == 1
    path = asked.save or (PAGES / f"{datetime.now(UTC):%Y-%m-%d}.md" if is_whole else None)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"saved as {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
