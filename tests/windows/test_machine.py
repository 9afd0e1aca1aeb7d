"""Approvals driven along their chart at random over months, against a model that counts the days on its fingers."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from approvals.base.errors import Forbidden, Invalid, Problem, Refused, Stale
from approvals.registration.queries import approval_for
from approvals.supervision.escalations.actions import sweep_project
from approvals.windows.clocks import reading_of
from tests.support.builders import (
    GIVEN,
    NOW,
    a_project,
    a_ref,
    an_actor,
    approval_row,
    do,
    entries,
    faults,
    head,
    project_row,
    when,
    window,
)
from tests.support.clock.oracle import NaiveCalendar, live
from tests.support.clock.timelines import Lot, Move
from tests.support.expected_charts import (
    APPROVAL_MOVES,
    HANDLING,
    HEAD,
    LIAISON,
    OWED_MOVES,
    OWNER,
    REMINDERS,
    SAME,
    SYSTEM,
    WINDOW,
)
from tests.support.extent import effort

MADE = [move for move, (_, _, by) in APPROVAL_MOVES.items() if by != (SYSTEM,)]
LOTS = {"A01": Lot(5, 20, "working_days"), "A02": Lot(8, 20, "working_days"), "A03": Lot(10, 60, "calendar_days")}
PROCEDURES = {"A01": "咨询评估", "A02": "专家论证", "A03": "听证"}
REQUIRES = {"A01": (), "A02": ("A01",), "A03": ("A01",)}
SOONEST = sorted(
    MADE, key=["accept", "grant", "submit", "resubmit", "end_special", "refuse"].__contains__, reverse=True
)
LONGEST = 10  # days of an extension: half of each legal limit is at least ten
YEARS = [date(2025, 1, 1) + timedelta(days=n) for n in range(730)]
CALENDAR = NaiveCalendar(
    [day for day in YEARS if chinese_calendar.is_holiday(day) and chinese_calendar.get_holiday_detail(day)[1]],
    [day for day in YEARS if day.weekday() > 4 and chinese_calendar.is_workday(day)],
    {2025, 2026},
)
FIRST = when("2026-01-05")
PEOPLE = {"owner1", "liaison1", "liaison2", "office1", *(who(code) for code in LOTS for who in (window, head))}


@dataclass
class Case:
    """What the model knows of one approval."""

    code: str
    state: str = "waiting"
    round: int = 1
    version: int = 1
    once: set = field(default_factory=set)  # what was done in this round and may not be done again
    by_system: bool = False  # it was the suspension that paused it
    received_on: date | None = None
    handler: str = ""
    reminded: set = field(default_factory=set)  # which reminders were sent on which days
    steps: list = field(default_factory=list)

    def write(self, move, on, state="", **facts):
        self.steps.append(Move(move, on, **facts))
        self.state = state or self.state
        self.version += move not in ("suspend", "resume", *REMINDERS)


@dataclass
class Street:
    """The project and its three approvals."""

    state: str = "registered"
    halts: list = field(default_factory=list)  # (suspended on, resumed on or None)
    cases: dict = field(default_factory=lambda: {code: Case(code) for code in LOTS})

    def silence_ends_on(self, case):
        """The first day on which silence has become acceptance; None while the clock stands still."""
        if case.state != "received" or any(end is None for _, end in self.halts):
            return None
        day, counted = case.received_on, 0
        while counted < 5:
            day += timedelta(days=1)
            counted += CALENDAR.works(day) and not any(start <= day < end for start, end in self.halts)
        return day + timedelta(days=1)

    def catch_up(self, on):
        """Accept what was not answered in time."""
        for case in self.cases.values():
            ends = self.silence_ends_on(case)
            if ends and ends <= on:
                case.write("deem_accepted", ends, "accepted")

    def open(self, on):
        granted = {code for code, case in self.cases.items() if case.state == "granted"}
        for case in self.cases.values():
            if case.state == "waiting" and granted.issuperset(REQUIRES[case.code]):
                case.write("open", on, "ready")

    def move(self, case, move, on, values):
        target = APPROVAL_MOVES[move][1]
        facts = {"days": values["days"]} if move == "extend" else {}
        if move == "start_special":
            facts = {"procedure": values["procedure"]}
        case.write(move, on, "" if target == SAME else target, **facts)
        if move in ("submit", "resubmit"):
            case.received_on = on
        if move == "reapply":
            case.round, case.once, case.handler = case.round + 1, set(), ""
        if move in HANDLING:
            case.handler = "" if move == "give_back" else window(case.code)
        if move in REMINDERS:
            case.reminded.add((move, on))
        if move in ("notify_once", "extend", "deliver"):
            case.once.add(move)
        if move == "grant":
            self.open(on)

    def halt(self, move, on):
        for case in self.cases.values():
            case.steps.append(Move(move, on))
            if move == "suspend" and case.state == "accepted":
                case.by_system = True
                case.write("start_special", on, "paused", procedure="中止")
            if move == "resume" and case.by_system and case.state == "paused":
                case.by_system = False
                case.write("end_special", on, "accepted")
        if move == "suspend":
            self.state = "suspended"
            self.halts.append((on, None))
        else:
            self.state = "registered"
            self.halts[-1] = (self.halts[-1][0], on)

    def withdraw(self, on):
        self.state = "withdrawn"
        for case in self.cases.values():
            if case.state in APPROVAL_MOVES["withdraw_approval"][0]:
                case.write("withdraw_approval", on, "withdrawn")


class ApprovalMachine(RuleBasedStateMachine):
    database = None

    @initialize()
    def register(self):
        self.at = FIRST
        with self.database.write() as tx:
            self.ref = a_project(tx, "registered", at=self.at, ref=a_ref())
            self.id = project_row(tx, self.ref).id
            self.people = {name: an_actor(tx, name) for name in PEOPLE}
        self.at += timedelta(minutes=10)
        self.street = Street()
        self.street.open(self.at.date())

    @property
    def on(self):
        return self.at.date()

    @rule(days=st.sampled_from([0, 1, 1, 2, 3, 5, 8, 13]), hours=st.integers(0, 3))
    def time_passes(self, days, hours):
        self.time_goes(days, hours)

    def time_goes(self, days, hours=0):
        self.at = (self.at + timedelta(days=days)).replace(hour=min(23, self.at.hour + hours))
        self.at = min(self.at, NOW - timedelta(days=3))

    @rule(data=st.data(), codes=st.lists(st.sampled_from(sorted(LOTS)), min_size=1, max_size=6))
    def allowed_moves(self, data, codes):
        for code in codes:
            self.time_goes(data.draw(st.sampled_from([0, 0, 1, 2, 4])))
            seen = deepcopy(self.street)
            seen.catch_up(self.on)
            state = seen.cases[code].state
            allowed = [m for m in MADE if state in APPROVAL_MOVES[m][0] and m != "withdraw_approval"]
            if allowed:
                self.attempt(code, data.draw(st.sampled_from(sorted(allowed, key=SOONEST.index))), None)

    @rule(code=st.sampled_from(sorted(LOTS)), move=st.sampled_from(MADE), data=st.data())
    def something_is_wrong(self, code, move, data):
        wrong = data.draw(st.sampled_from(["version", "field", "days", "procedure", "liaison", "nothing"]))
        if wrong == "version":
            self.attempt(code, move, data.draw(st.sampled_from([-1, 1])))
        elif wrong == "field":
            self.attempt(code, move, None, {data.draw(st.sampled_from(["colour", "a\x00"])): "red"}, {Invalid})
        elif wrong == "days":
            self.attempt(code, "extend", None, {"days": LONGEST + 1}, {Invalid})
        elif wrong == "procedure":
            self.attempt(code, "start_special", None, {"procedure": "中止"}, {Invalid})
        elif wrong == "liaison":
            with pytest.raises(Forbidden), self.database.write() as tx:
                do(tx, self.people["liaison2"], move, f"{self.ref}/{code}", GIVEN[move], at=self.at)
        elif move != "withdraw_approval" or data.draw(st.integers(0, 9)) == 0:
            self.attempt(code, move, 0)

    @rule(days=st.sampled_from([0, 1, 3, 6, 15, 40]), is_resumed=st.sampled_from([True] * 4 + [False]))
    def the_project_is_suspended(self, days, is_resumed):
        self.halt("suspend")
        if is_resumed:
            self.time_goes(days)
            self.halt("resume")

    @rule()
    def the_project_is_resumed(self):
        self.halt("resume")

    def halt(self, move):
        state_before = {"suspend": "registered", "resume": "suspended"}[move]
        result = self.outcome("office1", move, self.ref, GIVEN[move], None)
        if self.street.state != state_before:
            assert result is Refused
            return
        self.street.catch_up(self.on)
        self.street.halt(move, self.on)

    @rule(is_meant=st.sampled_from([False] * 15 + [True]))
    def the_project_is_withdrawn(self, is_meant):
        if is_meant and self.street.state != "withdrawn":
            assert self.outcome("owner1", "withdraw", self.ref, GIVEN["withdraw"], None) == "withdrawn"
            self.street.catch_up(self.on)
            self.street.withdraw(self.on)

    @rule()
    def the_sweep_runs(self):
        with self.database.write() as tx:
            sweep_project(tx, self.id, self.at, self.at)
        self.street.catch_up(self.on)

    def attempt(self, code, move, off, changed=(), wrong=frozenset()):
        seen = deepcopy(self.street)
        seen.catch_up(self.on)
        case, allowed = seen.cases[code], set(wrong) | ({Stale} if off else set())
        values = GIVEN[move] | ({"procedure": PROCEDURES[code]} if move == "start_special" else {}) | dict(changed)
        sources, _, by = APPROVAL_MOVES[move]
        # Art. 44, whatever became of the project; who handles a case is asked below.
        is_open = seen.state == "registered" or move in ("deliver", *HANDLING, *REMINDERS)
        if case.state not in sources or move in case.once or not is_open:
            allowed.add(Refused)
        if move in HANDLING or move in REMINDERS:
            allowed = self.allowed_of_handlers(seen, case, move, allowed)
        elif move in (*OWED_MOVES, "agree") or (move == "notify_again" and "notify_once" not in case.once):
            allowed.add(Refused)
        values |= {"handler": window(code)} if move == "assign" else {}
        by = {OWNER: "owner1", LIAISON: "liaison1", WINDOW: window(code), HEAD: head(code)}[
            by[-1] if by[-1] != SYSTEM else by[0]
        ]
        version = None if off is None else case.version + off
        result = self.outcome(by, move, f"{self.ref}/{code}", values, version)
        if allowed:
            assert result in allowed, (code, move, case.state, version, allowed)
            return
        seen.move(case, move, self.on, values)
        assert result == case.state, (code, move, version)
        self.street = seen

    def allowed_of_handlers(self, street, case, move, allowed):
        """Errors to expect: of cases that are done, of handlers that are there already or not yet, of a second word."""
        decided = case.state in ("granted", "refused")
        is_done = "deliver" in case.once
        goes_on = street.state in (("registered",) if move in REMINDERS else ("registered", "suspended"))
        is_over = is_done if decided else not goes_on
        has_one, is_second = bool(case.handler), (move, self.on) in case.reminded
        if is_over or (move == "take" and has_one) or (move == "give_back" and not has_one) or is_second:
            allowed = allowed | {Refused}
        return allowed | {Invalid} if move == "assign" and has_one else allowed

    def outcome(self, by, move, on, values, version):
        try:
            with self.database.write() as tx:
                return do(tx, self.people[by], move, on, values, at=self.at, now=self.at, version=version).state
        except Problem as problem:
            return type(problem)

    @invariant()
    def the_rows_and_their_records_are_those_of_the_model(self):
        with self.database.read() as tx:
            record = [e for e in entries(tx, self.ref) if e.subject == "approval"]
            for code, case in self.street.cases.items():
                row = approval_row(tx, self.ref, code)
                assert (row.state, row.version, row.round) == (case.state, case.version, case.round), code
                moves = [(e.move, e.at.astimezone(FIRST.tzinfo).date()) for e in record if e.approval_id == row.id]
                own = [(s.move, s.on) for s in case.steps if s.move not in ("suspend", "resume")]
                assert [m for m in moves if m[0] != "warn_lapse"] == own, code

    def teardown(self):
        if hasattr(self, "street"):
            with self.database.read() as tx:
                for case in self.street.cases.values():
                    self.compare_days(tx, case)
            assert faults(self.database) == []

    def compare_days(self, tx, case):
        """Every date in the row, and the readings of the last days, against the oracle."""
        if not case.steps or case.steps[0].move != "open":
            return
        row = approval_row(tx, self.ref, case.code)
        last = case.steps[-1].on
        approval = approval_for(tx, self.ref, case.code, self.people["owner1"])
        for day, oracle in live(case.steps, LOTS[case.code], CALENDAR, last + timedelta(days=3)):
            if day < last:
                continue
            reading = reading_of(tx, approval, day)
            expected = oracle.reading(day)
            for name in ("approval", "calendar"):
                reading.pop(name)
            assert reading == expected, (case.code, day)
            if day == last:
                self.compare_row(row, expected, oracle.suspended)

    def compare_row(self, row, expected, stands):
        for name in ("received_on", "accepted_on", "decided_on", "delivered_on"):
            assert iso(getattr(row, name)) == expected[name], name
        for name in ("promised", "legal"):
            assert iso(getattr(row, f"{name}_due_on")) == (expected[name] and expected[name]["due_on"]), name
        for name in ("notice", "delivery"):
            due = expected[name]["due_on"] if expected[name] and not stands else None
            assert iso(getattr(row, f"{name}_due_on")) == due, name


def iso(day):
    return day and day.isoformat()


def test_approvals_follow_their_chart_and_their_clock_whatever_is_tried(database):
    machine = type("Machine", (ApprovalMachine,), {"database": database})
    run_state_machine_as_test(machine, settings=settings(max_examples=effort(15, 200), stateful_step_count=40))
