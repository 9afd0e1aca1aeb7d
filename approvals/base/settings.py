"""Settings, read once from the environment; and the secrets that are made at the first start."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from approvals.base.files.scanner import ScannerAddress, read_address
from approvals.base.moments import read_moment

DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")
ENVIRONMENTS = ("demo", "production", "test")
PORTS = {"smtp": 587, "smtps": 465}
TLS = ("starttls", "none")
SHORTEST_KEY, FEWEST_CHARACTERS = 32, 8  # of the key that signs cookies
PRODUCTION_RATE = "6000"  # calls a minute: a hundred a second, more than a department's system needs
MOST_CALLS = 1_000_000  # a minute
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


class SettingsError(ValueError):
    """The environment is not usable; the message says which variable and why."""


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


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str
    data_dir: Path
    environment: str
    secret_key: str
    now: datetime | None
    demo_password: str | None
    hosts: tuple[str, ...] = ()  # the names under which the service answers; all when empty
    proxies: int = 0  # how many of our own stand in front; their word on the client's address is taken
    public_url: str = ""  # for links in mails
    mail: MailServer | None = None  # no mail is sent without one
    any_webhook: bool = False  # tests alone let webhooks be plain HTTP and of this machine
    replica_url: str = ""  # a streaming replica of the database, from which pages are read
    signing_key: Path | None = None  # the city's key and certificate (PKCS#12); issued documents are not signed without
    signing_password: str = field(default="", repr=False)
    token_rate: int = 0  # calls a minute that a process answers to one access token; 0 is no limit
    scanner: ScannerAddress | None = None  # uploads are not scanned without
    robot_hosts: tuple[str, ...] = ()  # of robots, beside those of WeCom and DingTalk
    launcher_notes: Path | None = None  # where `guahao serve` notes which of its children died

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"


def read_settings(env: dict[str, str] | None = None) -> Settings:
    """The settings in this environment; SettingsError names what is wrong."""
    env = dict(os.environ) if env is None else env
    environment = env.get("GUAHAO_ENV", "demo")
    if environment not in ENVIRONMENTS:
        raise SettingsError(f"GUAHAO_ENV is one of {', '.join(ENVIRONMENTS)}, not {environment!r}")
    data_dir = Path(env.get("GUAHAO_DATA_DIR", "var")).resolve()
    database_url = _database_url(env, data_dir)
    return Settings(
        database_url=database_url,
        replica_url=_replica_url(env, database_url),
        data_dir=data_dir,
        environment=environment,
        secret_key=_secret_key(env, environment),
        now=_now(env, environment),
        demo_password=env.get("GUAHAO_DEMO_PASSWORD"),
        hosts=_hosts(env, environment),
        proxies=_proxies(env),
        signing_key=Path(env["GUAHAO_SIGNING_KEY"]).resolve() if env.get("GUAHAO_SIGNING_KEY") else None,
        signing_password=env.get("GUAHAO_SIGNING_PASSWORD", ""),
        public_url=_public_url(env, is_production=environment == "production"),
        mail=read_mail_server(env),
        any_webhook=_any_webhook(env, environment),
        token_rate=_token_rate(env, environment),
        scanner=_scanner(env),
        robot_hosts=tuple(env.get("GUAHAO_ROBOT_HOSTS", "").replace(",", " ").lower().split()),
        launcher_notes=Path(env["GUAHAO_LAUNCHER_NOTES"]) if env.get("GUAHAO_LAUNCHER_NOTES") else None,
    )


def _scanner(env: Mapping[str, str]) -> ScannerAddress | None:
    """GUAHAO_SCANNER: where clamd listens."""
    text = env.get("GUAHAO_SCANNER", "").strip()
    try:
        return read_address(text) if text else None
    except ValueError:
        raise SettingsError("GUAHAO_SCANNER is clamd://host:3310 or clamd:///run/clamav/clamd.ctl") from None


def _token_rate(env: Mapping[str, str], environment: str) -> int:
    """GUAHAO_TOKEN_RATE; in production there is a limit unless it says 0."""
    text = env.get("GUAHAO_TOKEN_RATE") or (PRODUCTION_RATE if environment == "production" else "0")
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_CALLS):
        raise SettingsError(f"GUAHAO_TOKEN_RATE is a number of calls a minute, 0 for no limit, not {text!r}")
    return int(text)


def _proxies(env: Mapping[str, str]) -> int:
    text = env.get("GUAHAO_PROXIES") or "0"
    if not (text.isascii() and text.isdigit() and int(text) < 10):
        raise SettingsError(f"GUAHAO_PROXIES is a number from 0 to 9, not {text!r}")
    return int(text)


def _database_url(env: Mapping[str, str], data_dir: Path) -> str:
    text = env.get("GUAHAO_DATABASE_URL") or f"sqlite:///{data_dir / 'guahao.db'}"
    if not _is_address(text):
        raise SettingsError("GUAHAO_DATABASE_URL is postgresql://user:password@host/name or sqlite:////path/file.db")
    return text


def _is_address(text: str) -> bool:
    """Whether this names a database of PostgreSQL, or a file of SQLite: several processes share it."""
    try:
        url = make_url(text)
    except ArgumentError:
        return False
    return url.drivername in DRIVERS and (url.drivername != "sqlite" or url.database not in (None, "", ":memory:"))


def _replica_url(env: Mapping[str, str], database_url: str) -> str:
    url = env.get("GUAHAO_REPLICA_URL", "")
    if url and not (url.startswith("postgresql") and database_url.startswith("postgresql")):
        raise SettingsError("GUAHAO_REPLICA_URL is a replica of PostgreSQL beside its primary in GUAHAO_DATABASE_URL")
    return url


def _secret_key(env: Mapping[str, str], environment: str) -> str:
    key = env.get("GUAHAO_SECRET_KEY", "")
    if environment != "production":
        return key or new_key()
    if not key:
        raise SettingsError("GUAHAO_SECRET_KEY is required in production")
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS:
        raise SettingsError(
            "GUAHAO_SECRET_KEY is too easy to guess; make one with"
            " `python3 -c 'import secrets; print(secrets.token_hex(32))'`"
        )
    return key


def _hosts(env: Mapping[str, str], environment: str) -> tuple[str, ...]:
    hosts = tuple(env.get("GUAHAO_HOSTS", "").replace(",", " ").split())
    if not hosts and environment == "production":
        raise SettingsError("GUAHAO_HOSTS is required in production: the names under which the service answers")
    return hosts


def _now(env: Mapping[str, str], environment: str) -> datetime | None:
    text = env.get("GUAHAO_NOW")
    if not text:
        return None
    if environment == "production":
        raise SettingsError("GUAHAO_NOW moves the clock and is refused in production")
    try:
        return read_moment(text)
    except ValueError as error:
        raise SettingsError(f"GUAHAO_NOW: {error}") from None


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
        raise SettingsError("GUAHAO_URL is needed with GUAHAO_SMTP_URL: mails carry links")
    name, address = parseaddr(sender)
    if not is_mail_address(address) or not sender.isprintable():
        raise SettingsError(f"GUAHAO_MAIL_FROM is a mail address, as in 挂号 <noreply@city.example>, not {sender!r}")
    return _server(url, name, address)


def _server(url: str, name: str, address: str) -> MailServer:
    wrong = SettingsError("GUAHAO_SMTP_URL looks like smtp://user:password@host:587?tls=starttls, or smtps://host")
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise wrong from None
    options = parse_qs(parts.query)
    tls = options.pop("tls", ["starttls"])[-1] if parts.scheme == "smtp" else "implicit"
    if not parts.hostname or options or parts.path not in ("", "/") or parts.fragment:
        raise wrong
    if tls not in (*TLS, "implicit"):
        raise SettingsError(f"GUAHAO_SMTP_URL: tls is one of {', '.join(TLS)}; use smtps:// for TLS from the start")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise SettingsError("GUAHAO_SMTP_URL: servers take user names and passwords in ASCII only")
    return MailServer(parts.hostname, port, tls, user, password, name, address)


def _public_url(env: Mapping[str, str], *, is_production: bool) -> str:
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
        raise SettingsError(f"GUAHAO_URL is the public address, as in https://guahao.city.example, not {url!r}")
    if is_production and parts.scheme != "https":
        raise SettingsError("GUAHAO_URL begins with https:// in production: nobody can sign in over plain HTTP")
    return url


def _any_webhook(env: Mapping[str, str], environment: str) -> bool:
    """GUAHAO_ANY_WEBHOOK: whether webhooks may be plain HTTP and of this machine; only tests may."""
    text = env.get("GUAHAO_ANY_WEBHOOK", "")
    if text and (environment != "test" or text != "yes"):
        raise SettingsError(
            "GUAHAO_ANY_WEBHOOK lets webhooks reach this machine and is for tests (GUAHAO_ENV=test, yes)"
        )
    return bool(text)


def new_key() -> str:
    return secrets.token_hex(32)


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret in this file, which only its owner may read; generated once, the same for all processes."""
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as new:  # mode 600
            new.write(make() + "\n")
            new.flush()
            os.fsync(new.fileno())
            with suppress(FileExistsError):  # another start was faster; its secret counts
                os.link(new.name, path)
    return path.read_text(encoding="ascii").strip()
