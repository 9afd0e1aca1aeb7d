"""The sheet of a year's plan: a worksheet each for items, tasks, indicators with targets, nodes and fund lines.

The lines of one item, in whichever worksheet, make one proposal with its plan.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT
from approvals.base.hashing import canonical
from approvals.base.i18n import label
from approvals.base.sheets import Column, SheetIdentity, Value
from approvals.history.programme_inputs import DECIMALS
from approvals.programme.items.standing_plans import Plan, standing_plans
from approvals.programme.queries import ITEMS, category_label
from approvals.programme.sheets.month_form import Line, decimal_of
from workflows.charts.programme_terms import ADDS_UP, DIRECTIONS, ITEM_KINDS, ITEM_LEVELS, RHYTHMS, SOURCES
from workflows.config.city import load_city
from workflows.label import Label

KIND, EDITION = "programme-plan", "1"
OFFICE = "supervision_office"
ITEM, TASK, INDICATOR, NODE, FUND = "items", "tasks", "indicators", "nodes", "funds"
ITEM_NO = Column("item_no", Label("编号", "Number"), needs_head=True, needs_value=True, limit=10)
NAME = Column("item", Label("所属分项", "Of the item"))  # to be read; a lock would leave no room for new rows
CODE = Column(
    "code", Label("任务代码", "Task"), also=("县（区）代码", "县（区）"), needs_head=True, needs_value=True, limit=20
)
PARTS: Mapping[str, Label] = {
    ITEM: Label("分项", "Items"),
    TASK: Label("任务", "Tasks"),
    INDICATOR: Label("指标", "Indicators"),
    NODE: Label("时间节点", "Nodes"),
    FUND: Label("资金来源", "Fund lines"),
}
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    ITEM: (
        ITEM_NO,
        Column("name", Label("分项名称", "Name"), needs_head=True),
        Column("category", Label("类别", "Category"), needs_head=True, options=tuple(load_city().categories.values())),
        Column("level", Label("级别", "Level"), needs_head=True, options=tuple(ITEM_LEVELS.values())),
        Column("kind", Label("性质", "Kind"), needs_head=True, options=tuple(ITEM_KINDS.values())),
        Column("lead_unit", Label("牵头单位", "Lead unit"), needs_head=True),
        Column("leader", Label("分管领导", "Leader in charge")),
        Column("origin", Label("来源", "Where it came from")),
        Column("practical_matter", Label("民生实事", "Practical matter"), "yes_no"),
        Column("key", Label("重点", "Key"), "yes_no"),
        Column("urgent", Label("急难", "Urgent and hard"), "yes_no"),
        Column("starts_on", Label("计划开始", "Planned start"), "day"),
        Column("finishes_on", Label("计划完成", "Planned finish"), "day"),
        Column("planned_10k_yuan", Label("计划投资", "Planned"), "amount"),
    ),
    TASK: (
        *(ITEM_NO, NAME, CODE),
        Column("unit", Label("责任单位", "Responsible unit"), needs_head=True),
        Column("person", Label("责任人", "Responsible person"), also=("责任人（用户名）",), needs_head=True),
        Column("reporter", Label("填报人", "Reporter")),
        Column("rhythm", Label("报送周期", "Reporting cycle"), also=("Rhythm",), options=tuple(RHYTHMS.values())),
    ),
    INDICATOR: (
        *(ITEM_NO, NAME),
        Column("name", Label("指标名称", "Indicator"), also=("指标",), needs_head=True, needs_value=True),
        Column("unit", Label("计量单位", "Unit of measure"), needs_head=True),
        CODE,
        Column("target", Label("年度目标", "Target of the year"), "quantity", needs_head=True, decimals=DECIMALS),
        Column("decimals", Label("小数位数", "Decimals"), "whole"),
        Column("adds_up", Label("汇总方式", "Aggregation"), also=("Adds up",), options=tuple(ADDS_UP.values())),
        Column("direction", Label("方向", "Direction"), options=tuple(DIRECTIONS.values())),
        Column("definition", Label("指标解释", "What is counted"), limit=4000, has_lines=True),
        Column("source", Label("数据来源", "Source of the figure")),
    ),
    NODE: (
        *(ITEM_NO, NAME, CODE),
        Column("name", Label("节点名称", "Node"), also=("节点",), needs_head=True, needs_value=True),
        Column("planned_on", Label("计划日期", "Planned day"), "day", needs_head=True),
        Column("after", Label("前置节点", "Preceding node"), also=("After the node",)),
        Column("who", Label("责任方", "By whom")),
        Column("approval", Label("审批事项", "Reached by the grant of")),
        Column("project", Label("项目", "of the project")),
        Column("needs_evidence", Label("需佐证", "Needs evidence"), "yes_no"),
    ),
    FUND: (
        *(ITEM_NO, NAME, CODE),
        Column(
            "source",
            Label("资金来源", "Source of funds"),
            needs_head=True,
            needs_value=True,
            options=tuple(SOURCES.values()),
        ),
        Column("planned_10k_yuan", Label("计划金额", "Planned"), "amount", needs_head=True),
        Column("mode", Label("资金方式", "Mode")),
        Column("fiscal", Label("财政资金", "Fiscal"), "yes_no"),
    ),
}
CHOICES: Mapping[str, Mapping[str, Mapping[str, Label]]] = {  # what cells are called, by part and column
    ITEM: {"level": ITEM_LEVELS, "kind": ITEM_KINDS},
    TASK: {"rhythm": RHYTHMS},
    INDICATOR: {"adds_up": ADDS_UP, "direction": DIRECTIONS},
    FUND: {"source": SOURCES},
}
FLAGS = {"practical_matter": "is_practical_matter", "key": "is_key", "urgent": "is_urgent"}


@dataclass(frozen=True, slots=True)
class PlanBlank:
    """The sheet of a year's plan: the lines of each part, and what identifies it."""

    parts: Mapping[str, tuple[Line, ...]]
    identity: SheetIdentity


