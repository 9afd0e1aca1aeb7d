"""Refuse changes to what is written once: history, calendar editions, issued reports."""

from alembic import op

revision = "0002"
down_revision = "0001"

WRITTEN_ONCE = ("history_entries", "calendar_editions")
FROZEN_REPORT = "OLD.state = 'issued'"


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    refuse = _refuse_in_sqlite if on_sqlite else _refuse_in_postgresql
    if not on_sqlite:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$"
        )
    for table in WRITTEN_ONCE:
        refuse(table, "UPDATE", None)
        refuse(table, "DELETE", None)
    refuse("reports", "UPDATE", FROZEN_REPORT)
    refuse("reports", "DELETE", FROZEN_REPORT)
    if not on_sqlite:
        for table in (*WRITTEN_ONCE, "reports"):
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in (*WRITTEN_ONCE, "reports"):
        for act in ("update", "delete") if on_sqlite else ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{act}" + ("" if on_sqlite else f" ON {table}"))
    if not on_sqlite:
        op.execute("DROP FUNCTION refuse_change()")


def _refuse_in_sqlite(table: str, act: str, when: str | None) -> None:
    condition = f"WHEN {when} " if when else ""
    op.execute(
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
    )


def _refuse_in_postgresql(table: str, act: str, when: str | None) -> None:
    condition = f"WHEN ({when}) " if when else ""
    op.execute(
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()"
    )
