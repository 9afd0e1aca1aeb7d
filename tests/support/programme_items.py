"""Items of the programme for tests, by real moves."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sqlalchemy import Connection

from approvals.moves import MoveResult
from tests.support.builders import do, when

EAST = "510402"  # 东区
FIELDS = {
    "name": "新建农村公路",
    "category": "道路通畅",
    "level": "city",
    "kind": "works",
    "lead_unit": "市教育局",
    "practical_matter": True,
}
PLAN: dict[str, Any] = {
    "tasks": [{"code": EAST, "unit": "市住房城乡建设局", "person": "owner2"}],
    "indicators": [{"name": "里程", "unit": "公里", "decimals": 1, "targets": {EAST: 12.5}}],
    "nodes": [
        {"name": "开工", "task": EAST, "planned_on": "2026-04-30"},
        {"name": "竣工", "task": EAST, "planned_on": "2026-10-31"},
    ],
    "funds": [{"source": "city", "task": EAST, "planned_10k_yuan": "300"}],
}
REPORT: dict[str, Any] = {
    "quantities": {"里程": 3.5},
    "nodes": [{"name": "开工", "reached_on": "2026-05-04"}],
    "funds": [{"source": "city", "allocated": 100, "received": 80, "paid": 50.5}],
}
LEAD, REPORTER, OFFICE, FINANCE = "owner1", "owner2", "office1", "finance1"


def an_item(
    tx: Connection,
    ref: str = "programme/2026/901",
    at: str = "2026-03-02",
    fields: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
) -> str:
    """An adopted item; its reference."""
    do(tx, OFFICE, "propose", ref, FIELDS | dict(fields or {}), at=when(at))
    do(tx, OFFICE, "assign", ref, PLAN | dict(plan or {}), at=when(at))
    do(tx, OFFICE, "adopt", ref, {}, at=when(at))
    return ref


def a_report(**more: Any) -> dict[str, Any]:
    return deepcopy(REPORT) | more


def an_entry(tx: Connection, ref: str, at: str, given: Mapping[str, Any] | None = None) -> MoveResult:
    """An entry that is reported, and confirmed by the lead unit and by finance, all on one day."""
    do(tx, REPORTER, "report", ref, REPORT if given is None else given, at=when(at))
    do(tx, LEAD, "confirm", ref, {}, at=when(at))
    return do(tx, FINANCE, "confirm_money", ref, {}, at=when(at))
