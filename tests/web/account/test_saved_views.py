"""The page of saved views: a list is saved as it is, opened again, removed; what is wrong is said and kept."""

import re
from html import unescape

from tests.support.desk import a_filing, text_of

MANAGE = re.compile(r'href="(/views\?[^"]+)"')


def test_a_view_is_saved_opened_and_removed(app, office) -> None:
    a_filing(app, "filed", name="新建小学")
    address = unescape(MANAGE.search(office.get("/casefiles?state=filed&sort=-planned").text)[1])
    assert "保存当前列表" in office.get(address).text
    response = office.post(address, {"name": "待分类的大项目"})
    assert response.status_code == 303 and response.location == "/casefiles?state=filed&sort=-planned"
    page = office.get("/casefiles").text
    assert '<a href="/casefiles?state=filed&amp;sort=-planned">待分类的大项目</a>' in page
    views = office.get("/views?of=casefile.index").text
    remove = unescape(re.search(r'action="(/views/\d+/remove[^"]+)"', views)[1])
    assert office.post(remove).status_code == 303
    assert "待分类的大项目" not in text_of(office.get("/casefiles").text)


def test_a_wrong_name_is_said_and_what_was_typed_stays(office) -> None:
    address = "/views?of=casefile.index&with=state%3Dfiled"
    office.post(address, {"name": "我的"})
    for name, reason in (("我的", "重名"), ("长" * 61, "超过 60 个字符"), ("", "必填")):
        response = office.post(address, {"name": name})
        assert response.status_code == 422, name
        assert reason in response.text and f'value="{name}"' in response.text
        assert "with=state%3Dfiled" in response.text, "the list that was to be saved is not lost"


def test_only_parts_of_the_list_are_saved(app, office) -> None:
    a_filing(app, "filed")
    office.post("/views?of=casefile.index&with=state%3Dfiled%26cursor%3Dx%26evil%3D1", {"name": "我的"})
    assert '<a href="/casefiles?state=filed">我的</a>' in office.get("/casefiles").text


def test_no_view_of_a_list_that_one_may_not_open(owner, office, sysadmin) -> None:
    assert owner.get("/views?of=casefile.index").status_code == 404
    assert office.get("/views?of=nothing").status_code == 404
    assert office.get("/views").status_code == 404
