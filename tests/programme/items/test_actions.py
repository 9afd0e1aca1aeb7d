"""Moves of an item: who may make them, and what is refused at which field."""

import pytest
from sqlalchemy import func, select

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused, Stale
from approvals.history.commands import Command
from approvals.history.record import NOTICE
from approvals.moves import execute, read_reference
from approvals.programme.items.in_use import ask_in_use, due_questions
from approvals.programme.queries import ITEMS, TASKS
from tests.support.builders import NOW, an_actor, do, when
from tests.support.programme_moves import (
    EAST,
    FINANCE,
    LEAD,
    OFFICE,
    ON,
    PLAN,
    REPORTER,
    ROADS,
    SUSPENSION,
    an_item,
    cells,
    confirmed,
    item_row,
)

LATER = when("2026-03-03")


def faults_of(tx, by, move, given, *, on=ON, at=LATER):
    """The paths of the fields that are wrong; nothing is changed."""
    before = (
        tx.execute(select(func.count()).select_from(TASKS)).scalar_one(),
        [tuple(row) for row in tx.execute(select(ITEMS))],
    )
    with pytest.raises(Invalid) as refused:
        do(tx, by, move, on, given, at=at)
    assert (
        tx.execute(select(func.count()).select_from(TASKS)).scalar_one(),
        [tuple(row) for row in tx.execute(select(ITEMS))],
    ) == before
    return set(refused.value.fields)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lead_unit", "不存在的局"),
        ("category", "不存在的类别"),
        ("level", "village"),
        ("kind", "road"),
        ("name", ""),
        ("planned_10k_yuan", "1.234"),
        ("planned_10k_yuan", "-1"),
        ("planned_10k_yuan", "1000000000"),
        ("finishes_on", "2025-12-31"),
        ("starts_on", "2026-02-30"),
        ("colour", "red"),
    ],
)
def test_propose_names_the_field_that_is_wrong(database, field, value):
    with database.write() as tx:
        assert faults_of(tx, OFFICE, "propose", ROADS | {field: value}) == {field}


def test_propose_takes_a_number_once_a_year(database):
    with database.write() as tx:
        an_item(tx, "proposed")
        assert faults_of(tx, OFFICE, "propose", ROADS) == {"item_no"}
        do(tx, OFFICE, "propose", "programme/2027/901", ROADS, at=LATER)


def test_propose_is_the_offices_or_the_lead_units(database):
    with database.write() as tx:
        do(tx, LEAD, "propose", ON, ROADS, at=LATER)
        for by in ("owner2", REPORTER, FINANCE, "centre1", "leader1", "window-a01", "sysadmin1"):
            with pytest.raises(Forbidden):
                do(tx, by, "propose", f"{ON}a", ROADS, at=LATER)


ONE_TASK = PLAN["tasks"][0]
A_NODE = {"name": "开工", "task": EAST, "planned_on": "2026-04-30"}


@pytest.mark.parametrize(
    ("part", "rows", "path"),
    [
        ("tasks", [ONE_TASK | {"unit": "不存在的县"}], "tasks.0.unit"),
        ("tasks", [ONE_TASK | {"person": "nobody"}], "tasks.0.person"),
        ("tasks", [ONE_TASK | {"reporter": "nobody"}], "tasks.0.reporter"),
        ("tasks", [ONE_TASK | {"code": "510499"}], "tasks.0.code"),
        ("tasks", [ONE_TASK | {"rhythm": "weekly"}], "tasks.0.rhythm"),
        ("tasks", [ONE_TASK, ONE_TASK], "tasks.1.code"),
        ("tasks", [{"code": EAST, "unit": "东区"}], "tasks.0.person"),
        ("tasks", [], "tasks"),
        ("indicators", [{"name": "里程", "targets": {EAST: 1}}], "indicators.0.unit"),
        ("indicators", [{"name": "里程", "unit": "", "targets": {EAST: 1}}], "indicators.0.unit"),
        ("indicators", [{"name": "里程", "unit": "公里", "targets": {"510403": 1}}], "indicators.0.targets.510403"),
        ("indicators", [{"name": "里程", "unit": "公里", "targets": {EAST: "1.5"}}], f"indicators.0.targets.{EAST}"),
        ("indicators", [{"name": "里程", "unit": "公里", "targets": {EAST: -1}}], f"indicators.0.targets.{EAST}"),
        ("nodes", [A_NODE | {"task": "510403"}], "nodes.0.task"),
        ("nodes", [A_NODE, A_NODE], "nodes.1.name"),
        ("nodes", [A_NODE | {"approval": "Z99"}], "nodes.0.approval"),
        ("nodes", [A_NODE | {"after": "立项"}], "nodes.0.after"),
        (
            "nodes",
            [A_NODE, {"name": "竣工", "task": EAST, "planned_on": "2026-04-29", "after": "开工"}],
            "nodes.1.planned_on",
        ),
        ("funds", [{"source": "lottery", "task": EAST, "planned_10k_yuan": 1}], "funds.0.source"),
        ("funds", [{"source": "city", "task": EAST, "planned_10k_yuan": "0.001"}], "funds.0.planned_10k_yuan"),
        ("funds", [{"source": "city", "task": EAST, "planned_10k_yuan": "-1"}], "funds.0.planned_10k_yuan"),
        ("funds", [{"source": "city", "task": EAST, "planned_10k_yuan": 10**9}], "funds.0.planned_10k_yuan"),
        (
            "funds",
            [
                {"source": "city", "task": EAST, "planned_10k_yuan": 1},
                {"source": "city", "task": EAST, "planned_10k_yuan": 1},
            ],
            "funds.1.source",
        ),
    ],
)
def test_assign_names_the_cell_that_is_wrong(database, part, rows, path):
    plan = {"tasks": [ONE_TASK], part: rows}
    with database.write() as tx:
        an_item(tx, "proposed")
        assert faults_of(tx, LEAD, "assign", plan) == {path}


