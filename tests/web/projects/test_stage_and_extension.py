"""The joint clock of a stage, and an extension, as the owner and the offices read them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import a_project, do, walk, when
from tests.support.desk import text_of, the_database
from tests.support.pages import a_site, somebody

# By the known answers of the rules of time 20 working days after 2026-02-12 fall on 2026-03-18. From there 25 more are
# counted on the fingers: 19 20, 23-27, 30-3 April, 7-10 (the 6th is a day off), 13-17, 20 21 22 23.
ACCEPTED = when("2026-02-12", "10:00")
TOLD = {
    "2026-02-12": "联合办理已用0/45个工作日2026-04-23到期，剩余45个工作日",
    "2026-02-26": "联合办理已用5/45个工作日2026-04-23到期，剩余40个工作日",
    "2026-03-18": "联合办理已用20/45个工作日2026-04-23到期，剩余25个工作日",
    "2026-04-23": "联合办理已用45/45个工作日今日（2026-04-23）到期",
    "2026-04-24": "联合办理已用46/45个工作日已于2026-04-23到期，超期1个工作日",
    "2026-04-25": "联合办理已用46/45个工作日已于2026-04-23到期，超期1个工作日",  # a Saturday
}


def squeezed(page: str) -> str:
    return text_of(page).replace(" ", "")


@contextmanager
def a_site_on(url: str, day: str) -> Iterator[tuple[OpenAPI, Database, str]]:
    """A site with a project whose first approval was accepted on the Thursday before the Spring Festival."""
    with a_site(url, now=when(day, "18:00")) as app:
        database = the_database(app)
        with database.write() as tx:
            ref = a_project(tx, "registered", at=when("2026-02-10"))
            walk(tx, ref, "A01", ("submit", "accept"), at=ACCEPTED)
        yield app, database, ref


@pytest.mark.parametrize("day", list(TOLD))
def test_owner_and_offices_read_the_joint_clock_of_the_known_answer(sqlite_url: str, day: str) -> None:
    with a_site_on(sqlite_url, day) as (app, _, ref):
        pages = [somebody(app, "owner1").get(f"/projects/{ref}"), somebody(app, "centre1").get(f"/casefiles/{ref}")]

    for page in pages:
        assert TOLD[day] in squeezed(page.text)
        assert squeezed(page.text).count("联合办理已用") == 1  # the other stages have not begun


def test_the_joint_clock_stands_while_its_only_open_approval_is_paused(sqlite_url: str) -> None:
    with a_site_on(sqlite_url, "2026-03-18") as (app, database, ref):
        with database.write() as tx:
            do(tx, "window-a01", "start_special", f"{ref}/A01", at=when("2026-02-27"))
        page = squeezed(somebody(app, "owner1").get(f"/projects/{ref}").text)

    assert "联合办理已用5/45个工作日" in page
    assert "暂停" in page or "停止" in page


def test_the_owner_reads_of_an_extension_why_and_until_when(page_url: str) -> None:
    with a_site_on(page_url, "2026-02-26") as (app, database, ref):
        owner, window = somebody(app, "owner1"), somebody(app, "window-a01")
        before = squeezed(owner.get(f"/projects/{ref}").text)
        with database.write() as tx:
            extension = {"days": 5, "reason": "需要现场核查"}
            do(tx, "head-a01", "extend", f"{ref}/A01", extension, at=when("2026-02-26", "09:30"))
        after = squeezed(owner.get(f"/projects/{ref}").text)
        page = window.get(f"/approvals/{ref}/A01").text

    assert "2026-02-26" in before and "2026-03-18" in before and "理由：需要现场核查" not in before
    assert "2026-02-26延长5个工作日，理由：需要现场核查" in after
    assert "承诺2026-03-04" in after and "法定2026-03-25" in after
    moved = squeezed(page.partition("期限变动情况")[2].partition("</table>")[0])
    assert "+52026-02-26→变为2026-03-042026-03-18→变为2026-03-25" in moved
    assert "需要现场核查" in moved


def test_an_extension_of_an_earlier_round_is_not_told_of_the_next(sqlite_url: str) -> None:
    with a_site_on(sqlite_url, "2026-03-05") as (app, database, ref):
        with database.write() as tx:
            do(tx, "head-a01", "extend", f"{ref}/A01", at=when("2026-02-26"))
            walk(tx, ref, "A01", ("refuse", "reapply"), at=when("2026-03-02"))
        pages = [
            somebody(app, "owner1").get(f"/projects/{ref}").text,
            somebody(app, "window-a01").get(f"/approvals/{ref}/A01").text,
        ]

    assert "理由：情况复杂" not in squeezed(pages[0])
    assert "期限变动情况" not in pages[1]
