"""The contact log of a project: calls, visits and letters, their outcome, and follow-ups."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from approvals.accounts.actors import Actor, Scope, within
from approvals.accounts.queries import PERSON
from approvals.base.errors import Forbidden, NotFound, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.pagination import PAGE, Page, page_of, read_cursor
from approvals.base.seals import content_of, seal
from approvals.base.tables import table_of
from approvals.base.text_validation import read_fields
from approvals.filing.views import ProjectView
from approvals.liaisons.inputs import ContactInput
from approvals.liaisons.queries import cursor_moment
from approvals.liaisons.tables import CHANNELS, Contact
from workflows.label import Label

CONTACTS: Table = table_of(Contact)
_STRIKES = CONTACTS.alias("strikes")
STANDS = ~select(_STRIKES.c.id).where(_STRIKES.c.strikes_id == CONTACTS.c.id).exists()
OFFICERS = ("liaison", "service_centre")  # who read what is not shared
CHANNEL_LABELS: Mapping[str, Label] = {
    "phone": Label("电话", "Phone"),
    "visit": Label("上门", "Visit"),
    "wecom": Label("企业微信", "WeCom"),
    "mail": Label("邮件", "Mail"),
    "meeting": Label("会议", "Meeting"),
}
if tuple(CHANNEL_LABELS) != CHANNELS:
    raise RuntimeError("each channel needs its label")


@dataclass(frozen=True, slots=True)
class ContactView:
    """One line. `struck_by` is the line that corrects it, `strikes` the one that it corrects."""

    id: int
    at: datetime
    channel: Label
    channel_name: str
    with_whom: str
    text: str
    is_shared: bool
    recorder: str
    follow_up_on: date | None
    done_at: datetime | None
    struck_by: int | None
    strikes: int | None

    @property
    def is_to_follow_up(self) -> bool:
        return self.follow_up_on is not None and self.done_at is None and self.struck_by is None


def may_note(actor: Actor, place: Scope) -> bool:
    """Whether the actor keeps this project's log: its liaison, and the service centre."""
    return actor.has("service_centre") or (actor.has("liaison") and within(actor, "accompanied", place))


def note(tx: Connection, project: ProjectView, values: Mapping[str, object], by: Actor, now: datetime) -> int:
    """Add a line to a project's log; with `strikes` it takes the place of an earlier one. The id of the new line."""
    _check_keeper(by, project.place)
    if project.filed_at is None:
        raise NotFound
    contact = read_fields(ContactInput, values)
    at = contact.at or now
    if at > now:
        raise invalid("at", N_("must not be in the future"))
    if contact.strikes is not None:
        _line(tx, project.id, contact.strikes)
    row = contact.model_dump(exclude={"at", "strikes"}) | {
        "project_id": project.id,
        "at": at,
        "recorded_at": now,
        "recorder_id": by.id,
        "strikes_id": contact.strikes,
    }
    try:
        key = int(tx.execute(insert(CONTACTS).values(row).returning(CONTACTS.c.id)).scalar_one())
    except IntegrityError:
        raise Refused(N_("This entry has already been corrected. Correct the newer entry instead.")) from None
    _seal(tx, key, now)
    return key


def _seal(tx: Connection, key: int, now: datetime) -> None:
    row = tx.execute(select(CONTACTS).where(CONTACTS.c.id == key)).one()
    seal(tx, CONTACTS.name, key, content_of(row), now)


def finish_follow_up(tx: Connection, project: ProjectView, contact_id: int, by: Actor, now: datetime) -> None:
    """Mark the follow-up of a line as done; done twice it stays as it was."""
    _check_keeper(by, project.place)
    line = _line(tx, project.id, contact_id)
    if line.follow_up_on is None:
        raise Refused(N_("This entry has no follow-up."))
    open_line = CONTACTS.c.id == contact_id, CONTACTS.c.done_at.is_(None)
    if tx.execute(update(CONTACTS).where(*open_line).values(done_at=now, done_by_id=by.id)).rowcount:
        _seal(tx, contact_id, now)


def _check_keeper(by: Actor, place: Scope) -> None:
    if not may_note(by, place):
        raise Forbidden(N_("Only the liaison of this project and the service centre may edit its contact log."))


def _line(tx: Connection, project_id: int, contact_id: int) -> Row[Any]:
    own = CONTACTS.c.id == contact_id, CONTACTS.c.project_id == project_id
    row = tx.execute(select(CONTACTS).where(*own)).one_or_none()
    if row is None:
        raise NotFound
    return row


# Reading.

_SHOWN = (
    select(CONTACTS, PERSON.c.name.label("recorder"), _STRIKES.c.id.label("struck_by"))
    .join(PERSON, PERSON.c.id == CONTACTS.c.recorder_id)
    .outerjoin(_STRIKES, _STRIKES.c.strikes_id == CONTACTS.c.id)
    .order_by(CONTACTS.c.at.desc(), CONTACTS.c.id.desc())
)


def contacts(
    tx: Connection, project: ProjectView, actor: Actor, *, cursor: str = "", limit: int = PAGE
) -> Page[ContactView]:
    """The lines of a project's log that the actor may read, the latest first."""
    statement = _SHOWN.where(CONTACTS.c.project_id == project.id, _readable(actor)).limit(limit + 1)
    if cursor:
        at, key = read_cursor(cursor, (str, int))
        moment = cursor_moment(at)
        is_before = (CONTACTS.c.at < moment) | ((CONTACTS.c.at == moment) & (CONTACTS.c.id < key))
        statement = statement.where(is_before)
    page = page_of(tx.execute(statement).all(), limit, "at", "id")
    return page.shown([_view(row) for row in page.rows])


def contact(tx: Connection, project: ProjectView, contact_id: int, actor: Actor) -> ContactView:
    """One line; NotFound for what the actor may not read."""
    own = CONTACTS.c.id == contact_id, CONTACTS.c.project_id == project.id
    row = tx.execute(_SHOWN.where(*own, _readable(actor))).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def _readable(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.has(*OFFICERS) else CONTACTS.c.is_shared.is_(True)


def _view(row: Any) -> ContactView:
    columns = ("id", "at", "with_whom", "text", "is_shared", "recorder", "follow_up_on", "done_at", "struck_by")
    return ContactView(
        **{name: getattr(row, name) for name in columns},
        channel=CHANNEL_LABELS[row.channel],
        channel_name=row.channel,
        strikes=row.strikes_id,
    )


def recorded_within(since: datetime, until: datetime) -> ColumnElement[bool]:
    """The WHERE clause of contacts that were recorded from `since` up to and including `until`.

    What was struck out again by then does not count; what was struck later does, so that the figure stays.
    """
    struck = select(_STRIKES.c.id).where(_STRIKES.c.strikes_id == CONTACTS.c.id, _STRIKES.c.recorded_at <= until)
    return and_(CONTACTS.c.recorded_at.between(since, until), ~struck.exists())
