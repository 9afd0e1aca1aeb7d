"""Problems of the programme with each word on them, and outcomes beside the outputs of a year."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment, Quantity
from approvals.base.migrations import allow_at_least, allowed

revision = "0035"
down_revision = "0034"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "'land', 'funds', 'approval', 'demolition', 'tender', 'weather', 'works', 'policy', 'other'"
TABLES = (
    "programme_outcomes",
    "programme_problem_projects",
    "programme_problem_tasks",
    "programme_problem_words",
    "programme_problems",
)  # in the order in which they can be dropped


def upgrade() -> None:
    allow_at_least("history_entries", "subject", (*allowed("history_entries", "subject"), "problem"))
    op.create_table(
        "programme_problems",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("item_id", KEY, sa.ForeignKey("programme_items.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("asked_unit_id", KEY, sa.ForeignKey("units.id"), nullable=True),
        sa.Column("asked_office", sa.String(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("order_ref", sa.String(), nullable=False),
        sa.Column("said_at", Moment(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name="state"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        sa.CheckConstraint("answered_at IS NULL OR asked_at IS NOT NULL", name="answered_was_asked"),
        sa.UniqueConstraint("item_id", "number"),
    )
    op.create_index("ix_programme_problems_asked_unit_id", "programme_problems", ["asked_unit_id"])
    op.create_index("ix_programme_problems_state_said_at", "programme_problems", ["state", "said_at"])
    op.create_table(
        "programme_problem_words",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("problem_id", KEY, sa.ForeignKey("programme_problems.id"), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_of", sa.String(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("said_at", Moment(), nullable=False),
    )
    op.create_index("ix_programme_problem_words_problem_id_id", "programme_problem_words", ["problem_id", "id"])
    op.create_table(
        "programme_problem_tasks",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("problem_id", KEY, sa.ForeignKey("programme_problems.id"), nullable=False),
        sa.Column("task_id", KEY, sa.ForeignKey("programme_tasks.id"), nullable=False),
        sa.UniqueConstraint("problem_id", "task_id"),
    )
    op.create_index("ix_programme_problem_tasks_task_id", "programme_problem_tasks", ["task_id"])
    op.create_table(
        "programme_problem_projects",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("problem_id", KEY, sa.ForeignKey("programme_problems.id"), nullable=False),
        sa.Column("project_uid", sa.String(), nullable=False),
        sa.UniqueConstraint("problem_id", "project_uid"),
    )
    op.create_table(
        "programme_outcomes",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("category", "name", "unit", "period")),
        sa.Column("value", Quantity(), nullable=False),
        sa.Column("change", Quantity(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counts_at", Moment(), nullable=False),
    )
    op.create_index("ix_programme_outcomes_year_id", "programme_outcomes", ["year", "id"])


def downgrade() -> None:
    """The word that a history entry may be about a problem stays allowed."""
    for table in TABLES:
        op.drop_table(table)
