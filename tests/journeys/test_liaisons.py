"""One to one at a browser: asked at ten at night and answered by whoever is on duty; a liaison falls ill."""

from datetime import datetime, timedelta

from playwright.sync_api import expect

from approvals.base.database import Database
from approvals.base.moments import CITY_ZONE
from tests.journeys.conftest import PHONE, At, a_server
from tests.support.builders import a_project, an_approval, faults, project_row, when
from tests.support.example_city import OPENING

NIGHT = datetime(2026, 11, 19, 22, 0, tzinfo=CITY_ZONE)
QUESTION, ANSWER = "明早能先交电子版吗？", "可以，九点前上传即可。"
LIAISON, DEPUTY = "何晓梅", "邓志勇"


def test_an_owner_asks_at_ten_at_night_and_the_officer_on_duty_answers(
    sqlite_url: str, database: Database, at_browser: At
) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-11-18"))
    with a_server(sqlite_url, NIGHT) as address:
        centre = at_browser(address).sign_in("centre1")
        centre.go("/roster")
        row = centre.main.locator("section", has_text="新增班次")
        row.get_by_label("值班人员").select_option(f"{DEPUTY} (市政务服务中心)")
        centre.fill("开始", "2026-11-19T21:30", row)
        centre.fill("结束", "2026-11-20T09:00", row)
        centre.press("先预览", row)
        centre.press("保存班次")
        centre.sees(DEPUTY)

        owner = at_browser(address, viewport=PHONE).sign_in("owner1")
        owner.go(f"/projects/{ref}")
        owner.sees("一对一联系人", "现在值班，至 2026-11-20 09:00", DEPUTY, "0812-000")
        owner.follow("提出诉求")
        owner.sees("2026-11-20 00:0")
        owner.fill("诉求内容", QUESTION)
        owner.press("提出诉求")
        owner.sees("待答复", QUESTION, "2026-11-20 00:0")

        officer = at_browser(address).sign_in("liaison2")
        officer.open("今日工作", "今日工作")
        officer.sees(QUESTION)
        officer.follow("答复")
        with officer.form("答复") as form:
            form.get_by_label("答复内容").fill(ANSWER)
        expect(officer.page.get_by_role("status")).to_contain_text("答复已记录")

        owner.page.reload()
        owner.sees("已答复", ANSWER, DEPUTY)
    assert faults(database) == []


def test_a_liaison_falls_ill_and_the_deputy_goes_on_in_their_place(
    address: str, database: Database, at_browser: At
) -> None:
    with database.write() as tx:
        on = an_approval(tx, "correcting", at=when("2026-11-19"))
        number = project_row(tx, on.partition("/")[0]).number
    ill = at_browser(address, viewport=PHONE).sign_in("liaison1")
    ill.go("/absence/new")
    ill.fill("结束日期", f"{OPENING + timedelta(days=5):%Y-%m-%d}")
    ill.main.get_by_label("类型").select_option("sick")
    ill.main.get_by_label("代岗人").select_option("liaison2")
    ill.press("查看未办结事项")
    ill.sees("一对一联系项目 1 个")
    ill.press("确认登记")
    ill.sees("等待")

    deputy = at_browser(address).sign_in("liaison2")
    deputy.follow("去答复")
    deputy.sees("请您代岗", LIAISON)
    deputy.press("确认")
    deputy.open("今日工作", "今日工作")
    deputy.follow("查看项目情况")
    deputy.go(f"/approvals/{number}/A01")
    with deputy.hand_in("补正后提交") as form:
        for box in form.get_by_role("checkbox").all():
            box.check()
    deputy.sees("已收件", f"{DEPUTY} 代 {LIAISON}")

    owner = at_browser(address).sign_in("owner1")
    owner.go(f"/projects/{number}")
    owner.sees(DEPUTY, f"代 {LIAISON}（请假）")
    assert faults(database) == []
