"""Every move of an approval made on its page: its effect, once; and what is kept when it is refused."""

import re
from dataclasses import dataclass
from html import unescape
from itertools import count

import pytest

from approvals.base.database import Database
from tests.support.builders import (
    APPROVAL_PATHS,
    a_project,
    a_promised,
    an_approval,
    an_owing,
    approval_row,
    do,
    entries,
    project_row,
    walk,
    when,
)
from tests.support.colleagues import an_applicant
from tests.support.desk import a_prepared_desk, form_of, path_of, text_of
from tests.support.expected_charts import APPROVAL_MOVES, SYSTEM
from tests.support.extent import PAGE_ENGINES
from tests.support.pages import Visitor

PEOPLE = (
    "window-a01",
    "window-a03",
    "window-a05",
    "head-a01",
    "window-a06",
    "liaison1",
    "owner1",
    "owner2",
    "office1",
    "centre1",
)
APPLICANTS = count(1)
DAY = when("2026-03-09")  # a Monday, the day before the desk's today
NOTICE = {"items.0.material": "坐标表", "items.0.problem": "没有盖章", "items.0.remedy": "盖章后重新提交"}
DELIVERED = {"way": "post", "receiver": "王明"}
CHECKED = {"result": "broken", "findings": "弃渣未清运", "correct_by": "2026-03-31"}
HEARING = {"procedure": "听证", "expected_days": "3", "notice": "已书面告知"}
HANDED_IN = {f"materials.{n}.name": name for n, name in enumerate(("申请文件", "项目建议书", "资金来源说明", "坐标表"))}
SHORT = {"materials.0.name": "申请文件", "materials.2.name": "资金来源说明"}

# state, who, move, what the form holds, the state afterwards, what the next page says
MOVES = (
    ("ready", "owner1", "submit", HANDED_IN, "received", "申请已提交。下一步由窗口于 2026-03-17 前答复"),
    ("ready", "liaison1", "submit", HANDED_IN, "received", "申请已提交。"),
    ("received", "owner1", "supplement", {"materials.1.name": "项目建议书"}, "received", "材料已补充"),
    ("received", "window-a01", "accept", {}, "accepted", "申请已受理。下一步由窗口作出决定：承诺 2026-03-17 前办结"),
    ("received", "window-a01", "notify_once", NOTICE, "correcting", "补正期间不计时"),
    ("noticed", "head-a01", "notify_again", NOTICE | {"justification": "又发现一处"}, "correcting", "已再次告知业主"),
    ("correcting", "owner1", "resubmit", HANDED_IN, "received", "补正后的申请已提交。"),
    ("received", "window-a01", "reject_intake", {"reason": "不属于本机关"}, "not_accepted", "业主可以重新申请"),
    (
        *("accepted", "window-a01", "start_special"),
        {"procedure": "咨询评估", "expected_days": "10", "notice": "需咨询评估"},
        *("paused", "特别程序已启动"),
    ),
    ("paused", "window-a01", "end_special", {}, "accepted", "特别程序已结束。下一步由窗口作出决定"),
    ("accepted", "head-a01", "extend", {"days": "5", "reason": "情况复杂"}, "accepted", "期限已延长"),
    ("accepted", "window-a01", "grant", {"document_no": "攀发改〔2026〕1号"}, "granted", "于 2026-03-24 前送达证照"),
    ("accepted", "window-a01", "refuse", {"reason": "不符合规划"}, "refused", "前送达决定；业主可以重新申请"),
    ("granted", "window-a01", "deliver", DELIVERED, "granted", "证照已送达，本事项办结"),
    ("refused", "window-a01", "deliver", DELIVERED, "refused", "决定已送达；业主可以重新申请"),
    ("refused", "owner1", "reapply", {}, "ready", "已开始新一轮申请。下一步由业主"),
    ("not_accepted", "liaison1", "reapply", {}, "ready", "已开始新一轮申请。"),
    (
        "owing",
        "owner1",
        "supply_owed",
        {"materials.0.name": "公众参与说明"},
        "accepted",
        "公众参与说明 已提交，待窗口核对",
    ),
    ("owing", "window-a03", "settle_owed", {"owed": "公众参与说明"}, "accepted", "容缺材料已核销。"),
    ("a05", "owner1", "give_promise", {"promise": "按方案施工"}, "accepted", "书面承诺 按方案施工"),
    (
        "promised",
        "window-a05",
        "record_check",
        CHECKED,
        "granted",
        "核查认定未履行承诺：弃渣未清运 业主应于 2026-03-31 前整改",
    ),
    ("received", "head-a01", "assign", {"handler": "window-a01"}, "received", "经办人已指派，并已告知本人。"),
    ("own", "head-a01", "agree", {"decision": "grant"}, "accepted", "同意拟作决定“准予许可”"),
    ("accepted", "window-a01", "take", {}, "accepted", "您已领办该事项。"),
    ("taken", "window-a01", "give_back", {"reason": "外出培训"}, "accepted", "待重新指派经办人"),
    ("ready", "centre1", "remind_owner", {"note": "请尽快提交"}, "ready", "已催办业主。"),
    ("received", "liaison1", "remind_window", {}, "received", "已催办窗口。"),
    ("accepted", "owner1", "withdraw_approval", {"reason": "不再需要"}, "withdrawn", "申请已撤回。"),
)


