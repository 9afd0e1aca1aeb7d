"""The owner's pages: the list, one project, and the moves made there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask_openapi3 import OpenAPI

from tests.support.builders import APPROVAL_PATHS, GIVEN, a_project, do, project_row, walk, when
from tests.support.desk import a_filing, asked, moves_of, row_of, text_of, the_database
from tests.support.pages import Visitor, duties_on, somebody
from workflows.charts.project import PROJECT

LATE = when("2026-03-02")  # everything begun then is long overdue by now


def test_an_owner_without_projects_is_told_how_to_begin(app: OpenAPI) -> None:
    page = somebody(app, "owner1").get("/projects")

    assert "贵单位还没有项目" in page.text
    assert "开始第一份申报" in page.text


def test_the_list_says_of_each_project_what_is_next_and_who_holds_it(app: OpenAPI) -> None:
    a_filing(app, "drafted", name="甲学校")
    a_filing(app, "filed", name="乙学校")
    ref = a_filing(app, "registered", name="丙学校")

    text = text_of(somebody(app, "owner1").get("/projects").text)

    assert "甲学校 尚未编号" not in text  # it has a reference of its own
    assert re.search(r"甲学校 ext-\d+ 草稿 上传已有的材料，然后提交申报。 您", text)
    assert re.search(r"乙学校 ext-\d+ 已申报 暂无需您办理：督查办正在汇总分类。 督查办", text)
    assert re.search(r"丙学校 攀挂〔2026〕1号 已挂号 可申报： A01 您", text)
    assert ref not in text


def test_the_list_marks_what_is_late(app: OpenAPI) -> None:
    ref = a_filing(app, "registered", at=LATE)
    with the_database(app).write() as tx:
        walk(tx, ref, "A01", ("submit", "accept"))

    text = text_of(somebody(app, "owner1").get("/projects").text)

    assert "红灯 超期 1 项" in text
    assert "0 / 24" in text


def test_the_list_holds_the_units_own_projects_only(app: OpenAPI) -> None:
    a_filing(app, "filed", name="教育局的项目")
    a_filing(app, "filed", name="住建局的项目", owner="owner2")

    page = somebody(app, "owner2").get("/projects").text

    assert "住建局的项目" in page
    assert "教育局的项目" not in page
    assert "教育局的项目" not in somebody(app, "owner2").get("/projects?search=教育局").text


@pytest.mark.parametrize(
    ("search", "is_found"),
    [
        ("小学", True),
        ("510400-2026-00001", True),
        ("00001", True),
        ("攀挂〔2026〕1号", True),
        ("攀挂〔2026〕2号", False),
        ("攀挂〔2025〕1号", False),
        ("EXT-", True),
        ("中学", False),
        ("%", False),
        ("_", False),
        ("'; DROP TABLE projects; --", False),
    ],
)
def test_a_project_is_found_by_a_part_of_its_name_or_its_number(app: OpenAPI, search: str, is_found: bool) -> None:
    a_filing(app, "registered", name="新建小学")

    page = somebody(app, "owner1").get("/projects", query_string={"search": search})

    assert page.status_code == 200
    assert ("新建小学" in page.text) == is_found
    assert ("没有符合条件的项目" in page.text) != is_found


def test_what_waits_for_the_owner_can_be_asked_for_alone(app: OpenAPI, owner: Visitor) -> None:
    a_filing(app, "filed", name="在督查办")
    a_filing(app, "returned", name="被退回")
    a_filing(app, "registered", name="可申请")
    busy = a_filing(app, "registered", name="在窗口")
    with the_database(app).write() as tx:
        walk(tx, busy, "A01", ("submit",))
        do(tx, "office1", "suspend", a_project(tx, "registered", name="停下来的"))
    page = owner.get("/projects?waiting=yes").text

    assert [name for name in ("在督查办", "被退回", "可申请", "在窗口", "停下来的") if name in page] == [
        "被退回",
        "可申请",
    ]
    assert set(duties_on(owner.get("/"))) == {"申报退回修改", "可申报"}


def test_a_long_list_is_read_page_by_page_each_project_once(app: OpenAPI) -> None:
    with the_database(app).write() as tx:
        for number in range(53):
            a_project(tx, "drafted", name=f"第{number:02}号项目")

    pages = somebody(app, "owner1").pages("/projects?search=号项目")

    seen = [number for page in pages for number in re.findall(r"第(\d\d)号项目", page)]
    assert seen == [f"{number:02}" for number in reversed(range(53))]


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd" * 300, "WyJhIl0", "[1]", "%00"])
def test_a_made_up_cursor_is_refused_in_words(app: OpenAPI, cursor: str) -> None:
    assert somebody(app, "owner1").get(f"/projects?cursor={cursor}").status_code == 422


def test_the_list_asks_the_database_as_often_for_thirty_projects_as_for_one(app: OpenAPI, owner: Visitor) -> None:
    counts = []
    for more in (1, 29):
        with the_database(app).write() as tx:
            for _ in range(more):
                a_project(tx, "registered")
        counts.append(asked(owner, "/projects"))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("state", [state for state in PROJECT.state_names if state != "completed"])
def test_a_project_says_in_every_state_what_is_next(app: OpenAPI, owner: Visitor, state: str) -> None:
    ref = a_filing(app, state)

    for language, heading in (("zh_Hans", "待办事项"), ("en", "Actions required")):
        owner.post("/language", {"language": language})
        page = owner.get(f"/projects/{ref}")
        assert page.status_code == 200
        assert heading in page.text
        assert PROJECT.state(state).zh in page.text or language == "en"


def test_a_registered_project_shows_plan_dates_and_liaison(app: OpenAPI) -> None:
    ref = a_filing(app, "registered")
    with the_database(app).write() as tx:
        walk(tx, ref, "A01", ("submit", "accept"), at=when("2026-11-17"))

    text = text_of(somebody(app, "owner1").get(f"/projects/{ref}").text)

    assert "何晓梅" in text
    assert "0812-000" in text
    assert re.search(r"A01 项目建议书审批 (.灯 )?市发展改革委 · 已受理", text)
    assert "承诺 2026-11-24" in text
    assert "法定 2026-12-15" in text
    assert "材料 4 份 ，其中 4 份系统中尚无" in text
    assert "市发展改革委 前置未办结 A01 项目建议书审批" in text


def test_what_is_ready_is_named_with_its_materials_and_what_was_uploaded(app: OpenAPI) -> None:
    ref = a_filing(app, "registered")

    page = somebody(app, "owner1").get(f"/projects/{ref}")

    assert "A01 项目建议书审批 市发展改革委 · 自2026-03-02起 准备申请 ：A01" in text_of(page.text)
    assert "申请文件 （系统中尚无）" in text_of(page.text)
    assert "/approvals/510400-2026-00001/A01" in page.text


def test_what_is_to_be_corrected_and_what_was_refused_waits_for_the_owner(app: OpenAPI, owner: Visitor) -> None:
    correcting, refused = a_filing(app, "registered"), a_filing(app, "registered")
    with the_database(app).write() as tx:
        walk(tx, correcting, "A01", APPROVAL_PATHS["correcting"])
        walk(tx, refused, "A01", APPROVAL_PATHS["refused"])
    assert "补正申请 ：A01" in text_of(owner.get(f"/projects/{correcting}").text)
    assert "重新申请 ：A01" in text_of(owner.get(f"/projects/{refused}").text)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("returned", ("退回补正 · 市政府目标督查办公室 · 2026-03-02 09:02", "投资来源没有写明")),
        ("declined", (GIVEN["decline"]["reason"], "项目已于2026年3月2日结束")),
        ("diverted", (GIVEN["divert"]["reason"], "项目已于2026年3月2日结束")),
        ("withdrawn", (GIVEN["withdraw"]["reason"], "项目已于2026年3月2日结束")),
    ],
)
def test_a_returned_or_closed_project_says_why(app: OpenAPI, state: str, words: tuple[str, ...]) -> None:
    text = text_of(somebody(app, "owner1").get(f"/projects/{a_filing(app, state)}").text)

    assert [said for said in words if said not in text] == []


def test_what_a_draft_says_is_no_reason(app: OpenAPI) -> None:
    ref = a_filing(app, "drafted", planned_start_on="2026-04-01", planned_finish_on="2026-09-01")

    assert "新建申报 ·" not in text_of(somebody(app, "owner1").get(f"/projects/{ref}").text)


def test_a_suspended_project_lets_nothing_be_applied_for(app: OpenAPI) -> None:
    ref = a_filing(app, "suspended")

    page = somebody(app, "owner1").get(f"/projects/{ref}")

    assert "落实用地" in page.text
    assert "2026-12-01" in page.text
    assert "准备申请" not in text_of(page.text)


@pytest.mark.parametrize("refer", ["number", "uid", "external_ref"])
def test_a_project_answers_to_each_of_its_references(app: OpenAPI, refer: str) -> None:
    ref = a_filing(app, "registered")
    with the_database(app).read() as tx:
        reference = getattr(project_row(tx, ref), refer)

    assert somebody(app, "owner1").get(f"/projects/{reference}").status_code == 200


def test_a_project_of_another_unit_is_not_there(app: OpenAPI) -> None:
    ref = a_filing(app, "drafted")
    stranger = somebody(app, "owner2")

    for path in (f"/projects/{ref}", f"/projects/{ref}/edit"):
        assert stranger.get(path).status_code == 404
    for path in ("edit", "edit/typed", "edit/discard", "moves/file", "moves/withdraw", "documents"):
        assert stranger.post(f"/projects/{ref}/{path}", GIVEN["draft"] | {"reason": "x"}).status_code == 404
    assert row_of(the_database(app), ref).state == "drafted"


@pytest.mark.parametrize("ref", ["nothing", "p-0000000000000000", "510400-2026-99999", "..", "a b", "%00", "长" * 300])
def test_a_project_that_does_not_exist_is_not_there(app: OpenAPI, ref: str) -> None:
    assert somebody(app, "owner1").get(f"/projects/{ref}").status_code == 404


def test_a_project_asks_the_database_as_often_late_in_the_street_as_early(app: OpenAPI) -> None:
    owner, ref, counts = somebody(app, "owner1"), a_filing(app, "registered"), []
    steps: list[Callable[[Any], None]] = [
        lambda tx: walk(tx, ref, "A01", ("submit", "accept")),
        lambda tx: walk(tx, ref, "A01", ("grant",)),
        lambda tx: [walk(tx, ref, code, ("submit", "accept")) for code in ("A02", "A03", "A04", "A05")],  # type: ignore[list-item]
    ]
    for step in steps:
        with the_database(app).write() as tx:
            step(tx)
        counts.append(asked(owner, f"/projects/{ref}"))

    assert max(counts) - min(counts) <= 1  # the calendar is read only when a clock runs
    assert max(counts) <= 33  # among them the receipts, the names that units bore, and the number of duties


@pytest.mark.parametrize(
    ("state", "move", "sentence"), [("drafted", "file", "督查办将汇总分类"), ("returned", "refile", "")]
)
def test_an_owner_files_a_project(app: OpenAPI, state: str, move: str, sentence: str) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, state)

    assert owner.post(f"/projects/{ref}/moves/{move}").headers["Location"] == f"/projects/{ref}"
    assert sentence in owner.get(f"/projects/{ref}").text
    assert row_of(the_database(app), ref).state == "filed"


def test_a_project_is_withdrawn_with_a_reason_and_its_approvals_with_it(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, "registered")

    refused = owner.get(f"/projects/{ref}") and owner.post(f"/projects/{ref}/moves/withdraw", {"reason": "  "})
    assert refused.status_code == 422
    assert "必填" in refused.text
    assert owner.post(f"/projects/{ref}/moves/withdraw", {"reason": "资金取消"}).status_code == 303

    assert row_of(the_database(app), ref).state == "withdrawn"
    text = text_of(owner.get(f"/projects/{ref}").text)
    assert "资金取消" in text
    assert "撤回项目 理由" not in text


@pytest.mark.parametrize("move", ["classify", "register", "complete", "draft", "edit", "nonsense", "suspend"])
def test_no_other_move_is_made_on_the_owners_page(app: OpenAPI, move: str) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, "drafted")

    assert owner.post(f"/projects/{ref}/moves/{move}").status_code == 404
    assert row_of(the_database(app), ref).state == "drafted"


def test_a_form_sent_twice_has_one_effect(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, "drafted")
    owner.get(f"/projects/{ref}")
    once = owner.once_key()

    answers = [owner.post(f"/projects/{ref}/moves/file", {"once": once}) for _ in range(2)]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(303, f"/projects/{ref}")] * 2
    assert moves_of(the_database(app), ref) == ["draft", "file"]


def test_who_looked_at_an_older_version_is_shown_what_changed_meanwhile(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, "filed")
    with the_database(app).write() as tx:
        do(tx, "office1", "return_filing", ref)

    answer = owner.post(f"/projects/{ref}/moves/withdraw", {"reason": "不办了", "version": "2"})

    assert answer.status_code == 409
    assert "投资来源没有写明" in text_of(answer.text)
    assert "罗明辉" in text_of(answer.text)
    assert ">不办了</textarea>" in answer.text
    assert row_of(the_database(app), ref).state == "returned"


def test_a_move_that_is_not_possible_any_more_is_refused_on_the_page(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, "drafted")
    with the_database(app).write() as tx:
        do(tx, "owner1", "file", ref)

    answer = owner.post(f"/projects/{ref}/moves/file", {"version": "1"})

    assert answer.status_code == 409
    assert "已申报" in answer.text
