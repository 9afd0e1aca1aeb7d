"""Edition 0027: the works come back from the record, and what was planned without them stays so."""

from sqlalchemy import select

from approvals.base.migrations import downgrade, upgrade
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration.editions import load_edition
from approvals.registration.queries import APPROVALS
from tests.support.builders import NOW, a_database, a_project, do, faults, when
from tests.support.catalogues import changed
from tests.support.former_editions import hash_as_before

BEFORE = "0026"
DAYS = ("planned_start_on", "planned_finish_on", "works_started_on", "works_finished_on")
CONFIRMED = ("is_works_start_confirmed", "is_works_finish_confirmed")


def the_works(database):
    with database.read() as tx:
        columns = [PROJECTS.c[name] for name in ("id", *DAYS, *CONFIRMED)]
        projects = tx.execute(select(*columns).order_by(PROJECTS.c.id)).all()
        after = APPROVALS.c.after_works
        waiting = tx.execute(select(APPROVALS.c.project_id, APPROVALS.c.code).where(after).order_by(APPROVALS.c.id))
        return list(map(tuple, projects)), list(map(tuple, waiting))


def test_the_works_go_down_and_come_back_from_the_record(database_url):
    database = a_database(database_url)
    with database.write() as tx:
        ref = a_project(tx, "registered", planned_start_on="2026-06-01", planned_finish_on="2026-12-31")
        do(tx, "owner1", "start_works", ref, {"day": "2026-03-01"})
        do(tx, "liaison1", "start_works", ref, {"day": "2026-03-02"})
        do(tx, "owner1", "finish_works", ref)
    with database.write() as tx:
        drafted = a_project(tx, "drafted", planned_start_on="2026-06-01")
        do(tx, "owner1", "edit", drafted, {"planned_start_on": None, "planned_finish_on": "2027-01-01"})
    with database.write() as tx:
        load_edition(tx, changed("2026-02", {"after_works: true, ": ""}), by="sysadmin1", now=NOW)
        a_project(tx, "registered", at=when("2026-11-20", "11:00"))
    before = the_works(database)
    assert {code for _, code in before[1]} == {"D01", "D02", "D03", "D04"}
    assert len({project for project, _ in before[1]}) == 1, "the last one was planned without works"

    hash_as_before(database)
    downgrade(database_url, BEFORE)
    upgrade(database_url)

    assert the_works(database) == before
    assert [fault for fault in faults(database) if "was registered under" not in fault] == [], "0031 keeps one edition"
    database.close()
