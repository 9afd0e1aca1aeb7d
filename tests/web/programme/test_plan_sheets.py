"""The plan's sheet at a browser: downloaded, previewed, taken, returned; and the ledger of a year without items."""

import io
import re
from html import unescape

import openpyxl
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import faults
from tests.support.pages import Visitor, somebody

AT = "/programme/2026/plan-sheet"


def filled(content: bytes, category: str = "道路通畅") -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place, value in enumerate((31, "城区雨污分流", category, "市级", "工程建设", "市教育局"), 1):
        book["分项"].cell(6, place).value = value
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def upload(visitor: Visitor, content: bytes):  # type: ignore[no-untyped-def]
    visitor.get(AT)
    return visitor.post(AT, {"file": (io.BytesIO(content), "计划.xlsx")})


def carried(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(content|seen)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def test_the_office_imports_the_plan_and_a_refused_row_comes_back(
    database: Database, app: OpenAPI, lead: Visitor
) -> None:
    office = somebody(app, "office1")
    assert f'href="{AT}"' in office.get("/ledger").text
    blank = office.get(f"{AT}/download").data
    preview = upload(office, filled(blank))
    assert preview.status_code == 200 and "城区雨污分流" in preview.text and "导入 1 个分项" in preview.text
    assert "城区雨污分流" not in office.get("/ledger").text
    assert "从表格导入的分项：1" in office.post(f"{AT}/take", carried(preview.text)).text
    assert "从表格导入的分项" not in office.post(f"{AT}/take", carried(preview.text)).text
    assert "城区雨污分流" in office.get("/programme/2026/items/031").text
    refused = upload(office, filled(blank, "没有此类"))
    assert "分项!C6" in refused.text and "/take" not in refused.text and "下载后计划已有变动" in refused.text
    back = office.post(f"{AT}/returned", carried(refused.text))
    rows = list(openpyxl.load_workbook(io.BytesIO(back.data))["分项"].iter_rows(min_row=6, values_only=True))
    assert str(rows[0][-1]).startswith("C6: ")
    assert upload(lead, blank).status_code == 422
    assert faults(database) == []


def test_a_year_without_items_says_how_to_begin(app: OpenAPI, database: Database) -> None:
    office = somebody(app, "office1")
    assert "本年度尚无分项：请导入计划或录入分项" in office.get("/ledger").text
    assert "导入计划" in office.get("/ledger?year=2027").text
    page = office.get("/programme/2027/plan-sheet").text
    assert "下载空白表" in page and 'href="/programme/2027/new"' in page
    assert upload(office, b"").status_code == 422
