"""How long a granted approval is valid, and when it lapses (rule 17)."""

import calendar
import re
from datetime import date, timedelta

WARNED_BEFORE = timedelta(days=30)  # LAW.md, rule 17
_PERIOD = re.compile(r"([1-9][0-9]{0,2}) (year|month)s?")


def is_period(valid_for: object) -> bool:
    """Whether this is a period such as "2 years" or "3 months"."""
    return isinstance(valid_for, str) and _PERIOD.fullmatch(valid_for) is not None


def lapses_on(decided_on: date, valid_for: str | None) -> date | None:
    """The last day of validity: the same day of the month in which the period ends, or that month's last."""
    match = _PERIOD.fullmatch(valid_for) if valid_for else None
    if not match:
        return None
    months = decided_on.year * 12 + decided_on.month - 1 + int(match[1]) * (12 if match[2] == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(decided_on.day, calendar.monthrange(year, month)[1]))


def warned_on(lapses: date | None) -> date | None:
    """The day on which owner and liaison are warned."""
    return lapses - WARNED_BEFORE if lapses else None


def days_left(lapses: date, on: date) -> int | None:
    """Days until the last day of validity from thirty days ahead on, negative once it has lapsed; None before that."""
    return None if on < lapses - WARNED_BEFORE else (lapses - on).days
