"""Lists of approvals, ordered by the law's clock and walked by key.

Each state is read along its own index and merged: first what is due on a day, then the clocks that stand still, those
with the fewest days left first, then what has no clock. So a page deep in a long list costs what the first one does.
A statement is built once for each form of question.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON, UNIT
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.pagination import PAGE, Page, page_of, read_cursor
from approvals.base.prepared import Prepared
from approvals.base.sorting import Keys, ListPart, in_order_of, looked_up, shown_name, sorted_page
from approvals.filing.queries import TABLE
from approvals.registration.due_dates import DueBefore
from approvals.registration.lights import WITH_A_LIGHT, rank_on
from approvals.registration.queries import APPROVALS
from approvals.windows.queries import (
    NOBODY,
    ApprovalFilter,
    ApprovalView,
    HandlerFilter,
    filtered,
    in_order,
    with_items,
)
from workflows.charts.approval import APPROVAL

RUNS_IN = frozenset({"received", "accepted", "granted", "refused"})  # states in which a clock may run
STANDS_IN = frozenset({"received", "paused", "granted", "refused"})  # states in which it may stand still
RUNS, STANDS, WITHOUT = range(3)  # of a due date: the parts of a list, in their order
_PROJECT, _OWNER, _UNIT = TABLE.alias("sorted_project"), UNIT.alias("sorted_owner"), UNIT.alias("sorted_unit")
_HANDLER = PERSON.alias("sorted_handler")
_TODAY = cast(date, bindparam("today", type_=Date()))
_DUE_BEFORE = DueBefore(
    cast(date, bindparam("due_before", type_=Date())),
    cast(int, bindparam("due_left", type_=Integer())),
    cast(int, bindparam("due_left_from_today", type_=Integer())),
)
_AFTER = (bindparam("after_on", type_=Date()), bindparam("after_id", type_=APPROVALS.c.id.type))


class _Key(NamedTuple):
    """The place of an approval in a list: `rank` 0 with a due date, 1 with a clock that stands still, 2 without one."""

    rank: int
    left: int  # working days of a clock that stands still
    due_on: date | None
    id: int


def approvals(
    tx: Connection, actor: Actor, filter_: ApprovalFilter, *, today: date, cursor: str = "", limit: int = PAGE
) -> Page[ApprovalView]:
    """The approvals that the actor may see, the most pressing first, those without a due date last."""
    after, filter_ = _read_cursor(cursor), with_items(tx, filter_)
    parameters = _parameters(actor, filter_, today, after)
    form = (actor.roles, _form(filter_), after.rank if after else None, limit)
    rows = tx.execute(_statement(*form), parameters).all() if filter_.search else _prepared(*form).rows(tx, parameters)
    keys = [_Key(row.rank, row.left_days, row.due_on, row.id) for row in rows]
    page = page_of(keys, limit, *_Key._fields)
    return page.shown(in_order(tx, [key.id for key in page.rows], today))


def sorted_approvals(
    tx: Connection,
    actor: Actor,
    filter_: ApprovalFilter,
    part: ListPart,
    *,
    today: date,
) -> Page[ApprovalView]:
    """The same approvals in the order that was asked for."""
    statement = filtered(select(APPROVALS.c.id), actor, with_items(tx, filter_), filter_.states, today)
    page = sorted_page(tx, statement, sort_keys(today), APPROVALS.c.id, part)
    return page.shown(in_order(tx, [row.id for row in page.rows], today))


def sort_keys(today: date) -> Keys:
    """What approvals can be sorted by; a clock that stands still runs out on no day yet."""
    runs, lit = APPROVALS.c.still_left.is_(None), APPROVALS.c.state.in_(WITH_A_LIGHT)
    owner_id = select(_PROJECT.c.owner_unit_id).where(_PROJECT.c.id == APPROVALS.c.project_id)
    owner = _OWNER.c.id == owner_id.correlate(APPROVALS).scalar_subquery()
    return {
        "light": case((lit, rank_on(today))),
        "number": looked_up(_PROJECT, APPROVALS.c.project_id, _PROJECT.c.number),
        "project": looked_up(_PROJECT, APPROVALS.c.project_id, _PROJECT.c.name),
        "code": APPROVALS.c.code,
        "state": in_order_of(APPROVALS.c.state, APPROVAL.state_names),
        "received": APPROVALS.c.received_on,
        "promised": case((runs, APPROVALS.c.promised_due_on)),
        "legal": case((runs, APPROVALS.c.legal_due_on)),
        "owner": select(shown_name(_OWNER)).where(owner).correlate(APPROVALS).scalar_subquery(),
        "department": looked_up(_UNIT, APPROVALS.c.department_id, shown_name(_UNIT)),
        "handler": looked_up(_HANDLER, APPROVALS.c.handler_id, _HANDLER.c.name),
    }


def count(tx: Connection, actor: Actor, filter_: ApprovalFilter, *, today: date) -> int:
    """How many approvals a list holds in all."""
    statement = filtered(select(func.count()), actor, with_items(tx, filter_), filter_.states, today)
    return int(tx.execute(statement).scalar_one())


def _parameters(actor: Actor, filter_: ApprovalFilter, today: date, after: _Key | None) -> Mapping[str, Any]:
    """The values of a statement's parameters; those that it does not have are passed over."""
    due = filter_.due_before
    return {
        "actor_id": actor.id,
        "actor_unit_id": actor.unit_id,
        "today": today,
        "after_on": after and after.due_on,
        "after_left": after and after.left,
        "after_id": after and after.id,
        "due_before": due and due.day,
        "due_left": due and due.left,
        "due_left_from_today": due and due.left_from_today,
        **_numbered(filter_.handlers),
    } | {name: getattr(filter_, name) for name in ("department", "project", "liaison", "county", "stage")}


