"""A report's way: compiled once, commented by both levels, issued, read, answered, and at last corrected."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.base.database import Database
from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.base.moments import day_of
from approvals.history.record import CITY_CHAIN, ENTRY, NOTICE
from approvals.reports.figures.compilation import compile_month, compile_period
from approvals.reports.lifecycle.actions import ReportCorrection, compile_report, issue, propose
from approvals.reports.lifecycle.queries import (
    TABLE,
    bulletins,
    frozen_figures,
    has_record,
    issued_reports,
    remarks_of,
    report_in_force,
    report_months,
)
from approvals.reports.lifecycle.remarks import acknowledge, comment, instruct
from approvals.reports.periods import BULLETIN, MONTHLY, Month, bulletins_until, last_months, read_month, read_period
from approvals.supervision.orders.queries import ORDERS
from tests.support.builders import GIVEN, NOW, a_project, an_actor, an_approval, when
from tests.support.desk import the_database
from tests.support.jobs import work
from tests.support.pages import Visitor, a_site, somebody
from workflows.config.catalogue import load_catalogue

MARCH = read_month("2026-03")
SAID = {"section": "late", "text": "请补充超期原因。"}
INSTRUCTION = {"on": "510400-2026-00001/A02", "text": "请有关部门限期办结。", "due_on": "2026-11-27"}
OF_WORDS = ReportCorrection("2026-1", "words", "署名有误")
NO_NUMBERS = ("2026-3", "2026-0", "x", "２０２６-1")
AT_LARGE = {"on": "升级反馈", "text": "请查明原因。", "due_on": "2026-11-27", "department": "市发展改革委"}


@pytest.fixture
def database(database: Database) -> Database:
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-03-02"))
    return database


def drafted(database: Database, why: ReportCorrection | None = None, kind: str = MONTHLY, text: str = "2026-03"):  # type: ignore[no-untyped-def]
    with database.read() as tx:
        office = an_actor(tx, "office1")
    return compile_report(database, kind, text, office, lambda: NOW, why)


def issued(database: Database, why: ReportCorrection | None = None, pdf: bytes = b"%PDF-", **report: str):  # type: ignore[no-untyped-def]
    draft = drafted(database, why, **report)
    with database.write() as tx:
        return issue(tx, propose(tx, draft, frozen_figures(tx, draft), NOW), pdf, {}, an_actor(tx, "office1"), NOW)


def read(database: Database, by: str) -> None:
    with database.write() as tx:
        acknowledge(tx, MONTHLY, MARCH, an_actor(tx, by), NOW)


def instructed(database: Database, inputs: dict[str, str], by: str = "leader1") -> str:
    with database.write() as tx:
        return instruct(tx, MONTHLY, MARCH, inputs, an_actor(tx, by), NOW)


def commented(database: Database, by: str) -> None:
    with database.write() as tx:
        comment(tx, MONTHLY, MARCH, SAID, an_actor(tx, by), NOW)


def test_of_eight_who_compile_at_once_one_does(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        drafts = list(pool.map(lambda _: drafted(database).id, range(8)))
    assert len(set(drafts)) == 1
    with database.read() as tx:
        assert len(tx.execute(select(TABLE.c.id)).all()) == 1
        moves = select(ENTRY.c.move).where(ENTRY.c.project_id == CITY_CHAIN)
        assert tx.execute(moves).scalars().all() == ["compile"]


def test_the_whole_way_stands_in_the_citys_chain_and_verifies(database: Database) -> None:
    drafted(database)
    for level in ("centre1", "office1"):
        commented(database, level)
    issued(database)
    for reader in ("leader1", "office1", "centre1"):
        read(database, reader)
    assert instructed(database, INSTRUCTION) == "2026-1"
    assert instructed(database, AT_LARGE) == "2026-2"
    assert issued(database, OF_WORDS).ref == "2026-2"
    with database.read() as tx:
        moves = select(ENTRY.c.move, ENTRY.c.actor).where(ENTRY.c.project_id == CITY_CHAIN).order_by(ENTRY.c.seq)
        assert [tuple(row) for row in tx.execute(moves)] == [
            ("compile", "office1"),
            ("comment", "centre1"),
            ("comment", "office1"),
            ("issue", "office1"),
            ("acknowledge", "leader1"),
            ("acknowledge", "office1"),
            ("acknowledge", "centre1"),
            ("instruct", "leader1"),
            ("issue", "leader1"),  # the order at large stands in the same chain
            ("instruct", "leader1"),
            ("correct", "office1"),
            ("issue", "office1"),
        ]


def test_a_report_is_acknowledged_once_and_only_after_its_issue(database: Database) -> None:
    drafted(database)
    with pytest.raises(NotFound):
        read(database, "leader1")
    issued(database)
    read(database, "leader1")
    with pytest.raises(Refused, match="already"):
        read(database, "leader1")
    with database.read() as tx:
        report = report_in_force(tx, MARCH)
        assert report
        assert [entry.actor for entry in remarks_of(tx, report.id, ("acknowledge",))] == ["leader1"]


def test_the_order_of_an_instruction_has_a_subject_in_words(database: Database) -> None:
    issued(database)
    instructed(database, INSTRUCTION)
    instructed(database, AT_LARGE | {"on": INSTRUCTION["on"].partition("/")[0]})
    with database.read() as tx:
        subjects = tx.execute(select(ORDERS.c.subject).order_by(ORDERS.c.id)).scalars().all()
    name, item = GIVEN["draft"]["name"], load_catalogue().items["A02"].zh
    assert subjects == [f"攀挂〔2026〕1号“{name}”{item}办理情况", f"攀挂〔2026〕1号“{name}”推进情况"]


def test_months_before_the_first_record_are_no_reports(database: Database) -> None:
    with database.read() as tx:
        listed = report_months(tx, last_months(day_of(NOW), 13), day_of(NOW), NOW)
        spans = bulletins(tx, bulletins_until(day_of(NOW), 6))
        assert not has_record(tx, read_period(MONTHLY, "2026-02"))
    assert [str(month.month) for month in listed][-1] == "2026-03"
    assert all(span.span.last_on >= date(2026, 3, 2) for span in spans)


def test_an_instruction_on_a_line_that_needs_a_department_says_so(database: Database) -> None:
    issued(database)
    for wrong, field in (
        (AT_LARGE | {"department": ""}, "department"),
        (INSTRUCTION | {"on": "510400-2026-99999/A01"}, "on"),
    ):
        with pytest.raises(Invalid) as refused:
            instructed(database, wrong)
        assert field in refused.value.fields


def test_an_order_names_the_report_that_it_follows(database: Database) -> None:
    issued(database)
    instructed(database, INSTRUCTION)
    with database.read() as tx:
        order = tx.execute(select(ORDERS)).one()
    assert (order.source_kind, order.source_ref, order.demands) == ("report", "monthly/2026-03", INSTRUCTION["text"])


def test_who_may_not_is_refused(database: Database) -> None:
    drafted(database)
    for username in ("leader1", "owner1", "window-a01"):
        with pytest.raises(Forbidden):
            commented(database, username)
    issued(database)
    for username in ("owner1", "window-a01", "auditor1"):
        with pytest.raises(Forbidden):
            read(database, username)
    for username in ("office1", "centre1"):
        with pytest.raises(Forbidden):
            instructed(database, INSTRUCTION, username)
    with pytest.raises(NotFound):
        commented(database, "office1")


def test_all_managers_are_told_of_the_issue(database: Database) -> None:
    issued(database)
    with database.read() as tx:
        rows = tx.execute(select(NOTICE.c.audience, NOTICE.c.label).where(NOTICE.c.move == "report.issue"))
        notices = {tuple(row) for row in rows}
    offices = ("supervision_office", "service_centre", "city_government")
    assert notices == {(office, "monthly/2026-03") for office in offices}


def test_a_correction_of_words_keeps_the_figures_whatever_the_record_says_now(database: Database) -> None:
    before = issued(database)
    with database.write() as tx:
        a_project(tx, "filed", at=when("2026-03-20"))
    assert issued(database, OF_WORDS).figures_sha256 == before.figures_sha256
    with database.read() as tx:
        assert [report.grounds for report in issued_reports(tx, MARCH)] == ["", "words"]


def test_figures_are_corrected_only_when_the_record_has_grown(database: Database) -> None:
    issued(database)
    for grounds in ("record", "fault"):
        with pytest.raises(Refused):
            drafted(database, ReportCorrection("2026-1", grounds, "补录"))
    with database.write() as tx:
        a_project(tx, "filed", at=when("2026-03-20"))
    second = issued(database, ReportCorrection("2026-1", "record", "补录一个项目"))
    with database.read() as tx:
        assert frozen_figures(tx, second).projects.now.filed == 2
        assert (second.cites, second.reason) == ("2026-1", "补录一个项目")


def test_a_second_reason_for_the_same_correction_is_refused(database: Database) -> None:
    issued(database)
    first = drafted(database, OF_WORDS)
    assert drafted(database, OF_WORDS).id == first.id
    with pytest.raises(Refused, match="already in preparation"):
        drafted(database, ReportCorrection("2026-1", "words", "标题有误"))


def test_bulletins_cover_the_quarters_to_september_and_then_each_month() -> None:
    spans = bulletins_until(when("2027-01-02").date(), 7)
    months = [(str(span.first), str(span.last)) for span in spans]
    assert months == [
        ("2026-12", "2026-12"),
        ("2026-11", "2026-11"),
        ("2026-10", "2026-10"),
        ("2026-07", "2026-09"),
        ("2026-04", "2026-06"),
        ("2026-01", "2026-03"),
        ("2025-12", "2025-12"),
    ]
    assert [(str(span.previous.first), str(span.previous)) for span in spans[2:4]] == [
        ("2026-09", "2026-09"),
        ("2026-04", "2026-06"),
    ]


def test_a_month_at_whose_end_no_bulletin_comes_out_has_none(database: Database) -> None:
    for month in ("2026-02", "2026-05", "2026-08"):
        with pytest.raises(Refused, match="No bulletin comes out"):
            drafted(database, kind=BULLETIN, text=month)


def test_a_bulletin_counts_what_its_months_count(database: Database) -> None:
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-01-12"))
    with database.read() as tx:
        quarter = compile_period(tx, read_period(BULLETIN, "2026-03"))
        months = [compile_month(tx, f"2026-0{n}") for n in (1, 2, 3)]
    assert quarter.city.now.moves.granted == sum(figures.city.now.moves.granted for figures in months) == 2
    assert quarter.city.now.decisions.decided == 2
    assert quarter.city.now.standing == months[-1].city.now.standing
    assert (quarter.first_on, quarter.last_on) == (months[0].first_on, months[-1].last_on)


def test_bulletins_and_reports_are_numbered_each_from_one(database: Database) -> None:
    drafted(database)
    drafted(database, kind=BULLETIN)
    assert issued(database, kind=BULLETIN).shown_number == "攀督通〔2026〕1号"
    assert issued(database).shown_number == "攀挂报〔2026〕1号"
    assert issued(database, kind=BULLETIN, text="2026-06").ref == "2026-2"


def test_drafts_that_are_issued_in_another_order_leave_no_gap(database: Database) -> None:
    drafted(database, text="2026-02")
    drafted(database)
    assert issued(database).ref == "2026-1"
    assert issued(database, text="2026-02").ref == "2026-2"
    with database.read() as tx:
        assert report_in_force(tx, Month(2026, 2)) is not None


@pytest.fixture
def site(database_url: str) -> Iterator[OpenAPI]:
    with a_site(database_url, now=NOW) as app:
        yield app


@pytest.fixture
def corrected(app: OpenAPI) -> Visitor:
    """The leader, after March was issued, instructed on, and corrected in its words."""
    database = the_database(app)
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-03-02"))
    issued(database, pdf=b"%PDF-first")
    instructed(database, INSTRUCTION)
    issued(database, OF_WORDS, b"%PDF-second")
    return somebody(app, "leader1")


def test_each_paper_is_handed_out_by_its_number(corrected: Visitor) -> None:
    for number, pdf in ((1, b"%PDF-first"), (2, b"%PDF-second")):
        response = corrected.get(f"/reports/monthly/issued/2026-{number}.pdf")
        assert (response.status_code, response.mimetype, response.data) == (200, "application/pdf", pdf)
    assert 'href="/reports/monthly/issued/2026-1.pdf"' in corrected.get("/reports/monthly/2026-03").text


@pytest.mark.parametrize(("kind", "number"), [("bulletins", "2026-1"), *(("monthly", no) for no in NO_NUMBERS)])
def test_there_is_no_paper_of_any_other_number(corrected: Visitor, kind: str, number: str) -> None:
    assert corrected.get(f"/reports/{kind}/issued/{number}.pdf").status_code == 404


def test_what_was_instructed_before_the_correction_leads_to_its_order(corrected: Visitor) -> None:
    page = corrected.get("/reports/monthly/2026-03").text
    assert INSTRUCTION["text"] in page
    assert '<a href="/orders/2026-1">督办单 攀督〔2026〕1号</a>' in page


def test_managers_go_the_whole_way_on_the_page(site: OpenAPI) -> None:
    page, moves = "/reports/monthly/2026-03", "/reports/monthly/2026-03/moves"
    office, centre, leader = (somebody(site, name) for name in ("office1", "centre1", "leader1"))
    assert sent(office, f"{moves}/compile") == 303
    assert sent(centre, f"{moves}/comment", SAID) == 303
    refused = centre.post(f"{moves}/comment", {"section": "late", "text": " "})
    assert refused.status_code == 422
    assert "请补充超期原因。" in office.get(f"{page}?chapter={SAID['section']}").text
    assert sent(office, f"{page}/issue") == 303
    work(site)
    assert "印发" in leader.get("/notices").text
    assert sent(leader, f"{moves}/acknowledge") == 303
    refused = leader.post(f"{moves}/instruct", AT_LARGE | {"on": "", "text": "请限期办结"})
    assert refused.status_code == 422
    assert "请限期办结" in refused.text
    assert sent(leader, f"{moves}/instruct", AT_LARGE) == 303
    page_of_centre = centre.get(page).text
    assert AT_LARGE["text"] in page_of_centre
    assert "督办单 攀督〔2026〕1号" in page_of_centre
    assert sent(office, f"{moves}/correct", {"grounds": "words", "reason": "署名有误"}) == 303
    assert "署名有误" in office.get(page).text


def sent(visitor: Visitor, path: str, data: dict[str, str] | None = None) -> int:
    visitor.get("/reports/monthly/2026-03")
    return visitor.post(path, {"once": visitor.once_key(), **(data or {})}).status_code


def test_a_bulletin_has_its_page(site: OpenAPI) -> None:
    office = somebody(site, "office1")
    assert "2026年7月至2026年9月" not in office.get("/reports").text  # there is no record yet
    with the_database(site).write() as tx:
        a_project(tx, "filed", at=when("2026-09-01"))
    assert "2026年7月至2026年9月" in office.get("/reports").text
    page = office.get("/reports/bulletins/2026-09")
    assert page.status_code == 200
    assert "2026年7月至2026年9月" in page.text