def test_assign_names_all_that_is_wrong_at_once(database):
    plan = {
        "tasks": [ONE_TASK | {"unit": "不存在的县"}, PLAN["tasks"][1] | {"person": "nobody"}],
        "nodes": [A_NODE | {"task": "city"}],
    }
    with database.write() as tx:
        an_item(tx, "proposed")
        assert faults_of(tx, LEAD, "assign", plan) == {"tasks.0.unit", "tasks.1.person", "nodes.0.task"}


def test_assign_refuses_fund_lines_that_do_not_sum_to_the_item(database):
    with database.write() as tx:
        do(tx, OFFICE, "propose", ON, ROADS | {"planned_10k_yuan": "800"}, at=LATER)
        assert faults_of(tx, LEAD, "assign", PLAN) == {"funds"}
        do(
            tx,
            LEAD,
            "assign",
            ON,
            PLAN | {"funds": [{"source": "city", "task": EAST, "planned_10k_yuan": 800}]},
            at=LATER,
        )


def test_adopt_needs_a_task_and_works_a_node(database):
    with database.write() as tx:
        do(tx, OFFICE, "propose", ON, ROADS, at=LATER)
        with pytest.raises(Refused, match="responsible person"):
            do(tx, OFFICE, "adopt", ON, {}, at=LATER)
        do(tx, OFFICE, "assign", ON, {"tasks": PLAN["tasks"]}, at=LATER)
        with pytest.raises(Refused, match="time node"):
            do(tx, OFFICE, "adopt", ON, {}, at=LATER)


@pytest.mark.parametrize(
    ("by", "state", "move", "given"),
    [
        (LEAD, "proposed", "adopt", {}),
        (REPORTER, "proposed", "assign", PLAN),
        (OFFICE, "adopted", "begin", {}),
        (FINANCE, "adopted", "begin", {}),
        (OFFICE, "adopted", "hand_over", {"task": EAST, "person": "owner1", "note": "调岗"}),
        (REPORTER, "adopted", "replan", {"nodes": [A_NODE], "cause": "land", "reason": "用地"}),
        (LEAD, "adopted", "suspend", SUSPENSION),
        (LEAD, "suspended", "resume", {"reason": "政策已明确"}),
        (OFFICE, "under_way", "claim_done", {"finished_on": "2026-03-01", "note": "已完工"}),
        (LEAD, "claimed", "verify_done", {"note": "属实"}),
        (LEAD, "claimed", "reject_done", {"note": "不属实"}),
        (LEAD, "adopted", "drop", {"reason": "不做了"}),
    ],
)
def test_moves_are_forbidden_to_whom_they_are_not(database, by, state, move, given):
    with database.write() as tx:
        an_item(tx, state)
        with pytest.raises(Forbidden):
            do(tx, by, move, ON, given, at=LATER)


def test_an_item_does_not_exist_for_an_outsider(database):
    with database.write() as tx:
        an_item(tx)
        for by in ("owner2", "county-510403", "window-a01", "sysadmin1"):
            with pytest.raises(NotFound):
                do(tx, by, "begin", ON, {}, at=LATER)


