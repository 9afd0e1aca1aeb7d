"""A new calendar moves the dates of open approvals: shown before, made after, an entry for each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.database import Database
from approvals.base.facts import fact, keep_fact
from approvals.base.moments import day_of
from approvals.deadlines.actions import checked_notices, earlier_text, load_notices, take_back
from approvals.deadlines.queries import calendar_in_force, last_edition, limits_of, steps_of, stored_days, with_editions
from approvals.filing.queries import locked_project_by_id, record_of
from approvals.history.actions import move, recording
from approvals.registration.queries import APPROVALS, approval_case, approval_ref, approvals_of
from workflows.approval import APPROVAL
from workflows.calendar import Calendar
from workflows.chart import SYSTEM
from workflows.clock import Step

OPEN = APPROVAL.move("redate").sources
DUE = ("notice_due_on", "promised_due_on", "legal_due_on")
PENDING = "redating"  # the fact that a calendar was loaded and not every approval has been looked at since


@dataclass(frozen=True, slots=True)
class Redated:
    """An open approval whose dates move: from and to, by the name of the date."""

    ref: str
    project: str
    state: str
    moves: tuple[tuple[str, date | None, date | None], ...]


def preview(tx: Connection, text: str, on: date) -> Iterator[Redated]:
    """The open approvals that would move if the notices in this text were loaded; nothing is changed."""
    editions = [(notice.year, text) for notice in checked_notices(text)]
    return _moving(tx, with_editions(calendar_in_force(tx), editions), on)


def preview_taking_back(tx: Connection, year: int, on: date) -> Iterator[Redated]:
    """The open approvals that would move if the last edition of this year were taken back; nothing is changed."""
    return _moving(tx, with_editions(calendar_in_force(tx), [(year, earlier_text(tx, year))]), on)


def _moving(tx: Connection, calendar: Calendar, on: date) -> Iterator[Redated]:
    for project_id in _open_projects(tx):
        for approval in approvals_of(tx, project_id):
            days = _new_days(tx, approval, calendar, on)
            if days:
                yield _redated(approval, days)


def _open_projects(tx: Connection) -> list[int]:
    found = select(APPROVALS.c.project_id).where(APPROVALS.c.state.in_(OPEN)).distinct()
    return list(tx.execute(found.order_by(APPROVALS.c.project_id)).scalars())


def _new_days(tx: Connection, approval: Row[Any], calendar: Calendar, on: date) -> dict[str, Any]:
    """The stored days of an open approval that this calendar gives otherwise, when it is dated anew on `on`."""
    if approval.state not in OPEN:
        return {}
    steps = steps_of(tx, approval.project_id, approval.id)
    if not _differing(approval, steps, calendar):
        return {}
    return _differing(approval, [*steps, Step("redate", on)], calendar)


def _differing(approval: Row[Any], steps: list[Step], calendar: Calendar) -> dict[str, Any]:
    days = stored_days(steps, limits_of(approval), calendar)
    days.pop("alarm_on")  # moves on with each sweep
    return {name: day for name, day in days.items() if getattr(approval, name) != day}


def _redated(approval: Row[Any], days: dict[str, Any]) -> Redated:
    moves = tuple((name, getattr(approval, name), days[name]) for name in DUE if name in days)
    return Redated(approval_ref(approval), approval.project_name, approval.state, moves)


def apply(database: Database, text: str, *, by: str, now: Callable[[], datetime]) -> Iterator[Redated]:
    """Load the notices in this text and date every open approval anew; a kill in the middle is gone on with later."""
    with database.write() as tx:
        load_notices(tx, text, by=by, now=now())
        keep_fact(tx, PENDING, True)
    yield from finish(database, now)


def apply_taking_back(database: Database, year: int, *, by: str, now: Callable[[], datetime]) -> Iterator[Redated]:
    """Take the last edition of this year back and date every open approval anew."""
    with database.write() as tx:
        take_back(tx, year, by=by, now=now())
        keep_fact(tx, PENDING, True)
    yield from finish(database, now)


def is_pending(tx: Connection) -> bool:
    """Whether a calendar was loaded and its dating anew was interrupted."""
    return bool(fact(tx, PENDING))


def finish(database: Database, now: Callable[[], datetime]) -> Iterator[Redated]:
    """Date anew what a new calendar moves and what was not dated yet, project by project."""
    with database.read() as tx:
        projects = _open_projects(tx)
    for project_id in projects:
        with database.write() as tx:
            found = _redate(tx, project_id, now())
        yield from found
    with database.write() as tx:
        keep_fact(tx, PENDING, False)


def _redate(tx: Connection, project_id: int, now: datetime) -> list[Redated]:
    project, edition, found = locked_project_by_id(tx, project_id), last_edition(tx), []
    calendar = calendar_in_force(tx, edition)
    with recording(tx, *record_of(project), at=None, now=now) as record:
        for approval in approvals_of(tx, project_id):
            days = _new_days(tx, approval, calendar, day_of(record.at))
            if days:
                redated = _redated(approval, days)
                facts = {name: [before, after] for name, before, after in redated.moves}
                changes = days | {"alarm_on": _earliest(approval.alarm_on, days), "calendar_edition": edition}
                move(
                    record,
                    approval_case(approval),
                    "redate",
                    by=SYSTEM_ACTOR,
                    role=SYSTEM,
                    facts=facts,
                    changes=changes,
                )
                found.append(redated)
    return found


def _earliest(alarm_on: date | None, days: dict[str, Any]) -> date | None:
    """The sweep looks at once: what it has raised already is not raised again."""
    known = [alarm_on, *(days[name] for name in ("reminder_from", "yellow_from", "red_from") if name in days)]
    return min((day for day in known if day), default=None)


def unpublished_years(tx: Connection) -> dict[int, int]:
    """Years without a notice into which open clocks run, each with how many approvals do."""
    calendar = calendar_in_force(tx)
    days = select(APPROVALS.c.notice_due_on, APPROVALS.c.promised_due_on, APPROVALS.c.legal_due_on)
    counts: dict[int, int] = {}
    for row in tx.execute(days.where(APPROVALS.c.state.in_(OPEN)).order_by(APPROVALS.c.id)):
        for year in {day.year for day in row if day and not calendar.is_published(day.year)}:
            counts[year] = counts.get(year, 0) + 1
    return dict(sorted(counts.items()))
