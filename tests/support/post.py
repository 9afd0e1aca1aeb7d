"""A real SMTP server with scripted behaviour, and a city whose notices are delivered."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask_openapi3 import OpenAPI
from sqlalchemy import Connection, Row, select

from approvals.base.database import Database
from approvals.base.jobs import JOB, Now
from approvals.base.settings import MailServer
from approvals.http.application import KEY
from approvals.notifications import actions
from approvals.notifications.fan_out import fan_out, gather_digests
from approvals.notifications.preferences import ChannelChoice, NewMail, NewWebhook
from approvals.notifications.queries import DELIVERING, DELIVERY
from tests.support.builders import an_actor, do, when
from tests.support.jobs import due_jobs, run
from tests.support.pages import a_site
from tests.support.servers import a_free_port

BEGIN = when("2026-11-18", "07:00")  # a Wednesday, an hour before the digest
URL = "https://guahao.city.example"
STALL = "stall"
CLOSE = "close"


@dataclass
class Post:
    """What the server does at each step, one behaviour after the other, then as it should; and what it took."""

    port: int
    behaviours: dict[str, list[str]] = field(default_factory=dict)
    taken: list[EmailMessage] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    sessions: int = 0

    def at(self, step: str, *behaviours: str) -> None:
        """The next answers at EHLO, MAIL, RCPT, DATA (the command), BODY (what follows it) and QUIT."""
        self.behaviours[step] = list(behaviours)

    @property
    def server(self) -> MailServer:
        return MailServer("127.0.0.1", self.port, "none", sender_name="挂号", sender="noreply@city.example")

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.taken]

    def _next(self, step: str) -> str:
        waiting = self.behaviours.get(step, [])
        return waiting.pop(0) if waiting else ""

    async def _behave(self, step: str, server: SMTP) -> str | None:
        behaviour = self._next(step)
        if behaviour == STALL:
            await asyncio.sleep(3)
        if behaviour in (STALL, CLOSE):
            server.transport.abort()
            return "421 gone"
        return behaviour or None

    # The hooks of aiosmtpd.

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        answer = await self._behave("EHLO", server)
        return [answer] if answer else responses

    async def handle_MAIL(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._behave("MAIL", server) or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._behave("RCPT", server)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = await self._behave("BODY", server)
        if answer:
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self.receivers.extend(envelope.rcpt_tos)
        return "250 taken"

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:
        return await self._behave("QUIT", server) or "221 bye"


@contextmanager
def a_post_office(**how: Any) -> Iterator[Post]:
    """A server on a free port of this machine; `how` it keeps its door is said as aiosmtpd says it."""
    post = Post(a_free_port())
    controller = Controller(post, hostname="127.0.0.1", port=post.port, **how)
    controller.start()
    post.sessions = 0
    try:
        yield post
    finally:
        controller.stop()


@dataclass
class Carried:
    """A city, and a worker that is told when to work. `at` is the time that all of it goes by."""

    app: OpenAPI
    database: Database
    at: datetime = BEGIN

    def now(self) -> datetime:
        return self.at

    def later(self, **step: float) -> None:
        self.at += timedelta(**step)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        self.later(seconds=1)
        with self.database.write() as tx:
            yield tx

    def fan_out(self) -> int:
        return fan_out(self.database, self.now)

    def work(self) -> Counter[str]:
        """Everything that a worker does in one look; how many deliveries had each outcome."""
        self.fan_out()
        with self.app.app_context():
            gather_digests(self.database, self.now)
            return deliver_all(self.database, self.now)

    def mail(self, username: str, address: str = "", **modes: str) -> None:
        """Switch mail on for somebody."""
        with self.writing() as tx:
            by = an_actor(tx, username)
            token = actions.request_mail(tx, NewMail(address=address or f"{username}@city.example"), by=by, now=self.at)
            actions.confirm_mail(tx, token, by=by, now=self.at)
            self._choose(tx, by, "mail", modes)

    def robot(self, username: str, address: str, robot: str = "wecom", secret: str = "", **modes: str) -> None:
        with self.writing() as tx:
            by = an_actor(tx, username)
            webhook = NewWebhook(robot=robot, address=address, secret=secret)  # type: ignore[arg-type]
            actions.set_webhook(tx, webhook, by=by, now=self.at)
            self._choose(tx, by, "webhook", modes)

    def _choose(self, tx: Connection, by: Any, channel: str, modes: dict[str, str]) -> None:
        chosen = {"act": "now", "cases": "now", "escalations": "now"} | modes
        actions.choose(tx, channel, ChannelChoice(is_on=True, **chosen), by=by, now=self.at)  # type: ignore[arg-type]

    def file(self, ref: str, name: str = "新建小学教学楼") -> None:
        """A project is drafted and filed now, of which the supervision office is told."""
        with self.writing() as tx:
            fields = {"name": name, "category": "教育助学", "kind": "construction", "county": "东区"}
            fields |= {"planned_10k_yuan": "1200.50", "answers": {}}
            do(tx, "owner1", "draft", ref, fields, at=self.at, now=self.at)
            do(tx, "owner1", "file", ref, at=self.at, now=self.at)

    def move(self, by: str, move: str, on: str) -> None:
        with self.writing() as tx:
            do(tx, by, move, on, at=self.at, now=self.at)

    def deliveries(self, **where: Any) -> list[Row[Any]]:
        with self.database.read() as tx:
            conditions = [DELIVERY.c[name] == value for name, value in where.items()]
            return list(tx.execute(select(DELIVERY).where(*conditions).order_by(DELIVERY.c.id)))

    def jobs(self, state: str = "waiting") -> list[Row[Any]]:
        """The jobs that deliver, or that were given up ("failed")."""
        with self.database.read() as tx:
            return list(tx.execute(select(JOB).where(DELIVERING, JOB.c.state == state).order_by(JOB.c.id)))

    def states(self) -> dict[str, int]:
        return dict(Counter(delivery.state for delivery in self.deliveries()))


def deliver_all(database: Database, now: Now) -> Counter[str]:
    """Deliver what is due; how many were sent, dropped, failed (to be tried again), given up or lost."""
    with database.read() as tx:
        ids = [job.id for job in tx.execute(select(JOB).where(DELIVERING))]
        due = [job_id for job_id in due_jobs(tx, now()) if job_id in ids]
    outcomes = (_delivered(database, job_id, now) for job_id in due)
    return Counter(outcome for outcome in outcomes if outcome not in ("idle", "taken"))


def _delivered(database: Database, job_id: int, now: Now) -> str:
    job, state = select(JOB.c.period, JOB.c.state).where(JOB.c.id == job_id), select(DELIVERY.c.state)
    with database.read() as tx:
        before = tx.execute(job).one_or_none()
    end = run(database, job_id, "the worker", now)
    if end not in ("done", "failed") or before is None:
        return end
    with database.read() as tx:
        if end == "done":
            return str(tx.execute(state.where(DELIVERY.c.key == before.period)).scalar_one())
        return "dead" if tx.execute(job).one().state == "failed" else "failed"


@contextmanager
def a_carried_city(url: str, post: Post | None = None, **changes: Any) -> Iterator[Carried]:
    """A city on this database that sends mail through this server, if there is one."""
    server = post.server if post else None
    with a_site(url, mail=server, public_url=URL, any_webhook=True, now=BEGIN, **changes) as app:
        database: Database = app.extensions[KEY].database
        yield Carried(app, database)


@pytest.fixture
def post() -> Iterator[Post]:
    with a_post_office() as post:
        yield post


@pytest.fixture
def city(database_url: str, post: Post) -> Iterator[Carried]:
    """A city whose notices are mailed through the post office."""
    with a_carried_city(database_url, post) as city:
        yield city
