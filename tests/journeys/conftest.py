"""What the journeys share: the product's own server, people at browsers, and the example city with its year."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from approvals.base.database import Database
from tests.support.browser.people import Log, Somebody
from tests.support.browser.walks import Walk, walk_in
from tests.support.builders import a_database
from tests.support.example_city import OPENING
from tests.support.pages import give_password
from tests.support.servers import PYTHON, a_process, a_web_server

At = Callable[..., Somebody]
WalkOf = Callable[[str], Walk]
PHONE = {"width": 390, "height": 844}
PATIENCE = 20_000  # milliseconds, on a machine that runs other tests at the same time
expect.set_options(timeout=PATIENCE)


@contextmanager
def open_city(url: str) -> Iterator[Database]:
    """The people of the city, who can all sign in, and nothing filed yet."""
    database = a_database(url)
    give_password(database)
    yield database
    database.close()


@contextmanager
def a_server(url: str, now: datetime = OPENING) -> Iterator[str]:
    with a_web_server(url, env={"GUAHAO_NOW": now.isoformat()}) as address:
        yield address


@pytest.fixture(scope="session")
def city_address(example_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on the example city. Tests only look at it."""
    path = shutil.copy(example_city, tmp_path_factory.mktemp("city") / "city.db")
    with a_server(f"sqlite:///{path}") as address:
        yield address


@pytest.fixture(scope="session")
def walk_of(example_city: Path) -> WalkOf:
    """walk_of(username): what this person finds by following links through the example city."""
    return cache(partial(walk_in, example_city.parent, example_city))


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    with open_city(sqlite_url) as database:
        yield database


@pytest.fixture
def address(sqlite_url: str, database: Database) -> Iterator[str]:
    """A server on the database."""
    with a_server(sqlite_url) as server_address:
        yield server_address


@contextmanager
def a_worker(url: str) -> Iterator[None]:
    """The product's own worker on this city, by the clock of the journeys."""
    env = {"GUAHAO_DATABASE_URL": url, "GUAHAO_NOW": OPENING.isoformat()}
    with a_process([PYTHON, "-m", "approvals", "worker"], env=env):
        yield


@pytest.fixture
def at_browser(browser: Browser, browser_context_args: dict[str, object]) -> Iterator[At]:
    """at_browser(address, **options): somebody at a browser of their own.

    The test fails when any page asks anything of another machine, throws, or is answered with 5xx.
    """
    opened: list[tuple[BrowserContext, Log]] = []

    def sit_down(address: str, **options: object) -> Somebody:
        context = browser.new_context(**(browser_context_args | options))
        context.set_default_timeout(PATIENCE)
        log = Log.of(context)
        opened.append((context, log))
        return Somebody(context.new_page(), address, log)

    yield sit_down
    faults = [fault for _, log in opened for fault in log.faults]
    for context, _ in opened:
        context.close()
    assert faults == []


def fits(somebody: Somebody) -> None:
    """Nothing stands beyond the edge of the phone's screen."""
    assert somebody.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.fixture
def a_document(tmp_path: Path) -> Path:
    """A small real PDF with a Chinese name."""
    path = tmp_path / "项目建议书（定稿）.pdf"
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )
    return path
