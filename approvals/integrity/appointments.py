"""Appointments: those that are open are the roles of everybody who is active, and none overlaps with another."""

from collections.abc import Iterator
from itertools import groupby, pairwise

from sqlalchemy import Connection, select

from approvals.accounts.appointments import APPOINTMENT
from approvals.accounts.queries import GRANT, PERSON
from approvals.history.queries import Violation


def appointments_are_the_roles_held(tx: Connection) -> Iterator[Violation]:
    """Who is active has an open appointment for each role, in their unit; nobody else has any."""
    held = select(PERSON.c.username, PERSON.c.unit_id, GRANT.c.role).join(GRANT, GRANT.c.person_id == PERSON.c.id)
    appointed = select(PERSON.c.username, APPOINTMENT.c.unit_id, APPOINTMENT.c.role, APPOINTMENT.c.from_at)
    appointed = appointed.add_columns(APPOINTMENT.c.until_at).join(PERSON, PERSON.c.id == APPOINTMENT.c.person_id)
    order = (PERSON.c.username, APPOINTMENT.c.role, APPOINTMENT.c.from_at, APPOINTMENT.c.id)
    rows = tx.execute(appointed.order_by(*order)).all()
    roles = {tuple(row) for row in tx.execute(held.where(PERSON.c.is_active).order_by(PERSON.c.id))}
    open_rows = {(row.username, row.unit_id, row.role) for row in rows if row.until_at is None}
    for username, unit_id, role in sorted(roles ^ open_rows):
        side = "is not recorded since when" if (username, unit_id, role) in roles else "is recorded alone"
        yield Violation("appointments", f"person {username}", f"the role {role} in unit {unit_id} {side}")
    for (username, role), spans in groupby(rows, key=lambda row: (row.username, row.role)):
        for first, second in pairwise(spans):
            if first.until_at is None or second.from_at < first.until_at:
                yield Violation("appointments", f"person {username}", f"held the role {role} twice at a time")
