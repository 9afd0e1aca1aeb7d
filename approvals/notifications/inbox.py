"""The inbox: the notices that the moves of other people left for somebody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Table,
    and_,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    union,
    union_all,
    update,
)

from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON, UNIT, UnitName
from approvals.base.pagination import Page, page_of, read_cursor
from approvals.base.sorting import FIRST_PART, ListPart
from approvals.base.tables import table_of
from approvals.catalogue.queries import item_of
from approvals.filing.queries import TABLE, ref_of, visible_projects
from approvals.history.record import ENTRY, NOTICE
from approvals.history.timeline import SYSTEM_ROLE
from approvals.notifications.tables import NoticeRead
from approvals.programme.queries import ITEMS, PREFIX
from approvals.registration.queries import APPROVALS, visible_approvals
from workflows.charts.deduction import DEDUCTION
from workflows.charts.model import SYSTEM, Move
from workflows.charts.office_moves import STATEMENTS
from workflows.charts.order import ORDER
from workflows.charts.registry import CHARTS, OF_PROGRAMME
from workflows.charts.roles import ROLES, Role
from workflows.config.catalogue import Item
from workflows.label import Label
from workflows.rules.item_words import move_of
from workflows.rules.office_tasks import TASK_OF, office_label

OFFICES = ("service_centre", "supervision_office", "city_government", "finance")  # addressed as a whole
HEARERS = frozenset({"owner", "window", "window_head", "liaison", *OFFICES})
AUDIENCES = HEARERS | {"officer", "handler"}
MOST = 999  # the highest count that is told; of more it is said that there are
# The kinds of notices by which the log is narrowed: their words, and the charts of their moves.
NOTICE_KINDS: Mapping[str, tuple[Label, tuple[str, ...]]] = {
    "project": (Label("项目", "Projects"), ("project",)),
    "approval": (Label("审批", "Approvals"), ("approval", "correction")),
    "supervision": (Label("督办", "Supervision"), ("escalation", "order", "card", "word", "deduction")),
    "request": (Label("诉求", "Requests"), ("request",)),
    "programme": (Label("民生工程", "Programme"), tuple(sorted(OF_PROGRAMME))),
    "report": (Label("报告", "Reports"), ("report",)),
}


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
    is_visible: bool  # the project or approval, to the reader as of now
    code: str | None
    item: Item | None
    role: Role | Label
    unit: UnitName
    request_no: str = ""  # of the request that the notice is about
    report: tuple[str, str] | None = None  # kind and period of the report that it is about
    order: str = ""  # reference of the supervision order that it is about
    deduction: str = ""  # reference of the deduction that it is about
    task: Label | None = None  # the office's own step that it is about
    programme: str = ""  # key of what it is about in the programme: a year, a month, an item, an entry, a problem


READS: Table = table_of(NoticeRead)
EVENT = NOTICE.c.project_id, NOTICE.c.seq  # what notices of one entry have in common
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


def notices(tx: Connection, actor: Actor, *, kind: str = "", part: ListPart = FIRST_PART) -> Page[InboxNotice]:
    """The actor's notices of this kind, the newest first; an event of which they hear in two capacities stands once."""
    before = NOTICE.c.id < read_cursor(part.cursor, (int,))[0] if part.cursor else true()
    clauses, addresses = (before, *_of_kind(kind)), _notice_ids(actor)
    enough = (part.limit + 1) * len(addresses)  # in as many capacities one event may be heard
    newest = [ids.where(*clauses).order_by(NOTICE.c.id.desc()).limit(enough) for ids in addresses]
    events = select(func.min(NOTICE.c.id)).where(NOTICE.c.id.in_(_together(newest))).group_by(*EVENT)
    query = _notices_for(actor).where(NOTICE.c.id.in_(events)).limit(part.limit + 1)
    seen, rows = _seen(tx, actor), tx.execute(query).all()
    read = _read(tx, actor, [row.id for row in rows])
    views = [_view(tx, row, is_new=row.id > seen and row.id not in read) for row in rows]
    return page_of(views, part.limit, "id")


def notice_count(tx: Connection, actor: Actor, *, kind: str = "") -> int:
    """The length of the list."""
    heard = [select(*EVENT).where(condition, *_of_kind(kind)) for condition in addressed_to(actor)]
    return int(tx.execute(select(func.count()).select_from(union(*heard).subquery())).scalar_one())


def _of_kind(kind: str) -> tuple[ColumnElement[bool], ...]:
    if kind not in NOTICE_KINDS:
        return ()
    return (or_(*(NOTICE.c.move.startswith(f"{chart}.", autoescape=True) for chart in NOTICE_KINDS[kind][1])),)


def _notices_for(actor: Actor) -> Select[Any]:
    """The notices with what the actor sees of their projects; one that has an approval leads to that."""
    has_approval = NOTICE.c.approval_id.is_not(None)
    sees = or_(visible_projects(actor), and_(has_approval, visible_approvals(actor)))
    return _NOTICES.add_columns(sees.label("is_visible"))


def _seen(tx: Connection, actor: Actor) -> int:
    return int(tx.execute(select(PERSON.c.seen_notice_id).where(PERSON.c.id == actor.id)).scalar_one())


def _read(tx: Connection, actor: Actor, ids: Sequence[int]) -> set[int]:
    """Those of these notices that the actor has read one by one."""
    own = select(READS.c.notice_id).where(READS.c.person_id == actor.id, READS.c.notice_id.in_(ids))
    return set(tx.execute(own.order_by(READS.c.notice_id)).scalars())


