"""An index by which the last event of a kind of an account is found, as its last sign-in."""

from alembic import op

revision = "0047"
down_revision = "0046"

INDEX = "ix_account_events_subject_event_at"


def upgrade() -> None:
    op.create_index(INDEX, "account_events", ["subject", "event", "at"])


def downgrade() -> None:
    op.drop_index(INDEX, "account_events")
