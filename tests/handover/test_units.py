"""Units change: a name from a day on, a merger into a successor; what is past keeps the names and units of then."""

from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import select

from approvals.accounts.actions import create_unit
from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.accounts.appointments import actor_at, appointments_of
from approvals.accounts.inputs import NewName, NewUnit
from approvals.accounts.queries import UNIT, person, unit_names
from approvals.accounts.units import names_on, rename, unit_ids
from approvals.base.errors import Invalid, Refused
from approvals.casefile.time_accounting import approvals_by_time, city_time, read_period
from approvals.filing.queries import TABLE as PROJECTS
from approvals.handover.units import merge, merge_preview
from approvals.imports.feed import Feed
from approvals.programme.queries import tasks_of
from approvals.projects.programme_figures import year_figures
from approvals.reports.figures.compilation import compile_month
from approvals.reports.figures.oversight_model import OwedCounts
from approvals.supervision.orders.queries import ORDERS
from approvals.supervision.sweep import sweep
from approvals.windows.lists import count
from approvals.windows.queries import ApprovalFilter
from tests.support.builders import (
    APPROVAL_PATHS,
    NOW,
    START,
    a_database,
    a_project,
    an_actor,
    an_approval,
    an_owing,
    approval_row,
    do,
    entries,
    faults,
    head,
    project_row,
    walk,
    when,
    window,
)
from tests.support.programme_moves import ITEM_NO, ON, PLAN, an_item, item_row
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import Sight

TODAY = NOW.date()
OLD, NEW = "市发展改革委", "市发展和改革局"
OTHER = "市水利局"
DAY = timedelta(days=1)


def unit_id(tx, name):
    return unit_ids(tx)[name]


def renamed(tx, name=OLD, new=NEW, on=TODAY, now=NOW, name_en="Development and Reform Bureau"):
    values = NewName(name=new, name_en=name_en, from_on=on)
    rename(tx, unit_id(tx, name), values, by=an_actor(tx, "sysadmin1"), now=now)


def merged(tx, name=OLD, into=OTHER, now=NOW):
    merge(tx, unit_id(tx, name), unit_id(tx, into), by=an_actor(tx, "sysadmin1"), now=now)


def name_now(tx, unit):
    return tx.execute(select(UNIT.c.name).where(UNIT.c.id == unit)).scalar_one()


# Names.


def test_a_unit_has_another_name_from_a_day_on_and_is_found_by_both(database):
    with database.write() as tx:
        ref = an_approval(tx, "accepted")
        unit = unit_id(tx, OLD)
        renamed(tx)
        assert name_now(tx, unit) == NEW
        assert (names_on(tx, TODAY - DAY)[unit].name, names_on(tx, TODAY)[unit].name) == (OLD, NEW)
        assert unit_ids(tx)[OLD] == unit_ids(tx)[NEW] == unit
        assert unit_names(tx, [OLD])[OLD].name_en != ""
        centre = an_actor(tx, "centre1")
        for name in (OLD, NEW):
            assert count(tx, centre, ApprovalFilter(department=name), today=TODAY) > 0
        assert {entry.unit for entry in entries(tx, ref.partition("/")[0])} >= {OLD}
    assert faults(database) == []


def test_what_the_catalogue_calls_by_the_old_name_is_registered_at_the_unit(database):
    with database.write() as tx:
        renamed(tx)
        ref = a_project(tx, "registered", at=NOW - DAY)
        assert approval_row(tx, ref, "A01").department_id == unit_id(tx, NEW)
    assert faults(database) == []


def test_a_name_of_a_day_to_come_takes_effect_by_itself(database):
    later = NOW + 3 * DAY
    with database.write() as tx:
        unit = unit_id(tx, OLD)
        renamed(tx, on=later.date())
        assert name_now(tx, unit) == OLD
    sweep(database, NOW, lambda: later)
    with database.read() as tx:
        assert name_now(tx, unit) == NEW
    sweep(database, NOW - 30 * DAY, lambda: later)
    with database.read() as tx:
        assert name_now(tx, unit) == NEW
    assert faults(database) == []


