"""The document that a grant carries: its number, file, day and validity, and how it was delivered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, update

from approvals.base.database import Database
from approvals.base.errors import Invalid, Unconfirmed
from approvals.base.files.store import Stored
from approvals.filing.documents import insert_document
from approvals.history.commands import Command, Reference
from approvals.moves import execute
from approvals.registration.queries import APPROVALS
from approvals.supervision.sweep import sweep
from approvals.windows.materials import may_open
from tests.support.builders import (
    NOW,
    a_database,
    a_project,
    an_actor,
    an_approval,
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

NUMBER = {"document_no": "攀发改〔2026〕8号"}
FILE = Stored("批复.pdf", "application/pdf", 1, "0" * 64)


def a_document(tx: Connection, ref: str) -> str:
    return insert_document(tx, project_row(tx, ref).id, FILE, by=an_actor(tx, "window-a01"), now=NOW)


def granted(tx: Connection, **document: Any) -> str:
    """A project whose A01 was granted with this document on 2 March 2026."""
    ref = an_approval(tx, "accepted").partition("/")[0]
    do(tx, "window-a01", "grant", f"{ref}/A01", NUMBER | document)
    return ref


@pytest.fixture
def filed(database_url: str) -> Iterator[Database]:
    """A city whose documents have no files in a store."""
    database = a_database(database_url)
    yield database
    assert all("not in the store" in fault for fault in faults(database))
    database.close()


def test_a_grant_carries_its_document_as_the_record_says(filed: Database) -> None:
    with filed.write() as tx:
        ref = a_project(tx, "registered")
        uid = a_document(tx, ref)
        walk(tx, ref, "A01", ("submit", "accept"))
        document = {"document": uid, "document_on": "2026-03-01", "valid_until": "2026-12-31"}
        do(tx, "window-a01", "grant", f"{ref}/A01", NUMBER | document)
        row = approval_row(tx, ref, "A01")
    assert (row.document_uid, row.document_on, row.lapses_on) == (uid, date(2026, 3, 1), date(2026, 12, 31))

    for column in ("document_uid", "document_on", "lapses_on"):
        for value in (None, getattr(row, column)):
            with filed.write() as tx:
                tx.execute(update(APPROVALS).where(APPROVALS.c.id == row.id).values({column: value}))
            found = any(f"{column} is None, the grant says" in fault for fault in faults(filed))
            assert found is (value is None)


def test_a_number_alone_will_do_and_the_catalogue_says_how_long_it_is_valid(town: Database) -> None:
    with town.write() as tx:
        row = approval_row(tx, granted(tx), "A01")

    assert (row.document_uid, row.document_on, row.lapses_on) == (None, None, date(2028, 3, 2))


@pytest.mark.parametrize(
    ("field", "value"),
    [("document", "d-0123456789abcdef"), ("document_on", "2026-03-03"), ("valid_until", "2026-03-01")],
)
def test_a_document_that_cannot_be_is_refused_at_its_field(town: Database, field: str, value: str) -> None:
    with town.write() as tx, pytest.raises(Invalid) as refused:
        granted(tx, **{field: value})

    assert list(refused.value.fields) == [field]


def test_the_lapse_is_warned_of_by_the_validity_that_the_document_bears(database: Database) -> None:
    with database.write() as tx:
        ref = granted(tx, valid_until="2026-06-30")
    for day, warned in (("2026-05-30", False), ("2026-05-31", True)):
        sweep(database, when(day), lambda: NOW)
        with database.read() as tx:
            moves = [entry.move for entry in entries(tx, ref)]
        assert ("warn_lapse" in moves) is warned


def test_a_corrected_day_of_the_grant_leaves_the_validity_that_the_document_bears(database: Database) -> None:
    with database.write() as tx:
        refs = [granted(tx, valid_until="2026-06-30"), granted(tx)]
        for ref in refs:
            approval = f"{ref}/A01"
            wrong = {"entry": "grant", "right_on": "2026-03-04", "reason": "录入有误"}
            do(tx, "window-a01", "propose_correction", approval, wrong, at=when("2026-03-09"))
            do(tx, head("A01"), "confirm_correction", approval, at=when("2026-03-09", "10:00"))
        lapses = [approval_row(tx, ref, "A01").lapses_on for ref in refs]

    assert lapses == [date(2026, 6, 30), date(2028, 3, 4)]


def test_its_window_and_the_next_ones_that_need_the_document_may_open_it(filed: Database) -> None:
    with filed.write() as tx:
        ref = a_project(tx, "registered")
        uid = a_document(tx, ref)
        walk(tx, ref, "A01", ("submit", "accept"))
        do(tx, "window-a01", "grant", f"{ref}/A01", NUMBER | {"document": uid})
        project_id = project_row(tx, ref).id
        readers = {code: may_open(tx, project_id, uid, an_actor(tx, window(code))) for code in ("A01", "A02", "A03")}

    assert readers == {"A01": True, "A02": True, "A03": False}  # A02 has it among its materials


def test_a_delivery_says_how_and_to_whom_or_leaves_it_out(database: Database) -> None:
    with database.write() as tx:
        for delivery in ({"way": "post", "receiver": "王明"}, {}):
            ref = granted(tx)
            do(tx, "window-a01", "deliver", f"{ref}/A01", delivery)
            [entry] = [entry for entry in entries(tx, ref) if entry.move == "deliver"]
            assert ("post" in entry.facts, "王明" in entry.facts) == (bool(delivery), bool(delivery))
            assert approval_row(tx, ref, "A01").delivered_on == date(2026, 3, 2)
        with pytest.raises(Invalid):
            do(tx, "window-a01", "deliver", f"{granted(tx)}/A01", {"way": "by pigeon"})


def test_a_number_given_twice_in_a_department_is_recorded_with_a_warning(town: Database) -> None:
    with town.write() as tx:
        first, second = (an_approval(tx, "accepted") for _ in range(2))
        do(tx, "window-a01", "grant", first, {"document_no": "攀发改〔2026〕73号"})
        [other] = [project_row(tx, first.partition("/")[0]).number]
        result = do(tx, "window-a01", "grant", second, {"document_no": "攀发改[2026]73 号".replace(" ", "")})
        recorded = next(entry for entry in entries(tx, second.partition("/")[0]) if entry.move == "grant")

    assert result.state == "granted"
    assert [warning.params["refs"] for warning in result.warnings] == [f"{other}/A01"]
    assert f'"same_as":["{other}/A01"]' in recorded.facts


def test_a_number_of_another_department_warns_of_nothing(town: Database) -> None:
    with town.write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit", "accept", "grant"), given={"document_no": "1号"})
        walk(tx, ref, "A02", ("submit", "accept"))

        assert do(tx, window("A02"), "grant", f"{ref}/A02", {"document_no": "1号"}).warnings == ()


def test_who_can_be_asked_confirms_a_number_that_was_given_before(town: Database) -> None:
    with town.write() as tx:
        first, second = (an_approval(tx, "accepted") for _ in range(2))
        do(tx, "window-a01", "grant", first, {"document_no": "攀发改〔2026〕74号"})
        by = an_actor(tx, "window-a01")
        reference = Reference("approval", *second.split("/"))
        command = Command("grant", reference, {"document_no": "攀发改〔2026〕74号"}, by, NOW, confirmed=False)
        with pytest.raises(Unconfirmed, match="攀发改〔2026〕74号"):
            execute(tx, command)

        assert execute(tx, replace(command, confirmed=True)).state == "granted"
