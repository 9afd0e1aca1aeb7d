"""Inputs for contacts and shifts, which belong to no chart."""

import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator

from approvals.base.i18n import N_
from approvals.base.moments import CITY_ZONE, FIRST_DAY, LAST_DAY
from approvals.base.text_validation import STRICT, TEXT_LIMIT, Line, field_error, text_fault
from approvals.liaisons.tables import CHANNELS

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})")


def _text(value: object) -> object:
    if not isinstance(value, str):
        return value
    cleaned = value.replace("\r\n", "\n").strip()
    reason = text_fault(cleaned, limit=TEXT_LIMIT, lines=True) or (None if cleaned else (N_("is required"), {}))
    if reason:
        raise field_error(*reason)
    return cleaned


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        day = date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else None
    except ValueError:
        day = None
    if day is None:
        raise field_error(N_("must be a date such as 2026-03-02"), {})
    if not FIRST_DAY <= day <= LAST_DAY:
        raise field_error(N_("must be between 2000 and 2100"), {})
    return day


def _moment(value: object) -> object:
    """A moment as a browser sends it and people type it, in the city's time zone."""
    if not isinstance(value, str):
        return value
    match = _MOMENT.fullmatch(value.strip())
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{match[2]}").replace(tzinfo=CITY_ZONE) if match else None
    except ValueError:
        moment = None
    if moment is None:
        raise field_error(N_("must be a date and time such as 2026-03-02 17:30"), {})
    _day(moment.date().isoformat())
    return moment


Moment = Annotated[datetime, BeforeValidator(_moment)]


class ContactInput(BaseModel):
    """A line of the contact log. `at` is left out for now; `strikes` is the line that this one corrects."""

    model_config = STRICT
    channel: Literal[CHANNELS]  # type: ignore[valid-type]
    with_whom: Line
    text: Annotated[str, BeforeValidator(_text)]
    at: Moment | None = None
    follow_up_on: Annotated[date, BeforeValidator(_day)] | None = None
    is_shared: bool = False
    strikes: int | None = None


class ShiftInput(BaseModel):
    """One shift: the person, its beginning and its end."""

    model_config = STRICT
    person: Line
    since: Moment
    until: Moment
