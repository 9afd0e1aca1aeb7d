"""The sweep's own record as its page shows it: when it ran, how long, what it did, and whether it still runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, and_, case, func, or_, select

from approvals.base.moments import day_of, start_of
from approvals.history.actions import ENTRY
from approvals.supervision.queries import SWEEPS
from workflows.approval import APPROVAL
from workflows.card import CARD
from workflows.chart import Chart, Move
from workflows.escalation import ESCALATION
from workflows.order import ORDER

WITHIN = timedelta(minutes=15)  # the worker sweeps every minute
SHOWN = 20  # runs
PERIODS = (0, 7, 30)  # days back from today, which is always counted
RULES: tuple[tuple[Chart, Move], ...] = tuple(
    (chart, chart.move(name))
    for chart, names in (
        (APPROVAL, ("deem_accepted", "warn_lapse")),
        (ESCALATION, ("raise", "lift", "close")),
        (CARD, ("show_card",)),
        (ORDER, ("lift_order",)),
    )
    for name in names
)


@dataclass(frozen=True, slots=True)
class RunView:
    """One run: `seconds` it took, `done` how often each rule fired."""

    begun_at: datetime
    swept_to: datetime
    seconds: float
    done: tuple[tuple[Move, int], ...]


@dataclass(frozen=True, slots=True)
class SweepView:
    """`is_fine` while the last run is not long ago; `rules` are how often each fired today, in 7 and in 30 days."""

    last: RunView | None
    minutes_ago: int
    is_fine: bool
    runs: tuple[RunView, ...]
    rules: tuple[tuple[Move, tuple[int, ...]], ...]


def sweeps(tx: Connection, now: datetime) -> SweepView:
    """How the sweep does, as of now."""
    rows = tx.execute(select(SWEEPS).order_by(SWEEPS.c.id.desc()).limit(SHOWN)).all()
    runs = tuple(_run(row) for row in rows)
    since = now - rows[0].ended_at if rows else None
    return SweepView(
        last=runs[0] if runs else None,
        minutes_ago=max(0, int(since.total_seconds() // 60)) if since is not None else 0,
        is_fine=since is not None and since <= WITHIN,
        runs=runs,
        rules=tuple(_fired(tx, now)),
    )


def _run(row: Any) -> RunView:
    counts: Mapping[str, int] = orjson.loads(row.counts)
    done = tuple((move, counts[move.name]) for _, move in RULES if counts.get(move.name))
    return RunView(row.begun_at, row.swept_to, (row.ended_at - row.begun_at).total_seconds(), done)


def _fired(tx: Connection, now: datetime) -> Iterable[tuple[Move, tuple[int, ...]]]:
    """How often each rule fired, by the record: the days on which it was due, not those on which it was run."""
    starts = [start_of(day_of(now) - timedelta(days=days)) for days in PERIODS]
    sums = [func.sum(case((ENTRY.c.at >= start, 1), else_=0)) for start in starts]
    is_rule = or_(*(and_(ENTRY.c.subject == chart.name, ENTRY.c.move == move.name) for chart, move in RULES))
    rows = tx.execute(
        select(ENTRY.c.subject, ENTRY.c.move, *sums)
        .where(ENTRY.c.at >= starts[-1], is_rule)
        .group_by(ENTRY.c.subject, ENTRY.c.move)
        .order_by(ENTRY.c.subject, ENTRY.c.move)
    )
    found = {(row[0], row[1]): tuple(int(number) for number in row[2:]) for row in rows}
    return [(move, found.get((chart.name, move.name), (0,) * len(PERIODS))) for chart, move in RULES]
