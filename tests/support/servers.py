"""Real servers and processes for the tests: PostgreSQL, the web server, and any command, all ended with the test."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TypeVar

import psycopg

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
T = TypeVar("T")
MARK = "TEST_PROCESS_MARK"  # in the environment of a process and all that it starts, so that all are found again
# Throw-away data: a machine that stops loses the test run with it.
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def a_free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def eventually(look: Callable[[], T], *, seconds: float, what: str) -> T:
    """The first true answer of `look`; AssertionError when none comes in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if value := look():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds: {what}")


@dataclass(frozen=True, slots=True)
class Process:
    """A running command, its output in a file, and the mark by which all its descendants are known."""

    popen: subprocess.Popen[bytes]
    log: Path
    mark: str

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, text: str, *, seconds: float = 60) -> None:
        """Returns when the output holds this text; fails at once when the command ends without it."""
        eventually(lambda: text in self.output or self.popen.poll() is not None, seconds=seconds, what=f"{text!r}")
        assert text in self.output, f"ended with {self.popen.poll()} before {text!r}:\n{self.output}"

    def send(self, number: int) -> None:
        self.popen.send_signal(number)

    def ended(self, *, seconds: float = 10) -> int:
        """The exit status, as a shell counts it for signals."""
        status = self.popen.wait(seconds)
        return status if status >= 0 else 128 - status

    def alive(self) -> list[str]:
        """The command lines of all processes of this family that still run."""
        return [_command_line(pid) for pid in marked(self.mark)]

    def pids_of(self, name: str) -> list[int]:
        """The processes of this family whose names begin so, in their order."""
        return sorted(pid for pid in marked(self.mark) if _name(pid).startswith(name))


def _hear_signals() -> None:
    """Whoever started the tests may ignore signals (nohup does); what is tested here hears them."""
    for name in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_DFL)


@contextmanager
def a_process(
    command: list[str], *, env: dict[str, str] | None = None, folder: Path = ROOT, apart: bool = True
) -> Iterator[Process]:
    """A command in a session of its own; whatever is left of it and its descendants is killed at the end.

    Linux shares processors out among sessions first; what is not `apart` has its share with us, by its `nice`.
    """
    mark = uuid.uuid4().hex
    with tempfile.NamedTemporaryFile(prefix="guahao-test-", suffix=".log") as log:
        popen = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | (env or {}) | {MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=apart,
            preexec_fn=_hear_signals,
        )
        try:
            yield Process(popen, Path(log.name), mark)
        finally:
            _kill_family(mark)
            popen.wait()


def marked(mark: str) -> list[int]:
    variable = f"{MARK}={mark}".encode()
    return [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and variable in _environment(p)]


def _environment(process: Path) -> list[bytes]:
    try:
        if b"\nState:\tZ" in (process / "status").read_bytes():
            return []
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return f"process {pid}, ended meanwhile"


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _kill_family(mark: str) -> None:
    while family := marked(mark):
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.02)


def answers(port: int, path: str) -> bool:
    """Whether a GET of this path on this machine is answered with 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def a_server(
    target: str, folder: Path, env: dict[str, str], *, python: str = PYTHON, workers: int = 1, apart: bool = True
) -> Iterator[int]:
    """This application, `module:name` in `folder`, until the block ends; its port. It answers GET /healthz with 200."""
    port = a_free_port()
    command = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    command += ["--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning", target]
    with a_process(command, env=env, folder=folder, apart=apart) as process:
        eventually(lambda: answers(port, "/healthz") or process.popen.poll() is not None, seconds=60, what=target)
        assert process.popen.poll() is None, process.output
        yield port


@contextmanager
def a_web_server(database_url: str, *, env: dict[str, str] | None = None, workers: int = 1) -> Iterator[str]:
    """The product's own web server on this database; yields its address."""
    whole = {"GUAHAO_DATABASE_URL": database_url} | (env or {})
    with a_server("wsgi:app", ROOT, whole, workers=workers) as port:
        yield f"http://127.0.0.1:{port}"


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL server of this test run alone."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, database: str) -> str:
        return f"postgresql://tests@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> str:
        """A new database like this template; its address."""
        self.run(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def accepts(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def postgres_program(name: str) -> str:
    """The path of PostgreSQL's program of this name, the newest there is (Debian keeps them off the PATH)."""
    paths = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    path = str(paths[-1]) if paths else shutil.which(name)
    assert path, f"PostgreSQL's {name} is missing; `make test` installs it"
    return path


@contextmanager
def a_postgres(settings: tuple[str, ...] = HASTY) -> Iterator[Postgres]:
    """A fresh server on a free loopback port; removed with its data at the end, and when this process is killed."""
    options = ("--username=tests", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
    with _a_cluster(settings, "initdb", *options) as server:
        yield server


@contextmanager
def a_replica(primary: Postgres, settings: tuple[str, ...] = HASTY) -> Iterator[Postgres]:
    """A server that follows this one by streaming; removed with its data at the end."""
    source = f"--dbname=host=127.0.0.1 port={primary.port} user=tests"
    options = ("--write-recovery-conf", "--checkpoint=fast", "--no-sync")
    with _a_cluster(settings, "pg_basebackup", source, *options) as server:
        yield server


@contextmanager
def _a_cluster(settings: tuple[str, ...], maker: str, *options: str) -> Iterator[Postgres]:
    """A server on the data that this program of PostgreSQL's makes."""
    folder = Path(tempfile.mkdtemp(prefix="guahao-pg-"))
    if os.getuid() == 0:
        shutil.chown(folder, _unprivileged())
    try:
        command = _as_nobody(postgres_program(maker), f"--pgdata={folder / 'data'}", *options)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
        with _running_postgres(folder, settings) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running_postgres(folder: Path, settings: tuple[str, ...]) -> Iterator[Postgres]:
    port = a_free_port()
    options = ("listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "max_connections=200")
    command = [postgres_program("postgres"), "-D", str(folder / "data")]
    for option in options + settings:
        command += ["-c", option]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(_as_nobody(*command), stdout=log, stderr=log, cwd="/", start_new_session=True)
    server = Postgres(port, process)
    try:
        eventually(lambda: server.accepts() or process.poll() is not None, seconds=60, what="PostgreSQL")
        assert process.poll() is None, (folder / "log").read_text(errors="replace")
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # "fast": ends sessions and leaves
        process.wait(30)


def _as_nobody(*command: str) -> list[str]:
    """The command as a user without rights (PostgreSQL refuses root), ended with us even when we are killed."""
    become = []
    if os.getuid() == 0:
        user = _unprivileged()
        become = [f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]
    return ["setpriv", *become, "--pdeathsig", "INT", "--", *command]


def _unprivileged() -> str:
    return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"
