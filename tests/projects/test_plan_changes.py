"""The service centre strikes an approval from a plan, or adds one; what follows, and what of the past stays."""

from datetime import date

import orjson
import pytest
from sqlalchemy import select, update

from approvals.base.errors import Forbidden, Invalid, Refused
from approvals.casefile.forecast import project_forecasts
from approvals.casefile.queries import plan
from approvals.history.record import NOTICE
from approvals.registration.queries import APPROVALS, prerequisites
from approvals.reports.figures.compilation import compile_month
from approvals.supervision.sweep import sweep
from tests.support.builders import (
    APPROVAL_PATHS,
    NOW,
    a_database,
    a_project,
    an_actor,
    approval_row,
    do,
    entries,
    escalation_rows,
    faults,
    project_row,
    walk,
    when,
)
from workflows.charts.approval import APPROVAL
from workflows.config.catalogue import load_catalogue

GROUND = {"ground": "川府发〔2026〕3号"}
STRIKABLE = [state for state in APPROVAL_PATHS if state not in ("granted", "refused")]


def strike(tx, ref, code, **more):
    return do(tx, "centre1", "strike_approval", ref, {"code": code} | GROUND, **more)


def add(tx, ref, code, **more):
    return do(tx, "centre1", "add_approval", ref, {"code": code} | GROUND, **more)


def registered(town, *granted):
    with town.write() as tx:
        ref = a_project(tx, "registered", planned_start_on="2026-03-03", planned_finish_on="2026-03-03")
        for code in granted:
            walk(tx, ref, code, APPROVAL_PATHS["granted"])
    return ref


def states(tx, ref, *codes):
    return [approval_row(tx, ref, code).state for code in codes]


def facts_of(tx, ref, move):
    return [orjson.loads(entry.facts) for entry in entries(tx, ref) if entry.move == move][-1]


@pytest.mark.parametrize("state", STRIKABLE)
def test_an_approval_is_struck_from_every_state_but_a_decision_that_stands(town, state):
    ref = registered(town)
    with town.write() as tx:
        walk(tx, ref, "A01", APPROVAL_PATHS[state])
        strike(tx, ref, "A01")
        row = approval_row(tx, ref, "A01")
        audience = select(NOTICE.c.audience).where(NOTICE.c.approval_id == row.id, NOTICE.c.move == "approval.strike")
        told = set(tx.execute(audience.order_by(NOTICE.c.id)).scalars())
        facts = facts_of(tx, ref, "strike_approval")
    assert (row.state, row.struck_ground, row.due_on) == ("struck", GROUND["ground"], None)
    assert told == {"owner", "liaison", "window"}
    assert (facts["was"], facts["freed"]) == (state, ["A02", "A03", "A04", "A05", "A06", "A07"])


def test_what_waited_for_it_alone_opens_and_the_rest_goes_on_waiting(town):
    ref = registered(town, "A01", "A02", "A04")
    with town.write() as tx:
        strike(tx, ref, "A06")
        assert states(tx, ref, "A07", "A08") == ["ready", "waiting"]
        strike(tx, ref, "A09")
        assert "A09" not in prerequisites(approval_row(tx, ref, "C05"))
        assert states(tx, ref, "B03") == ["waiting"]


def test_a_refusal_is_struck_once_it_is_delivered_and_keeps_the_days_of_its_decision(town):
    ref = registered(town)
    with town.write() as tx:
        walk(tx, ref, "A01", APPROVAL_PATHS["refused"], at=when("2026-03-03"))
    with pytest.raises(Refused), town.write() as tx:
        strike(tx, ref, "A01")
    with town.write() as tx:
        do(tx, "window-a01", "deliver", f"{ref}/A01", {})
        before = approval_row(tx, ref, "A01")
        strike(tx, ref, "A01", at=when("2026-04-03"))
        after = approval_row(tx, ref, "A01")
    kept = ("decided_on", "used_days", "delivered_on", "accepted_on")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


@pytest.mark.parametrize("code", ["A01", "B07", "X99"])
def test_what_is_granted_or_not_planned_cannot_be_struck(town, code):
    ref = registered(town, "A01")
    with pytest.raises((Refused, Invalid)), town.write() as tx:
        strike(tx, ref, code)


