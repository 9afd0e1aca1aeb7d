"""What a sheet of people would do: what is refused at which cell, and how names are told."""

import pytest

from approvals.accounts.actions import set_active
from approvals.base.errors import Stale
from approvals.base.i18n import translated
from tests.support.builders import NOW, a_project, an_actor
from tests.support.people_sheets import NEW, SECADMIN, SYSADMIN, events, everything, outcomes, people_csv, preview, take


def reasons(view):
    return {fault.address: translated(fault.message, fault.params) for fault in view.faults}


REFUSED = {
    "no name": (SYSADMIN, ("zhong01", "", "市教育局", "", "", ""), "B2"),
    "no unit": (SYSADMIN, ("zhong01", "钟离", "", "", "", ""), "C2"),
    "unknown unit": (SYSADMIN, ("zhong01", "钟离", "市月球局", "", "", ""), "C2"),
    "bad user name": (SYSADMIN, ("Zhong 01", "钟离", "市教育局", "", "", ""), "A2"),
    "no user name": (SYSADMIN, ("", "钟离", "市教育局", "", "", ""), "A2"),
    "control character": (SYSADMIN, ("zhong01", "钟\x07离", "市教育局", "", "", ""), "B2"),
    "unknown role": (SYSADMIN, ("zhong01", "钟离", "市教育局", "皇帝", "", ""), "D2"),
    "administrator with another role": (SYSADMIN, ("zhong01", "钟离", "市教育局", "审计管理员、业主", "", ""), "D2"),
    "own account": (SYSADMIN, (SYSADMIN, "另一个名字", "", "", "", ""), "A2"),
    "own roles": (SECADMIN, (SECADMIN, "", "", "审计管理员", "", ""), "A2"),
    "no account yet": (SECADMIN, NEW, "A2"),
    "name of another": (SECADMIN, ("window-a01", "钟离", "", "业主", "", ""), "B2"),
    "another unit": (SECADMIN, ("window-a01", "", "市教育局", "业主", "", ""), "C2"),
    "unknown role of an account": (SECADMIN, ("window-a01", "", "", "窗口、皇帝", "", ""), "D2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_row_names_its_cell_and_nothing_of_the_sheet_is_done(town, case):
    by, row, address = REFUSED[case]
    good = ("window-b05", "", "", "窗口负责人", "0812-1", "")
    with town.write() as tx:
        before, told = everything(tx), events(tx)
        view = preview(tx, people_csv(row, good), by)
        assert outcomes(view) == ["refused", "changed"] and list(reasons(view)) == [address]
        assert view.faults[0].row == 2 and not view.has_something_to_take
        with pytest.raises(Stale):
            take(tx, people_csv(row, good), by)
        assert (everything(tx), events(tx)) == (before, told)


def test_a_person_who_stands_twice_is_refused_the_second_time(town):
    with town.read() as tx:
        view = preview(tx, people_csv(NEW, NEW))
    assert outcomes(view) == ["new", "refused"]
    assert "2" in reasons(view)["A3"]


def test_a_deactivated_account_is_not_changed_by_a_sheet(database):
    with database.write() as tx:
        set_active(tx, "window-a01", False, by=an_actor(tx, SYSADMIN), now=NOW)
        assert outcomes(preview(tx, people_csv(("window-a01", "", "", "", "0812-1", "")))) == ["refused"]
        assert outcomes(preview(tx, people_csv(("window-a01", "", "", "窗口负责人", "", "")), SECADMIN)) == ["refused"]
        assert outcomes(preview(tx, people_csv(("window-a01", "", "", "窗口", "", "")), SECADMIN)) == ["same"]


def test_a_liaison_with_projects_needs_a_successor_that_a_sheet_cannot_name(database):
    with database.write() as tx:
        a_project(tx, "registered")
        moved = people_csv(("liaison1", "", "市教育局", "", "", ""))
        roles = people_csv(("liaison1", "", "", "业主", "", ""))
        assert [outcomes(preview(tx, content, by)) for content, by in ((moved, SYSADMIN), (roles, SECADMIN))] == [
            ["refused"],
            ["refused"],
        ]
        kept = people_csv(("liaison1", "", "", "一对一联系人；业主", "", ""))
        assert outcomes(preview(tx, kept, SECADMIN)) == ["changed"], "who stays a liaison needs none"


def test_names_are_told_in_any_way_of_writing_and_in_english(town):
    rows = [
        ("zhong01", "钟离", "Education Bureau", "Owner,window", "", ""),
        ("zhong02", "钟离", " 市教育局 ", "ＯＷＮＥＲ", "", ""),
    ]
    with town.read() as tx:
        view = preview(tx, people_csv(*rows))
    assert outcomes(view) == ["new", "new"] and not reasons(view)
    assert [row.left[0].after for row in view.rows] == ["业主、窗口", "业主"]