def notices_by_id(tx: Connection, actor: Actor, ids: Sequence[int]) -> list[InboxNotice]:
    """Those of these notices that concern the actor, the newest first."""
    query = _notices_for(actor).where(NOTICE.c.id.in_(ids), or_(*addressed_to(actor)))
    return [_view(tx, row, is_new=True) for row in tx.execute(query)]


def unread(actor: Actor) -> Select[Any]:
    """Project, entry and approval of the events that the actor has not read, MOST and one of each address at most."""
    last_seen = select(PERSON.c.seen_notice_id).where(PERSON.c.id == actor.id).scalar_subquery()
    is_read = exists().where(READS.c.person_id == actor.id, READS.c.notice_id == NOTICE.c.id)
    new = [
        ids.where(NOTICE.c.id > last_seen, ~is_read).order_by(NOTICE.c.id.desc()).limit(MOST + 1)
        for ids in _notice_ids(actor)
    ]
    return select(*EVENT, NOTICE.c.approval_id).where(NOTICE.c.id.in_(_together(new))).distinct()


def new_count(tx: Connection, actor: Actor, now: datetime) -> int:
    """The number of events that the actor has not read about, MOST and one at the most."""
    number = int(tx.execute(select(func.count()).select_from(unread(actor).subquery())).scalar_one())
    return min(MOST + 1, number)


def unread_notices(tx: Connection, actor: Actor) -> list[InboxNotice]:
    """The notices that the actor has not read, MOST and one of each address at the most."""
    events = unread(actor).subquery()
    is_of_event = and_(*(key == events.c[key.name] for key in EVENT))
    query = _notices_for(actor).join(events, is_of_event).where(or_(*addressed_to(actor)))
    return [_view(tx, row, is_new=True) for row in tx.execute(query)]


def mark_read(tx: Connection, actor: Actor, ids: Sequence[int]) -> None:
    """Mark these notices as read by the actor, each by itself."""
    new = sorted(set(ids) - _read(tx, actor, ids))
    if new:
        tx.execute(insert(READS), [{"person_id": actor.id, "notice_id": notice_id} for notice_id in new])


def mark_seen(tx: Connection, actor: Actor, up_to: int) -> None:
    """Mark the notices up to this one as seen; a lower mark changes nothing."""
    last = select(func.coalesce(func.max(NOTICE.c.id), 0)).scalar_subquery()
    is_unseen = PERSON.c.id == actor.id, PERSON.c.seen_notice_id < up_to, last >= up_to
    tx.execute(update(PERSON).where(*is_unseen).values(seen_notice_id=up_to))


def addressed(actor: Actor) -> frozenset[tuple[str, int]]:
    """The actor's addresses: their unit, their window, they as a handler or liaison, or their whole office (0)."""
    addresses = {(role, 0) for role in OFFICES if actor.has(role)}
    if actor.has("owner"):
        addresses |= {("owner", unit_id) for unit_id in actor.units}
    if actor.has("window", "window_head"):
        addresses |= {("window", unit_id) for unit_id in actor.units}
        addresses |= {("handler", person_id) for person_id in actor.handles_as}
    if actor.has("window_head"):
        addresses |= {
            ("window_head", unit_id) for unit_id in actor.units
        }  # of a unit that is jointly responsible for a project
    if actor.has("liaison"):
        addresses |= {("liaison", person_id) for person_id in actor.accompanies_as}
    if actor.has(*HEARERS):
        addresses.add(("officer", actor.id))  # on duty outside office hours; named by the notice itself
    return frozenset(addresses)


def addressed_to(actor: Actor) -> list[ColumnElement[bool]]:
    """The conditions for notices to each of the actor's addresses (WHERE clauses)."""
    addresses = sorted(addressed(actor))
    return [and_(NOTICE.c.audience == role, NOTICE.c.unit_id == at) for role, at in addresses] or [false()]


def _notice_ids(actor: Actor) -> list[Select[tuple[int]]]:
    """The ids of the notices to each of the actor's addresses: each is read along the index, up to its limit."""
    return [select(NOTICE.c.id).where(condition) for condition in addressed_to(actor)]


def _together(parts: Iterable[Select[tuple[int]]]) -> CompoundSelect[tuple[int]]:
    return union_all(*(select(part.subquery()) for part in parts))


def _view(tx: Connection, row: Any, *, is_new: bool) -> InboxNotice:
    chart, _, move = row.move.partition(".")
    item = item_of(tx, row) if row.code else None
    return InboxNotice(
        id=row.id,
        at=row.at,
        is_new=is_new,
        audience=row.audience,
        move=move_of(item, CHARTS[chart].move(move)),
        project=row.name or row.programme_item or "",
        ref=ref_of(row) if row.name else "",
        is_visible=bool(row.is_visible),
        code=row.code,
        item=item,
        role=SYSTEM_ROLE if row.role == SYSTEM else ROLES[row.role],
        unit=UnitName(row.unit, row.name_en or ""),
        request_no=row.label.rpartition("/")[2] if chart == "request" else "",
        report=(row.label.partition("/")[0], row.label.partition("/")[2]) if chart == "report" else None,
        order=row.label if chart == ORDER.name else "",
        deduction=row.label if chart == DEDUCTION.name else "",
        task=office_label(TASK_OF[chart, row.to_state]) if move in STATEMENTS else None,
        programme=row.label.removeprefix(f"{PREFIX}/") if chart in OF_PROGRAMME else "",
    )
