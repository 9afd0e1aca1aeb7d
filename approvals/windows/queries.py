"""Approvals as pages and the API show them, and the filters of their lists."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    false,
    or_,
    select,
)

from approvals.accounts.actors import Actor, Scope, acting_roles, visible
from approvals.accounts.queries import PERSON, UNIT, unit_called
from approvals.base.prepared import Prepared
from approvals.base.text_folding import contains
from approvals.calendar.readings import readings_of
from approvals.catalogue.queries import item_of, known_catalogues
from approvals.filing.queries import TABLE, ByReference, ref_of
from approvals.filing.search import project_matches
from approvals.history.record import ENTRY
from approvals.registration.due_dates import DueBefore, is_due_before
from approvals.registration.lights import WITH_A_LIGHT, has_light
from approvals.registration.queries import (
    APPROVALS,
    OPEN_PROJECTS,
    WITH_PROJECT,
    approval_ref,
    approval_scope,
    prerequisites,
)
from approvals.windows.handlers import may_handle
from approvals.windows.reminders import is_owing
from workflows.charts.approval import AGREE, APPROVAL, HANDLING, REMINDERS, STRUCK
from workflows.charts.model import Move, open_moves
from workflows.charts.roles import sees
from workflows.clock.lights import light_of
from workflows.clock.reading import Reading
from workflows.config.catalogue import Item
from workflows.rules.next_steps import is_open_in

Statement = TypeVar("Statement", bound=Select[Any])
NOTICE, AGAIN, SPECIAL = "notify_once", "notify_again", "start_special"
WAITING, AT_WORK = "waiting", "registered"
AGREED = (AGREE, "grant", "refuse")  # moves of which those on an own project need the head
PROMISE_MOVES = ("give_promise", "record_check")
OWED_MOVES = ("supply_owed", "settle_owed")  # possible while something is owed


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """One approval with its project's attributes; `light` is that of the day of the query.

    Due dates are those of the clock reading of that day; with `is_still` they hold if the clock resumes then.
    """

    id: int
    ref: str
    code: str
    item: Item
    project: str
    project_id: int
    project_name: str
    project_state: str
    owner: str
    department: str
    liaison: str | None
    handler: str | None
    handler_name: str | None
    stage: int
    requires: tuple[str, ...]
    after_works: bool
    works_finished_on: date | None  # of the project
    state: str
    state_since: datetime
    version: int
    round: int
    document_no: str | None
    document_uid: str | None
    document_on: date | None
    owed_until: date | None
    check_on: date | None
    is_key: bool
    is_urgent: bool
    light: str | None
    is_deemed: bool
    received_on: date | None
    accepted_on: date | None
    decided_on: date | None
    struck_ground: str | None
    delivered_on: date | None
    notice_due_on: date | None
    promised_due_on: date | None
    legal_due_on: date | None
    delivery_due_on: date | None
    lapses_on: date | None
    due_on: date | None
    has_running_clock: bool
    is_still: bool
    promised_limit: int
    legal_limit: int
    legal_unit: str
    calendar_edition: int
    catalogue_sha256: str | None
    place: Scope

    @property
    def is_own(self) -> bool:
        """Whether the department decides on a project of its own."""
        return self.place.owner_unit_id == self.place.department_id

    @property
    def waits_for_works(self) -> bool:
        """Whether it may be applied for only once the completion of the works is reported."""
        is_at_work = self.project_state == AT_WORK
        return is_at_work and self.state == WAITING and self.after_works and self.works_finished_on is None

    @property
    def open_light(self) -> str | None:
        """The light as lists show and count it: of a running or paused clock; a decision ends it."""
        return self.light if self.state in WITH_A_LIGHT else None


@dataclass(frozen=True, slots=True)
class HandlerFilter:
    """Whose cases a list holds: those of these people, by their ids, and those that nobody handles."""

    ids: tuple[int, ...] = ()
    with_nobodys: bool = False

    def clause(self) -> ColumnElement[bool]:
        """The WHERE clause."""
        handler = APPROVALS.c.handler_id
        own = [handler == id_ for id_ in self.ids]
        return or_(false(), *own, *([handler.is_(None)] if self.with_nobodys else []))


@dataclass(frozen=True, slots=True)
class ApprovalFilter:
    """Which approvals a list holds; an empty part does not filter.

    `search` is a part of the project's name or number, or of the item's: `found_items` are those, by edition. In the
    states of `due_only` an approval needs a due date. `project` is a registration number, `liaison` a user name or
    NOBODY; with `goes_on` only registered or suspended projects count, with `is_followed` only key or urgent ones.
    """

    department: str | None = None
    states: tuple[str, ...] = ()
    light: str | None = None
    due_before: DueBefore | None = None
    search: str = ""
    found_items: tuple[tuple[str, tuple[str, ...]], ...] = ()
    due_only: frozenset[str] = frozenset()
    project: str | None = None
    liaison: str | None = None
    goes_on: bool = False
    county: str | None = None
    stage: int | None = None
    handlers: HandlerFilter | None = None
    is_followed: bool = False
    is_own: bool = False  # a project of the department that decides


NOBODY = "-"  # in place of a liaison: the projects that none accompanies
_OWNER = UNIT.alias("owner")
_DERIVED = (
    "ref",
    "item",
    "project",
    "requires",
    "light",
    "has_running_clock",
    "is_still",
    "place",
)  # the others are columns of the row
_COLUMNS = tuple(name for name in ApprovalView.__dataclass_fields__ if name not in _DERIVED)
_HANDLER = PERSON.alias("handler")
_NAMES = (
    UNIT.c.name.label("department"),
    _OWNER.c.name.label("owner"),
    PERSON.c.username.label("liaison"),
    _HANDLER.c.username.label("handler"),
    _HANDLER.c.name.label("handler_name"),
)
_WITH_NAMES = (
    WITH_PROJECT.add_columns(*_NAMES)
    .join(UNIT, UNIT.c.id == APPROVALS.c.department_id)
    .join(_OWNER, _OWNER.c.id == TABLE.c.owner_unit_id)
    .outerjoin(PERSON, PERSON.c.id == TABLE.c.liaison_id)
    .outerjoin(_HANDLER, _HANDLER.c.id == APPROVALS.c.handler_id)
)
_BY_CODE = ByReference(_WITH_NAMES.where(APPROVALS.c.code == bindparam("code")), approval_scope, "project_name")
_BY_ID = Prepared(_WITH_NAMES.where(APPROVALS.c.id == bindparam("approval_id")))
_OF_PROJECT = _WITH_NAMES.where(APPROVALS.c.project_id == bindparam("project_id")).order_by(APPROVALS.c.code)
_MOVES_OF_ROUND = Prepared(
    select(ENTRY.c.move)
    .where(ENTRY.c.approval_id == bindparam("approval_id"), ENTRY.c.subject == APPROVAL.name)
    .where(ENTRY.c.round == bindparam("round"))
    .order_by(ENTRY.c.seq)
)


def approval(tx: Connection, ref: str, code: str, actor: Actor, today: date) -> ApprovalView:
    """The approval of this project and item; NotFound when there is none that the actor may see."""
    [view] = _views(tx, [_BY_CODE.row(tx, ref, actor, code=code)], today)
    return view


def approval_by_id(tx: Connection, approval_id: int, today: date) -> ApprovalView:
    """The approval with this id, for a caller that has seen it already."""
    [view] = _views(tx, [_BY_ID.one_or_none(tx, {"approval_id": approval_id})], today)
    return view


def approvals_of_project(tx: Connection, project_id: int, today: date) -> list[ApprovalView]:
    """All approvals of a project, by code, for a caller that may see the project."""
    return _views(tx, tx.execute(_OF_PROJECT, {"project_id": project_id}).all(), today)


def open_to(tx: Connection, approval: ApprovalView, actor: Actor) -> tuple[Move, ...]:
    """The moves of this approval that are open to the actor, without those already made once in this round."""
    roles = acting_roles(actor, approval.place)
    moves = [m for m in open_moves(APPROVAL, approval.state, roles) if is_open_in(approval.project_state, m.name)]
    looks_back = approval.is_own or any(move.is_once or move.name == AGAIN for move in moves)
    made_moves = moves_of_round(tx, approval) if looks_back else frozenset()
    return tuple(
        move for move in moves if _is_sensible(move, approval, made_moves) and _is_asked(move, approval, actor)
    )


def moves_of_round(tx: Connection, approval: ApprovalView) -> frozenset[str]:
    """The moves that were made in the present round."""
    rows = _MOVES_OF_ROUND.rows(tx, {"approval_id": approval.id, "round": approval.round})
    return frozenset(row.move for row in rows)


def _is_sensible(move: Move, approval: ApprovalView, made_moves: frozenset[str]) -> bool:
    if move.name == AGAIN:
        return NOTICE in made_moves
    if move.name in AGREED:
        return approval.is_own if move.name == AGREE else not approval.is_own or AGREE in made_moves
    if move.name == SPECIAL:
        return bool(approval.item.special)
    if move.name in PROMISE_MOVES and not _takes_promise(move, approval):
        return False
    if move.name in OWED_MOVES and approval.owed_until is None:
        return False
    return not (move.is_once and move.name in made_moves)


def _is_asked(move: Move, approval: ApprovalView, actor: Actor) -> bool:
    """Whether a case has a handler to name or to free, and whether anybody is to be reminded of it."""
    if move.name in REMINDERS:
        return is_owing(approval)
    return may_handle(move.name, approval, actor) if move.name in HANDLING else True


def _takes_promise(move: Move, approval: ApprovalView) -> bool:
    """A promise is given where the catalogue says so, and checked while that is due."""
    return bool(approval.item.promise_checked_within) if move.name == "give_promise" else approval.check_on is not None


def filtered(
    statement: Statement, actor: Actor, filter_: ApprovalFilter, states: tuple[str, ...], today: date
) -> Statement:
    """The statement about approvals, filtered, in these states, limited to what the actor may see."""
    seen = visible(actor, TABLE.c.owner_unit_id, APPROVALS.c.department_id, TABLE.c.liaison_id)
    statement = statement.select_from(_source(actor, filter_)).where(seen)
    if filter_.search:
        statement = statement.where(matches(filter_.search, filter_.found_items))
    if filter_.due_only:
        statement = statement.where(or_(APPROVALS.c.state.not_in(filter_.due_only), APPROVALS.c.due_on.is_not(None)))
    if states:
        state = APPROVALS.c.state
        statement = statement.where(state == states[0] if len(states) == 1 else state.in_(states))
    return statement.where(*_named(filter_), *_handled(filter_), *_dated(filter_, today))


def _named(filter_: ApprovalFilter) -> Iterator[ColumnElement[bool]]:
    """Clauses about names, and about whether the project goes on."""
    if filter_.department is not None:
        yield APPROVALS.c.department_id == unit_called(filter_.department)
    if isinstance(filter_.liaison, str) and filter_.liaison == NOBODY:
        yield TABLE.c.liaison_id.is_(None)
    elif filter_.liaison is not None:
        yield TABLE.c.liaison_id == select(PERSON.c.id).where(PERSON.c.username == filter_.liaison).scalar_subquery()
    if filter_.project is not None:
        yield TABLE.c.number == filter_.project
    if filter_.county is not None:
        yield TABLE.c.county == filter_.county
    if filter_.stage is not None:
        yield APPROVALS.c.stage == filter_.stage
    if filter_.is_own:
        yield TABLE.c.owner_unit_id == APPROVALS.c.department_id
    yield from _of_projects(filter_)


def _of_projects(filter_: ApprovalFilter) -> Iterator[ColumnElement[bool]]:
    """Clauses about marks and state of the project."""
    if filter_.is_followed:
        yield or_(TABLE.c.is_key, TABLE.c.is_urgent)
    if filter_.goes_on:
        yield or_(*(TABLE.c.state == state for state in OPEN_PROJECTS))


def _handled(filter_: ApprovalFilter) -> Iterator[ColumnElement[bool]]:
    """The clause about who handles an approval."""
    if filter_.handlers is not None:
        yield filter_.handlers.clause()


def _dated(filter_: ApprovalFilter, today: date) -> Iterator[ColumnElement[bool]]:
    """Clauses about lights and days."""
    if filter_.light is not None:
        yield has_light(filter_.light, today)
    if filter_.due_before is not None:
        yield is_due_before(filter_.due_before, today)


def _source(actor: Actor, filter_: ApprovalFilter) -> FromClause:
    """Projects are joined only where the actor's scope or a filter needs them."""
    scopes = sees(actor.roles)
    named = (filter_.project, filter_.liaison, filter_.county)
    names_project = filter_.is_own or filter_.goes_on or filter_.is_followed or any(name is not None for name in named)
    sees_projects = "city" not in scopes and scopes & {"own_unit", "accompanied"}
    needs_project = filter_.search or names_project or sees_projects
    return APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id) if needs_project else APPROVALS


