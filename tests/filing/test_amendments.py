"""A registered project's filing is changed by two people: the owner proposes, centre or office confirms."""

from dataclasses import replace

import orjson
import pytest
from sqlalchemy import update

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused, Stale
from approvals.filing.amendments import AT_ONCE, FIELDS, FIXED
from approvals.filing.queries import TABLE
from approvals.history.queries import own_entries_of_project
from approvals.history.timeline import describe
from approvals.reports.figures.compilation import compile_month
from tests.support.builders import (
    FURTHER,
    a_database,
    a_project,
    a_ref,
    an_actor,
    do,
    entries,
    faults,
    project_row,
    when,
)

WHY = {"reason": "立项批复有调整"}
NEW = {
    "name": "新建小学及操场",
    "category": "医疗卫生",
    "county": "西区",
    "planned_10k_yuan": "2000",
    "answers": {"occupies_road": True},
    "item_no": "ms-001",
    **{name: value for name, value in FURTHER.items() if name != "funding"},
    "project_code": "2604-510400-04-01-123456",
    "planned_start_on": "2026-06-01",
    "planned_finish_on": "2027-05-31",
}
ADDS_UP = {"funding"}  # changes with the planned investment, or to the same sum


def propose(town, changes=NEW, **more):
    with town.write() as tx:
        ref = a_project(tx, "registered", **more)
        do(tx, "owner1", "amend", ref, changes | WHY)
    return ref


def row_of(town, ref):
    with town.read() as tx:
        return project_row(tx, ref)


def facts_of(town, ref, move):
    with town.read() as tx:
        return [orjson.loads(entry.facts) for entry in entries(tx, ref) if entry.move == move][-1]


@pytest.mark.parametrize("name", sorted(NEW))
@pytest.mark.parametrize("by", ["centre1", "office1"])
def test_what_others_rely_on_takes_effect_when_it_is_confirmed(town, name, by):
    ref = propose(town, {name: NEW[name]})
    before = row_of(town, ref)
    assert before.amendment_seq is not None
    with town.write() as tx:
        do(tx, by, "confirm_amendment", ref)
    after = row_of(town, ref)
    assert after.amendment_seq is None
    facts = facts_of(town, ref, "confirm_amendment")
    assert facts["entry"] == before.amendment_seq
    assert facts[name] != facts["before"][name]
    assert str(getattr(after, name)) != str(getattr(before, name))


def test_an_own_reference_takes_effect_at_once_and_can_be_no_other_projects(town):
    taken, mine = a_ref(), a_ref()
    with town.write() as tx:
        a_project(tx, "filed", ref=taken)
        ref = a_project(tx, "registered")
        moved = do(tx, "owner1", "amend", ref, {"external_ref": mine} | WHY)
        row = project_row(tx, mine)
    assert (row.amendment_seq, row.external_ref, moved.ref) == (None, mine, row.number)
    with pytest.raises(Invalid), town.write() as tx:
        do(tx, "owner1", "amend", mine, {"external_ref": taken} | WHY)


def test_a_reference_that_was_taken_meanwhile_is_refused_to_whoever_confirms(town):
    wanted = a_ref()
    ref = propose(town, {"external_ref": wanted, "name": "另名"})
    with town.write() as tx:
        a_project(tx, "drafted", ref=wanted)
    with pytest.raises(Invalid), town.write() as tx:
        do(tx, "centre1", "confirm_amendment", ref)


def test_of_each_field_of_a_filing_it_is_known_whether_it_waits():
    assert set(NEW) | ADDS_UP | AT_ONCE | FIXED == set(FIELDS)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"kind": "service"}, Invalid),
        ({"name": "新建小学教学楼"}, Refused),
        ({}, Refused),
        ({"category": "无此类别"}, Invalid),
        ({"planned_10k_yuan": "-1"}, Invalid),
        ({"colour": "red"}, Invalid),
    ],
)
def test_what_changes_nothing_or_must_not_change_is_refused(town, changes, refusal):
    with town.write() as tx:
        ref = a_project(tx, "registered")
    with pytest.raises(refusal), town.write() as tx:
        do(tx, "owner1", "amend", ref, changes | WHY)


