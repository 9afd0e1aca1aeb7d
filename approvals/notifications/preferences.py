"""Preferences of notifications: what a person may enter, and what their page shows; secrets are masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel
from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.base.i18n import N_
from approvals.base.settings import is_mail_address
from approvals.base.text_validation import STRICT, Line, field_error
from approvals.notifications.queries import channels_of, feed_of
from approvals.notifications.tables import CHANNELS, Robot, When
from workflows.label import Label
from workflows.rules.notification_kinds import KINDS

CHANNEL_LABELS: Mapping[str, Label] = {"mail": Label("电子邮件", "E-mail"), "webhook": Label("群机器人", "Group robot")}
ROBOT_LABELS: Mapping[str, Label] = {
    "wecom": Label("企业微信机器人", "WeCom robot"),
    "dingtalk": Label("钉钉机器人", "DingTalk robot"),
}
WHEN_LABELS: Mapping[str, Label] = {
    "now": Label("立即发送", "At once"),
    "daily": Label("每日汇总", "In the daily digest"),
    "never": Label("不发送", "Not at all"),
}


def _mail_address(value: str) -> str:
    if not is_mail_address(value):
        raise field_error(N_("is not an email address such as name@example.org"), {})
    return value


def _secret(value: str) -> str:
    if not value.isascii():
        raise field_error(N_("contains characters that are not allowed"), {})
    return value


class NewMail(BaseModel):
    model_config = STRICT

    address: Annotated[Line, AfterValidator(_mail_address)]


class NewWebhook(BaseModel):
    model_config = STRICT

    robot: Robot
    address: Line
    secret: Annotated[Line, AfterValidator(_secret)] | Literal[""] = ""


class ChannelChoice(BaseModel):
    """How one channel is used: whether at all, and when for each kind of notice."""

    model_config = STRICT

    is_on: bool = False
    act: When
    cases: When
    escalations: When

    def modes(self) -> dict[str, Any]:
        return self.model_dump(exclude={"is_on"})


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
    """A person's channels with an address, an unconfirmed mail address, and the calendar feed."""

    channels: Mapping[str, ChannelView]
    awaited: str
    feed_since: datetime | None

    def typed(self) -> dict[str, Any]:
        return {name: {"is_on": channel.is_on, **channel.modes} for name, channel in self.channels.items()}


def notifications(tx: Connection, actor: Actor, now: datetime) -> Notifications:
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