def in_order(tx: Connection, ids: list[int], today: date) -> list[ApprovalView]:
    """The approvals with these ids, in this order, for a caller that may see them."""
    if not ids:
        return []
    numbered = {f"id_{number}": approval_id for number, approval_id in enumerate(ids)}
    rows = {row.id: row for row in _of_ids(len(ids)).rows(tx, numbered)}
    return _views(tx, [rows[approval_id] for approval_id in ids], today)


@lru_cache(maxsize=256)
def _of_ids(number: int) -> Prepared:
    """The statement for this number of approvals."""
    ids = APPROVALS.c.id.in_([bindparam(f"id_{index}") for index in range(number)])
    return Prepared(_WITH_NAMES.where(ids).order_by(APPROVALS.c.id))


def _views(tx: Connection, rows: Sequence[Any], today: date) -> list[ApprovalView]:
    """The rows as views; the history is read for those whose clock stands still, since their dates move on."""
    readings = readings_of(tx, still, today) if (still := [row for row in rows if row.still_left is not None]) else {}
    return [_view(tx, row, today, readings.get(row.id)) for row in rows]


def _view(tx: Connection, row: Any, today: date, reading: Reading | None) -> ApprovalView:
    columns = {name: getattr(row, name) for name in _COLUMNS}
    return ApprovalView(
        **columns | (_due_dates(reading) if reading else {}),
        ref=approval_ref(row),
        item=item_of(tx, row),
        project=ref_of(row),
        requires=prerequisites(row),
        light=None if row.state == STRUCK else light_of(row, today),
        has_running_clock=row.still_left is None,
        is_still=bool(row.still_left),
        place=approval_scope(row),
    )


