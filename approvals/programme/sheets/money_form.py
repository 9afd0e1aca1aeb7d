"""Finance's sheet of a month: all fund lines of its tasks, last month's figures and what was reported locked beside.

The lines of one task are one confirmation.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, Select, and_, or_, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT
from approvals.base.i18n import label
from approvals.base.moments import day_of, month_of, read_month
from approvals.base.sheets import Column, SheetIdentity
from approvals.programme.entries.actions import is_of_rhythm
from approvals.programme.entries.cells import counted_amounts
from approvals.programme.queries import AMOUNTS, ENTRIES, ITEMS, LINES, TASKS, of_tasks, task_label, visible_items
from approvals.programme.sheets.month_form import MONEY_HEADS, Line
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.programme_terms import SOURCES
from workflows.label import Label
from workflows.rules.programme_facts import KINDS_OF_MONEY
from workflows.rules.programme_figures import REPORTING

KIND, EDITION = "programme-money", "1"
WITH_MONEY = ENTRY.move("confirm_money").sources  # states of an entry whose money finance confirms
BEFORE = Label("上月累计", "Month before, cumulative")
REPORTED, CHECKED = Label("报送累计", "Reported, cumulative"), Label("财政核定累计", "Found by finance, cumulative")
LINE_KEYS = ("item_no", "code", "source")
COLUMNS: tuple[Column, ...] = (
    Column("item_no", Label("编号", "Number"), needs_head=True, needs_value=True, limit=10, is_locked=True),
    Column("name", Label("分项", "Item"), is_locked=True),
    Column("code", Label("任务代码", "Task"), needs_head=True, needs_value=True, limit=20, is_locked=True),
    Column("place", Label("县（区）", "Place"), is_locked=True),
    Column("unit", Label("责任单位", "Responsible unit"), is_locked=True),
    Column("source", Label("资金来源", "Source"), needs_head=True, needs_value=True, is_locked=True),
    Column("planned", Label("年度计划", "Planned"), "amount", is_locked=True),
    *(Column(f"before_{kind}", head, "amount", BEFORE, is_locked=True) for kind, head in MONEY_HEADS.items()),
    *(Column(f"reported_{kind}", head, "amount", REPORTED, is_locked=True) for kind, head in MONEY_HEADS.items()),
    *(Column(kind, head, "amount", CHECKED, needs_head=True) for kind, head in MONEY_HEADS.items()),
)
Amounts = Mapping[str, Decimal]  # by kind of money
NO_VERSION = 0  # of an entry that is not there


@dataclass(frozen=True, slots=True)
class MoneyOfTask:
    """A task with its fund lines, and the money that its entry of the month reports by source.

    `counted` is what of this entry counts already, `no_figure` why a source has no figure. Without an entry, or with
    one that was sent back, nothing is reported.
    """

    item_no: str
    name: str
    code: str
    unit: str
    version: int
    is_reported: bool
    is_confirmed: bool
    planned: Amounts
    before: Mapping[str, Amounts]
    counted: Mapping[str, Amounts]
    funds: Mapping[str, Amounts] = field(default_factory=dict)
    no_figure: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.item_no}/{self.code}"


@dataclass(frozen=True, slots=True)
class MoneyBlank:
    """Finance's sheet for a month: its lines, and what identifies it."""

    lines: tuple[Line, ...]
    identity: SheetIdentity


def money_of_month(tx: Connection, actor: Actor, month: str) -> list[MoneyOfTask]:
    """The tasks with fund lines that report this month, in the order of the ledger."""
    rows = [row for row in tx.execute(_tasks(actor, month)) if row.entry_id is not None or _is_due(row, month)]
    lines: dict[int, list[Any]] = defaultdict(list)
    for line in of_tasks(tx, LINES, [row.task_id for row in rows]):
        lines[line.task_id].append(line)
    ids = [line.id for own in lines.values() for line in own]
    before = counted_amounts(tx, ids, str(read_month(month).previous))
    counted = _counted(tx, [row.entry_id for row in rows if row.entry_id is not None])
    return [_money_of_task(row, lines[row.task_id], before, counted) for row in rows if lines[row.task_id]]


