"""Channels outward, deliveries, the outbox's cursor, and calendar feeds."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DEAD = sa.text("state = 'dead'")
HELD = sa.text("state = 'held'")


def upgrade() -> None:
    op.create_table(
        "outbox_cursor",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("notice_id", KEY, nullable=False),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment()),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("notice_id", KEY, sa.ForeignKey("notices.id")),
        sa.Column("digest_on", sa.Date()),
        sa.Column("digest_id", KEY, sa.ForeignKey("deliveries.id")),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("next_try_at", Moment()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("claimed_until", Moment()),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("sent_at", Moment()),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_moment"),
        sa.CheckConstraint("(state IN ('waiting', 'failed')) = (next_try_at IS NOT NULL)", name="to_try_has_moment"),
        sa.CheckConstraint("channel IN ('mail', 'webhook')", name="channel"),
        sa.CheckConstraint("state <> 'gathered' OR digest_id IS NOT NULL", name="gathered_has_digest"),
        sa.CheckConstraint(
            "state IN ('waiting', 'failed', 'held', 'gathered', 'sent', 'dead', 'dropped')", name="state"
        ),
        sa.CheckConstraint("(notice_id IS NULL) <> (digest_on IS NULL)", name="notice_or_digest"),
        sa.UniqueConstraint("digest_on", "person_id", "channel"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("notice_id", "person_id", "channel"),
    )
    op.create_index("ix_deliveries_dead", "deliveries", ["id"], sqlite_where=DEAD, postgresql_where=DEAD)
    op.create_index("ix_deliveries_digest_id", "deliveries", ["digest_id"])
    op.create_index("ix_deliveries_held", "deliveries", ["told_at"], sqlite_where=HELD, postgresql_where=HELD)
    op.create_index("ix_deliveries_made_at", "deliveries", ["made_at"])
    op.create_index("ix_deliveries_next_try_at", "deliveries", ["next_try_at"])
    op.create_table(
        "notice_channels",
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("robot", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("cases", sa.String(), nullable=False),
        sa.Column("escalations", sa.String(), nullable=False),
        sa.Column("on_since", Moment()),
        sa.Column("new_address", sa.String(), nullable=False),
        sa.Column("token_digest", sa.String()),
        sa.Column("token_until", Moment()),
        sa.CheckConstraint("act IN ('now', 'daily', 'never')", name="act"),
        sa.CheckConstraint("cases IN ('now', 'daily', 'never')", name="cases"),
        sa.CheckConstraint("channel <> 'webhook' OR address = '' OR robot <> ''", name="webhook_has_robot"),
        sa.CheckConstraint("channel IN ('mail', 'webhook')", name="channel"),
        sa.CheckConstraint("escalations IN ('now', 'daily', 'never')", name="escalations"),
        sa.CheckConstraint("on_since IS NULL OR address <> ''", name="on_has_address"),
        sa.CheckConstraint("robot IN ('', 'wecom', 'dingtalk')", name="robot"),
        sa.UniqueConstraint("token_digest"),
    )
    # What was told before there was an outbox is not carried outward any more.
    op.execute("INSERT INTO outbox_cursor (name, notice_id) SELECT 'notices', coalesce(max(id), 0) FROM notices")


def downgrade() -> None:
    op.drop_table("notice_channels")
    op.drop_table("deliveries")
    op.drop_table("calendar_feeds")
    op.drop_table("outbox_cursor")
