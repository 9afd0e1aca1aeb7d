"""One item of the programme as figures: what was promised of it, and what is known of that for one day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.actors import Actor, acting_roles
from approvals.accounts.queries import PERSON, UNIT
from approvals.base.errors import NotFound
from approvals.base.moments import end_of
from approvals.casefile.programme.plan_changes import AskedReplan, replans_of
from approvals.programme.queries import ENTRIES, ITEMS, LINES, TASK_PEOPLE, TASKS, entry_ref, item_place, item_ref
from approvals.projects.programme_days import days_of_nodes
from approvals.projects.programme_figures import year_facts
from workflows.charts.item import ITEM
from workflows.charts.model import open_moves
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_entries import due_months, is_confirmed, report_day_of, reports_known
from workflows.rules.programme_facts import EntryFacts, ItemFacts, NodeFacts, Sight, TargetFacts
from workflows.rules.programme_figures import (
    Money,
    NodeCounts,
    aggregate,
    days_late,
    even_share,
    indicators_of,
    is_behind,
    money_of_items,
    money_of_lines,
    node_counts,
    node_light,
    shares_of,
    target_of,
    will_be_late,
)
from workflows.rules.programme_replans import PlanMoves, plan_moves
from workflows.rules.programme_whose_days import NodeDays

DUE = "due"


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """An item in a list: its status on the day told about, its money and its nodes."""

    ref: str
    year: int
    item_no: str
    name: str
    category: str
    level: str
    kind: str
    lead_unit: str
    is_practical_matter: bool
    is_key: bool
    is_urgent: bool
    starts_on: date | None
    finishes_on: date | None
    state: str | None
    is_behind: bool
    will_be_late: bool
    planned_share: Decimal | None
    actual_share: Decimal | None
    counties: tuple[str, ...]
    money: Money
    nodes: NodeCounts
    moved: PlanMoves


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """A task; `person` is who is responsible on the day of knowledge."""

    code: str
    unit: str
    person: str | None
    reporter: str | None
    rhythm: str


@dataclass(frozen=True, slots=True)
class TargetAnswer:
    """An indicator in one task; `month` is the month that its figure is of."""

    task: str
    target: Decimal | None
    planned: Decimal | None
    actual: Decimal | None
    month: str | None


@dataclass(frozen=True, slots=True)
class IndicatorAnswer:
    """An indicator over all tasks, by the way it adds up."""

    name: str
    unit: str
    decimals: int
    adds_up: str
    direction: str
    target: Decimal | None
    planned: Decimal | None
    actual: Decimal | None
    tasks: tuple[TargetAnswer, ...]


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    name: str
    task: str
    baseline: date
    replanned: date | None
    expected: date | None
    actual: date | None
    light: str | None
    days_late: int
    moved: PlanMoves
    whose_days: Mapping[str, int]
    undivided: int


@dataclass(frozen=True, slots=True)
class FundAnswer:
    source: str
    task: str
    mode: str
    is_fiscal: bool
    money: Money
    month: str | None


@dataclass(frozen=True, slots=True)
class EntryAnswer:
    """An entry that was due by the day told about, or reported. `state` is the one that stands now."""

    ref: str
    task: str
    month: str
    due_on: date
    state: str
    is_due: bool
    reported_on: date | None
    is_on_time: bool | None
    is_complete: bool | None
    confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """An item with all that is known of it; `version` and `moves` are those of now."""

    summary: ItemSummary
    sight: Sight
    leader: str
    version: int
    moves: tuple[str, ...]
    tasks: tuple[TaskAnswer, ...]
    indicators: tuple[IndicatorAnswer, ...]
    nodes: tuple[NodeAnswer, ...]
    replans: tuple[AskedReplan, ...]
    funds: tuple[FundAnswer, ...]
    entries: tuple[EntryAnswer, ...]


def item_figures(
    tx: Connection, year: int, item_no: str, actor: Actor, sight: Sight, rules: ProgrammeRules
) -> ItemFigures:
    """The item of this number; NotFound when there is none that the actor may see."""
    facts_by_id = year_facts(tx, year, actor, ITEMS.c.item_no == item_no)
    rows = item_rows(tx, list(facts_by_id))
    if not rows:
        raise NotFound
    row, facts = rows[0], facts_by_id[rows[0].id]
    return ItemFigures(
        summary=item_summary(row, facts, sight, rules),
        sight=sight,
        leader=row.leader,
        version=row.version,
        moves=tuple(move.name for move in open_moves(ITEM, row.state, acting_roles(actor, item_place(row)))),
        tasks=_tasks(tx, row.id, facts, sight),
        indicators=tuple(_indicators(facts, sight)),
        nodes=tuple(_nodes(tx, facts, sight)),
        replans=replans_of(tx, row.id, sight, {task.code for task in facts.tasks}),
        funds=tuple(_funds(tx, row.id, facts, sight)),
        entries=tuple(_entries(tx, row, facts, sight, rules)),
    )


def item_rows(tx: Connection, item_ids: Sequence[int]) -> list[Row[Any]]:
    """Items with the names of their lead units, in the order of their numbers."""
    query = select(ITEMS, UNIT.c.name.label("lead_unit")).join(UNIT, UNIT.c.id == ITEMS.c.lead_unit_id)
    return list(tx.execute(query.where(ITEMS.c.id.in_(item_ids)).order_by(ITEMS.c.item_no)))


def item_summary(row: Row[Any], facts: ItemFacts, sight: Sight, rules: ProgrammeRules) -> ItemSummary:
    planned, actual = shares_of(facts, sight) or (None, None)
    names = ("year", "item_no", "name", "category", "level", "kind", "lead_unit", "starts_on", "finishes_on")
    flags = ("is_practical_matter", "is_key", "is_urgent")
    return ItemSummary(
        ref=item_ref(row),
        **{name: getattr(row, name) for name in (*names, *flags)},
        state=facts.state_on(sight.on),
        is_behind=is_behind(facts, sight, rules),
        will_be_late=will_be_late(facts, sight),
        planned_share=planned,
        actual_share=actual,
        counties=tuple(task.code for task in facts.tasks),
        money=money_of_items([facts], sight),
        nodes=node_counts(facts.nodes, sight),
        moved=plan_moves(facts.nodes, sight),
    )


def _tasks(tx: Connection, item_id: int, facts: ItemFacts, sight: Sight) -> tuple[TaskAnswer, ...]:
    codes = [task.code for task in facts.tasks]
    at = end_of(sight.known)
    held = (TASK_PEOPLE.c.task_id == TASKS.c.id) & (TASK_PEOPLE.c.from_at <= at)
    person = select(PERSON.c.name).join(TASK_PEOPLE, TASK_PEOPLE.c.person_id == PERSON.c.id).where(held)
    latest = person.order_by(TASK_PEOPLE.c.id.desc()).limit(1).scalar_subquery().label("person")
    reporter = select(PERSON.c.name).where(PERSON.c.id == TASKS.c.reporter_id).scalar_subquery().label("reporter")
    query = select(TASKS, UNIT.c.name.label("unit"), latest, reporter).join(UNIT, UNIT.c.id == TASKS.c.unit_id)
    rows = tx.execute(query.where(TASKS.c.item_id == item_id, TASKS.c.code.in_(codes)).order_by(TASKS.c.id))
    return tuple(TaskAnswer(row.code, row.unit, row.person, row.reporter, row.rhythm) for row in rows)


def _indicators(facts: ItemFacts, sight: Sight) -> Iterator[IndicatorAnswer]:
    for targets in indicators_of(facts):
        first, target = targets[0], target_of(targets)
        codes = (task.code for task in facts.tasks for own in task.targets if own.rank == first.rank)
        parts = [_target(code, own, facts, sight) for code, own in zip(codes, targets, strict=True)]
        about = first.indicator, first.unit, first.decimals, first.adds_up, first.direction
        yield IndicatorAnswer(*about, target, _planned(target, facts, sight), aggregate(targets, sight), tuple(parts))


def _target(code: str, target: TargetFacts, facts: ItemFacts, sight: Sight) -> TargetAnswer:
    latest = sight.latest(target.figures)
    figure = (latest.value, latest.month) if latest else (None, None)
    return TargetAnswer(code, target.target, _planned(target.target, facts, sight), *figure)


def _planned(target: Decimal | None, facts: ItemFacts, sight: Sight) -> Decimal | None:
    """What of the target is planned by the day told about: evenly over the months from start to finish."""
    share = even_share(facts, sight.on)
    return None if target is None else target * share.numerator / share.denominator


def _nodes(tx: Connection, facts: ItemFacts, sight: Sight) -> Iterator[NodeAnswer]:
    late = {(node.code, node.name): node for node in days_of_nodes(tx, [facts], sight)}
    for task in facts.tasks:
        for node in task.nodes:
            yield _node(task.code, node, sight, late.get((task.code, node.name)))


def _node(code: str, node: NodeFacts, sight: Sight, late: NodeDays | None) -> NodeAnswer:
    return NodeAnswer(
        name=node.name,
        task=code,
        baseline=node.planned_on,
        replanned=sight.replanned_on(node),
        expected=sight.expected_on(node),
        actual=sight.reached_on(node),
        light=node_light(node, sight),
        days_late=days_late(node, sight),
        moved=plan_moves([node], sight),
        whose_days=late.parties if late else {},
        undivided=late.undivided if late else days_late(node, sight),
    )


def _funds(tx: Connection, item_id: int, facts: ItemFacts, sight: Sight) -> Iterator[FundAnswer]:
    query = select(TASKS.c.code, LINES.c.source, LINES.c.mode).join(TASKS, TASKS.c.id == LINES.c.task_id)
    rows = tx.execute(query.where(TASKS.c.item_id == item_id).order_by(LINES.c.id))
    modes = {(row.code, row.source): row.mode for row in rows}
    for task in facts.tasks:
        for line in task.lines:
            latest = sight.latest(line.money)
            money, month = money_of_lines([line], sight), latest.month if latest else None
            yield FundAnswer(line.source, task.code, modes[task.code, line.source], line.is_fiscal, money, month)


def _entries(
    tx: Connection, item: Row[Any], facts: ItemFacts, sight: Sight, rules: ProgrammeRules
) -> Iterator[EntryAnswer]:
    query = select(TASKS.c.code, ENTRIES.c.month, ENTRIES.c.state).join(TASKS, TASKS.c.id == ENTRIES.c.task_id)
    rows = tx.execute(query.where(TASKS.c.item_id == item.id).order_by(ENTRIES.c.id))
    states = {(row.code, row.month): row.state for row in rows}
    for task in facts.tasks:
        due, entries = due_months(facts, task, sight.on, rules), {entry.month: entry for entry in task.entries}
        for month in sorted({*due, *(month for month in entries if month <= sight.month)}):
            state = states.get((task.code, month), DUE)
            ref = entry_ref(item, task.code, month)
            yield _entry(ref, task.code, entries.get(month, EntryFacts(month)), state, month in due, sight, rules)


def _entry(
    ref: str, code: str, entry: EntryFacts, state: str, is_due: bool, sight: Sight, rules: ProgrammeRules
) -> EntryAnswer:
    due_on = report_day_of(entry.month, rules)
    reports = reports_known(entry, sight)
    return EntryAnswer(
        ref=ref,
        task=code,
        month=entry.month,
        due_on=due_on,
        state=state,
        is_due=is_due,
        reported_on=reports[0][0] if reports else None,
        is_on_time=reports[0][0] <= due_on if reports else None,
        is_complete=reports[-1][1] if reports else None,
        confirmed_on=entry.confirmed_on if is_confirmed(entry, sight) else None,
    )
