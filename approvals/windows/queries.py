"""Approvals as pages and programs show them, alone and in queues ordered by the law's clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from approvals.accounts.actors import Actor, Place, acting_roles, check_sees, visible
from approvals.accounts.queries import PERSON, UNIT
from approvals.base.errors import NotFound, invalid
from approvals.base.paging import PAGE, Page, read_cursor, write_cursor
from approvals.base.prepared import Prepared
from approvals.base.texts import N_
from approvals.filing.queries import TABLE, by_ref, kind_of_ref, ref_of
from approvals.history.actions import ENTRY
from approvals.registration.queries import APPROVALS, approval_place, approval_ref, prerequisites
from approvals.windows.actions import LIVE
from approvals.windows.search import has_light, matches
from workflows.approval import APPROVAL
from workflows.catalogue import Item, load_catalogue
from workflows.chart import Move, open_moves
from workflows.lights import light_of
from workflows.roles import sees

NOTICE, AGAIN, SPECIAL = "notify_once", "notify_again", "start_special"
WITH_DUE_DATE = frozenset({"received", "accepted", "paused", "granted", "refused"})  # states in which a clock may run
RUNS, STANDS, WITHOUT = range(3)  # of a due date: the parts of a list, in their order


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """One approval with what its project says of it; days are those stored to sort by, `light` is of the asked day."""

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
    stage: int
    requires: tuple[str, ...]
    state: str
    state_since: datetime
    version: int
    round: int
    document_no: str | None
    is_key: bool
    is_urgent: bool
    light: str | None
    is_deemed: bool
    received_on: date | None
    accepted_on: date | None
    decided_on: date | None
    delivered_on: date | None
    notice_due_on: date | None
    promised_due_on: date | None
    legal_due_on: date | None
    delivery_due_on: date | None
    lapses_on: date | None
    due_on: date | None
    promised_limit: int
    legal_limit: int
    legal_unit: str
    calendar_edition: int
    place: Place


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which approvals a list is to hold; what is left out does not narrow it.

    `search` is a part of the project's name or number, or of the item's. Of the states in `due_only` only those with
    a due date are wanted. With `still_last` those whose clock stands still come after those that run.
    """

    department: str | None = None
    states: tuple[str, ...] = ()
    light: str | None = None
    due_before: date | None = None
    search: str = ""
    due_only: frozenset[str] = frozenset()
    still_last: bool = False


class _Key(NamedTuple):
    """The place of an approval in a list. `rank`: 0 with a due date, 1 with one that stands still, 2 with none."""

    rank: int
    due_on: date | None
    id: int


_OWNER = UNIT.alias("owner")
_KEPT = (
    "id", "code", "project_id", "project_name", "project_state", "owner", "department", "liaison", "stage", "state",
    "state_since", "version", "round", "document_no", "is_key", "is_urgent", "is_deemed", "received_on", "accepted_on",
    "decided_on", "delivered_on", "notice_due_on", "promised_due_on", "legal_due_on", "delivery_due_on", "lapses_on",
    "due_on", "promised_limit", "legal_limit", "legal_unit", "calendar_edition",
)  # fmt: skip
_SHOWN = select(
    APPROVALS,
    UNIT.c.name.label("department"),
    _OWNER.c.name.label("owner"),
    PERSON.c.username.label("liaison"),
    TABLE.c.state.label("project_state"),
    TABLE.c.name.label("project_name"),
    *(TABLE.c[name] for name in ("number", "external_ref", "uid", "owner_unit_id", "liaison_id")),
    *(TABLE.c[name] for name in ("is_key", "is_urgent")),
).select_from(
    APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id)
    .join(UNIT, UNIT.c.id == APPROVALS.c.department_id)
    .join(_OWNER, _OWNER.c.id == TABLE.c.owner_unit_id)
    .outerjoin(PERSON, PERSON.c.id == TABLE.c.liaison_id)
)
_ONE = by_ref(_SHOWN.where(APPROVALS.c.code == bindparam("code")))
_ONE_BY_ID = Prepared(_SHOWN.where(APPROVALS.c.id == bindparam("approval_id")))
_OF_PROJECT = _SHOWN.where(APPROVALS.c.project_id == bindparam("project_id")).order_by(APPROVALS.c.code)
_MADE = Prepared(
    select(ENTRY.c.move)
    .where(ENTRY.c.approval_id == bindparam("approval_id"), ENTRY.c.subject == APPROVAL.name)
    .where(ENTRY.c.round == bindparam("round"))
    .order_by(ENTRY.c.seq)
)


