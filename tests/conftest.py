"""What every test may use: real databases of both engines, the product's web server, a browser."""

import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask_openapi3 import OpenAPI
from hypothesis import HealthCheck, settings
from playwright.sync_api import BrowserContext, Request

from approvals.base.database import Database
from approvals.base.migrations import upgrade
from approvals.pdf.process import stay_warm
from tests.support.builders import NOW, a_database, faults
from tests.support.compiled_statements import share_compiled_statements
from tests.support.example_city import example_city_in
from tests.support.extent import ENGINES, EXTENT, PAGE_ENGINES, QUICK, SOAK
from tests.support.pages import a_site
from tests.support.servers import Postgres, a_postgres

TEMPLATE = "template_migrated"

# What a test imports that has no place in `make quick`.
NOT_QUICK = re.compile(
    r"tests\.support\.(pages|api_clients|servers|concurrency|documents|example_city|grown_city|post)\b"
    r"|tests\.(reports|journeys)\.|approvals\.(app|demo)\b|playwright|weasyprint|subprocess"
)

# Nothing of the shell that started the tests counts, and nothing is written under var/.
for _name in [name for name in os.environ if name.startswith("GUAHAO_")]:
    del os.environ[_name]
os.environ["GUAHAO_ENV"] = "test"

# Databases live in memory where it has room: copying a migrated PostgreSQL takes 0.04 s there and 0.5 s on a disk.
MEMORY, ROOM = Path("/dev/shm"), 8 * 2**30
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)

share_compiled_statements()

# A usual run gives the same answer twice; a soak looks for new counter-examples.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
_repeatable = settings(_patient, derandomize=True, database=None, print_blob=True)
settings.register_profile("quick", _repeatable, max_examples=20)
settings.register_profile("test", _repeatable, max_examples=100)
settings.register_profile("soak", _patient, max_examples=2000)
settings.load_profile(EXTENT)

MakeDatabase = Callable[[str], str]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave what needs an application, a browser, a paper or a process of its own out of `make quick`."""
    is_left_out = QUICK and collection_path.suffix == ".py" and NOT_QUICK.search(collection_path.read_text("utf-8"))
    return True if is_left_out else None


def searches_further_in_soak(item: pytest.Item) -> bool:
    """Whether a soak runs this test, or more of it, where `make test` does not."""
    if not isinstance(item, pytest.Function):
        return True
    source = Path(item.path).read_text("utf-8")
    on_pages = "page_url" in item.fixturenames or "PAGE_ENGINES" in source
    return (
        item.get_closest_marker("soak") is not None
        or getattr(item.obj, "is_hypothesis_test", False)
        or re.search(r"\beffort\(|\bSOAK\b", source) is not None
        or (on_pages and on_postgres(item))
    )


def further_cases(items: list[pytest.Item]) -> set[pytest.Item]:
    """Cases of a test on PostgreSQL beside its first, where each has a database of its own: one costs half a second."""
    further, seen = set(), set()
    for item in items:
        if isinstance(item, pytest.Function) and "engine_name" in item.fixturenames and on_postgres(item):
            function = (item.path, item.originalname)
            if function in seen:
                further.add(item)
            seen.add(function)
    return further


def on_postgres(item: pytest.Function) -> bool:
    return hasattr(item, "callspec") and "postgresql" in item.callspec.params.values()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long searches to `make soak`, and to `make test` what would be the same in a soak."""
    further = further_cases(items)
    if SOAK:
        left_out = [item for item in items if not (item in further or searches_further_in_soak(item))]
    else:
        left_out = [item for item in items if item in further or item.get_closest_marker("soak")]
    config.hook.pytest_deselected(items=left_out)
    kept = set(items) - set(left_out)
    items[:] = [item for item in items if item in kept]


@pytest.fixture(scope="session", autouse=True)
def data_dir() -> Iterator[Path]:
    """The data folder of this test process, instead of var/."""
    folder = Path(tempfile.mkdtemp(prefix="guahao-data-"))
    os.environ["GUAHAO_DATA_DIR"] = str(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """Papers are rendered as by the worker: renderers wait for the next one, which saves a second for each."""
    stay_warm()


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


@pytest.fixture(params=PAGE_ENGINES)
def page_url(request: pytest.FixtureRequest) -> str:
    """A new, migrated, empty database for tests of pages: SQLite, and in a soak PostgreSQL too."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A city on each engine in turn, in which every invariant holds at the end of the test."""
    database = a_database(database_url)
    yield database
    assert faults(database) == []
    database.close()


@pytest.fixture(scope="module", params=ENGINES)
def town(request: pytest.FixtureRequest, make_database: MakeDatabase) -> Iterator[Database]:
    """One such city for all tests of a module."""
    database = a_database(make_database(request.param))
    yield database
    assert faults(database) == []
    database.close()


@pytest.fixture
def app(page_url: str) -> Iterator[OpenAPI]:
    """An application on a city, at NOW."""
    with a_site(page_url, now=NOW) as app:
        yield app


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


@pytest.fixture(scope="session")
def example_city(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The SQLite file of the example city after its whole year, to be copied or read; the same for all workers."""
    base = tmp_path_factory.getbasetemp()
    return example_city_in(base.parent if hasattr(request.config, "workerinput") else base)


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
