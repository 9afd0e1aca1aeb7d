"""Tables of the street"""

import sqlalchemy as sa
from alembic import op

import approvals.base.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "account_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_events")),
    )
    op.create_index(op.f("ix_account_events_at"), "account_events", ["at"], unique=False)
    op.create_table(
        "calendar_editions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("loaded_by", sa.String(), nullable=False),
        sa.Column("loaded_at", approvals.base.columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_editions")),
    )
    op.create_index(op.f("ix_calendar_editions_year"), "calendar_editions", ["year"], unique=False)
    op.create_table(
        "feed_lines",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("received_at", approvals.base.columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_lines")),
    )
    op.create_table(
        "history_chains",
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("last_at", approvals.base.columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_history_chains")),
    )
    op.create_table(
        "history_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approval_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("recorded_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint(
            "subject IN ('project', 'approval', 'escalation', 'report')", name=op.f("ck_history_entries_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_entries")),
        sa.UniqueConstraint("project_id", "seq", name=op.f("uq_history_entries_project_id_seq")),
    )
    op.create_index("ix_history_entries_approval_id_seq", "history_entries", ["approval_id", "seq"], unique=False)
    op.create_index("ix_history_entries_at", "history_entries", ["at", "subject", "move"], unique=False)
    op.create_index(
        "ix_history_entries_halts",
        "history_entries",
        ["project_id"],
        unique=False,
        sqlite_where=sa.text("subject = 'project' AND move IN ('suspend', 'resume')"),
        postgresql_where=sa.text("subject = 'project' AND move IN ('suspend', 'resume')"),
    )
    op.create_table(
        "installation_facts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation_facts")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approval_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("at", approvals.base.columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_audience_unit_id_id", "notices", ["audience", "unit_id", "id"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_number_series")),
    )
    op.create_table(
        "once_keys",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("at", approvals.base.columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_once_keys")),
    )
    op.create_index(op.f("ix_once_keys_at"), "once_keys", ["at"], unique=False)
    op.create_table(
        "programme_items",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("item_no", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner_unit", sa.String(), nullable=False),
        sa.Column("county", sa.String(), nullable=False),
        sa.Column("is_practical_matter", sa.Boolean(), nullable=False),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("planned_10k_yuan", approvals.base.columns.Money(), nullable=False),
        sa.Column("executed_10k_yuan", approvals.base.columns.Money(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        sa.Column("is_amount_published", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('construction', 'service')", name=op.f("ck_programme_items_kind")),
        sa.CheckConstraint("status IN ('under_way', 'completed', 'suspended')", name=op.f("ck_programme_items_status")),
        sa.PrimaryKeyConstraint("year", "item_no", name=op.f("pk_programme_items")),
    )
    op.create_index(op.f("ix_programme_items_category"), "programme_items", ["category"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", approvals.base.columns.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("figures_sha256", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_sha256", sa.String(), nullable=True),
        sa.Column("chain_root", sa.String(), nullable=False),
        sa.Column("made_with", sa.Text(), nullable=False),
        sa.Column("compiled_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("compiled_by", sa.String(), nullable=False),
        sa.Column("issued_at", approvals.base.columns.Moment(), nullable=True),
        sa.Column("issued_by", sa.String(), nullable=True),
        sa.Column("cites", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state <> 'issued' OR (number IS NOT NULL AND pdf IS NOT NULL)", name=op.f("ck_reports_issued_is_whole")
        ),
        sa.CheckConstraint("state IN ('compiled', 'issued')", name=op.f("ck_reports_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("kind", "period", "cites", name=op.f("uq_reports_kind_period_cites")),
        sa.UniqueConstraint("kind", "year", "number", name=op.f("uq_reports_kind_year_number")),
    )
    op.create_index(op.f("ix_reports_period"), "reports", ["period"], unique=False)
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", approvals.base.columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index("ix_sign_in_attempts_account_at", "sign_in_attempts", ["account", "at"], unique=False)
    op.create_index("ix_sign_in_attempts_address_at", "sign_in_attempts", ["address", "at"], unique=False)
    op.create_table(
        "sweep_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("swept_to", approvals.base.columns.Moment(), nullable=False),
        sa.Column("begun_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("ended_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep_runs")),
    )
    op.create_index(op.f("ix_sweep_runs_begun_at"), "sweep_runs", ["begun_at"], unique=False)
    op.create_table(
        "units",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('owner', 'department', 'service_centre', 'supervision_office', 'city_government', 'administration')",
            name=op.f("ck_units_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("name", name=op.f("uq_units_name")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("seen_notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("language IN ('zh_Hans', 'en')", name=op.f("ck_people_language")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_people_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("username", name=op.f("uq_people_username")),
    )
    op.create_index(op.f("ix_people_unit_id"), "people", ["unit_id"], unique=False)
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("made_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("revoked_at", approvals.base.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_access_tokens_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_tokens_digest")),
    )
    op.create_index(op.f("ix_access_tokens_person_id"), "access_tokens", ["person_id"], unique=False)
    op.create_table(
        "projects",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.Column("item_no", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("county", sa.String(), nullable=False),
        sa.Column("planned_10k_yuan", approvals.base.columns.Money(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("owner_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", approvals.base.columns.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("is_practical_matter", sa.Boolean(), nullable=False),
        sa.Column("liaison_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("drafted_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("filed_at", approvals.base.columns.Moment(), nullable=True),
        sa.Column("registered_at", approvals.base.columns.Moment(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('construction', 'service')", name=op.f("ck_projects_kind")),
        sa.CheckConstraint(
            "number IS NOT NULL OR state NOT IN ('registered', 'suspended', 'completed')",
            name=op.f("ck_projects_registered_has_number"),
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'filed', 'returned', 'classified', 'diverted', 'registered', 'suspended', 'completed', 'declined', 'withdrawn')",
            name=op.f("ck_projects_state"),
        ),
        sa.CheckConstraint("liaison_id IS NULL OR number IS NOT NULL", name=op.f("ck_projects_liaison_needs_number")),
        sa.ForeignKeyConstraint(["liaison_id"], ["people.id"], name=op.f("fk_projects_liaison_id_people")),
        sa.ForeignKeyConstraint(["owner_unit_id"], ["units.id"], name=op.f("fk_projects_owner_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("external_ref", name=op.f("uq_projects_external_ref")),
        sa.UniqueConstraint("number", name=op.f("uq_projects_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_projects_uid")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_projects_year_serial")),
    )
    op.create_index(op.f("ix_projects_liaison_id"), "projects", ["liaison_id"], unique=False)
    op.create_index("ix_projects_owner_unit_id_id", "projects", ["owner_unit_id", "id"], unique=False)
    op.create_index("ix_projects_state_state_since_id", "projects", ["state", "state_since", "id"], unique=False)
    op.create_table(
        "role_grants",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'window', 'window_head', 'liaison', 'service_centre', 'supervision_office', 'city_government', 'integration', 'sysadmin', 'secadmin', 'auditor')",
            name=op.f("ck_role_grants_role"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_role_grants")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("begun_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("seen_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("ends_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id_people")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_ends_at"), "sign_ins", ["ends_at"], unique=False)
    op.create_index(op.f("ix_sign_ins_person_id"), "sign_ins", ["person_id"], unique=False)
    op.create_table(
        "typed_forms",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", approvals.base.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_typed_forms_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "form", name=op.f("pk_typed_forms")),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("requires", sa.Text(), nullable=False),
        sa.Column("catalogue_edition", sa.String(), nullable=False),
        sa.Column("promised_limit", sa.Integer(), nullable=False),
        sa.Column("legal_limit", sa.Integer(), nullable=False),
        sa.Column("legal_unit", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", approvals.base.columns.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=True),
        sa.Column("is_deemed", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("notice_due_on", sa.Date(), nullable=True),
        sa.Column("promised_due_on", sa.Date(), nullable=True),
        sa.Column("legal_due_on", sa.Date(), nullable=True),
        sa.Column("delivery_due_on", sa.Date(), nullable=True),
        sa.Column("reminder_from", sa.Date(), nullable=True),
        sa.Column("yellow_from", sa.Date(), nullable=True),
        sa.Column("red_from", sa.Date(), nullable=True),
        sa.Column("lapses_on", sa.Date(), nullable=True),
        sa.Column("calendar_edition", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("alarm_on", sa.Date(), nullable=True),
        sa.CheckConstraint("legal_unit IN ('working_days', 'calendar_days')", name=op.f("ck_approvals_legal_unit")),
        sa.CheckConstraint(
            "state <> 'granted' OR document_no IS NOT NULL", name=op.f("ck_approvals_granted_has_document")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'ready', 'received', 'correcting', 'accepted', 'paused', 'granted', 'refused', 'not_accepted', 'withdrawn')",
            name=op.f("ck_approvals_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'paused', 'granted', 'refused') OR accepted_on IS NOT NULL",
            name=op.f("ck_approvals_accepted_has_day"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('granted', 'refused') OR decided_on IS NOT NULL", name=op.f("ck_approvals_decided_has_day")
        ),
        sa.CheckConstraint("promised_limit <= legal_limit", name=op.f("ck_approvals_promised_within_legal")),
        sa.ForeignKeyConstraint(["department_id"], ["units.id"], name=op.f("fk_approvals_department_id_units")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_approvals_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_approvals_project_id_code")),
    )
    op.create_index("ix_approvals_alarm_on", "approvals", ["alarm_on"], unique=False)
    op.create_index(
        "ix_approvals_department_id_state_due_on_id",
        "approvals",
        ["department_id", "state", "due_on", "id"],
        unique=False,
    )
    op.create_index("ix_approvals_state_due_on_id", "approvals", ["state", "due_on", "id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("material", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", approvals.base.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_documents_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("uid", name=op.f("uq_documents_uid")),
    )
    op.create_index("ix_documents_project_id_id", "documents", ["project_id", "id"], unique=False)
    op.create_table(
        "escalations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approval_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", approvals.base.columns.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("light", sa.String(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("commitment_on", sa.Date(), nullable=True),
        sa.Column("lift_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state <> 'answered' OR commitment_on IS NOT NULL", name=op.f("ck_escalations_answered_has_commitment")
        ),
        sa.CheckConstraint("state IN ('raised', 'answered', 'lifted', 'closed')", name=op.f("ck_escalations_state")),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_escalations_level")),
        sa.ForeignKeyConstraint(["approval_id"], ["approvals.id"], name=op.f("fk_escalations_approval_id_approvals")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_escalations_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint("approval_id", "round", "level", name=op.f("uq_escalations_approval_id_round_level")),
    )
    op.create_index(
        "ix_escalations_level_state_raised_on_id", "escalations", ["level", "state", "raised_on", "id"], unique=False
    )
    op.create_index("ix_escalations_lift_on", "escalations", ["lift_on"], unique=False)
    op.create_index(op.f("ix_escalations_project_id"), "escalations", ["project_id"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_escalations_project_id"), table_name="escalations")
    op.drop_index("ix_escalations_lift_on", table_name="escalations")
    op.drop_index("ix_escalations_level_state_raised_on_id", table_name="escalations")
    op.drop_table("escalations")
    op.drop_index("ix_documents_project_id_id", table_name="documents")
    op.drop_table("documents")
    op.drop_index("ix_approvals_state_due_on_id", table_name="approvals")
    op.drop_index("ix_approvals_department_id_state_due_on_id", table_name="approvals")
    op.drop_index("ix_approvals_alarm_on", table_name="approvals")
    op.drop_table("approvals")
    op.drop_table("typed_forms")
    op.drop_index(op.f("ix_sign_ins_person_id"), table_name="sign_ins")
    op.drop_index(op.f("ix_sign_ins_ends_at"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_table("role_grants")
    op.drop_index("ix_projects_state_state_since_id", table_name="projects")
    op.drop_index("ix_projects_owner_unit_id_id", table_name="projects")
    op.drop_index(op.f("ix_projects_liaison_id"), table_name="projects")
    op.drop_table("projects")
    op.drop_index(op.f("ix_access_tokens_person_id"), table_name="access_tokens")
    op.drop_table("access_tokens")
    op.drop_index(op.f("ix_people_unit_id"), table_name="people")
    op.drop_table("people")
    op.drop_table("units")
    op.drop_index(op.f("ix_sweep_runs_begun_at"), table_name="sweep_runs")
    op.drop_table("sweep_runs")
    op.drop_index("ix_sign_in_attempts_address_at", table_name="sign_in_attempts")
    op.drop_index("ix_sign_in_attempts_account_at", table_name="sign_in_attempts")
    op.drop_table("sign_in_attempts")
    op.drop_index(op.f("ix_reports_period"), table_name="reports")
    op.drop_table("reports")
    op.drop_index(op.f("ix_programme_items_category"), table_name="programme_items")
    op.drop_table("programme_items")
    op.drop_index(op.f("ix_once_keys_at"), table_name="once_keys")
    op.drop_table("once_keys")
    op.drop_table("number_series")
    op.drop_index("ix_notices_audience_unit_id_id", table_name="notices")
    op.drop_table("notices")
    op.drop_table("installation_facts")
    op.drop_index(
        "ix_history_entries_halts",
        table_name="history_entries",
        sqlite_where=sa.text("subject = 'project' AND move IN ('suspend', 'resume')"),
        postgresql_where=sa.text("subject = 'project' AND move IN ('suspend', 'resume')"),
    )
    op.drop_index("ix_history_entries_at", table_name="history_entries")
    op.drop_index("ix_history_entries_approval_id_seq", table_name="history_entries")
    op.drop_table("history_entries")
    op.drop_table("history_chains")
    op.drop_table("feed_lines")
    op.drop_index(op.f("ix_calendar_editions_year"), table_name="calendar_editions")
    op.drop_table("calendar_editions")
    op.drop_index(op.f("ix_account_events_at"), table_name="account_events")
    op.drop_table("account_events")
