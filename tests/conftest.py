"""What every test may use: real databases of both engines, the product's web server, a browser."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import BrowserContext, Request

from approvals.base.migrations import upgrade
from tests.servers import Postgres, a_postgres

ENGINES = ("sqlite", "postgresql")
TEMPLATE = "template_migrated"

# Nothing of the shell that started the tests counts, and nothing is written under var/.
for _name in [name for name in os.environ if name.startswith("GUAHAO_")]:
    del os.environ[_name]
os.environ["GUAHAO_ENV"] = "test"

# Databases live in memory where it has room: copying a migrated PostgreSQL takes 0.04 s there and 0.5 s on a disk.
MEMORY, ROOM = Path("/dev/shm"), 8 * 2**30
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)

# A test run gives the same answer twice; HYPOTHESIS_PROFILE=search looks for new counter-examples.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.register_profile("repeatable", _patient, derandomize=True, database=None, print_blob=True)
settings.register_profile("search", _patient, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

MakeDatabase = Callable[[str], str]


@pytest.fixture(scope="session", autouse=True)
def data_dir() -> Iterator[Path]:
    """The data folder of this test process, instead of var/."""
    folder = Path(tempfile.mkdtemp(prefix="guahao-data-"))
    os.environ["GUAHAO_DATA_DIR"] = str(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this test process alone, started when first asked for."""
    with a_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of a migrated, empty database that others are copied from."""
    upgrade(postgres.create(TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that others are copied from."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    upgrade(f"sqlite:///{path}")
    assert not path.with_name(path.name + "-wal").exists(), "the migration left its connection open"
    return path


@pytest.fixture(scope="session")
def make_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MakeDatabase:
    """make_database("sqlite") or ("postgresql"): the address of a new, migrated, empty database, for any scope."""

    def make(engine: str) -> str:
        if engine == "sqlite":
            path = tmp_path_factory.mktemp("database") / "guahao.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        server: Postgres = request.getfixturevalue("postgres")
        return server.create(f"test_{uuid.uuid4().hex[:12]}", request.getfixturevalue("postgres_template"))

    return make


@pytest.fixture
def sqlite_url(make_database: MakeDatabase) -> str:
    """A new, migrated, empty SQLite database."""
    return make_database("sqlite")


@pytest.fixture
def postgres_url(make_database: MakeDatabase, postgres: Postgres) -> Iterator[str]:
    """A new, migrated, empty PostgreSQL database, dropped at the end."""
    url = make_database("postgresql")
    yield url
    postgres.drop(url.rpartition("/")[2])


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest) -> str:
    """A new, migrated, empty database, on each engine in turn."""
    return str(request.getfixturevalue("sqlite_url" if engine_name == "sqlite" else "postgres_url"))


@pytest.fixture
def bare_database_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A new database without any table, on each engine in turn."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"bare_{uuid.uuid4().hex[:12]}"
    yield server.create(name)
    server.drop(name)


def chromium() -> str:
    """The path of the machine's own Chromium or Chrome; none is ever downloaded."""
    names = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, "Chromium is missing; `make test` installs it"
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    quiet = ("background-networking", "component-update", "sync", "quic", "gpu")
    args = ["--no-sandbox", "--no-first-run", *(f"--disable-{thing}" for thing in quiet)]
    return browser_type_launch_args | {"executable_path": chromium(), "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    return browser_context_args | {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def context(context: BrowserContext) -> Iterator[BrowserContext]:
    """A browser window that fails the test when a page asks anything of another machine."""
    strangers: list[str] = []

    def look(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
            strangers.append(request.url)

    context.on("request", look)
    yield context
    assert strangers == []
