"""The supervision office issues a month's report; the worker makes it while the page tells how far it is."""

from playwright.sync_api import expect

from approvals.base.database import Database
from tests.journeys.conftest import PATIENCE, PHONE, At, a_worker, fits
from tests.support.browser.people import Somebody
from tests.support.builders import an_approval, faults, when

PAGE = "/reports/monthly/2026-10"


def test_a_report_goes_from_its_draft_to_its_number_while_the_page_is_looked_at(
    address: str, database: Database, sqlite_url: str, at_browser: At
) -> None:
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-10-12"))
    office = at_browser(address, viewport=PHONE).sign_in("office1")
    plain = at_browser(address, java_script_enabled=False).sign_in("office1")
    ask_for_the_issue(office)
    plain.go(PAGE)
    plain.sees("正在印发本报告", "目前没有后台程序在运行")
    with a_worker(sqlite_url):
        office.page.get_by_text("报告已印发，编号").wait_for(timeout=6 * PATIENCE)
    office.sees("攀挂报〔2026〕1号")
    plain.follow("刷新查看进度")
    plain.sees("攀挂报〔2026〕1号", "下载印发的PDF")
    office.follow("查看已印发的报告")
    expect(office.main.locator(".title-row")).to_contain_text("攀挂报〔2026〕1号")
    download(office)
    fits(office)
    assert faults(database) == []


def ask_for_the_issue(office: Somebody) -> None:
    """Nobody is there to make it yet, and the page says so."""
    office.go(PAGE)
    office.press("编制")
    office.sees("草稿", "草稿文稿")
    office.main.locator("[name=understood]").check()
    office.press("印发本报告")
    office.sees("正在印发本报告", "目前没有后台程序在运行")
    expect(office.main.get_by_role("button", name="印发本报告")).to_have_count(0)
    fits(office)


def download(office: Somebody) -> None:
    with office.page.expect_download() as file:
        office.page.get_by_role("link", name="下载印发的PDF").click()
    assert file.value.suggested_filename == "审批挂号月度升级报告2026-10.pdf"
