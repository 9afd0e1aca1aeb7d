"""The monthly entries on pages: reported, confirmed, their money confirmed, the month closed, and opened again."""

from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import faults
from tests.support.pages import Visitor, somebody
from tests.support.programme import ITEM, PLAN, an_entry, program

MAY = "/programme/2026/items/901/510402/2026-05"
CELLS = {
    **{"quantities.里程": "3.5", "nodes.0.name": "开工", "nodes.0.reached_on": "2026-05-04"},
    **{"nodes.1.name": "竣工", "funds.0.source": "city"},
    **{"funds.0.allocated": "100", "funds.0.received": "80", "funds.0.paid": "50.50"},
}


def test_a_reporter_reports_the_lead_confirms_and_finance_confirms_the_money(
    database: Database, reporter: Visitor, lead: Visitor, finance: Visitor, office: Visitor
) -> None:
    assert MAY in reporter.get("/programme/month").text
    assert "年度目标 12.5 公里" in reporter.get(MAY).text
    assert reporter.post(f"{MAY}/moves/report", CELLS).headers["Location"] == "/programme/month"
    assert MAY in lead.get("/programme/month").text
    page = lead.get(MAY).text
    assert "报送内容" in page and "支付 50.50" in page
    assert lead.post(f"{MAY}/moves/confirm").status_code == 303
    assert MAY in finance.get("/programme/month").text
    finance.get(MAY)
    assert finance.post(f"{MAY}/moves/confirm_money").status_code == 303
    assert MAY not in finance.get("/programme/month").text
    office.get("/programme/2026/months")
    assert office.post("/programme/2026/moves/close_month", {"month": "2026-05"}).status_code == 303
    assert "已关账" in reporter.get(MAY).text
    assert faults(database) == []


def test_an_empty_cell_is_asked_back_and_what_was_typed_stays(reporter: Visitor) -> None:
    reporter.get(MAY)
    refused = reporter.post(f"{MAY}/moves/report", {**CELLS, "quantities.里程": "", "problems": "两户未签约"})
    assert refused.status_code == 422
    assert "必填：填写数字、0，或说明无数据的原因" in refused.text
    assert 'value="50.50"' in refused.text and "两户未签约" in refused.text and 'value="2026-05-04"' in refused.text


def test_a_reason_takes_the_place_of_a_figure(reporter: Visitor) -> None:
    reporter.get(MAY)
    cells = {**CELLS, "quantities.里程": "", "no_figure.里程": "尚未测量"}
    assert reporter.post(f"{MAY}/moves/report", cells).status_code == 303
    assert "尚未测量" in reporter.get(MAY).text


def test_money_that_is_half_filled_in_is_asked_back(reporter: Visitor) -> None:
    reporter.get(MAY)
    refused = reporter.post(f"{MAY}/moves/report", {**CELLS, "funds.0.paid": "", "funds.0.received": "8.005"})
    assert refused.status_code == 422
    assert "必填" in refused.text and "8.005" in refused.text


def test_a_report_that_is_sent_twice_has_one_effect(database: Database, reporter: Visitor) -> None:
    reporter.get(MAY)
    key = reporter.once_key()
    for _ in range(2):
        assert reporter.post(f"{MAY}/moves/report", {**CELLS, "once": key}).status_code == 303
    assert reporter.get(MAY).text.count("timeline-title") == 1


def test_the_lead_sends_an_entry_back_and_it_waits_for_the_reporter(
    database: Database, item: str, reporter: Visitor, lead: Visitor
) -> None:
    with database.write() as tx:
        an_entry(tx, item)
    lead.get(MAY)
    assert lead.post(f"{MAY}/moves/send_back", {"reasons": "里程与图不符"}).status_code == 303
    assert "已退回" in reporter.get("/programme/month").text
    assert "里程与图不符" in reporter.get(MAY).text


def test_the_office_sees_who_has_not_reported_and_opens_a_closed_month(
    database: Database, item: str, office: Visitor, reporter: Visitor
) -> None:
    page = office.get("/programme/2026/months?month=2026-04").text
    assert "2026年4月未报" in page and "/510402/2026-04" in page
    office.post("/programme/2026/moves/close_month", {"month": "2026-04"})
    april = MAY.replace("2026-05", "2026-04")
    assert "该月已关账" in reporter.get(april).text
    assert reporter.post(f"{april}/moves/report", CELLS).status_code == 409
    office.get("/programme/2026/months")
    given = {"task": "901/510402", "month": "2026-04", "until": "2026-11-25", "reason": "通信中断"}
    refused = office.post("/programme/2026/moves/open_exception", {**given, "task": "901/x"})
    assert refused.status_code == 422 and "通信中断" in refused.text
    assert office.post("/programme/2026/moves/open_exception", given).status_code == 303
    reporter.get(april)
    assert reporter.post(f"{april}/moves/report", {**CELLS, "nodes.0.reached_on": "2026-04-20"}).status_code == 303


def test_an_amendment_is_confirmed_by_a_second_person(
    app: OpenAPI, database: Database, item: str, reporter: Visitor, lead: Visitor
) -> None:
    with database.write() as tx:
        an_entry(tx, item, state="closed")
    reporter.get(MAY)
    given = {**CELLS, "quantities.里程": "4", "reason": "漏报一段"}
    assert reporter.post(f"{MAY}/moves/amend_entry", given).status_code == 303
    assert "更正待另一人确认" in lead.get(MAY).text
    assert lead.post(f"{MAY}/moves/confirm_amendment").status_code == 303
    assert "4 公里" in somebody(app, "leader1").get(MAY).text
    assert faults(database) == []


def test_months_are_the_offices(reporter: Visitor) -> None:
    assert reporter.get("/programme/2026/months").status_code == 403


def test_a_month_is_owed_by_items_that_were_to_be_reported_of_on_its_report_day(
    database: Database, item: str, reporter: Visitor
) -> None:
    """Adopted after the report day of March, suspended over that of June: neither month is asked for."""
    late = "programme/2026/902"
    with database.write() as tx:
        program(tx, "office1", "propose", late, ITEM, "2026-03-20")
        program(tx, "office1", "assign", late, PLAN, "2026-03-21")
        program(tx, "office1", "adopt", late, at="2026-03-30")
        suspension = {"cause": "policy", "restart_steps": "等待政策", "review_on": "2026-07-15"}
        program(tx, "office1", "suspend", late, suspension, "2026-06-10")
        program(tx, "office1", "resume", late, {"reason": "政策已明确"}, "2026-07-05")
    page = reporter.get("/programme/month").text
    months = [month for month in range(1, 13) if f"/902/510402/2026-{month:02}" in page]
    assert months == [4, 5, 7, 8, 9, 10, 11]


def test_the_office_reminds_all_that_have_not_reported_at_once(
    database: Database, item: str, reporter: Visitor, office: Visitor
) -> None:
    office.get("/programme/2026/months")
    assert office.post("/programme/2026/moves/remind", {"month": "2026-05"}).status_code == 303
    assert "催报" in reporter.get("/notices").text
    with database.write() as tx:
        an_entry(tx, item)
    office.get("/programme/2026/months")
    refused = office.post("/programme/2026/moves/remind", {"month": "2026-05"})
    assert refused.status_code == 409 and "本月各任务均已报送" in refused.text
    assert faults(database) == []
