"""The page of the search: its field on every page, what it finds with links, and what it says without a hit."""

import re
from collections.abc import Iterator

import pytest
from flask_openapi3 import OpenAPI

from tests.conftest import MakeDatabase
from tests.support.builders import NOW, window
from tests.support.desk import text_of, the_database
from tests.support.pages import Visitor, a_site, somebody
from tests.support.searched_city import build

PEOPLE = ("owner1", "owner2", window("A01"), "liaison1", "centre1", "office1", "leader1", "finance1", "sysadmin1")


@pytest.fixture(scope="module")
def app(make_database: MakeDatabase) -> Iterator[OpenAPI]:
    """A site on the searched city, on which these tests only look."""
    with a_site(make_database("sqlite"), now=NOW) as app:
        with the_database(app).write() as tx:
            build(tx)
        yield app


@pytest.fixture(scope="module")
def visitors(app: OpenAPI) -> dict[str, Visitor]:
    return {username: somebody(app, username) for username in (*PEOPLE, "auditor1")}


def hits_of(page: str) -> list[tuple[str, str]]:
    """Address and title of each hit."""
    return re.findall(r'<li class="search-hit">\s*<a href="([^"]+)">([^<]+)</a>', page)


def test_the_field_stands_in_the_head_for_all_who_find_anything(visitors: dict[str, Visitor]) -> None:
    for username, visitor in visitors.items():
        assert ('id="site-search"' in visitor.get("/").text) == (username != "auditor1"), username


def test_hits_lead_to_pages_that_their_reader_may_open(visitors: dict[str, Visitor]) -> None:
    for username in PEOPLE:
        visitor = visitors[username]
        for text in ("小学", "2026", "局", "1号", "李"):
            page = visitor.get(f"/search?q={text}").text
            addresses = {address for address, _title in hits_of(page)}
            lists = set(re.findall(r'<p class="search-more"><a href="([^"]+)"', page))
            for address in sorted(addresses | lists):
                if not address.startswith(("/documents/", "/reports/")):  # they have no contents in this city
                    status = visitor.get(address.replace("&amp;", "&")).status_code
                    assert status == 200, (username, text, address)


def test_the_list_holds_as_many_as_the_search_says(visitors: dict[str, Visitor]) -> None:
    page = visitors["sysadmin1"].get("/search?q=window").text
    [(path, number)] = re.findall(r'<p class="search-more"><a href="(/administration/people[^"]+)">\D*(\d+)', page)
    listed = visitors["sysadmin1"].get(path).text
    assert len(re.findall(r'<a href="/administration/people/[^"]+">', listed)) == int(number) > 5


def test_hits_are_told_in_words(visitors: dict[str, Visitor]) -> None:
    text = text_of(visitors["office1"].get("/search?q=攀挂（２０２６）１号").text)
    assert "第二小学（扩建） ２期 完全匹配 攀挂〔2026〕1号 市教育局" in " ".join(text.split())


def test_a_kind_alone_shows_more_of_it(visitors: dict[str, Visitor]) -> None:
    page = visitors["office1"].get("/search?q=局").text
    assert 'href="/search?q=%E5%B1%80&amp;kind=unit"' in page
    alone = visitors["office1"].get("/search?q=局&kind=unit").text
    assert len(hits_of(alone)) > len([hit for hit in hits_of(page) if hit[0].startswith("/casefiles?search")])
    assert "返回全部类别" in alone
    assert visitors["office1"].get("/search?q=局&kind=nonsense").status_code == 422


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "输入名称或编号进行查询"),
        ("?q=", "输入名称或编号进行查询"),
        ("?q=%E3%80%80", "输入名称或编号进行查询"),
        ("?q=无此项目名称", "未查询到与“无此项目名称”相符的内容。"),
        (f"?q={'小' * 101}", "超过 100 个字符"),
        ("?q=%E2%80%8B%E2%80%8B", "无法查询"),
        ("?q=%3Cscript%3E", "未查询到与“&lt;script&gt;”相符的内容。"),
    ],
)
def test_without_a_hit_the_page_says_what_to_do(visitors: dict[str, Visitor], query: str, words: str) -> None:
    answer = visitors["office1"].get(f"/search{query}")
    assert answer.status_code == 200
    assert words in answer.text


def test_what_an_owner_does_not_see_is_not_even_counted(visitors: dict[str, Visitor]) -> None:
    for text in ("东区污水处理厂管网", "510400-2026-00002", "攀督〔2026〕1号", "draft-2", "会议纪要"):
        foreign = visitors["owner1"].get(f"/search?q={text}").text
        assert hits_of(foreign) == []
        assert "未查询到" in foreign, text
