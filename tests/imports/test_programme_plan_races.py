"""A plan's sheet that is taken twice at once, or cut off in the middle: each item wholly or not at all, and once."""

import pytest
from sqlalchemy import func, select

from approvals.history.record import ENTRY
from approvals.programme.items.standing_plans import standing_plans
from approvals.programme.queries import ITEMS
from tests.support.builders import faults
from tests.support.concurrency import killed_before, race
from tests.support.programme_moves import OFFICE
from tests.support.racers import take_plan_sheet
from tests.support.workbooks import PRODUCERS, written_by

NUMBERS = ("030", "031", "032", "033")
WHOLE = (1, 1, 1)  # tasks, nodes and fund lines of each item
MANY = 400  # more statements than the sheet needs
ITEM_HEADS = ["编号", "分项名称", "类别", "级别", "性质", "牵头单位"]
TASK_HEADS = ["编号", "任务代码", "责任单位", "责任人"]
NODE_HEADS = ["编号", "任务代码", "节点名称", "计划日期"]
FUND_HEADS = ["编号", "任务代码", "资金来源", "计划金额（元）"]


@pytest.fixture(scope="module")
def sheet():
    items = [[number, f"分项{number}", "道路通畅", "市级", "工程建设", "市教育局"] for number in NUMBERS]
    tasks = [[number, "510402", "东区", "county-510402"] for number in NUMBERS]
    nodes = [[number, "510402", "开工", "2026-12-01"] for number in NUMBERS]
    funds = [[number, "510402", "city", 3_000_000] for number in NUMBERS]
    more = [("任务", [TASK_HEADS, *tasks]), ("节点", [NODE_HEADS, *nodes]), ("资金", [FUND_HEADS, *funds])]
    return written_by(PRODUCERS["Excel"], [ITEM_HEADS, *items], more=more)


def planned(database):
    """The items with the size of their plans, and how many moves were made of them."""
    with database.read() as tx:
        items = {row.id: row.item_no for row in tx.execute(select(ITEMS).where(ITEMS.c.year == 2026))}
        plans = standing_plans(tx, list(items))
        moves = tx.execute(select(func.count()).select_from(ENTRY).where(ENTRY.c.subject == "item")).scalar_one()
    parts = ("tasks", "nodes", "funds")
    return {items[item_id]: tuple(len(plan[part]) for part in parts) for item_id, plan in plans.items()}, moves


def test_the_same_sheet_twice_at_once_is_taken_once(database, database_url, sheet):
    arguments = (sheet, 2026, OFFICE)
    counts = race(database_url, [(_after, arguments), (_after, arguments)])
    assert sum(counts) == len(NUMBERS)
    assert planned(database) == (dict.fromkeys(NUMBERS, WHOLE), 2 * len(NUMBERS))


def _after(database, wait, *arguments):
    wait()
    return take_plan_sheet(database, *arguments)


@pytest.mark.soak
def test_a_sheet_that_is_killed_before_any_statement_goes_on_where_it_was(database, database_url, sheet):
    taken = 0
    for statement in range(1, MANY):
        is_done = not killed_before(database_url, statement, take_plan_sheet, sheet, 2026, OFFICE)
        sizes, moves = planned(database)
        assert all(size == WHOLE for size in sizes.values())
        assert moves == 2 * len(sizes) and len(sizes) >= taken
        assert faults(database) == []
        taken = len(sizes)
        if is_done:
            assert taken == len(NUMBERS)
            return
    raise AssertionError("it never came to its end")
