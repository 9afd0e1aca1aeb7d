"""Requests as pages and API show them, and how fast they were answered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, true

from approvals.accounts.actors import Actor, acting_roles
from approvals.accounts.queries import PERSON, UNIT, UnitName
from approvals.base.moments import day_of, read_moment
from approvals.base.pagination import PAGE, Page, page_of, read_cursor
from approvals.base.sorting import FIRST_PART, Keys, ListPart, sorted_page
from approvals.calendar.queries import calendar_in_force
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import ref_of
from approvals.filing.views import ProjectView
from approvals.history.queries import entries_of_case
from approvals.history.record import ENTRY
from approvals.history.timeline import EntryDescription, describe
from approvals.liaisons.on_call import city_time, officer_at, rules, stand_ins
from approvals.liaisons.queries import REQUESTS, cursor_moment, names_of, request_case, request_row
from workflows.charts.model import Move, State, open_moves
from workflows.charts.request import REQUEST
from workflows.config.city import load_city
from workflows.rules.response_deadlines import minutes_taken

ASKING = ("ask", "ask_again")
WAITING, MINUTE = "raised", 60
_RESPONSIBLE = PERSON.alias("responsible")


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in a list. `minutes_left` is negative once it should have been answered; None when nobody waits.

    `stand_in` is who answers today for whoever is responsible and away.
    """

    id: int
    ref: str
    shown_number: str | None
    project: str
    owner: UnitName
    no: int
    state: State
    version: int
    text: str
    asked_at: datetime
    due_at: datetime
    climbed_at: datetime | None
    answered_at: datetime | None
    responsible: str
    responsible_name: str
    minutes_left: int | None
    stand_in: str

    @property
    def is_waiting(self) -> bool:
        return self.minutes_left is not None

    @property
    def is_late(self) -> bool:
        return self.minutes_left is not None and self.minutes_left < 0

    @property
    def hours_and_minutes(self) -> tuple[int, int]:
        """The time left, or the delay."""
        return divmod(abs(self.minutes_left or 0), MINUTE)


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request with its history, and the moves open to the actor now."""

    row: RequestRow
    told: tuple[EntryDescription, ...]
    moves: tuple[Move, ...]


_SHOWN = (
    select(
        REQUESTS,
        PROJECTS.c.number,
        PROJECTS.c.external_ref,
        PROJECTS.c.uid,
        PROJECTS.c.name.label("project"),
        UNIT.c.name.label("owner"),
        UNIT.c.name_en.label("owner_en"),
        _RESPONSIBLE.c.username.label("responsible"),
        _RESPONSIBLE.c.name.label("responsible_name"),
    )
    .join(PROJECTS, PROJECTS.c.id == REQUESTS.c.project_id)
    .join(UNIT, UNIT.c.id == PROJECTS.c.owner_unit_id)
    .join(_RESPONSIBLE, _RESPONSIBLE.c.id == REQUESTS.c.responsible_id)
)

_SORT_KEYS: Keys = {
    "project": PROJECTS.c.name,
    "asked": REQUESTS.c.asked_at,
    "due": REQUESTS.c.due_at,
    "answered": REQUESTS.c.answered_at,
    "responsible": _RESPONSIBLE.c.name,
}


def waiting_requests(
    tx: Connection, whose: Actor | None, now: datetime, part: ListPart = FIRST_PART
) -> Page[RequestRow]:
    """Requests that wait for an answer, the most urgent first: all, or those that concern one liaison."""
    statement = _SHOWN.where(REQUESTS.c.state == WAITING, _concerns(whose))
    if part.is_sorted:
        return _sorted(tx, statement, now, part)
    if part.cursor:
        at, key = read_cursor(part.cursor, (str, int))
        due_at, last = REQUESTS.c.due_at, cursor_moment(at)
        statement = statement.where((due_at > last) | ((due_at == last) & (REQUESTS.c.id > key)))
    return _page(tx, statement.order_by(REQUESTS.c.due_at, REQUESTS.c.id), now, part.limit)


def past_requests(tx: Connection, whose: Actor | None, now: datetime, part: ListPart = FIRST_PART) -> Page[RequestRow]:
    """Requests that were answered, the newest first."""
    clauses = REQUESTS.c.state != WAITING, _concerns(whose)
    if part.is_sorted:
        return _sorted(tx, _SHOWN.where(*clauses), now, part)
    return _newest_first(tx, now, part.cursor, part.limit, *clauses)


def _sorted(tx: Connection, statement: Select[Any], now: datetime, part: ListPart) -> Page[RequestRow]:
    page = sorted_page(tx, statement, _SORT_KEYS, REQUESTS.c.id, part)
    return page.shown(_rows(tx, page.rows, now))


def request_count(tx: Connection, whose: Actor | None, *, is_waiting: bool) -> int:
    """The length of the list of those that wait, or of those that were answered."""
    of_list = REQUESTS.c.state == WAITING if is_waiting else REQUESTS.c.state != WAITING
    counted = select(func.count()).select_from(REQUESTS.join(PROJECTS, PROJECTS.c.id == REQUESTS.c.project_id))
    return int(tx.execute(counted.where(of_list, _concerns(whose))).scalar_one())


def requests_of_project(
    tx: Connection, project: ProjectView, now: datetime, *, cursor: str = "", limit: int = PAGE
) -> Page[RequestRow]:
    """The requests of a project, the newest first."""
    return _newest_first(tx, now, cursor, limit, REQUESTS.c.project_id == project.id)


def _newest_first(
    tx: Connection, now: datetime, cursor: str, limit: int, *clauses: ColumnElement[bool]
) -> Page[RequestRow]:
    statement = _SHOWN.where(*clauses).order_by(REQUESTS.c.id.desc())
    if cursor:
        statement = statement.where(REQUESTS.c.id < read_cursor(cursor, (str, int))[1])
    return _page(tx, statement, now, limit)


def waiting_count(tx: Connection) -> int:
    """The number of unanswered requests of all owners."""
    return int(tx.execute(select(func.count()).select_from(REQUESTS).where(REQUESTS.c.state == WAITING)).scalar_one())


def _concerns(whose: Actor | None) -> ColumnElement[bool]:
    if whose is None:
        return true()
    return or_(REQUESTS.c.responsible_id == whose.id, PROJECTS.c.liaison_id == whose.id)


def _page(tx: Connection, statement: Select[Any], now: datetime, limit: int = PAGE) -> Page[RequestRow]:
    page = page_of(tx.execute(statement.limit(limit + 1)).all(), limit, "due_at", "id")
    return page.shown(_rows(tx, page.rows, now))


def _rows(tx: Connection, rows: Sequence[Any], now: datetime) -> list[RequestRow]:
    """These requests; those that wait name the deputy of today."""
    deputies = stand_ins(tx, {row.responsible_id for row in rows if row.state == WAITING}, day_of(now))
    names = names_of(tx, set(deputies.values()))
    return [_row(row, now, names.get(deputies.get(row.responsible_id, 0), "")) for row in rows]


def _row(row: Any, now: datetime, stand_in: str) -> RequestRow:
    columns = ("id", "project", "no", "version", "text", "asked_at", "due_at", "climbed_at", "answered_at")
    is_waiting = row.state == WAITING
    return RequestRow(
        **{name: getattr(row, name) for name in columns},
        ref=ref_of(row),
        shown_number=load_city().shown_number(row.number) if row.number else None,
        owner=UnitName(row.owner, row.owner_en),
        state=REQUEST.state(row.state),
        responsible=row.responsible,
        responsible_name=row.responsible_name,
        stand_in=stand_in if row.state == WAITING else "",
        minutes_left=int((row.due_at - now).total_seconds() // MINUTE) if is_waiting else None,
    )


def request_view(tx: Connection, project: ProjectView, no: int, actor: Actor, now: datetime) -> RequestView:
    """One request of a project that the actor may see; NotFound without one."""
    row = request_row(tx, project.id, no)
    entries = entries_of_case(tx, project.id, REQUEST.name, row.id)
    joined = tx.execute(_SHOWN.where(REQUESTS.c.id == row.id)).one()
    return RequestView(_rows(tx, [joined], now)[0], tuple(describe(tx, entries)), open_to(tx, row, actor, now))


def open_to(tx: Connection, request: Any, actor: Actor, now: datetime) -> tuple[Move, ...]:
    """The moves of this request that the actor may make now."""
    project = select(PROJECTS).where(PROJECTS.c.id == request.project_id)
    place = request_case(request, tx.execute(project).one()).place
    roles = acting_roles(actor, place)
    if actor.has("liaison") and officer_at(tx, now) == actor.id:
        roles |= {"liaison"}
    return open_moves(REQUEST, request.state, roles)


# Response times.


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Response times of one person for the questions of a month: how many, how many in time, and how fast.

    `minutes` is the median of those answered, counted as the limit counts; `share` is that of those in time among all
    whose limit is over or that were answered.
    """

    asked: int = 0
    in_time: int = 0
    late: int = 0
    minutes: float | None = None

    @property
    def share(self) -> float | None:
        judged = self.in_time + self.late
        return self.in_time / judged if judged else None


