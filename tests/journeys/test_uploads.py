"""Files chosen in the row of a material are uploaded at once, one after the other, and nothing ticked is lost."""

from pathlib import Path

from playwright.sync_api import expect

from approvals.base.database import Database
from tests.journeys.conftest import At
from tests.support.builders import a_project
from tests.support.example_city import OPENING
from tests.support.files import pdf

MATERIAL = "[data-material=项目建议书]"


def test_chosen_files_are_uploaded_and_ticked_and_a_bad_one_is_named(
    address: str, database: Database, at_browser: At, tmp_path: Path
) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered", at=OPENING)
    files = {"一.pdf": pdf("一"), "坏.pdf": b"nothing", "二.pdf": pdf("二")}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    owner = at_browser(address).sign_in("owner1")
    owner.go(f"/approvals/{ref}/A01")
    paper = owner.page.locator("[data-material=申请文件]").get_by_role("checkbox")
    paper.check()
    row = owner.page.locator(MATERIAL)
    expect(row.get_by_role("button", name="上传", exact=True)).to_be_hidden()

    row.locator("[data-upload] input[type=file]").set_input_files([tmp_path / name for name in files])

    expect(row.locator("[data-upload] .field-faults")).to_have_text("坏.pdf: 文件内容不是 .pdf 格式。")
    expect(row.get_by_role("checkbox", name="一.pdf")).to_be_checked()
    expect(row.get_by_role("checkbox", name="二.pdf")).to_be_checked()
    expect(row.locator("progress")).to_be_hidden()
    expect(paper).to_be_checked()
    with owner.hand_in("提交申请") as form:
        form.locator("[data-material=资金来源说明]").get_by_role("checkbox").check()
    owner.sees("已收件", "一.pdf", "二.pdf")