def _tasks(actor: Actor, month: str) -> Select[Any]:
    of_month = and_(ENTRIES.c.task_id == TASKS.c.id, ENTRIES.c.month == month, ENTRIES.c.state.in_(WITH_MONEY))
    return (
        select(
            *(ITEMS.c[name] for name in ("item_no", "name", "adopted_at")),
            *(TASKS.c[name] for name in ("code", "rhythm")),
            *(TASKS.c.id.label("task_id"), ENTRIES.c.id.label("entry_id"), UNIT.c.name.label("unit")),
            *(ENTRIES.c[name] for name in ("version", "money_confirmed_at", "reported")),
        )
        .select_from(TASKS.join(ITEMS, ITEMS.c.id == TASKS.c.item_id).join(UNIT, UNIT.c.id == TASKS.c.unit_id))
        .outerjoin(ENTRIES, of_month)
        .where(ITEMS.c.year == int(month[:4]), visible_items(actor))
        .where(or_(ENTRIES.c.id.is_not(None), ITEMS.c.state.in_(REPORTING)))
        .order_by(ITEMS.c.item_no, TASKS.c.id)
    )


def _is_due(row: Any, month: str) -> bool:
    """Whether a task without a report owes one for this month."""
    is_adopted = row.adopted_at is not None and str(month_of(day_of(row.adopted_at))) <= month
    return is_adopted and is_of_rhythm(row, month)


def _counted(tx: Connection, entry_ids: Collection[int]) -> dict[int, dict[str, Decimal]]:
    """What counts of these entries' money, by the id of the fund line."""
    query = select(AMOUNTS).where(AMOUNTS.c.entry_id.in_(entry_ids), AMOUNTS.c.paid.is_not(None))
    return {row.line_id: _amounts(row._mapping) for row in tx.execute(query.order_by(AMOUNTS.c.id))}


def _amounts(row: Mapping[Any, Any]) -> dict[str, Decimal]:
    return {kind: Decimal(str(row[kind])) for kind in KINDS_OF_MONEY}


def _money_of_task(
    row: Any, lines: list[Any], before: Mapping[int, Amounts], counted: Mapping[int, Amounts]
) -> MoneyOfTask:
    facts = orjson.loads(row.reported) if row.reported else {}
    return MoneyOfTask(
        item_no=row.item_no,
        name=row.name,
        code=row.code,
        unit=row.unit,
        version=row.version or NO_VERSION,
        is_reported=row.entry_id is not None,
        is_confirmed=row.money_confirmed_at is not None,
        planned={line.source: line.planned_10k_yuan for line in lines},
        before={line.source: before[line.id] for line in lines if line.id in before},
        counted={line.source: counted[line.id] for line in lines if line.id in counted},
        funds={fund["source"]: _amounts(fund) for fund in facts.get("funds", ())},
        no_figure=facts.get("no_figure", {}),
    )


def money_blank(tx: Connection, actor: Actor, month: str) -> MoneyBlank:
    """All fund lines of the month for finance to fill in its own figures; those that are confirmed have them."""
    lines = tuple(line for task in money_of_month(tx, actor, month) for line in _lines(task))
    return MoneyBlank(lines, SheetIdentity(KIND, actor.unit, month, EDITION))


def _lines(task: MoneyOfTask) -> Iterator[Line]:
    for source, planned in task.planned.items():
        confirmed = task.funds.get(source, {}) if task.is_confirmed else {}
        yield {
            **{"item_no": task.item_no, "name": task.name, "code": task.code, "place": task_label(task.code)},
            **{"unit": task.unit, "source": label(SOURCES[source]), "planned": planned},
            **{f"before_{kind}": amount for kind, amount in task.before.get(source, {}).items()},
            **{f"reported_{kind}": amount for kind, amount in task.funds.get(source, {}).items()},
            **confirmed,
        }
