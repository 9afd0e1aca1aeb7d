"""How a project is addressed on its way, and who is told."""

import pytest
from sqlalchemy import select

from approvals.base.errors import Invalid, NotFound
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


def test_a_reference_is_taken_once(database):
    with database.write() as tx:
        taken, another = a_project(tx, "drafted"), a_project(tx, "drafted", owner="owner2")
    for username, move, on, fields in (
        ("owner2", "draft", taken, GIVEN["draft"]),
        ("owner2", "edit", another, {"external_ref": taken}),
    ):
        with pytest.raises(Invalid) as refusal, database.write() as tx:
            do(tx, username, move, on, fields)
        assert list(refusal.value.fields) == ["external_ref"]
    with database.write() as tx:
        assert do(tx, "owner1", "edit", taken, {"external_ref": taken, "name": "同一个"}).state == "drafted"


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
