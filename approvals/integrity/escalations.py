"""Escalations and cards: levels in order with a day for the next one, and each card shown on its day."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.base.moments import day_of
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.integrity.history import row_violations
from approvals.registration.queries import APPROVALS
from approvals.supervision.queries import CARDS, ESCALATIONS, MAY_LIFT
from workflows.charts.card import CARD
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import BEFORE, SYSTEM
from workflows.rules.escalation_rules import TOP

SHOW = next(move.name for move in CARD.moves if move.begins)


def escalations_climb_one_by_one(tx: Connection) -> Iterator[Violation]:
    """Levels 1, 2, 3 … for each approval and round, none skipped or doubled, none after the decision."""
    levels: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in tx.execute(select(ESCALATIONS).order_by(ESCALATIONS.c.approval_id, ESCALATIONS.c.level)):
        levels[row.approval_id, row.round].append(row)
    approvals = {row.id: row for row in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id))}
    recorded = _decisions_as_recorded(tx)
    for (approval_id, round_), rows in levels.items():
        where, approval = f"approval {approval_id}, round {round_}", approvals[approval_id]
        if [row.level for row in rows] != list(range(1, len(rows) + 1)):
            yield Violation("escalations", where, f"levels are {[row.level for row in rows]}")
        days = [row.raised_on for row in rows]
        if days != sorted(days):
            yield Violation("escalations", where, "a higher level was raised before a lower one")
        if round_ == approval.round and _is_after(days[-1], approval.decided_on, recorded.get(approval_id)):
            yield Violation("escalations", where, "raised after the decision")


def escalations_are_those_of_the_record(tx: Connection) -> Iterator[Violation]:
    """Each escalation has the level, light, day, answer and commitment of its entries; none is in one place alone."""
    recorded: dict[int, dict[str, object]] = {}
    for entry in tx.execute(select(ENTRY).where(ENTRY.c.subject == ESCALATION.name).order_by(ENTRY.c.id)):
        facts = orjson.loads(entry.facts)
        if entry.from_state == BEFORE:
            recorded[entry.subject_id] = _raised(entry, facts)
        elif "commitment_on" in facts:
            day = date.fromisoformat(facts["commitment_on"])
            recorded[entry.subject_id] |= {"reason": facts["reason"], "commitment_on": day}
    rows = {row.id: row for row in tx.execute(select(ESCALATIONS).order_by(ESCALATIONS.c.id))}
    yield from row_violations("escalation", recorded, rows)


def _raised(entry: Any, facts: dict[str, Any]) -> dict[str, object]:
    """The columns of an escalation as it was raised."""
    of_approval = {name: getattr(entry, name) for name in ("project_id", "approval_id", "round")}
    level = {"level": facts["level"], "light": facts["light"], "raised_on": date.fromisoformat(facts["on"])}
    return of_approval | level | {"reason": "", "commitment_on": None}


def _is_after(raised_on: date, decided_on: date | None, recorded_on: date | None) -> bool:
    """Whether a level was raised after a decision, which a correction may have put to an earlier day since."""
    return decided_on is not None and raised_on > max(decided_on, recorded_on or decided_on)


def _decisions_as_recorded(tx: Connection) -> dict[int, date]:
    """By approval: the day on which its last decision was recorded."""
    of_decisions = ENTRY.c.subject == "approval", ENTRY.c.move.in_(("grant", "refuse"))
    rows = tx.execute(select(ENTRY.c.approval_id, ENTRY.c.at).where(*of_decisions).order_by(ENTRY.c.id))
    return {row.approval_id: day_of(row.at) for row in rows}


def next_alarms_are_set(tx: Connection) -> Iterator[Violation]:
    """No open escalation is forgotten: what may lift has the day on which it does."""
    lifts = ESCALATIONS.c.state.in_(MAY_LIFT), ESCALATIONS.c.lift_on.is_(None), ESCALATIONS.c.level < TOP
    for key in tx.execute(select(ESCALATIONS.c.id).where(*lifts).order_by(ESCALATIONS.c.id)).scalars():
        yield Violation("escalations", f"escalation {key}", "has no day on which it lifts")


def cards_are_those_of_the_record(tx: Connection) -> Iterator[Violation]:
    """Each card was shown by the system, on the day and for the rule in its row; no entry is without its row."""
    shown = select(ENTRY).where(ENTRY.c.subject == CARD.name, ENTRY.c.move == SHOW).order_by(ENTRY.c.id)
    entries = {entry.subject_id: entry for entry in tx.execute(shown)}
    rows = {row.id: row for row in tx.execute(select(CARDS).order_by(CARDS.c.id))}
    yield from row_violations("card", {key: _columns(entry) for key, entry in entries.items()}, rows)
    for key in sorted(entries.keys() & rows.keys()):
        entry = entries[key]
        if entry.role != SYSTEM or orjson.loads(entry.facts)["on"] != str(day_of(entry.at)):
            yield Violation("cards", f"card {key}", "was not shown by the system on its day")


def _columns(entry: Any) -> dict[str, object]:
    """The columns of a card as its first entry gives them."""
    facts = orjson.loads(entry.facts)
    days = {"shown_on": date.fromisoformat(facts["on"]), "appeal_by": date.fromisoformat(facts["appeal_by"])}
    of_approval = {name: getattr(entry, name) for name in ("project_id", "approval_id", "round")}
    return of_approval | {"rule": facts["rule"], "colour": facts["colour"]} | days
