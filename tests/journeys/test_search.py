"""The search in a browser: by "/" from any page, on a phone by its sign, and without a script."""

from approvals.base.database import Database
from tests.journeys.conftest import PHONE, At, fits
from tests.support.builders import a_project


def test_a_slash_leads_to_the_search_and_enter_finds(address: str, database: Database, at_browser: At) -> None:
    with database.write() as tx:
        number = a_project(tx, "filed", name="新建小学教学楼")
    officer = at_browser(address).sign_in("office1")
    officer.go("/casefiles")
    officer.page.keyboard.press("/")
    assert officer.page.evaluate("document.activeElement.id") == "site-search"
    officer.page.keyboard.type("小学/教学楼")
    assert officer.page.locator("#site-search").input_value() == "小学/教学楼", "a slash that is typed stays a slash"
    officer.page.locator("#site-search").fill("小学 教学楼")
    with officer.page.expect_navigation():
        officer.page.keyboard.press("Enter")
    officer.follow("新建小学教学楼")
    assert officer.path == f"/casefiles/{number}"


def test_a_phone_reaches_the_search(address: str, database: Database, at_browser: At) -> None:
    with database.write() as tx:
        a_project(tx, "filed", name="新建小学教学楼")
    owner = at_browser(address, viewport=PHONE).sign_in("owner1")
    fits(owner)
    with owner.page.expect_navigation():
        owner.page.get_by_role("link", name="查询", exact=True).click()
    fits(owner)
    owner.main.get_by_role("searchbox").fill("小学")
    owner.press("查询")
    owner.sees("新建小学教学楼")
    fits(owner)


def test_the_search_works_without_a_script(address: str, database: Database, at_browser: At) -> None:
    with database.write() as tx:
        a_project(tx, "filed", name="新建小学教学楼")
    owner = at_browser(address, java_script_enabled=False).sign_in("owner1")
    owner.page.locator("#site-search").fill("小学")
    with owner.page.expect_navigation():
        owner.page.locator("#site-search").press("Enter")
    owner.sees("新建小学教学楼")
