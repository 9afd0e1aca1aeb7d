"""`make bench`: measures the rows of the targets, prints the page and saves it under docs/benchmarks/."""

import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measuring import Bench, CannotBeHad, Finding, Row
from tests.bench.page import page
from tests.bench.rows_cases import whole_case
from tests.bench.rows_demo import example_year, month_report
from tests.bench.rows_growth import board_of_many, deep_page, empty_search, month_figures, sweep_of_many
from tests.bench.rows_load import load
from tests.bench.rows_moves import chart_share, move_on_postgres, move_on_sqlite
from tests.bench.rows_rules import due_date
from tests.bench.rows_web import beside_bare_flask, beside_fsm, beside_viewflow, in_a_crowd
from tests.support.servers import ROOT

PAGES = ROOT / "docs" / "benchmarks"
ROWS = {
    row.number: row
    for row in (
        Row("1", "a move over JSON beside a bare Flask POST", beside_bare_flask),
        Row("2b", "a move over JSON beside a bare transition of django-fsm-2", beside_fsm),
        Row("3", "a move over JSON beside viewflow.workflow", beside_viewflow),
        Row("4", "the slowest of many moves at once", in_a_crowd),
        Row("5", "a move in process, SQLite", move_on_sqlite),
        Row("6", "the chart's share of a move", chart_share),
        Row("7", "a whole case in process", whole_case),
        Row("8", "a move on PostgreSQL", move_on_postgres),
        Row("9", "a queue page deep in a grown city", deep_page),
        Row("10", "a sweep over a grown city", sweep_of_many),
        Row("11", "the figures of a month in a grown city", month_figures),
        Row("12", "a due date", due_date),
        Row("13", "the month's report as PDF", month_report),
        Row("15", "the example year by the feed", example_year),
        Row("16", "the board of a grown city", board_of_many),
        Row("17", "a search that finds nothing in a grown city", empty_search),
        Row("load", "many people at once", load),
    )
}


def main(arguments: list[str] | None = None) -> int:
    """The exit status is 1 when a row failed, not when one falls short."""
    options = _options(arguments)
    for name in [name for name in os.environ if name.startswith("GUAHAO_")]:
        del os.environ[name]
    os.environ["GUAHAO_ENV"] = "test"
    folder = Path(tempfile.mkdtemp(prefix="guahao-bench-"))
    try:
        cities, engines = tuple(map(int, options.approvals.split(","))), tuple(options.engines.split(","))
        bench = Bench(folder, options.rounds, options.seconds, options.scale, cities, engines)
        findings = [finding for number in options.rows.split(",") for finding in measured(ROWS[number], bench)]
    finally:
        shutil.rmtree(folder)
    text = page(findings, f"{datetime.now(UTC):%Y-%m-%d}")
    print(text)
    is_whole = options.rows == ",".join(ROWS) and options.scale == 1
    if path := options.save or (PAGES / f"{datetime.now(UTC):%Y-%m-%d}.md" if is_whole else None):
        path.write_text(text, encoding="utf-8")
    return int(any(finding.note.startswith("failed") for finding in findings))


def measured(row: Row, bench: Bench) -> list[Finding]:
    """The findings of a row; one that says why when it cannot be had, and one that names the fault when it fails."""
    begin = time.monotonic()
    try:
        findings = list(row.measure(bench))
    except CannotBeHad as reason:
        findings = [Finding(row.number, row.work, "–", None, note=f"cannot be had: {reason}")]
    except Exception as error:
        traceback.print_exc()
        findings = [Finding(row.number, row.work, "–", None, note=f"failed: {type(error).__name__}: {error}")]
    ratios = "; ".join(finding.note if finding.ratio is None else f"{finding.ratio:.3g}" for finding in findings)
    print(f"row {row.number}, {row.work}: {ratios} ({time.monotonic() - begin:.0f} s)", file=sys.stderr, flush=True)
    return findings


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rows", default=",".join(ROWS), help="which ones, as in 1,2b,load (all)")
    parser.add_argument("--rounds", type=int, default=7, help="how many rounds at most (7)")
    parser.add_argument("--seconds", type=float, default=40, help="after so many seconds no round of a row begins (40)")
    parser.add_argument("--scale", type=float, default=1, help="a part of the work, for trials (1)")
    parser.add_argument("--approvals", default="10000,1000000", help="of the small and grown city")
    parser.add_argument("--engines", default="sqlite", help="on which it grows, as in sqlite,postgresql")
    parser.add_argument("--save", type=Path, help="where the page goes (docs/benchmarks, when all rows were measured)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
