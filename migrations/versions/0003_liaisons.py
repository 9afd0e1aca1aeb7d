"""Who accompanies a project when, what owners ask, the contact log, and the roster of duty officers."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from approvals.base.migrations import allow_at_least

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUBJECTS = ("project", "approval", "escalation", "report")
# Projects that were registered before have had one liaison, whom the service centre named then.
FIRST_TERMS = """
    INSERT INTO liaison_terms (project_id, person_id, from_at, note, by_id)
    SELECT projects.id, projects.liaison_id, entries.at, '', COALESCE(people.id, projects.liaison_id)
    FROM projects
    JOIN history_entries AS entries
        ON entries.project_id = projects.id AND entries.subject = 'project' AND entries.move = 'register'
    LEFT JOIN people ON people.username = entries.actor
    WHERE projects.liaison_id IS NOT NULL
    ORDER BY projects.id
"""


def upgrade() -> None:
    allow_at_least("history_entries", "subject", (*SUBJECTS, "request"))
    op.create_table(
        "duty_shifts",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("from_at", Moment(), nullable=False),
        sa.Column("until_at", Moment(), nullable=False),
        sa.Column("entered_by_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("removed_by_id", KEY, sa.ForeignKey("people.id")),
        sa.Column("removed_at", Moment()),
        sa.CheckConstraint("until_at > from_at", name="ends_after_it_begins"),
    )
    op.create_index("ix_duty_shifts_until_at", "duty_shifts", ["until_at"])
    op.create_table(
        "contacts",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorder_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("with_whom", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("follow_up_on", sa.Date()),
        sa.Column("done_at", Moment()),
        sa.Column("done_by_id", KEY, sa.ForeignKey("people.id")),
        sa.Column("strikes_id", KEY, sa.ForeignKey("contacts.id")),
        sa.CheckConstraint("channel IN ('phone', 'visit', 'wecom', 'mail', 'meeting')", name="channel"),
        sa.UniqueConstraint("strikes_id"),
    )
    op.create_index(
        "ix_contacts_follow_up_on",
        "contacts",
        ["follow_up_on"],
        sqlite_where=sa.text("follow_up_on IS NOT NULL AND done_at IS NULL"),
        postgresql_where=sa.text("follow_up_on IS NOT NULL AND done_at IS NULL"),
    )
    op.create_index("ix_contacts_project_id_at_id", "contacts", ["project_id", "at", "id"])
    op.create_index("ix_contacts_recorded_at", "contacts", ["recorded_at"])
    op.create_table(
        "liaison_terms",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("from_at", Moment(), nullable=False),
        sa.Column("until_at", Moment()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.CheckConstraint("until_at IS NULL OR until_at >= from_at", name="ends_after_it_begins"),
    )
    op.create_index("ix_liaison_terms_person_id_from_at", "liaison_terms", ["person_id", "from_at"])
    op.create_index("ix_liaison_terms_project_id_id", "liaison_terms", ["project_id", "id"])
    op.create_index(
        "uq_liaison_terms_open",
        "liaison_terms",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_table(
        "requests",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("climbs_at", Moment()),
        sa.Column("climbed_at", Moment()),
        sa.Column("answered_at", Moment()),
        sa.Column("responsible_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name="answered_has_moment"),
        sa.CheckConstraint("state = 'raised' OR climbs_at IS NULL", name="only_raised_climbs"),
        sa.CheckConstraint("state IN ('raised', 'answered', 'closed')", name="state"),
        sa.UniqueConstraint("project_id", "no"),
    )
    op.create_index(
        "ix_requests_climbs_at",
        "requests",
        ["climbs_at"],
        sqlite_where=sa.text("climbs_at IS NOT NULL"),
        postgresql_where=sa.text("climbs_at IS NOT NULL"),
    )
    op.create_index("ix_requests_state_due_at_id", "requests", ["state", "due_at", "id"])
    op.execute(FIRST_TERMS)


def downgrade() -> None:
    op.drop_table("requests")
    op.drop_table("liaison_terms")
    op.drop_table("contacts")
    op.drop_table("duty_shifts")
    allow_at_least("history_entries", "subject", SUBJECTS)