def test_declined_or_taken_back_a_change_leaves_the_filing_and_makes_room_for_the_next(town):
    ref = propose(town)
    before = row_of(town, ref)
    with pytest.raises(Refused), town.write() as tx:
        do(tx, "owner1", "amend", ref)
    for by, move in (("office1", "decline_amendment"), ("owner1", "take_back_amendment")):
        with town.write() as tx:
            do(tx, by, move, ref)
        assert row_of(town, ref)[: before._fields.index("state")] == before[: before._fields.index("state")]
        with pytest.raises(Refused), town.write() as tx:
            do(tx, "centre1", "confirm_amendment", ref)
        with town.write() as tx:
            do(tx, "owner1", "amend", ref, NEW | WHY)


def test_nobody_confirms_what_they_proposed_or_what_their_own_unit_did(town):
    ref = propose(town)
    with town.write() as tx:
        owner, centre = an_actor(tx, "owner1"), an_actor(tx, "centre1")
        seq = project_row(tx, ref).amendment_seq
    both = replace(owner, roles=frozenset({"owner", "service_centre"}))
    moved_since = replace(centre, username="owner1")
    for move in ("confirm_amendment", "decline_amendment"):
        for by in (both, moved_since):
            with pytest.raises(Forbidden), town.write() as tx:
                do(tx, by, move, ref)
    with pytest.raises(NotFound), town.write() as tx:
        do(tx, "owner2", "take_back_amendment", ref)
    assert row_of(town, ref).amendment_seq == seq


def test_a_change_waits_through_a_suspension_and_ends_with_the_project(town):
    ref = propose(town)
    with town.write() as tx:
        do(tx, "office1", "suspend", ref)
        do(tx, "centre1", "confirm_amendment", ref)
        do(tx, "owner1", "amend", ref, {"county": "东区"} | WHY)
        do(tx, "owner1", "withdraw", ref)
    with pytest.raises(Refused), town.write() as tx:
        do(tx, "centre1", "confirm_amendment", ref)


def test_the_version_that_was_looked_at_counts_on_both_sides(town):
    with town.write() as tx:
        ref = a_project(tx, "registered")
        version = project_row(tx, ref).version
    with pytest.raises(Stale), town.write() as tx:
        do(tx, "owner1", "amend", ref, version=version - 1)
    with town.write() as tx:
        do(tx, "owner1", "amend", ref, version=version)
    with pytest.raises(Stale), town.write() as tx:
        do(tx, "centre1", "confirm_amendment", ref, version=version)


def test_the_record_says_what_stood_there_and_each_answer_by_itself(town):
    ref = propose(town)
    with town.read() as tx:
        told = describe(tx, own_entries_of_project(tx, project_row(tx, ref).id))[-1]
    changes = {fact.word.name: (fact.before, fact.value) for fact in told.facts if fact.is_changed}
    assert changes["name"] == ("新建小学教学楼", "新建小学及操场")
    assert [value and value.en for value in changes["occupies_road"]] == ["No", "Yes"]
    assert changes["item_no"] == (None, "ms-001")


def test_a_month_counts_by_the_category_that_was_confirmed_at_its_close(database):
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        do(tx, "owner1", "amend", ref, {"category": "医疗卫生"} | WHY, at=when("2026-03-30"))
        do(tx, "centre1", "confirm_amendment", ref, at=when("2026-04-02"))
    with database.read() as tx:
        open_by_category = [
            {line.key: line.now.open for line in compile_month(tx, month).project_categories if line.now.open}
            for month in ("2026-03", "2026-04")
        ]
    assert open_by_category == [{"教育助学": 1}, {"医疗卫生": 1}]


def test_a_filing_changed_past_the_product_is_named(make_database):
    database = a_database(make_database("sqlite"))
    with database.write() as tx:
        ref = a_project(tx, "registered")
        do(tx, "owner1", "amend", ref)
        tx.execute(update(TABLE).values(county="别处", is_key=True, amendment_seq=None))
    named = [fault for fault in faults(database) if fault.startswith("filings_follow_from_history")]
    database.close()
    assert len(named) == 3
