"""Settings, read once from the environment."""

import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from approvals.base.mail_settings import MailServer, PostingError, read_any_webhook, read_mail_server, read_url
from approvals.base.moments import read_moment

DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")
ENVIRONMENTS = ("demo", "production", "test")


class SettingsError(ValueError):
    """The environment is not usable; the message says which variable and why."""


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
    signing_key: Path | None = None  # the city's key and certificate (PKCS#12); issued papers are not signed without
    signing_password: str = field(default="", repr=False)

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
        hosts=tuple(env.get("GUAHAO_HOSTS", "").replace(",", " ").split()),
        proxies=_proxies(env),
        signing_key=Path(env["GUAHAO_SIGNING_KEY"]).resolve() if env.get("GUAHAO_SIGNING_KEY") else None,
        signing_password=env.get("GUAHAO_SIGNING_PASSWORD", ""),
        **_posting(env, environment),
    )


def _posting(env: dict[str, str], environment: str) -> dict[str, Any]:
    try:
        return {
            "public_url": read_url(env, is_production=environment == "production"),
            "mail": read_mail_server(env),
            "any_webhook": read_any_webhook(env, environment),
        }
    except PostingError as error:
        raise SettingsError(str(error)) from None


def _proxies(env: dict[str, str]) -> int:
    text = env.get("GUAHAO_PROXIES") or "0"
    if not (text.isascii() and text.isdigit() and int(text) < 10):
        raise SettingsError(f"GUAHAO_PROXIES is a number from 0 to 9, not {text!r}")
    return int(text)


def _database_url(env: dict[str, str], data_dir: Path) -> str:
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


def _replica_url(env: dict[str, str], database_url: str) -> str:
    url = env.get("GUAHAO_REPLICA_URL", "")
    if url and not (url.startswith("postgresql") and database_url.startswith("postgresql")):
        raise SettingsError("GUAHAO_REPLICA_URL is a replica of PostgreSQL beside its primary in GUAHAO_DATABASE_URL")
    return url


def _secret_key(env: dict[str, str], environment: str) -> str:
    key = env.get("GUAHAO_SECRET_KEY", "")
    if key or environment != "production":
        return key or secrets.token_hex(32)
    raise SettingsError("GUAHAO_SECRET_KEY is required in production")


def _now(env: dict[str, str], environment: str) -> datetime | None:
    text = env.get("GUAHAO_NOW")
    if not text:
        return None
    if environment == "production":
        raise SettingsError("GUAHAO_NOW moves the clock and is refused in production")
    try:
        return read_moment(text)
    except ValueError as error:
        raise SettingsError(f"GUAHAO_NOW: {error}") from None
