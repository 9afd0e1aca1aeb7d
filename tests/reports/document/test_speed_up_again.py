"""Whoever has the paper alone can reckon its speed-ups again: from the words of the PDF, by a calendar of their own."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from statistics import median

import openpyxl
import pytest

from approvals.reports.document.report import Imprint
from tests.reports.conftest import LivedYear
from tests.support.documents import attached_to, print_report
from tests.support.figures.recount import naive_calendar, working_days
from tests.support.pages import an_app

MONTH = "2026-06"
IMPRINT = Imprint("攀挂报〔2026〕6号", date(2026, 7, 1))
SUM = re.compile(r"=1−([\d,]+)/([\d,]+)=([−\d.]+)%（件数([\d,]+)，中位数([−\d.]+)%）")
PERMIT = re.compile(r"(\d{4}-\d\d-\d\d) +(\d{4}-\d\d-\d\d) +(\d+) +(\d+) +([\d,]+) +([−\d.]+)%")
NEEDED = re.compile(r"([A-Z]\d\d)\s(\d+)(?= (?:\+|=))")
OF_LIMIT = re.compile(r"^ *(\d+) +(\d+) +([\d,]+) +(?=\d+\s?×\s?\d+)", re.MULTILINE)
TIMES = re.compile(r"(\d+)\s?×\s?(\d+)")


@dataclass(frozen=True)
class Told:
    """A speed-up as it is printed: used and legal days, their share, how many, and the median."""

    used: int
    legal: int
    value: str
    count: int
    median: str


@pytest.fixture(scope="module")
def pdf(make_database, sqlite_year: LivedYear) -> Iterator[bytes]:  # type: ignore[no-untyped-def]
    with an_app(make_database("sqlite")) as app, app.app_context():
        yield print_report(sqlite_year.figures(MONTH), "zh_Hans", IMPRINT).pdf


@pytest.fixture(scope="module")
def text(pdf: bytes) -> str:
    """The words as they lie on the pages, without the lines that every page has."""
    made = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"^ *— \d+ — *$", "", made.stdout.decode("utf-8"), flags=re.MULTILINE)


def told(text: str) -> list[Told]:
    """The two sums in their order: of all decisions, and up to the construction permit."""
    sums = SUM.findall("".join(text.split()))
    return [Told(number(a), number(b), value, number(count), mid) for a, b, value, count, mid in sums]


def number(printed: str) -> int:
    return int(printed.replace(",", ""))


def percent(share: float) -> str:
    return f"{round(share, 4) * 100:.1f}".replace("-", "−")


def between(text: str, first: str, last: str) -> str:
    """What stands after the last place where `first` is printed, up to `last`."""
    return text.rpartition(first)[2].partition(last)[0]


def test_the_speed_up_of_all_decisions_follows_from_the_printed_pairs(text: str) -> None:
    of_decisions = told(text)[0]
    part = between(text, "本月办结件按法定时限和用时分布", "“3")
    heads = list(OF_LIMIT.finditer(part))
    pairs = []
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        cell = part[head.end() : following.start() if following else len(part)]
        own = [(int(used), number(head[1])) for used, times in TIMES.findall(cell) for _ in range(int(times))]
        assert (len(own), sum(used for used, _ in own)) == (number(head[2]), number(head[3]))
        pairs += own
    used, legal = sum(used for used, _ in pairs), sum(legal for _, legal in pairs)
    assert (len(pairs), used, legal) == (of_decisions.count, of_decisions.used, of_decisions.legal)
    assert percent(1 - used / legal) == of_decisions.value
    assert percent(median(1 - used / legal for used, legal in pairs)) == of_decisions.median
    assert len(pairs) > 20


def test_the_speed_up_to_the_permit_follows_from_the_printed_days(text: str) -> None:
    of_permits, calendar = told(text)[1], naive_calendar()
    rows = PERMIT.findall(between(text, "本月取得施工许可证的项目", "用时为挂号次日起"))
    found = []
    for registered, granted, _items, days, legal, value in rows:
        walked = working_days(calendar, date.fromisoformat(registered), date.fromisoformat(granted))
        assert walked == int(days)
        assert percent(1 - int(days) / number(legal)) == value
        found.append((int(days), number(legal)))
    used, legal = sum(days for days, _ in found), sum(limit for _, limit in found)
    assert (len(found), used, legal) == (of_permits.count, of_permits.used, of_permits.legal)
    assert percent(1 - used / legal) == of_permits.value
    assert percent(median(1 - days / limit for days, limit in found)) == of_permits.median
    assert found


def test_each_projects_legal_limit_is_the_sum_of_the_items_beside_it(pdf: bytes) -> None:
    book = openpyxl.load_workbook(BytesIO(attached_to(pdf)[f"annexes-{MONTH}.xlsx"]))
    needed: dict[str, list[tuple[str, int]]] = {}
    for ref, _name, code, legal in book["施工许可·事项"].iter_rows(min_row=4, values_only=True):
        needed.setdefault(ref, []).append((code, legal))
    rows = list(book["施工许可"].iter_rows(min_row=4, values_only=True))
    assert rows
    for ref, _project, _registered, _granted, items, _used, legal, _value in rows:
        assert len({code for code, _days in needed[ref]}) == len(needed[ref]) == items
        assert sum(days for _code, days in needed[ref]) == legal
