"""Many cases at once: real ones, made by real moves, copied row by row with chains of their own that hold."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select, update

from approvals.base.tables import NumberSeries
from approvals.base.text_folding import fold
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.hashing import digest_of
from approvals.history.record import CHAIN, ENTRY, FIRST, NOTICE, entry_hash
from approvals.registration.queries import APPROVALS, TERMS
from approvals.supervision.queries import CARDS, ESCALATIONS
from tests.support.builders import project_row
from workflows.config.city import load_city

SERIES = NumberSeries.__table__  # type: ignore[attr-defined]
AT_ONCE = 200  # copies that are written together
SUBJECTS = {"approval": APPROVALS, "escalation": ESCALATIONS, "card": CARDS}  # whose ids the entries name
OTHERS = (ENTRY, NOTICE, TERMS)
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Original:
    """All rows of one project."""

    project: dict[str, Any]
    rows: dict[Table, Rows]


def copy_projects(tx: Connection, refs: Iterable[str], times: int, *, notices: bool = True) -> None:
    """So many copies of each of these registered projects, with numbers and chains of their own, and notices if wanted.

    Copies of one project follow one another.
    """
    tables = [*SUBJECTS.values(), *(table for table in OTHERS if notices or table is not NOTICE)]
    originals = [_original(tx, ref, tables) for ref in refs]
    sequence = [original for _ in range(times) for original in originals]
    for first in range(0, len(sequence), AT_ONCE):
        _write(tx, sequence[first : first + AT_ONCE])


def _original(tx: Connection, ref: str, tables: Iterable[Table]) -> Original:
    project = project_row(tx, ref)
    assert project.number, "only registered projects are copied"
    return Original(dict(project._mapping), {table: _rows(tx, table, project.id) for table in tables})


def _rows(tx: Connection, table: Table, project_id: int) -> Rows:
    statement = select(table).where(table.c.project_id == project_id).order_by(table.c.id)
    return [dict(row._mapping) for row in tx.execute(statement)]


@dataclass(slots=True)
class Last:
    """The last ids and serials that were given."""

    ids: dict[Table, int]
    serials: dict[int, int]

    def next(self, table: Table) -> int:
        self.ids[table] += 1
        return self.ids[table]


def _write(tx: Connection, originals: list[Original]) -> None:
    years = {original.project["year"] for original in originals}
    last = Last(
        {table: _last_id(tx, table) for table in (PROJECTS, *SUBJECTS.values())},
        {year: _serial(tx, year) for year in years},
    )
    rows: dict[Table, Rows] = {table: [] for table in (PROJECTS, *SUBJECTS.values(), CHAIN, *OTHERS)}
    for original in originals:
        _copy(original, last, rows)
    for table, copied in rows.items():
        if copied:
            put(tx, table, copied)
    for year, serial in last.serials.items():
        tx.execute(update(SERIES).where(SERIES.c.series == _series(year)).values(last=serial))
    _move_sequences(tx)


def _copy(original: Original, last: Last, rows: dict[Table, Rows]) -> None:
    year, project_id = original.project["year"], last.next(PROJECTS)
    last.serials[year] += 1
    number = load_city().number(year, last.serials[year])
    rows[PROJECTS].append(_project(original.project, project_id, last.serials[year], number))
    ids = {
        subject: {row["id"]: last.next(table) for row in original.rows[table]} for subject, table in SUBJECTS.items()
    }
    for subject, table in SUBJECTS.items():
        rows[table] += [
            _of_copy(row, project_id, ids) | {"id": ids[subject][row["id"]]} for row in original.rows[table]
        ]
    entries = list(_entries(original, project_id, ids, number))
    end = {"seq": len(entries), "head": entries[-1]["hash"], "last_at": max(one["at"] for one in entries)}
    rows[CHAIN].append(end | {"project_id": project_id})
    rows[ENTRY] += entries
    rows[TERMS] += [_of_copy(row, project_id, ids) for row in original.rows[TERMS]]
    old = original.project["number"]
    for row in original.rows.get(NOTICE, ()):
        rows[NOTICE].append(_of_copy(row, project_id, ids) | {"label": row["label"].replace(old, number)})


def _last_id(tx: Connection, table: Table) -> int:
    return int(tx.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())


def _series(year: int) -> str:
    return f"registration/{load_city().division}/{year}"


def _serial(tx: Connection, year: int) -> int:
    return int(tx.execute(select(SERIES.c.last).where(SERIES.c.series == _series(year))).scalar_one())


def _project(row: dict[str, Any], project_id: int, serial: int, number: str) -> dict[str, Any]:
    own = {"id": project_id, "uid": f"p-{secrets.token_hex(8)}", "serial": serial, "number": number}
    name = f"{row['name']} {serial}"
    return row | own | {"external_ref": None, "reference_key": None, "name": name, "name_key": fold(name)}


def _of_copy(row: dict[str, Any], project_id: int, ids: dict[str, dict[int, int]]) -> dict[str, Any]:
    """A row of the copied project, without an id."""
    copy = {name: value for name, value in row.items() if name != "id"} | {"project_id": project_id}
    if copy.get("approval_id"):
        copy["approval_id"] = ids["approval"][copy["approval_id"]]
    return copy


def _entries(original: Original, project_id: int, ids: dict[str, dict[int, int]], number: str) -> Iterable[Any]:
    head = FIRST
    for row in original.rows[ENTRY]:
        entry = _of_copy(row, project_id, ids) | {"salt": secrets.token_hex(8)}
        of_subject = ids.get(row["subject"])
        entry["subject_id"] = of_subject[row["subject_id"]] if of_subject else project_id
        entry["facts"] = row["facts"].replace(original.project["number"], number)
        entry["digest"] = digest_of(entry["salt"], entry["actor"], entry["facts"])
        entry["hash"] = head = entry_hash(head, entry)
        yield entry


def _move_sequences(tx: Connection) -> None:
    """PostgreSQL goes on numbering after what was written with numbers of ours."""
    if tx.dialect.name == "postgresql":
        for table in (PROJECTS, *SUBJECTS.values()):
            after = select(func.max(table.c.id)).scalar_subquery()
            tx.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), func.coalesce(after, 1))))


def put(tx: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all name the same columns, by the driver's own way for many: executemany, or COPY."""
    names = list(rows[0])
    columns = [_converted(tx, table.c[name], rows) for name in names]
    values = zip(*columns, strict=True)
    listed, cursor = ", ".join(f'"{name}"' for name in names), tx.connection.cursor()
    if tx.dialect.name == "sqlite":
        cursor.executemany(f"INSERT INTO {table.name} ({listed}) VALUES ({', '.join('?' * len(names))})", values)  # noqa: S608
        return
    with cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:
        for value in values:
            copy.write_row(value)


def _converted(tx: Connection, column: Column[Any], rows: Sequence[dict[str, Any]]) -> Iterable[Any]:
    """As the driver takes them; each value is converted once, for copies of one row have most in common."""
    kind = column.type.dialect_impl(tx.dialect)
    convert: Callable[[Any], Any] | None = kind.bind_processor(tx.dialect)
    values = (row[column.name] for row in rows)
    return map(cache(convert), values) if convert else values
