"""The inbox: the notices that the moves of other people left for somebody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    true,
    union_all,
    update,
)

from approvals.accounts.absence.queries import uncovered_count
from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON, UNIT, UnitName
from approvals.base.pagination import PAGE, Page, read_cursor, write_cursor
from approvals.catalogue.queries import item_of
from approvals.filing.queries import TABLE, ref_of
from approvals.history.record import ENTRY, NOTICE
from approvals.history.timeline import SYSTEM_ROLE
from approvals.programme.queries import ITEMS, PREFIX
from approvals.registration.queries import APPROVALS
from workflows.charts.model import SYSTEM, Move
from workflows.charts.office_moves import STATEMENTS
from workflows.charts.order import ORDER
from workflows.charts.registry import CHARTS, OF_PROGRAMME
from workflows.charts.roles import ROLES, Role
from workflows.config.catalogue import Item
from workflows.label import Label
from workflows.rules.office_tasks import TASK_OF, office_label

OFFICES = ("service_centre", "supervision_office", "city_government", "finance")  # addressed as a whole
HEARERS = frozenset({"owner", "window", "window_head", "liaison", *OFFICES})
AUDIENCES = HEARERS | {"officer"}
MOST = 999  # the highest count of the bell


@dataclass(frozen=True, slots=True)
class InboxNotice:
    """One notice: which move was made on what, by whom. `audience` is the capacity in which the reader gets it."""

    id: int
    at: datetime
    is_new: bool
    audience: str
    move: Move
    project: str
    ref: str
    code: str | None
    item: Item | None
    role: Role | Label
    unit: UnitName
    request_no: str = ""  # of the request that the notice is about
    report: tuple[str, str] | None = None  # kind and period of the report that it is about
    order: str = ""  # reference of the supervision order that it is about
    task: Label | None = None  # the office's own step that it is about
    programme: str = ""  # key of what it is about in the programme: a year, a month, an item, an entry, a problem


_NOTICES = (
    select(
        *(NOTICE.c[name] for name in ("id", "at", "audience", "move", "label")),
        *(TABLE.c[name] for name in ("name", "number", "external_ref", "uid", "catalogue_sha256")),
        ITEMS.c.name.label("programme_item"),
        APPROVALS.c.code,
        ENTRY.c.role,
        ENTRY.c.unit,
        ENTRY.c.to_state,
        UNIT.c.name_en,
    )
    .select_from(
        NOTICE.outerjoin(TABLE, TABLE.c.id == NOTICE.c.project_id)
        .join(ENTRY, and_(ENTRY.c.project_id == NOTICE.c.project_id, ENTRY.c.seq == NOTICE.c.seq))
        .outerjoin(APPROVALS, APPROVALS.c.id == NOTICE.c.approval_id)
        .outerjoin(ITEMS, ITEMS.c.id == -NOTICE.c.project_id)
        .outerjoin(UNIT, UNIT.c.name == ENTRY.c.unit)
    )
    .order_by(NOTICE.c.id.desc())
)


def notices(tx: Connection, actor: Actor, *, cursor: str = "") -> Page[InboxNotice]:
    """The actor's notices, the newest first."""
    before = NOTICE.c.id < read_cursor(cursor, (int,))[0] if cursor else true()
    newest = [ids.where(before).order_by(NOTICE.c.id.desc()).limit(PAGE + 1) for ids in _notice_ids(actor)]
    query = _NOTICES.where(NOTICE.c.id.in_(_together(newest))).limit(PAGE + 1)
    seen = int(tx.execute(select(PERSON.c.seen_notice_id).where(PERSON.c.id == actor.id)).scalar_one())
    views = [_view(tx, row, seen) for row in tx.execute(query)]
    return Page(views[:PAGE], write_cursor(views[PAGE - 1].id) if len(views) > PAGE else None)


