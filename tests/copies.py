"""Many cases at once: real ones, made by real moves, copied row by row with chains of their own that hold."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, update

from approvals.base.tables import NumberSeries
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.actions import CHAIN, ENTRY, FIRST, NOTICE, entry_hash
from approvals.history.canonical import digest_of
from approvals.registration.queries import APPROVALS, TERMS
from tests.builders import project_row
from workflows.city import load_city

SERIES = NumberSeries.__table__  # type: ignore[attr-defined]
AT_ONCE = 200  # copies that are written together


@dataclass(frozen=True, slots=True)
class Original:
    """All rows of one project."""

    project: dict[str, Any]
    approvals: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    terms: list[dict[str, Any]]


def copy_projects(tx: Connection, refs: Iterable[str], times: int) -> None:
    """So many copies of each of these registered projects, with numbers, chains and notices of their own."""
    originals = [_original(tx, ref) for ref in refs]
    wanted = [original for _ in range(times) for original in originals]
    for first in range(0, len(wanted), AT_ONCE):
        _write(tx, wanted[first : first + AT_ONCE])


def _original(tx: Connection, ref: str) -> Original:
    project = project_row(tx, ref)
    assert project.number, "only registered projects are copied"
    own = [_rows(tx, table, project.id) for table in (APPROVALS, ENTRY, NOTICE, TERMS)]
    return Original(dict(project._mapping), *own)


def _rows(tx: Connection, table: Table, project_id: int) -> list[dict[str, Any]]:
    found = select(table).where(table.c.project_id == project_id).order_by(table.c.id)
    return [dict(row._mapping) for row in tx.execute(found)]


def _write(tx: Connection, originals: list[Original]) -> None:
    year = originals[0].project["year"]
    project_id, approval_id, serial = (_last(tx, column) for column in (PROJECTS.c.id, APPROVALS.c.id, SERIES.c.last))
    rows: dict[Table, list[dict[str, Any]]] = {
        table: [] for table in (PROJECTS, APPROVALS, ENTRY, CHAIN, NOTICE, TERMS)
    }
    for original in originals:
        project_id, serial = project_id + 1, serial + 1
        ids = {row["id"]: approval_id + n for n, row in enumerate(original.approvals, 1)}
        approval_id += len(ids)
        number = load_city().number(year, serial)
        rows[PROJECTS].append(_project(original.project, project_id, serial, number))
        rows[APPROVALS] += [row | {"id": ids[row["id"]], "project_id": project_id} for row in original.approvals]
        entries = _entries(original, project_id, ids, number)
        rows[ENTRY] += entries
        end = {"seq": len(entries), "head": entries[-1]["hash"], "last_at": max(one["at"] for one in entries)}
        rows[CHAIN].append(end | {"project_id": project_id})
        rows[NOTICE] += [_notice(row, original, project_id, ids, number) for row in original.notices]
        rows[TERMS] += [_without_id(row) | {"project_id": project_id} for row in original.terms]
    for table, made in rows.items():
        if made:
            tx.execute(insert(table), made)
    tx.execute(update(SERIES).values(last=serial))
    _move_sequences(tx)


def _last(tx: Connection, column: Any) -> int:
    return int(tx.execute(select(func.coalesce(func.max(column), 0))).scalar_one())


def _project(row: dict[str, Any], project_id: int, serial: int, number: str) -> dict[str, Any]:
    own = {"id": project_id, "uid": f"p-{secrets.token_hex(8)}", "serial": serial, "number": number}
    return row | own | {"external_ref": None, "name": f"{row['name']} {serial}"}


def _entries(original: Original, project_id: int, ids: dict[int, int], number: str) -> list[dict[str, Any]]:
    head, made = FIRST, []
    for row in original.entries:
        entry = _without_id(row) | {"project_id": project_id, "salt": secrets.token_hex(8)}
        entry["approval_id"] = ids.get(row["approval_id"])
        entry["subject_id"] = entry["approval_id"] if row["subject"] == "approval" else project_id
        entry["facts"] = row["facts"].replace(original.project["number"], number)
        entry["digest"] = digest_of(entry["salt"], entry["actor"], entry["facts"])
        entry["hash"] = head = entry_hash(head, entry)
        made.append(entry)
    return made


def _notice(row: dict[str, Any], original: Original, project_id: int, ids: dict[int, int], number: str) -> dict:  # type: ignore[type-arg]
    own = {"project_id": project_id, "approval_id": ids.get(row["approval_id"])}
    return _without_id(row) | own | {"label": row["label"].replace(original.project["number"], number)}


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


def _move_sequences(tx: Connection) -> None:
    """PostgreSQL goes on numbering after what was written with numbers of ours."""
    if tx.dialect.name == "postgresql":
        for table in (PROJECTS, APPROVALS):
            after = select(func.max(table.c.id)).scalar_subquery()
            tx.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), after)))
