"""Several filings sorted together: each its own move, its own transaction, its own result."""

import pytest

from approvals.history.commands import Command, Reference
from approvals.moves import execute
from approvals.triage.batches import begin_together, key_of_all, results, sort_one_of_several
from tests.support.builders import NOW, a_project, an_actor, do, faults, project_row
from tests.support.desk import moves_of, row_of
from tests.support.pages import somebody

NAMES = ("小学", "医院", "公路")


@pytest.fixture
def uids(database):
    """Three filings, the one that waits longest first."""
    with database.write() as tx:
        return [project_row(tx, a_project(tx, "filed", name=name)).uid for name in NAMES]


def opened(office, move, uids):
    """The form for these filings as the page sends it, nothing typed yet."""
    page = office.get(f"/triage/together/{move}", query_string={"pick": uids})
    assert page.status_code == 200
    versions = {
        f"{uid}.version": page.text.partition(f'name="{uid}.version" value="')[2].partition('"')[0] for uid in uids
    }
    return {"pick": uids, "once": office.once_key(), **versions}


def classified(uids, category="教育助学"):
    return {f"{uid}.category": category for uid in uids}


def test_each_is_classified_by_itself_as_its_own_fields_say(database, office, uids):
    form = opened(office, "classify", uids) | classified(uids)
    form |= {f"{uids[0]}.key": "yes", f"{uids[1]}.category": "医疗卫生", f"{uids[1]}.urgent": "yes"}
    response = office.post("/triage/together/classify", form)
    rows = [row_of(database, uid) for uid in uids]
    assert response.status_code == 303
    assert [row.state for row in rows] == ["classified"] * 3
    assert [row.category for row in rows] == ["教育助学", "医疗卫生", "教育助学"]
    assert [(row.is_key, row.is_urgent) for row in rows] == [(True, False), (False, True), (False, False)]
    assert [moves_of(database, uid)[-1] for uid in uids] == ["classify"] * 3
    assert "3 项全部办理完成" in office.get(response.location).text
    assert faults(database) == []


def test_one_reason_goes_to_all_that_are_returned(database, office, uids):
    form = opened(office, "return_filing", uids) | {"reasons": ["缺少附件"]}
    office.post("/triage/together/return_filing", form)
    assert [row_of(database, uid).state for uid in uids] == ["returned"] * 3


def test_what_is_refused_for_one_does_not_stop_the_others(database, office, uids):
    form = opened(office, "classify", uids) | classified(uids)
    with database.write() as tx:
        do(tx, "office1", "return_filing", uids[1])
        do(tx, "owner1", "refile", uids[1])
    page = office.get(office.post("/triage/together/classify", form).location).text
    assert [row_of(database, uid).state for uid in uids] == ["classified", "filed", "classified"]
    assert "已办理 2 项，未能办理 1 项" in page
    assert "期间内容已被更新" in page.partition("医院")[2].partition("公路")[0]


def test_a_refusal_names_move_and_state_in_the_readers_words(database, office, uids):
    form = opened(office, "decline", uids[:1]) | {"reason": "重复申报"}
    with database.write() as tx:
        do(tx, "office1", "classify", uids[0])
    form.pop(f"{uids[0]}.version")
    page = office.get(office.post("/triage/together/decline", form).location).text
    assert "“不予纳入”" in page and "“已分类”" in page


def test_a_wrong_field_is_shown_before_anything_is_done(database, office, uids):
    form = opened(office, "classify", uids) | classified(uids) | {f"{uids[2]}.category": "", f"{uids[0]}.key": "yes"}
    response = office.post("/triage/together/classify", form)
    assert response.status_code == 422
    assert f'id="f-{uids[2]}.category-faults"' in response.text
    assert f'id="f-{uids[0]}.category-faults"' not in response.text
    assert f'name="{uids[0]}.key" value="yes" checked' in response.text
    assert [row_of(database, uid).state for uid in uids] == ["filed"] * 3


def test_a_missing_reason_is_asked_for_again_with_the_same_filings(database, office, uids):
    response = office.post("/triage/together/decline", opened(office, "decline", uids))
    assert response.status_code == 422
    assert response.text.count('name="pick"') == 3
    assert [row_of(database, uid).state for uid in uids] == ["filed"] * 3


def test_the_form_sent_twice_sorts_once_and_leads_to_the_same_results(database, office, uids):
    form = opened(office, "classify", uids) | classified(uids)
    first, second = (office.post("/triage/together/classify", form) for _ in range(2))
    assert first.location == second.location
    assert [moves_of(database, uid) for uid in uids] == [["draft", "file", "classify"]] * 3
    assert "3 项全部办理完成" in office.get(second.location).text


def test_what_was_interrupted_says_so_and_goes_on_when_it_is_sent_again(database, office, uids):
    form = opened(office, "classify", uids) | classified(uids)
    given = {"category": "教育助学", "key": False, "urgent": False, "practical_matter": False}
    with database.write() as tx:
        by = an_actor(tx, "office1")
        key = key_of_all(by.id, str(form["once"]))
        begin_together(tx, key, "classify", uids, NOW)
        sort_one_of_several(tx, key, Command("classify", Reference("project", uids[0]), given, by, NOW), execute)
        interrupted = results(tx, key)
    assert (interrupted.done, interrupted.refused) == (1, 2)
    office.post("/triage/together/classify", form)
    assert [moves_of(database, uid)[-1] for uid in uids] == ["classify"] * 3


def test_without_a_tick_the_office_is_sent_back(office):
    for send in (office.get, office.post):
        response = send("/triage/together/classify")
        assert response.status_code == 303
        assert "请先勾选至少一个项目" in office.get(response.location).text


def test_what_is_not_there_is_left_out(office, uids):
    picks = [*uids, "p-0000000000000000", "nothing", "'; drop table projects"]
    page = office.get("/triage/together/classify", query_string={"pick": picks}).text
    assert page.count('name="pick"') == 3
    assert page.count('<option value="教育助学" selected>') == 3  # each form begins with its own category


def test_results_are_seen_by_who_sorted_only(app, office, uids):
    form = opened(office, "classify", uids) | classified(uids)
    location = office.post("/triage/together/classify", form).location
    assert office.get(location).status_code == 200
    assert office.get("/triage/results/00000000").status_code == 404
    assert office.get("/triage/results/x").status_code == 404
    assert somebody(app, "centre1").get(location).status_code == 403


@pytest.mark.parametrize("move", ["register", "suspend", "nothing"])
def test_only_sorting_is_done_together(office, uids, move):
    assert office.get(f"/triage/together/{move}", query_string={"pick": uids}).status_code == 404
    assert office.post(f"/triage/together/{move}", {"pick": uids}).status_code == 404