@dataclass(frozen=True, slots=True)
class MovesDesk:
    database: Database
    people: dict[str, Visitor]

    def approval(self, state: str, **options) -> str:
        """A new approval in this state, as its page is addressed; `noticed` was told once and handed in again."""
        with self.database.write() as tx:
            if state == "a05":
                ref = a_project(tx, "registered", at=DAY)
                walk(tx, ref, "A01", APPROVAL_PATHS["granted"])
                walk(tx, ref, "A05", APPROVAL_PATHS["accepted"])
                return f"/approvals/{ref}/A05"
            if state == "promised":
                return f"/approvals/{a_promised(tx, at=DAY)}"
            if state == "taken":
                ref = an_approval(tx, "accepted", **{"at": DAY} | options)
                do(tx, "window-a01", "take", ref)
                return f"/approvals/{ref}"
            if state == "own":
                applicant = an_applicant(tx, f"applicant-{next(APPLICANTS)}")
                return f"/approvals/{an_approval(tx, 'accepted', owner=applicant, at=DAY)}"
            if state == "owing":
                return f"/approvals/{an_owing(tx, at=DAY)}"
            ref = an_approval(tx, "received" if state == "noticed" else state, **{"at": DAY} | options)
            if state == "noticed":
                walk(tx, ref.partition("/")[0], "A01", ("notify_once", "resubmit"))
        return f"/approvals/{ref}"

    def row(self, path: str):
        with self.database.read() as tx:
            return approval_row(tx, *path.split("/")[2:4])

    def moves(self, path: str) -> list[str]:
        with self.database.read() as tx:
            of_project = entries(tx, path.split("/")[2])
        return [entry.move for entry in of_project if entry.approval_id == self.row(path).id]

    def form(self, username: str, path: str, move: str) -> dict[str, str]:
        """The form of this move as it stands on the page."""
        page = self.people[username].get(path).text
        return form_of(page, f"{path_of(page, path)}/moves/{move}")

    def move(self, username: str, path: str, move: str, given=None, **changes):
        """Open the page and send the form of this move as it stands there."""
        form = self.form(username, path, move) | (given or {}) | changes
        return self.people[username].post(f"{path}/moves/{move}", form)

    def made(self, path: str, by: str, move: str, given=None) -> None:
        """Somebody else makes this move meanwhile, in the afternoon before."""
        with self.database.write() as tx:
            do(tx, by, move, path.removeprefix("/approvals/"), given)


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def desk(request, make_database):
    with a_prepared_desk(make_database(request.param), PEOPLE) as desk:
        yield MovesDesk(desk.database, desk.people)


def test_every_move_of_people_is_tried_here():
    tried = {move for _, _, move, *_ in MOVES}

    assert tried == {move for move, (_, _, by) in APPROVAL_MOVES.items() if by != (SYSTEM,)}


