"""A new project from nothing to a delivered A01, in every role: the clicks of each, and what they see in the end."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import At
from tests.support.browser.filing import fill_further
from tests.support.browser.people import Somebody
from tests.support.builders import FURTHER
from tests.support.files import pdf

NAME = "炳草岗小学教学楼"
DOCUMENT_NO = "攀发改审〔2026〕7号"
MATERIALS = ("申请文件", "项目建议书", "资金来源说明")
MORE = {
    "project_code": "2611-510402-04-01-123456",
    "planned_start_on": "2027-06-01",
    "planned_finish_on": "2028-05-31",
}
# Clicks on links, buttons, boxes and the like from the home page on; typing, choosing in lists and of files are none.
MOST = {"owner1": 6, "office1": 3, "centre1": 3, "window-a01": 6}
MOST_OF_ALL = 15  # of the owner up to the first application: signing in, answers and choosing files among them
CASEFILES = {"office1": ("项目",), "centre1": ("办件", "项目情况"), "leader1": ("项目",), "liaison1": ("我的项目",)}
ANSWERS = 4  # yes or no, beside them
COUNTER = """
const count = (kind) => { sessionStorage[kind] = Number(sessionStorage[kind] ?? 0) + 1; };
addEventListener("click", (event) => {
  if (!event.isTrusted || !event.target.closest("a, button, summary, input[type=checkbox], input[type=radio]")) return;
  const kind = location.pathname === "/sign-in" ? "signing in" : "clicks";
  count(event.target.closest("[data-question]") ? "answers" : kind);
}, true);
addEventListener("change", (event) => { if (event.target.type === "file") count("files"); }, true);
"""


def test_a_first_approval_takes_few_clicks_and_is_seen_by_everybody(
    address: str, at_browser: At, tmp_path: Path
) -> None:
    @cache
    def person(username: str) -> Somebody:
        """At the home page; clicks are counted from the first one."""
        user = at_browser(address)
        user.page.context.add_init_script(COUNTER)
        return user.sign_in(username)

    owner, window = person("owner1"), person("window-a01")
    file(owner)
    sort(person("office1"))
    register(person("centre1"))
    apply(owner, tmp_path)
    decide(window, tmp_path)

    clicks = {username: counted(person(username), "clicks") for username in MOST}
    assert all(clicks[username] <= most for username, most in MOST.items()), clicks
    assert counted(owner, "answers") == ANSWERS
    assert [counted(owner, kind) for kind in ("signing in", "files")] == [1, len(MATERIALS)]
    assert sum(counted(owner, kind) for kind in ("signing in", "clicks", "answers", "files")) <= MOST_OF_ALL
    look(person)


def counted(somebody: Somebody, kind: str) -> int:
    return int(somebody.page.evaluate("kind => sessionStorage[kind] ?? 0", kind))


def file(owner: Somebody) -> None:
    owner.follow("新建申报")
    owner.fill("项目名称", NAME)
    owner.main.get_by_label("类别").select_option("教育助学")
    owner.main.get_by_label("项目类型").select_option("construction")
    fill_further(owner, "东区", "3000")
    for name, value in MORE.items():
        owner.main.locator(f'[name="{name}"]').fill(value)
    owner.fill("计划投资(万元)", "3000")
    owner.answer_no()
    owner.press("保存")
    owner.press("提交申报")
    owner.sees("已申报", "攀备〔2026〕1号")


def sort(office: Somebody) -> None:
    office.open("分类分流")
    office.follow(NAME)
    office.sees(MORE["project_code"], FURTHER["site"], FURTHER["contact_name"])
    with office.form("分类") as form:
        expect(form.get_by_label("重点项目")).to_be_visible()
    expect(office.page.get_by_role("status")).to_be_visible()


def register(centre: Somebody) -> None:
    centre.open("挂号")
    centre.follow(NAME)
    centre.sees(MORE["project_code"])
    centre.press("挂号")
    centre.sees("已挂号", "攀挂〔2026〕1号")


def apply(owner: Somebody, folder: Path) -> None:
    owner.open("我的项目")
    owner.follow("A01")
    for name in MATERIALS:
        (folder / f"{name}.pdf").write_bytes(pdf(name))
        row = owner.page.locator(f"[data-material={name}]")
        row.locator("[data-upload] input[type=file]").set_input_files(folder / f"{name}.pdf")
        expect(row.get_by_role("checkbox", name=f"{name}.pdf")).to_be_checked()
    owner.press("提交申请", owner.page.locator("#hand-in"))
    owner.sees("已收件")


def decide(window: Somebody, folder: Path) -> None:
    window.open("办件")
    window.follow("A01")
    window.sees(*MATERIALS)
    window.press("受理")
    (folder / "批复.pdf").write_bytes(pdf("批复"))
    with window.form("准予许可") as form:
        form.get_by_label("批准文号").fill(DOCUMENT_NO)
        form.locator("input[type=file]").set_input_files(folder / "批复.pdf")
    window.sees("准予许可", DOCUMENT_NO)
    with window.form("送达") as form:
        form.get_by_label("送达方式").select_option("窗口领取")
        form.get_by_label("签收人").fill("周建国")
    window.sees("签收人：周建国")


def look(person: Callable[[str], Somebody]) -> None:
    """The owner, the liaison, both levels and the city government see it, and open the document."""
    person("owner1").open("我的项目")
    person("owner1").follow(NAME)
    for username, path in CASEFILES.items():
        person(username).open(*path)
        person(username).follow(NAME)
    for username in ("owner1", "office1", "centre1", "leader1", "liaison1"):
        person(username).sees(DOCUMENT_NO)
