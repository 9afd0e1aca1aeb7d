"""Many cases at once: real ones, made by real moves, copied row by row with chains of their own that hold."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Table, func, select, update

from approvals.base.hashing import canonical, digest_of
from approvals.base.tables import NumberSeries
from approvals.base.text_folding import fold
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.receipts import CODE_LENGTH, FILES, RECEIPT_SERIES, RECEIPTS
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
    serials: dict[str, int]  # by series

    def next(self, table: Table) -> int:
        self.ids[table] += 1
        return self.ids[table]

    def next_of(self, series: str) -> int:
        self.serials[series] += 1
        return self.serials[series]


def _write(tx: Connection, originals: list[Original]) -> None:
    ids = {table: _last_id(tx, table) for table in (PROJECTS, *SUBJECTS.values())}
    last = Last(ids, {one.series: one.last for one in tx.execute(select(SERIES))})
    known = set(last.serials.items())
    rows: dict[Table, Rows] = {table: [] for table in (PROJECTS, *SUBJECTS.values(), CHAIN, RECEIPTS, *OTHERS)}
    for original in originals:
        _copy(original, last, rows)
    for table, copied in rows.items():
        if copied:
            put(tx, table, copied)
    for series, serial in set(last.serials.items()) - known:
        tx.execute(update(SERIES).where(SERIES.c.series == series).values(last=serial))
    _move_sequences(tx)


def _copy(original: Original, last: Last, rows: dict[Table, Rows]) -> None:
    project = _project(original.project, last)
    project_id, number = project["id"], project["number"]
    rows[PROJECTS].append(project)
    ids = {
        subject: {row["id"]: last.next(table) for row in original.rows[table]} for subject, table in SUBJECTS.items()
    }
    for subject, table in SUBJECTS.items():
        rows[table] += [
            _of_copy(row, project_id, ids) | {"id": ids[subject][row["id"]]} for row in original.rows[table]
        ]
    entries = list(_entries(original, project, ids, last))
    end = {"seq": len(entries), "head": entries[-1]["hash"], "last_at": max(one["at"] for one in entries)}
    rows[CHAIN].append(end | {"project_id": project_id})
    rows[ENTRY] += entries
    rows[RECEIPTS] += _receipts(entries)
    rows[TERMS] += [_of_copy(row, project_id, ids) for row in original.rows[TERMS]]
    old = original.project["number"]
    for row in original.rows.get(NOTICE, ()):
        rows[NOTICE].append(_of_copy(row, project_id, ids) | {"label": row["label"].replace(old, number)})


def _last_id(tx: Connection, table: Table) -> int:
    return int(tx.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())


def _project(row: dict[str, Any], last: Last) -> dict[str, Any]:
    """The copied project with ids, numbers, name and reference of its own."""
    year, uid = row["year"], f"p-{secrets.token_hex(8)}"
    serial = last.next_of(f"registration/{load_city().division}/{year}")
    own = {"id": last.next(PROJECTS), "uid": uid, "serial": serial, "number": load_city().number(year, serial)}
    name, reference = f"{row['name']} {serial}", f"copy-{uid}"
    return (
        row | own | {"external_ref": reference, "reference_key": fold(reference), "name": name, "name_key": fold(name)}
    )


def _of_copy(row: dict[str, Any], project_id: int, ids: dict[str, dict[int, int]]) -> dict[str, Any]:
    """A row of the copied project, without an id."""
    copy = {name: value for name, value in row.items() if name != "id"} | {"project_id": project_id}
    if copy.get("approval_id"):
        copy["approval_id"] = ids["approval"][copy["approval_id"]]
    return copy


def _entries(original: Original, project: dict[str, Any], ids: dict[str, dict[int, int]], last: Last) -> Iterable[Any]:
    head = FIRST
    for row in original.rows[ENTRY]:
        entry = _of_copy(row, project["id"], ids) | {"salt": secrets.token_hex(8)}
        of_subject = ids.get(row["subject"])
        entry["subject_id"] = of_subject[row["subject_id"]] if of_subject else project["id"]
        entry["facts"] = _facts(row, original.project, project, last)
        has_notices = NOTICE in original.rows and row["told"] is not None
        entry["told"] = row["told"].replace(original.project["number"], project["number"]) if has_notices else None
        entry["digest"] = digest_of(entry["salt"], entry["actor"], entry["facts"])
        entry["hash"] = head = entry_hash(head, entry)
        yield entry


def _facts(row: dict[str, Any], original: dict[str, Any], project: dict[str, Any], last: Last) -> str:
    """What was recorded, with what the copy has of its own."""
    facts = str(row["facts"]).replace(original["number"], project["number"])
    if row["subject"] != "project" or row["move"] not in ("draft", *FILES):
        return facts
    recorded = orjson.loads(facts)
    if row["move"] == "draft":
        return canonical(recorded | {name: project[name] for name in ("name", "external_ref")})
    series = f"{RECEIPT_SERIES}/{recorded['receipt_year']}"
    return canonical(recorded | {"receipt_no": last.next_of(series)})


def _receipts(entries: Rows) -> Iterable[dict[str, Any]]:
    for entry in entries:
        if entry["subject"] == "project" and entry["move"] in FILES:
            facts, place = orjson.loads(entry["facts"]), {name: entry[name] for name in ("project_id", "seq", "at")}
            number = {"year": facts["receipt_year"], "serial": facts["receipt_no"]}
            yield place | number | {"code": entry["hash"][:CODE_LENGTH]}


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