@pytest.mark.parametrize(
    ("name", "on"), [(OTHER, TODAY), (OLD, TODAY), (NEW, date(1999, 1, 1)), ("", TODAY), ("市\x00局", TODAY)]
)
def test_a_name_is_its_own_and_no_other_units(database, name, on):
    with database.write() as tx, pytest.raises((Invalid, ValueError)):
        renamed(tx, new=name, on=on)


def test_no_unit_takes_a_name_that_another_had_and_no_renaming_goes_before_the_last(database):
    with database.write() as tx:
        renamed(tx)
        with pytest.raises(Invalid):
            create_unit(tx, NewUnit(name=OLD, kind="owner"), by=SYSTEM_ACTOR, now=NOW)
        with pytest.raises(Invalid):
            renamed(tx, OTHER, OLD)
        with pytest.raises(Invalid):
            renamed(tx, NEW, "市发改局", on=TODAY)
        renamed(tx, NEW, OLD, on=TODAY + DAY)  # its own old name it may take again


def test_a_line_of_before_is_recorded_under_the_name_of_then(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit",))
        renamed(tx, on=TODAY - 10 * DAY)
        assert actor_at(tx, "window-a01", START + DAY).unit == OLD
    line = {"id": "l1", "at": (START + DAY).isoformat(), "by": "window-a01", "move": "accept", "on": f"{ref}/A01"}
    assert [o.outcome for o in Feed(database, lambda: NOW).take([orjson.dumps(line)])] == ["done"]
    with database.read() as tx:
        assert [entry.unit for entry in entries(tx, ref) if entry.move == "accept"] == [OLD]


def test_the_figures_of_a_past_month_show_the_names_of_then(database):
    with database.write() as tx:
        an_approval(tx, "accepted")
        before = compile_month(tx, "2026-03")
        renamed(tx, on=TODAY - 5 * DAY)
        assert compile_month(tx, "2026-03") == before
        names = {line.label.zh for line in compile_month(tx, "2026-11").departments}
        assert NEW in names and OLD not in names
        renamed(tx, OTHER, "市水务局", on=date(2026, 3, 1))  # what nobody knew in March does not change its figures
        assert compile_month(tx, "2026-03") == before


# Mergers.


def test_a_merger_is_shown_before_it_is_made_and_moves_what_is_open(database):
    with database.write() as tx:
        ref = an_approval(tx, "accepted").partition("/")[0]
        done = an_approval(tx, "granted")
        do(tx, window("A01"), "deliver", done)
        do(tx, "office1", "issue", f"{ref}/A01/orders")
        do(tx, "office1", "issue", "orders")
        old, new = unit_id(tx, OLD), unit_id(tx, OTHER)
        preview = merge_preview(tx, old, new)
        assert (preview.people, preview.orders, preview.obstacle) == (2, 2, "")
        merged(tx)
        moved = sum(entry.move == "change_unit" and entry.subject == "approval" for entry in all_entries(tx, ref, done))
        assert moved == preview.approvals
        assert approval_row(tx, ref, "A01").department_id == new
        assert approval_row(tx, *done.split("/")).department_id == old  # delivered: it stays with who did it
        assert set(tx.execute(select(ORDERS.c.department_id)).scalars()) == {new}
        assert unit_ids(tx)[OLD] == new
    assert faults(database) == []


def all_entries(tx, *refs):
    return [entry for ref in refs for entry in entries(tx, ref.partition("/")[0])]


def test_the_people_go_along_in_their_roles_and_go_on_with_the_work(database):
    with database.write() as tx:
        on, done = an_approval(tx, "accepted"), an_approval(tx, "granted")
        do(tx, window("A01"), "deliver", done)
        merged(tx)
        clerk = an_actor(tx, "window-a01")
        assert (clerk.unit, clerk.roles) == (OTHER, {"window"})
        assert [view.unit.name for view in appointments_of(tx, person(tx, "window-a01").id)] == [OTHER, OLD]
        centre = count(tx, clerk, ApprovalFilter(states=("accepted",)), today=TODAY)
        assert centre == 1
        do(tx, window("A05"), "grant", on, at=NOW)
        with pytest.raises(Refused):
            do(tx, clerk, "grant", done, at=NOW)  # seen still, and decided
    assert faults(database) == []


def test_new_projects_of_the_old_catalogue_come_to_the_successor(database):
    with database.write() as tx:
        merged(tx, now=NOW - DAY)
        ref = a_project(tx, "registered", at=NOW - timedelta(hours=1))
        assert approval_row(tx, ref, "A01").department_id == unit_id(tx, OTHER)
    assert faults(database) == []


def test_an_owner_unit_and_a_joint_unit_are_taken_over(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        closed = a_project(tx, "withdrawn")
        do(tx, "office1", "manage_jointly", ref, {"first_unit": OLD, "second_unit": OTHER, "reason": "两家共管"})
        with pytest.raises(Refused):
            merged(tx)
        merged(tx, "市教育局", "市住房城乡建设局")
        owner = an_actor(tx, "owner1")
        assert project_row(tx, ref).owner_unit_id == owner.unit_id == unit_id(tx, "市住房城乡建设局")
        assert project_row(tx, closed).owner_unit_id in owner.units
        merged(tx, OLD, "市自然资源局")
        joint = project_row(tx, ref)
        assert (joint.joint_first_id, joint.joint_second_id) == (unit_id(tx, "市自然资源局"), unit_id(tx, OTHER))
    assert faults(database) == []


def test_figures_of_before_a_merger_stay_with_the_former_unit(database):
    with database.write() as tx:
        an_approval(tx, "accepted", at=when("2026-03-02"))
        on = an_approval(tx, "accepted", at=when("2026-03-03"))
        do(tx, "office1", "issue", f"{on.partition('/')[0]}/A01/orders", at=when("2026-03-05"))
        an_owing(tx)
    sweep(database, when("2026-10-31"), lambda: NOW)
    with database.write() as tx:
        before = [compile_month(tx, month) for month in ("2026-03", "2026-10")]
        merged(tx)
        merged(tx, "市生态环境局")
        assert [compile_month(tx, month) for month in ("2026-03", "2026-10")] == before
    assert faults(database) == []


def test_what_was_owed_to_a_merged_unit_counts_with_its_successor_from_that_month_on(database):
    with database.write() as tx:
        owing = an_owing(tx, until="2026-03-31", at=when("2026-03-09"))
        merged(tx, "市生态环境局", now=when("2026-03-20"))
    sweep(database, when("2026-04-02", "01:00"), lambda: NOW)
    with database.write() as tx:
        merged(tx, OTHER, "市自然资源局", now=when("2026-05-10"))
        do(tx, "owner1", "supply_owed", owing, at=when("2026-05-11"))
        assert [owed_to(tx, month) for month in ("2026-03", "2026-04", "2026-05")] == [OTHER, OTHER, "市自然资源局"]


def owed_to(tx, month):
    """The one department with anything owed in this month."""
    [name] = [line.label.zh for line in compile_month(tx, month).owed.departments if line.now != OwedCounts()]
    return name


@pytest.mark.parametrize("into", ["市政务服务中心", "市教育局", OLD])
def test_a_unit_goes_only_into_another_of_its_kind_that_stands(database, into):
    with database.write() as tx, pytest.raises(Invalid):
        merged(tx, OLD, into)


def test_a_merged_unit_is_changed_no_more_and_one_merged_twice_leads_to_the_last(database):
    with database.write() as tx:
        old = unit_id(tx, OLD)
        merged(tx)
        with pytest.raises(Refused):
            rename(tx, old, NewName(name=NEW, from_on=TODAY), by=an_actor(tx, "sysadmin1"), now=NOW)
        merged(tx, OTHER, "市自然资源局")
        assert unit_ids(tx)[OLD] == unit_id(tx, "市自然资源局")
        assert old in an_actor(tx, head("A05")).units
    assert faults(database) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE approvals SET department_id = 1 WHERE code = 'A01'",
        "UPDATE units SET name = 'x' WHERE former_ids <> ''",
        "UPDATE units SET former_ids = ''",
    ],
)
def test_verify_names_a_merger_that_the_record_does_not_tell(database_url, change):
    database = a_database(database_url)
    with database.write() as tx:
        an_approval(tx, "accepted")
        merged(tx)
        renamed(tx, OTHER, "市水务局")
        tx.exec_driver_sql(change)
    assert any(fault.startswith("no_responsibility_points_at_nobody") for fault in faults(database))
    database.close()


