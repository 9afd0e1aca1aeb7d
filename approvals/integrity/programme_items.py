"""Items of the programme, their plans and entries, and what counts of them: every row follows from the history."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from approvals.history.queries import Violation
from approvals.integrity.programme_replay import ItemReplay, KnownNames, names_of, plan_rows, replay_items
from approvals.integrity.programme_rows import stored_counts, stored_plans
from approvals.programme.queries import ENTRIES, ITEMS, TASKS, item_ref

Rows = Mapping[str, Counter[tuple[Any, ...]]]


def programme_follows_from_history(tx: Connection) -> Iterator[Violation]:
    """Columns of items and entries, the plan by its last assignment, what was replanned, and all that counts."""
    names = names_of(tx)
    plans, counts = stored_plans(tx, dict(names.successors)), stored_counts(tx)
    items = {row.id: row for row in tx.execute(select(ITEMS).order_by(ITEMS.c.id))}
    entries = {row.id: row for row in tx.execute(_ENTRIES)}
    for item_id, replay in replay_items(tx, names):
        row = items.pop(item_id, None)
        if row is None:
            yield Violation("programme", f"item {item_id}", "stands in the record alone")
            continue
        where = item_ref(row)
        yield from _column_faults(where, replay.columns, _item_columns(row, names))
        yield from _row_faults(where, plan_rows(replay), plans.pop(item_id, {}))
        yield from _entry_faults(where, replay, entries)
        yield from _row_faults(where, replay.counted, counts.pop(item_id, {}))
    for row in items.values():
        yield Violation("programme", item_ref(row), "is not in the record")
    for row in entries.values():
        if row.state != "due":  # begun, and not reported yet
            yield Violation("programme", f"entry {row.id}", "is not in the record")


_ENTRIES = select(ENTRIES, TASKS.c.code).join(TASKS, TASKS.c.id == ENTRIES.c.task_id).order_by(ENTRIES.c.id)


def _item_columns(row: Any, names: KnownNames) -> dict[str, Any]:
    return row._asdict() | {"lead_unit_id": names.successors.get(row.lead_unit_id)}


def _entry_faults(where: str, replay: ItemReplay, entries: dict[int, Any]) -> Iterator[Violation]:
    for entry_id, entry in replay.entries.items():
        row = entries.pop(entry_id, None)
        if row is None:
            yield Violation("programme", f"{where}, entry {entry_id}", "stands in the record alone")
        else:
            yield from _column_faults(f"{where}/{row.code}/{row.month}", entry, row._asdict())


def _column_faults(where: str, recorded: Mapping[str, Any], stored: Mapping[str, Any]) -> Iterator[Violation]:
    for name, value in recorded.items():
        if stored[name] != value:
            yield Violation("programme", where, f"{name} is {stored[name]}, its history says {value}")


def _row_faults(where: str, recorded: Rows, stored: Rows) -> Iterator[Violation]:
    nothing: Counter[tuple[Any, ...]] = Counter()
    for table in sorted({*recorded, *stored}):
        expected, rows = recorded.get(table, nothing), stored.get(table, nothing)
        for row in sorted(rows - expected, key=repr):
            yield Violation("programme", where, f"{table} holds {_text(row)}, which the history does not say")
        for row in sorted(expected - rows, key=repr):
            yield Violation("programme", where, f"{table} lacks {_text(row)}")


def _text(row: tuple[Any, ...]) -> str:
    return ", ".join(map(str, row))
