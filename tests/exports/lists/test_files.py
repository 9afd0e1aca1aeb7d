"""Files of lists: typed cells, text that stays text, and memory that does not grow with the rows."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from approvals.exports.lists.files import ListColumn, ListFile, write_csv, write_workbook

MANY = 10_000
COLUMNS = (
    ListColumn("name", "Name", lambda row: row["name"]),
    ListColumn("count", "Number", lambda row: row["count"], "whole"),
    ListColumn("money", "Amount", lambda row: row["money"], "amount"),
    ListColumn("on", "Due on", lambda row: row["on"], "day"),
    ListColumn("at", "Received", lambda row: row["at"], "moment"),
    ListColumn("flag", "Key project", lambda row: row["flag"], "yes_no"),
)
ROW = {
    "name": "小学",
    "count": 7,
    "money": Decimal("1200.50"),
    "on": date(2026, 3, 2),
    "at": datetime(2026, 3, 2, 1, 15, 30, tzinfo=UTC),
    "flag": True,
}
EMPTY = dict.fromkeys(ROW)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


def written(write, *rows: dict, columns=COLUMNS) -> bytes:  # type: ignore[no-untyped-def,type-arg]
    with write(ListFile("项目", ["数据截至今天。"], columns, rows)) as file:
        return bytes(file.read())


def test_a_workbook_has_days_as_days_and_numbers_as_numbers() -> None:
    sheet = load_workbook(io.BytesIO(written(write_workbook, ROW, EMPTY))).active
    lines = [list(line) for line in sheet.values]
    assert [line[0] for line in lines[:2]] == ["项目", "数据截至今天。"]
    days = [value.isoformat() for value in lines[3][3:5]]
    assert lines[3][:3] == ["小学", 7, 1200.5] and lines[3][5] == "是"
    assert days == ["2026-03-02T00:00:00", "2026-03-02T09:15:00"]
    assert lines[4] == [None] * len(COLUMNS)
    assert sheet["D4"].is_date and sheet["D4"].number_format == "yyyy-mm-dd"
    assert sheet.freeze_panes == "A4" and sheet.page_setup.orientation == "landscape"


def test_csv_begins_with_its_mark_and_ends_with_its_notes() -> None:
    content = written(write_csv, ROW, EMPTY)
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines[1] == ["小学", "7", "1200.50", "2026-03-02", "2026-03-02 09:15", "是"]
    assert lines[2] == [""] * len(COLUMNS) and lines[3] == ["数据截至今天。"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_stays_text(text: str) -> None:
    rows = ({**ROW, "name": text, "count": -3},)
    sheet = load_workbook(io.BytesIO(written(write_workbook, *rows))).active
    assert sheet["A4"].data_type == "s" and sheet["B4"].value == -3
    [_heads, line, _note] = csv.reader(io.StringIO(written(write_csv, *rows).decode("utf-8-sig"), newline=""))
    assert line[0] == f"'{text}" and line[1] == "-3", "a number is no formula"


@pytest.mark.parametrize("write", [write_workbook, write_csv])
def test_a_long_list_takes_no_more_memory_than_a_short_one(write) -> None:  # type: ignore[no-untyped-def]
    def rows(number: int) -> Iterator[dict[str, object]]:
        return ({**ROW, "name": f"项目{place}"} for place in range(number))

    def peak(number: int) -> int:
        tracemalloc.start()
        write(ListFile("项目", (), COLUMNS, rows(number))).close()
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(MANY) < peak(100) + 1_000_000, "of 10,000 rows none is kept"
