"""Duty officers by name: each is called by one text that means nobody else."""

import pytest
from sqlalchemy import insert, select, update

from approvals.accounts.queries import GRANT, PERSON, UNIT
from approvals.liaisons.officers import duty_officers
from approvals.liaisons.roster import pasted, preview
from tests.support.builders import a_database

TIMES = ("2026-03-02 17:30", "2026-03-03 09:00")


@pytest.fixture
def database(database_url):
    database = a_database(database_url)
    yield database
    database.close()


def a_namesake(tx, of, username, *, unit_of, role="liaison"):
    """Somebody with the name of one person and the unit of another."""
    name = tx.execute(select(PERSON.c.name).where(PERSON.c.username == of)).scalar_one()
    unit_id = tx.execute(select(PERSON.c.unit_id).where(PERSON.c.username == unit_of)).scalar_one()
    values = {"username": username, "name": name, "unit_id": unit_id, "language": "zh_Hans"}
    person_id = tx.execute(insert(PERSON).values(values | {"password_hash": ""}).returning(PERSON.c.id)).scalar_one()
    tx.execute(insert(GRANT).values(person_id=person_id, role=role))
    return name


def test_the_label_of_each_officer_means_that_one_alone_in_every_way_it_is_written(database):
    with database.write() as tx:
        a_namesake(tx, "liaison1", "elsewhere", unit_of="office1")
        a_namesake(tx, "liaison2", "beside", unit_of="liaison2")
        officers = duty_officers(tx)
    labels = [officers.label(officer) for officer in officers.people]
    assert len(set(labels)) == len(labels) > 3
    for officer, label in zip(officers.people, labels, strict=True):
        for text in (label, label.replace(" (", "（").replace(")", "）"), f" {label} ", officer.username):
            assert officers.called(text) == (officer,), text


def test_a_user_name_is_shown_only_where_two_share_name_and_unit(database):
    with database.write() as tx:
        a_namesake(tx, "liaison1", "elsewhere", unit_of="office1")
        a_namesake(tx, "liaison2", "beside", unit_of="liaison2")
        officers = duty_officers(tx)
    shown = {officer.username for officer in officers.people if officer.username in officers.label(officer)}
    assert shown == {"liaison2", "beside"}


def test_a_name_that_several_have_is_refused_with_what_to_choose_from(database):
    with database.write() as tx:
        name = a_namesake(tx, "liaison1", "elsewhere", unit_of="office1")
    with database.read() as tx, pytest.raises(Exception, match="choose") as refused:
        preview(tx, pasted(f"{name},{','.join(TIMES)}"))
    (_, values), *_ = refused.value.fields["lines"]
    assert values["names"].count(name) == 2


@pytest.mark.parametrize("unit", ["市政务服务中心", "中心，一处", 'The "first" office, west', "科 室"])
def test_the_lines_of_a_preview_are_read_as_the_same_shifts(database, unit):
    with database.write() as tx:
        unit_id = tx.execute(select(PERSON.c.unit_id).where(PERSON.c.username == "liaison2")).scalar_one()
        tx.execute(update(UNIT).where(UNIT.c.id == unit_id).values(name=unit, name_en=unit))
        a_namesake(tx, "liaison2", "beside", unit_of="liaison2")
        entries = [
            {"person": "liaison2", "since": TIMES[0], "until": TIMES[1]},
            {"person": "beside", "since": "2026-03-03 17:30", "until": "2026-03-04 09:00"},
        ]
        first = preview(tx, entries)
        assert preview(tx, pasted(first.lines)) == first
