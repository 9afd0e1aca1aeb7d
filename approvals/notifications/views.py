"""What the page of notifications shows of somebody's channels; secrets are masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.notifications.queries import channels_of, feed_of
from approvals.notifications.tables import CHANNELS
from workflows.label import Label
from workflows.rules.notification_kinds import KINDS

CHANNEL_LABELS: Mapping[str, Label] = {
    "mail": Label("电子邮件", "E-mail"),
    "webhook": Label("群机器人", "Group robot"),
}
ROBOT_LABELS: Mapping[str, Label] = {
    "wecom": Label("企业微信机器人", "WeCom robot"),
    "dingtalk": Label("钉钉机器人", "DingTalk robot"),
}
WHEN_LABELS: Mapping[str, Label] = {
    "now": Label("立即发送", "At once"),
    "daily": Label("每日汇总", "In the daily digest"),
    "never": Label("不发送", "Not at all"),
}


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One channel that has an address; `address` is masked where it is a secret."""

    name: str
    address: str
    robot: Label | None
    has_secret: bool
    is_on: bool
    modes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Notifications:
    """How a person is told: channels with an address, a mail address that waits for its confirmation, the calendar."""

    channels: Mapping[str, ChannelView]
    awaited: str
    feed_since: datetime | None

    def typed(self) -> dict[str, Any]:
        """The choices as the form shows them."""
        return {name: {"is_on": channel.is_on, **channel.modes} for name, channel in self.channels.items()}


def notifications(tx: Connection, actor: Actor, now: datetime) -> Notifications:
    """How the actor is told."""
    rows = channels_of(tx, actor.id)
    mail = rows.get("mail")
    is_awaited = mail is not None and mail.new_address and mail.token_until > now
    channels = {name: _view(rows[name]) for name in CHANNELS if name in rows and rows[name].address}
    return Notifications(channels, mail.new_address if mail is not None and is_awaited else "", feed_of(tx, actor.id))


def _view(row: Any) -> ChannelView:
    is_mail = row.channel == "mail"
    return ChannelView(
        row.channel,
        row.address if is_mail else masked(row.address),
        ROBOT_LABELS.get(row.robot),
        bool(row.secret),
        row.on_since is not None,
        {kind: getattr(row, kind) for kind in KINDS},
    )


def masked(address: str) -> str:
    """The host of a robot's address and the last four characters: enough to know it again."""
    return f"{urlsplit(address).hostname} ••••{address[-4:]}"
