"""A person's own sessions: where they are signed in, and ending them one by one or all but this."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from approvals.accounts.audit import note
from approvals.accounts.identity import SIGN_IN, Session, digest
from approvals.base.errors import NotFound
from workflows.config.sign_in_policy import load_sign_in_policy

UNKNOWN = ""
# What a browser calls itself, by the word that gives it away; those that also say they are another stand first.
_BROWSERS = (
    *(("MicroMessenger", "微信"), ("wxwork", "企业微信"), ("DingTalk", "钉钉"), ("Edg", "Edge"), ("OPR/", "Opera")),
    *(("QQBrowser", "QQ 浏览器"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")),
)
_SYSTEMS = (
    *(("OpenHarmony", "HarmonyOS"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone")),
    *(("iPad", "iPad"), ("Windows", "Windows"), ("Macintosh", "macOS"), ("Linux", "Linux")),
)


@dataclass(frozen=True, slots=True)
class SessionView:
    """A running session; `browser` is empty where nothing is known of it, `key` tells a person's sessions apart."""

    key: str
    browser: str
    address: str
    begun_at: datetime
    seen_at: datetime
    is_this: bool


def browser_name(user_agent: str) -> str:
    """Browser and system as people name them, empty where neither is known."""
    names = (next((name for word, name in known if word in user_agent), UNKNOWN) for known in (_BROWSERS, _SYSTEMS))
    return " · ".join(filter(None, names))


def own_sessions(tx: Connection, own: Session, now: datetime) -> list[SessionView]:
    """The running sessions of who is signed in, this one first, then by last use."""
    idle = load_sign_in_policy().idle_of(own.actor.roles)
    running = SIGN_IN.c.ends_at > now, SIGN_IN.c.seen_at > now - idle
    rows = tx.execute(
        select(SIGN_IN).where(SIGN_IN.c.person_id == own.actor.id, *running).order_by(SIGN_IN.c.seen_at.desc())
    )
    this = digest(own.token)
    views = [
        SessionView(row.digest, browser_name(row.browser), row.address, row.begun_at, row.seen_at, row.digest == this)
        for row in rows
    ]
    return sorted(views, key=lambda view: not view.is_this)


def end_session(tx: Connection, own: Session, key: str, now: datetime) -> None:
    """End another session of one's own. NotFound when there is none of this key, or it is this one."""
    theirs = SIGN_IN.c.person_id == own.actor.id, SIGN_IN.c.digest == key, SIGN_IN.c.digest != digest(own.token)
    if tx.execute(delete(SIGN_IN).where(*theirs)).rowcount != 1:
        raise NotFound
    _note(tx, own, 1, now)


def end_other_sessions(tx: Connection, own: Session, now: datetime) -> int:
    """End all sessions of one's own but this one; how many there were."""
    theirs = SIGN_IN.c.person_id == own.actor.id, SIGN_IN.c.digest != digest(own.token)
    ended = tx.execute(delete(SIGN_IN).where(*theirs)).rowcount
    if ended:
        _note(tx, own, ended, now)
    return ended


def _note(tx: Connection, own: Session, ended: int, now: datetime) -> None:
    username = own.actor.username
    note(tx, "session_ended", by=username, subject=username, detail=str(ended), now=now)