def test_time_accounts_of_a_past_month_stay_with_the_department_and_the_name_of_then(database):
    with database.write() as tx:
        an_approval(tx, "accepted", at=when("2026-03-02"))
        centre, march = an_actor(tx, "centre1"), read_period("2026-03", TODAY)
        before = city_time(tx, centre, march)
        merged(tx)
        renamed(tx, OTHER, "市水务局")
        assert city_time(tx, centre, march) == before
        assert [line.department.name for line in before.departments] == [OLD]
        assert len(approvals_by_time(tx, centre, march, OLD, today=TODAY).rows) == 1
        assert approvals_by_time(tx, centre, march, OTHER, today=TODAY).rows == []
        november = city_time(tx, centre, read_period("2026-11", TODAY))
        assert [line.department.name for line in november.departments] == ["市水务局"]


def test_equal_references_of_both_owners_are_told_apart(database):
    with database.write() as tx:
        a_project(tx, "filed", ref="same-1", owner="owner2")
        a_project(tx, "filed", ref="same-1x")
        tx.exec_driver_sql("UPDATE projects SET external_ref = 'same-1', reference_key = 'same-1' WHERE id = 2")
        merged(tx, "市教育局", "市住房城乡建设局")
        unit = unit_id(tx, "市教育局")
        references = select(PROJECTS.c.external_ref).where(PROJECTS.c.owner_unit_id == unit).order_by(PROJECTS.c.id)
        first, second = tx.execute(references).scalars()
        assert (first, second.startswith("same-1-")) == ("same-1", True)
    assert faults(database) == []