def approval(tx: Connection, ref: str, code: str, actor: Actor, today: date) -> ApprovalView:
    """The approval of this project and item; NotFound when there is none that the actor may see."""
    row = _ONE[kind_of_ref(ref)].one_or_none(tx, {"ref": ref, "code": code})
    if row is None:
        raise NotFound
    found = _view(row, today)
    check_sees(actor, found.place)
    return found


def approval_by_id(tx: Connection, approval_id: int, today: date) -> ApprovalView:
    """The approval with this id, for a caller that has seen it already."""
    return _view(_ONE_BY_ID.one_or_none(tx, {"approval_id": approval_id}), today)


def approvals_of_project(tx: Connection, project_id: int, today: date) -> list[ApprovalView]:
    """All approvals of a project, by code, for a caller that may see the project."""
    return [_view(row, today) for row in tx.execute(_OF_PROJECT, {"project_id": project_id})]


def open_to(tx: Connection, found: ApprovalView, actor: Actor) -> tuple[Move, ...]:
    """The moves of this approval that the actor may try now, those left out that this round has had already."""
    if found.project_state not in LIVE:
        return ()
    moves = open_moves(APPROVAL, found.state, acting_roles(actor, found.place))
    made: frozenset[str] = frozenset()
    if any(move.is_once or move.name == AGAIN for move in moves):
        made = frozenset(row.move for row in _MADE.rows(tx, {"approval_id": found.id, "round": found.round}))
    return tuple(move for move in moves if _is_sensible(move, found, made))


def _is_sensible(move: Move, found: ApprovalView, made: frozenset[str]) -> bool:
    if move.name == AGAIN:
        return NOTICE in made
    if move.name == SPECIAL:
        return bool(found.item.special)
    return not (move.is_once and move.name in made)


# Queues: each state is read along its own index, first what has a due date, then what has none, and merged, so that a
# page deep in a long queue costs what the first one does.


def approvals(
    tx: Connection, actor: Actor, wanted: Wanted, *, today: date, cursor: str = "", limit: int = PAGE
) -> Page[ApprovalView]:
    """The approvals that the actor may see, the most pressing first, those without a due date last."""
    after = _read_cursor(cursor)
    branches = [branch.limit(limit + 1) for branch in _branches(actor, wanted, today, after)]
    if not branches:
        return Page([], None)
    keys = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    ordered = select(keys).order_by(keys.c.rank, keys.c.due_on, keys.c.id).limit(limit + 1)
    found = [_Key(row.rank, row.due_on, row.id) for row in tx.execute(ordered)]
    cursor_after = write_cursor(*found[limit - 1]) if len(found) > limit else None
    return Page(in_order(tx, [key.id for key in found[:limit]], today), cursor_after)


def count(tx: Connection, actor: Actor, wanted: Wanted, *, today: date) -> int:
    """How many approvals a list holds in all."""
    counted = _keys(actor, wanted, None, today).with_only_columns(func.count())
    return int(tx.execute(counted).scalar_one())


def _branches(actor: Actor, wanted: Wanted, today: date, after: _Key | None) -> Iterator[Select[Any]]:
    for state in wanted.states or APPROVAL.state_names:
        for rank in _ranks(state, wanted):
            if after is None or rank >= after.rank:
                keys = _keys(actor, wanted, state, today)
                yield _ordered(keys, rank, after if after and rank == after.rank else None)


