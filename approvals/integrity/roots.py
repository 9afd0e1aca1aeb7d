"""Roots of the record that stand in issued reports, and on their paper, against the record of today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from approvals.base.hashing import moment_text
from approvals.history.daily_roots import recomputed_roots
from approvals.history.queries import Violation, chain_root
from approvals.history.record import ENTRY
from approvals.reports.lifecycle.queries import TABLE, shown_number
from approvals.reports.periods import read_period

SAME_FIGURES = "words"  # grounds of a correction that keeps the figures, and with them the root, of the report before


@dataclass(frozen=True, slots=True)
class ReportRoot:
    """The root that an issued report bears, beside the one that the record gives today."""

    report: str
    period: str
    borne: str
    recomputed: str

    @property
    def holds(self) -> bool:
        return self.borne == self.recomputed


def report_roots(tx: Connection) -> Iterator[ReportRoot]:
    """Each issued report with both roots, the first one first."""
    recomputed: dict[tuple[str, str], str] = {}
    for row in _issued(tx):
        period = (row.kind, row.period)
        if row.grounds != SAME_FIGURES or period not in recomputed:
            recomputed[period] = chain_root(tx, read_period(*period).ends_at, _last_entry(tx, row))
        yield ReportRoot(_number(row), row.period, row.chain_root, recomputed[period])


def report_lines(tx: Connection) -> Iterator[dict[str, object]]:
    """Each issued report with its root, and up to when and up to which entry the record gives it."""
    for row in _issued(tx):
        bounds = {"until": moment_text(read_period(row.kind, row.period).ends_at), "last_entry": _last_entry(tx, row)}
        own = {"report": _number(row), "period": row.period, "root": row.chain_root}
        yield own | bounds | {"same_figures": row.grounds == SAME_FIGURES}


def _issued(tx: Connection) -> Sequence[Any]:
    return tx.execute(select(TABLE).where(TABLE.c.state == "issued").order_by(TABLE.c.id)).all()


def _number(report: Any) -> str:
    return shown_number(f"{report.year}-{report.number}", report.kind)


def _last_entry(tx: Connection, report: Any) -> int:
    """The newest entry that the figures of this report can have seen; early editions did not keep it."""
    if report.last_entry:
        return int(report.last_entry)
    until = select(func.coalesce(func.max(ENTRY.c.id), 0)).where(ENTRY.c.recorded_at <= report.compiled_at)
    return int(tx.execute(until).scalar_one())


def reports_rest_on_the_record(tx: Connection) -> Iterator[Violation]:
    """The record that each issued report was compiled from is still the same: it gives the root that the report bears,
    and so do its figures and the entries that recorded it."""
    entries = _entries_of_reports(tx)
    for row in _issued(tx):
        where = _number(row)
        if orjson.loads(row.figures)["chain_root"] != row.chain_root:
            yield Violation("roots", where, "its figures bear another root than its row")
        for name in ("figures_sha256", "chain_root", "pdf_sha256"):
            if entries.get(row.id, {}).get(name) != getattr(row, name):
                yield Violation("roots", where, f"{name} is not the one of its entry")
    for root in report_roots(tx):
        if not root.holds:
            yield Violation("roots", root.report, "the record of its period is not the one that it was compiled from")


def _entries_of_reports(tx: Connection) -> dict[int, dict[str, Any]]:
    """By report: what its entries said of its checksums last."""
    said: dict[int, dict[str, Any]] = {}
    for entry in tx.execute(select(ENTRY).where(ENTRY.c.subject == "report").order_by(ENTRY.c.id)):
        said[entry.subject_id] = said.get(entry.subject_id, {}) | orjson.loads(entry.facts)
    return said


def daily_roots_hold(tx: Connection) -> Iterator[Violation]:
    """The record gives each daily root for its moment, and each follows the one of the day before."""
    for root in recomputed_roots(tx):
        if not root.holds:
            yield Violation("roots", f"root of {root.day}", "the record up to then is not the one that gave it")


def bearers(tx: Connection, root: str) -> list[str]:
    """What the record gives this root to today: issued reports and days; nothing when it gives it to none."""
    known = [(report.recomputed, f"{report.report}, up to the end of {report.period}") for report in report_roots(tx)]
    known += [(daily.recomputed, f"root of {daily.day}") for daily in recomputed_roots(tx)]
    return [name for recomputed, name in known if recomputed == root.strip().lower()]
