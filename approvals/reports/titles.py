"""Titles of reports and bulletins."""

from approvals.base.formatting import month
from approvals.base.i18n import gettext as _
from approvals.reports.periods import MONTHLY, Month, Period, read_period


def report_title(kind: str, text: str) -> str:
    """Its title in the language of the answer."""
    period = read_period(kind, text)
    if kind == MONTHLY:
        return _("Monthly escalation report of %(month)s", month=month(period.first_on))
    return _("Supervision bulletin, %(months)s", months=months_of(period))


def months_of(period: Period) -> str:
    """One month, or the first and the last of a span."""
    first, last = (period, period) if isinstance(period, Month) else (period.first, period.last)
    if first == last:
        return month(first.first_on)
    return _("%(first)s to %(last)s", first=month(first.first_on), last=month(last.first_on))