def test_a_version_that_is_not_the_one_that_stands_is_stale(database):
    with database.write() as tx:
        an_item(tx)
        version = item_row(tx).version
        with pytest.raises(Stale):
            do(tx, LEAD, "begin", ON, {}, at=LATER, version=version - 1)
        do(tx, LEAD, "begin", ON, {}, at=LATER, version=version)


@pytest.mark.parametrize("day", ["2026-03-03", "2026-06-04", "2026-03-01"])
def test_suspend_is_reviewed_within_a_quarter(database, day):
    with database.write() as tx:
        an_item(tx)
        assert faults_of(tx, OFFICE, "suspend", SUSPENSION | {"review_on": day}) == {"review_on"}


@pytest.mark.parametrize(
    ("given", "path"),
    [({"task": "510403"}, "task"), ({"person": "nobody"}, "person"), ({"person": REPORTER}, "person")],
)
def test_hand_over_names_the_field_that_is_wrong(database, given, path):
    with database.write() as tx:
        an_item(tx)
        assert faults_of(tx, LEAD, "hand_over", {"task": EAST, "person": "owner2", "note": "调岗"} | given) == {path}


def test_claim_done_says_what_is_not_met(database):
    claim = {"finished_on": "2026-06-30", "note": "其余纳入明年计划"}
    with database.write() as tx:
        an_item(tx)
        confirmed(tx, given=cells("12.0", nodes=[{"name": "开工", "reached_on": "2026-05-04"}]))
        assert faults_of(tx, LEAD, "claim_done", claim | {"finished_on": "2027-01-01"}, at=when("2026-07-01")) == {
            "finished_on"
        }
        result = do(tx, LEAD, "claim_done", ON, claim, at=when("2026-07-01"))
        assert [warning.params for warning in result.warnings] == [{"count": 2}]  # 里程 of the other county, 竣工


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({}, {"day_reason", "scope_reason"}),
        ({"final_10k_yuan": "900"}, {"day_reason", "scope_reason", "money_reason"}),
        (
            {"finished_on": "2026-06-30", "day_reason": "提前", "scope_reason": "纳入明年", "final_10k_yuan": "800.50"},
            set(),
        ),
    ],
)
def test_claim_done_asks_why_day_money_and_scope_differ(database, given, faults):
    """Whoever can be asked; the plan is of 800.50, to be finished by the end of the year."""
    claim = {"finished_on": "2026-06-30", "note": "已完工"} | given
    with database.write() as tx:
        an_item(tx, "under_way")
        reference, actor = read_reference(ON, "claim_done"), an_actor(tx, LEAD)
        command = Command("claim_done", reference, claim, actor, NOW, at=when("2026-07-01"), confirmed=True)
        if faults:
            with pytest.raises(Invalid) as refused:
                execute(tx, command)
            assert set(refused.value.fields) == faults
        else:
            execute(tx, command)


def test_works_are_asked_after_six_and_twelve_months_whether_they_are_in_use(database):
    def due(day):
        return due_questions(tx, when(day).date())

    with database.write() as tx:
        an_item(tx, "claimed")
        do(tx, OFFICE, "verify_done", ON, {"note": "属实"}, at=when("2026-03-31"))
        [item_id] = due("2026-09-30")
        assert due("2026-09-29") == []
        with pytest.raises(Refused, match="six and twelve"):
            do(tx, LEAD, "state_in_use", ON, {"in_use": "in_use", "note": "已使用"}, at=when("2026-04-02"))
        for _ in range(2):
            ask_in_use(tx, item_id, when("2026-10-05").date(), NOW)
        assert item_row(tx).in_use_asked == 1
        assert due("2027-03-30") == [] and due("2027-03-31") == [item_id]
        do(tx, LEAD, "state_in_use", ON, {"in_use": "not_in_use", "note": "管网未接"}, at=when("2026-10-08"))
        do(tx, OFFICE, "reopen", ON, {"reason": "尚未投入使用"}, at=when("2026-10-09"))
        assert due("2028-01-01") == []
        notices = tx.execute(select(NOTICE.c.move, NOTICE.c.audience).where(NOTICE.c.move.like("%in_use"))).all()
        assert [tuple(row) for row in notices] == [
            ("item.ask_in_use", "owner"),
            ("item.state_in_use", "supervision_office"),
        ]


@pytest.mark.parametrize("key", ["programme/2026/902", "programme/2026/九", "programme/2026/901 "])
def test_what_is_no_item_is_not_found(database, key):
    with database.write() as tx:
        an_item(tx)
        with pytest.raises(NotFound):
            do(tx, OFFICE, "adopt", key, {}, at=LATER)
