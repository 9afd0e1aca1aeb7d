"""Rebuilds the stored days of approvals: the only writer of those columns beside the moves themselves."""

from typing import Any

from sqlalchemy import Connection, Table, update

from approvals.deadlines.queries import calendar_in_force, limits_of, steps_of, stored_days


def rebuild(tx: Connection, table: Table, approval: Any) -> dict[str, Any]:
    """Bring an approval's stored days to what its history and the calendar say; the columns that changed."""
    days = stored_days(steps_of(tx, approval.project_id, approval.id), limits_of(approval), calendar_in_force(tx))
    changed = {name: value for name, value in days.items() if getattr(approval, name) != value}
    if changed:
        tx.execute(update(table).where(table.c.id == approval.id).values(**changed))
    return changed
