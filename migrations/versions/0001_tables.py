"""Tables of the street"""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment, Money

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HALTS = sa.text("subject = 'project' AND move IN ('suspend', 'resume')")
TABLES = (
    *("escalations", "documents", "approvals", "typed_forms", "sign_ins", "role_grants"),
    *("projects", "access_tokens", "people", "units", "sweep_runs", "sign_in_attempts"),
    *("reports", "programme_items", "once_keys", "number_series", "notices", "installation_facts"),
    *("history_entries", "history_chains", "feed_lines", "calendar_editions", "account_events"),
)  # in the order in which they can be dropped


def upgrade() -> None:
    op.create_table(
        "account_events",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("at", Moment(), nullable=False, index=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
    )
    op.create_table(
        "calendar_editions",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False, index=True),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("loaded_by", sa.String(), nullable=False),
        sa.Column("loaded_at", Moment(), nullable=False),
    )
    op.create_table(
        "feed_lines",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
    )
    op.create_table(
        "history_chains",
        sa.Column("project_id", KEY, autoincrement=False, primary_key=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
    )
    op.create_table(
        "history_entries",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("project_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("approval_id", KEY),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint("subject IN ('project', 'approval', 'escalation', 'report')", name="subject"),
        sa.UniqueConstraint("project_id", "seq"),
    )
    op.create_index("ix_history_entries_approval_id_seq", "history_entries", ["approval_id", "seq"])
    op.create_index("ix_history_entries_at", "history_entries", ["at", "subject", "move"])
    op.create_index(
        "ix_history_entries_halts", "history_entries", ["project_id"], sqlite_where=HALTS, postgresql_where=HALTS
    )
    op.create_table(
        "installation_facts",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("project_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("approval_id", KEY),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    op.create_index("ix_notices_audience_unit_id_id", "notices", ["audience", "unit_id", "id"])
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.create_table(
        "once_keys",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False, index=True),
    )
    op.create_table(
        "programme_items",
        sa.Column("year", sa.Integer(), primary_key=True),
        sa.Column("item_no", sa.String(), primary_key=True),
        sa.Column("category", sa.String(), nullable=False, index=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner_unit", sa.String(), nullable=False),
        sa.Column("county", sa.String(), nullable=False),
        sa.Column("is_practical_matter", sa.Boolean(), nullable=False),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("planned_10k_yuan", Money(), nullable=False),
        sa.Column("executed_10k_yuan", Money(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        sa.Column("is_amount_published", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('construction', 'service')", name="kind"),
        sa.CheckConstraint("status IN ('under_way', 'completed', 'suspended')", name="status"),
    )
    op.create_table(
        "reports",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False, index=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("figures_sha256", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary()),
        sa.Column("pdf_sha256", sa.String()),
        sa.Column("chain_root", sa.String(), nullable=False),
        sa.Column("made_with", sa.Text(), nullable=False),
        sa.Column("compiled_at", Moment(), nullable=False),
        sa.Column("compiled_by", sa.String(), nullable=False),
        sa.Column("issued_at", Moment()),
        sa.Column("issued_by", sa.String()),
        sa.Column("cites", sa.String(), nullable=False),
        sa.CheckConstraint("state <> 'issued' OR (number IS NOT NULL AND pdf IS NOT NULL)", name="issued_is_whole"),
        sa.CheckConstraint("state IN ('compiled', 'issued')", name="state"),
        sa.UniqueConstraint("kind", "period", "cites"),
        sa.UniqueConstraint("kind", "year", "number"),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    op.create_index("ix_sign_in_attempts_account_at", "sign_in_attempts", ["account", "at"])
    op.create_index("ix_sign_in_attempts_address_at", "sign_in_attempts", ["address", "at"])
    op.create_table(
        "sweep_runs",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("swept_to", Moment(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False, index=True),
        sa.Column("ended_at", Moment(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
    )
    op.create_table(
        "units",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('owner', 'department', 'service_centre', 'supervision_office', 'city_government', 'administration')",
            name="kind",
        ),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "people",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=False, index=True),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("seen_notice_id", KEY, nullable=False),
        sa.CheckConstraint("language IN ('zh_Hans', 'en')", name="language"),
        sa.UniqueConstraint("username"),
    )
    op.create_table(
        "access_tokens",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment()),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "projects",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("number", sa.String()),
        sa.Column("year", sa.Integer()),
        sa.Column("serial", sa.Integer()),
        sa.Column("external_ref", sa.String()),
        sa.Column("item_no", sa.String()),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("county", sa.String(), nullable=False),
        sa.Column("planned_10k_yuan", Money(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("owner_unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("is_practical_matter", sa.Boolean(), nullable=False),
        sa.Column("liaison_id", KEY, sa.ForeignKey("people.id"), index=True),
        sa.Column("drafted_at", Moment(), nullable=False),
        sa.Column("filed_at", Moment()),
        sa.Column("registered_at", Moment()),
        sa.Column("review_on", sa.Date()),
        sa.CheckConstraint("kind IN ('construction', 'service')", name="kind"),
        sa.CheckConstraint(
            "number IS NOT NULL OR state NOT IN ('registered', 'suspended', 'completed')", name="registered_has_number"
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'filed', 'returned', 'classified', 'diverted', 'registered', 'suspended', 'completed', 'declined', 'withdrawn')",
            name="state",
        ),
        sa.CheckConstraint("liaison_id IS NULL OR number IS NOT NULL", name="liaison_needs_number"),
        sa.UniqueConstraint("external_ref"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("uid"),
        sa.UniqueConstraint("year", "serial"),
    )
    op.create_index("ix_projects_owner_unit_id_id", "projects", ["owner_unit_id", "id"])
    op.create_index("ix_projects_state_state_since_id", "projects", ["state", "state_since", "id"])
    op.create_table(
        "role_grants",
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("role", sa.String(), primary_key=True),
        sa.CheckConstraint(
            "role IN ('owner', 'window', 'window_head', 'liaison', 'service_centre', 'supervision_office', 'city_government', 'integration', 'sysadmin', 'secadmin', 'auditor')",
            name="role",
        ),
    )
    op.create_table(
        "sign_ins",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False, index=True),
        sa.Column("address", sa.String(), nullable=False),
    )
    op.create_table(
        "typed_forms",
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("form", sa.String(), primary_key=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    op.create_table(
        "approvals",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("department_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("requires", sa.Text(), nullable=False),
        sa.Column("catalogue_edition", sa.String(), nullable=False),
        sa.Column("promised_limit", sa.Integer(), nullable=False),
        sa.Column("legal_limit", sa.Integer(), nullable=False),
        sa.Column("legal_unit", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("document_no", sa.String()),
        sa.Column("is_deemed", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.Date()),
        sa.Column("accepted_on", sa.Date()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("delivered_on", sa.Date()),
        sa.Column("notice_due_on", sa.Date()),
        sa.Column("promised_due_on", sa.Date()),
        sa.Column("legal_due_on", sa.Date()),
        sa.Column("delivery_due_on", sa.Date()),
        sa.Column("reminder_from", sa.Date()),
        sa.Column("yellow_from", sa.Date()),
        sa.Column("red_from", sa.Date()),
        sa.Column("lapses_on", sa.Date()),
        sa.Column("calendar_edition", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("alarm_on", sa.Date()),
        sa.CheckConstraint("legal_unit IN ('working_days', 'calendar_days')", name="legal_unit"),
        sa.CheckConstraint("state <> 'granted' OR document_no IS NOT NULL", name="granted_has_document"),
        sa.CheckConstraint(
            "state IN ('waiting', 'ready', 'received', 'correcting', 'accepted', 'paused', 'granted', 'refused', 'not_accepted', 'withdrawn')",
            name="state",
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'paused', 'granted', 'refused') OR accepted_on IS NOT NULL",
            name="accepted_has_day",
        ),
        sa.CheckConstraint("state NOT IN ('granted', 'refused') OR decided_on IS NOT NULL", name="decided_has_day"),
        sa.CheckConstraint("promised_limit <= legal_limit", name="promised_within_legal"),
        sa.UniqueConstraint("project_id", "code"),
    )
    op.create_index("ix_approvals_alarm_on", "approvals", ["alarm_on"])
    op.create_index(
        "ix_approvals_department_id_state_due_on_id", "approvals", ["department_id", "state", "due_on", "id"]
    )
    op.create_index("ix_approvals_state_due_on_id", "approvals", ["state", "due_on", "id"])
    op.create_table(
        "documents",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("material", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.UniqueConstraint("uid"),
    )
    op.create_index("ix_documents_project_id_id", "documents", ["project_id", "id"])
    op.create_table(
        "escalations",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), nullable=False, index=True),
        sa.Column("approval_id", KEY, sa.ForeignKey("approvals.id"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("light", sa.String(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("commitment_on", sa.Date()),
        sa.Column("lift_on", sa.Date()),
        sa.CheckConstraint("state <> 'answered' OR commitment_on IS NOT NULL", name="answered_has_commitment"),
        sa.CheckConstraint("state IN ('raised', 'answered', 'lifted', 'closed')", name="state"),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        sa.UniqueConstraint("approval_id", "round", "level"),
    )
    op.create_index("ix_escalations_level_state_raised_on_id", "escalations", ["level", "state", "raised_on", "id"])
    op.create_index("ix_escalations_lift_on", "escalations", ["lift_on"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
