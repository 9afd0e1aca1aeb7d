"""The receipt of a filing: numbered without gaps, with a code, and saying what was filed at that moment."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from approvals.base.database import Database
from approvals.base.errors import Refused
from approvals.documents.receipts import receipt_document, receipt_html
from approvals.filing.receipts import RECEIPTS, receipts_of
from approvals.filing.views import project
from tests.support.builders import FURTHER, a_database, a_project, an_actor, do, faults, project_row, when
from tests.support.extent import ENGINES


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, make_database) -> Iterator[Database]:
    database = a_database(make_database(request.param))
    yield database
    assert faults(database) == []
    database.close()


def numbers(database: Database, ref: str) -> list[str]:
    with database.read() as tx:
        return [receipt.number for receipt in receipts_of(tx, project_row(tx, ref).id)]


def test_each_filing_takes_the_next_number_of_its_year_and_a_refused_one_none(database: Database) -> None:
    with database.write() as tx:
        first = a_project(tx, "returned", at=when("2025-12-31"))
        second = a_project(tx, "filed", at=when("2026-01-04"))
    with pytest.raises(Refused), database.write() as tx:
        do(tx, "owner1", "file", second)
    with database.write() as tx:
        do(tx, "owner1", "refile", first, at=when("2026-01-05"))
    assert numbers(database, first) == ["攀备〔2025〕1号", "攀备〔2026〕2号"]
    assert numbers(database, second) == ["攀备〔2026〕1号"]


def test_a_receipt_says_what_was_filed_then_and_not_whom_to_call(database: Database) -> None:
    with database.write() as tx:
        ref = a_project(tx, "returned", name="旧名称", **FURTHER)
        do(tx, "owner1", "edit", ref, {"name": "新名称"})
        do(tx, "owner1", "refile", ref)
        view = project(tx, ref, an_actor(tx, "owner1"))
        receipts = receipts_of(tx, view.id)
        texts = [receipt_html(receipt_document(tx, view, receipt.seq, "https://x/verify")) for receipt in receipts]
    assert [receipt.is_latest for receipt in receipts] == [False, True]
    assert "旧名称" in texts[0] and "新名称" not in texts[0] and "新名称" in texts[1]
    for text, receipt in zip(texts, receipts, strict=True):
        assert all(said in text for said in (receipt.number, receipt.code, "3,200", "炳草岗大街12号", "1,000.00万元"))
        assert FURTHER["contact_phone"] not in text and FURTHER["contact_name"] not in text


def test_a_receipt_that_differs_from_the_record_is_noticed(sqlite_url: str) -> None:
    database = a_database(sqlite_url)
    with database.write() as tx:
        a_project(tx, "filed")
        tx.execute(update(RECEIPTS).values(code="0" * 16))
    assert any("receipt of its entry" in fault for fault in faults(database))
    database.close()