def test_the_successor_leads_the_items_and_has_the_tasks_and_past_figures_stay(database):
    """A node that the approval of a project reached counts on, whichever of the two units closed the project."""
    own = {"code": "city", "unit": "市教育局", "person": "owner1"}
    nodes = [{"name": "立项", "task": "city", "planned_on": "2026-03-31", "approval": "A01"}]
    plan = {"tasks": [own, PLAN["tasks"][0]], "nodes": nodes, "indicators": [], "funds": []}
    with database.write() as tx:
        an_item(tx, "under_way", day="2026-01-05", **plan)
        project = a_project(tx, "registered", item_no=ITEM_NO)
        walk(tx, project, "A01", APPROVAL_PATHS["granted"])
        merged(tx, "市教育局", "市住房城乡建设局")
    with database.write() as tx:
        row, lead = item_row(tx), unit_id(tx, "市住房城乡建设局")
        assert row.lead_unit_id == lead
        assert [task.unit_id for task in tasks_of(tx, row.id)] == [lead, unit_id(tx, "东区")]
        day = date(2026, 11, 1)
        figures = year_figures(tx, 2026, an_actor(tx, "owner2"), Sight(day, day), ProgrammeRules())
        assert (figures.nodes.due, figures.nodes.reached) == (1, 1)
        after = NOW + timedelta(minutes=1)
        do(tx, "owner1", "report", f"{ON}/city/2026-11", {}, at=after, now=after)
        do(tx, "owner2", "confirm", f"{ON}/city/2026-11", {}, at=after, now=after)


def test_a_merged_window_keeps_its_handlers(database):
    with database.write() as tx:
        ref = an_approval(tx, "accepted")
        do(tx, "window-a01", "take", ref)
        actor = an_actor(tx, "window-a01")
        merge(tx, actor.unit_id, an_actor(tx, "window-a02").unit_id, by=an_actor(tx, "sysadmin1"), now=NOW)
        row = approval_row(tx, *ref.split("/"))
        assert (row.handler_id, row.handler_left_at) == (actor.id, None)
        assert row.department_id == an_actor(tx, "window-a02").unit_id
