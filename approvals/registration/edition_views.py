"""The editions of the catalogue as their pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from approvals.accounts.queries import PERSON, UnitName, unit_names
from approvals.base.errors import NotFound
from approvals.catalogue.queries import (
    EDITION,
    TEXT,
    catalogue_in_force,
    edition_on,
    editions,
    standing,
    stored_catalogue,
)
from approvals.filing.queries import TABLE
from approvals.registration.editions import last_id
from workflows.config.catalogue import Catalogue, CatalogueError, Item, Stage, load_catalogue

_LOADED = (
    select(
        *(EDITION.c[name] for name in ("id", "sha256", "from_on", "loaded_at", "loaded_by", "taken_back_id")),
        TEXT.c.name,
        PERSON.c.name.label("person"),
    )
    .join(TEXT, TEXT.c.sha256 == EDITION.c.sha256)
    .outerjoin(PERSON, PERSON.c.username == EDITION.c.loaded_by)
)


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One loading; `taken_back` is the name of the edition that it takes back, `projects` how many were registered."""

    id: int
    name: str
    sha256: str
    from_on: date | None
    loaded_at: datetime
    loaded_by: str
    taken_back: str
    projects: int
    is_in_force: bool
    is_planned: bool


@dataclass(frozen=True, slots=True)
class CatalogueStage:
    stage: Stage
    lead: UnitName
    items: tuple[tuple[Item, UnitName], ...]


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """A catalogue by stage; `row` is None for the file, as long as it alone is in force."""

    row: EditionRow | None
    catalogue: Catalogue
    stages: tuple[CatalogueStage, ...]


@dataclass(frozen=True, slots=True)
class EditionsView:
    """All editions, the latest first. `file_name` is what the file of the settings calls itself when it is another
    catalogue, `file_fault` why it cannot be read; `to_take_back` is the name of the edition that may be taken back."""

    in_force: CatalogueView
    rows: tuple[EditionRow, ...]
    last: int
    to_take_back: str
    file_name: str
    file_fault: str


def editions_view(tx: Connection, today: date) -> EditionsView:
    rows, short = _rows(tx, today), editions(tx)
    stand = standing(short)
    name, fault = file_differs(short, today)
    return EditionsView(
        in_force=_view(tx, next((row for row in rows if row.is_in_force), None), catalogue_in_force(tx, today)),
        rows=tuple(reversed(rows)),
        last=last_id(short),
        to_take_back=next(row.name for row in rows if row.id == stand[-1].id) if len(stand) > 1 else "",
        file_name=name,
        file_fault=fault,
    )


def edition_view(tx: Connection, edition_id: int, today: date) -> CatalogueView:
    """One edition; NotFound when there is none."""
    for row in _rows(tx, today):
        if row.id == edition_id:
            return _view(tx, row, stored_catalogue(tx, row.sha256))
    raise NotFound


def file_differs(rows: Sequence[Any], today: date) -> tuple[str, str]:
    """What the file of the settings calls itself when a stored edition is in force in its place, and its fault."""
    try:
        file = load_catalogue()
    except CatalogueError as error:
        return "", str(error)
    in_force = edition_on(rows, today)
    is_other = in_force is not None and file.sha256 not in {in_force.sha256, rows[-1].sha256}
    return file.edition if is_other else "", ""


def _rows(tx: Connection, today: date) -> list[EditionRow]:
    rows = tx.execute(_LOADED.order_by(EDITION.c.id)).all()
    registered = select(TABLE.c.catalogue_sha256, func.count()).group_by(TABLE.c.catalogue_sha256)
    counts = {sha256: number for sha256, number in tx.execute(registered)}
    in_force, names = edition_on(rows, today), {row.id: row.name for row in rows}
    return [
        EditionRow(
            **{name: getattr(row, name) for name in ("id", "name", "sha256", "from_on", "loaded_at")},
            loaded_by=row.person or row.loaded_by,
            taken_back=names.get(row.taken_back_id, ""),
            projects=0 if row.taken_back_id else counts.get(row.sha256, 0),
            is_in_force=in_force is not None and row.id == in_force.id,
            is_planned=row.from_on is not None and row.from_on > today,
        )
        for row in rows
    ]


def _view(tx: Connection, row: EditionRow | None, catalogue: Catalogue) -> CatalogueView:
    units = unit_names(tx, [*catalogue.departments, *(stage.lead for stage in catalogue.stages.values())])
    stages = tuple(
        CatalogueStage(
            stage,
            units[stage.lead],
            tuple((item, units[item.department]) for item in catalogue.items.values() if item.stage == no),
        )
        for no, stage in catalogue.stages.items()
    )
    return CatalogueView(row, catalogue, stages)
