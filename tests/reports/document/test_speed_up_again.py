"""Whoever has the file alone can reckon its speed-ups again: from the workbook in it, by a calendar of their own."""

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from statistics import median
from typing import Any

import openpyxl
import pytest

from approvals.reports.document.report import Imprint
from tests.reports.conftest import LivedYear
from tests.support.documents import attached_to, print_report
from tests.support.figures.recount import naive_calendar, working_days
from tests.support.pages import an_app

MONTH = "2026-06"
IMPRINT = Imprint("攀挂报〔2026〕6号", date(2026, 7, 1))
HEADS = 3  # rows above the first line of a worksheet


@pytest.fixture(scope="module")
def book(make_database, sqlite_year: LivedYear) -> Iterator[openpyxl.Workbook]:  # type: ignore[no-untyped-def]
    with an_app(make_database("sqlite")) as app, app.app_context():
        pdf = print_report(sqlite_year.figures(MONTH), "zh_Hans", IMPRINT).pdf
    yield openpyxl.load_workbook(BytesIO(attached_to(pdf)[f"workbook-{MONTH}.xlsx"]))


def rows_of(book: openpyxl.Workbook, name: str) -> list[dict[str, Any]]:
    heads = [cell.value for cell in book[name][HEADS]]
    rows = book[name].iter_rows(min_row=HEADS + 1, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def rate(book: openpyxl.Workbook, name: str) -> float:
    return next(row["本期"] for row in rows_of(book, "全市比率") if row["指标"] == name)


def test_the_speed_up_of_all_decisions_follows_from_the_days_of_each(book: openpyxl.Workbook) -> None:
    each = rows_of(book, "办结用时分布")
    pairs = [(row["用时（工作日）"], row["法定时限（工作日）"]) for row in each for _ in range(row["件数"])]
    used, legal = sum(days for days, _limit in pairs), sum(limit for _days, limit in pairs)
    departments = rows_of(book, "部门·本期办结")
    assert (used, legal) == tuple(sum(row[f"{head} 本期"] for row in departments) for head in ("用时", "法定时限"))
    assert len(pairs) == sum(row["办结 本期"] for row in departments) > 20
    assert rate(book, "本月办结事项提速") == round(1 - used / legal, 4)
    assert rate(book, "提速中位数") == round(median(1 - days / limit for days, limit in pairs), 4)


def test_the_speed_up_to_the_permit_follows_from_the_days_of_each_project(book: openpyxl.Workbook) -> None:
    calendar, found = naive_calendar(), []
    for row in rows_of(book, "施工许可"):
        registered, granted = (day_of(row[head]) for head in ("挂号日期", "发证日期"))
        assert working_days(calendar, registered, granted) == row["用时（工作日）"]
        assert row["提速"] == round(1 - row["用时（工作日）"] / row["法定时限（工作日）"], 4)
        found.append((row["用时（工作日）"], row["法定时限（工作日）"]))
    used, legal = sum(days for days, _limit in found), sum(limit for _days, limit in found)
    assert found
    assert rate(book, "挂号至施工许可提速") == round(1 - used / legal, 4)


def test_each_projects_legal_limit_is_the_sum_of_the_items_beside_it(book: openpyxl.Workbook) -> None:
    needed: dict[str, list[tuple[str, int]]] = {}
    for row in rows_of(book, "施工许可·事项"):
        needed.setdefault(row["挂号编号"], []).append((row["事项编码"], row["法定时限（工作日）"]))
    rows = rows_of(book, "施工许可")
    assert rows
    for row in rows:
        items = needed[row["挂号编号"]]
        assert len({code for code, _days in items}) == len(items) == row["事项数"]
        assert sum(days for _code, days in items) == row["法定时限（工作日）"]


def day_of(value: datetime) -> date:
    return value.date()