@dataclass(frozen=True, slots=True)
class _Question:
    responsible: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None = None


def response_times(tx: Connection, since: datetime, until: datetime, now: datetime) -> dict[str, ResponseTimes]:
    """Response times for the questions asked from `since` up to before `until`, by the responsible person."""
    by_person: dict[str, list[_Question]] = defaultdict(list)
    for question in _questions(tx, since, until):
        by_person[question.responsible].append(question)
    return {username: _speed(tx, questions, now) for username, questions in sorted(by_person.items())}


def _questions(tx: Connection, since: datetime, until: datetime) -> Iterable[_Question]:
    """The questions of this time; an answer belongs to the question before it, whenever it comes."""
    clauses = ENTRY.c.subject == REQUEST.name, ENTRY.c.move.in_((*ASKING, "answer")), ENTRY.c.at >= since
    waiting: dict[int, _Question] = {}
    entries = tx.execute(select(ENTRY).where(*clauses).order_by(ENTRY.c.at, ENTRY.c.id)).all()  # by the index of `at`
    for entry in sorted(entries, key=lambda entry: (entry.project_id, entry.seq)):
        if entry.move in ASKING:
            if entry.at < until:
                facts = orjson.loads(entry.facts)
                waiting[entry.subject_id] = _Question(facts["responsible"], entry.at, read_moment(facts["due_at"]))
        elif question := waiting.pop(entry.subject_id, None):
            yield replace(question, answered_at=entry.at)
    yield from waiting.values()


def _speed(tx: Connection, questions: list[_Question], now: datetime) -> ResponseTimes:
    calendar = calendar_in_force(tx)
    answered = [(question, question.answered_at) for question in questions if question.answered_at]
    in_time = sum(at <= question.due_at for question, at in answered)
    missed = sum(question.answered_at is None and question.due_at < now for question in questions)
    minutes = [
        minutes_taken(city_time(question.asked_at), city_time(at), calendar, rules()) for question, at in answered
    ]
    return ResponseTimes(
        len(questions), in_time, len(answered) - in_time + missed, median(minutes) if minutes else None
    )
