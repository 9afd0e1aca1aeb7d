"""The example city with its whole year, lived through once for all processes of a test run."""

from datetime import datetime
from itertools import islice
from pathlib import Path

from filelock import FileLock

from approvals.base.database import Database
from approvals.base.migrations import upgrade
from approvals.base.moments import CITY_ZONE
from approvals.demo.load import begin_city, load_year
from tests.support.pages import give_password

OPENING = datetime(2026, 11, 20, 9, 0, tzinfo=CITY_ZONE)  # a Friday; where the city's year ends
BREAK = 2000  # lines, after which the load is broken off and begun again


def example_city_in(folder: Path) -> Path:
    """The SQLite file of the city in this folder, which nobody holds open and nobody may write to."""
    path = folder / "example-city.db"
    with FileLock(f"{path}.lock"):
        if not path.exists():
            begun = folder / "example-city-begun.db"
            upgrade(f"sqlite:///{begun}")
            live_through_the_year(f"sqlite:///{begun}")
            begun.rename(path)
    return path


def live_through_the_year(url: str, ends_at: datetime = OPENING) -> None:
    """Load the year that ends then into a migrated, empty database; the load is broken off once and begun again."""
    database = Database(url)
    with database.write() as tx:
        begin_city(tx, "", ends_at)
    for _ in islice(load_year(database, lambda: ends_at), BREAK):
        pass
    outcomes = [progress.outcome for progress in load_year(database, lambda: ends_at)]
    assert [outcome for outcome in outcomes if outcome and outcome.problem] == []
    assert len([outcome for outcome in outcomes if outcome and outcome.outcome == "known"]) >= BREAK - 1
    give_password(database)
    database.close()
