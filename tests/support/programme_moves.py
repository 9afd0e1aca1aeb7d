"""An item of the programme that stands where a test needs it: led by owner1's unit, with tasks of two counties."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.demo.source_data import programme
from approvals.moves import MoveResult
from approvals.programme.queries import ENTRIES, ITEMS, TASKS
from tests.support.builders import do, when

YEAR = "programme/2026"
ITEM_NO = "901"
ON = f"{YEAR}/{ITEM_NO}"
EAST, MIYI = "510402", "510421"
LEAD, OFFICE, FINANCE, REPORTER = "owner1", "office1", "finance1", f"county-{EAST}"
ROADS = {
    "name": "新建农村公路",
    "category": "道路通畅",
    "level": "city",
    "kind": "works",
    "lead_unit": "市教育局",
    "practical_matter": True,
    "starts_on": "2026-01-01",
    "finishes_on": "2026-12-31",
}
PLAN: dict[str, Any] = {
    "tasks": [
        {"code": EAST, "unit": "东区", "person": REPORTER},
        {"code": MIYI, "unit": "米易县", "person": f"county-{MIYI}", "rhythm": "quarterly"},
    ],
    "indicators": [{"name": "里程", "unit": "公里", "decimals": 1, "targets": {EAST: 12, MIYI: 24.5}}],
    "nodes": [
        {"name": "开工", "task": EAST, "planned_on": "2026-04-30"},
        {"name": "竣工", "task": EAST, "planned_on": "2026-10-31", "after": "开工"},
    ],
    "funds": [
        {"source": "city", "task": EAST, "planned_10k_yuan": "300"},
        {"source": "centre", "task": MIYI, "planned_10k_yuan": "500.50"},
    ],
}
# How an item gets into each state: who makes which moves with what.
TO_ADOPTED: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    (OFFICE, "propose", ROADS),
    (LEAD, "assign", PLAN),
    (OFFICE, "adopt", {}),
)
SUSPENSION = {"cause": "policy", "restart_steps": "等待国家政策", "review_on": "2026-05-01"}
PATHS: Mapping[str, tuple[tuple[str, str, Mapping[str, Any]], ...]] = {
    "proposed": TO_ADOPTED[:2],
    "adopted": TO_ADOPTED,
    "under_way": (*TO_ADOPTED, (LEAD, "begin", {})),
    "suspended": (*TO_ADOPTED, (OFFICE, "suspend", SUSPENSION)),
    "claimed": (
        *TO_ADOPTED,
        (LEAD, "begin", {}),
        (LEAD, "claim_done", {"finished_on": "2026-03-01", "note": "已完工"}),
    ),
    "dropped": (*TO_ADOPTED, (OFFICE, "drop", {"reason": "并入其他项目"})),
}


def an_item(
    tx: Connection, state: str = "adopted", *, item_no: str = ITEM_NO, day: str = "2026-03-02", **plan: Any
) -> str:
    """An item in this state since the morning of this day; `plan` replaces parts of its plan. Its reference."""
    on = f"{YEAR}/{item_no}"
    for number, (by, move, given) in enumerate(PATHS[state]):
        values = dict(given) | plan if move == "assign" else given
        do(tx, by, move, on, values, at=when(day, f"09:{number:02}"))
    return on


def days_of(name: str, *, task: str = EAST, **parties: int) -> list[dict[str, Any]]:
    """Days of a node by party, as they are divided."""
    return [{"task": task, "name": name, "party": party, "days": days} for party, days in parties.items()]


def cells(kilometres: Any = "3.5", paid: Any = "50.50", **more: Any) -> dict[str, Any]:
    """What the task of the eastern county reports."""
    money = {"source": "city", "allocated": "200", "received": "150", "paid": paid}
    return {"quantities": {"里程": kilometres}, "funds": [money]} | more


def entry_of(month: str, on: str = ON, code: str = EAST) -> str:
    return f"{on}/{code}/{month}"


def report(tx: Connection, month: str = "2026-05", given: Mapping[str, Any] | None = None, **how: Any) -> MoveResult:
    """A report of the eastern county on the 27th of the month, or when `at` says."""
    values = cells() if given is None else given
    how = {"at": when(f"{month}-27"), "by": REPORTER} | how
    return do(tx, how.pop("by"), "report", entry_of(month), values, **how)


def confirmed(tx: Connection, month: str = "2026-05", given: Mapping[str, Any] | None = None) -> str:
    """An entry that lead unit and finance have confirmed by the 29th."""
    report(tx, month, given)
    do(tx, LEAD, "confirm", entry_of(month), {}, at=when(f"{month}-28", "15:00"))
    do(tx, FINANCE, "confirm_money", entry_of(month), {}, at=when(f"{month}-28", "16:00"))
    return entry_of(month)


def closed(
    tx: Connection, month: str = "2026-05", given: Mapping[str, Any] | None = None, *, at: datetime | None = None
) -> str:
    """Such an entry, closed with its month on the last evening of the 28th."""
    entry = confirmed(tx, month, given)
    do(tx, OFFICE, "close_month", YEAR, {"month": month}, at=at or when(f"{month}-28", "18:00"))
    return entry


def item_row(tx: Connection, item_no: str = ITEM_NO) -> Row[Any]:
    return tx.execute(select(ITEMS).where(ITEMS.c.item_no == item_no)).one()


def entry_row_of(tx: Connection, month: str, code: str = EAST) -> Row[Any]:
    query = select(ENTRIES).join(TASKS, TASKS.c.id == ENTRIES.c.task_id)
    return tx.execute(query.where(TASKS.c.code == code, ENTRIES.c.month == month)).one()


def a_proposed(tx: Connection, item_no: str, lead_unit: str, **fields: Any) -> None:
    """An item of this number that this unit leads, proposed by the office in January."""
    fields = ROADS | {"name": f"分项{item_no}", "lead_unit": lead_unit} | fields
    do(tx, OFFICE, "propose", f"{YEAR}/{item_no}", fields, at=when("2026-01-05"))


def the_programme(tx: Connection) -> None:
    """The items of the example city, proposed; 021 to 032 are those of owner1's unit."""
    for row in programme():
        a_proposed(tx, row.item_no, row.owner_unit, name=row.name, category=row.category)
