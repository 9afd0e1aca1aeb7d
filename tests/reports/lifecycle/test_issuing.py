"""A month is issued once, under the next number, and stays what it was for ever."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import Connection, select

from approvals.base.database import Database
from approvals.base.errors import Forbidden, NotFound, Problem, Refused, Stale
from approvals.cli.reports import COMMAND_LINE
from approvals.history.record import CITY_CHAIN, ENTRY, newest_entry
from approvals.http.application import KEY
from approvals.reports.figures.compilation import compile_month
from approvals.reports.figures.serialization import checksum, from_json
from approvals.reports.lifecycle import issuing
from approvals.reports.lifecycle.actions import (
    Compiled,
    Proposal,
    ReportCorrection,
    compile_again,
    compile_draft,
    issue,
    propose,
)
from approvals.reports.lifecycle.issuing import AtOnce, issue_report, report_pdf, signer_of
from approvals.reports.lifecycle.queries import (
    TABLE,
    IssuedReport,
    ReportDraft,
    draft_of,
    figures_of,
    frozen_figures,
    issued_pdf,
    report_in_force,
)
from approvals.reports.periods import MONTHLY, read_month
from tests.support.builders import NOW, a_project, an_actor, an_approval, do, when
from tests.support.pages import an_app
from workflows.config.city import load_city

PDF = b"%PDF-1.7 not really"
MADE_WITH = {"weasyprint": "70.0", "fonts": []}


@pytest.fixture
def database(database: Database) -> Database:
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-03-02"))
        an_approval(tx, "accepted", at=when("2026-03-30"))
        a_project(tx, "filed", at=when("2026-04-07"))
    return database


@pytest.fixture
def app(database: Database, database_url: str) -> Iterator[OpenAPI]:
    """An application in whose time it is the twentieth of November."""
    with an_app(database_url, now=NOW) as app, app.app_context():
        yield app


def drafted(
    tx: Connection, month: str, *, why: ReportCorrection | None = None, by: str = "office1", now: datetime = NOW
) -> ReportDraft:
    """The draft of this month, compiled from the record as it is."""
    compiled = Compiled(compile_month(tx, month), newest_entry(tx))
    return compile_draft(tx, MONTHLY, read_month(month), compiled, an_actor(tx, by), now, why)


def proposed(tx: Connection, month: str, now: datetime = NOW) -> Proposal:
    draft = draft_of(tx, MONTHLY, read_month(month))
    assert draft is not None
    return propose(tx, draft, frozen_figures(tx, draft), now)


def issued(
    database: Database, month: str, *, corrects: str = "", by: str = "office1", now: datetime = NOW
) -> IssuedReport:
    """Compile and issue this month with a PDF of a few bytes."""
    why = ReportCorrection(corrects, "words", "署名有误") if corrects else None
    with database.write() as tx:
        drafted(tx, month, why=why, by=by, now=now)
        proposal = proposed(tx, month, now)  # at once: whoever is faster leaves no draft
    with database.write() as tx:
        return issue(tx, proposal, PDF, MADE_WITH, an_actor(tx, by), now)


def test_numbers_rise_without_a_gap_within_the_year_of_issue(database: Database) -> None:
    refs = [issued(database, month).ref for month in ("2026-03", "2026-01", "2026-02")]
    january = when("2027-01-05")
    assert refs == ["2026-1", "2026-2", "2026-3"]
    assert issued(database, "2026-12", now=january).ref == "2027-1"


def test_an_issue_that_fails_takes_no_number(database: Database) -> None:
    with database.write() as tx:
        drafted(tx, "2026-03")
        proposal, office = proposed(tx, "2026-03"), an_actor(tx, "office1")
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        issue(tx, proposal, PDF, MADE_WITH, office, NOW)
        raise ZeroDivisionError
    assert issued(database, "2026-03").ref == "2026-1"


def test_what_was_issued_is_kept_with_its_checksums_and_versions(database: Database) -> None:
    issued_report = issued(database, "2026-03")
    with database.read() as tx:
        row = tx.execute(select(TABLE)).one()
        entries = list(tx.execute(select(ENTRY).where(ENTRY.c.project_id == CITY_CHAIN).order_by(ENTRY.c.seq)))
        figures = compile_month(tx, "2026-03")
    assert (row.state, row.period, row.year, row.number, row.issued_by) == ("issued", "2026-03", 2026, 1, "office1")
    assert from_json(orjson.loads(row.figures)) == figures
    assert row.figures_sha256 == checksum(figures) == hashlib.sha256(row.figures.encode()).hexdigest()
    assert row.pdf_sha256 == issued_report.pdf_sha256 == hashlib.sha256(PDF).hexdigest()
    assert row.chain_root == figures.chain_root
    assert orjson.loads(row.made_with) == MADE_WITH
    assert [(entry.subject, entry.move) for entry in entries] == [("report", "compile"), ("report", "issue")]
    assert orjson.loads(entries[1].facts)["pdf_sha256"] == row.pdf_sha256


def test_a_month_is_issued_once(database: Database) -> None:
    issued(database, "2026-03")
    with pytest.raises(Refused, match="already issued"):
        issued(database, "2026-03")


def test_a_correction_cites_the_report_in_force_and_there_is_none_before_the_first_issue(database: Database) -> None:
    with pytest.raises(Refused, match="not the current report of this month"):
        issued(database, "2026-03", corrects="2026-1")
    issued(database, "2026-03")
    second = issued(database, "2026-03", corrects="2026-1")
    assert (second.ref, second.cites) == ("2026-2", "2026-1")
    with pytest.raises(Refused, match="not the current report of this month"):
        issued(database, "2026-03", corrects="2026-1")
    assert issued(database, "2026-03", corrects="2026-2").cites == "2026-2"
    with database.read() as tx:
        in_force = report_in_force(tx, read_month("2026-03"))
        assert in_force is not None
        assert in_force.ref == "2026-3"


def test_a_month_that_is_not_over_is_not_issued(database: Database) -> None:
    with pytest.raises(Refused, match="not over yet"):
        issued(database, "2026-11")
    assert issued(database, "2026-11", now=when("2026-12-01", "00:00")).ref == "2026-1"


@pytest.mark.parametrize("username", ["owner1", "window-a01", "centre1", "leader1", "auditor1", "integration1"])
def test_only_the_supervision_office_issues(database: Database, username: str) -> None:
    with pytest.raises(Forbidden):
        issued(database, "2026-03", by=username)


def test_a_record_that_grew_meanwhile_is_compiled_again(database: Database) -> None:
    with database.write() as tx:
        drafted(tx, "2026-04")
        proposal = proposed(tx, "2026-04")
    with database.write() as tx:
        a_project(tx, "filed", at=when("2026-04-20"))
    with pytest.raises(Stale), database.write() as tx:
        issue(tx, proposal, PDF, MADE_WITH, an_actor(tx, "office1"), NOW)
    with database.write() as tx:
        draft = draft_of(tx, MONTHLY, read_month("2026-04"))
        assert draft is not None
        again = Compiled(compile_month(tx, "2026-04"), newest_entry(tx))
        compile_again(tx, draft, again, an_actor(tx, "office1"), NOW)
    with database.write() as tx:
        assert issue(tx, proposed(tx, "2026-04"), PDF, MADE_WITH, an_actor(tx, "office1"), NOW).ref == "2026-1"
        in_force = report_in_force(tx, read_month("2026-04"))
        assert in_force is not None
        assert frozen_figures(tx, in_force).projects.now.filed == 2


def test_a_later_month_may_grow_meanwhile(database: Database) -> None:
    with database.write() as tx:
        drafted(tx, "2026-03")
        proposal = proposed(tx, "2026-03")
    with database.write() as tx:
        a_project(tx, "filed", at=when("2026-04-20"))
        assert issue(tx, proposal, PDF, MADE_WITH, an_actor(tx, "office1"), NOW).ref == "2026-1"


def test_a_month_without_a_report_has_figures_and_no_pdf(database: Database) -> None:
    with database.read() as tx:
        assert figures_of(tx, "2026-04") == compile_month(tx, "2026-04")
        with pytest.raises(NotFound, match="No report has been issued"):
            issued_pdf(tx, "2026-04")


def test_of_eight_who_issue_at_once_one_does(database: Database) -> None:
    def attempt(_number: int) -> str:
        try:
            return issued(database, "2026-03").ref
        except Problem as problem:
            return type(problem).__name__

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))
    assert set(outcomes) <= {"2026-1", "Refused", "Stale"}
    assert outcomes.count("2026-1") == 1
    with database.read() as tx:
        assert len(tx.execute(select(TABLE.c.id)).all()) == 1


def test_what_was_due_in_the_month_is_made_before_its_issue(app: OpenAPI, database: Database) -> None:
    with database.write() as tx:
        an_approval(tx, "received", at=when("2026-03-11"))  # nobody answers: deemed accepted on the nineteenth
        office = an_actor(tx, "office1")
    with app.app_context():
        issued_report = issue_report(AtOnce(app.extensions[KEY].database), MONTHLY, "2026-03", office, lambda: NOW)
    with database.read() as tx:
        assert figures_of(tx, "2026-03").city.now.moves.deemed == 1
        assert issued_pdf(tx, "2026-03").startswith(b"%PDF-")
        made_with = orjson.loads(tx.execute(select(TABLE.c.made_with)).scalar_one())
    assert issued_report.shown_number == "攀挂报〔2026〕1号"
    assert all(face["asked"].startswith(tuple(face["used"].split(","))) for face in made_with["fonts"])
    handed_out = [report_pdf(database, "2026-03", "zh_Hans", NOW.date()) for _ in range(2)]
    assert {hashlib.sha256(pdf).hexdigest() for pdf in handed_out} == {issued_report.pdf_sha256}


def test_a_move_of_the_last_minute_counts_and_one_at_midnight_does_not(database: Database) -> None:
    with database.write() as tx:
        a_project(tx, "filed", at=when("2026-05-31", "23:58"))
        ref = a_project(tx, "drafted", at=when("2026-05-31", "23:58"))
        do(tx, "owner1", "file", ref, at=when("2026-06-01", "00:00"))
    with database.read() as tx:
        may, june = compile_month(tx, "2026-05"), compile_month(tx, "2026-06")
    assert (may.projects.now.filed, june.projects.now.filed) == (1, 1)
    assert may.projects.now.awaiting_triage == 2  # with the one of April
    assert june.projects.now.awaiting_triage == 3
    assert read_month("2026-05").ends_at + timedelta(microseconds=1) == read_month("2026-06").starts_at


def test_who_issues_a_report_answers_for_it_unless_the_city_names_somebody(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.read() as tx:
        office = an_actor(tx, "office1")
    assert office.name and signer_of(office) == office.name
    assert signer_of(COMMAND_LINE) == ""
    monkeypatch.setattr(issuing, "load_city", lambda: replace(load_city(), report_signer="李主任"))
    assert signer_of(office) == signer_of(COMMAND_LINE) == "李主任"
