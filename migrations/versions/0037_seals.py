"""Seals of account events, contact log and documents: what stands there already is sealed as it stands."""

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from approvals.base.hashing import canonical, link, moment_text, sha256

revision = "0037"
down_revision = "0036"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIRST = "0" * 64
NUMBER: Any = sa.BigInteger()
WORDS: Any = sa.String()
MOMENT: Any = Moment()
# The key of a row, its moment, and what of it is sealed.
STREAMS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "account_events": (
        "id",
        "at",
        {"at": MOMENT} | dict.fromkeys(("actor", "event", "subject", "detail", "address"), WORDS),
    ),
    "contacts": (
        "id",
        "recorded_at",
        dict.fromkeys(("project_id", "recorder_id", "done_by_id", "strikes_id"), NUMBER)
        | dict.fromkeys(("at", "recorded_at", "done_at"), MOMENT)
        | dict.fromkeys(("channel", "with_whom", "text"), WORDS)
        | {"is_shared": sa.Boolean(), "follow_up_on": sa.Date()},
    ),
    "documents": (
        "uid",
        "added_at",
        dict.fromkeys(("uid", "material", "name", "media_type", "sha256", "added_by"), WORDS)
        | {"project_id": NUMBER, "size": NUMBER, "added_at": MOMENT},
    ),
}
WRITTEN_ONCE = ("seals", "account_events")


def upgrade() -> None:
    op.create_table(
        "seals",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("salt", "digest", "hash")),
        sa.UniqueConstraint("stream", "seq"),
    )
    op.create_index("ix_seals_stream_key_seq", "seals", ["stream", "key", "seq"])
    for stream in STREAMS:
        _seal(stream)
    for table in WRITTEN_ONCE:
        for act in ("UPDATE", "DELETE"):
            _refuse(table, act)


def downgrade() -> None:
    for act in ("update", "delete"):
        of_table = "" if op.get_bind().dialect.name == "sqlite" else " ON account_events"
        op.execute(f"DROP TRIGGER account_events_no_{act}{of_table}")
    op.execute("DELETE FROM number_series WHERE series LIKE 'seal/%'")
    op.drop_table("seals")


def _seal(stream: str) -> None:
    """A seal for each row, in the order in which they were written."""
    key, at, kinds = STREAMS[stream]
    table = sa.table(stream, *(sa.column(name, kind) for name, kind in ({"id": NUMBER} | kinds).items()))
    sealed, head = [], FIRST
    for seq, row in enumerate(op.get_bind().execute(sa.select(table).order_by(table.c.id)).mappings(), 1):
        salt = secrets.token_hex(8)
        digest = sha256(f"{salt}\n{canonical({name: _plain(row[name]) for name in kinds})}")
        head = link(head, stream, seq, str(row[key]), moment_text(row[at]), digest)
        seal = {"stream": stream, "seq": seq, "key": str(row[key]), "at": row[at], "salt": salt, "digest": digest}
        sealed.append(seal | {"hash": head})
    if sealed:
        columns = ("stream", "seq", "key", "at", "salt", "digest", "hash")
        op.bulk_insert(
            sa.table("seals", *(sa.column(name, MOMENT if name == "at" else None) for name in columns)), sealed
        )
        series = sa.table("number_series", sa.column("series"), sa.column("last"))
        op.bulk_insert(series, [{"series": f"seal/{stream}", "last": len(sealed)}])


def _plain(value: object) -> object:
    return moment_text(value) if isinstance(value, datetime) else value


def _refuse(table: str, act: str) -> None:
    name = f"{table}_no_{act.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
        op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} {refusal}")
    else:
        op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
