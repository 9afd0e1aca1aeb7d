"""Reads what is known of a year's programme: the plan, and all that ever counted of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, select

from approvals.accounts.actors import Actor
from approvals.base.moments import day_of, end_of
from approvals.programme.queries import (
    AMOUNTS,
    ENTRIES,
    EXPECTED,
    INDICATORS,
    ITEMS,
    LINES,
    NODES,
    PARTY_DAYS,
    QUANTITIES,
    REACHED,
    REPLANNED_FUNDS,
    REPLANNED_NODES,
    REPLANS,
    REPORTS,
    TARGETS,
    TASKS,
    item_states,
    sees_whole_item,
    visible_items,
    visible_tasks,
)
from workflows.charts.programme_terms import ERROR
from workflows.rules.programme_facts import (
    KINDS_OF_MONEY,
    Counted,
    CountedDay,
    CountedMoney,
    DividedDays,
    EntryFacts,
    ItemFacts,
    LineFacts,
    NodeFacts,
    PlannedDay,
    TargetFacts,
    TaskFacts,
)

KIND_OF_INDICATOR = ("name", "unit", "decimals", "adds_up", "direction")
NOTHING, NO_DAY = Decimal(0), date.min  # where an entry has no figure, or takes a day back
Rows = Mapping[int, list[Any]]
Computed = Mapping[int, tuple[CountedDay, ...]]  # by the id of a node: the days on which its approval was granted


@dataclass(frozen=True, slots=True)
class ReadingScope:
    """Which items are read: those of a year that the actor may see; of an item that another unit leads, their tasks.

    `where` narrows the items; `computed` are the days of nodes that an approval reaches: the programme itself knows no
    approvals.
    """

    tx: Connection
    year: int
    actor: Actor
    computed: Computed
    where: ColumnElement[bool] | None = None


class Reading:
    """One reading of all rows of some items; a query a table, whatever their number."""

    def __init__(self, scope: ReadingScope) -> None:
        self._tx, self._year, self._actor, self._computed = scope.tx, scope.year, scope.actor, scope.computed
        narrowed = [scope.where] if scope.where is not None else []
        self._where = [ITEMS.c.year == scope.year, visible_items(scope.actor), *narrowed]
        of_items = select(TASKS.c.id).join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
        self._tasks = of_items.where(*self._where, visible_tasks(scope.actor))

    def items(self) -> dict[int, ItemFacts]:
        """The items by their ids, in the order of their numbers."""
        rows = self._tx.execute(select(ITEMS).where(*self._where).order_by(ITEMS.c.item_no)).all()
        states, tasks = item_states(self._tx, [row.id for row in rows]), self._task_facts()
        return {row.id: self._item(row, states[row.id], tuple(tasks[row.id])) for row in rows}

    def _item(self, row: Any, states: list[tuple[date, str]], tasks: tuple[TaskFacts, ...]) -> ItemFacts:
        return ItemFacts(
            year=row.year,
            item_no=row.item_no,
            category=row.category,
            level=row.level,
            is_practical_matter=row.is_practical_matter,
            planned=row.planned_10k_yuan if sees_whole_item(self._actor, row) else None,
            starts_on=row.starts_on,
            finishes_on=row.finishes_on,
            adopted_on=day_of(row.adopted_at) if row.adopted_at else None,
            states=tuple(states),
            tasks=tasks,
        )

    def _task_facts(self) -> dict[int, list[TaskFacts]]:
        nodes, lines, targets = self._nodes(), self._lines(), self._targets()
        entries = self._entries()
        tasks: dict[int, list[TaskFacts]] = defaultdict(list)
        for row in self._tx.execute(self._task_rows()):
            own = (tuple(nodes[row.id]), tuple(lines[row.id]), tuple(targets[row.id]), tuple(entries[row.id]))
            tasks[row.item_id].append(TaskFacts(row.code, row.rhythm, *own))
        return tasks

    def _task_rows(self) -> Select[Any]:
        return select(TASKS).where(TASKS.c.id.in_(self._tasks)).order_by(TASKS.c.id)

    def _nodes(self) -> dict[int, list[NodeFacts]]:
        ids = self._ids(NODES)
        replanned, divided = self._replanned_days(), self._by(PARTY_DAYS, "node_id", ids)
        reached, expected = self._by(REACHED, "node_id", ids), self._by(EXPECTED, "node_id", ids)
        nodes: dict[int, list[NodeFacts]] = defaultdict(list)
        for row in self._all(NODES):
            nodes[row.task_id].append(
                NodeFacts(
                    name=row.name,
                    planned_on=row.planned_on,
                    replanned=replanned.get(row.id, ()),
                    reached=_days(reached[row.id], "reached_on") + self._computed.get(row.id, ()),
                    expected=_days(expected[row.id], "expected_on"),
                    approval=row.approval_code,
                    id=row.id,
                    divided=tuple(map(_divided, divided[row.id])),
                )
            )
        return nodes

    def _lines(self) -> dict[int, list[LineFacts]]:
        ids = self._ids(LINES)
        amounts, replanned = self._by(AMOUNTS, "line_id", ids), self._replanned_amounts()
        lines: dict[int, list[LineFacts]] = defaultdict(list)
        for row in self._all(LINES):
            money = tuple(map(_money, amounts[row.id]))
            facts = LineFacts(row.source, row.is_fiscal, row.planned_10k_yuan, replanned.get(row.id, ()), money)
            lines[row.task_id].append(facts)
        return lines

    def _replanned_days(self) -> dict[int, tuple[PlannedDay, ...]]:
        ids = self._ids(NODES)
        query = (
            select(REPLANNED_NODES, REPLANS.c.cause)
            .join(REPLANS, REPLANS.c.id == REPLANNED_NODES.c.replan_id)
            .where(REPLANNED_NODES.c.node_id.in_(ids))
            .order_by(REPLANNED_NODES.c.id)
        )
        days: dict[int, tuple[PlannedDay, ...]] = {}
        for row in self._tx.execute(query):
            plan = PlannedDay(day_of(row.counts_at), row.planned_on, row.replan_id, row.cause == ERROR)
            days[row.node_id] = (*days.get(row.node_id, ()), plan)
        return days

    def _replanned_amounts(self) -> dict[int, tuple[Counted, ...]]:
        ids = self._ids(LINES)
        rows = self._by(REPLANNED_FUNDS, "line_id", ids)
        return {
            id_: tuple(Counted("", day_of(r.counts_at), r.planned_10k_yuan) for r in own) for id_, own in rows.items()
        }

    def _targets(self) -> dict[int, list[TargetFacts]]:
        ids = self._ids(TARGETS)
        figures = self._by(QUANTITIES, "target_id", ids)
        query = (
            select(TARGETS, *(INDICATORS.c[name] for name in KIND_OF_INDICATOR))
            .join(INDICATORS, INDICATORS.c.id == TARGETS.c.indicator_id)
            .where(TARGETS.c.task_id.in_(self._tasks))
            .order_by(INDICATORS.c.id, TARGETS.c.id)
        )
        targets: dict[int, list[TargetFacts]] = defaultdict(list)
        for row in self._tx.execute(query):
            counted = tuple(map(_quantity, figures[row.id]))
            kind = row.name, row.unit, row.decimals, row.adds_up, row.direction
            targets[row.task_id].append(TargetFacts(*kind, row.target, counted, row.indicator_id))
        return targets

    def _entries(self) -> dict[int, list[EntryFacts]]:
        ids = self._ids(ENTRIES)
        reports = self._by(REPORTS, "entry_id", ids)
        entries: dict[int, list[EntryFacts]] = defaultdict(list)
        for row in self._all(ENTRIES):
            sent = tuple((day_of(r.reported_at), r.is_complete) for r in reports[row.id])
            confirmed_on = day_of(row.confirmed_at) if row.confirmed_at else None
            entries[row.task_id].append(EntryFacts(row.month, sent, confirmed_on))
        return entries

    def _ids(self, table: Table) -> Select[Any]:
        return select(table.c.id).where(table.c.task_id.in_(self._tasks))

    def _all(self, table: Table) -> Iterable[Any]:
        return self._tx.execute(select(table).where(table.c.task_id.in_(self._tasks)).order_by(table.c.id))

    def _by(self, table: Table, column: str, ids: Select[Any], *where: ColumnElement[bool]) -> Rows:
        rows: dict[int, list[Any]] = defaultdict(list)
        for row in self._tx.execute(select(table).where(table.c[column].in_(ids), *where).order_by(table.c.id)):
            rows[getattr(row, column)].append(row)
        return rows


class ReadingOfMonths(Reading):
    """What is known on a day of all months: without the entries themselves, which no course asks for."""

    def __init__(self, scope: ReadingScope, known: date) -> None:
        super().__init__(scope)
        self._known = end_of(known)

    def _entries(self) -> dict[int, list[EntryFacts]]:
        return defaultdict(list)

    def _by(self, table: Table, column: str, ids: Select[Any], *where: ColumnElement[bool]) -> Rows:
        return super()._by(table, column, ids, *where, table.c.counts_at <= self._known)


def _quantity(row: Any) -> Counted:
    return Counted(row.month, day_of(row.counts_at), row.value or NOTHING, row.value is not None)


def _money(row: Any) -> CountedMoney:
    sums = {kind: getattr(row, kind) or NOTHING for kind in KINDS_OF_MONEY}
    return CountedMoney(row.month, day_of(row.counts_at), **sums, is_stated=row.paid is not None)


def _divided(row: Any) -> DividedDays:
    return DividedDays(day_of(row.counts_at), row.party, row.days, row.division_id or 0)


def _days(rows: Iterable[Any], column: str) -> tuple[CountedDay, ...]:
    return tuple(_day(row, getattr(row, column)) for row in rows)


def _day(row: Any, day: date | None) -> CountedDay:
    return CountedDay(row.month, day_of(row.counts_at), day or NO_DAY, day is not None)
