"""Alembic's environment: all migrations in one transaction, on the product's own engine, one program at a time."""

from alembic import context
from sqlalchemy import Connection, text

from approvals.base.columns import METADATA
from approvals.base.database import Database
from approvals.tables import ALL_TABLES

assert ALL_TABLES  # noqa: S101 - imported so that METADATA knows every table
TURN = 0x67756168616F  # of PostgreSQL's advisory lock: "guahao"


def run() -> None:
    database = Database(context.config.attributes["url"])
    try:
        with database.write() as tx:
            if not database.is_sqlite:
                _take_turn(tx)
            context.configure(connection=tx, target_metadata=METADATA)
            with context.begin_transaction():
                context.run_migrations()
    finally:
        database.close()


def _take_turn(tx: Connection) -> None:
    """Wait until no other program migrates this database; a migration may take as long as it needs."""
    tx.execute(text("SET LOCAL statement_timeout = 0"))
    tx.execute(text("SET LOCAL lock_timeout = 0"))
    tx.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})


run()
