"""Duties that are few: owed entries, statements on joint projects, absences, unassigned work, the calendar."""

from sqlalchemy import Connection, update

from approvals.accounts.queries import PERSON
from approvals.casefile.worklist.lists import LISTS
from approvals.casefile.worklist.worklist import Duty, duty_count, worklist
from tests.support.builders import a_project, an_actor, an_approval, do, walk, when
from tests.support.leaves import a_leave
from tests.support.programme_moves import REPORTER, an_item


def few(tx: Connection, username: str, kind: str, day: str) -> list[Duty]:
    """The duties of this kind, as they stand on a day."""
    now = when(day)
    actor = an_actor(tx, username, now.date())
    view = worklist(tx, actor, now, LISTS)
    assert view.total == duty_count(tx, actor, now, LISTS) == len(view.page.rows)
    return [duty for duty in view.page.rows if duty.kind.name == kind]


def test_a_unit_owes_an_entry_of_each_month_until_it_has_reported(database):
    with database.write() as tx:
        an_item(tx, "under_way")
        owed = few(tx, REPORTER, "entry", "2026-05-04")
        assert {(duty.item_no, duty.code) for duty in owed} == {("901", "510402")}
        assert [duty.part for duty in owed] == sorted(duty.part for duty in owed)
        assert owed[-1].part == "2026-05" and str(owed[-1].due_on) == "2026-05-28"
        assert few(tx, "owner2", "entry", "2026-05-04") == []


def test_the_heads_of_a_joint_project_owe_a_statement_after_the_fifth_working_day(database):
    with database.write() as tx:
        ref = a_project(tx, "registered", name="双责任")
        do(tx, "office1", "manage_jointly", ref)
        assert few(tx, "head-a02", "joint_word", "2026-04-08") == []
        [owed] = few(tx, "head-a02", "joint_word", "2026-04-09")  # Qingming is a day off: 1, 2, 3, 7, 8 April
        assert (owed.subject, owed.part, str(owed.due_on), owed.due.tone) == ("双责任", "2026-03", "2026-04-08", "late")
        assert few(tx, "head-a01", "joint_word", "2026-04-09") == []


def test_an_absence_without_a_deputy_is_the_heads_duty_until_one_stands_in(database):
    with database.write() as tx:
        leave = a_leave(tx, "window-a01", "2026-03-03", "2026-03-06")
        [uncovered] = few(tx, "head-a01", "uncovered", "2026-03-03")
        assert (uncovered.id, str(uncovered.due_on)) == (leave, "2026-03-03")
        assert few(tx, "head-a02", "uncovered", "2026-03-03") == []
        assert few(tx, "head-a01", "uncovered", "2026-03-09") == []


def test_work_that_nobody_holds_is_one_duty_with_its_number(database):
    with database.write() as tx:
        a_project(tx, "registered")
        assert few(tx, "centre1", "vacancy", "2026-03-10") == []
        tx.execute(update(PERSON).where(PERSON.c.username == "liaison1").values(is_active=False))
        [vacant] = few(tx, "centre1", "vacancy", "2026-03-10")
        assert vacant.part == "1"
        assert few(tx, "leader1", "vacancy", "2026-03-10") == []
        tx.execute(update(PERSON).where(PERSON.c.username == "liaison1").values(is_active=True))


def test_a_year_without_its_notice_is_the_administrators_duty(database):
    with database.write() as tx:
        assert few(tx, "sysadmin1", "calendar", "2026-11-20") == []
        ref = an_approval(tx, "granted", at=when("2026-11-16")).partition("/")[0]
        walk(tx, ref, "A03", ("submit", "accept"), at=when("2026-11-18"))  # sixty calendar days
        assert [duty.part for duty in few(tx, "sysadmin1", "calendar", "2026-11-20")] == ["2027"]
        assert few(tx, "office1", "calendar", "2026-11-20") == []
