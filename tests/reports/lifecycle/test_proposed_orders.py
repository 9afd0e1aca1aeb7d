"""Orders that a bulletin proposes: each confirmed or declined once, by the office, however many try."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.base.database import Database
from approvals.base.errors import Forbidden, Invalid, NotFound, Problem, Refused
from approvals.history.record import ENTRY
from approvals.integrity.verification import verify
from approvals.reports.figures.compilation import compile_period
from approvals.reports.lifecycle.actions import (
    Compiled,
    ReportCorrection,
    compile_again,
    compile_report,
    issue,
    propose,
)
from approvals.reports.lifecycle.proposed_orders import confirm_order, decline_order, proposed_orders
from approvals.reports.lifecycle.queries import draft_of, frozen_figures, report_in_force
from approvals.reports.periods import BULLETIN, read_period
from approvals.supervision.orders.queries import ORDERS
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, an_actor, an_approval, when
from tests.support.bulletins import a_chapter, lagging
from tests.support.desk import the_database
from tests.support.extent import PAGE_ENGINES
from tests.support.pages import Visitor, a_site, somebody
from workflows.label import Label

PERIOD = read_period(BULLETIN, "2026-03")
REF = "510400-2026-00001/A01"
KEY, HOUSING, SCHOOL = f"late/{REF}", "behind/市住房城乡建设局", "behind/市教育局"
RECTIFY_BY = date(2026, 12, 4)  # ten working days after the twentieth of November


def prepared(database: Database) -> None:
    """An approval that is late at the end of March."""
    with database.write() as tx:
        an_approval(tx, "accepted", at=when("2026-01-12"))
    sweep(database, PERIOD.ends_at, lambda: NOW, keep=False)


@pytest.fixture
def database(database: Database) -> Database:
    prepared(database)
    return database


def issued(database: Database, why: ReportCorrection | None = None, *, programme: bool = False) -> None:
    """The bulletin of March, `programme` with two lead units behind."""
    with database.read() as tx:
        office = an_actor(tx, "office1")
    draft = compile_report(database, BULLETIN, "2026-03", office, lambda: NOW, why)
    with database.write() as tx:
        if programme:
            leads = Label("市住房城乡建设局", "Housing"), Label("市教育局", "Education")
            chapter = a_chapter(behind=tuple(lagging(number, lead) for number, lead in enumerate(leads)))
            figures = replace(frozen_figures(tx, draft), programme=chapter)
            compile_again(tx, draft, Compiled(figures, draft.last_entry), office, NOW)
        drafted = draft_of(tx, BULLETIN, PERIOD)
        assert drafted
        proposal = propose(tx, drafted, frozen_figures(tx, drafted), NOW)
        issue(tx, proposal, b"%PDF-", {}, office, NOW)


def states(database: Database) -> dict[str, str]:
    with database.read() as tx:
        return {row.demand.key: row.status for row in proposed_orders(tx, PERIOD)}


def inputs(database: Database, key: str) -> dict[str, str]:
    """What the page fills in."""
    with database.read() as tx:
        words = next(row.words for row in proposed_orders(tx, PERIOD) if row.demand.key == key)
    return {"on": key, **words}


def confirmed(database: Database, key: str = KEY, by: str = "office1", **changed: str) -> str:
    given = inputs(database, key) | changed
    with database.write() as tx:
        return confirm_order(tx, PERIOD, given, an_actor(tx, by), NOW)


def declined(database: Database, key: str = KEY, by: str = "office1", reason: str = "期后已办结。") -> None:
    with database.write() as tx:
        decline_order(tx, PERIOD, {"on": key, "reason": reason}, an_actor(tx, by), NOW)


def orders(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as tx:
        rows = tx.execute(select(ORDERS.c.source_kind, ORDERS.c.source_ref, ORDERS.c.subject).order_by(ORDERS.c.id))
        return [tuple(row) for row in rows]


def test_nothing_is_proposed_before_the_issue(database: Database) -> None:
    assert states(database) == {}
    with database.write() as tx, pytest.raises(NotFound):
        decline_order(tx, PERIOD, {"on": KEY, "reason": "无"}, an_actor(tx, "office1"), NOW)


def test_the_day_is_counted_from_the_issue_and_kept_with_the_bulletin(database: Database) -> None:
    issued(database)
    with database.read() as tx:
        report = report_in_force(tx, PERIOD, BULLETIN)
        entry = tx.execute(select(ENTRY.c.facts).where(ENTRY.c.move == "issue")).scalar_one()
    assert report and report.rectify_by == RECTIFY_BY
    assert '"rectify_by":"2026-12-04"' in entry


def test_a_confirmed_order_says_what_the_bulletin_asks_and_cites_it(database: Database) -> None:
    issued(database)
    assert states(database)[KEY] == "open"
    assert confirmed(database) == "2026-1"
    assert states(database)[KEY] == "ordered"
    with database.read() as tx:
        order = tx.execute(select(ORDERS)).one()
        assert (order.source_kind, order.source_ref, order.level) == (BULLETIN, f"2026-03/{KEY}", 3)
        assert order.due_on == RECTIFY_BY
        assert order.demands.startswith("根据《2026年1月至2026年3月督查通报》（攀督通〔2026〕1号）：办结")
        assert "2026年12月4日前完成整改" in order.demands
        newest = select(ENTRY.c.subject, ENTRY.c.move).order_by(ENTRY.c.id.desc()).limit(2)
        assert [tuple(row) for row in tx.execute(newest)] == [("report", "confirm_order"), ("order", "issue")]
        assert [fault for verdict in verify(tx) for fault in verdict.faults] == []


def test_an_order_at_large_goes_to_the_lead_unit_and_none_to_what_is_no_department(database: Database) -> None:
    issued(database, programme=True)
    assert states(database) == {KEY: "open", HOUSING: "open", SCHOOL: "unreachable"}
    confirmed(database, HOUSING)
    with pytest.raises(Refused, match="departments only"):
        confirmed(database, SCHOOL)
    assert [source for _kind, source, _subject in orders(database)] == [f"2026-03/{HOUSING}"]


def test_what_was_decided_is_not_decided_again(database: Database) -> None:
    issued(database, programme=True)
    confirmed(database)
    declined(database, HOUSING)
    assert states(database) == {KEY: "ordered", HOUSING: "declined", SCHOOL: "unreachable"}
    for key, again in ((KEY, confirmed), (KEY, declined), (HOUSING, confirmed), (HOUSING, declined)):
        with pytest.raises(Refused):
            again(database, key)
    assert len(orders(database)) == 1
    with database.read() as tx:
        rows = {row.demand.key: row for row in proposed_orders(tx, PERIOD)}
    assert rows[HOUSING].reason == "期后已办结。" and rows[HOUSING].decision and rows[HOUSING].decision.at == NOW
    assert rows[KEY].order and rows[KEY].order.ref == "2026-1"


@pytest.mark.parametrize("programme", [False, True])
def test_of_six_who_confirm_at_once_one_issues_the_order(database: Database, programme: bool) -> None:
    issued(database, programme=programme)
    key = HOUSING if programme else KEY

    def attempt(_number: int) -> str:
        try:
            return confirmed(database, key)
        except Problem as problem:
            return type(problem).__name__

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(attempt, range(6)))
    assert sorted(outcomes) == ["2026-1", *["Refused"] * 5]
    assert len(orders(database)) == 1
    with database.read() as tx:
        assert len(tx.execute(select(ENTRY.c.id).where(ENTRY.c.move == "confirm_order")).all()) == 1


def test_a_correction_does_not_propose_again_what_was_decided(database: Database) -> None:
    issued(database, programme=True)
    confirmed(database)
    declined(database, HOUSING)
    issued(database, ReportCorrection("2026-1", "words", "署名有误"))
    assert states(database) == {KEY: "ordered", HOUSING: "declined", SCHOOL: "unreachable"}
    assert len(orders(database)) == 1


@pytest.mark.parametrize("by", ["centre1", "leader1", "window-a01", "owner1"])
def test_the_office_alone_decides(database: Database, by: str) -> None:
    issued(database)
    for decide in (confirmed, declined):
        with pytest.raises(Forbidden):
            decide(database, by=by)
    assert (states(database), orders(database)) == ({KEY: "open"}, [])


def test_bad_input_issues_nothing(database: Database) -> None:
    issued(database)
    for wrong in ({"due_on": "2026-11-21"}, {"due_on": "2026-11-19"}, {"subject": ""}, {"demands": " "}):
        with pytest.raises(Invalid):
            confirmed(database, **wrong)
    with pytest.raises(Invalid):
        declined(database, reason="")
    with pytest.raises(NotFound):
        declined(database, "late/510400-2026-00099/A01")
    assert (states(database), orders(database)) == ({KEY: "open"}, [])


def test_an_order_of_a_bulletin_is_no_instruction_of_the_city_government(database: Database) -> None:
    issued(database)
    confirmed(database)
    with database.read() as tx:
        november = compile_period(tx, read_period("monthly", "2026-11"))
    assert (november.orders.city.issued, november.orders.city.instructed) == (1, 0)
    assert [order.source_kind for order in november.orders.told] == [BULLETIN]


# The page.


@pytest.fixture(params=PAGE_ENGINES)
def site(request: pytest.FixtureRequest, make_database) -> Iterator[OpenAPI]:  # type: ignore[no-untyped-def]
    with a_site(make_database(request.param), now=NOW) as app:
        prepared(the_database(app))
        yield app


PAGE = "/reports/bulletins/2026-03/orders"


def sent(office: Visitor, move: str, **values: str):  # type: ignore[no-untyped-def]
    return office.post(f"{PAGE}/{move}", {"on": KEY, **values})


def test_the_page_confirms_and_declines(site: OpenAPI) -> None:
    office, leader = somebody(site, "office1"), somebody(site, "leader1")
    assert office.get(PAGE).status_code == 404
    issued(the_database(site), programme=True)
    assert f'href="{PAGE}"' in office.get("/reports/bulletins/2026-03").text
    page = office.get(PAGE).text
    assert page.count("待核定") == 2 and "非督办单承办部门" in page and "审批事项逾期未办结" in page
    assert f'action="{PAGE}/confirm_order"' not in leader.get(PAGE).text
    refused = sent(office, "confirm_order", subject="限期办结", demands="请按期办结。", due_on="2026-11-21")
    assert refused.status_code == 422 and "请按期办结。" in refused.text
    whole = {"subject": "限期办结", "demands": "请按期办结。", "due_on": "2026-12-04"}
    for _twice in range(2):
        done = sent(office, "confirm_order", **whole, once="x" * 12)
        assert (done.status_code, done.location) == (303, PAGE)
    assert office.post(f"{PAGE}/decline_order", {"on": HOUSING, "reason": "另行督办。"}).status_code == 303
    page = office.get(PAGE).text
    assert "已下达" in page and "另行督办。" in page and "待核定" not in page
    assert orders(the_database(site)) == [(BULLETIN, f"2026-03/{KEY}", "限期办结")]
    again = sent(office, "confirm_order", **whole)
    assert again.status_code == 409 and "该事项已下达督办单。" in again.text
    assert office.post(f"{PAGE}/instruct", {"on": KEY}).status_code == 404


def test_the_order_names_the_bulletin_on_its_page(site: OpenAPI) -> None:
    issued(the_database(site))
    confirmed(the_database(site))
    for reader, leads in (("office1", True), ("window-a01", False)):
        page = somebody(site, reader).get("/orders/2026-1").text
        assert "督查通报" in page
        assert ('href="/reports/bulletins/2026-03"' in page) == leads