def plan_blank(tx: Connection, actor: Actor, year: int) -> PlanBlank:
    """The items of the year that the actor plans, all of them as they stand; empty for a year without any."""
    items = own_items(tx, actor, year)
    plans = standing_plans(tx, [item.id for item in items])
    lines: dict[str, list[Line]] = {part: [] for part in PARTS}
    for item in items:
        lines[ITEM].append(_item_line(item))
        for part, line in _plan_lines(plans[item.id]):
            lines[part].append({"item_no": item.item_no, "item": item.name, **_worded(part, line)})
    identity = SheetIdentity(KIND, actor.unit, str(year), EDITION, plan_number(items))
    return PlanBlank({part: tuple(own) for part, own in lines.items()}, identity)


def items_of_year(year: int) -> Select[Any]:
    """All items of a year with their lead units, by number."""
    query = select(ITEMS, UNIT.c.name.label("lead_unit")).join(UNIT, UNIT.c.id == ITEMS.c.lead_unit_id)
    return query.where(ITEMS.c.year == year).order_by(ITEMS.c.item_no)


def own_items(tx: Connection, actor: Actor, year: int) -> list[Any]:
    """The items of a year that the actor plans, with their lead units: the office all, a unit those that it leads."""
    query = items_of_year(year).where(ITEMS.c.state != "dropped")
    if not actor.has(OFFICE):
        query = query.where(ITEMS.c.lead_unit_id.in_(actor.units))
    return list(tx.execute(query))


def is_outdated(tx: Connection, actor: Actor, year: int, identity: SheetIdentity | None) -> bool:
    """Whether the plan was changed since the sheet was downloaded; a sheet that is not ours does not tell."""
    return identity is not None and identity.number != plan_number(own_items(tx, actor, year))


def plan_number(items: Collection[Any]) -> str:
    """Tells states of the plan apart: which items there are and how often each was moved."""
    versions: dict[str, object] = {item.item_no: item.version for item in items}
    return sha256(canonical(versions).encode()).hexdigest()[:12]


def _item_line(item: Any) -> Line:
    names = ("item_no", "name", "level", "kind", "lead_unit", "leader", "origin", "starts_on", "finishes_on")
    own: Line = {name: getattr(item, name) for name in (*names, "planned_10k_yuan")}
    flags = {name: getattr(item, column) for name, column in FLAGS.items()}
    return _worded(ITEM, {**own, **flags, "category": label(category_label(item.category))})


def _plan_lines(plan: Plan) -> Iterator[tuple[str, Line]]:
    yield from ((TASK, row) for row in plan[TASK])
    for row in plan[INDICATOR]:
        own = {name: value for name, value in row.items() if name != "targets"}
        for code, target in row["targets"].items():
            yield INDICATOR, {**own, "code": code, "target": decimal_of(target)}
    for row in plan[NODE]:
        yield NODE, _with_code(row) | {"planned_on": date.fromisoformat(row["planned_on"])}
    yield from (
        (FUND, _with_code(row) | {"planned_10k_yuan": decimal_of(row["planned_10k_yuan"])}) for row in plan[FUND]
    )


def _with_code(row: Mapping[str, Any]) -> Line:
    return {("code" if name == "task" else name): value for name, value in row.items()}


def _worded(part: str, line: Mapping[str, Value | None]) -> Line:
    """The values of choices as they are called in the language in use."""
    choices = CHOICES.get(part, {})
    return {name: _word(choices[name], value) if name in choices else value for name, value in line.items()}


def _word(labels: Mapping[str, Label], value: Value | None) -> str:
    return label(labels[str(value)])
