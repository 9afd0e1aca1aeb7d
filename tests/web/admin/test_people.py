"""The list of people: narrowed, sorted over all pages, with the last sign-in."""

import re
from html import unescape

import pytest
from flask_openapi3 import OpenAPI

from approvals.accounts.queries import people
from approvals.base.database import Database
from approvals.web import lists
from tests.support.desk import counted
from tests.support.pages import Visitor, somebody

AT = "/administration/people"
_NAMED = re.compile(r'class="head-cell"><a href="/administration/people/([^"?]+)')


def shown(page: str) -> list[str]:
    return [unescape(name) for name in _NAMED.findall(page)]


def test_the_list_is_narrowed_by_unit_role_and_state(app: OpenAPI, sysadmin: Visitor) -> None:
    sysadmin.post(f"{AT}/window-a02/active", {"active": "no"})
    assert shown(sysadmin.get(f"{AT}?state=off").text) == ["window-a02"]
    assert shown(sysadmin.get(f"{AT}?role=liaison&state=active").text) == ["liaison1", "liaison2"]
    page = sysadmin.get(f"{AT}?search=ＯＷＮＥＲ1&role=owner").text
    assert shown(page) == ["owner1", "owner10"] and "共 2 条" in page and "角色：业主" in page
    assert "没有符合条件的记录" in sysadmin.get(f"{AT}?search=owner1&role=finance").text
    for query in ("unit=x", "unit=999", "role=emperor", "state=dead"):
        assert sysadmin.get(f"{AT}?{query}").status_code == 422, query


def test_the_order_survives_paging_and_filters(
    database: Database, sysadmin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 7)
    with database.read() as tx:
        owners = sorted(view.username for view in people(tx) if "owner" in view.roles)
    pages = list(sysadmin.pages(f"{AT}?role=owner&sort=-username"))
    assert len(pages) == -(-len(owners) // 7) > 1
    assert [name for page in pages for name in shown(page)] == owners[::-1]
    assert all('name="sort" value="-username"' in page and f"共 {len(owners)} 条" in page for page in pages)


def test_who_never_signed_in_stands_last_and_says_so(app: OpenAPI, sysadmin: Visitor) -> None:
    somebody(app, "owner2")
    listed = sysadmin.get(f"{AT}?sort=-signed_in").text
    assert set(shown(listed)[:2]) == {"owner2", "sysadmin1"}
    row = listed.partition("/administration/people/owner1")[2].partition("</tr>")[0]
    assert "从未登录" in row
    assert "从未登录" in sysadmin.get(f"{AT}/owner1").text
    assert "2026-11-20" in sysadmin.get(f"{AT}?file=csv&search=owner2").text
    assert "从未登录" not in sysadmin.get(f"{AT}/owner2").text


def test_the_page_asks_as_often_for_many_people_as_for_few(app: OpenAPI, sysadmin: Visitor) -> None:
    sysadmin.get(AT)
    counts = []
    for query in ("search=owner1&role=owner", ""):
        with counted(app) as statements:
            sysadmin.get(f"{AT}?{query}")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_name_and_contact_are_changed_and_a_wrong_field_is_kept(app: OpenAPI, sysadmin: Visitor) -> None:
    form = {"name": "钟离", "phone": "0812-1", "email": "z@example.com"}
    assert sysadmin.post(f"{AT}/owner1/details", form).status_code == 303
    page = sysadmin.get(f"{AT}/owner1").text
    assert "<h1>钟离</h1>" in page and 'value="0812-1"' in page
    refused = sysadmin.post(f"{AT}/owner1/details", {**form, "name": "", "phone": "0812-2"})
    assert refused.status_code == 422 and "必填" in refused.text and 'value="0812-2"' in refused.text
    assert sysadmin.post(f"{AT}/sysadmin1/details", form).status_code == 403
    assert somebody(app, "secadmin1").post(f"{AT}/owner1/details", form).status_code == 403
