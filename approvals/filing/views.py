"""Projects as pages and programs show them: alone, in lists, and their last changes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, exists, select

from approvals.accounts.actors import Actor, Scope, acting_roles
from approvals.accounts.contacts import mask_phone
from approvals.accounts.queries import GRANT, PERSON, UNIT
from approvals.base.pagination import PAGE, Page, page_of, read_cursor
from approvals.base.prepared import Prepared
from approvals.filing.queries import TABLE, ByReference, place_of, ref_of, visible_projects
from approvals.history.queries import own_entries_of_project
from approvals.history.timeline import EntryDescription, describe
from workflows.charts.filing_fields import FUNDING_SOURCES
from workflows.charts.model import Move, open_moves
from workflows.charts.project import PROJECT
from workflows.clock.works import WorksDays
from workflows.config.city import load_city
from workflows.config.conditions import Answer

SETTLING = ("confirm_amendment", "decline_amendment", "take_back_amendment")  # of a change that waits
DECIDERS = frozenset({"supervision_office", "service_centre"})


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the works are; `unit` as in SCALE_UNITS."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class ProjectView:
    """One project. `ref` is how it is addressed, `shown_number` how people read its number.

    `funding` are amounts by source, in 10,000 yuan; `contact_phone` is masked for who need not know it.
    """

    id: int
    ref: str
    uid: str
    number: str | None
    shown_number: str | None
    external_ref: str | None
    item_no: str | None
    name: str
    category: str
    kind: str
    county: str
    planned_10k_yuan: Decimal
    answers: dict[str, Answer]
    owner: str
    liaison: str | None
    liaison_name: str | None
    has_liaison: bool  # who is named still holds the role
    state: str
    state_since: datetime
    version: int
    is_key: bool
    is_urgent: bool
    is_practical_matter: bool
    drafted_at: datetime
    filed_at: datetime | None
    registered_at: datetime | None
    review_on: date | None
    amendment_seq: int | None
    planned_start_on: date | None
    planned_finish_on: date | None
    works_started_on: date | None
    works_finished_on: date | None
    is_works_start_confirmed: bool
    is_works_finish_confirmed: bool
    catalogue_sha256: str | None  # of the edition under which it was registered
    place: Scope
    site: str | None
    works_kind: str | None
    scale: Scale | None
    funding: dict[str, Decimal] | None
    project_code: str | None
    credit_code: str | None
    contact_name: str | None
    contact_phone: str | None
    is_phone_masked: bool

    @property
    def works(self) -> WorksDays:
        """The days of the works, planned and reported."""
        planned = self.planned_start_on, self.planned_finish_on
        return WorksDays(*planned, self.works_started_on, self.works_finished_on)


_COLUMNS = (
    "id", "uid", "number", "external_ref", "item_no", "name", "category", "kind", "county", "planned_10k_yuan", "state",
    "state_since", "version", "is_key", "is_urgent", "is_practical_matter", "drafted_at", "filed_at", "registered_at",
    "review_on", "amendment_seq", "catalogue_sha256", "planned_start_on", "planned_finish_on", "works_started_on",
    "works_finished_on", "is_works_start_confirmed", "is_works_finish_confirmed", "site", "works_kind", "project_code",
    "credit_code", "contact_name",
)  # fmt: skip
_HOLDS = exists().where(GRANT.c.person_id == PERSON.c.id, GRANT.c.role == "liaison", PERSON.c.is_active)
NEED_PHONE = frozenset({"owner", "liaison", "service_centre"})  # roles that call the contact person
_PROJECTS = select(
    TABLE,
    UNIT.c.name.label("owner"),
    PERSON.c.username.label("liaison"),
    PERSON.c.name.label("liaison_name"),
    _HOLDS.correlate(PERSON).label("has_liaison"),
).select_from(TABLE.join(UNIT, UNIT.c.id == TABLE.c.owner_unit_id).outerjoin(PERSON, PERSON.c.id == TABLE.c.liaison_id))
_BY_REF = ByReference(_PROJECTS, place_of)
_BY_ID = Prepared(_PROJECTS.where(TABLE.c.id == bindparam("project_id")))


def project(tx: Connection, ref: str, actor: Actor) -> ProjectView:
    """The project of this reference; NotFound when there is none that the actor may see."""
    return _view(_BY_REF.row(tx, ref, actor), actor)


def project_by_id(tx: Connection, project_id: int, actor: Actor | None = None) -> ProjectView:
    """The project with this id, for a caller that has seen it already; without an actor its telephone is masked."""
    return _view(_BY_ID.one_or_none(tx, {"project_id": project_id}), actor)


def projects(
    tx: Connection,
    actor: Actor,
    *,
    states: Collection[str] = (),
    category: str | None = None,
    is_key: bool | None = None,
    cursor: str = "",
    limit: int = PAGE,
) -> Page[ProjectView]:
    """The projects that the actor may see, the newest first."""
    query = _PROJECTS.where(visible_projects(actor)).order_by(TABLE.c.id.desc()).limit(limit + 1)
    if states:
        query = query.where(TABLE.c.state.in_(states))
    if category is not None:
        query = query.where(TABLE.c.category == category)
    if is_key is not None:
        query = query.where(TABLE.c.is_key.is_(is_key))
    if cursor:
        query = query.where(TABLE.c.id < read_cursor(cursor, (int,))[0])
    views = [_view(row, actor) for row in tx.execute(query)]
    return page_of(views, limit, "id")


def reads_phone(actor: Actor, place: Scope) -> bool:
    """Whether the actor calls the contact person of this project, and so reads the number."""
    return not NEED_PHONE.isdisjoint(acting_roles(actor, place))


def _view(row: Any, actor: Actor | None) -> ProjectView:
    place, phone = place_of(row), row.contact_phone
    is_masked = bool(phone) and not (actor and reads_phone(actor, place))
    scale, funding = orjson.loads(row.scale or "null"), orjson.loads(row.funding or "null")
    return ProjectView(
        **{name: getattr(row, name) for name in _COLUMNS},
        ref=ref_of(row),
        shown_number=load_city().shown_number(row.number) if row.number else None,
        answers=orjson.loads(row.answers),
        owner=row.owner,
        liaison=row.liaison,
        liaison_name=row.liaison_name,
        has_liaison=bool(row.has_liaison),
        place=place,
        scale=Scale(Decimal(scale["amount"]), scale["unit"]) if scale else None,
        funding={name: Decimal(funding[name]) for name in FUNDING_SOURCES if name in funding} if funding else None,
        contact_phone=mask_phone(phone) if is_masked else phone,
        is_phone_masked=is_masked,
    )


def open_to(view: ProjectView, actor: Actor) -> tuple[Move, ...]:
    """The moves of this project that the actor may try now; nobody decides a filing of their own unit."""
    roles = acting_roles(actor, view.place)
    is_own = actor.unit_id == view.place.owner_unit_id
    moves = open_moves(PROJECT, view.state, roles - DECIDERS if is_own else roles)
    without_effect = {"manage_jointly" if view.place.joint_units else "end_joint"}
    without_effect.update(SETTLING if view.amendment_seq is None else ("amend",))
    return tuple(move for move in moves if move.name not in without_effect)


def changes_since(tx: Connection, project_id: int, version: int | None) -> tuple[EntryDescription, ...]:
    """The moves of the project after this version of it; none without a version."""
    if version is None:
        return ()
    # Each move raises the version by one, so the version is the number of moves up to it.
    return tuple(describe(tx, own_entries_of_project(tx, project_id)[version:]))


def last_change(tx: Connection, project_id: int) -> EntryDescription:
    """The move that led to the current state of the project."""
    moves = [entry for entry in own_entries_of_project(tx, project_id) if entry.from_state != entry.to_state]
    return describe(tx, moves[-1:])[0]
