"""The record is written once, and whoever changes it all the same is found and named."""

import pytest
from sqlalchemy import and_, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from approvals.base.hashing import digest_of, sha256
from approvals.history.queries import chain_faults, chain_root
from approvals.history.record import CHAIN, ENTRY, FIRST, entry_hash
from approvals.integrity.verification import verify
from tests.support.builders import a_database, a_project, an_approval, do, entries, faults, project_row, walk, when


@pytest.fixture
def database(database_url):
    """Two projects, one of them with a history that has something of everything."""
    database = a_database(database_url)
    with database.write() as tx:
        a_project(tx, "filed", ref="other")
        a_project(tx, "registered", ref="mine")
        walk(tx, "mine", "A01", ("submit", "accept", "extend", "start_special", "end_special"))
    yield database
    database.close()


def tamper(database, *statements):
    """What somebody with the database's own password can do: take the guards away, and change the record."""
    of_table = "" if database.is_sqlite else " ON history_entries"
    guards = [text(f"DROP TRIGGER history_entries_no_{act}{of_table}") for act in ("update", "delete")]
    with database.write() as tx:
        for statement in (*guards, *statements):
            tx.execute(statement)


def found(database):
    """What is found, as the places that are named."""
    with database.read() as tx:
        return [fault.where for fault in chain_faults(tx)]


def entries_of(database):
    with database.read() as tx:
        return entries(tx, "mine")


def of_mine(database, seq):
    return entries_of(database)[seq - 1]


@pytest.fixture
def project_id(database):
    return of_mine(database, 1).project_id


def own(project_id, *conditions):
    """The condition for entries of this project."""
    return and_(ENTRY.c.project_id == project_id, *conditions)


def test_an_untouched_record_has_no_fault(database):
    assert found(database) == []
    assert faults(database) == []


@pytest.mark.parametrize(
    "statement",
    [
        update(ENTRY).values(actor="somebody else"),
        update(ENTRY).where(ENTRY.c.seq == 1).values(at=when("2026-01-01")),
        delete(ENTRY),
        delete(ENTRY).where(ENTRY.c.seq == 2),
    ],
    ids=str,
)
def test_the_database_refuses_to_change_or_remove_an_entry(database, statement):
    with pytest.raises(DBAPIError, match="written once"), database.write() as tx:
        tx.execute(statement)
    assert found(database) == []


def test_the_database_refuses_to_empty_the_record(database):
    if database.is_sqlite:  # it has no other way than DELETE
        return
    with pytest.raises(DBAPIError, match="written once"), database.write() as tx:
        tx.execute(text("TRUNCATE history_entries"))


def test_the_database_refuses_to_put_another_entry_in_the_place_of_one(database):
    replacement = of_mine(database, 2)._asdict() | {"actor": "somebody else"}
    columns = ", ".join(replacement)
    values = ", ".join(f":{name}" for name in replacement)
    words = "INSERT OR REPLACE INTO" if database.is_sqlite else "INSERT INTO"
    end = "" if database.is_sqlite else " ON CONFLICT (id) DO UPDATE SET actor = excluded.actor"
    with pytest.raises(DBAPIError), database.write() as tx:
        tx.execute(text(f"{words} history_entries ({columns}) VALUES ({values}){end}"), replacement)
    assert found(database) == []