def _numbered(handlers: HandlerFilter | None) -> dict[str, int]:
    return {f"handler_{number}": id_ for number, id_ in enumerate(handlers.ids)} if handlers else {}


def _form(filter_: ApprovalFilter) -> ApprovalFilter:
    """What a statement hangs on: which filters there are, not what they name."""
    return replace(
        filter_,
        department=filter_.department and "given",
        project=filter_.project and "given",
        liaison=filter_.liaison and (NOBODY if filter_.liaison == NOBODY else "given"),
        due_before=filter_.due_before and DueBefore(date.min, 0, 0),
        county=filter_.county and "given",
        stage=None if filter_.stage is None else 0,
        handlers=filter_.handlers and replace(filter_.handlers, ids=(0,) * len(filter_.handlers.ids)),
    )


@lru_cache(maxsize=512)
def _prepared(roles: frozenset[str], form: ApprovalFilter, after_rank: int | None, limit: int) -> Prepared:
    return Prepared(_statement(roles, form, after_rank, limit))


@lru_cache(maxsize=512)
def _statement(roles: frozenset[str], form: ApprovalFilter, after_rank: int | None, limit: int) -> Select[Any]:
    """The keys of a page for an actor with these roles."""
    anybody = Actor(cast(int, bindparam("actor_id")), "", "", cast(int, bindparam("actor_unit_id")), "", roles)
    bound = replace(
        form,
        department=form.department and cast(str, bindparam("department")),
        project=form.project and cast(str, bindparam("project")),
        liaison=form.liaison if form.liaison in (None, NOBODY) else cast(str, bindparam("liaison")),
        due_before=form.due_before and _DUE_BEFORE,
        county=form.county and cast(str, bindparam("county")),
        stage=None if form.stage is None else cast(int, bindparam("stage", type_=Integer())),
        handlers=form.handlers and _bound(form.handlers),
        due_only=frozenset(),  # `_ranks` sees to it
    )
    branches = [
        _ordered(_keys(anybody, bound, state), rank, is_after=rank == after_rank).limit(limit + 1)
        for state in form.states or APPROVAL.state_names
        for rank in _ranks(state, form)
        if after_rank is None or rank >= after_rank
    ]
    if not branches:
        branches = [_keys(anybody, bound, "").add_columns(*_rank(WITHOUT)).limit(0)]
    keys = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    return select(keys).order_by(keys.c.rank, keys.c.left_days, keys.c.due_on, keys.c.id).limit(limit + 1)


def _bound(handlers: HandlerFilter) -> HandlerFilter:
    ids = tuple(cast(int, bindparam(f"handler_{number}")) for number in range(len(handlers.ids)))
    return replace(handlers, ids=ids)


def _keys(actor: Actor, filter_: ApprovalFilter, state: str) -> Select[Any]:
    """The sorting keys of what is wanted in one state."""
    return filtered(select(APPROVALS.c.due_on, APPROVALS.c.id), actor, filter_, (state,), _TODAY)


def _ranks(state: str, filter_: ApprovalFilter) -> Iterator[int]:
    if state in RUNS_IN:
        yield RUNS
    if state in STANDS_IN:
        yield STANDS
    if filter_.due_before is None and state not in filter_.due_only:
        yield WITHOUT


def _ordered(keys: Select[Any], rank: int, *, is_after: bool) -> Select[Any]:
    due_on, left, key = APPROVALS.c.due_on, APPROVALS.c.still_left, APPROVALS.c.id
    keys = keys.add_columns(*_rank(rank))
    if rank == WITHOUT:
        keys = keys.where(due_on.is_(None)).order_by(due_on, key)  # by `key` alone PostgreSQL walks all ids there are
        return keys.where(key > bindparam("after_id")) if is_after else keys
    if rank == RUNS:
        keys = keys.where(due_on.is_not(None), left.is_(None)).order_by(due_on, key)
        return keys.where(tuple_(due_on, key) > tuple_(*_AFTER)) if is_after else keys
    keys = keys.where(left.is_not(None)).order_by(left, due_on, key)
    after = tuple_(bindparam("after_left", type_=Integer()), *_AFTER)
    return keys.where(tuple_(left, due_on, key) > after) if is_after else keys


def _rank(rank: int) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The columns by which the parts of a list are put in their order."""
    left = APPROVALS.c.still_left if rank == STANDS else literal(0)
    return literal(rank).label("rank"), left.label("left_days")


def _read_cursor(cursor: str) -> _Key | None:
    if not cursor:
        return None
    rank, left, due_on, key = read_cursor(cursor, (int, int, str, int))
    try:
        day = date.fromisoformat(str(due_on)) if due_on is not None else None
    except ValueError:
        day = None
    is_own = rank in (RUNS, STANDS, WITHOUT) and (day is None) == (rank == WITHOUT)
    if not is_own or not isinstance(left, int) or not isinstance(key, int):
        raise invalid("cursor", N_("is not a cursor of this list"))
    return _Key(int(str(rank)), left, day, key)
