"""The month's sheet at a browser: downloaded, previewed, taken, returned."""

import io
import re
from html import unescape

import openpyxl

from approvals.base.database import Database
from tests.support.builders import faults
from tests.support.pages import Visitor
from tests.support.programme import ROAD, an_entry

MONTH = "2026-11"  # of the builders' NOW
SHEET = f"/programme/month/{MONTH}/sheet"
ENTRY = f"/programme/2026/items/901/510402/{MONTH}"


def filled(content: bytes, kilometres: object = 3.5) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    worksheet = book.worksheets[0]
    worksheet["O6"] = kilometres
    worksheet["P7"], worksheet["Q7"], worksheet["R7"] = 100, 80, 50.5
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def upload(visitor: Visitor, content: bytes, name: str = "五月.xlsx"):  # type: ignore[no-untyped-def]
    visitor.get("/programme/month")
    return visitor.post("/programme/month/sheet", {"file": (io.BytesIO(content), name)})


def carried(page: str) -> dict[str, str]:
    """What the preview's form carries."""
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(content|month|seen)" value="([^"]*)"', page)
    }


def test_a_sheet_is_downloaded_previewed_and_taken(database: Database, reporter: Visitor) -> None:
    page = reporter.get("/programme/month").text
    assert f'href="{SHEET}"' in page and 'name="file"' in page
    answer = reporter.get(SHEET)
    assert "2026-11" in answer.headers["Content-Disposition"]
    preview = upload(reporter, filled(answer.data))
    assert preview.status_code == 200 and "里程: 3.5" in preview.text
    assert "已报" not in reporter.get(ENTRY).text
    taken = reporter.post("/programme/month/sheet/take", carried(preview.text))
    assert "从表格报送的任务：1" in taken.text
    assert 'value="50.50"' in reporter.get(ENTRY).text
    again = reporter.post("/programme/month/sheet/take", carried(preview.text))
    assert again.status_code == 200 and "从表格报送的任务" not in again.text
    assert faults(database) == []


def test_refused_rows_are_told_and_come_back_with_the_reason(reporter: Visitor) -> None:
    preview = upload(reporter, filled(reporter.get(SHEET).data, "很多"))
    assert "O6: 不是数字：很多" in preview.text and "/take" not in preview.text
    back = reporter.post("/programme/month/sheet/returned", carried(preview.text))
    worksheet = openpyxl.load_workbook(io.BytesIO(back.data)).worksheets[0]
    assert worksheet["V6"].value == "O6: 不是数字：很多"


def test_what_is_no_sheet_is_refused_on_the_page_of_the_month(reporter: Visitor, lead: Visitor) -> None:
    for content, words in ((b"", "请选择表格"), (b"%PDF-1.7 \x00\x01", ""), (bytes(2**20 + 1), "1024 KB")):
        answer = upload(reporter, content)
        assert answer.status_code == 422 and words in answer.text and 'id="sheet-file-faults"' in answer.text
    assert lead.get(SHEET).status_code == 404
    assert reporter.get("/programme/month/2026-13/sheet").status_code == 404


def test_a_form_without_what_was_seen_reports_nothing(reporter: Visitor) -> None:
    preview = upload(reporter, filled(reporter.get(SHEET).data))
    for seen in ("", "[]", '{"901/510402": 1}', '{"901/510402": [7, {}]}'):
        answer = reporter.post("/programme/month/sheet/take", {**carried(preview.text), "seen": seen})
        assert answer.status_code == 200 and "/take" in answer.text
    assert 'value="50.50"' not in reporter.get(ENTRY).text


def test_finance_confirms_by_its_sheet_what_agrees(database: Database, reporter: Visitor, finance: Visitor) -> None:
    with database.write() as tx:
        an_entry(tx, ROAD)
    sheet = "/programme/month/2026-05/money-sheet"
    assert f'href="{sheet}"' in finance.get("/programme/month").text
    book = openpyxl.load_workbook(io.BytesIO(finance.get(sheet).data))
    worksheet, output = book.worksheets[0], io.BytesIO()
    worksheet["N6"], worksheet["O6"], worksheet["P6"] = 100, 80, 50.5
    book.save(output)
    finance.get("/programme/month")
    preview = finance.post("/programme/month/money-sheet", {"file": (io.BytesIO(output.getvalue()), "五月.xlsx")})
    assert "一致" in preview.text
    taken = finance.post("/programme/month/money-sheet/take", carried(preview.text))
    assert "从表格确认资金的任务：1" in taken.text and "已确认" in taken.text
    assert "没有可确认的内容" not in finance.get("/programme/month").text
    assert finance.get("/programme/month/2025-05/money-sheet").status_code == 404
    refused = finance.post("/programme/month/money-sheet", {"file": (io.BytesIO(b"x"), "x.xlsx")})
    assert refused.status_code == 422 and 'id="money-file-faults"' in refused.text
    assert faults(database) == []
