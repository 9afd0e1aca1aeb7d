"""Channels, deliveries, the cursor of the fan-out, and calendar feeds."""

from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of

CHANNELS = ("mail", "webhook")
When = Literal["now", "daily", "never"]
Robot = Literal["wecom", "dingtalk"]
WHEN: tuple[str, ...] = get_args(When)
ROBOTS: tuple[str, ...] = get_args(Robot)
DELIVERY_KINDS = {channel: f"deliver_{channel}" for channel in CHANNELS}  # of the jobs that deliver
STATES = ("waiting", "held", "gathered", "sent", "dropped")
HELD = text("state = 'held'")


class Channel(SQLModel, table=True):
    """One way outward of one person. `address` is a confirmed mail address or a robot's webhook.

    `act`, `cases` and `escalations` say when each kind of notice is sent. Nothing recorded before `on_since` is.
    """

    __tablename__ = "notice_channels"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("robot", ("", *ROBOTS)),
        *(one_of(kind, WHEN) for kind in ("act", "cases", "escalations")),
        CheckConstraint("on_since IS NULL OR address <> ''", name="on_has_address"),
        CheckConstraint("channel <> 'webhook' OR address = '' OR robot <> ''", name="webhook_has_robot"),
        UniqueConstraint("token_digest"),
    )

    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), primary_key=True))
    channel: str = Field(primary_key=True)
    address: str = ""
    robot: str = ""
    secret: str = ""
    act: str = "now"
    cases: str = "daily"
    escalations: str = "now"
    on_since: datetime | None = Field(default=None, sa_type=Moment)
    new_address: str = ""  # a mail address that waits for its confirmation
    token_digest: str | None = None
    token_until: datetime | None = Field(default=None, sa_type=Moment)


class Delivery(SQLModel, table=True):
    """One notice, or one day's digest, to one person by one channel. What is waiting has a job with its `key`.

    The key names the message for ever: a mail that is sent again has the same Message-ID.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("state", STATES),
        CheckConstraint("(notice_id IS NULL) <> (digest_on IS NULL)", name="notice_or_digest"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_moment"),
        CheckConstraint("state <> 'gathered' OR digest_id IS NOT NULL", name="gathered_has_digest"),
        UniqueConstraint("notice_id", "person_id", "channel"),
        UniqueConstraint("digest_on", "person_id", "channel"),
        UniqueConstraint("key"),
        Index("ix_deliveries_digest_id", "digest_id"),
        Index("ix_deliveries_held", "told_at", sqlite_where=HELD, postgresql_where=HELD),
        Index("ix_deliveries_made_at", "made_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    key: str
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))
    channel: str
    notice_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("notices.id")))
    digest_on: date | None = None
    digest_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("deliveries.id")))
    state: str
    told_at: datetime = Field(sa_type=Moment)
    made_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)


class OutboxCursor(SQLModel, table=True):
    """The last notice of the fan-out; its lock admits one worker at a time. There is one row."""

    __tablename__ = "outbox_cursor"

    name: str = Field(primary_key=True)
    notice_id: int = Field(sa_column=Column(Key, nullable=False))


class NoticeRead(SQLModel, table=True):
    """A notice that somebody has read by opening what it is about, before they marked all as read."""

    __tablename__ = "notice_reads"

    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), primary_key=True))
    notice_id: int = Field(sa_column=Column(Key, ForeignKey("notices.id"), primary_key=True))
