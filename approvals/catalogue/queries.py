"""The one lookup of the catalogue: a project is read by the edition under which it was registered, all else by today's.

A parsed catalogue is remembered by the checksum of its text, so that it is the right one for any database.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select

from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.catalogue.tables import CatalogueEdition, CatalogueText
from workflows.config.catalogue import Catalogue, Item, Stage, load_catalogue, read_catalogue
from workflows.config.conditions import Question

TEXT: Table = table_of(CatalogueText)
EDITION: Table = table_of(CatalogueEdition)
_EDITIONS = Prepared(select(EDITION.c.id, EDITION.c.sha256, EDITION.c.from_on, EDITION.c.taken_back_id).order_by("id"))
_TEXT = Prepared(select(TEXT.c.text).where(TEXT.c.sha256 == bindparam("sha256")))
_NAMES = Prepared(
    select(TEXT.c.sha256, TEXT.c.name).join(EDITION, EDITION.c.sha256 == TEXT.c.sha256).order_by(EDITION.c.id)
)
_parsed: dict[str, Catalogue] = {}


def stored_catalogue(tx: Connection, sha256: str) -> Catalogue:
    """The catalogue with this checksum."""
    if sha256 not in _parsed:
        _parsed[sha256] = read_catalogue(_TEXT.rows(tx, {"sha256": sha256})[0].text)
    return _parsed[sha256]


def catalogue_in_force(tx: Connection, on: date) -> Catalogue:
    """The catalogue in force on this day, by which everything is read that is not registered yet."""
    edition = edition_on(editions(tx), on)
    return stored_catalogue(tx, edition.sha256) if edition else load_catalogue()


def catalogue_of(tx: Connection, project: Any, on: date) -> Catalogue:
    """The catalogue of the row of a project, or of an approval with its project's columns; without an edition of its
    own it is the one in force on `on`."""
    sha256: str | None = project.catalogue_sha256
    return stored_catalogue(tx, sha256) if sha256 else catalogue_in_force(tx, on)


def catalogues_for(tx: Connection, project: Any) -> Sequence[Catalogue]:
    """The project's own catalogue; before its registration each that it may be registered under."""
    if project.catalogue_sha256:
        return [stored_catalogue(tx, project.catalogue_sha256)]
    return list(known_catalogues(tx).values())


def item_of(tx: Connection, approval: Any) -> Item:
    """The item of the row of an approval with its project's columns."""
    return catalogue_of(tx, approval, date.max).item(approval.code)


def editions(tx: Connection) -> Sequence[Any]:
    """Every loading and taking back, in its order, without the texts; none while the file alone is in force."""
    return _EDITIONS.rows(tx, {})


def edition_on(rows: Sequence[Any], on: date) -> Any | None:
    """The one of these editions that is in force on this day: the last that had begun, or the first of all."""
    begun = [row for row in rows if row.from_on is None or row.from_on <= on]
    return begun[-1] if begun else next(iter(rows), None)


def standing(rows: Iterable[Any]) -> list[Any]:
    """The editions that were loaded and not taken back, in their order."""
    rows = list(rows)
    taken_back = {row.taken_back_id for row in rows}
    return [row for row in rows if row.taken_back_id is None and row.id not in taken_back]


def known_questions(tx: Connection) -> dict[str, Question]:
    """Every screening question that was ever asked, as the last edition that has it asks it."""
    catalogues = known_catalogues(tx).values()
    return {name: question for catalogue in catalogues for name, question in catalogue.questions.items()}


def known_stages(tx: Connection, on: date) -> Mapping[int, Stage]:
    """The stages of every edition that an approval may be of, by number, as the one in force on this day names them."""
    rows = editions(tx)
    in_force = edition_on(rows, on)
    catalogues = [stored_catalogue(tx, row.sha256) for row in (*rows, in_force) if row] or [load_catalogue()]
    stages = {no: stage for catalogue in catalogues for no, stage in catalogue.stages.items()}
    return dict(sorted(stages.items()))


def edition_names(tx: Connection) -> dict[str, str]:
    """What each stored text calls itself, by its checksum, in the order of their first loading."""
    return {row.sha256: row.name for row in _NAMES.rows(tx, {})}


def known_catalogues(tx: Connection) -> dict[str, Catalogue]:
    """Every stored catalogue by its checksum; while none is stored, that of the file."""
    return {sha256: stored_catalogue(tx, sha256) for sha256 in edition_names(tx)} or _file()


def _file() -> dict[str, Catalogue]:
    catalogue = load_catalogue()
    return {catalogue.sha256: catalogue}