CHANGES = {
    "subject": "project",
    "subject_id": 999,
    "approval_id": 999,
    "round": 2,
    "move": "refuse",
    "from_state": "waiting",
    "to_state": "granted",
    "actor": "somebody else",
    "role": "liaison",
    "unit": "别的单位",
    "at": when("2026-03-01"),
    "recorded_at": when("2026-03-01"),
    "facts": '{"days":1}',
    "salt": "0" * 16,
    "digest": "0" * 64,
    "via": "page",
    "told": '["", ["owner", 1]]',
    "hash": "0" * 64,
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_change_of_any_part_of_an_entry_is_found_and_named(database, project_id, column):
    entry = next(entry for entry in entries_of(database) if entry.move == "extend")
    assert getattr(entry, column) != CHANGES[column]
    tamper(database, update(ENTRY).where(own(project_id, ENTRY.c.seq == entry.seq)).values({column: CHANGES[column]}))
    assert f"project {project_id}, entry {entry.seq}" in found(database)
    with database.read() as tx:
        verdicts = list(verify(tx))  # and every other check still comes to its end
    assert any(verdict.faults for verdict in verdicts)


@pytest.mark.parametrize("facts", ["{}", "", "nonsense", '{"days":"many"}', '{"days":99999999999}'])
def test_facts_that_cannot_be_read_any_more_do_not_keep_the_rest_from_being_checked(database, facts):
    entry = next(entry for entry in entries_of(database) if entry.move == "extend")
    tamper(database, update(ENTRY).where(ENTRY.c.move == "extend").values(facts=facts))
    reported = faults(database)
    assert any(f"entry {entry.seq}: actor or facts were changed" in fault for fault in reported)
    assert any(fault.startswith("stored_days_follow_from_history") for fault in reported)


def test_every_column_of_an_entry_is_tried_above():
    keys = {"id", "project_id", "seq"}
    assert {column.name for column in ENTRY.columns} == set(CHANGES) | keys


@pytest.mark.parametrize("seq", [1, 4, 7])
def test_an_entry_that_was_removed_is_missed(database, project_id, seq):
    tamper(database, delete(ENTRY).where(own(project_id, ENTRY.c.seq == seq)))
    assert f"project {project_id}, entry {seq + 1}" in found(database)


def test_a_removal_that_was_numbered_over_is_found(database, project_id):
    ends = len(entries_of(database))
    tamper(
        database,
        delete(ENTRY).where(own(project_id, ENTRY.c.seq == 3)),
        update(ENTRY).where(own(project_id, ENTRY.c.seq > 3)).values(seq=ENTRY.c.seq + 1000),
        update(ENTRY).where(ENTRY.c.seq > 1000).values(seq=ENTRY.c.seq - 1001),
        update(CHAIN).where(CHAIN.c.project_id == project_id).values(seq=ends - 1),
    )
    assert f"project {project_id}, entry 3" in found(database)


def test_two_entries_that_changed_places_are_found(database, project_id):
    of_project = update(ENTRY).where(own(project_id))
    tamper(
        database,
        of_project.where(ENTRY.c.seq == 4).values(seq=1000),
        of_project.where(ENTRY.c.seq == 5).values(seq=4),
        of_project.where(ENTRY.c.seq == 1000).values(seq=5),
    )
    assert {f"project {project_id}, entry 4", f"project {project_id}, entry 5"} <= set(found(database))


def test_an_entry_that_was_moved_to_another_project_is_found(database, project_id):
    with database.read() as tx:
        target = project_row(tx, "other").id
    last = own(project_id, ENTRY.c.seq == len(entries_of(database)))
    tamper(database, update(ENTRY).where(last).values(project_id=target, seq=3))
    assert {f"project {target}, entry 3", f"project {project_id}"} <= set(found(database))


@pytest.mark.parametrize("cut", [1, 3, 1000])
def test_a_tail_that_was_cut_off_is_missed(database, project_id, cut):
    tamper(database, delete(ENTRY).where(own(project_id, ENTRY.c.seq > len(entries_of(database)) - cut)))
    assert found(database) == [f"project {project_id}"]


def test_a_history_that_was_removed_with_its_chain_leaves_a_project_that_has_none(database, project_id):
    tamper(database, delete(ENTRY).where(own(project_id)), delete(CHAIN).where(CHAIN.c.project_id == project_id))
    assert found(database) == []
    expected = f"only_moves_of_the_chart: project {project_id}: stands at registered since "
    assert any(fault.startswith(expected) and "its history says None" in fault for fault in faults(database))


def test_a_chain_that_was_set_back_is_found(database, project_id):
    values = {"seq": 3, "head": of_mine(database, 3).hash}
    tamper(database, update(CHAIN).where(CHAIN.c.project_id == project_id).values(values))
    assert found(database) == [f"project {project_id}"]


def test_an_entry_that_was_added_by_hand_is_found(database):
    last = entries_of(database)[-1]
    row = {name: value for name, value in last._asdict().items() if name != "id"} | {"seq": last.seq + 1}
    row["hash"] = entry_hash(last.hash, row)  # whoever knows how can write a true link, but not without the chain's end
    tamper(database, insert(ENTRY).values(row))
    assert found(database) == [f"project {last.project_id}"]


def test_a_change_whose_own_hash_was_made_to_fit_is_found_at_the_next_entry(database):
    entry = of_mine(database, 4)._asdict() | {"actor": "somebody else"}
    entry["digest"] = digest_of(entry["salt"], entry["actor"], entry["facts"])
    entry["hash"] = entry_hash(of_mine(database, 3).hash, entry)
    changed = {name: entry[name] for name in ("actor", "digest", "hash")}
    tamper(database, update(ENTRY).where(own(entry["project_id"], ENTRY.c.seq == 4)).values(changed))
    assert found(database) == [f"project {entry['project_id']}, entry 5"]


# The root: what a report prints, so that a history that was forged from end to end is noticed too.


def root(database, until=None):
    with database.read() as tx:
        return chain_root(tx, until)


def test_the_root_is_the_same_until_something_happens(database):
    before = root(database)
    assert root(database) == before
    with database.write() as tx:
        do(tx, "office1", "return_filing", "other")
    assert root(database) != before


def test_the_root_of_a_past_moment_stays_what_it_was(database):
    until = entries_of(database)[-1].at
    before = root(database, until)
    assert before == root(database)
    with database.write() as tx:
        do(tx, "office1", "return_filing", "other", at=when("2026-04-01"))
        an_approval(tx, "accepted", at=when("2026-04-02"))
    assert root(database, until) == before
    assert root(database) != before


def test_the_root_of_any_moment_is_that_of_the_last_entries_until_then(database):
    with database.write() as tx:
        an_approval(tx, "accepted", at=when("2026-04-02"))
        rows = tx.execute(select(ENTRY).order_by(ENTRY.c.seq)).all()
    for until in {row.at for row in rows}:
        heads = {row.project_id: row.hash for row in rows if row.at <= until}
        assert root(database, until) == sha256("\n".join(f"{key} {heads[key]}" for key in sorted(heads)))


def test_forging_a_whole_chain_changes_the_root(database):
    before, rows = root(database), [e._asdict() for e in entries_of(database)]
    head, statements = FIRST, []
    for row in rows:
        row["actor"] = "somebody else"
        row["digest"] = digest_of(row["salt"], row["actor"], row["facts"])
        row["hash"] = head = entry_hash(head, row)
        changed = {name: row[name] for name in ("actor", "digest", "hash")}
        statements.append(update(ENTRY).where(ENTRY.c.id == row["id"]).values(changed))
    tamper(database, *statements, update(CHAIN).where(CHAIN.c.project_id == rows[0]["project_id"]).values(head=head))
    assert found(database) == []
    assert root(database) != before
