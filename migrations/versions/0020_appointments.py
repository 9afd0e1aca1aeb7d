"""Who held which role in which unit, from when until when: from the account events, and from the record."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from approvals.base.moments import FIRST_DAY, start_of
from workflows.charts.roles import ROLE_NAMES

revision = "0020"
down_revision = "0019"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STILL = sa.text("until_at IS NULL")
ROLES = ", ".join(f"'{role}'" for role in ROLE_NAMES)
BEGINNING = start_of(FIRST_DAY)  # where nobody wrote down since when
TELLING = ("roles_changed", "person_activated", "person_deactivated")
PEOPLE = sa.table("people", sa.column("id"), sa.column("username"), sa.column("unit_id"), sa.column("is_active"))
GRANTS = sa.table("role_grants", sa.column("person_id"), sa.column("role"))
EVENTS = sa.table(
    "account_events",
    *(sa.column("id"), sa.column("at", Moment()), sa.column("event"), sa.column("subject"), sa.column("detail")),
)
ENTRIES = sa.table("history_entries", sa.column("actor"), sa.column("role"), sa.column("at", Moment()))
APPOINTMENTS = sa.table(
    "appointments",
    *(sa.column("person_id"), sa.column("unit_id"), sa.column("role")),
    *(sa.column("from_at", Moment()), sa.column("until_at", Moment())),
)
Span = tuple[str, datetime, datetime | None]  # role, from, until


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("from_at", Moment(), nullable=False),
        sa.Column("until_at", Moment()),
        sa.CheckConstraint(f"role IN ({ROLES})", name="role"),
        sa.CheckConstraint("until_at IS NULL OR until_at >= from_at", name="ends_after_it_begins"),
    )
    columns = ["person_id", "role"]
    op.create_index(
        "uq_appointments_open", "appointments", columns, unique=True, sqlite_where=STILL, postgresql_where=STILL
    )
    op.create_index("ix_appointments_person_id_from_at", "appointments", ["person_id", "from_at"])
    _fill(op.get_bind())


def downgrade() -> None:
    op.drop_table("appointments")


def _fill(tx: sa.Connection) -> None:
    held: dict[int, set[str]] = {}
    for row in tx.execute(sa.select(GRANTS).order_by(GRANTS.c.person_id, GRANTS.c.role)):
        held.setdefault(row.person_id, set()).add(row.role)
    events: dict[str, list[Any]] = {}
    for row in tx.execute(sa.select(EVENTS).where(EVENTS.c.event.in_(TELLING)).order_by(EVENTS.c.id)):
        events.setdefault(row.subject, []).append(row)
    acted = {(row.actor, row.role): (row.first, row.last) for row in tx.execute(_acted())}
    rows = [
        {"person_id": person.id, "unit_id": person.unit_id, "role": role, "from_at": since, "until_at": until}
        for person in tx.execute(sa.select(PEOPLE).order_by(PEOPLE.c.id)).all()
        for role, since, until in _spans(person, held.get(person.id, set()), events.get(person.username, []), acted)
    ]
    if rows:
        tx.execute(sa.insert(APPOINTMENTS), rows)


def _acted() -> sa.Select[Any]:
    """When everybody acted first and last in each role."""
    columns = (ENTRIES.c.actor, ENTRIES.c.role, sa.func.min(ENTRIES.c.at, type_=Moment()).label("first"))
    last = sa.func.max(ENTRIES.c.at, type_=Moment()).label("last")
    return sa.select(*columns, last).group_by(ENTRIES.c.actor, ENTRIES.c.role).order_by(ENTRIES.c.actor)


def _spans(
    person: Any, held: set[str], events: list[Any], acted: Mapping[tuple[str, str], tuple[datetime, datetime]]
) -> Iterator[Span]:
    """The roles of a person as the events tell them; what was done earlier than that stretches the first span."""
    for role in sorted(held | {sign[1:] for row in events for sign in row.detail.split() if sign[:1] in "+-"}):
        first, last = acted.get((person.username, role), (None, None))
        spans = _of_role(role, role in held, person.is_active, events, last)
        if spans and first is not None:
            spans[0] = (role, min(spans[0][1], first), spans[0][2])
        yield from spans


def _of_role(role: str, is_held: bool, is_active: bool, events: list[Any], last: datetime | None) -> list[Span]:
    changes = [
        row for row in events if row.event != "roles_changed" or {f"+{role}", f"-{role}"} & {*row.detail.split()}
    ]
    named = [row.detail.split() for row in changes if row.event == "roles_changed"]
    has_role = is_held if not named else f"-{role}" in named[0]
    since: datetime | None = BEGINNING if has_role else None
    spans: list[Span] = []
    is_in = True
    for row in changes:
        has_role = f"+{role}" in row.detail.split() if row.event == "roles_changed" else has_role
        is_in = row.event == "person_activated" if row.event != "roles_changed" else is_in
        if since is not None and not (has_role and is_in):
            spans.append((role, since, row.at))
        since = (since or row.at) if has_role and is_in else None
    if since is not None:  # of somebody who was switched off past the product: until they were seen last
        gone_at = since if last is None else max(since, last + timedelta(seconds=1))
        spans.append((role, since, None if is_active and is_held else gone_at))
    elif is_active and is_held:  # switched on past the product
        spans.append((role, changes[-1].at, None))
    return spans
