"""The roots of issued reports prove the record of their periods, even against one who hashes everything anew."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, text, update

from approvals.base.database import Database
from approvals.base.hashing import digest_of, sha256
from approvals.history.queries import chain_faults
from approvals.history.record import CHAIN, ENTRY, FIRST, entry_hash
from approvals.integrity.roots import bearers, report_roots, reports_rest_on_the_record
from approvals.reports.lifecycle.actions import ReportCorrection, compile_report, issue, propose
from approvals.reports.lifecycle.queries import TABLE, frozen_figures
from approvals.reports.periods import MONTHLY
from tests.support.builders import NOW, a_database, a_project, an_actor, an_approval, do, project_row, when

OF_WORDS = ReportCorrection("2026-1", "words", "署名有误")


def issued(database: Database, month: str, why: ReportCorrection | None = None) -> None:
    with database.read() as tx:
        office = an_actor(tx, "office1")
    draft = compile_report(database, MONTHLY, month, office, lambda: NOW, why)
    with database.write() as tx:
        issue(tx, propose(tx, draft, frozen_figures(tx, draft), NOW), b"%PDF-", {}, office, NOW)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A city whose March is issued, and issued again in other words; something of it went on in April."""
    database = a_database(database_url)
    with database.write() as tx:
        an_approval(tx, "accepted", ref=a_project(tx, "registered", ref="street", at=when("2026-03-02")))
    issued(database, "2026-03")
    issued(database, "2026-03", OF_WORDS)
    with database.write() as tx:
        do(tx, "window-a01", "grant", "street/A01", at=when("2026-04-01"))
    yield database
    database.close()


def rewritten(database: Database, seq: int, **changes: str) -> None:
    """Change an entry, and hash its chain anew with the product's own functions, as an insider can."""
    of_table = "" if database.is_sqlite else " ON history_entries"
    with database.write() as tx:
        tx.execute(text(f"DROP TRIGGER history_entries_no_update{of_table}"))
        project_id, head = project_row(tx, "street").id, FIRST
        entries = tx.execute(select(ENTRY).where(ENTRY.c.project_id == project_id).order_by(ENTRY.c.seq)).mappings()
        for row in entries.all():
            entry = dict(row) | (changes if row["seq"] == seq else {})
            entry["digest"] = digest_of(entry["salt"], entry["actor"], entry["facts"])
            head = entry["hash"] = entry_hash(head, entry)
            tx.execute(update(ENTRY).where(ENTRY.c.id == entry["id"]).values(entry))
        tx.execute(update(CHAIN).where(CHAIN.c.project_id == project_id).values(head=head))
        assert list(chain_faults(tx)) == []


def named(database: Database) -> list[str]:
    with database.read() as tx:
        return [f"{fault.where}: {fault.found}" for fault in reports_rest_on_the_record(tx)]


def borne(database: Database) -> str:
    with database.read() as tx:
        return str(tx.execute(select(TABLE.c.chain_root).order_by(TABLE.c.id).limit(1)).scalar_one())


def test_reports_rest_on_an_untouched_record(database: Database) -> None:
    assert named(database) == []
    with database.read() as tx:
        assert bearers(tx, borne(database).upper()) == [
            "攀挂报〔2026〕1号, up to the end of 2026-03",
            "攀挂报〔2026〕2号, up to the end of 2026-03",
        ]
        assert bearers(tx, "0" * 64) == []


def test_a_rewritten_entry_of_the_month_is_found(database: Database) -> None:
    root = borne(database)
    rewritten(database, 3, actor="office2")
    assert len(named(database)) == 2
    with database.read() as tx:
        assert bearers(tx, root) == []


def test_an_entry_after_the_month_leaves_its_report_alone(database: Database) -> None:
    with database.read() as tx:
        last = tx.execute(select(CHAIN.c.seq).where(CHAIN.c.project_id == project_row(tx, "street").id)).scalar_one()
    rewritten(database, last, actor="window-a02")
    assert named(database) == []


def test_a_root_written_over_in_the_row_does_not_fit_figures_and_entries(database: Database) -> None:
    rewritten(database, 3, actor="office2")
    of_table = "" if database.is_sqlite else " ON reports"
    with database.write() as tx:
        roots = {root.report: root.recomputed for root in report_roots(tx)}
        tx.execute(text(f"DROP TRIGGER reports_no_update{of_table}"))
        tx.execute(update(TABLE).values(chain_root=next(iter(roots.values()))))
    found = named(database)
    assert any("another root than its row" in fault for fault in found)
    assert any("chain_root is not the one of its entry" in fault for fault in found)


def test_what_is_recorded_later_of_the_month_leaves_its_report_alone(database: Database) -> None:
    with database.write() as tx:
        a_project(tx, "filed", ref="late", at=when("2026-03-20"))
    assert named(database) == []


def test_a_report_of_an_early_edition_is_read_by_its_moment(database: Database) -> None:
    of_table = "" if database.is_sqlite else " ON reports"
    with database.write() as tx:
        tx.execute(text(f"DROP TRIGGER reports_no_update{of_table}"))
        tx.execute(update(TABLE).values(last_entry=0))
    assert named(database) == []


def test_figures_bear_the_root_of_their_report(database: Database) -> None:
    root = borne(database)
    of_table = "" if database.is_sqlite else " ON reports"
    with database.write() as tx:
        tx.execute(text(f"DROP TRIGGER reports_no_update{of_table}"))
        figures = tx.execute(select(TABLE.c.figures).order_by(TABLE.c.id).limit(1)).scalar_one()
        other = figures.replace(root, "0" * 64)
        tx.execute(update(TABLE).values(figures=other, figures_sha256=sha256(other)))
    assert any("another root than its row" in fault for fault in named(database))
