"""Jobs: work that is done once for each period or key, and on PostgreSQL the tables of the queue that calls for it."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0009"
down_revision = "0008"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# The tables of huey 3.5 (huey.storage.PostgresStorage), in a schema of their own: whoever serves needs not create any.
QUEUE = (
    "CREATE SCHEMA queue",
    "CREATE TABLE queue.huey_kv (queue text NOT NULL, key text NOT NULL, value bytea NOT NULL, PRIMARY KEY (queue, key))",
    "CREATE TABLE queue.huey_schedule (id bigserial PRIMARY KEY, queue text NOT NULL, data bytea NOT NULL, timestamp double precision NOT NULL)",
    "CREATE INDEX huey_schedule_queue_timestamp ON queue.huey_schedule (queue, timestamp)",
    "CREATE TABLE queue.huey_task (id bigserial PRIMARY KEY, queue text NOT NULL, data bytea NOT NULL, priority double precision NOT NULL DEFAULT 0.0)",
    "CREATE INDEX huey_task_queue_priority_id ON queue.huey_task (queue, priority DESC, id)",
    "CREATE TABLE queue.huey_counter (queue text NOT NULL, key text NOT NULL, value bigint NOT NULL DEFAULT 0, PRIMARY KEY (queue, key))",
)
LIFTING = sa.text("state IN ('raised', 'answered')")
# The sweep looks at alarms alone now: what an approval that is over has left open is alarmed once.
ENDED = """
UPDATE approvals SET alarm_on = received_on
WHERE alarm_on IS NULL AND state IN ('granted', 'refused', 'not_accepted', 'withdrawn') AND id IN
    (SELECT approval_id FROM escalations WHERE state IN ('raised', 'answered', 'lifted'))
"""


def upgrade() -> None:
    op.create_table(
        "job_runs",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("begun_at", Moment()),
        sa.Column("ended_at", Moment()),
        sa.Column("lease_until", Moment()),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("most_tries", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_has_lease"),
        sa.CheckConstraint("(state IN ('done', 'failed')) = (ended_at IS NOT NULL)", name="over_has_end"),
        sa.CheckConstraint("state <> 'failed' OR error <> ''", name="failed_has_reason"),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        sa.UniqueConstraint("kind", "period"),
    )
    op.create_index("ix_job_runs_state_due_at_id", "job_runs", ["state", "due_at", "id"])
    op.create_index("ix_job_runs_kind_due_at", "job_runs", ["kind", "due_at"])
    _index_what_may_lift(LIFTING)
    op.execute(ENDED)
    if op.get_bind().dialect.name == "postgresql":
        for statement in QUEUE:
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SCHEMA queue CASCADE")
    _index_what_may_lift(None)
    op.drop_table("job_runs")


def _index_what_may_lift(where: sa.TextClause | None) -> None:
    """The sweep's index over escalations, of all of them or of those alone that may still lift."""
    op.drop_index("ix_escalations_lift_on", table_name="escalations")
    op.create_index("ix_escalations_lift_on", "escalations", ["lift_on"], sqlite_where=where, postgresql_where=where)
