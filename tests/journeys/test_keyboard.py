"""With the keyboard alone: sign in, open the queue, make a move."""

import re

from approvals.base.database import Database
from tests.journeys.conftest import At
from tests.support.browser.people import Somebody
from tests.support.builders import an_approval, when
from tests.support.pages import PASSWORD

MOST = 60  # presses of Tab that somebody has the patience for


def test_a_window_signs_in_and_accepts_by_keyboard_alone(address: str, database: Database, at_browser: At) -> None:
    with database.write() as tx:
        an_approval(tx, "received", at=when("2026-11-19"))
    officer = at_browser(address)
    officer.go("/")
    type_in(officer, "用户名", "window-a01")
    type_in(officer, "密码", PASSWORD)
    with officer.page.expect_navigation(url=address + "/"):
        officer.page.keyboard.press("Enter")
    skip_to_the_content(officer)
    enter(officer, "办件")
    enter(officer, "A01")
    enter(officer, "受理")
    officer.sees("已受理")


def skip_to_the_content(officer: Somebody) -> None:
    officer.page.keyboard.press("Tab")
    assert focused(officer) == "跳到正文"
    officer.page.keyboard.press("Enter")
    assert officer.page.evaluate("document.activeElement.id") == "main"


def type_in(officer: Somebody, label: str, text: str) -> None:
    tab_to(officer, label)
    officer.page.keyboard.type(text)


def enter(officer: Somebody, words: str) -> None:
    tab_to(officer, words)
    with officer.page.expect_navigation():
        officer.page.keyboard.press("Enter")


def tab_to(officer: Somebody, words: str) -> None:
    """Go on with Tab until something whose words begin so is reached; whatever is reached on the way can be seen."""
    for _ in range(MOST):
        officer.page.keyboard.press("Tab")
        if focused(officer).startswith(words):
            return
    raise AssertionError(f"no way to {words!r} by Tab")


def focused(officer: Somebody) -> str:
    """The words of what has the focus."""
    return str(
        officer.page.evaluate(
            "() => { const one = document.activeElement; return (one.labels?.[0] ?? one).innerText.trim() }"
        )
    )


def test_a_list_is_walked_with_j_k_and_enter_and_prints_in_landscape(
    address: str, database: Database, at_browser: At
) -> None:
    with database.write() as tx:
        for day in ("2026-11-17", "2026-11-18", "2026-11-19"):
            an_approval(tx, "received", at=when(day))
    officer = at_browser(address).sign_in("window-a01")
    officer.go("/windows")
    links = officer.page.locator("table.stack tbody .head-cell a").all()
    rows = [link.get_attribute("href") for link in links]
    walked = []
    for key in "jjkkjjj":  # before the first row and behind the last the focus stays
        officer.page.keyboard.press(key)
        walked.append(rows.index(officer.page.evaluate("document.activeElement.getAttribute('href')")))
    assert walked == [0, 1, 0, 0, 1, 2, 2]
    size = re.search(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", officer.page.pdf(prefer_css_page_size=True))
    assert size is not None and [round(float(side)) for side in size.groups()] == [842, 595], "A4, landscape"
    with officer.page.expect_navigation(url=f"{address}{rows[2]}"):
        officer.page.keyboard.press("Enter")
