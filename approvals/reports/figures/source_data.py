"""Reads the source data of a month's report: the record of the projects in hand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby, islice
from typing import Any, Protocol, cast

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Row, and_, func, literal, or_, select, union_all

from approvals.accounts.queries import PERSON
from approvals.accounts.units import names_on, unit_ids
from approvals.base.moments import day_of
from approvals.calendar.queries import EDITION as CALENDAR
from approvals.calendar.queries import product_calendar_text, with_editions
from approvals.catalogue.queries import known_catalogues
from approvals.filing.queries import TABLE as PROJECT
from approvals.history.record import ENTRY
from approvals.history.tables import BEGINS
from approvals.registration.queries import APPROVALS
from approvals.reports.figures.former_units import FormerUnits, former_units
from approvals.reports.periods import Month
from workflows.charts.project import PROJECT as WORK
from workflows.clock.calendar import Calendar, load_calendar
from workflows.clock.timeline import Limits
from workflows.config.catalogue import Catalogue
from workflows.label import Label

Moves = tuple[tuple[str, str], ...]  # subjects and moves
SUBJECTS = ("project", "approval", "escalation", "correction")
IN_HAND = ("filed", "returned", "classified", "registered", "suspended")  # states of a project that is not over
AT_ONCE = 500  # projects read in one statement


class EntryRow(Protocol):
    """An entry of the history, as far as a reader of it selects the columns."""

    project_id: int
    seq: int
    subject: str
    subject_id: int
    approval_id: int
    round: int
    move: str
    to_state: str
    actor: str
    role: str
    at: datetime
    facts: str


_EDITION = [PROJECT.c.id, PROJECT.c.catalogue_sha256]
_EVENT = [ENTRY.c[name] for name in EntryRow.__annotations__]


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """An approval as it was planned; nothing of it changes but the limits, which the acceptance fixes."""

    id: int
    project_id: int
    code: str
    item: Label
    stage: int
    department_id: int
    requires: tuple[str, ...]
    limits: Limits


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """A project's plan and its entries, in the order of its chain."""

    id: int
    uid: str
    owner_unit_id: int
    plans: tuple[ProjectPlan, ...]
    entries: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class ItemNames:
    """The names of items, each by the edition of its project."""

    catalogues: Mapping[str, Catalogue]

    def of(self, sha256: str | None, code: str) -> Label:
        """The item's name; its code for a project without an edition."""
        item = self.catalogues[sha256].item(code) if sha256 else None
        return Label(item.zh, item.en) if item else Label(code, code)


def item_names(tx: Connection) -> ItemNames:
    return ItemNames(known_catalogues(tx))


@dataclass(frozen=True, slots=True)
class SourceData:
    """The source data of the figures of a month and of the month before."""

    projects: tuple[ProjectRecord, ...]
    units: dict[int, Label]  # their names of then
    unit_ids: dict[str, int]  # by every name that they ever had
    former: FormerUnits
    people: dict[str, str]  # names by user name
    item_names: ItemNames
    editions: tuple[tuple[datetime, int, str], ...]  # of calendars: when each was loaded, its year and notice

    def calendar_at(self, moment: datetime) -> Calendar:
        """The calendar as it was known then: what is loaded later moves no date of before."""
        return _calendar_at(self.editions, moment)


def read_record(tx: Connection, since: datetime, until: datetime) -> SourceData:
    """The record up to `until` of each project that was in hand or moved after `since`."""
    ids = sorted(_in_hand(tx, since, until))
    former, names = former_units(tx, until), item_names(tx)
    plans = _plans(tx, ids, names, former)
    entries = _entries(tx, ids, until)
    projects = tuple(
        ProjectRecord(row.id, row.uid, former.owner(row.id, row.owner_unit_id), tuple(plans[row.id]), entries[row.id])
        for row in by_id(tx, [PROJECT.c.id, PROJECT.c.uid, PROJECT.c.owner_unit_id], PROJECT.c.id, ids)
        if row.id in entries
    )
    people = tx.execute(select(PERSON.c.username, PERSON.c.name).order_by(PERSON.c.username))
    usernames = {row.username: row.name for row in people}
    units, by_name = units_of(tx, until), unit_ids(tx, follow=False)
    return SourceData(projects, units, by_name, former, usernames, names, _editions(tx, until))


def units_of(tx: Connection, until: datetime) -> dict[int, Label]:
    """The names of all units at this moment, as far as they were known then, by their ids."""
    names = names_on(tx, day_of(until), known_at=until)
    return {unit_id: Label(unit.name, unit.name_en or unit.name) for unit_id, unit in sorted(names.items())}


