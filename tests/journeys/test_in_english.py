"""The street in English, in short: every text of the product is English, only what people wrote stays Chinese."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from approvals.calendar.queries import product_calendar_text
from approvals.demo.people import demo_people
from tests.journeys.conftest import At, a_server, open_city
from tests.support.browser.filing import fill_further
from tests.support.browser.people import Somebody
from tests.support.builders import FURTHER, window
from workflows.clock.calendar import load_calendar
from workflows.config.catalogue import load_catalogue
from workflows.config.city import load_city

NAME = "新建河堤步道"
PAGES = ("/casefiles", "/casefiles/{number}", "/ledger", "/escalations", "/reports", "/reports/monthly/2026-11")
REASON = "资金来源不明"
RECEIPTS = ("攀备〔2026〕1号", "攀备〔2026〕2号")
CHINESE = re.compile(r"[\u3400-\u9fff]")
# Every text node that shows, and what is read aloud or shown in its place.
TEXTS = """() => {
  const found = [document.title];
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode()); ) {
    if (!node.parentElement.closest("script, style, .language-switch")) found.push(node.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"]) {
    for (const one of document.querySelectorAll(`[${name}]`)) found.push(one.getAttribute(name));
  }
  return found;
}"""


@pytest.fixture
def address(page_url: str) -> Iterator[str]:
    """A server on an empty city, on each engine in turn."""
    with open_city(page_url), a_server(page_url) as address:
        yield address


def data() -> list[str]:
    """The Chinese that stands on English pages too: names, and what people wrote; the longest first."""
    catalogue, city = load_catalogue(), load_city()
    chinese = {NAME, REASON, "攀挂〔2026〕1号", "攀审批〔2026〕7号", *RECEIPTS, *city.counties}
    chinese |= {FURTHER["site"], FURTHER["contact_name"]} | {person.name for person in demo_people(catalogue)}
    for item in catalogue.items.values():
        chinese |= {*item.materials, *item.special}
    chinese |= {notice.source for notice in load_calendar(product_calendar_text()).notices}
    return sorted(chinese, key=len, reverse=True)


def speaks_english(person: Somebody) -> None:
    """Nothing Chinese is left on the page when the data are taken away."""
    assert leftovers(person.page) == [], person.path


def leftovers(page: Page) -> list[str]:
    names = re.compile("|".join(map(re.escape, data())))
    return [text.strip() for text in page.evaluate(TEXTS) if CHINESE.search(names.sub("", text))]


def test_the_main_moves_and_pages_are_english(address: str, at_browser: At) -> None:
    def person(username: str) -> Somebody:
        user = at_browser(address).sign_in(username)
        user.page.get_by_role("button", name="English").click()
        user.page.get_by_role("button", name="中文").wait_for()
        speaks_english(user)
        return user

    owner, office, centre = person("owner1"), person("office1"), person("centre1")
    files(owner)
    returns(office)
    files_again(owner)
    classifies(office)
    number = registers(centre)
    applies(owner, number)
    decides(person(window("A01")), number)
    looks_around(person("leader1"), number)


def files(owner: Somebody) -> None:
    owner.open("My projects")
    speaks_english(owner)
    owner.follow("New filing")
    speaks_english(owner)
    owner.fill("Name", NAME)
    owner.main.get_by_label("Category").select_option(label="Environment")
    owner.main.locator("#f-kind").select_option(label="Construction")
    fill_further(owner, "西区", "80")
    owner.fill("Planned investment (10k yuan)", "12.345")
    owner.press("Save")
    speaks_english(owner)
    owner.fill("Planned investment (10k yuan)", "80")
    owner.answer_no()
    owner.press("Save")
    owner.sees(NAME, "Draft")
    speaks_english(owner)
    owner.press("File the project")
    owner.sees("Filed")
    speaks_english(owner)


def returns(office: Somebody) -> None:
    office.open("Triage")
    speaks_english(office)
    office.follow(NAME)
    speaks_english(office)
    with office.form("Return") as form:
        form.get_by_label("Reasons 1").fill(REASON)
    office.page.get_by_role("status").wait_for()
    speaks_english(office)


def files_again(owner: Somebody) -> None:
    owner.open("My projects")
    owner.follow(NAME)
    owner.sees("Returned", REASON)
    speaks_english(owner)
    owner.press("File the project again")
    owner.sees("Filed")


def classifies(office: Somebody) -> None:
    office.open("Triage")
    office.follow(NAME)
    with office.form("Classify") as form:
        form.get_by_label("Urgent and hard").check()
    office.page.get_by_role("status").wait_for()


def registers(centre: Somebody) -> str:
    centre.open("Registration")
    speaks_english(centre)
    centre.follow(NAME)
    speaks_english(centre)
    centre.press("Register")
    centre.sees("Registered")
    speaks_english(centre)
    return centre.path.rpartition("/")[2]


def applies(owner: Somebody, number: str) -> None:
    owner.go(f"/projects/{number}")
    speaks_english(owner)
    owner.follow("A01", owner.page.locator(".own-todo-list"))
    speaks_english(owner)
    with owner.hand_in("Submit") as form:
        form.get_by_role("checkbox").first.check()
    owner.sees("The application is not complete.")
    speaks_english(owner)
    owner.press("Submit it incomplete")
    owner.sees("Received")
    speaks_english(owner)
    owner.go("/notices")
    speaks_english(owner)


def decides(officer: Somebody, number: str) -> None:
    officer.open("Cases")
    speaks_english(officer)
    officer.follow("A01")
    officer.press("Accept")
    officer.sees("Accepted")
    speaks_english(officer)
    with officer.form("Grant") as form:
        form.get_by_label("Document number").fill("攀审批〔2026〕7号")
    officer.sees("Granted")
    speaks_english(officer)
    officer.follow("how it was counted")
    speaks_english(officer)


def looks_around(leader: Somebody, number: str) -> None:
    for path in PAGES:
        leader.go(path.format(number=number))
        speaks_english(leader)
    leader.go("/nothing-here")
    speaks_english(leader)
    leader.go("/reports")
    leader.follow("PDF of November 2026")
    leader.sees("English preview", "not rendered yet")
