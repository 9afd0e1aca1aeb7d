"""What a day must be that somebody promises or demands."""

from datetime import date

from sqlalchemy import Connection

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.calendar.queries import calendar_in_force


def check_working_day(tx: Connection, field: str, on: date, today: date) -> None:
    """Invalid unless `on` is a working day that does not lie before `today`."""
    if on < today:
        raise invalid(field, N_("lies in the past"))
    if not calendar_in_force(tx).is_working_day(on):
        raise invalid(field, N_("is not a working day"))
