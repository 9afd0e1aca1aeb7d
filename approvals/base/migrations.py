"""Brings a database to the newest edition of its tables."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from approvals.base.database import Database
from approvals.base.folders import folder

MIGRATIONS = folder("migrations")


def config(url: str) -> Config:
    """Alembic's configuration for this database."""
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    found.attributes["url"] = url
    return found


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up; a step that fails leaves the database as it was."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Migrate down."""
    command.downgrade(config(url), revision)


def head() -> str | None:
    """The newest edition that this program knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def current(database: Database) -> str | None:
    """The edition that the database is at."""
    with database.read() as tx:
        return MigrationContext.configure(tx).get_current_revision()
