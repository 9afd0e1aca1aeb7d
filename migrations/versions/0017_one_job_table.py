"""What is to be delivered is a job like all others; the queue that called for jobs goes."""

from pathlib import Path

import sqlalchemy as sa
from alembic import context, op

from approvals.base.columns import Moment
from approvals.base.migrations import allow_only
from workflows.config.outbox_policy import load_outbox_policy

revision = "0017"
down_revision = "0016"

STATES = ("waiting", "held", "gathered", "sent", "dropped")
TO_TRY = "ck_deliveries_to_try_has_moment"
DEAD = sa.text("state = 'dead'")
MOMENTS = ("next_try_at", "claimed_until")
VALUES: dict[str, tuple[sa.Integer | sa.String, str]] = {  # of old rows
    "tries": (sa.Integer(), "0"),
    "claim": (sa.String(), ""),
    "last_error": (sa.Text(), ""),
}
# A delivery that was given up says nowhere when; the moment it was made is the best there is.
TO_JOBS = """
INSERT INTO job_runs (kind, period, args, state, due_at, made_at, ended_at, worker, token, tries, most_tries,
                      phase, done, total, result, error)
SELECT 'deliver_' || channel, key, '{}', CASE state WHEN 'dead' THEN 'failed' ELSE 'waiting' END,
       coalesce(next_try_at, made_at), made_at, CASE state WHEN 'dead' THEN made_at END, '', 0, tries, :most_tries,
       '', 0, 0, '{}', CASE WHEN state = 'dead' AND last_error = '' THEN 'no reason given' ELSE last_error END
FROM deliveries WHERE state IN ('waiting', 'failed', 'dead') ORDER BY id
"""
FROM_JOBS = """
UPDATE deliveries SET (state, next_try_at, tries, last_error) = (
    SELECT CASE WHEN job.state = 'failed' THEN 'dead' WHEN job.error <> '' THEN 'failed' ELSE 'waiting' END,
           CASE WHEN job.state <> 'failed' THEN job.due_at END, job.tries, job.error
    FROM job_runs job WHERE job.kind = 'deliver_' || channel AND job.period = key
) WHERE state = 'waiting'
"""


def upgrade() -> None:
    op.execute(sa.text(TO_JOBS).bindparams(most_tries=load_outbox_policy().tries))
    op.execute("ALTER TABLE deliveries DROP CONSTRAINT " + TO_TRY)  # SQLite 3.53 takes it too, alembic does not know
    op.execute("UPDATE deliveries SET state = 'waiting' WHERE state IN ('failed', 'dead')")
    allow_only("deliveries", "state", STATES)
    for name in ("ix_deliveries_next_try_at", "ix_deliveries_dead"):
        op.drop_index(name, "deliveries")
    for name in (*MOMENTS, *VALUES):
        op.drop_column("deliveries", name)
    _index_jobs(["state", "due_at", "id"], ["state", "kind", "due_at", "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SCHEMA IF EXISTS queue CASCADE")
    else:
        Path(f"{op.get_bind().engine.url.database}.queue").unlink(missing_ok=True)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # the file beside SQLite is made by whoever opens it
        for statement in context.script.get_revision("0009").module.QUEUE:
            op.execute(statement)
    _index_jobs(["state", "kind", "due_at", "id"], ["state", "due_at", "id"])
    for name in MOMENTS:
        op.add_column("deliveries", sa.Column(name, Moment()))
    for name, (kind, value) in VALUES.items():
        op.add_column("deliveries", sa.Column(name, kind, nullable=False, server_default=value))
    allow_only("deliveries", "state", ("waiting", "failed", "held", "gathered", "sent", "dead", "dropped"))
    op.execute(FROM_JOBS)
    op.execute("DELETE FROM job_runs WHERE kind IN ('deliver_mail', 'deliver_webhook', 'fan_out')")
    condition = "(state IN ('waiting', 'failed')) = (next_try_at IS NOT NULL)"
    op.execute(f"ALTER TABLE deliveries ADD CONSTRAINT {TO_TRY} CHECK ({condition})")
    op.create_index("ix_deliveries_dead", "deliveries", ["id"], sqlite_where=DEAD, postgresql_where=DEAD)
    op.create_index("ix_deliveries_next_try_at", "deliveries", ["next_try_at"])


def _index_jobs(before: list[str], after: list[str]) -> None:
    """The index by which workers find what is due."""
    op.drop_index("ix_job_runs_" + "_".join(before), "job_runs")
    op.create_index("ix_job_runs_" + "_".join(after), "job_runs", after)
