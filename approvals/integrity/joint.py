"""Joint projects: their two units, and the words that both signed."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.units import unit_ids
from approvals.filing.queries import TABLE, joint_units
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.supervision.queries import WORDS
from workflows.charts.project import PROJECT
from workflows.charts.word import WORD

BEGIN, END, CHANGE = "manage_jointly", "end_joint", "change_unit"


def two_units_answer_for_joint_projects(tx: Connection) -> Iterator[Violation]:
    """The two units of each project are those that its record names last, or their successors."""
    ids = unit_ids(tx, follow=False)
    recorded: dict[int, list[int | None]] = {}
    statement = select(ENTRY).where(ENTRY.c.subject == PROJECT.name, ENTRY.c.move.in_((BEGIN, END, CHANGE)))
    for entry in tx.execute(statement.order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        facts = orjson.loads(entry.facts)
        if entry.move == CHANGE:
            units = recorded.get(entry.project_id, [])
            recorded[entry.project_id] = [facts["unit_id"] if unit == facts["former_id"] else unit for unit in units]
        else:
            named = [ids.get(facts["first_unit"]), ids.get(facts["second_unit"])] if entry.move == BEGIN else []
            recorded[entry.project_id] = named
    for row in tx.execute(select(TABLE).order_by(TABLE.c.id)):
        stored, units = list(joint_units(row)), recorded.get(row.id, [])
        if stored != units:
            yield Violation("joint", f"project {row.id}", f"has {stored}, its history says {units}")


def both_units_sign_one_text(tx: Connection) -> Iterator[Violation]:
    """Each word and its signatures are those of the record; whatever was signed, both units signed as it stands."""
    ids = unit_ids(tx, follow=False)
    recorded: dict[int, tuple[str, int | None, int | None]] = {}
    statement = select(ENTRY).where(ENTRY.c.subject == WORD.name).order_by(ENTRY.c.project_id, ENTRY.c.seq)
    for entry in tx.execute(statement):
        facts, unit_id = orjson.loads(entry.facts), ids.get(entry.unit)
        if entry.move == "sign_word":
            text, writer, _ = recorded[entry.subject_id]
            recorded[entry.subject_id] = (text, writer, unit_id)
        else:
            recorded[entry.subject_id] = (facts["text"], unit_id, None)
    for row in tx.execute(select(WORDS).order_by(WORDS.c.id)):
        if recorded.pop(row.id, None) != (row.text, row.written_unit_id, row.signed_unit_id):
            yield Violation("words", f"word {row.id}", "is not what its history says")
        if row.signed_unit_id == row.written_unit_id:
            yield Violation("words", f"word {row.id}", "was signed twice by one unit")
    for key in sorted(recorded):
        yield Violation("words", f"word {key}", "stands in the record alone")
