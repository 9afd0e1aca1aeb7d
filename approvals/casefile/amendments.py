"""The changes of filings that await confirmation, for those who confirm them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, func, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.pagination import Page
from approvals.base.sorting import FIRST_PART, Keys, ListPart, page_by_id, shown_name
from approvals.filing.queries import TABLE, ref_of, visible_projects
from approvals.filing.views import ProjectView
from approvals.history.queries import own_entries_of_project
from approvals.history.record import ENTRY, FORMER
from approvals.history.timeline import EntryDescription, describe
from workflows.charts.filing_fields import FILING
from workflows.charts.model import Need
from workflows.charts.project import AMENDABLE
from workflows.config.city import load_city

_PROPOSAL = (ENTRY.c.project_id == TABLE.c.id) & (ENTRY.c.seq == TABLE.c.amendment_seq)


@dataclass(frozen=True, slots=True)
class AmendmentRow:
    """A project with the fields that its owner wants changed, and since when."""

    ref: str
    shown_number: str
    name: str
    owner: UnitName
    since: datetime
    fields: tuple[Need, ...]


def waiting_amendments(tx: Connection, actor: Actor, part: ListPart = FIRST_PART) -> Page[AmendmentRow]:
    """The changes that await confirmation, the oldest project first."""
    rows = select(TABLE, UNIT.c.name.label("owner"), UNIT.c.name_en.label("owner_en"), ENTRY.c.at, ENTRY.c.facts)
    source = TABLE.join(UNIT, UNIT.c.id == TABLE.c.owner_unit_id).join(ENTRY, _PROPOSAL)
    page = page_by_id(tx, rows.select_from(source).where(_is_waiting(actor)), _sort_keys(), TABLE.c.id, part)
    return page.shown([_row(row) for row in page.rows])


def amendment_count(tx: Connection, actor: Actor) -> int:
    """The length of the list."""
    query = select(func.count()).select_from(TABLE.join(ENTRY, _PROPOSAL)).where(_is_waiting(actor))
    return int(tx.execute(query).scalar_one())


def _sort_keys() -> Keys:
    return {"name": TABLE.c.name, "owner": shown_name(UNIT), "since": ENTRY.c.at}


def amendment_of(tx: Connection, project: ProjectView) -> EntryDescription | None:
    """The change of this project that awaits confirmation, in words."""
    if project.amendment_seq is None or project.state not in AMENDABLE:
        return None
    entries = own_entries_of_project(tx, project.id)
    return describe(tx, [entry for entry in entries if entry.seq == project.amendment_seq])[0]


def _is_waiting(actor: Actor) -> ColumnElement[bool]:
    return and_(TABLE.c.amendment_seq.is_not(None), TABLE.c.state.in_(AMENDABLE), visible_projects(actor))


def _row(row: Any) -> AmendmentRow:
    former = orjson.loads(row.facts)[FORMER]
    return AmendmentRow(
        ref=ref_of(row),
        shown_number=load_city().shown_number(row.number),
        name=row.name,
        owner=UnitName(row.owner, row.owner_en),
        since=row.at,
        fields=tuple(need for need in FILING if need.name in former),
    )
