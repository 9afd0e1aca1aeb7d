"""The trial that somebody sends to themselves, at once and outside of any transaction."""

import secrets
from datetime import datetime
from typing import Any

from approvals.accounts.actors import Actor
from approvals.http.application import settings
from approvals.notifications.mail import message_of, send_mail
from approvals.notifications.messages import trial_letter
from approvals.notifications.sending import Undelivered
from approvals.notifications.webhooks import send_webhook


def send_trial(channel: Any, reader: Actor, now: datetime, *, patience: float) -> None:
    """Send a trial by this channel's row; Undelivered says why it did not arrive."""
    letter, server = trial_letter(reader, settings().public_url), settings().mail
    if channel.channel == "webhook":
        send_webhook(channel, letter, now, any_webhook=settings().any_webhook)
        return
    if server is None:
        raise Undelivered("this installation has no mail server (GUAHAO_SMTP_URL)")
    message = message_of(letter, server, channel.address, secrets.token_hex(16), now)
    send_mail(message, server, channel.address, patience=patience)
