"""A small programme: items with tasks, moved there by real moves, and their entries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from approvals.accounts.appointments import BEGINNING, begin, grant
from approvals.accounts.identity import actor_by_username
from approvals.accounts.queries import PERSON, UNIT
from approvals.history.commands import Command
from approvals.moves import MoveResult, execute, read_reference
from tests.support.builders import NOW, when

LEAD, COUNTY = "市教育局", "东区"  # of owner1, and of county-510402
REPORTER, LEADER, FINANCE = "county-510402", "owner1", "finance1"
ROAD = "programme/2026/901"
ITEM: dict[str, Any] = {
    **{"name": "新建农村公路", "category": "道路通畅", "level": "city", "kind": "works", "lead_unit": LEAD},
    **{"practical_matter": True, "starts_on": "2026-03-01", "finishes_on": "2026-11-30"},
}
PLAN: dict[str, Any] = {
    "tasks": [{"code": "510402", "unit": COUNTY, "person": REPORTER}],
    "indicators": [{"name": "里程", "unit": "公里", "decimals": 1, "targets": {"510402": 12.5}}],
    "nodes": [
        {"name": "开工", "task": "510402", "planned_on": "2026-04-30"},
        {"name": "竣工", "task": "510402", "planned_on": "2026-10-31"},
    ],
    "funds": [{"source": "city", "task": "510402", "planned_10k_yuan": "300"}],
}
CELLS: dict[str, Any] = {
    "quantities": {"里程": "3.5"},
    "nodes": [{"name": "开工", "reached_on": "2026-05-04"}],
    "funds": [{"source": "city", "allocated": 100, "received": 80, "paid": 50.5}],
}


def programme_people(tx: Connection) -> None:
    """The county's unit with its reporter, and somebody of finance, where the city does not have them."""
    if tx.execute(select(PERSON.c.id).where(PERSON.c.username == REPORTER)).first():
        return
    people = ((REPORTER, "田野", "owner", COUNTY, "county"), (FINANCE, "金秋", "finance", "市财政局", "department"))
    for username, name, role, unit, kind in people:
        unit_id = tx.execute(select(UNIT.c.id).where(UNIT.c.name == unit)).scalar_one_or_none()
        if unit_id is None:
            row = {"name": unit, "name_en": "", "kind": kind}
            unit_id = tx.execute(insert(UNIT).values(row).returning(UNIT.c.id)).scalar_one()
        like = tx.execute(select(PERSON).where(PERSON.c.username == "owner1")).one()._asdict()
        del like["id"]
        own = {"username": username, "name": name, "unit_id": unit_id, "email": f"{username}@example.com"}
        person_id = tx.execute(insert(PERSON).values(like | own).returning(PERSON.c.id)).scalar_one()
        grant(tx, person_id, {role})
        begin(tx, person_id, unit_id, {role}, BEGINNING)


def program(
    tx: Connection, by: str, move: str, on: str, given: Mapping[str, Any] | None = None, at: str = ""
) -> MoveResult:
    """One move in the programme by this person; `at` is a day, the builders' NOW when left out."""
    moment: datetime = when(at) if at else NOW
    actor = actor_by_username(tx, by, moment.date())
    return execute(tx, Command(move, read_reference(on, move), dict(given or {}), actor, NOW, at=moment))


def an_item(tx: Connection, state: str = "adopted", on: str = ROAD, **changes: Any) -> str:
    """An item in this state: proposed, planned (proposed with its plan), adopted or under_way; its reference."""
    programme_people(tx)
    program(tx, "office1", "propose", on, ITEM | changes, "2026-03-02")
    if state != "proposed":
        program(tx, "office1", "assign", on, PLAN, "2026-03-03")
    if state in ("adopted", "under_way"):
        program(tx, "office1", "adopt", on, at="2026-03-04")
    if state == "under_way":
        program(tx, LEADER, "begin", on, at="2026-03-05")
    return on


def an_entry(tx: Connection, item: str, month: str = "2026-05", state: str = "reported", **cells: Any) -> str:
    """An entry of the county's task, reported, confirmed or closed; its reference."""
    on = f"{item}/510402/{month}"
    program(tx, REPORTER, "report", on, CELLS | cells, f"{month}-27")
    if state in ("confirmed", "closed"):
        program(tx, LEADER, "confirm", on, at=f"{month}-28")
        program(tx, FINANCE, "confirm_money", on, at=f"{month}-28")
    if state == "closed":
        program(tx, "office1", "close_month", "programme/2026", {"month": month}, f"{month}-28")
    return on
