"""The log of the sweep: its runs, whether it still runs, and how often each rule fired."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Select, case, func, literal, select

from approvals.base.moments import day_of, start_of
from approvals.history.record import ENTRY
from approvals.supervision.queries import CARDS, ESCALATIONS, SWEEPS
from workflows.charts.approval import APPROVAL
from workflows.charts.card import CARD
from workflows.charts.correction import CORRECTION
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Chart, Move
from workflows.charts.office_moves import REMIND, REPORT, STATEMENTS
from workflows.charts.order import ORDER
from workflows.charts.project import PROJECT
from workflows.charts.request import REQUEST
from workflows.charts.roles import LEVELS
from workflows.config.policy import load_policy
from workflows.label import Label
from workflows.rules.cards import RULES as CARD_RULES
from workflows.rules.escalation_rules import TOP

WITHIN = timedelta(minutes=15)  # the worker sweeps every minute
SHOWN = 20  # runs
PERIODS = (0, 7, 30)  # days back from today, which is always counted
REMEMBERED = 365  # days back in which a rule that fired last is looked for
FAILED = "failed"  # among the counts of a run: projects that could not be swept
MOVES: tuple[tuple[Chart, Move], ...] = tuple(
    (chart, chart.move(name))
    for chart, names in (
        (APPROVAL, ("deem_accepted", "warn_lapse", "remind_owed", "miss_owed", "remind_check", "miss_check")),
        (ESCALATION, ("raise", "lift", "close")),
        (CARD, ("show_card",)),
        (ORDER, ("lift_order",)),
        (REQUEST, ("climb",)),
        *((chart, (REMIND, REPORT)) for chart in (PROJECT, CARD, CORRECTION, ORDER)),
    )
    for name in names
)
BY_LEVEL, BY_GROUND = ("raise", "lift"), "show_card"  # moves that are several rules each
_Key = tuple[str, str, str]  # chart, move, and which level or rule


@dataclass(frozen=True, slots=True)
class RunView:
    """One run: `seconds` it took, `done` how often each move was made, `failed` projects that it had to leave out."""

    begun_at: datetime
    ended_at: datetime
    swept_to: datetime
    seconds: float
    done: tuple[tuple[Move, int], ...]
    failed: int


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule: its move, the level or ground it is for, how often it fired by PERIODS, and the last day it did.

    `is_off` when the city's policy leaves it out.
    """

    move: Move
    about: Label | None
    numbers: tuple[int, ...]
    last_on: date | None
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class SweepView:
    """`is_fine` while the last run that came up to its own time is not long ago."""

    last: RunView | None
    minutes_ago: int
    is_fine: bool
    runs: tuple[RunView, ...]


def sweeps(tx: Connection, now: datetime) -> SweepView:
    """The latest runs and the state of the sweep, as of now."""
    rows = tx.execute(select(SWEEPS).order_by(SWEEPS.c.id.desc()).limit(SHOWN)).all()
    runs = tuple(map(_run, rows))
    last = next((run for run in runs if run.begun_at - run.swept_to <= WITHIN), None)  # up to its own time
    since = now - last.ended_at if last else None
    return SweepView(
        last=last,
        minutes_ago=max(0, int(since.total_seconds() // 60)) if since is not None else 0,
        is_fine=since is not None and since <= WITHIN,
        runs=runs,
    )


def _run(row: Any) -> RunView:
    counts: Mapping[str, int] = orjson.loads(row.counts)
    by_name = {move.name: move for _, move in MOVES}  # what is said of several charts is counted as one
    done = tuple((move, counts[name]) for name, move in by_name.items() if counts.get(name))
    seconds = (row.ended_at - row.begun_at).total_seconds()
    return RunView(row.begun_at, row.ended_at, row.swept_to, seconds, done, counts.get(FAILED, 0))


def rules(tx: Connection, now: datetime) -> tuple[RuleView, ...]:
    """Counts of each rule by the days on which it was due, not those on which the sweep ran."""
    today = day_of(now)
    rows = [row for statement in _statements(today) for row in tx.execute(statement)]
    counts = {(row.subject, row.move, str(row.part)): row for row in rows}
    views = []
    for key, move, about, is_off in _all_rules():
        row = counts.get(key)
        numbers = tuple(map(int, row[3:-1])) if row else (0,) * len(PERIODS)
        views.append(RuleView(move, about, numbers, day_of(row.last_at) if row else None, is_off))
    return tuple(views)


def _all_rules() -> Iterator[tuple[_Key, Move, Label | None, bool]]:
    """Every rule, also those that never fire."""
    cards = load_policy().cards
    for chart, move in MOVES:
        key = chart.name, move.name
        if move.name == BY_GROUND:
            for name, rule in CARD_RULES.items():
                yield (*key, name), move, Label(rule.zh, rule.en), not cards[name]
        elif move.name in BY_LEVEL:
            for level in LEVELS:
                if move.name == "raise" or level < TOP:
                    yield (*key, str(level)), move, Label(*LEVELS[level]), False
        else:
            yield (*key, ""), move, Label(chart.zh, chart.en) if move.name in STATEMENTS else None, False


def _statements(today: date) -> Iterable[Select[Any]]:
    """Counts of the rules' entries: escalations by level, cards by ground, other moves alone."""
    plain = [(chart, move) for chart, move in MOVES if move.name not in (*BY_LEVEL, BY_GROUND)]
    yield _counted(today, plain, literal(""))
    by_level = _counted(today, [(ESCALATION, ESCALATION.move(name)) for name in BY_LEVEL], ESCALATIONS.c.level)
    yield by_level.join(ESCALATIONS, ESCALATIONS.c.id == ENTRY.c.subject_id)
    by_ground = _counted(today, [(CARD, CARD.move(BY_GROUND))], CARDS.c.rule)
    yield by_ground.join(CARDS, CARDS.c.id == ENTRY.c.subject_id)


def _counted(today: date, moves: Iterable[tuple[Chart, Move]], part: Any) -> Select[Any]:
    starts = [start_of(today - timedelta(days=days)) for days in PERIODS]
    sums = [func.sum(case((ENTRY.c.at >= start, 1), else_=0)) for start in starts]
    keys = ENTRY.c.subject, ENTRY.c.move
    named = {chart.name for chart, _ in moves}, {move.name for _, move in moves}
    return (
        select(*keys, part.label("part"), *sums, func.max(ENTRY.c.at).label("last_at"))
        .select_from(ENTRY)
        .where(ENTRY.c.at >= start_of(today - timedelta(days=REMEMBERED)))
        .where(keys[0].in_(named[0]), keys[1].in_(named[1]))
        .group_by(*keys, "part")
        .order_by(*keys, "part")
    )
