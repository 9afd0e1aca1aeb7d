"""The sheet of people: what each administrator's part of it does, as one act, and what it refuses."""

import io
import random

import openpyxl
import pytest

from approvals.accounts.actions import create_person
from approvals.accounts.identity import credentials_of
from approvals.accounts.inputs import NewPerson
from approvals.accounts.passwords import is_right
from approvals.accounts.queries import people, person, units
from approvals.base.errors import Invalid, Stale
from approvals.exports.people import write_people_blank
from approvals.exports.programme_plan import write_plan
from approvals.imports.people import read_people, take_people
from approvals.programme.sheets.plan_form import plan_blank
from tests.support.builders import NOW, an_actor
from tests.support.people_sheets import (
    HEADS,
    NEW,
    SECADMIN,
    SYSADMIN,
    events,
    everything,
    filled_blank,
    outcomes,
    people_csv,
    preview,
    take,
)
from workflows.charts.roles import ROLES


def test_a_new_account_has_no_roles_no_password_and_an_event(database):
    with database.write() as tx:
        view = take(tx, people_csv(NEW))
        made, password = person(tx, "zhong01"), credentials_of(tx, "zhong01").password_hash
        told = events(tx)
    assert outcomes(view) == ["new"]
    assert (made.name, made.unit.name, made.phone, made.email, made.roles) == ("钟离", "市教育局", *NEW[4:], ())
    assert not made.has_password and not any(is_right(guess, password) for guess in ("", "zhong01", "钟离"))
    assert told[-2:] == [
        (SYSADMIN, "person_created", "zhong01", ""),
        (SYSADMIN, "people_imported", SYSADMIN, "+1 ~0"),
    ]


def test_the_roles_of_the_same_sheet_are_the_security_administrators(database):
    with database.write() as tx:
        first = preview(tx, people_csv(NEW))
        [left] = first.rows[0].left
        assert (left.before, left.after) == ("", "业主")
        take(tx, people_csv(NEW))
        assert outcomes(take(tx, people_csv(NEW), SECADMIN)) == ["changed"]
        assert person(tx, "zhong01").roles == ("owner",)
        assert events(tx)[-2:] == [
            (SECADMIN, "roles_changed", "zhong01", "+owner"),
            (SECADMIN, "people_imported", SECADMIN, "+0 ~1"),
        ]
        assert an_actor(tx, "zhong01").has("owner")


@pytest.mark.parametrize("by", [SYSADMIN, SECADMIN])
def test_the_same_sheet_sent_again_changes_nothing(database, by):
    changed = ("window-a01", "谢婷", "市发展改革委", "窗口、窗口负责人", "0812-7654321", "")
    content = people_csv(NEW, changed)
    with database.write() as tx:
        take(tx, content)
        take(tx, content, SECADMIN)
        before, told = everything(tx), events(tx)
        view = preview(tx, content, by)
        assert outcomes(view) == ["same", "same"] and not view.has_something_to_take
        with pytest.raises(Stale):
            take(tx, content, by)
        assert (everything(tx), events(tx)) == (before, told)


def test_an_empty_cell_and_a_missing_column_take_nothing_away(database):
    with database.write() as tx:
        before = person(tx, "window-a01")
        assert outcomes(preview(tx, people_csv(("window-a01", "", "", "", "", "")))) == ["same"]
        take(tx, people_csv(("window-a01", "0812-1"), heads=("用户名", "手机")))
        after = person(tx, "window-a01")
        assert after.phone == "0812-1"
        assert (after.name, after.email, after.roles, after.unit) == (
            before.name,
            before.email,
            before.roles,
            before.unit,
        )
        assert events(tx)[-2] == (SYSADMIN, "person_changed", "window-a01", "phone"), "contact data stand in no event"


def test_a_move_to_another_unit_ends_the_roles_and_says_so(database):
    content = people_csv(("window-a01", "", "市水利局", "窗口", "", ""))
    with database.write() as tx:
        view = take(tx, content)
        assert [(c.name.en, c.after) for c in view.rows[0].changes] == [("Unit", "市水利局"), ("Roles", "")]
        moved = person(tx, "window-a01")
        assert (moved.unit.name, moved.roles) == ("市水利局", ())
        assert outcomes(preview(tx, content)) == ["same"]
        take(tx, content, SECADMIN)
        assert person(tx, "window-a01").roles == ("window",)


def test_what_changed_since_the_preview_is_not_taken(database):
    content = people_csv(NEW, ("window-a01", "", "", "", "0812-1", ""))
    with database.read() as tx:
        seen = preview(tx, content).digest
    with database.write() as tx:
        other = NewPerson(username="zhong01", name="别人")
        create_person(tx, person(tx, "owner1").unit_id, other, by=an_actor(tx, SYSADMIN), now=NOW)
        before = everything(tx)
        with pytest.raises(Stale):
            take_people(tx, an_actor(tx, SYSADMIN), read_people(content), seen, NOW)
        assert everything(tx) == before


def test_the_blank_is_read_again_and_names_units_and_roles(town):
    with town.read() as tx:
        blank, names = write_people_blank(tx), [unit.name for unit in units(tx)]
        content = filled_blank(blank, NEW)
        assert outcomes(preview(tx, content)) == ["new"]
        with pytest.raises(Invalid):
            read_people(blank)
        with pytest.raises(Invalid):
            read_people(write_plan(plan_blank(tx, an_actor(tx, "office1"), 2026)))

    book = openpyxl.load_workbook(io.BytesIO(blank))
    listed = [row[0].value for row in book.worksheets[1].iter_rows(min_row=3)]
    assert [name for name in listed if name] == names
    assert [cell.value for cell in book.worksheets[0][4]] == list(HEADS)


def expected(rows, city):
    """The people that stand after both administrators took these rows: written down without asking the product."""
    labels = {role.zh: name for name, role in ROLES.items()}
    after = dict(city)
    for username, name, unit, roles, phone, email in rows:
        old = after.get(username, ("", "", "", "", frozenset()))
        here = unit or old[1]
        named = frozenset(labels[word] for word in roles.split("、")) if roles else None
        held = old[4] if here == old[1] else frozenset()
        after[username] = (name or old[0], here, phone or old[2], email or old[3], held if named is None else named)
    return after


def city_of(tx):
    return {p.username: (p.name, p.unit.name, p.phone, p.email, frozenset(p.roles)) for p in people(tx)}


@pytest.mark.parametrize("seed", range(4))
def test_what_stands_after_a_sheet_is_what_a_naive_reading_says(database, seed):
    rng = random.Random(seed)
    with database.write() as tx:
        before = city_of(tx)
        known = [name for name in before if name not in (SYSADMIN, SECADMIN, "auditor1")]
        unit_names = [unit.name for unit in units(tx)]
        words = [role.zh for name, role in ROLES.items() if name not in ("sysadmin", "secadmin", "auditor")]
        rows = [
            (
                username,
                rng.choice(("", "钟离", "欧阳")) if username in before else "新人",
                rng.choice((*unit_names, "")) if username in before else rng.choice(unit_names),
                rng.choice(("", "、".join(rng.sample(words, rng.choice((1, 2)))))),
                rng.choice(("", f"0812-{rng.randrange(10**7):07}")),
                rng.choice(("", "a@example.com")),
            )
            for username in [*rng.sample(known, 15), *(f"new{number}" for number in range(6))]
        ]
        take(tx, people_csv(*rows))
        take(tx, people_csv(*rows), SECADMIN)
        assert city_of(tx) == expected(rows, before)
