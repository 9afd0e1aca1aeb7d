"""Sends a letter by a person's channel, at once and outside of any transaction."""

from datetime import datetime
from typing import Any

from approvals.base.service import settings_in_use
from approvals.notifications.mail import PATIENCE, message_of, send_mail
from approvals.notifications.messages import Message
from approvals.notifications.sending import Undelivered
from approvals.notifications.webhooks import send_webhook


def send_letter(channel: Any, letter: Message, key: str, now: datetime, *, patience: float = PATIENCE) -> None:
    """Send the letter by this channel's row; Undelivered says why it did not arrive.

    `key` names the message for ever. A mail server is waited for `patience` seconds for each of its answers.
    """
    server = settings_in_use().mail
    if channel.channel == "webhook":
        send_webhook(channel, letter, now, any_webhook=settings_in_use().any_webhook)
        return
    if server is None:
        raise Undelivered("this installation has no mail server (GUAHAO_SMTP_URL)")
    send_mail(message_of(letter, server, channel.address, key, now), server, channel.address, patience=patience)
