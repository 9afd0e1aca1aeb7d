"""What is granted for a time: warned of thirty days ahead, told on each day in words, found among the lists."""

from datetime import timedelta

import pytest

from approvals.base.database import Database
from approvals.http.application import KEY
from approvals.windows.queries import approval
from approvals.windows.validity import validity
from tests.support.builders import a_project, an_actor, walk, when
from tests.support.desk import text_of
from tests.support.pages import a_site, somebody

GRANTED = when("2024-11-20", "10:00")
NOON = when("2026-11-20", "12:00")
LAST = NOON.date()  # A01 is valid for two years
DAYS = {
    -31: "有效期至2026-11-20",
    -30: "有效期至2026-11-20，30天后届满",
    -2: "有效期至2026-11-20，2天后届满",
    -1: "有效期至2026-11-20，明日届满",
    0: "有效期今日（2026-11-20）届满",
    1: "有效期已于2026-11-20届满",
    400: "有效期已于2026-11-20届满",
}


def granted(database: Database, name: str = "新建小学", days: int = 0) -> str:
    """A project whose A01 was granted two years before LAST, or so many days later."""
    at = GRANTED + timedelta(days=days)
    with database.write() as tx:
        ref = a_project(tx, "registered", at=at, name=name)
        walk(tx, ref, "A01", ("submit", "accept", "grant", "deliver"), at=at + timedelta(hours=1))
    return ref


@pytest.mark.parametrize("left", list(DAYS))
def test_each_page_tells_in_words_how_long_it_is_valid(sqlite_url: str, left: int) -> None:
    with a_site(sqlite_url, now=NOON + timedelta(days=left)) as app:
        ref = granted(app.extensions[KEY].database)
        pages = [
            somebody(app, "window-a01").get(f"/approvals/{ref}/A01"),
            somebody(app, "owner1").get(f"/projects/{ref}"),
            somebody(app, "centre1").get(f"/casefiles/{ref}"),
        ]

    for page in pages:
        text = text_of(page.text).replace(" ", "")
        assert DAYS[left] in text
        assert text.count("届满") == DAYS[left].count("届满")


def test_what_was_granted_for_good_or_not_at_all_has_no_validity(sqlite_url: str) -> None:
    with a_site(sqlite_url, now=NOON) as app:
        database: Database = app.extensions[KEY].database
        ref = granted(database)
        with database.write() as tx:
            walk(tx, ref, "A04", ("submit", "accept", "grant"))  # the catalogue gives it no end
            walk(tx, ref, "A02", ("submit", "accept", "refuse"))
            office = an_actor(tx, "office1")
            validities = {code: validity(approval(tx, ref, code, office, LAST), LAST) for code in ("A01", "A02", "A04")}

    assert validities["A01"] is not None
    assert (validities["A02"], validities["A04"]) == (None, None)


@pytest.mark.parametrize(("username", "address"), [("owner1", "/projects"), ("office1", "/casefiles")])
def test_the_filter_finds_what_lapses_within_thirty_days_or_has_lapsed(
    page_url: str, username: str, address: str
) -> None:
    with a_site(page_url, now=NOON) as app:
        database = app.extensions[KEY].database
        for name, days in (("昨天失效", -1), ("今天到期", 0), ("三十天后", 30), ("三十一天后", 31)):
            granted(database, name, days)
        with database.write() as tx:
            a_project(tx, "registered", at=when("2026-11-02"), name="未许可")
        visitor = somebody(app, username)
        everything, lapsing = visitor.get(address).text, visitor.get(f"{address}?lapsing=yes").text

    names = ("昨天失效", "今天到期", "三十天后", "三十一天后", "未许可")
    assert [name for name in names if name in everything] == list(names)
    assert [name for name in names if name in lapsing] == list(names[:3])
