"""Joint projects: their two units, and the words that both signed."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.queries import UNIT
from approvals.filing.queries import TABLE, joint_units
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.supervision.queries import WORDS
from workflows.charts.project import PROJECT
from workflows.charts.word import WORD

BEGIN, END = "manage_jointly", "end_joint"


def two_units_answer_for_joint_projects(tx: Connection) -> Iterator[Violation]:
    """The two units of each project are those that its record names last."""
    names = _unit_names(tx)
    recorded: dict[int, list[str]] = {}
    statement = select(ENTRY).where(ENTRY.c.subject == PROJECT.name, ENTRY.c.move.in_((BEGIN, END)))
    for entry in tx.execute(statement.order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        facts = orjson.loads(entry.facts)
        recorded[entry.project_id] = [facts["first_unit"], facts["second_unit"]] if entry.move == BEGIN else []
    for row in tx.execute(select(TABLE).order_by(TABLE.c.id)):
        stored, units = [names[unit] for unit in joint_units(row)], recorded.get(row.id, [])
        if stored != units:
            yield Violation("joint", f"project {row.id}", f"has {stored}, its history says {units}")


def both_units_sign_one_text(tx: Connection) -> Iterator[Violation]:
    """Each word and its signatures are those of the record; whatever was signed, both units signed as it stands."""
    names = _unit_names(tx)
    recorded: dict[int, tuple[str, str, str | None]] = {}
    statement = select(ENTRY).where(ENTRY.c.subject == WORD.name).order_by(ENTRY.c.project_id, ENTRY.c.seq)
    for entry in tx.execute(statement):
        facts = orjson.loads(entry.facts)
        if entry.move == "sign_word":
            text, writer, _ = recorded[entry.subject_id]
            recorded[entry.subject_id] = (text, writer, entry.unit)
        else:
            recorded[entry.subject_id] = (facts["text"], entry.unit, None)
    for row in tx.execute(select(WORDS).order_by(WORDS.c.id)):
        signer = names[row.signed_unit_id] if row.signed_unit_id else None
        if recorded.pop(row.id, None) != (row.text, names[row.written_unit_id], signer):
            yield Violation("words", f"word {row.id}", "is not what its history says")
        if signer == names[row.written_unit_id]:
            yield Violation("words", f"word {row.id}", "was signed twice by one unit")
    for key in sorted(recorded):
        yield Violation("words", f"word {key}", "stands in the record alone")


def _unit_names(tx: Connection) -> dict[int, str]:
    return {row.id: row.name for row in tx.execute(select(UNIT.c.id, UNIT.c.name).order_by(UNIT.c.id))}