@pytest.mark.parametrize(("state", "who", "move", "given", "after", "said"), MOVES)
def test_a_move_is_made_once_on_the_page_and_the_next_page_says_what_comes(desk, state, who, move, given, after, said):
    path = desk.approval(state)
    form = desk.form(who, path, move) | given

    response = desk.people[who].post(f"{path}/moves/{move}", form)

    assert (response.status_code, response.location) == (303, path)
    assert desk.row(path).state == after
    assert desk.moves(path)[-1] == move
    assert said in text_of(desk.people[who].get(path).text)

    again = desk.people[who].post(f"{path}/moves/{move}", form)

    assert (again.status_code, again.location) == (303, path)
    assert desk.moves(path).count(move) == 1


def test_what_cannot_be_undone_is_asked_for_with_its_consequences(desk):
    path = desk.approval("accepted")
    given = {"reason": "不再需要"}

    page = desk.people["owner1"].get(path).text
    refused = desk.move("owner1", path, "withdraw_approval", given, understood="")

    assert "本轮申请到此结束" in page
    assert refused.status_code == 422
    assert "请勾选确认" in refused.text
    assert "不再需要" in refused.text
    assert desk.row(path).state == "accepted"
    assert desk.move("owner1", path, "withdraw_approval", given).status_code == 303
    assert desk.row(path).state == "withdrawn"


def test_an_instant_item_is_accepted_and_granted_in_one_step(desk):
    with desk.database.write() as tx:
        ref = a_project(tx, "registered", at=DAY)
        walk(tx, ref, "A01", APPROVAL_PATHS["granted"])
        walk(tx, ref, "A06", ("submit",))
    path = f"/approvals/{ref}/A06"

    response = desk.move("window-a06", path, "grant_at_once", {"document_no": "攀政法〔2026〕2号"})

    assert response.status_code == 303
    assert desk.moves(path)[-2:] == ["accept", "grant"]
    assert desk.row(path).document_no == "攀政法〔2026〕2号"


def test_only_instant_items_are_granted_at_once(desk):
    path = desk.approval("received")
    form = desk.form("window-a01", path, "accept")

    response = desk.people["window-a01"].post(f"{path}/moves/grant_at_once", form | {"document_no": "1号"})

    assert "grant_at_once" not in desk.people["window-a01"].get(path).text
    assert response.status_code == 409
    assert desk.row(path).state == "received"


def test_a_state_that_changed_meanwhile_is_shown_and_what_was_typed_is_kept(desk):
    path = desk.approval("accepted")
    form = desk.form("window-a01", path, "refuse") | {"reason": "与规划不符，\n详见附件"}
    desk.made(path, "window-a01", "grant", {"document_no": "攀发改〔2026〕9号"})

    response = desk.people["window-a01"].post(f"{path}/moves/refuse", form)

    assert response.status_code == 409
    assert desk.moves(path)[-1] == "grant"
    text = text_of(response.text)
    assert "与规划不符，\n详见附件" in unescape(response.text)
    meanwhile = re.search(r'class="card meanwhile".*?</section>', response.text, re.DOTALL)
    assert meanwhile and "攀发改〔2026〕9号" in meanwhile.group(0) and "不予许可" in text


def test_a_newer_version_is_shown_and_the_form_can_be_sent_again_on_top_of_it(desk):
    path = desk.approval("accepted")
    stale = desk.form("window-a01", path, "grant") | {"document_no": "攀发改〔2026〕7号"}
    desk.made(path, "head-a01", "extend")

    refused = desk.people["window-a01"].post(f"{path}/moves/grant", stale)

    assert refused.status_code == 409
    assert 'value="攀发改〔2026〕7号"' in refused.text
    assert "情况复杂" in re.search(r'class="card meanwhile".*?</section>', refused.text, re.DOTALL).group(0)
    again = form_of(refused.text, f"{path_of(refused.text, path)}/moves/grant") | {"document_no": "攀发改〔2026〕7号"}
    assert int(again["version"]) == int(stale["version"]) + 1
    assert desk.people["window-a01"].post(f"{path}/moves/grant", again).status_code == 303


