"""Where mail is handed in, and under which address the service is reached: read from the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
TLS = ("starttls", "none")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


class PostingError(ValueError):
    """A variable is not usable; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `tls` is starttls, implicit or none; mail goes out as `sender`."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)
    sender_name: str = ""
    sender: str = ""

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]


def is_mail_address(text: str) -> bool:
    """Whether this is a plain mail address, such as name@example.org, that can stand in a header as it is."""
    local = text.rpartition("@")[0]
    return bool(_ADDRESS.fullmatch(text)) and ".." not in text and not local.startswith(".") and not local.endswith(".")


def read_mail_server(env: Mapping[str, str]) -> MailServer | None:
    """What GUAHAO_SMTP_URL and GUAHAO_MAIL_FROM say; None when no mail is to be sent."""
    url, sender = env.get("GUAHAO_SMTP_URL", "").strip(), env.get("GUAHAO_MAIL_FROM", "").strip()
    if not url:
        return None
    if not env.get("GUAHAO_URL", "").strip():
        raise PostingError("GUAHAO_URL is needed with GUAHAO_SMTP_URL: mails carry links")
    name, address = parseaddr(sender)
    if not is_mail_address(address) or not sender.isprintable():
        raise PostingError(f"GUAHAO_MAIL_FROM is a mail address, as in 挂号 <noreply@city.example>, not {sender!r}")
    return _server(url, name, address)


def _server(url: str, name: str, address: str) -> MailServer:
    wrong = PostingError("GUAHAO_SMTP_URL looks like smtp://user:password@host:587?tls=starttls, or smtps://host")
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise wrong from None
    asked = parse_qs(parts.query)
    tls = asked.pop("tls", ["starttls"])[-1] if parts.scheme == "smtp" else "implicit"
    if not parts.hostname or asked or parts.path not in ("", "/") or parts.fragment:
        raise wrong
    if tls not in (*TLS, "implicit"):
        raise PostingError(f"GUAHAO_SMTP_URL: tls is one of {', '.join(TLS)}; use smtps:// for TLS from the start")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise PostingError("GUAHAO_SMTP_URL: servers take user names and passwords in ASCII only")
    return MailServer(parts.hostname, port, tls, user, password, name, address)


def read_url(env: Mapping[str, str], *, is_production: bool) -> str:
    """GUAHAO_URL, the public address without a slash at its end; empty when it is not given."""
    url = env.get("GUAHAO_URL", "").strip().rstrip("/")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_fine = False
    if not is_fine or parts.query or parts.fragment or parts.username or not url.isprintable() or " " in url:
        raise PostingError(f"GUAHAO_URL is the public address, as in https://guahao.city.example, not {url!r}")
    if is_production and parts.scheme != "https":
        raise PostingError("GUAHAO_URL begins with https:// in production: nobody can sign in over plain HTTP")
    return url


def read_any_webhook(env: Mapping[str, str], environment: str) -> bool:
    """GUAHAO_ANY_WEBHOOK: whether webhooks may be plain HTTP and of this machine; only tests may."""
    text = env.get("GUAHAO_ANY_WEBHOOK", "")
    if text and (environment != "test" or text != "yes"):
        raise PostingError(
            "GUAHAO_ANY_WEBHOOK lets webhooks reach this machine and is for tests (GUAHAO_ENV=test, yes)"
        )
    return bool(text)
