"""Start and completion of the works: reported by the owner, confirmed by the liaison; acceptance opens after them."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Table, insert

from approvals.base.database import Database
from approvals.base.errors import Invalid, Refused
from approvals.filing.documents import DOCUMENTS
from approvals.filing.queries import TABLE as PROJECTS
from approvals.integrity.verification import verify
from approvals.registration.queries import APPROVALS
from tests.support.builders import (
    NOW,
    a_project,
    approval_row,
    do,
    entries,
    finish,
    permit_works,
    project_row,
    when,
)
from tests.support.trying import Undone
from workflows.config import DATA
from workflows.config.catalogue import read_catalogue

DONE = {"day": "2026-03-02"}
AFTER = ("D01", "D02", "D03", "D04")  # of a project without lightning protection


@pytest.fixture
def permitted(database: Database) -> str:
    """A project whose construction permit is granted; nothing but the works stands before the acceptance."""
    with database.write() as tx:
        ref = a_project(tx, "registered")
        permit_works(tx, ref)
    return ref


def states(tx: Any, ref: str) -> set[str]:
    return {approval_row(tx, ref, code).state for code in AFTER}


def test_acceptance_waits_for_the_completion_of_the_works_and_opens_with_its_report(
    database: Database, permitted: str
) -> None:
    with database.write() as tx:
        assert states(tx, permitted) == {"waiting"}
        do(tx, "owner1", "start_works", permitted, DONE)
        assert states(tx, permitted) == {"waiting"}
        do(tx, "owner1", "finish_works", permitted, DONE)
        assert states(tx, permitted) == {"ready"}
        assert approval_row(tx, permitted, "D06").state == "waiting"
        opened = [entry for entry in entries(tx, permitted) if entry.move == "open"][-len(AFTER) :]
        assert {entry.role for entry in opened} == {"system"}
        finish(tx, permitted)
        assert project_row(tx, permitted).state == "completed"


def test_works_completed_before_the_permit_open_nothing_until_it_is_granted(database: Database) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered")
        do(tx, "liaison1", "finish_works", ref, DONE)
        assert states(tx, ref) == {"waiting"}
        permit_works(tx, ref)
        assert states(tx, ref) == {"ready"}


def test_an_owners_report_counts_at_once_and_the_liaison_confirms_or_mends_it_by_the_same_move(
    database: Database, permitted: str
) -> None:
    with database.write() as tx:
        do(tx, "owner1", "start_works", permitted, {"day": "2026-03-01"})
        row = project_row(tx, permitted)
        assert (str(row.works_started_on), row.is_works_start_confirmed) == ("2026-03-01", False)
        do(tx, "owner1", "start_works", permitted, {"day": "2026-02-28"})  # still the owner's own to mend
        do(tx, "liaison1", "start_works", permitted, {"day": "2026-02-27"})
        row = project_row(tx, permitted)
        assert (str(row.works_started_on), row.is_works_start_confirmed) == ("2026-02-27", True)
    with pytest.raises(Refused, match="liaison has confirmed"), database.write() as tx:
        do(tx, "owner1", "start_works", permitted, {"day": "2026-02-26"})
    with database.write() as tx:
        do(tx, "liaison1", "start_works", permitted, {"day": "2026-02-25"})
        assert str(project_row(tx, permitted).works_started_on) == "2026-02-25"


WRONG: dict[str, tuple[str, str, str]] = {
    "a day that has not come": ("start_works", "2026-03-20", "must not be after the day of the report"),
    "a start after the completion": ("start_works", "2026-02-11", "must not be after the completion"),
    "a completion before the start": ("finish_works", "2026-02-01", "must not be before the start"),
}


@pytest.mark.parametrize("case", WRONG)
def test_days_that_cannot_be_are_refused_at_their_field(database: Database, case: str) -> None:
    move, day, reason = WRONG[case]
    with database.write() as tx:
        ref = a_project(tx, "registered")
        do(tx, "owner1", "start_works", ref, {"day": "2026-02-02"})
        do(tx, "owner1", "finish_works", ref, {"day": "2026-02-10"})
    with pytest.raises(Invalid) as refusal, database.write() as tx:
        do(tx, "owner1", move, ref, {"day": day}, at=when("2026-03-10"))
    assert reason in str(refusal.value.fields["day"])


def test_evidence_is_a_document_of_the_project_and_its_name_and_checksum_stay_in_the_record(
    database: Database, permitted: str
) -> None:
    with database.write() as tx:
        document = {"uid": "d-1", "project_id": project_row(tx, permitted).id, "name": "竣工报告.pdf", "material": ""}
        content = {"media_type": "application/pdf", "size": 4, "sha256": "ab" * 32}
        tx.execute(insert(DOCUMENTS), document | content | {"added_by": "owner1", "added_at": NOW})
        do(tx, "owner1", "start_works", permitted, DONE | {"evidence": "d-1"})
        facts = entries(tx, permitted)[-1].facts
        assert "竣工报告.pdf" in facts and "ab" * 32 in facts
        tx.execute(DOCUMENTS.delete())  # its file is none of this test's
    with pytest.raises(Invalid) as refusal, database.write() as tx:
        do(tx, "owner1", "finish_works", permitted, DONE | {"evidence": "d-2"})
    assert list(refusal.value.fields) == ["evidence"]


def test_planned_days_are_given_with_the_filing_and_may_be_emptied(database: Database) -> None:
    plan = {"planned_start_on": "2026-06-01", "planned_finish_on": "2027-05-31"}
    with database.write() as tx:
        ref = a_project(tx, "drafted", **plan)
        row = project_row(tx, ref)
        assert (str(row.planned_start_on), str(row.planned_finish_on)) == ("2026-06-01", "2027-05-31")
        do(tx, "owner1", "edit", ref, {"planned_start_on": None})
        assert project_row(tx, ref).planned_start_on is None


@pytest.mark.parametrize("given", [{"planned_finish_on": "2026-05-31"}, {"planned_start_on": "2047-01-01"}])
def test_planned_days_that_are_no_plan_are_refused(database: Database, given: dict[str, str]) -> None:
    plan = {"planned_start_on": "2026-06-01", "planned_finish_on": "2027-05-31"}
    with database.write() as tx:
        ref = a_project(tx, "drafted", **plan)
    for attempt in (
        lambda tx: do(tx, "owner1", "edit", ref, given),
        lambda tx: a_project(tx, "drafted", **plan | given),
    ):
        with pytest.raises(Invalid) as refusal, database.write() as tx:
            attempt(tx)
        assert list(refusal.value.fields) == list(given)


WITHOUT = read_catalogue((DATA / "catalogue.yaml").read_text("utf-8").replace("after_works: true, ", ""))


def test_a_project_planned_by_a_catalogue_without_works_opens_its_acceptance_with_the_permit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("approvals.catalogue.queries.load_catalogue", lambda: WITHOUT)
    with database.write() as tx:
        ref = a_project(tx, "registered")
        permit_works(tx, ref)
        assert states(tx, ref) <= {"ready", "granted"}


BROKEN: dict[str, tuple[Table, dict[str, Any], str]] = {
    "a day": (PROJECTS, {"works_started_on": date(2026, 2, 1)}, "works_started_on is 2026-02-01"),
    "a plan": (PROJECTS, {"planned_finish_on": date(2026, 2, 1)}, "planned_finish_on is 2026-02-01"),
    "a confirmation": (PROJECTS, {"is_works_finish_confirmed": True}, "is_works_finish_confirmed is True"),
    "what waits for the works": (APPROVALS, {"after_works": True}, "after_works is True"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_changed_past_the_product_is_found(town: Database, case: str) -> None:
    table, columns, words = BROKEN[case]
    with town.write() as tx:
        a_project(tx, "registered")
    with pytest.raises(Undone), town.write() as tx:
        tx.execute(table.update().values(columns))
        found = [f.found for verdict in verify(tx) for f in verdict.faults]
        assert any(words in text for text in found), found
        raise Undone
