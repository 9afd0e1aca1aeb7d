"""Loads notices, and rebuilds the stored days of approvals: their only writer beside the moves themselves."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.calendar.queries import (
    EDITION,
    calendar_for,
    limits_of,
    product_calendar_text,
    steps_of,
    stored_days,
    with_pending_alarm,
)
from workflows.clock.holiday_notices import CalendarError, HolidayNotice, parse_notices, refuse_empty


def checked_notices(text: str) -> tuple[HolidayNotice, ...]:
    """The notices in this text; Invalid names the line that cannot be right, or the year without any day."""
    try:
        notices = parse_notices(text)
        refuse_empty(notices)
    except CalendarError as error:
        raise invalid("notice", N_("%(reason)s"), reason=error) from None
    if not notices:
        raise invalid("notice", N_("contains no year"))
    return notices


def load_notices(tx: Connection, text: str, *, by: str, now: datetime) -> tuple[int, ...]:
    """Put the notices in this text in force, each as a new edition of its year; the years."""
    years = tuple(notice.year for notice in checked_notices(text))
    tx.execute(insert(EDITION), [{"year": y, "notice": text, "loaded_by": by, "loaded_at": now} for y in years])
    return years


def take_back(tx: Connection, year: int, *, by: str, now: datetime) -> None:
    """Put the edition before the present one of this year in force again, as a new edition; Refused when none came."""
    tx.execute(insert(EDITION), {"year": year, "notice": earlier_text(tx, year), "loaded_by": by, "loaded_at": now})


def earlier_text(tx: Connection, year: int) -> str:
    """The notice of this year before the last edition: an earlier edition, the product's own, or none."""
    texts = list(tx.execute(select(EDITION.c.notice).where(EDITION.c.year == year).order_by(EDITION.c.id)).scalars())
    if not texts:
        raise Refused(N_("No notice is loaded for this year."))
    own = product_calendar_text()
    first = own if any(notice.year == year for notice in parse_notices(own)) else ""
    return str([first, *texts][-2])


def rebuild(tx: Connection, table: Table, approval: Any, on: date) -> dict[str, Any]:
    """Bring an approval's stored days on `on` to what its history and the calendar say; the columns that changed."""
    steps, limits = steps_of(tx, approval.project_id, approval.id), limits_of(approval)
    days = stored_days(steps, limits, calendar_for(tx, approval), approval.lapses_on)
    days = with_pending_alarm(days, approval.alarm_on, on)
    changed = {name: value for name, value in days.items() if getattr(approval, name) != value}
    if changed:
        tx.execute(update(table).where(table.c.id == approval.id).values(**changed))
    return changed
