"""Without JavaScript everything works; it only takes a page more."""

from pathlib import Path

from tests.journeys.conftest import At
from tests.support.browser.filing import fill_further
from tests.support.browser.people import Somebody
from tests.support.builders import window

NAME = "老旧小区排水改造"


def test_the_main_moves_work_without_javascript(address: str, at_browser: At, a_document: Path) -> None:
    def person(username: str) -> Somebody:
        return at_browser(address, java_script_enabled=False).sign_in(username)

    owner, office, centre = person("owner1"), person("office1"), person("centre1")
    begin(owner)
    end(owner, a_document)
    sort(office)
    number = register(centre)
    decide(owner, person(window("A01")), f"/approvals/{number}/A01", a_document)


def begin(owner: Somebody) -> None:
    owner.go("/projects/new")
    owner.fill("项目名称", NAME)
    owner.press("保存")
    owner.sees("已保存")
    owner.go("/projects/new")
    assert owner.main.get_by_label("项目名称").input_value() == NAME


def end(owner: Somebody, document: Path) -> None:
    owner.main.get_by_label("类别").select_option("百姓安居")
    owner.main.get_by_label("项目类型").select_option("construction")
    owner.fill("计划投资(万元)", "460.00")
    owner.answer_no()
    fill_further(owner, "仁和区", "460.00")
    owner.press("保存")
    owner.main.locator("input[type=file]").set_input_files(document)
    owner.press("上传")
    owner.sees(document.name)
    owner.press("提交申报")
    owner.sees("已申报")


def sort(office: Somebody) -> None:
    """By the way for several together, with one of them ticked."""
    office.go("/triage")
    office.main.get_by_role("checkbox", name=NAME).check()
    office.press("分类")
    office.sees(NAME)
    office.press("批量分类：1 项")
    office.sees("1 项全部办理完成", "已分类")


def register(centre: Somebody) -> str:
    centre.go("/registrations")
    centre.follow(NAME)
    centre.press("挂号")
    centre.sees("已挂号")
    return centre.path.rpartition("/")[2]


def decide(owner: Somebody, officer: Somebody, path: str, document: Path) -> None:
    owner.go(path)
    row = owner.page.locator("[data-material=项目建议书]")
    row.locator("[data-upload] input[type=file]").set_input_files(document)
    owner.press("上传", row)
    owner.sees(document.name)
    with owner.hand_in("提交申请") as form:
        form.get_by_role("checkbox").first.check()
    owner.sees("申请材料不齐全", "缺“资金来源说明”")
    owner.press("确认按现状提交")
    owner.sees("已收件")
    officer.go(path)
    with officer.form("一次性告知") as form:
        form.locator("[name='items.0.remedy']").fill("")
    officer.sees("必填")
    with officer.form("一次性告知") as form:
        form.locator("[name='items.0.problem']").fill("未签字")
        form.locator("[name='items.0.remedy']").fill("签字后重新提交")
    officer.sees("补正中")
    owner.go(path)
    owner.sees("未签字", "签字后重新提交")
