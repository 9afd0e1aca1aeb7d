"""`make serve`: comes up by itself, ends whole at any moment, says what is wrong."""

import fcntl
import json
import os
import shutil
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import pairwise, product
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2 as sqlite
import pytest

from approvals.accounts.actions import create_token
from approvals.cli.children import wait_before
from tests.support.builders import EVERY_ITEM, GIVEN, NOW, a_database, a_project
from tests.support.catalogues import without
from tests.support.concurrency import at_once
from tests.support.extent import effort
from tests.support.servers import PYTHON, ROOT, Process, a_free_port, a_process, answers, eventually

SERVE = [PYTHON, "-m", "approvals", "serve"]
LOADING = "example city: 10 %"  # of the progress, where there is no terminal
PHASES = ("bringing the database up to date", "starting web and worker", "ready at")
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EVERY = tuple(product(PHASES, STOPS))
KEY = "0123456789abcdef" * 4  # of the cookies
KILLING = 600
LONGEST_SILENCE = 30  # seconds; two processes may be killed while they start


def a_city(folder: Path, *, environment: str = "production", **more: str) -> dict[str, str]:
    """The environment of a service with its data in this folder, on a port of its own."""
    settings = {"GUAHAO_ENV": environment, "GUAHAO_DATA_DIR": str(folder), "PORT": str(a_free_port())}
    return settings | {"GUAHAO_SECRET_KEY": KEY, "GUAHAO_HOSTS": "guahao.city.example"} | more


@dataclass(frozen=True, slots=True)
class Service:
    port: int
    url: str
    token: str


def ends_whole(process: Process, status: int) -> None:
    assert process.ended(seconds=30) == status, process.output
    assert process.alive() == []
    assert "Traceback" not in process.output


@pytest.mark.parametrize(("phase", "number"), effort(tuple(zip(PHASES, STOPS, strict=True)), EVERY))
def test_a_signal_ends_all_of_it_at_any_moment(tmp_path: Path, phase: str, number: signal.Signals) -> None:
    with a_process(SERVE, env=a_city(tmp_path)) as process:
        process.wait_for(phase, seconds=120)
        process.send(number)
        ends_whole(process, 0 if phase == "ready at" else 128 + number)


@pytest.mark.soak
def test_a_first_start_that_was_stopped_while_the_city_was_loaded_is_made_good(tmp_path: Path) -> None:
    env = a_city(tmp_path, environment="demo")
    with a_process(SERVE, env=env) as process:
        process.wait_for("looking after the example city", seconds=120)
        process.wait_for(LOADING, seconds=120)
        process.send(signal.SIGTERM)
        ends_whole(process, 143)
    with a_process(SERVE, env=env) as process:
        process.wait_for("ready at", seconds=240)
        assert answers(int(env["PORT"]), "/readyz")
        process.send(signal.SIGINT)
        ends_whole(process, 0)
    with a_process(SERVE, env=env) as process:
        process.wait_for("ready at", seconds=60)
        assert LOADING not in process.output
        password = (tmp_path / "demo-password").read_text().strip()
        process.wait_for(f"the password of each is {password}")


def test_secrets_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    env = a_city(tmp_path / "new", environment="test", GUAHAO_SECRET_KEY="")
    with a_process(SERVE, env=env) as process:
        process.wait_for("ready at", seconds=120)
    assert stat.S_IMODE(os.stat(tmp_path / "new").st_mode) == 0o700
    for name in ("secret-key", "guahao.db", "guahao.db.lock"):
        assert stat.S_IMODE(os.stat(tmp_path / "new" / name).st_mode) == 0o600


