"""How figures, days and moments look to people."""

from datetime import date, datetime
from decimal import Decimal

from approvals.base.i18n import language
from approvals.base.moments import CITY_ZONE, day_of

NOTHING = "–"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def day(value: date | datetime | None) -> str:
    """2026-03-02; of a moment, the city's day."""
    if value is None:
        return NOTHING
    return (day_of(value) if isinstance(value, datetime) else value).isoformat()


def long_day(value: date | datetime | None) -> str:
    """2026年3月2日, or 2 March 2026."""
    if value is None:
        return NOTHING
    on = day_of(value) if isinstance(value, datetime) else value
    if language() == "en":
        return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日"


def month(value: date) -> str:
    """2026年3月, or March 2026."""
    return f"{_MONTHS[value.month - 1]} {value.year}" if language() == "en" else f"{value.year}年{value.month}月"


def iso_month(value: date) -> str:
    """2026-03, as in addresses."""
    return f"{value:%Y-%m}"


def iso_week(value: date) -> str:
    """The week of the day as in addresses: 2026-W49."""
    return f"{value:%G-W%V}"


def moment(value: datetime | None) -> str:
    """2026-03-02 09:15, by the city's clock."""
    return NOTHING if value is None else f"{value.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"


def time_of_day(value: datetime) -> str:
    """09:15, by the city's clock."""
    return f"{value.astimezone(CITY_ZONE):%H:%M}"


def number(value: int | Decimal | None) -> str:
    """1,234"""
    return NOTHING if value is None else f"{value:,}"


def money(value: Decimal | None) -> str:
    """An amount in 10,000 yuan: 1,234.50 万元, in English ¥12,345,000."""
    if value is None:
        return NOTHING
    return f"¥{value * 10_000:,.0f}" if language() == "en" else f"{value:,.2f} 万元"


def quantity(value: Decimal) -> str:
    """1,200.5, without noughts at its end."""
    return f"{value.normalize():,f}"


def plain_number(value: Decimal) -> str:
    """1200.5, as in data and forms: without noughts at its end."""
    return f"{value.normalize():f}" if value else "0"


def amount(value: Decimal | None) -> str:
    """1,234.50: an amount in a column whose head says the unit."""
    return NOTHING if value is None else f"{value:,.2f}"


def percent(value: Decimal | float | None) -> str:
    """0.613 as 61.3 %."""
    return NOTHING if value is None else f"{value * 100:.1f} %"


def size(value: int) -> str:
    """A file's size: 820 KB, 3.2 MB."""
    if value < 1024 * 1024:
        return f"{max(1, round(value / 1024))} KB"
    return f"{value / 1024 / 1024:.1f} MB"


FILTERS = {
    "iso_month": iso_month,
    "iso_week": iso_week,
    "day": day,
    "long_day": long_day,
    "month": month,
    "moment": moment,
    "time_of_day": time_of_day,
    "number": number,
    "money": money,
    "amount": amount,
    "quantity": quantity,
    "percent": percent,
    "size": size,
}
