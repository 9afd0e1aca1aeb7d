"""Lists with check-boxes in a browser: assign, remind, hand over and mark several at once, and what came of each."""

import re
from html import unescape

import pytest

from approvals.bulk import MOST
from tests.support.builders import a_project, an_approval, approval_row, do, project_row, when
from tests.support.desk import a_prepared_desk, text_of
from tests.support.extent import PAGE_ENGINES

PEOPLE = ("head-a01", "window-a01", "liaison1", "centre1", "office1", "owner1", "head-a02")
DAY = when("2026-03-09")
_BOX = re.compile(r'name="pick" value="([^"]+)" form="ticked"')


def prepare(tx):
    refs = {name: an_approval(tx, "received", at=DAY) for name in ("first", "second", "third")}
    refs["correcting"] = an_approval(tx, "correcting", at=DAY)
    refs["delivered"] = an_approval(tx, "granted", at=DAY)
    do(tx, "window-a01", "deliver", refs["delivered"])
    for name in ("key", "other", "draft"):
        refs[name] = a_project(tx, "registered", at=DAY, name=f"项目{name}")
    return refs


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def desk(request, make_database):
    with a_prepared_desk(make_database(request.param), PEOPLE, prepare) as desk:
        yield desk


def shown(desk, name):
    """The reference of an approval as lists have it."""
    project, _, code = desk.refs[name].partition("/")
    with desk.database.read() as tx:
        return "/".join(filter(None, (project_row(tx, project).number, code)))


def form_of(page):
    """The fields of the form below a list."""
    form = page[page.index('id="ticked"') :]
    form = form[: form.index("</form>")]
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }


def send(desk, who, path, action, picks, **fields):
    """Open the list, tick these, and send the form; the page that comes."""
    visitor = desk.people[who]
    form = form_of(visitor.get(path).text) | {"pick": picks} | fields
    response = visitor.post(f"/together/{action}", form)
    assert response.status_code == 303, response.text
    return visitor.get(response.location)


def row_of(desk, name):
    with desk.database.read() as tx:
        return approval_row(tx, *desk.refs[name].split("/"))


def test_a_head_assigns_several_cases_and_reads_what_came_of_each(desk):
    page = desk.people["head-a01"].get("/windows").text
    assert shown(desk, "first") in _BOX.findall(page) and "ticked.js" in page
    picks = [shown(desk, "first"), shown(desk, "second"), shown(desk, "delivered"), "510400-2026-99999/A01"]

    result = send(desk, "head-a01", "/windows?state=received", "assign", picks, handler="window-a01", note="请按时办结")

    text = text_of(result.text)
    assert "已办理 2 项，未能办理 2 项。" in text
    assert "该事项在窗口已无待办事务。" in text and "没有您可以查看的内容" in text
    assert 'href="/windows?state=received"' in result.text
    assert row_of(desk, "first").handler_id == row_of(desk, "second").handler_id is not None
    assert row_of(desk, "delivered").handler_id is None


def test_the_result_can_be_read_again_and_by_nobody_else(desk):
    send(desk, "head-a01", "/windows", "assign", [shown(desk, "third")], handler="window-a01")
    path = desk.people["head-a01"].page.request.path

    assert desk.people["head-a01"].get(path).status_code == 200
    assert desk.people["head-a02"].get(path).status_code == 404
    assert desk.people["window-a01"].get(path).status_code in (403, 404)


@pytest.mark.parametrize(
    ("picks", "said"), [([], "请至少选择一项。"), ([f"x-{n}/A01" for n in range(MOST + 1)], "一次最多选择")]
)
def test_nothing_or_too_much_leads_back_to_the_list(desk, picks, said):
    page = send(desk, "head-a01", "/windows?state=received", "assign", picks, handler="window-a01")

    assert page.request.path == "/windows" and said in text_of(page.text)


def test_a_handler_who_is_missing_or_unknown_is_named_at_each_case(desk):
    for handler, said in (("", "经办人"), ("owner1", "不是本窗口人员"), ("a\x00b", "经办人")):
        page = send(desk, "head-a01", "/windows", "assign", [shown(desk, "correcting")], handler=handler)
        assert said in text_of(page.text)
        assert row_of(desk, "correcting").handler_id is None


def test_the_centre_reminds_owners_and_windows_by_whose_turn_it_is(desk):
    picks = [shown(desk, "correcting"), shown(desk, "first"), shown(desk, "delivered")]

    text = text_of(send(desk, "centre1", "/windows", "remind", picks, note="请抓紧").text)

    assert "该事项目前无需任何一方办理。" in text
    for who, word in (("owner1", "催办业主"), ("window-a01", "催办窗口")):
        assert word in text_of(desk.people[who].get("/notices").text), who
    again = text_of(send(desk, "liaison1", "/windows", "remind", picks[:1]).text)
    assert "今日已催办过。" in again


def test_the_centre_hands_projects_over_to_another_liaison(desk):
    refs = [shown(desk, name) for name in ("key", "other")]

    send(desk, "centre1", "/liaisons/liaison1", "hand-over", refs, liaison="liaison2", note="工作调整")

    with desk.database.read() as tx:
        liaisons = {project_row(tx, desk.refs[name]).liaison_id for name in ("key", "other")}
        assert len(liaisons) == 1 and project_row(tx, desk.refs["draft"]).liaison_id not in liaisons


def test_the_office_marks_projects_as_key_and_leaves_their_other_marks(desk):
    refs = [shown(desk, name) for name in ("key", "other")]
    with desk.database.write() as tx:
        do(
            tx,
            "office1",
            "mark",
            desk.refs["other"],
            {"key": True, "urgent": True, "practical_matter": True, "reason": "列入"},
        )

    text = text_of(send(desk, "office1", "/casefiles", "mark", refs, reason="列入市级重点").text)

    assert "该项目已是上述标识，无需调整。" in text
    with desk.database.read() as tx:
        marks = {name: project_row(tx, desk.refs[name]) for name in ("key", "other")}
    assert marks["key"].is_key and not marks["key"].is_urgent
    assert marks["other"].is_key and marks["other"].is_urgent


def test_only_who_may_do_it_sees_the_boxes_and_sends_the_form(desk):
    for who, path in (
        ("window-a01", "/windows"),
        ("office1", "/windows"),
        ("centre1", "/casefiles"),
        ("liaison1", "/day"),
    ):
        assert not _BOX.findall(desk.people[who].get(path).text), (who, path)
    for who, action in (
        ("window-a01", "assign"),
        ("office1", "remind"),
        ("liaison1", "hand-over"),
        ("centre1", "mark"),
    ):
        desk.people[who].get("/")
        assert desk.people[who].post(f"/together/{action}", {"pick": ["x/A01"]}).status_code == 403, (who, action)


def test_a_case_of_another_window_is_not_found(desk):
    stranger = desk.people["head-a02"]
    stranger.get("/windows")

    sent = stranger.post("/together/assign", {"pick": [shown(desk, "correcting")], "handler": "head-a02"})

    assert "没有您可以查看的内容" in text_of(stranger.get(sent.location).text)
    assert row_of(desk, "correcting").handler_id is None
