"""One item of the programme: what was promised, where it stands, what is behind by how much, and what may be done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.actors import Actor, acting_roles
from approvals.accounts.queries import PERSON, UNIT, UnitName
from approvals.base.moments import read_month
from approvals.casefile.programme.claims import ItemClaim, claim_of
from approvals.casefile.programme.item_nodes import NodeRow, node_rows
from approvals.casefile.programme.item_record import seen_record
from approvals.casefile.programme.linked_projects import LinkedProject, projects_of_item
from approvals.casefile.programme.plan_beside import PlanBeside, plan_beside
from approvals.casefile.programme.plan_changes import (
    AskedDivision,
    AskedReplan,
    is_waiting,
    replans_of,
    waiting_days,
)
from approvals.casefile.programme.problem_list import ProblemRow, problems_of_item
from approvals.history.queries import EntryView
from approvals.programme.entries.views import responsible
from approvals.programme.queries import (
    ENTRIES,
    ITEMS,
    TASKS,
    category_label,
    item_place,
    item_ref,
    task_label,
)
from approvals.programme.seen import seen_item
from approvals.projects.programme_days import days_of_nodes
from approvals.projects.programme_figures import year_facts
from workflows.charts.item import ITEM
from workflows.charts.model import Move, State, open_moves
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.programme_terms import ITEM_KINDS, ITEM_LEVELS, SOURCES
from workflows.config.policy import ProgrammeRules
from workflows.label import Label
from workflows.rules.programme_entries import due_months
from workflows.rules.programme_facts import ItemFacts, Sight, TargetFacts, TaskFacts
from workflows.rules.programme_figures import (
    Money,
    NodeCounts,
    aggregate,
    is_behind,
    money_of_items,
    money_of_lines,
    node_counts,
    shares_of,
)
from workflows.rules.programme_replans import PlanMoves, plan_moves

PROMISED = (
    *("year", "item_no", "name", "leader", "starts_on", "finishes_on"),
    *("is_practical_matter", "is_key", "is_urgent", "is_taken_over"),
)  # columns that the page shows as they are
PROPOSED = ITEM.move("propose").target
REPLAN, DIVIDE = "replan", "divide_days"
DECIDES = {"confirm_replan": REPLAN, "refuse_replan": REPLAN, "confirm_days": DIVIDE, "decline_days": DIVIDE}


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator by task, and together where it adds up; `share` is None where no target was set."""

    name: str
    unit: str
    tasks: tuple[tuple[str, Decimal | None, Decimal | None, str], ...]  # place, target, actual, month it is of
    target: Decimal | None
    actual: Decimal | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class FundRow:
    code: str
    key: str  # of the source
    source: Label
    place: str
    money: Money


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task with its months: the month, the state of its entry, and whether it is owed by now."""

    code: str
    place: str
    unit: UnitName
    person: str
    reporter: str
    rhythm: str
    months: tuple[tuple[date, State, bool], ...]


@dataclass(frozen=True, slots=True)
class ItemDetail:
    year: int
    item_no: str
    name: str
    category: Label
    level: Label
    kind: Label
    state: State
    version: int
    lead: UnitName
    leader: str
    starts_on: date | None
    finishes_on: date | None
    is_practical_matter: bool
    is_key: bool
    is_urgent: bool
    is_taken_over: bool
    is_behind: bool
    shares: tuple[Decimal, Decimal] | None  # planned and actual
    money: Money
    node_counts: NodeCounts
    nodes: tuple[NodeRow, ...]
    late_nodes: tuple[NodeRow, ...]  # of an item that counts: whose the days are is a question once it is adopted
    indicators: tuple[IndicatorRow, ...]
    funds: tuple[FundRow, ...]
    tasks: tuple[TaskRow, ...]
    projects: tuple[LinkedProject, ...]
    problems: tuple[ProblemRow, ...]
    moved: PlanMoves
    replans: tuple[AskedReplan, ...]
    division: AskedDivision | None
    claim: ItemClaim | None
    beside: PlanBeside | None  # last year, while the plan waits to be adopted
    moves: tuple[Move, ...]
    entries: tuple[EntryView, ...]

    @property
    def ref(self) -> str:
        return item_ref(self)


def item_detail(
    tx: Connection, year: int, item_no: str, actor: Actor, today: date, rules: ProgrammeRules
) -> ItemDetail:
    """The item of this number; NotFound when there is none that the actor may see."""
    row = seen_item(tx, year, item_no, actor)
    facts = year_facts(tx, year, actor, ITEMS.c.id == row.id)[row.id]
    sight = Sight(today, today)
    codes = {task.code for task in facts.tasks}
    problems = tuple(problems_of_item(tx, row.id, actor, today, rules))
    entries = seen_record(tx, row.id, codes, {problem.id for problem in problems})
    replans, division = replans_of(tx, row.id, sight, codes), waiting_days(tx, row.id, codes)
    late = {(node.code, node.name): node for node in days_of_nodes(tx, [facts], sight)}
    nodes = tuple(node_rows(facts, sight, late))
    waits = {REPLAN: is_waiting(replans), DIVIDE: division is not None}
    return ItemDetail(
        **{name: getattr(row, name) for name in (*PROMISED, "version")},
        category=category_label(row.category),
        level=ITEM_LEVELS[row.level],
        kind=ITEM_KINDS[row.kind],
        state=ITEM.state(row.state),
        lead=UnitName(row.lead, row.lead_en),
        is_behind=is_behind(facts, sight, rules),
        shares=shares_of(facts, sight),
        money=money_of_items([facts], sight),
        node_counts=node_counts(facts.nodes, sight),
        nodes=nodes,
        late_nodes=tuple(node for node in nodes if (node.code, node.name) in late),
        indicators=tuple(_indicators(facts, sight)),
        funds=tuple(_funds(facts, sight)),
        tasks=_tasks(tx, row.id, facts, sight, rules),
        projects=projects_of_item(tx, row, actor),
        problems=problems,
        moved=plan_moves(facts.nodes, sight),
        replans=replans,
        division=division,
        claim=claim_of(tx, row, entries),
        beside=plan_beside(tx, row.name, facts, actor, today) if row.state == PROPOSED and facts.tasks else None,
        moves=_moves(row, actor, waits, has_days=any(node.to_divide for node in late.values())),
        entries=entries,
    )


def _moves(row: Row[Any], actor: Actor, waits: Mapping[str, bool], *, has_days: bool) -> tuple[Move, ...]:
    """The moves that are open: what waits is decided first, and days are divided where there are some."""
    moves = open_moves(ITEM, row.state, acting_roles(actor, item_place(row)))
    decided = [move for move in moves if waits.get(DECIDES.get(move.name, ""), True)]
    possible = {DIVIDE: has_days, "state_in_use": bool(row.in_use_asked)}
    return tuple(move for move in decided if not waits.get(move.name) and possible.get(move.name, True))


def _indicators(facts: ItemFacts, sight: Sight) -> Iterable[IndicatorRow]:
    targets: dict[str, list[tuple[TaskFacts, TargetFacts]]] = {}
    for task in facts.tasks:
        for target in task.targets:
            targets.setdefault(target.indicator, []).append((task, target))
    return (_indicator(rows, sight) for rows in targets.values())


def _indicator(rows: Sequence[tuple[TaskFacts, TargetFacts]], sight: Sight) -> IndicatorRow:
    own = [target for _, target in rows]
    wanted = [target.target for target in own if target.target is not None]
    together = _target(own[0].adds_up, wanted)
    actual = aggregate(own, sight)
    latest = [(task, target, sight.latest(target.figures)) for task, target in rows]
    return IndicatorRow(
        name=own[0].indicator,
        unit=own[0].unit,
        tasks=tuple(
            (task_label(task.code), target.target, figure.value if figure else None, figure.month if figure else "")
            for task, target, figure in latest
        ),
        target=together,
        actual=actual,
        share=actual / together if together and actual is not None else None,
    )


def _target(adds_up: str, targets: Sequence[Decimal]) -> Decimal | None:
    """The target of several tasks together: their sum where figures are added, else that of the one there is."""
    if not targets:
        return None
    if adds_up in ("sum", "last"):
        return sum(targets, Decimal(0))
    return max(targets) if adds_up == "max" or len(targets) == 1 else None


def _funds(facts: ItemFacts, sight: Sight) -> Iterable[FundRow]:
    for task in facts.tasks:
        for line in task.lines:
            yield FundRow(
                task.code, line.source, SOURCES[line.source], task_label(task.code), money_of_lines([line], sight)
            )


def _tasks(tx: Connection, item_id: int, facts: ItemFacts, sight: Sight, rules: ProgrammeRules) -> tuple[TaskRow, ...]:
    names = UNIT.c.name.label("unit"), UNIT.c.name_en.label("unit_en"), PERSON.c.name.label("reporter")
    query = (
        select(TASKS, *names, responsible(TASKS.c.id).scalar_subquery().label("person"))
        .select_from(
            TASKS.join(UNIT, UNIT.c.id == TASKS.c.unit_id).outerjoin(PERSON, PERSON.c.id == TASKS.c.reporter_id)
        )
        .where(TASKS.c.item_id == item_id, TASKS.c.code.in_([task.code for task in facts.tasks]))
        .order_by(TASKS.c.id)
    )
    rows = tx.execute(query).all()
    states = _entry_states(tx, [row.id for row in rows])
    return tuple(
        TaskRow(
            code=row.code,
            place=task_label(row.code),
            unit=UnitName(row.unit, row.unit_en),
            person=row.person or "",
            reporter=row.reporter or "",
            rhythm=row.rhythm,
            months=_months(facts, task, states.get(row.id, {}), sight, rules),
        )
        for row, task in zip(rows, facts.tasks, strict=True)
    )


def _entry_states(tx: Connection, task_ids: list[int]) -> dict[int, dict[str, str]]:
    states: dict[int, dict[str, str]] = {}
    query = select(ENTRIES.c.task_id, ENTRIES.c.month, ENTRIES.c.state).where(ENTRIES.c.task_id.in_(task_ids))
    for row in tx.execute(query.order_by(ENTRIES.c.month)):
        states.setdefault(row.task_id, {})[row.month] = row.state
    return states


def _months(
    facts: ItemFacts, task: TaskFacts, states: Mapping[str, str], sight: Sight, rules: ProgrammeRules
) -> tuple[tuple[date, State, bool], ...]:
    owed = due_months(facts, task, sight.on, rules)
    months = sorted({*owed, *states})
    return tuple((read_month(month).first_on, ENTRY.state(states.get(month, "due")), month in owed) for month in months)