def _due_dates(reading: Reading) -> dict[str, date | None]:
    """The due dates of a reading, by the names of the columns."""
    limits = {name: getattr(reading, name) for name in ("notice", "promised", "legal", "delivery")}
    dates = {f"{name}_due_on": limit.due_on if limit else None for name, limit in limits.items()}
    return dates | {"due_on": reading.due_on}


def matches(search: str, found_items: Iterable[tuple[str, tuple[str, ...]]]) -> ColumnElement[bool]:
    """The WHERE clause for a part of the project's name or number, or of the item's name or code."""
    clauses = [and_(TABLE.c.catalogue_sha256 == sha256, APPROVALS.c.code.in_(codes)) for sha256, codes in found_items]
    return or_(project_matches(search), APPROVALS.c.code == search.strip().upper(), *clauses)


def with_items(tx: Connection, filter_: ApprovalFilter) -> ApprovalFilter:
    """The filter with the items that its search finds: each edition has names of its own."""
    if not filter_.search.strip():
        return filter_
    by_edition = {
        sha256: tuple(i.code for i in catalogue.items.values() if contains(filter_.search, i.code, i.zh, i.en))
        for sha256, catalogue in known_catalogues(tx).items()
    }
    return replace(filter_, found_items=tuple((sha256, codes) for sha256, codes in by_edition.items() if codes))