def test_who_answers_after_five_days_of_silence_finds_the_application_accepted(desk):
    path = desk.approval("received", at=when("2026-02-24"))
    text = text_of(desk.people["window-a01"].get(path).text)

    response = desk.move("window-a01", path, "notify_once", NOTICE)

    assert "依法自收件之日起视为受理" in text
    assert response.status_code == 409
    assert "视为受理" in re.search(r'class="card meanwhile".*?</section>', response.text, re.DOTALL).group(0)
    assert "坐标表 · 没有盖章 · 盖章后重新提交" in response.text
    row = desk.row(path)
    assert (row.state, row.is_deemed, str(row.accepted_on)) == ("accepted", True, "2026-02-24")


@pytest.mark.parametrize(
    ("state", "who", "move", "given", "fault"),
    [
        ("accepted", "window-a01", "grant", {"document_no": "  "}, "必填"),
        ("accepted", "window-a01", "grant", {"document_no": "长" * 201}, "200"),
        ("accepted", "window-a01", "grant", {"document_no": "1号", "document_on": "2026-03-11"}, "晚于当前时间"),
        ("accepted", "window-a01", "grant", {"document_no": "1号", "valid_until": "2026-03-09"}, "早于作出决定之日"),
        ("granted", "window-a01", "deliver", {"way": "post"}, "必填"),
        ("accepted", "window-a01", "refuse", {"reason": "第一行\n\x00"}, "控制字符"),
        ("accepted", "head-a01", "extend", {"days": "11", "reason": "情况复杂"}, "10"),
        ("accepted", "head-a01", "extend", {"days": "几天", "reason": "情况复杂"}, "整数"),
        ("accepted", "window-a01", "start_special", HEARING, "不是该事项"),
        ("received", "window-a01", "notify_once", {name: NOTICE[name] for name in list(NOTICE)[:2]}, "必填"),
        ("received", "window-a01", "notify_once", {"items.0.material": ""}, "至少"),
    ],
)
def test_a_fault_stands_at_its_field_and_all_that_was_typed_is_kept(desk, state, who, move, given, fault):
    path = desk.approval(state)

    response = desk.move(who, path, move, given)

    assert response.status_code == 422
    assert desk.row(path).state == state
    assert fault in text_of(
        re.search(r'<div class="field-faults".*?</div>\s*</div>', response.text, re.DOTALL).group(0)
    )
    for name, value in given.items():
        if name == "procedure":
            continue  # a choice that is none of the item's is not there to be chosen
        assert value.strip().replace("\x00", "")[:10] in unescape(response.text)


def confirmed(desk, path, move, given):
    """Send an incomplete application, and once more with the button of the warning that comes back."""
    warned = desk.move("owner1", path, move, given)
    assert warned.status_code == 422
    form = form_of(warned.text, f"{path_of(warned.text, path)}/moves/{move}")
    [word] = re.findall(r'name="confirmed" value="(\w+)"', warned.text)
    response = desk.people["owner1"].post(f"{path}/moves/{move}", form | given | {"confirmed": word})
    assert response.status_code == 303
    return warned


def test_an_incomplete_application_needs_one_confirmation_that_says_what_will_happen(desk):
    path = desk.approval("ready")

    warned = confirmed(desk, path, "submit", SHORT)

    text = text_of(warned.text)
    assert "申请材料不齐全。 缺“项目建议书”。 如按现状提交" in text and "5 个工作日内一次性告知" in text
    assert (
        warned.text.count('form="hand-in-form" name="materials.0.name" value="申请文件" data-line="申请文件" checked')
        == 1
    )
    assert desk.moves(path)[-1] == "submit" and desk.row(path).state == "received"


def test_a_confirmation_holds_for_what_was_missing_then_and_for_nothing_more(desk):
    path = desk.approval("ready")
    warned = desk.move("owner1", path, "submit", SHORT)
    [word] = re.findall(r'name="confirmed" value="(\w+)"', warned.text)

    emptier = desk.move("owner1", path, "submit", {"confirmed": word})

    assert emptier.status_code == 422 and emptier.text.count("<li>缺“") == 3
    assert desk.row(path).state == "ready"