def _ranks(state: str, wanted: Wanted) -> Iterator[int]:
    if state in WITH_DUE_DATE:
        yield STANDS if wanted.still_last and state == "paused" else RUNS
    if wanted.due_before is None and state not in wanted.due_only:
        yield WITHOUT


def _keys(actor: Actor, wanted: Wanted, state: str | None, today: date) -> Select[Any]:
    """The sorting keys of what is wanted in one state; None: in any of the wanted states."""
    states = (state,) if state else wanted.states
    return narrowed(select(APPROVALS.c.due_on, APPROVALS.c.id), actor, wanted, states, today)


def narrowed(found: Select[Any], actor: Actor, wanted: Wanted, states: tuple[str, ...], today: date) -> Select[Any]:
    """The statement about approvals, left with those that are wanted, in these states, and that the actor may see."""
    found = found.select_from(_source(actor, wanted)).where(_seen(actor))
    if wanted.search:
        found = found.where(matches(wanted.search))
    if wanted.due_only:
        found = found.where(or_(APPROVALS.c.state.not_in(wanted.due_only), APPROVALS.c.due_on.is_not(None)))
    if states:
        found = found.where(APPROVALS.c.state == states[0] if len(states) == 1 else APPROVALS.c.state.in_(states))
    if wanted.department is not None:
        found = found.where(APPROVALS.c.department_id == _department_id(wanted.department))
    if wanted.light is not None:
        found = found.where(has_light(wanted.light, today))
    return found if wanted.due_before is None else found.where(APPROVALS.c.due_on < wanted.due_before)


def _source(actor: Actor, wanted: Wanted) -> FromClause:
    """Projects are looked at only for those who see by project, and to search."""
    scopes = sees(actor.roles)
    needs_project = wanted.search or ("city" not in scopes and scopes & {"own_unit", "accompanied"})
    return APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id) if needs_project else APPROVALS


def _seen(actor: Actor) -> ColumnElement[bool]:
    return visible(actor, TABLE.c.owner_unit_id, APPROVALS.c.department_id, TABLE.c.liaison_id)


def _department_id(name: str) -> ColumnElement[int]:
    return select(UNIT.c.id).where(UNIT.c.name == name).scalar_subquery()


def _ordered(keys: Select[Any], rank: int, after: _Key | None) -> Select[Any]:
    due_on, key = APPROVALS.c.due_on, APPROVALS.c.id
    keys = keys.add_columns(literal(rank).label("rank"))
    if rank == WITHOUT:
        keys = keys.where(due_on.is_(None)).order_by(key)
        return keys if after is None else keys.where(key > after.id)
    keys = keys.where(due_on.is_not(None)).order_by(due_on, key)
    return keys if after is None else keys.where(tuple_(due_on, key) > tuple_(after.due_on, after.id))


def _read_cursor(cursor: str) -> _Key | None:
    if not cursor:
        return None
    rank, due_on, key = read_cursor(cursor, (int, str, int))
    try:
        day = date.fromisoformat(str(due_on)) if due_on is not None else None
    except ValueError:
        day = None
    if rank not in (RUNS, STANDS, WITHOUT) or (day is None) != (rank == WITHOUT) or not isinstance(key, int):
        raise invalid("cursor", N_("is not a cursor of this list"))
    return _Key(int(str(rank)), day, key)


def in_order(tx: Connection, ids: list[int], today: date) -> list[ApprovalView]:
    """The approvals with these ids, in this order, for a caller that may see them."""
    rows = {row.id: row for row in tx.execute(_SHOWN.where(APPROVALS.c.id.in_(ids)).order_by(APPROVALS.c.id))}
    return [_view(rows[one], today) for one in ids]


def _view(row: Any, today: date) -> ApprovalView:
    return ApprovalView(
        **{name: getattr(row, name) for name in _KEPT},
        ref=approval_ref(row),
        item=load_catalogue().items[row.code],
        project=ref_of(row),
        requires=prerequisites(row),
        light=light_of(row, today),
        place=approval_place(row),
    )
