"""Alembic's environment: one transaction for each migration, on the product's own engine."""

from alembic import context

from approvals.base.columns import METADATA
from approvals.base.database import Database
from approvals.tables import ALL_TABLES

assert ALL_TABLES  # noqa: S101 - imported so that METADATA knows every table


def run() -> None:
    url = context.config.attributes["url"]
    database = Database(url)
    with database.write() as tx:
        context.configure(connection=tx, target_metadata=METADATA)
        with context.begin_transaction():
            context.run_migrations()
    database.close()


run()
