"""The one lookup of the catalogue: by the project's edition, remembered by checksum, without a statement a row."""

import ast
from pathlib import Path

from sqlalchemy import Connection, insert

import approvals
from approvals.accounts.queries import UNIT
from approvals.base.database import Database
from approvals.catalogue.queries import known_stages
from approvals.registration.editions import load_edition
from approvals.windows.lists import approvals as listed
from approvals.windows.queries import ApprovalFilter
from tests.support.builders import NOW, a_project, an_actor, when
from tests.support.catalogues import NEW_NAME, changed, mid_year
from tests.support.sql_recorder import recorded

# Who may read the file of the settings itself.
READERS = {
    *("catalogue/queries.py", "registration/editions.py", "registration/edition_views.py", "demo/load.py"),
    "demo/programme/problems.py",
    "history/screening_inputs.py",  # for the description of the API alone
}


def test_rows_are_read_by_their_edition_and_never_by_todays_file() -> None:
    folder = Path(approvals.__file__).parent
    readers = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Name) and node.id == "load_catalogue"
    }
    assert readers - READERS == set(), "ask approvals.catalogue.queries: catalogue_of() or catalogue_in_force()"


def test_a_list_of_several_editions_takes_no_statement_more(database: Database) -> None:
    def statements() -> int:
        with database.read() as tx:
            centre = an_actor(tx, "centre1")
            noted = recorded(database.engine)
            page = listed(tx, centre, ApprovalFilter(states=("ready",)), today=NOW.date())
            codes.update({view.catalogue_sha256 for view in page.rows})
            return len(noted)

    codes: set[str | None] = set()
    with database.write() as tx:
        a_project(tx, "registered")
    before = statements()
    with database.write() as tx:
        tx.execute(insert(UNIT).values(name=NEW_NAME, name_en="", kind="department"))
        load_edition(tx, mid_year(), by="sysadmin1", now=NOW)
        for number in range(3):
            a_project(tx, "registered", at=when("2026-11-20", f"0{number}:00"))
    statements()
    assert (statements(), len(codes)) == (before, 2)


LAST = "  4: {zh: 竣工验收, en: Completion acceptance, lead: 市住房城乡建设局}"
TWO = "  4: {zh: 验收, en: Acceptance, lead: 市住房城乡建设局}\n  5: {zh: 后评价, en: Review, lead: 市发展改革委}"


def last_stages(tx: Connection) -> list[tuple[int, str]]:
    """Those after the third, with their names."""
    return [(no, stage.zh) for no, stage in known_stages(tx, NOW.date()).items() if no > 3]


def test_stages_are_those_of_all_editions_as_todays_names_them(database: Database) -> None:
    with database.write() as tx:
        assert last_stages(tx) == [(4, "竣工验收")]
        load_edition(tx, changed("2026-03", {LAST: TWO}), by="sysadmin1", now=NOW)
        assert last_stages(tx) == [(4, "验收"), (5, "后评价")]
        tx.execute(insert(UNIT).values(name=NEW_NAME, name_en="", kind="department"))
        load_edition(tx, mid_year(), by="sysadmin1", now=NOW)  # which has three
        assert last_stages(tx) == [(4, "验收"), (5, "后评价")]
