"""What must always hold of cards and of joint projects; `flask verify` asks."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.queries import UNIT
from approvals.base.moments import day_of
from approvals.filing.queries import TABLE, joint_units
from approvals.history.queries import Fault
from approvals.history.record import ENTRY
from approvals.supervision.queries import CARDS, WORDS
from workflows.charts.card import CARD
from workflows.charts.model import SYSTEM
from workflows.charts.project import PROJECT
from workflows.charts.word import WORD

SHOW = next(move.name for move in CARD.moves if move.begins)


def cards_are_those_of_the_record(tx: Connection) -> Iterator[Fault]:
    """Each card was shown by the system, on the day and for the rule that its row says; no entry is without its row."""
    told = {row.subject_id: row for row in _shown(tx)}
    rows = {row.id: row for row in tx.execute(select(CARDS).order_by(CARDS.c.id))}
    for key in sorted(told.keys() ^ rows.keys()):
        yield Fault("cards", f"card {key}", "stands in the record or in the rows alone")
    for key in sorted(told.keys() & rows.keys()):
        for name, value in _expected(told[key]).items():
            if getattr(rows[key], name) != value:
                yield Fault("cards", f"card {key}", f"{name} is {getattr(rows[key], name)}, its history says {value}")
        if told[key].role != SYSTEM or orjson.loads(told[key].facts)["on"] != str(day_of(told[key].at)):
            yield Fault("cards", f"card {key}", "was not shown by the system on its day")


def _shown(tx: Connection) -> Any:
    return tx.execute(select(ENTRY).where(ENTRY.c.subject == CARD.name, ENTRY.c.move == SHOW).order_by(ENTRY.c.id))


def _expected(entry: Any) -> dict[str, Any]:
    facts = orjson.loads(entry.facts)
    days = {"shown_on": date.fromisoformat(facts["on"]), "appeal_by": date.fromisoformat(facts["appeal_by"])}
    of_approval = {name: getattr(entry, name) for name in ("project_id", "approval_id", "round")}
    return of_approval | {"rule": facts["rule"], "colour": facts["colour"]} | days


JOINT = ("manage_jointly", "end_joint")


def two_units_answer_for_joint_projects(tx: Connection) -> Iterator[Fault]:
    """The two units of each project are those that its record names last."""
    names = _unit_names(tx)
    told: dict[int, list[str]] = {}
    wanted = select(ENTRY).where(ENTRY.c.subject == PROJECT.name, ENTRY.c.move.in_(JOINT))
    for entry in tx.execute(wanted.order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        facts = orjson.loads(entry.facts)
        told[entry.project_id] = [facts["first_unit"], facts["second_unit"]] if entry.move == JOINT[0] else []
    for row in tx.execute(select(TABLE).order_by(TABLE.c.id)):
        stands = [names[unit] for unit in joint_units(row)]
        if stands != told.get(row.id, []):
            yield Fault("joint", f"project {row.id}", f"has {stands}, its history says {told.get(row.id, [])}")


def both_units_sign_one_text(tx: Connection) -> Iterator[Fault]:
    """Each word and its signatures are those of the record; whatever was signed, both units signed as it stands."""
    names = _unit_names(tx)
    told: dict[int, tuple[str, str, str | None]] = {}
    wanted = select(ENTRY).where(ENTRY.c.subject == WORD.name).order_by(ENTRY.c.project_id, ENTRY.c.seq)
    for entry in tx.execute(wanted):
        facts = orjson.loads(entry.facts)
        if entry.move == "sign_word":
            text, writer, _ = told[entry.subject_id]
            told[entry.subject_id] = (text, writer, entry.unit)
        else:
            told[entry.subject_id] = (facts["text"], entry.unit, None)
    for row in tx.execute(select(WORDS).order_by(WORDS.c.id)):
        signer = names[row.signed_unit_id] if row.signed_unit_id else None
        if told.pop(row.id, None) != (row.text, names[row.written_unit_id], signer):
            yield Fault("words", f"word {row.id}", "is not what its history says")
        if signer == names[row.written_unit_id]:
            yield Fault("words", f"word {row.id}", "was signed twice by one unit")
    for key in sorted(told):
        yield Fault("words", f"word {key}", "stands in the record alone")


def _unit_names(tx: Connection) -> dict[int, str]:
    return {row.id: row.name for row in tx.execute(select(UNIT.c.id, UNIT.c.name).order_by(UNIT.c.id))}
