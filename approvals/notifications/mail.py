"""Mail by SMTP: one connection for each message, so that its outcome is known."""

import smtplib
import socket
import ssl
from contextlib import suppress
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from threading import Timer
from typing import Any

from approvals.base.moments import CITY_ZONE
from approvals.base.settings import MailServer
from approvals.notifications.messages import Message, Undelivered, html, one_line, plain_text

LONGEST_WORD = 60  # characters that fit into a line of a header; longer ones are encoded, which can be folded anywhere


class _MailPolicy(EmailPolicy):
    """The standard policy, but a subject is folded as a whole.

    The standard one encodes word by word and loses blanks between encoded and other words, and where the first words do
    not fit it begins with an empty line, which some readers take for a blank (Python 3.11).
    """

    def _fold(self, name: str, value: str, refold_binary: bool = False) -> str:
        if name == "Subject":
            is_plain = value.isascii() and all(len(word) <= LONGEST_WORD for word in value.split())
            subject = Header(str(value), "us-ascii" if is_plain else "utf-8", header_name=name)
            return f"{name}: {subject.encode(linesep=self.linesep)}{self.linesep}"
        return str(super()._fold(name, value, refold_binary))  # type: ignore[misc]


SEVEN_BIT = _MailPolicy(cte_type="7bit", linesep="\r\n")  # accepted by every server
PATIENCE = 15.0  # seconds for each answer of the server
TOGETHER = 8  # times that for the whole exchange, which stays below the lease


def message_of(letter: Message, server: MailServer, to: str, key: str, now: datetime) -> EmailMessage:
    """The letter as a mail. The same `key` is the same Message-ID, however often it is sent."""
    message = EmailMessage(policy=SEVEN_BIT)
    message["From"] = Address(one_line(server.sender_name), addr_spec=server.sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(now.astimezone(CITY_ZONE))
    message["Message-ID"] = f"<{key}@{server.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers this
    if letter.settings_link:
        message["List-Unsubscribe"] = f"<{letter.settings_link}>"
    message.set_content(plain_text(letter))
    message.add_alternative(html(letter), subtype="html")
    message["Content-Language"] = letter.html_code
    return message


def send_mail(message: EmailMessage, server: MailServer, to: str, *, patience: float = PATIENCE) -> None:
    """Hand the mail in. It is sent once the server took it (250), whatever happens to the connection afterwards.

    Undelivered otherwise, and final when the server refuses this receiver or this mail for good (5xx).
    """
    try:
        connection = _connected(server, patience)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise Undelivered(_reason(error)) from None
    try:
        connection.sendmail(server.sender, [to], message.as_bytes())
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = error.recipients[to]
        raise Undelivered(_answer(code, answer), is_final=code >= 500) from None
    except smtplib.SMTPDataError as error:
        raise Undelivered(_reason(error), is_final=error.smtp_code >= 500) from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise Undelivered(_reason(error)) from None
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()


class _Watched(smtplib.SMTP):
    """A connection with a total time limit: a server that answers byte by byte never reaches the socket timeout."""

    def __init__(self, server: MailServer, patience: float, **more: Any) -> None:
        self._watch = Timer(TOGETHER * patience, self._cut)
        self._watch.daemon = True
        self._watch.start()
        try:
            super().__init__(server.host, server.port, local_hostname=server.domain, timeout=patience, **more)
        except BaseException:
            self._watch.cancel()
            raise

    def _cut(self) -> None:
        if self.sock:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._watch.cancel()
        super().close()


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """The same with TLS from the start."""


def _connected(server: MailServer, patience: float) -> smtplib.SMTP:
    tls = ssl.create_default_context()
    if server.tls == "implicit":
        return _signed_in(_WatchedTls(server, patience, context=tls), server)
    return _signed_in(_Watched(server, patience), server, tls if server.tls == "starttls" else None)


def _signed_in(connection: smtplib.SMTP, server: MailServer, tls: ssl.SSLContext | None = None) -> smtplib.SMTP:
    try:
        if tls:
            connection.starttls(context=tls)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"


def _answer(code: int, answer: bytes | str) -> str:
    return f"{code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"
