"""Outgoing notices against the entries of which they tell."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.history.queries import Violation
from approvals.history.record import ENTRY, NOTICE, notices_of

_COLUMNS = ("audience", "unit_id", "approval_id", "move", "label", "at")


def notices_are_those_of_the_record(tx: Connection) -> Iterator[Violation]:
    """Each entry has the notices that it says it sent, and there is no other; an early entry says only of what."""
    stored: dict[tuple[int, int], list[tuple[Any, ...]]] = defaultdict(list)
    for notice in map(_mapping, tx.execute(select(NOTICE).order_by(NOTICE.c.id))):
        stored[notice["project_id"], notice["seq"]].append(_comparable(notice))
    for entry in map(_mapping, tx.execute(select(ENTRY).order_by(ENTRY.c.project_id, ENTRY.c.seq))):
        rows = stored.pop((entry["project_id"], entry["seq"]), [])
        if not _fit(rows, entry):
            where = f"project {entry['project_id']}, entry {entry['seq']}"
            yield Violation("notices", where, f"has {len(rows)} notices that are not those of its record")
    for (project_id, seq), rows in stored.items():
        yield Violation("notices", f"project {project_id}, entry {seq}", f"has {len(rows)} notices and is not there")


def _mapping(row: Row[Any]) -> dict[str, Any]:
    return row._asdict()


def _comparable(notice: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(notice[name] for name in _COLUMNS)


def _fit(rows: list[tuple[Any, ...]], entry: Mapping[str, Any]) -> bool:
    if entry["told"] is not None:
        return sorted(rows, key=repr) == sorted(map(_comparable, notices_of(entry)), key=repr)
    move = f"{entry['subject']}.{entry['move']}"
    return all(row[2:4] == (entry["approval_id"], move) and row[5] == entry["at"] for row in rows)