def notices_by_id(tx: Connection, actor: Actor, ids: Sequence[int]) -> list[InboxNotice]:
    """Those of these notices that concern the actor, the newest first."""
    query = _NOTICES.where(NOTICE.c.id.in_(ids), or_(*_conditions(actor)))
    return [_view(tx, row, 0) for row in tx.execute(query)]


def new_count(tx: Connection, actor: Actor, now: datetime) -> int:
    """The number of notices that the actor has not seen, MOST at the most."""
    last_seen = select(PERSON.c.seen_notice_id).where(PERSON.c.id == actor.id).scalar_subquery()
    new = [ids.where(NOTICE.c.id > last_seen).order_by(NOTICE.c.id).limit(MOST) for ids in _notice_ids(actor)]
    return min(MOST, int(tx.execute(select(func.count()).select_from(_together(new).subquery())).scalar_one()))


def bell_count(tx: Connection, actor: Actor, now: datetime) -> int:
    """The count of the bell: new notices, and absences as long as they have no cover."""
    return new_count(tx, actor, now) + uncovered_count(tx, actor, now)


def mark_seen(tx: Connection, actor: Actor, up_to: int) -> None:
    """Mark the notices up to this one as seen; a lower mark changes nothing."""
    last = select(func.coalesce(func.max(NOTICE.c.id), 0)).scalar_subquery()
    is_unseen = PERSON.c.id == actor.id, PERSON.c.seen_notice_id < up_to, last >= up_to
    tx.execute(update(PERSON).where(*is_unseen).values(seen_notice_id=up_to))


def addressed(actor: Actor) -> frozenset[tuple[str, int]]:
    """The actor's addresses: their unit, their window, they as a liaison, or their whole office (0)."""
    addresses = {(role, 0) for role in OFFICES if actor.has(role)}
    if actor.has("owner"):
        addresses |= {("owner", unit_id) for unit_id in actor.units}
    if actor.has("window", "window_head"):
        addresses |= {("window", unit_id) for unit_id in actor.units}
    if actor.has("window_head"):
        addresses |= {
            ("window_head", unit_id) for unit_id in actor.units
        }  # of a unit that is jointly responsible for a project
    if actor.has("liaison"):
        addresses |= {("liaison", person_id) for person_id in actor.accompanies_as}
    if actor.has(*HEARERS):
        addresses.add(("officer", actor.id))  # on duty outside office hours; named by the notice itself
    return frozenset(addresses)


def _conditions(actor: Actor) -> list[ColumnElement[bool]]:
    addresses = sorted(addressed(actor))
    return [and_(NOTICE.c.audience == role, NOTICE.c.unit_id == at) for role, at in addresses] or [false()]


def _notice_ids(actor: Actor) -> list[Select[tuple[int]]]:
    """The ids of the notices to each of the actor's addresses: each is read along the index, up to its limit."""
    return [select(NOTICE.c.id).where(condition) for condition in _conditions(actor)]


def _together(parts: Iterable[Select[tuple[int]]]) -> CompoundSelect[tuple[int]]:
    return union_all(*(select(part.subquery()) for part in parts))


def _view(tx: Connection, row: Any, seen: int) -> InboxNotice:
    chart, _, move = row.move.partition(".")
    return InboxNotice(
        id=row.id,
        at=row.at,
        is_new=row.id > seen,
        audience=row.audience,
        move=CHARTS[chart].move(move),
        project=row.name or row.programme_item or "",
        ref=ref_of(row) if row.name else "",
        code=row.code,
        item=item_of(tx, row) if row.code else None,
        role=SYSTEM_ROLE if row.role == SYSTEM else ROLES[row.role],
        unit=UnitName(row.unit, row.name_en or ""),
        request_no=row.label.rpartition("/")[2] if chart == "request" else "",
        report=(row.label.partition("/")[0], row.label.partition("/")[2]) if chart == "report" else None,
        order=row.label if chart == ORDER.name else "",
        task=office_label(TASK_OF[chart, row.to_state]) if move in STATEMENTS else None,
        programme=row.label.removeprefix(f"{PREFIX}/") if chart in OF_PROGRAMME else "",
    )