def _in_hand(tx: Connection, since: datetime, until: datetime) -> set[int]:
    """What moved, what is in hand now, and what came to its end since: rows serve as an index only."""
    moved = select(ENTRY.c.project_id).where(ENTRY.c.at.between(since, until), ENTRY.c.subject.in_(SUBJECTS))
    in_hand = select(PROJECT.c.id).where(PROJECT.c.state.in_(IN_HAND), PROJECT.c.drafted_at <= until)
    is_over = PROJECT.c.state.in_(WORK.final_states), PROJECT.c.state_since > until
    ended = select(PROJECT.c.id).where(*is_over, PROJECT.c.drafted_at <= until)
    statements = (moved.distinct(), in_hand.order_by(PROJECT.c.id), ended.order_by(PROJECT.c.id))
    return {project_id for statement in statements for project_id in tx.execute(statement).scalars()}


def _plans(tx: Connection, ids: list[int], names: ItemNames, former: FormerUnits) -> dict[int, list[ProjectPlan]]:
    columns = [APPROVALS.c[name] for name in ("id", "project_id", "code", "stage", "department_id", "requires")]
    limits = [APPROVALS.c.promised_limit, APPROVALS.c.legal_limit, APPROVALS.c.legal_unit]
    plans: dict[int, list[ProjectPlan]] = defaultdict(list)
    editions = {row.id: row.catalogue_sha256 for row in by_id(tx, _EDITION, PROJECT.c.id, ids)}
    for row in by_id(tx, columns + limits, APPROVALS.c.project_id, ids, APPROVALS.c.code):
        own = Limits(row.promised_limit, row.legal_limit, row.legal_unit)
        requires, item = tuple(orjson.loads(row.requires)), names.of(editions[row.project_id], row.code)
        department_id = former.department("approval", row.id, row.department_id)
        plans[row.project_id].append(
            ProjectPlan(row.id, row.project_id, row.code, item, row.stage, department_id, requires, own)
        )
    return plans


def _entries(tx: Connection, ids: list[int], until: datetime) -> dict[int, tuple[EntryRow, ...]]:
    rows = cast("Iterable[EntryRow]", by_id(tx, _EVENT, ENTRY.c.project_id, ids, ENTRY.c.seq))
    entries = (row for row in rows if row.at <= until and row.subject in SUBJECTS)
    return {project_id: tuple(group) for project_id, group in groupby(entries, key=lambda row: row.project_id)}


def by_id(
    tx: Connection,
    columns: list[Column[Any]],
    key: Column[Any],
    ids: Iterable[int],
    *order: Column[Any],
    subjects: Collection[str] = (),
) -> Iterable[Row[Any]]:
    """The rows of these ids in their order, some hundred ids at a time; of entries those of these subjects alone."""
    of_subject = [ENTRY.c.subject.in_(subjects)] if subjects else []
    remaining = iter(ids)
    while chunk := list(islice(remaining, AT_ONCE)):
        yield from tx.execute(select(*columns).where(key.in_(chunk), *of_subject).order_by(key, *order))


def _editions(tx: Connection, until: datetime) -> tuple[tuple[datetime, int, str], ...]:
    columns = [CALENDAR.c[name] for name in ("loaded_at", "year", "notice")]
    rows = tx.execute(select(*columns).where(CALENDAR.c.loaded_at <= until).order_by(CALENDAR.c.id))
    return tuple((row.loaded_at, row.year, row.notice) for row in rows)


def calendar_known_at(tx: Connection, moment: datetime) -> Calendar:
    """The calendar as it was known then, without the rest of the record."""
    return _calendar_at(_editions(tx, moment), moment)


def _calendar_at(editions: Iterable[tuple[datetime, int, str]], moment: datetime) -> Calendar:
    notices = {year: notice for loaded_at, year, notice in editions if loaded_at <= moment}
    return _calendar(product_calendar_text(), tuple(notices.items()))


@lru_cache(maxsize=8)
def _calendar(text: str, editions: tuple[tuple[int, str], ...]) -> Calendar:
    return with_editions(load_calendar(text), editions)


def first_record_on(tx: Connection) -> date | None:
    """The day of the first entry of any record; None as long as there is none."""
    at = tx.execute(select(func.min(ENTRY.c.at)).where(BEGINS)).scalar_one()
    return day_of(at) if at else None


def move_counts(
    tx: Connection, months: Sequence[Month], until: datetime, moves_by_name: Mapping[str, Moves]
) -> list[dict[str, int]]:
    """The number of these moves in each of the months, by one statement that reads from the index alone."""
    if not months:
        return []
    counts = [func.count().filter(or_(*map(_is, moves))).label(name) for name, moves in moves_by_name.items()]
    spans = [ENTRY.c.at.between(month.starts_at, min(month.ends_at, until)) for month in months]
    by_month = union_all(*(select(literal(n).label("n"), *counts).where(span) for n, span in enumerate(spans)))
    return [{name: row[name] for name in moves_by_name} for row in tx.execute(by_month.order_by("n")).mappings()]


def _is(move: tuple[str, str]) -> ColumnElement[bool]:
    return and_(ENTRY.c.subject == move[0], ENTRY.c.move == move[1])
