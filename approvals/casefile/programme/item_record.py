"""The record of an item as its reader may see it: a unit reads its own tasks' monthly entries and problems alone."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from approvals.history.queries import EntryView, entries_of_project
from approvals.programme.queries import ENTRIES, TASKS, chain_of_item
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.problem import PROBLEM


def seen_record(
    tx: Connection, item_id: int, codes: Collection[str], problem_ids: Collection[int]
) -> tuple[EntryView, ...]:
    """All moves of the item itself; of entries those of the tasks with these codes, of problems these."""
    own_tasks = TASKS.c.item_id == item_id, TASKS.c.code.in_(codes)
    query = select(ENTRIES.c.id).join(TASKS, TASKS.c.id == ENTRIES.c.task_id).where(*own_tasks).order_by(ENTRIES.c.id)
    own: dict[str, Collection[int]] = {ENTRY.name: set(tx.execute(query).scalars()), PROBLEM.name: problem_ids}
    entries = entries_of_project(tx, chain_of_item(item_id))
    return tuple(entry for entry in entries if entry.subject not in own or entry.subject_id in own[entry.subject])
