"""Adding what is missing while the window has not answered: an entry, and a clock that runs on as before."""

import pytest

from approvals.base.database import Database
from approvals.base.errors import Invalid
from approvals.documents.approval_documents import notice_of
from approvals.windows.views import page
from tests.support.builders import a_project, an_actor, approval_row, do, entries, walk, when, window

FIRST = {"materials": ["申请文件"]}
REST = {"materials": ["项目建议书", "资金来源说明"]}


@pytest.fixture
def ref(database: Database) -> str:
    """A project whose A01 was received on Monday with one of three materials."""
    with database.write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit",), at=when("2026-03-02", "10:00"), given=FIRST)
    return ref


def test_a_supplement_is_an_entry_and_leaves_every_day_as_it_was(database: Database, ref: str) -> None:
    with database.write() as tx:
        before = approval_row(tx, ref, "A01")
        do(tx, "owner1", "supplement", f"{ref}/A01", REST, at=when("2026-03-05"))
        after, last = approval_row(tx, ref, "A01"), entries(tx, ref)[-1]

    assert last.move == "supplement" and "资金来源说明" in last.facts
    same = set(before._fields) - {"version"}
    assert {name: after._mapping[name] for name in same} == {name: before._mapping[name] for name in same}
    assert after.version == before.version + 1


def test_what_was_added_is_missing_no_more(database: Database, ref: str) -> None:
    with database.write() as tx:
        do(tx, "liaison1", "supplement", f"{ref}/A01", {"materials": ["项目建议书"]}, at=when("2026-03-03"))
        seen = page(tx, ref, "A01", an_actor(tx, window("A01")), today=when("2026-03-03").date())

    assert [submission.missing for submission in seen.submissions] == [
        ("资金来源说明",),
        ("项目建议书", "资金来源说明"),
    ]
    assert [row["material"] for row in seen.offers.first["notify_once"]["items"]] == ["资金来源说明"]


def test_a_supplement_adds_something(database: Database, ref: str) -> None:
    with pytest.raises(Invalid, match="materials"), database.write() as tx:
        do(tx, "owner1", "supplement", f"{ref}/A01", {"materials": []})


def test_a_notice_answers_the_day_of_receipt_and_not_that_of_a_supplement(database: Database, ref: str) -> None:
    with database.write() as tx:
        do(tx, "owner1", "supplement", f"{ref}/A01", REST, at=when("2026-03-04"))
        walk(tx, ref, "A01", ("notify_once",), at=when("2026-03-05"))
        seq = entries(tx, ref)[-1].seq
        notice = notice_of(tx, ref, "A01", seq, an_actor(tx, "owner1"), when("2026-03-05").date())

    assert notice.received_on == when("2026-03-02").date()


def test_a_correction_need_not_bring_again_what_was_in_order(database: Database, ref: str) -> None:
    with database.write() as tx:
        walk(tx, ref, "A01", ("notify_once",))
        walk(tx, ref, "A01", ("resubmit",), given=REST)
        seen = page(tx, ref, "A01", an_actor(tx, window("A01")), today=when("2026-03-03").date())

    assert seen.submissions[0].missing == ()
