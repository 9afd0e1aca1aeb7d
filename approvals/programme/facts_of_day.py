"""Reads of a year's programme what the figures of one day ask: the plan, and of each cell the statement that counts.

The database picks the statement, so that a year's months are not all read for one day.
"""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, func, literal, select

from approvals.base.moments import day_of, end_of
from approvals.programme.facts import KIND_OF_INDICATOR, Reading, ReadingScope
from approvals.programme.queries import (
    AMOUNTS,
    ENTRIES,
    EXPECTED,
    INDICATORS,
    LINES,
    NODES,
    QUANTITIES,
    REACHED,
    REPORTS,
    TARGETS,
)
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import (
    KINDS_OF_MONEY,
    Counted,
    CountedDay,
    CountedMoney,
    EntryMonths,
    LineFacts,
    NodeFacts,
    Sight,
    TargetFacts,
    TaskFacts,
)


class ReadingOfDay(Reading):
    """One reading of some items for one day, as known on another; a query a table, whatever their number."""

    def __init__(self, scope: ReadingScope, sight: Sight, rules: ProgrammeRules) -> None:
        super().__init__(scope)
        self._sight, self._rules, self._known = sight, rules, end_of(sight.known)

    def _task_facts(self) -> dict[int, list[TaskFacts]]:
        nodes, lines, targets, months = self._nodes(), self._lines(), self._targets(), self._months()
        tasks: dict[int, list[TaskFacts]] = defaultdict(list)
        for row in self._tx.execute(self._task_rows()):
            plan = tuple(nodes[row.id]), tuple(lines[row.id]), tuple(targets[row.id])
            entries = months.get(row.id, EntryMonths())
            tasks[row.item_id].append(TaskFacts(row.code, row.rhythm, *plan, months=entries))
        return tasks

    def _nodes(self) -> dict[int, list[NodeFacts]]:
        reached = REACHED.alias(), self._latest(REACHED, "node_id", "reached_on", NODES, of_any_month=True)
        expected = EXPECTED.alias(), self._latest(EXPECTED, "node_id", "expected_on", NODES)
        query = (
            select(
                *(NODES.c[name] for name in ("id", "task_id", "name", "planned_on", "approval_code")),
                *_columns(reached[0], "reached", "reached_on"),
                *_columns(expected[0], "expected", "expected_on"),
            )
            .select_from(NODES)
            .outerjoin(reached[0], reached[0].c.id == reached[1])
            .outerjoin(expected[0], expected[0].c.id == expected[1])
            .where(NODES.c.task_id.in_(self._tasks))
            .order_by(NODES.c.id)
        )
        replanned = self._replanned_days()
        nodes: dict[int, list[NodeFacts]] = defaultdict(list)
        for row in self._tx.execute(query):
            said = _days(row.reached_month, row.reached_at, row.reached_on)
            foreseen = _days(row.expected_month, row.expected_at, row.expected_on)
            reached_by = said + self._computed.get(row.id, ())
            plan = row.name, row.planned_on, replanned.get(row.id, ())
            nodes[row.task_id].append(NodeFacts(*plan, reached_by, foreseen, row.approval_code, row.id))
        return nodes

    def _lines(self) -> dict[int, list[LineFacts]]:
        said, latest = AMOUNTS.alias(), self._latest(AMOUNTS, "line_id", "paid", LINES)
        query = (
            select(
                *(LINES.c[name] for name in ("id", "task_id", "source", "is_fiscal", "planned_10k_yuan")),
                *_columns(said, "said", *KINDS_OF_MONEY),
            )
            .select_from(LINES)
            .outerjoin(said, said.c.id == latest)
            .where(LINES.c.task_id.in_(self._tasks))
            .order_by(LINES.c.id)
        )
        replanned = self._replanned_amounts()
        lines: dict[int, list[LineFacts]] = defaultdict(list)
        for row in self._tx.execute(query):
            money: tuple[CountedMoney, ...] = ()
            if row.said_month is not None:
                amounts = row.allocated, row.received, row.paid
                money = (CountedMoney(row.said_month, day_of(row.said_at), *amounts),)
            plan = row.source, row.is_fiscal, row.planned_10k_yuan, replanned.get(row.id, ())
            lines[row.task_id].append(LineFacts(*plan, money))
        return lines

    def _targets(self) -> dict[int, list[TargetFacts]]:
        said, latest = QUANTITIES.alias(), self._latest(QUANTITIES, "target_id", "value", TARGETS)
        query = (
            select(
                *(TARGETS.c[name] for name in ("task_id", "indicator_id", "target")),
                *(INDICATORS.c[name] for name in KIND_OF_INDICATOR),
                *_columns(said, "said", "value"),
            )
            .select_from(TARGETS)
            .join(INDICATORS, INDICATORS.c.id == TARGETS.c.indicator_id)
            .outerjoin(said, said.c.id == latest)
            .where(TARGETS.c.task_id.in_(self._tasks))
            .order_by(INDICATORS.c.id, TARGETS.c.id)
        )
        targets: dict[int, list[TargetFacts]] = defaultdict(list)
        for row in self._tx.execute(query):
            figures = (Counted(row.said_month, day_of(row.said_at), row.value),) if row.said_month else ()
            kind = row.name, row.unit, row.decimals, row.adds_up, row.direction
            targets[row.task_id].append(TargetFacts(*kind, row.target, figures, row.indicator_id))
        return targets

    def _latest(self, table: Table, of: str, value: str, plan: Table, *, of_any_month: bool = False) -> Any:
        """The id of the statement that counts: of the latest month of which the entry, as it stands, has a figure."""
        said, later = table.alias(), table.alias()
        amended = select(later.c.id).where(
            later.c[of] == said.c[of], later.c.month == said.c.month, later.c.id > said.c.id
        )  # fmt: skip
        counts: list[ColumnElement[bool]] = [said.c[of] == plan.c.id, said.c.counts_at <= self._known]
        if not of_any_month:
            counts.append(said.c.month <= self._sight.month)
        stands = ~amended.where(later.c.counts_at <= self._known).exists()
        query = select(said.c.id).where(*counts, said.c[value].is_not(None), stands)
        return query.order_by(said.c.month.desc(), said.c.id.desc()).limit(1).correlate(plan).scalar_subquery()

    def _months(self) -> dict[int, EntryMonths]:
        """The months of which each task has reported, as bits that are added up."""
        days = {f"{self._year}-{month:02}": date(self._year, month, self._rules.report_day) for month in range(1, 13)}
        bit = case({month: 1 << day.month - 1 for month, day in days.items()}, value=ENTRIES.c.month, else_=0)
        due_at = case({month: _moment(end_of(day)) for month, day in days.items()}, value=ENTRIES.c.month)
        last = select(REPORTS.c.is_complete).where(
            REPORTS.c.entry_id == ENTRIES.c.id, REPORTS.c.reported_at <= self._known
        )
        is_complete = last.order_by(REPORTS.c.id.desc()).limit(1).correlate(ENTRIES).scalar_subquery()
        is_reported = ENTRIES.c.first_reported_at <= self._known
        months = {
            "reported": is_reported,
            "on_time": and_(is_reported, ENTRIES.c.first_reported_at <= due_at),
            "complete": and_(is_reported, is_complete),
            "confirmed": ENTRIES.c.confirmed_at <= self._known,
        }
        sums = (func.sum(case((condition, bit), else_=0)).label(name) for name, condition in months.items())
        query = select(ENTRIES.c.task_id, *sums).where(ENTRIES.c.task_id.in_(self._tasks)).group_by(ENTRIES.c.task_id)
        return {row.task_id: EntryMonths(*map(int, row[1:])) for row in self._tx.execute(query)}


def _moment(at: datetime) -> ColumnElement[datetime]:
    return literal(at, ENTRIES.c.first_reported_at.type)


def _columns(table: Any, prefix: str, *names: str) -> list[ColumnElement[Any]]:
    """The columns of the statement that counts: its month, since when it counts, and what it says."""
    about = table.c.month.label(f"{prefix}_month"), table.c.counts_at.label(f"{prefix}_at")
    return [*about, *(table.c[name] for name in names)]


def _days(month: str | None, counts_at: datetime, day: date) -> tuple[CountedDay, ...]:
    return () if month is None else (CountedDay(month, day_of(counts_at), day),)
