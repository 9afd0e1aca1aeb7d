"""Simulation of a changed policy over a month of the record, beside what really happened; nothing is written."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Row, or_, select

from approvals.base.moments import Month, day_of, start_of
from approvals.calendar.queries import calendar_in_force, calendars, limits_of
from approvals.calendar.readings import steps_of_many
from approvals.history.record import ENTRY
from approvals.recalculation.preview import in_batches
from approvals.registration.queries import APPROVALS, WITH_PROJECT, approval_ref
from approvals.supervision.cards.actions import went_on
from workflows.charts.approval import APPROVAL
from workflows.charts.card import CARD
from workflows.charts.escalation import ESCALATION
from workflows.charts.roles import LEVELS
from workflows.config.policy import Policy
from workflows.rules.cards import RULES, cards_due
from workflows.rules.simulation import ANSWERED, BY_HAND, RecordedAnswer, tried

AT_ONCE = 400  # approvals that are read together
LONG_DECIDED = timedelta(days=40)  # before the month: whatever is due about a decision was due by then
RAISED, LIFTED, SHOWN = "raise", "lift", "show_card"
OF_ORDERS = next(rule.name for rule in RULES.values() if rule.source == "order")


@dataclass(frozen=True, slots=True, order=True)
class SimulationEvent:
    """One event, recorded or hypothetical: `name` is the level (1 to 4) or the rule of a card."""

    on: date
    ref: str
    move: str
    name: str
    round: int

    @property
    def project(self) -> str:
        return self.ref.partition("/")[0]

    @property
    def code(self) -> str:
        return self.ref.partition("/")[2]


@dataclass(frozen=True, slots=True)
class SimulationRow:
    """Counts of one kind of event: recorded, and under the simulated policy."""

    move: str
    name: str
    real: int
    tried: int

    @property
    def difference(self) -> str:
        """With its sign; empty for none."""
        return f"{self.tried - self.real:+d}" if self.tried != self.real else ""


@dataclass(frozen=True, slots=True)
class Simulation:
    """A policy over a month: `more` events are additional, `fewer` are those that drop out; days in order."""

    month: Month
    until: date
    lines: tuple[SimulationRow, ...]
    more: tuple[SimulationEvent, ...]
    fewer: tuple[SimulationEvent, ...]
    same: int


def simulate(tx: Connection, policy: Policy, month: Month, today: date) -> Simulation:
    """Simulate this policy over the month and compare it with the record. Nothing is written."""
    until = min(month.last_on, today)
    approvals = _candidates(tx, month)
    real = Counter(_real(tx, approvals, month, until))
    events = _hypothetical(tx, approvals, policy, month, until)
    hypothetical = Counter(event for event in events if event.on >= month.first_on)
    names = [*((move, str(level)) for move in (RAISED, LIFTED) for level in LEVELS), *((SHOWN, rule) for rule in RULES)]
    counts = [Counter((event.move, event.name) for event in events.elements()) for events in (real, hypothetical)]
    lines = tuple(SimulationRow(*name, counts[0][name], counts[1][name]) for name in names)
    more, fewer = sorted((hypothetical - real).elements()), sorted((real - hypothetical).elements())
    return Simulation(month, until, lines, tuple(more), tuple(fewer), (real & hypothetical).total())


def _candidates(tx: Connection, month: Month) -> list[Row[Any]]:
    """The approvals of which something could have been due in the month."""
    since = start_of(month.first_on - LONG_DECIDED)
    may_count = or_(APPROVALS.c.state.not_in(APPROVAL.final_states), APPROVALS.c.state_since >= since)
    has_begun = APPROVALS.c.state != APPROVAL.state_names[0]
    return list(tx.execute(WITH_PROJECT.where(has_begun, may_count).order_by(APPROVALS.c.id)))


# Recorded events.


def _real(tx: Connection, approvals: Sequence[Row[Any]], month: Month, until: date) -> Iterator[SimulationEvent]:
    refs = {row.id: approval_ref(row) for row in approvals}
    in_month = ENTRY.c.at.between(month.starts_at, month.ends_at)
    moves = (RAISED, BY_HAND, LIFTED, SHOWN)
    of_supervision = ENTRY.c.subject.in_((ESCALATION.name, CARD.name)), ENTRY.c.move.in_(moves)
    entries = select(ENTRY.c.approval_id, ENTRY.c.round, ENTRY.c.move, ENTRY.c.facts).where(in_month, *of_supervision)
    for entry in tx.execute(entries.order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        facts = orjson.loads(entry.facts)
        on = date.fromisoformat(facts["on"])
        if month.first_on <= on <= until:
            ref = refs.get(entry.approval_id, "")
            move = RAISED if entry.move == BY_HAND else entry.move
            yield SimulationEvent(on, ref, move, str(facts.get("rule", facts.get("level"))), entry.round)


# Hypothetical events.


def _hypothetical(
    tx: Connection, approvals: list[Row[Any]], policy: Policy, month: Month, until: date
) -> Iterator[SimulationEvent]:
    """The events that the policy would have caused up to this day, also before the month."""
    calendar, calendar_of = calendar_in_force(tx), calendars(tx)
    by_id = {row.id: row for row in approvals}
    for ids in in_batches(list(by_id), AT_ONCE):
        steps, answers = steps_of_many(tx, {key: by_id[key].project_id for key in ids}), _answers(tx, ids)
        for row in map(by_id.__getitem__, ids):
            past, limits, ref = steps[row.id], limits_of(row), approval_ref(row)
            days = policy.answer_days(is_key=row.is_key, is_urgent=row.is_urgent)
            for run in tried(past, limits, policy, calendar, answers[row.id], answer_days=days, until=until):
                yield SimulationEvent(run.climb.on, ref, run.climb.move, str(run.climb.rung.level), run.round)
            for card in cards_due(past, limits, policy, calendar_of(row), until):
                if went_on(row, card):
                    yield SimulationEvent(card.on, ref, SHOWN, card.rule, card.round)
    if policy.cards[OF_ORDERS]:
        yield from (event for event in _real(tx, approvals, month, until) if event.name == OF_ORDERS)


def _answers(tx: Connection, approvals: list[int]) -> dict[int, list[RecordedAnswer]]:
    """The answers and manual escalations of people on these approvals, in order."""
    answers: dict[int, list[RecordedAnswer]] = defaultdict(list)
    columns = (ENTRY.c.approval_id, ENTRY.c.round, ENTRY.c.move, ENTRY.c.at, ENTRY.c.facts)
    of_people = ENTRY.c.subject == ESCALATION.name, ENTRY.c.move.in_((ANSWERED, BY_HAND))
    statement = select(*columns).where(ENTRY.c.approval_id.in_(approvals), *of_people)
    for row in tx.execute(statement.order_by(ENTRY.c.approval_id, ENTRY.c.seq)):
        facts = orjson.loads(row.facts)
        commitment = facts.get("commitment_on")
        commitment_on = date.fromisoformat(commitment) if commitment else None
        details = facts["level"], day_of(row.at), commitment_on, facts.get("light", "")
        answers[row.approval_id].append(RecordedAnswer(row.move, row.round, *details))
    return answers
