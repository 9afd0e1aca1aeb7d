"""Pages are read from a replica, never older than what their reader wrote; what it lacks comes from the primary."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import delete, select

from approvals.accounts.queries import GRANT, PERSON
from approvals.base.database import Database
from approvals.base.migrations import upgrade
from approvals.base.settings import SettingsError, read_settings
from approvals.http.application import KEY
from tests.support.api_clients import Api
from tests.support.builders import FURTHER, GIVEN, NOW, a_project, as_form
from tests.support.pages import Visitor, a_site, an_app, somebody
from tests.support.servers import Postgres, a_postgres, a_replica, eventually

POSTGRES = "postgresql://a@b/c"
DRAFT = {"category": "就业促进", "kind": "service", "county": "东区", "planned_10k_yuan": "12"}
DRAFT |= as_form(FURTHER | {"funding": {"city": "12"}})


def answers(server: Postgres, statement: str) -> list[object]:
    database = Database(server.url("postgres"))
    with database.read() as tx:
        rows = tx.exec_driver_sql(statement).scalars().all()
    database.close()
    return list(rows)


@dataclass(frozen=True, slots=True)
class Pair:
    """A primary and its replica, with the site of a city that uses both."""

    primary: Postgres
    replica: Postgres
    url: str
    app: OpenAPI

    def hold_back(self) -> None:
        """The replica receives, and does not show yet."""
        self.replica.run("SELECT pg_wal_replay_pause()")
        state = "SELECT pg_get_wal_replay_pause_state()"
        eventually(lambda: answers(self.replica, state) == ["paused"], seconds=20, what="a pause")

    def go_on(self) -> None:
        self.replica.run("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        held = self.app.extensions[KEY].replica
        place = held.written()
        self.primary.run("SELECT pg_switch_wal()")  # what no commit has flushed yet, such as a page tidied by a reader
        eventually(lambda: held._has(place), seconds=20, what="a replica that has everything")


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Two servers of a test's own, for it stops and promotes them."""
    with a_postgres() as primary:
        url = primary.create("guahao")
        upgrade(url)
        with a_replica(primary) as replica, a_site(url, replica_url=replica.url("guahao"), now=NOW) as app:
            found = Pair(primary, replica, url, app)
            found.catch_up()
            yield found


def draft(visitor: Visitor, name: str) -> str:
    visitor.get("/projects/new")
    sent = visitor.post("/projects/new", DRAFT | {"name": name, "once": visitor.once_key()})
    assert sent.status_code == 303, sent.text
    return str(sent.location)


def test_who_wrote_sees_it_at_once_and_others_when_the_replica_has_it(pair: Pair) -> None:
    owner, colleague = somebody(pair.app, "owner1"), somebody(pair.app, "owner1")
    pair.catch_up()
    pair.hold_back()
    name = "滞后期间申报的小学"
    leads_to = draft(owner, name)
    assert all(name in owner.get(path).text for path in (leads_to, "/projects"))
    assert name not in colleague.get("/projects").text, "read from the replica, which lags"
    pair.go_on()
    pair.catch_up()
    assert name in colleague.get("/projects").text


def test_a_right_that_was_taken_away_is_gone_however_far_the_replica_lags(pair: Pair) -> None:
    office = somebody(pair.app, "office1")
    assert office.get("/triage").status_code == 200
    pair.hold_back()
    with pair.app.extensions[KEY].database.write() as tx:
        who = select(PERSON.c.id).where(PERSON.c.username == "office1")
        tx.execute(delete(GRANT).where(GRANT.c.person_id.in_(who)))
    assert office.get("/triage").status_code == 403
    pair.go_on()


def test_programs_read_what_was_written_a_moment_ago(pair: Pair) -> None:
    pair.hold_back()
    api = Api(pair.app)
    ref = api.of("owner1").post("/projects", GIVEN["draft"]).json["ref"]
    assert api.of("owner1").get(f"/projects/{ref}").status_code == 200
    pair.go_on()


def test_without_its_replica_the_service_goes_on(pair: Pair) -> None:
    owner = somebody(pair.app, "owner1")
    with pair.app.extensions[KEY].database.write() as tx:
        ref = a_project(tx, "registered")
    pair.replica.process.send_signal(signal.SIGINT)
    pair.replica.process.wait(30)
    assert owner.get(f"/projects/{ref}").status_code == 200
    ready = owner.get("/readyz")
    assert ready.json["checks"]["replica"]["warning"], "told, and no reason to send people away"


def test_after_a_failover_the_promoted_replica_serves_all(pair: Pair) -> None:
    hosts = f"postgresql://tests@/guahao?host=127.0.0.1:{pair.primary.port}&host=127.0.0.1:{pair.replica.port}"
    with an_app(f"{hosts}&target_session_attrs=read-write", replica_url=pair.replica.url("guahao"), now=NOW) as app:
        owner = somebody(app, "owner1")
        before = draft(owner, "切换前申报的小学")
        pair.catch_up()
        pair.primary.process.send_signal(signal.SIGINT)
        pair.primary.process.wait(30)
        refused = owner.post("/projects/new", DRAFT | {"name": "主库停机时"})
        assert (refused.status_code, refused.headers["Retry-After"].isdigit()) == (503, True)
        pair.replica.run("SELECT pg_promote()")
        assert "切换前申报的小学" in owner.get(before).text
        after = draft(owner, "切换后申报的小学")
        assert "切换后申报的小学" in owner.get(after).text


def test_with_a_synchronous_replica_nothing_that_was_acknowledged_is_lost() -> None:
    waiting = ("fsync=off", "full_page_writes=off")  # a commit waits for the replica, as in production
    with a_postgres(waiting) as primary:
        url = primary.create("guahao")
        upgrade(url)
        with a_replica(primary, waiting) as replica, a_site(url, now=NOW):
            primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'")
            primary.run("SELECT pg_reload_conf()")
            state = "SELECT sync_state FROM pg_stat_replication"
            eventually(lambda: answers(primary, state) == ["sync"], seconds=20, what="a replica that is waited for")
            hosts = f"postgresql://tests@/guahao?host=127.0.0.1:{primary.port}&host=127.0.0.1:{replica.port}"
            with an_app(f"{hosts}&target_session_attrs=read-write", now=NOW) as app:
                owner = Api(app).of("owner1")
                drafted = [owner.post("/projects", GIVEN["draft"]).json["ref"] for _ in range(20)]
                primary.process.send_signal(signal.SIGQUIT)  # at once, as when the machine is lost
                primary.process.wait(30)
                refused = owner.post("/projects", GIVEN["draft"])
                assert (refused.status_code, refused.headers["Retry-After"].isdigit()) == (503, True)
                replica.run("SELECT pg_promote()")
                assert all(owner.get(f"/projects/{ref}").status_code == 200 for ref in drafted)
                assert owner.post("/projects", GIVEN["draft"]).status_code == 201


@pytest.mark.parametrize(
    ("database", "replica"), [("", POSTGRES), ("sqlite:////tmp/x.db", POSTGRES), (POSTGRES, "sqlite:////tmp/x.db")]
)
def test_a_replica_belongs_to_postgresql(database: str, replica: str) -> None:
    with pytest.raises(SettingsError, match="GUAHAO_REPLICA_URL"):
        read_settings({"GUAHAO_DATABASE_URL": database, "GUAHAO_REPLICA_URL": replica})
