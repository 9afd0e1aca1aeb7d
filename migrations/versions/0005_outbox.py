"""Channels outward, deliveries, the outbox's cursor, and calendar feeds."""

import sqlalchemy as sa
from alembic import op

import approvals.base.columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox_cursor",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_cursor")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("revoked_at", approvals.base.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feeds_digest")),
    )
    op.create_index(op.f("ix_calendar_feeds_person_id"), "calendar_feeds", ["person_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("digest_on", sa.Date(), nullable=True),
        sa.Column("digest_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("made_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("next_try_at", approvals.base.columns.Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("claimed_until", approvals.base.columns.Moment(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("sent_at", approvals.base.columns.Moment(), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_deliveries_sent_has_moment")),
        sa.CheckConstraint(
            "(state IN ('waiting', 'failed')) = (next_try_at IS NOT NULL)", name=op.f("ck_deliveries_to_try_has_moment")
        ),
        sa.CheckConstraint("channel IN ('mail', 'webhook')", name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint(
            "state <> 'gathered' OR digest_id IS NOT NULL", name=op.f("ck_deliveries_gathered_has_digest")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'failed', 'held', 'gathered', 'sent', 'dead', 'dropped')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.CheckConstraint("(notice_id IS NULL) <> (digest_on IS NULL)", name=op.f("ck_deliveries_notice_or_digest")),
        sa.ForeignKeyConstraint(["digest_id"], ["deliveries.id"], name=op.f("fk_deliveries_digest_id_deliveries")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_deliveries_notice_id_notices")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_deliveries_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "digest_on", "person_id", "channel", name=op.f("uq_deliveries_digest_on_person_id_channel")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
        sa.UniqueConstraint(
            "notice_id", "person_id", "channel", name=op.f("uq_deliveries_notice_id_person_id_channel")
        ),
    )
    op.create_index(
        "ix_deliveries_dead",
        "deliveries",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index("ix_deliveries_digest_id", "deliveries", ["digest_id"], unique=False)
    op.create_index(
        "ix_deliveries_held",
        "deliveries",
        ["told_at"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index("ix_deliveries_made_at", "deliveries", ["made_at"], unique=False)
    op.create_index("ix_deliveries_next_try_at", "deliveries", ["next_try_at"], unique=False)
    op.create_index(op.f("ix_deliveries_person_id"), "deliveries", ["person_id"], unique=False)
    op.create_table(
        "notice_channels",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("robot", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("cases", sa.String(), nullable=False),
        sa.Column("escalations", sa.String(), nullable=False),
        sa.Column("on_since", approvals.base.columns.Moment(), nullable=True),
        sa.Column("new_address", sa.String(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=True),
        sa.Column("token_until", approvals.base.columns.Moment(), nullable=True),
        sa.CheckConstraint("act IN ('now', 'daily', 'never')", name=op.f("ck_notice_channels_act")),
        sa.CheckConstraint("cases IN ('now', 'daily', 'never')", name=op.f("ck_notice_channels_cases")),
        sa.CheckConstraint(
            "channel <> 'webhook' OR address = '' OR robot <> ''", name=op.f("ck_notice_channels_webhook_has_robot")
        ),
        sa.CheckConstraint("channel IN ('mail', 'webhook')", name=op.f("ck_notice_channels_channel")),
        sa.CheckConstraint("escalations IN ('now', 'daily', 'never')", name=op.f("ck_notice_channels_escalations")),
        sa.CheckConstraint("on_since IS NULL OR address <> ''", name=op.f("ck_notice_channels_on_has_address")),
        sa.CheckConstraint("robot IN ('', 'wecom', 'dingtalk')", name=op.f("ck_notice_channels_robot")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notice_channels_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "channel", name=op.f("pk_notice_channels")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_notice_channels_token_digest")),
    )
    # What was told before there was an outbox is not carried outward any more.
    op.execute("INSERT INTO outbox_cursor (name, notice_id) SELECT 'notices', coalesce(max(id), 0) FROM notices")


def downgrade() -> None:
    op.drop_table("notice_channels")
    op.drop_index(op.f("ix_deliveries_person_id"), table_name="deliveries")
    op.drop_index("ix_deliveries_next_try_at", table_name="deliveries")
    op.drop_index("ix_deliveries_made_at", table_name="deliveries")
    op.drop_index(
        "ix_deliveries_held",
        table_name="deliveries",
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.drop_index("ix_deliveries_digest_id", table_name="deliveries")
    op.drop_index(
        "ix_deliveries_dead",
        table_name="deliveries",
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_calendar_feeds_person_id"), table_name="calendar_feeds")
    op.drop_table("calendar_feeds")
    op.drop_table("outbox_cursor")
