"""The whole street in Chinese: filed, returned, refiled, classified, registered, approved 24 times, reported."""

import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from approvals.base.database import Database
from approvals.windows.form_options import AT_ONCE
from tests.journeys.conftest import PATIENCE, At, a_worker
from tests.support.browser.filing import fill_further
from tests.support.browser.people import Somebody
from tests.support.builders import do, entries, maker, window
from tests.support.example_city import OPENING
from tests.support.extent import SOAK
from workflows.charts.approval import APPROVAL
from workflows.charts.model import Move
from workflows.config.catalogue import load_catalogue
from workflows.rules.item_words import move_of

NAME = "第二十六中学新建教学楼"
REF = "edu-2026-017"
Person = Callable[[str], Somebody]
APPROVALS = 24  # the catalogue's 29 items without the five that a screening question brings in
TODAY = OPENING.date().isoformat()


def test_a_project_goes_all_the_way_from_its_draft_to_the_monthly_report(
    address: str, database: Database, sqlite_url: str, at_browser: At, a_document: Path
) -> None:
    @cache
    def person(username: str) -> Somebody:
        """They stay signed in, each at a browser of their own."""
        return at_browser(address).sign_in(username)

    owner, office = person("owner1"), person("office1")
    draft(owner)
    file(owner, a_document)
    send_back(office)
    refile(owner)
    classify(office)
    number = register(person("centre1"))
    take_through_all_approvals(owner, person, number, database)
    look_at_the_casefile(person("leader1"), number, sqlite_url)


def draft(owner: Somebody) -> None:
    owner.open("我的项目")
    owner.follow("新建申报")
    owner.fill("项目名称", NAME)
    draft_note = owner.page.locator("[data-autosave]")
    expect(draft_note).to_contain_text("已保存")
    owner.page.reload()
    expect(owner.main.get_by_label("项目名称")).to_have_value(NAME)
    owner.main.get_by_label("类别").select_option("教育助学")
    owner.main.get_by_label("项目类型").select_option("construction")
    fill_further(owner, "东区", "3000.50")
    owner.fill("外部编号", REF)
    owner.fill("计划投资(万元)", "三千")
    owner.answer_no()
    owner.press("保存")
    wrong = owner.main.get_by_label("计划投资(万元)")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(owner.main.get_by_label("项目名称")).to_have_value(NAME)
    wrong.fill("3000.50")
    owner.press("保存")
    owner.sees(NAME, "草稿")


def file(owner: Somebody, document: Path) -> None:
    owner.main.get_by_label("文件", exact=False).first.set_input_files(document)
    owner.main.get_by_label("用作材料").select_option("项目建议书")
    owner.press("上传")
    owner.sees(document.name)
    with owner.page.expect_download() as download:
        owner.follow(document.name)
    assert download.value.suggested_filename == document.name
    assert Path(download.value.path()).read_bytes() == document.read_bytes()
    owner.press("提交申报")
    owner.sees("已申报")


def send_back(office: Somebody) -> None:
    office.open("分类分流")
    office.follow(NAME)
    with office.form("退回补正") as form:
        form.get_by_label("退回原因 1").fill("计划投资与年度计划不一致")
    expect(office.page.get_by_role("status")).to_be_visible()


def refile(owner: Somebody) -> None:
    owner.open("我的项目")
    owner.follow(NAME)
    owner.sees("已退回", "计划投资与年度计划不一致")
    owner.follow("修改申报")
    owner.fill("计划投资(万元)", "3200")
    owner.press("保存")
    owner.sees("合计 3,000.50")
    owner.fill("市级资金", "3200")
    owner.press("保存")
    owner.sees("3,200")
    owner.press("重新申报")
    owner.sees("已申报")


def classify(office: Somebody) -> None:
    office.open("分类分流")
    office.follow(NAME)
    with office.form("分类") as form:
        form.get_by_label("重点项目").check()
        form.get_by_label("民生实事").check()
    expect(office.page.get_by_role("status")).to_be_visible()


def register(centre: Somebody) -> str:
    """The number that the project got."""
    centre.open("挂号")
    centre.follow(NAME)
    centre.main.get_by_role("radio", name="邓志勇").check()
    centre.press("挂号")
    centre.sees(NAME, "已挂号", "邓志勇")
    centre.sees("攀挂〔2026〕")
    return centre.path.rpartition("/")[2]


def take_through_all_approvals(owner: Somebody, person: Person, number: str, database: Database) -> None:
    """Those of HANDLED on their pages; the rest, which go like A02, in a soak alone. The last wait for the works."""
    granted: list[str] = []
    while codes := what_is_to_do(owner, number) or after_the_works(owner, number):
        for code in codes:
            if code in HANDLED or SOAK:
                HANDLED.get(code, plainly)(owner, person(window(code)), f"/approvals/{number}/{code}")
            else:
                off_the_pages(database, number, code)
            granted.append(code)
    assert len(granted) == len(set(granted)) == APPROVALS
    owner.sees("已办结")


def what_is_to_do(owner: Somebody, number: str) -> list[str]:
    """The codes of the approvals that the owner's page says can be applied for."""
    owner.go(f"/projects/{number}")
    links = owner.page.locator(".own-todo-list a.btn").all_inner_texts()
    return [match.group() for text in links if (match := re.search(r"[A-D]\d\d", text))]