def test_the_last_approval_of_a_plan_stays_and_a_struck_one_is_not_struck_twice(town):
    ref = registered(town)
    with town.write() as tx:
        codes = (
            tx.execute(
                select(APPROVALS.c.code)
                .where(APPROVALS.c.project_id == project_row(tx, ref).id)
                .order_by(APPROVALS.c.code)
            )
            .scalars()
            .all()
        )
        for code in codes[1:]:
            strike(tx, ref, code)
    for code in codes[:2]:
        with pytest.raises(Refused), town.write() as tx:
            strike(tx, ref, code)


def test_a_project_is_completed_when_the_last_approval_that_is_left_is_struck(town):
    with town.write() as tx:
        ref = a_project(tx, "registered")
        strike(tx, ref, "D07")
        finish_all_but(tx, ref, "C06")
        assert project_row(tx, ref).state == "registered"
        assert strike(tx, ref, "C06").state == "completed"
        assert project_row(tx, ref).state == "completed"


def finish_all_but(tx, ref, *left):
    """Every approval but these, and those that are struck, is granted; the works are completed."""
    do(tx, "owner1", "finish_works", ref)
    codes = [row.code for row in rows_of(tx, ref) if row.code not in left and row.state != "struck"]
    while todo := [code for code in codes if approval_row(tx, ref, code).state == "ready"]:
        for code in todo:
            walk(tx, ref, code, APPROVAL_PATHS["granted"])


def rows_of(tx, ref):
    own = APPROVALS.c.project_id == project_row(tx, ref).id
    return tx.execute(select(APPROVALS).where(own).order_by(APPROVALS.c.code)).all()


def test_plan_path_and_forecast_go_without_it(town):
    ref = registered(town)
    today = date(2026, 3, 3)
    with town.write() as tx:
        by = an_actor(tx, "office1")
        before = plan(tx, ref, by, today)
        was = project_forecasts(tx, before, today)
        struck = before.critical_path.codes[1]
        strike(tx, ref, struck, at=when("2026-03-03"))
        after = plan(tx, ref, by, today)
        now = project_forecasts(tx, after, today)
    assert struck not in after.critical_path.codes
    assert struck not in now.promised.expected
    assert not now.promised.blocked
    assert after.critical_path.days <= before.critical_path.days
    assert now.promised.complete_on <= was.promised.complete_on


def test_escalations_of_a_struck_approval_are_closed_and_none_is_raised_any_more(database):
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        walk(tx, ref, "A01", APPROVAL_PATHS["accepted"], at=when("2026-03-02", "10:00"))
    sweep(database, when("2026-03-11"), lambda: NOW)
    with database.write() as tx:
        assert [row.state for row in escalation_rows(tx, ref, "A01")] == ["raised", "raised"]
        strike(tx, ref, "A01", at=when("2026-03-11", "15:00"))
    sweep(database, when("2026-06-01"), lambda: NOW)
    with database.read() as tx:
        assert [row.state for row in escalation_rows(tx, ref, "A01")] == ["closed", "closed"]
        assert [e.at for e in entries(tx, ref) if e.move == "close"] == [when("2026-03-11", "15:00")] * 2


def test_an_added_approval_waits_for_what_is_planned_and_what_still_waits_waits_for_it(town):
    ref = registered(town, "A01")
    with town.write() as tx:
        add(tx, ref, "B07")
        row, facts = approval_row(tx, ref, "B07"), facts_of(tx, ref, "add_approval")
        assert (row.state, prerequisites(row)) == ("waiting", ("A02",))
        assert "B07" in prerequisites(approval_row(tx, ref, "C05"))
        assert (facts["requires"], facts["required_by"]) == (["A02"], ["C05"])
        add(tx, ref, "D05")  # C04, which it needs as well, is not planned
        assert prerequisites(approval_row(tx, ref, "D05")) == ("C05",)
    with pytest.raises(Refused), town.write() as tx:
        add(tx, ref, "B07")
    with pytest.raises(Invalid), town.write() as tx:
        add(tx, ref, "X99")


