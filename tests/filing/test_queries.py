"""How a project is addressed on its way, and who is told."""

import pytest
from sqlalchemy import select

from approvals.base.errors import AmbiguousReference, Invalid, NotFound
from approvals.filing.queries import ref_of
from approvals.filing.views import project
from approvals.history.record import NOTICE
from tests.support.builders import GIVEN, a_project, a_ref, an_actor, do, project_row


def test_a_project_answers_to_its_number_its_reference_and_its_internal_id(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        row, owner = project_row(tx, ref), an_actor(tx, "owner1")
        for name in (row.number, row.external_ref, row.uid):
            assert project(tx, name, owner).id == row.id
        assert ref_of(row) == row.number == "510400-2026-00001"


def test_a_project_without_a_reference_answers_to_its_internal_id(database):
    with database.write() as tx:
        drafted = do(tx, "owner1", "draft", "ignored", GIVEN["draft"] | {"external_ref": "ignored"})
        assert drafted.ref == "ignored"
        with pytest.raises(Invalid) as refusal:
            do(tx, "owner1", "draft", "one", GIVEN["draft"] | {"external_ref": "another"})
        assert list(refusal.value.fields) == ["external_ref"]


def test_a_move_answers_with_the_reference_that_counts_from_then_on(database):
    with database.write() as tx:
        old, new = a_project(tx, "drafted"), a_ref()
        assert do(tx, "owner1", "edit", old, {"external_ref": new}).ref == new
        with pytest.raises(NotFound):
            do(tx, "owner1", "file", old)
        assert do(tx, "owner1", "file", new).ref == new
        do(tx, "office1", "classify", new)
        assert do(tx, "centre1", "register", new).ref == "510400-2026-00001"


def test_a_reference_is_taken_once_in_a_unit_however_it_is_written(database):
    with database.write() as tx:
        taken, another = a_project(tx, "drafted"), a_project(tx, "drafted")
    for username, move, on, fields in (
        ("owner1", "draft", taken.upper(), GIVEN["draft"]),
        ("owner1", "edit", another, {"external_ref": taken.replace("-", "－")}),
    ):
        with pytest.raises(Invalid) as refusal, database.write() as tx:
            do(tx, username, move, on, fields)
        assert list(refusal.value.fields) == ["external_ref"]
    with database.write() as tx:
        assert do(tx, "owner1", "edit", taken, {"external_ref": taken, "name": "同一个"}).state == "drafted"


def test_a_reference_answers_however_it_is_written(database):
    with database.write() as tx:
        ref = do(tx, "owner1", "draft", "CB-001", GIVEN["draft"]).ref
        assert ref == "CB-001"
        assert project(tx, "ｃｂ－００１", an_actor(tx, "office1")).external_ref == "CB-001"
        assert do(tx, "owner1", "file", "cb-001").state == "filed"


def test_two_units_may_use_one_reference_and_learn_nothing_of_each_other(database):
    with database.write() as tx:
        ids = []
        for owner in ("owner1", "owner2"):
            do(tx, owner, "draft", "GJ-1", GIVEN["draft"] | {"name": f"{owner}的项目"})
            assert do(tx, owner, "file", "GJ-1").ref == "GJ-1"
            own = project(tx, "gj-1", an_actor(tx, owner))
            assert own.name == f"{owner}的项目"
            ids.append(own.uid)
        office = an_actor(tx, "office1")
        with pytest.raises(AmbiguousReference) as refusal:
            project(tx, "GJ-1", office)
        assert [uid for uid, _name in refusal.value.choices] == sorted(ids)
        assert do(tx, "office1", "classify", ids[1]).state == "classified"
        assert do(tx, "centre1", "register", ids[1]).ref == "510400-2026-00001"


def test_the_chosen_liaison_is_told_of_the_registration(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        row = project_row(tx, ref)
        notices = tx.execute(
            select(NOTICE.c.audience, NOTICE.c.unit_id, NOTICE.c.label)
            .where(NOTICE.c.project_id == row.id, NOTICE.c.move == "project.register")
            .order_by(NOTICE.c.audience)
        ).all()
        liaison = an_actor(tx, "liaison1")
    assert [tuple(notice) for notice in notices] == [
        ("liaison", liaison.id, row.number),
        ("owner", row.owner_unit_id, row.number),
    ]