def test_a_port_in_use_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with a_process(SERVE, env=a_city(tmp_path / "new") | {"PORT": str(port)}) as process:
            ends_whole(process, 1)
            assert f"cannot listen on 127.0.0.1 port {port}" in process.output
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("wrong", "output"),
    [
        ({"PORT": "eighty"}, "PORT is a number from 1 to 65535"),
        ({"PORT": "65536"}, "PORT is a number from 1 to 65535"),
        ({"GUAHAO_HOST": "no.such.host.invalid"}, "cannot listen on no.such.host.invalid"),
        ({"GUAHAO_ENV": "prod"}, "GUAHAO_ENV is one of"),
        ({"GUAHAO_SECRET_KEY": ""}, "GUAHAO_SECRET_KEY is required in production"),
        ({"GUAHAO_HOSTS": ""}, "GUAHAO_HOSTS is required in production"),
        ({"GUAHAO_NOW": "2026-01-01T00:00:00+08:00"}, "GUAHAO_NOW"),
        ({"GUAHAO_DATA_DIR": "/proc/nowhere"}, "cannot write under /proc/nowhere"),
        ({"GUAHAO_SIGNING_KEY": "/nowhere.p12"}, "GUAHAO_SIGNING_KEY: the file cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, wrong: dict[str, str], output: str) -> None:
    with a_process(SERVE, env=a_city(tmp_path) | wrong) as process:
        ends_whole(process, 1)
        assert output in process.output


def posted(service: Service, value: dict[str, object]) -> HTTPResponse:
    """The answer to a new project by the program."""
    with closing(HTTPConnection("127.0.0.1", service.port, timeout=30)) as connection:
        headers = {"Authorization": f"Bearer {service.token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/projects", json.dumps(value), headers)
        response = connection.getresponse()
        response.read()
        return response


def readiness(port: int) -> dict[str, Any]:
    """What `/readyz` says, nothing while nobody answers."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection, suppress(OSError, HTTPException):
        connection.request("GET", "/readyz")
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return answer
    return {}


def test_who_dies_is_started_again_and_the_others_go_on(tmp_path: Path) -> None:
    env = a_city(tmp_path)
    port = int(env["PORT"])
    with a_process(SERVE, env=env) as process:
        process.wait_for("ready at", seconds=120)
        for deaths in range(1, 4):  # the web outlives the worker
            os.kill(process.pids_of("guahao worker")[0], signal.SIGKILL)
            process.wait_for(f"in {wait_before(deaths, -signal.SIGKILL):g} seconds", seconds=20)
            assert answers(port, "/healthz")
            eventually(lambda: process.pids_of("guahao worker"), seconds=20, what="another worker")
        assert "worker ended by itself (signal SIGKILL); starting it again in 0.25 seconds" in process.output
        told = readiness(port)
        assert told["ok"] is False
        assert told["checks"]["processes"]["told"] == "worker died 3 times in a row, see the log"

        worker = process.pids_of("guahao worker")  # the worker outlives the web, and one web process the other
        for index in (0, -1, 0, -1):  # granian's parents and the processes that answer
            os.kill(process.pids_of("guahao web")[index], signal.SIGKILL)
            eventually(lambda: answers(port, "/healthz"), seconds=20, what="an answer")
        eventually(lambda: len(process.pids_of("guahao web")) == 4, seconds=40, what="all web processes")
        assert process.pids_of("guahao worker") == worker
        eventually(lambda: readiness(port).get("ok"), seconds=60, what="a steady service")
        process.send(signal.SIGTERM)
        ends_whole(process, 0)


@pytest.mark.soak
def test_ten_minutes_of_kills_leave_the_site_answering(tmp_path: Path) -> None:
    env, rng = a_city(tmp_path), Random(20)
    port, silences = int(env["PORT"]), [time.monotonic()]
    with a_process(SERVE, env=env) as process:
        process.wait_for("ready at", seconds=120)
        until = time.monotonic() + KILLING
        while time.monotonic() < until:
            victims = [pid for words in ("guahao web", "guahao worker") for pid in process.pids_of(words)]
            if victims:
                os.kill(rng.choice(victims), signal.SIGKILL)
            next_kill = time.monotonic() + rng.uniform(0.5, 2)
            while time.monotonic() < next_kill:
                if answers(port, "/healthz"):
                    silences.append(time.monotonic())
                time.sleep(0.1)
        assert max(later - earlier for earlier, later in pairwise([*silences, until])) < LONGEST_SILENCE
        eventually(lambda: readiness(port).get("ok"), seconds=120, what="a steady service")
        process.send(signal.SIGTERM)
        ends_whole(process, 0)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, make_database: Callable[[str], str]) -> Iterator[Service]:
    """The whole service on a city, with a token of somebody who files."""
    url = make_database("sqlite")
    database = a_database(url)
    with database.write() as tx:
        token = create_token(tx, "owner1", "a program", now=NOW)
    database.close()
    env = a_city(tmp_path_factory.mktemp("service"), GUAHAO_DATABASE_URL=url)
    with a_process(SERVE, env=env) as process:
        process.wait_for("ready at", seconds=120)
        yield Service(int(env["PORT"]), url, token)


def test_slow_posts_of_strangers_stop_nobody(service: Service) -> None:
    """Some that send a part of their body, or a part of their headers, and then nothing."""
    head = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    body = b"Content-Length: 1000\r\n\r\nusername="
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", service.port))) for _ in range(24)]
        for number, line in enumerate(lines):
            line.sendall(head + (body if number % 2 else b""))
        until = time.monotonic() + 15
        while time.monotonic() < until:
            for path in ("/healthz", "/sign-in"):
                asked_at = time.monotonic()
                assert answers(service.port, path)
                assert time.monotonic() - asked_at < 3
            assert posted(service, {}).status == 422  # others send, and are answered
            time.sleep(0.5)
        lines[0].settimeout(5)
        assert lines[0].recv(100) in (b"", b"HTTP/1.1 408 Request Timeout\r\n")  # it never sent its headers


def test_nine_waiting_writers_end_in_time_and_pages_answer(service: Service) -> None:
    def write() -> tuple[int, str | None, float]:
        began = time.monotonic()
        response = posted(service, GIVEN["draft"])
        return response.status, response.headers["Retry-After"], time.monotonic() - began

    def read() -> float:
        longest, until = 0.0, time.monotonic() + 6
        while time.monotonic() < until:
            began = time.monotonic()
            assert answers(service.port, "/sign-in")
            longest = max(longest, time.monotonic() - began)
        return longest

    path = service.url.removeprefix("sqlite:///")
    with closing(sqlite.connect(path, isolation_level=None)) as other, open(f"{path}.lock", "ab") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        other.execute("BEGIN IMMEDIATE")
        *written, longest = at_once(*[write] * 9, read)
        other.execute("ROLLBACK")
        fcntl.flock(queue, fcntl.LOCK_UN)
    assert {(status, retry) for status, retry, _ in written} == {(503, "5")}
    assert max(seconds for *_, seconds in written) < 12
    assert longest < 3
    assert posted(service, GIVEN["draft"]).status == 201


def test_when_the_parent_is_killed_its_children_end(tmp_path: Path) -> None:
    with a_process(SERVE, env=a_city(tmp_path)) as process:
        process.wait_for("ready at", seconds=120)
        process.send(signal.SIGKILL)
        process.ended()
        eventually(lambda: process.alive() == [], seconds=15, what="the children's end")


def a_checkout(folder: Path) -> Path:
    """This product with rules of its own to edit."""
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.name != "workflows" and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    shutil.copytree(ROOT / "workflows", folder / "workflows")
    return folder


def asked(port: int, path: str, token: str) -> Any:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        return json.loads(connection.getresponse().read())


def test_an_item_deleted_from_the_file_in_mid_year_stays_with_who_has_it(tmp_path: Path, sqlite_url: str) -> None:
    database = a_database(sqlite_url)
    with database.write() as tx:
        a_project(tx, "registered", answers=EVERY_ITEM)
        token = create_token(tx, "centre1", "a program", now=NOW)
    database.close()
    checkout = a_checkout(tmp_path / "checkout")
    file = checkout / "workflows/data/catalogue.yaml"
    file.write_text(without(file.read_text("utf-8"), "B06"), "utf-8")
    env = a_city(tmp_path / "data", GUAHAO_DATABASE_URL=sqlite_url)
    with a_process(SERVE, env=env, folder=checkout) as process:
        process.wait_for("ready at", seconds=120)
        assert "guahao: the catalogue: edition 2026-01 is in force; the file of the settings" in process.output
        assert "takes effect by `guahao catalogue load`" in process.output
        port = int(env["PORT"])
        assert asked(port, "/readyz", token)["checks"]["catalogue"]["warning"] is True
        rows = asked(port, f"/api/v1/approvals?department={quote('市城管局')}", token)["items"]
        assert "占用绿地和砍伐迁移树木审批" in str(rows)


# `make` sets up anew an environment that was made in another folder, and would empty the one of that folder.
@pytest.mark.skipif((ROOT / ".venv").is_symlink(), reason=".venv belongs to another checkout")
def test_make_passes_a_signal_on(tmp_path: Path) -> None:
    with a_process(["make", "serve"], env=a_city(tmp_path)) as process:
        process.wait_for("ready at", seconds=120)
        process.send(signal.SIGTERM)
        assert process.ended(seconds=12) == 143
        eventually(lambda: process.alive() == [], seconds=12, what="the service's end")