def test_one_that_needs_nothing_more_is_ready_and_what_is_open_goes_on_without_it(town):
    ref = registered(town, "A01")
    with town.write() as tx:
        strike(tx, ref, "A02")
        add(tx, ref, "B07")
        assert states(tx, ref, "B07") == ["ready"]
        strike(tx, ref, "A04")
        strike(tx, ref, "A06")
        assert states(tx, ref, "A07") == ["ready"]
        add(tx, ref, "A04")
        assert states(tx, ref, "A07", "A04") == ["ready", "ready"]
        assert "A04" not in prerequisites(approval_row(tx, ref, "A07"))


def test_what_was_struck_comes_back_in_a_new_round_as_if_it_were_planned_now(town):
    ref = registered(town, "A01")
    with town.write() as tx:
        walk(
            tx,
            ref,
            "A02",
            ("submit", "notify_once"),
            given={"items": [dict.fromkeys(("material", "problem", "remedy"), "x")]},
        )
        strike(tx, ref, "A02")
        add(tx, ref, "A02")
        row = approval_row(tx, ref, "A02")
        assert (row.state, row.round, row.struck_ground, row.received_on) == ("ready", 2, None, None)
        assert "A02" in prerequisites(approval_row(tx, ref, "A07"))
        walk(
            tx,
            ref,
            "A02",
            ("submit", "notify_once"),
            given={"items": [dict.fromkeys(("material", "problem", "remedy"), "x")]},
        )


def test_a_project_with_what_was_added_and_struck_is_completed_in_the_end(town):
    with town.write() as tx:
        ref = a_project(tx, "registered")
        for code in ("B05", "C04", "D05"):
            add(tx, ref, code)
        for code in ("A06", "D04", "C06"):
            strike(tx, ref, code)
        finish_all_but(tx, ref)
        assert project_row(tx, ref).state == "completed"
        assert set(states(tx, ref, "B05", "C04", "D05")) == {"granted"}


@pytest.mark.parametrize("by", ["owner1", "office1", "liaison1"])
def test_nobody_but_the_service_centre_changes_a_plan(town, by):
    ref = registered(town)
    for move in ("add_approval", "strike_approval"):
        with pytest.raises(Forbidden), town.write() as tx:
            do(tx, by, move, ref)


def test_figures_of_the_months_before_stay_as_they_were(database):
    with database.write() as tx:
        ref = a_project(tx, "filed", at=when("2026-03-02"))
        marks = {"category": "教育助学", "key": True, "urgent": False, "practical_matter": False}
        do(tx, "office1", "classify", ref, marks)
        do(tx, "centre1", "register", ref)
        walk(tx, ref, "A01", APPROVAL_PATHS["accepted"], at=when("2026-03-03"))
    with database.read() as tx:
        before = compile_month(tx, "2026-03")
    with database.write() as tx:
        strike(tx, ref, "A01", at=when("2026-04-02"))
        strike(tx, ref, "C06", at=when("2026-04-02", "11:00"))
        add(tx, ref, "B07", at=when("2026-04-03"))
        add(tx, ref, "C06", at=when("2026-05-04"))
    with database.read() as tx:
        assert compile_month(tx, "2026-03") == before
        planned = [compile_month(tx, month).key_projects[0].planned for month in ("2026-03", "2026-04", "2026-05")]
    assert planned == [24, 23, 24]


def test_a_plan_changed_past_the_product_is_named(make_database):
    database = a_database(make_database("sqlite"))
    with database.write() as tx:
        ref = a_project(tx, "registered")
        strike(tx, ref, "A06")
        tx.execute(update(APPROVALS).where(APPROVALS.c.code == "A06").values(struck_ground="别的"))
        tx.execute(update(APPROVALS).where(APPROVALS.c.code == "D07").values(code="B07"))
    named = {fault.partition(":")[0] for fault in faults(database)}
    database.close()
    assert {"struck_by_the_record", "plans_follow_from_history"} <= named


def test_each_item_of_the_catalogue_is_struck_and_added_again(town):
    """Whatever is struck from the plan and taken in again, nothing is lost: the project can be completed."""
    ref = registered(town)
    with town.write() as tx:
        for code in list(load_catalogue().items)[1:]:
            if code in {row.code for row in rows_of(tx, ref)}:
                strike(tx, ref, code)
            add(tx, ref, code)
        finish_all_but(tx, ref)
        assert project_row(tx, ref).state == "completed"
    assert APPROVAL.state("struck").is_final