def after_the_works(owner: Somebody, number: str) -> list[str]:
    """The codes of those that can be applied for once the works are reported; none when they were before."""
    for report in ("报告开工", "报告竣工"):
        if not owner.main.get_by_text(report, exact=True).count():
            return []
        with owner.form(report) as form:
            form.get_by_label("日期").fill(TODAY)
    return what_is_to_do(owner, number)


def hand_in(owner: Somebody, path: str, move: str = "提交申请") -> None:
    owner.go(path)
    with owner.hand_in(move) as form:
        for box in form.get_by_role("checkbox").all():
            box.check()
    owner.sees("已收件")


GRANT = APPROVAL.move("grant")


def grant(officer: Somebody, move: Move = GRANT) -> None:
    """Grant what is open; a review or a record is completed."""
    number, item = f"攀审批〔2026〕{officer.path[-2:]}号", load_catalogue().item(officer.path[-3:])
    with officer.form(move_of(item, move).zh) as form:
        form.get_by_label("批准文号").fill(number)
    officer.sees(number)


def accept(owner: Somebody, officer: Somebody, path: str, move: str = "提交申请") -> None:
    hand_in(owner, path, move)
    officer.go(path)
    officer.press("受理")


def plainly(owner: Somebody, officer: Somebody, path: str) -> None:
    accept(owner, officer, path)
    grant(officer)


def off_the_pages(database: Database, number: str, code: str) -> None:
    """The same three moves at the moment of the project's last one, for the server's clock is behind it else."""
    with database.write() as tx:
        at = max(entry.at for entry in entries(tx, number))
        for move in ("submit", "accept", "grant"):
            do(tx, maker(move, code), move, f"{number}/{code}", at=at)


def by_a_special_procedure(owner: Somebody, officer: Somebody, path: str) -> None:
    hand_in(owner, path)
    owner.sees("项目建议书（定稿）.pdf")
    officer.open("办件")
    officer.follow("A01")
    officer.press("受理")
    with officer.form("启动特别程序") as form:
        form.get_by_label("特别程序").select_option("咨询评估")
        form.get_by_label("预计工作日").fill("10")
        form.get_by_label("书面告知内容").fill("需委托咨询评估，所需时间不计入期限。")
    officer.sees("咨询评估", "特别程序")
    officer.press("结束特别程序")
    grant(officer)
    with officer.form("送达") as form:
        form.get_by_label("送达方式").select_option("窗口领取")
        form.get_by_label("签收人").fill("张敏")
    officer.sees("送达", "签收人：张敏")


def after_a_notice(owner: Somebody, officer: Somebody, path: str) -> None:
    hand_in(owner, path)
    officer.go(path)
    with officer.form("一次性告知") as form:
        form.locator("[name='items.0.material']").fill("公众参与说明")
        form.locator("[name='items.0.problem']").fill("未加盖公章")
        form.locator("[name='items.0.remedy']").fill("加盖公章后重新提交")
    officer.sees("补正中")
    owner.go(path)
    owner.sees("公众参与说明", "未加盖公章")
    hand_in(owner, path, "补正后提交")
    officer.go(path)
    with officer.form("受理") as form:  # one of its materials might follow, and nothing is owed
        expect(form).to_contain_text("容缺后补的材料")
    grant(officer)


def at_the_second_try(owner: Somebody, officer: Somebody, path: str) -> None:
    accept(owner, officer, path)
    with officer.form("不予许可") as form:
        form.get_by_label("理由").fill("方案未覆盖弃渣场")
    officer.sees("不予许可", "方案未覆盖弃渣场")
    owner.go(path)
    owner.press("重新申请")
    plainly(owner, officer, path)
    officer.sees("第 2 轮")


def at_once(owner: Somebody, officer: Somebody, path: str) -> None:
    hand_in(owner, path)
    officer.go(path)
    grant(officer, AT_ONCE)


HANDLED = {
    "A01": by_a_special_procedure,
    "A02": plainly,
    "A03": after_a_notice,
    "A05": at_the_second_try,
    "A06": at_once,
}


def look_at_the_casefile(leader: Somebody, number: str, url: str) -> None:
    leader.open("项目")
    leader.follow(NAME)
    assert leader.path == f"/casefiles/{number}"
    leader.sees("已办结", "24/24", "退回补正", "一次性告知")
    leader.open("报告")
    leader.follow("2026年11月")
    with a_worker(url):
        figures_stand_in(text_of_the_pdf(leader.page))


def text_of_the_pdf(page: Page) -> str:
    """A worker prints it while the page tells how far it is."""
    page.get_by_role("button", name="排印 (预览文稿)").click()
    link = page.get_by_role("link", name="下载 (预览文稿)")
    link.wait_for(timeout=6 * PATIENCE)
    with page.expect_download() as download:
        link.click()
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"%PDF-")
    pages = PdfReader(BytesIO(content)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


def figures_stand_in(text: str) -> None:
    """The report tells of what happened in the month and nothing before: this month, the last one, the year."""
    for figure in ("项目挂号101", "项目办结101", "准予24024"):
        assert figure in text
    assert NAME in text, "a key project"
