"""Figures, days and moments as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from approvals.base.formatting import day, long_day, moment, money, month, number, percent, size
from approvals.base.i18n import in_language

LATE = datetime(2026, 3, 1, 16, 5, tzinfo=UTC)  # five past midnight of the second in the city


def test_a_moment_is_shown_by_the_citys_clock() -> None:
    assert moment(LATE) == "2026-03-02 00:05"
    assert day(LATE) == "2026-03-02"
    assert long_day(LATE) == "2026年3月2日"


def test_figures_in_chinese() -> None:
    assert long_day(date(2026, 3, 2)) == "2026年3月2日"
    assert month(date(2026, 3, 2)) == "2026年3月"
    assert money(Decimal("1234.5")) == "1,234.50 万元"
    assert number(1234567) == "1,234,567"
    assert percent(0.6134) == "61.3 %"


def test_figures_in_english() -> None:
    with in_language("en"):
        assert long_day(date(2026, 3, 2)) == "2 March 2026"
        assert month(date(2026, 3, 2)) == "March 2026"
        assert money(Decimal("1234.5")) == "¥12,345,000"


def test_what_is_not_there_is_a_dash() -> None:
    assert [show(None) for show in (day, long_day, moment, money, number, percent)] == ["–"] * 6


@pytest.mark.parametrize(("size_", "shown"), [(0, "1 KB"), (2048, "2 KB"), (52_428_800, "50.0 MB")])
def test_sizes_of_files(size_: int, shown: str) -> None:
    assert size(size_) == shown
