"""What must always hold. Tests, restores and `flask verify` call the same functions."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from approvals.base.moments import day_of
from approvals.base.tables import NumberSeries, table_of
from approvals.calendar.queries import as_step, calendars, limits_of, stored_days
from approvals.filing.documents import stored_files_are_whole
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import Fault, chain_faults
from approvals.history.record import ENTRY
from approvals.integrity.deputies import deputies_stood_in
from approvals.integrity.jobs import deliveries_have_jobs, done_jobs_had_their_effect
from approvals.integrity.liaisons import one_liaison_at_any_moment, requests_climb_when_due
from approvals.integrity.orders import orders_are_those_of_the_record
from approvals.integrity.supervision import (
    both_units_sign_one_text,
    cards_are_those_of_the_record,
    two_units_answer_for_joint_projects,
)
from approvals.liaisons.queries import REQUESTS
from approvals.registration.queries import APPROVALS
from approvals.reports.lifecycle.queries import TABLE as REPORTS
from approvals.reports.lifecycle.queries import report_faults
from approvals.supervision.orders.queries import ORDERS
from approvals.supervision.queries import CARDS, ESCALATIONS, WORDS
from approvals.windows.corrections import CORRECTIONS
from workflows.charts.model import BEFORE, NotInChart, step
from workflows.charts.registry import CHARTS
from workflows.clock.timeline import CORRECT
from workflows.config.city import load_city

SERIES: Table = table_of(NumberSeries)
HALTS = ("suspend", "resume")
TABLES = {
    "project": PROJECTS,
    "approval": APPROVALS,
    "escalation": ESCALATIONS,
    "request": REQUESTS,
    "card": CARDS,
    "order": ORDERS,
    "report": REPORTS,
    "word": WORDS,
    "correction": CORRECTIONS,
}


def numbers_are_gap_free(tx: Connection) -> Iterator[Fault]:
    """One registration number for each registered project: 1, 2, 3 … within its year, and none twice."""
    serials = defaultdict(list)
    rows = tx.execute(
        select(PROJECTS.c.year, PROJECTS.c.serial, PROJECTS.c.number)
        .where(PROJECTS.c.number.is_not(None))
        .order_by(PROJECTS.c.year, PROJECTS.c.serial)
    )
    for row in rows:
        serials[row.year].append(row.serial)
        if row.number != load_city().number(row.year, row.serial):
            yield Fault("numbers", row.number, "is not the number of its year and serial")
    for year, found in serials.items():
        if found != list(range(1, len(found) + 1)):
            yield Fault("numbers", str(year), "numbers have a gap or a double")
        last = tx.execute(
            select(SERIES.c.last).where(SERIES.c.series == f"registration/{load_city().division}/{year}")
        ).scalar_one_or_none()
        if last != len(found):
            yield Fault("numbers", str(year), f"the series stands at {last}, {len(found)} numbers are given")


def only_moves_of_the_chart(tx: Connection) -> Iterator[Fault]:
    """Every entry is a move of its chart from the state before it, and the last one gives the stored state."""
    states: dict[tuple[str, int], str] = {}
    rows = tx.execute(select(ENTRY).order_by(ENTRY.c.project_id, ENTRY.c.seq))
    for row in rows:
        key = (row.subject, row.subject_id)
        before = states.get(key, "waiting" if row.subject == "approval" else BEFORE)
        where = f"project {row.project_id}, entry {row.seq}"
        if row.from_state != before:
            yield Fault("chart", where, f"{row.move} starts from {row.from_state}, the case was {before}")
        try:
            after = step(CHARTS[row.subject], row.from_state, row.move)
        except NotInChart:
            after = None
        if after != row.to_state:
            yield Fault("chart", where, f"{row.move} does not lead from {row.from_state} to {row.to_state}")
        states[key] = row.to_state
    for subject, table in TABLES.items():
        for row in tx.execute(select(table.c.id, table.c.state).order_by(table.c.id)):
            told = states.get((subject, row.id), "waiting" if subject == "approval" else None)
            if told != row.state:
                yield Fault("chart", f"{subject} {row.id}", f"stands at {row.state}, its history says {told}")


def stored_days_follow_from_history(tx: Connection) -> Iterator[Fault]:
    """Replaying the history gives the limits, days and lights stored in the rows."""
    steps = defaultdict(list)
    halts = defaultdict(list)
    for row in tx.execute(select(ENTRY).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        if row.subject == "approval" or row.move == CORRECT:
            steps[row.approval_id].append((row.seq, as_step(row.move, day_of(row.at), row.facts, seq=row.seq)))
        elif row.subject == "project" and row.move in HALTS:
            halts[row.project_id].append((row.seq, as_step(row.move, day_of(row.at), row.facts, seq=row.seq)))
    calendar_of = calendars(tx)
    for approval in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id)):
        told = [s for _, s in sorted(steps[approval.id] + halts[approval.project_id], key=lambda pair: pair[0])]
        days = stored_days(told, limits_of(approval), calendar_of(approval))
        days.pop("alarm_on")  # moves on with each sweep
        for name, value in days.items():
            if getattr(approval, name) != value:
                found = f"{name} is {getattr(approval, name)}, its history says {value}"
                yield Fault("days", f"approval {approval.id}", found)


def escalations_climb_one_by_one(tx: Connection) -> Iterator[Fault]:
    """Levels 1, 2, 3 … for each approval and round, none skipped or doubled, none after the decision."""
    levels: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in tx.execute(select(ESCALATIONS).order_by(ESCALATIONS.c.approval_id, ESCALATIONS.c.level)):
        levels[row.approval_id, row.round].append(row)
    approvals = {row.id: row for row in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id))}
    recorded = _decisions_as_recorded(tx)
    for (approval_id, round_), rows in levels.items():
        where, approval = f"approval {approval_id}, round {round_}", approvals[approval_id]
        if [row.level for row in rows] != list(range(1, len(rows) + 1)):
            yield Fault("escalations", where, f"levels are {[row.level for row in rows]}")
        days = [row.raised_on for row in rows]
        if days != sorted(days):
            yield Fault("escalations", where, "a higher level was raised before a lower one")
        if round_ == approval.round and _is_after(days[-1], approval.decided_on, recorded.get(approval_id)):
            yield Fault("escalations", where, "raised after the decision")


def _is_after(raised_on: date, decided_on: date | None, recorded_on: date | None) -> bool:
    """Whether a level was raised after a decision, which may have been put to an earlier day since."""
    return decided_on is not None and raised_on > max(decided_on, recorded_on or decided_on)


def _decisions_as_recorded(tx: Connection) -> dict[int, date]:
    """By approval: the day on which its last decision was recorded, which a correction may have put to another one."""
    of_decisions = ENTRY.c.subject == "approval", ENTRY.c.move.in_(("grant", "refuse"))
    rows = tx.execute(select(ENTRY.c.approval_id, ENTRY.c.at).where(*of_decisions).order_by(ENTRY.c.id))
    return {row.approval_id: day_of(row.at) for row in rows}


def decided_once(tx: Connection) -> Iterator[Fault]:
    """An approval is decided at most once a round."""
    decided: dict[tuple[int, int], int] = defaultdict(int)
    rows = tx.execute(
        select(ENTRY.c.approval_id, ENTRY.c.round)
        .where(ENTRY.c.subject == "approval", ENTRY.c.move.in_(("grant", "refuse", "reject_intake")))
        .order_by(ENTRY.c.id)
    )
    for row in rows:
        decided[row.approval_id, row.round] += 1
    for (approval_id, round_), times in decided.items():
        if times > 1:
            yield Fault("decisions", f"approval {approval_id}, round {round_}", f"was decided {times} times")


def next_alarms_are_set(tx: Connection) -> Iterator[Fault]:
    """No open escalation is forgotten: what may lift has the day on which it does."""
    rows = tx.execute(
        select(ESCALATIONS.c.id, ESCALATIONS.c.level)
        .where(ESCALATIONS.c.state.in_(("raised", "answered")), ESCALATIONS.c.lift_on.is_(None))
        .where(ESCALATIONS.c.level < 4)
        .order_by(ESCALATIONS.c.id)
    )
    for row in rows:
        yield Fault("escalations", f"escalation {row.id}", "has no day on which it lifts")


INVARIANTS: tuple[Callable[[Connection], Iterator[Fault]], ...] = (
    chain_faults,
    numbers_are_gap_free,
    only_moves_of_the_chart,
    stored_days_follow_from_history,
    escalations_climb_one_by_one,
    decided_once,
    next_alarms_are_set,
    one_liaison_at_any_moment,
    requests_climb_when_due,
    deputies_stood_in,
    cards_are_those_of_the_record,
    orders_are_those_of_the_record,
    two_units_answer_for_joint_projects,
    both_units_sign_one_text,
    report_faults,
    done_jobs_had_their_effect,
    deliveries_have_jobs,
)
# These look at the stored files too.
ON_FILES: tuple[Callable[[Connection, Path | None], Iterator[Fault]], ...] = (stored_files_are_whole,)


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What one invariant found."""

    name: str
    faults: tuple[Fault, ...]


def verify(tx: Connection, files: Path | None = None) -> Iterator[VerificationReport]:
    """Every invariant with the faults that it found; `files` is the folder of stored files, None when there is none."""
    for invariant in INVARIANTS:
        yield VerificationReport(invariant.__name__, _all_of(invariant.__name__, invariant(tx)))
    for on_files in ON_FILES:
        yield VerificationReport(on_files.__name__, _all_of(on_files.__name__, on_files(tx, files)))


def _all_of(name: str, found: Iterator[Fault]) -> tuple[Fault, ...]:
    """The faults that are found; what was changed so that it cannot even be read is one too."""
    faults = []
    try:
        for fault in found:
            faults.append(fault)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        faults.append(Fault(name, "somewhere", f"cannot be read: {error!r}"))
    return tuple(faults)
