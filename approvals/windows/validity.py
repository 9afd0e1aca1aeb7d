"""How long a granted approval is valid, in words: until when, how soon it lapses, since when it has lapsed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_

from approvals.base.i18n import N_
from approvals.registration.queries import APPROVALS
from approvals.windows.queries import ApprovalView
from workflows.clock.validity import WARNED_BEFORE, days_left

GRANTED = "granted"
_VALID = N_("valid until %(day)s")
_SOON = N_("valid until %(day)s, lapses in %(days)s days")
_TOMORROW = N_("valid until %(day)s, lapses tomorrow")
_TODAY = N_("valid until today, %(day)s")
_LAPSED = N_("lapsed on %(day)s")


@dataclass(frozen=True, slots=True)
class Validity:
    """`told` is a msgid with `day`, the last day of validity, and `days`; `tone` is left, today or late."""

    until_on: date
    days: int
    told: str
    tone: str


def validity(approval: ApprovalView, today: date) -> Validity | None:
    """None for what is not granted, or granted for good."""
    if approval.state != GRANTED or approval.lapses_on is None:
        return None
    left = days_left(approval.lapses_on, today)
    if left is None:
        return Validity(approval.lapses_on, 0, _VALID, "left")
    if left < 0:
        return Validity(approval.lapses_on, -left, _LAPSED, "late")
    return Validity(approval.lapses_on, left, {0: _TODAY, 1: _TOMORROW}.get(left, _SOON), "today")


def is_lapsing(today: date) -> ColumnElement[bool]:
    """Whether an approval lapses within thirty days or has lapsed."""
    return and_(APPROVALS.c.state == GRANTED, APPROVALS.c.lapses_on <= today + WARNED_BEFORE)
