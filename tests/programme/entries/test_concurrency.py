"""Two reporters at once, and the same line twice: one effect, and nobody's word is lost unseen."""

import orjson
from sqlalchemy import func, select

from approvals.base.database import Database
from approvals.base.errors import Stale
from approvals.imports.feed import Feed
from approvals.programme.queries import REPORTS
from tests.support.builders import NOW, a_database, faults, when
from tests.support.concurrency import race
from tests.support.programme_moves import EAST, ON, REPORTER, an_item, cells, entry_of, entry_row_of, report


def report_once(database: Database, wait, kilometres):  # type: ignore[no-untyped-def]
    wait()
    try:
        with database.write() as tx:
            report(tx, given=cells(kilometres), version=0)
    except Stale:
        return "stale"
    return "done"


def test_of_two_reporters_who_saw_the_same_one_is_told(database_url: str) -> None:
    database = a_database(database_url)
    with database.write() as tx:
        an_item(tx, "under_way")
    assert sorted(race(database_url, [(report_once, ("3.0",)), (report_once, ("4.0",))])) == ["done", "stale"]
    with database.read() as tx:
        assert entry_row_of(tx, "2026-05").version == 1
    assert faults(database) == []
    database.close()


def line(id_: str, **more: object) -> bytes:
    at = when("2026-05-27").isoformat()
    return orjson.dumps({"id": id_, "at": at, "by": REPORTER, "move": "report", "on": entry_of("2026-05")} | more)


def test_a_line_that_is_sent_twice_has_one_effect(database: Database) -> None:
    with database.write() as tx:
        an_item(tx)
    lines = [line("1", **{"with": cells()}), line("1", **{"with": cells()}), line("2", **{"with": cells("0.55")})]
    outcomes = list(Feed(database, lambda: NOW).take(lines))
    assert [outcome.outcome for outcome in outcomes] == ["done", "known", "refused"]
    assert outcomes[0].ref == f"{ON}/{EAST}/2026-05"
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(REPORTS)).scalar_one() == 1