def test_a_correction_is_asked_for_what_the_notice_names_and_for_nothing_that_was_in_order(desk):
    path = desk.approval("correcting")

    warned = confirmed(desk, path, "resubmit", {"materials.2.name": "资金来源说明"})

    assert re.findall("<li>缺“([^”]+)”", warned.text) == ["申请文件", "坐标表"]  # 项目建议书 had come before


def test_materials_count_when_they_are_ticked(desk):
    path = desk.approval("ready")

    confirmed(desk, path, "submit", {"materials.1.document": "", **SHORT})

    page = text_of(desk.people["window-a01"].get(path).text)
    assert "申请文件 纸质" in page and "资金来源说明 纸质" in page
    assert "项目建议书 未提交" in page


def test_a_document_of_another_project_is_no_material(desk):
    path = desk.approval("ready")
    values = {"materials.0.name": "申请文件", "materials.0.document": "d-0123456789abcdef"}

    response = desk.move("owner1", path, "submit", values)

    assert response.status_code == 422
    assert desk.row(path).state == "ready"


def test_what_the_owner_left_out_is_the_first_draft_of_the_notice(desk):
    path = desk.approval("ready")
    confirmed(desk, path, "submit", SHORT)

    page = desk.people["window-a01"].get(path).text

    assert 'name="items.0.material" value="项目建议书"' in page
    assert 'value="未提交"' in page and 'value="请补充提交"' in page


def test_the_sentence_used_most_is_offered_first_and_none_twice(desk):
    for problem in ("未签字", "缺少目录", "未签字", "未签字"):
        desk.move("window-a01", desk.approval("received"), "notify_once", NOTICE | {"items.0.problem": problem})

    page = desk.people["window-a01"].get(desk.approval("received")).text

    assert page.index('<option value="未签字">') < page.index('<option value="缺少目录">')
    assert page.count('<option value="未签字">') == 1


def test_what_is_done_once_in_a_round_is_offered_once(desk):
    extended = desk.approval("accepted")
    desk.made(extended, "head-a01", "extend")
    noticed = desk.approval("noticed")

    assert "/moves/extend" not in desk.people["head-a01"].get(extended).text
    assert "/moves/notify_once" not in desk.people["window-a01"].get(noticed).text
    assert "/moves/notify_again" in desk.people["head-a01"].get(noticed).text


@pytest.mark.parametrize("who", ["office1", "owner2", "window-a06"])
def test_who_may_not_act_has_no_forms_and_none_is_taken(desk, who):
    path = desk.approval("accepted")
    form = {"document_no": "1号", "once": "0123456789abcdef"}

    response = desk.people[who].post(f"{path}/moves/grant", form)

    assert response.status_code == (403 if who == "office1" else 404)
    assert "/moves/" not in desk.people[who].get(path).text
    assert desk.row(path).state == "accepted"


@pytest.mark.parametrize("move", ["open", "deem_accepted", "redate", "nonsense"])
def test_moves_of_the_system_are_nobodys(desk, move):
    path = desk.approval("received")

    assert desk.people["window-a01"].post(f"{path}/moves/{move}", {}).status_code == 404


def test_nothing_moves_while_the_project_is_suspended(desk):
    path = desk.approval("received")
    form = desk.form("window-a01", path, "reject_intake") | {"reason": "不属于本机关"}
    with desk.database.write() as tx:
        do(tx, "office1", "suspend", path.split("/")[2])

    response = desk.people["window-a01"].post(f"{path}/moves/reject_intake", form)

    assert response.status_code == 409
    assert "不属于本机关" in response.text and "项目已中止" in text_of(response.text)


def test_the_number_leads_to_the_same_page(desk):
    path = desk.approval("accepted")
    with desk.database.read() as tx:
        number = project_row(tx, path.split("/")[2]).number

    assert text_of(desk.people["window-a01"].get(f"/approvals/{number}/A01").text) == text_of(
        desk.people["window-a01"].get(path).text
    )
