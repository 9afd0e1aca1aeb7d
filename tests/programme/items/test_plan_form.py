"""The form of a plan: sent again unchanged, it writes the same plan."""

from sqlalchemy import Connection, select

from approvals.base.database import Database
from approvals.programme.items.plan_form import plan_values
from approvals.programme.queries import INDICATORS, LINES, NODES, TARGETS, TASKS
from tests.support.programme import PLAN, ROAD, an_item, program

FULL = {
    "tasks": [PLAN["tasks"][0] | {"reporter": "owner1", "rhythm": "quarterly"}],
    "indicators": [PLAN["indicators"][0] | {"definition": "验收合格的里程", "source": "交通统计", "adds_up": "last"}],
    "nodes": [
        {"name": "施工许可", "task": "510402", "planned_on": "2026-04-30", "approval": "C05", "project": "ms-001"},
        PLAN["nodes"][1] | {"after": "施工许可", "who": "施工单位", "needs_evidence": True},
    ],
    "funds": [PLAN["funds"][0] | {"mode": "先建后补", "fiscal": False}],
}


def _rows(tx: Connection) -> list[object]:
    without = ("id", "item_id", "task_id", "indicator_id")
    tables = (TASKS, INDICATORS, TARGETS, NODES, LINES)
    columns = [[column for column in table.c if column.name not in without] for table in tables]
    return [tx.execute(select(*own).order_by(own[0].table.c.id)).all() for own in columns]


def test_a_plan_that_is_saved_unchanged_stays_as_it_was(database: Database) -> None:
    with database.write() as tx:
        an_item(tx, "proposed")
        program(tx, "office1", "assign", ROAD, FULL, "2026-03-03")
        before = _rows(tx)
        values = plan_values(tx, 2026, "901")
        for row in values["nodes"]:
            row["needs_evidence"] = row["needs_evidence"] == "yes"
        for row in values["funds"]:
            row["fiscal"] = row["fiscal"] == "yes"
        program(tx, "office1", "assign", ROAD, _without_blanks(values), "2026-03-04")
        assert _rows(tx) == before


def _without_blanks(values: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    """As the page sends it: a field that was left empty is not there."""
    return {name: [{k: v for k, v in row.items() if v != ""} for row in rows] for name, rows in values.items()}
