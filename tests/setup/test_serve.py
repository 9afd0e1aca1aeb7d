"""`make serve`: comes up by itself, ends whole at any moment, says what is wrong."""

import os
import signal
import socket
import stat
from itertools import product
from pathlib import Path

import pytest

from tests.support.extent import effort
from tests.support.servers import PYTHON, ROOT, Process, a_free_port, a_process, answers, eventually

SERVE = [PYTHON, "-m", "approvals", "serve"]
LOADING = "example city: 10 %"  # of the progress, where there is no terminal
PHASES = ("bringing the database up to date", "starting web and worker", "ready at")
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EVERY = tuple(product(PHASES, STOPS))


def a_city(folder: Path, *, environment: str = "production", **more: str) -> dict[str, str]:
    """The environment of a service with its data in this folder, on a port of its own."""
    settings = {"GUAHAO_ENV": environment, "GUAHAO_DATA_DIR": str(folder), "PORT": str(a_free_port())}
    return settings | {"GUAHAO_SECRET_KEY": "k" * 64} | more


def ends_whole(process: Process, status: int) -> None:
    assert process.ended(seconds=12) == status, process.output
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
    assert stat.S_IMODE(os.stat(tmp_path / "new/secret-key").st_mode) == 0o600


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
        ({"GUAHAO_NOW": "2026-01-01T00:00:00+08:00"}, "GUAHAO_NOW"),
        ({"GUAHAO_DATA_DIR": "/proc/nowhere"}, "cannot write under /proc/nowhere"),
        ({"GUAHAO_SIGNING_KEY": "/nowhere.p12"}, "GUAHAO_SIGNING_KEY: the file cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, wrong: dict[str, str], output: str) -> None:
    with a_process(SERVE, env=a_city(tmp_path) | wrong) as process:
        ends_whole(process, 1)
        assert output in process.output


def test_when_one_half_dies_the_other_is_ended_and_it_is_said(tmp_path: Path) -> None:
    with a_process(SERVE, env=a_city(tmp_path)) as process:
        process.wait_for("ready at", seconds=120)
        os.kill(process.pid_of("approvals worker"), signal.SIGKILL)
        ends_whole(process, 1)
        assert "worker ended by itself (signal SIGKILL); stopping the rest" in process.output


def test_when_the_parent_is_killed_its_children_end(tmp_path: Path) -> None:
    with a_process(SERVE, env=a_city(tmp_path)) as process:
        process.wait_for("ready at", seconds=120)
        process.send(signal.SIGKILL)
        process.ended()
        eventually(lambda: process.alive() == [], seconds=15, what="the children's end")


# `make` sets up anew an environment that was made in another folder, and would empty the one of that folder.
@pytest.mark.skipif((ROOT / ".venv").is_symlink(), reason=".venv belongs to another checkout")
def test_make_passes_a_signal_on(tmp_path: Path) -> None:
    with a_process(["make", "serve"], env=a_city(tmp_path)) as process:
        process.wait_for("ready at", seconds=120)
        process.send(signal.SIGTERM)
        assert process.ended(seconds=12) == 143
        eventually(lambda: process.alive() == [], seconds=12, what="the service's end")
