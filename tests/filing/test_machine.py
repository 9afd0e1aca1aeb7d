"""A project driven along its chart at random, against a model that knows only tests/support/expected_charts.py."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from approvals.base.errors import Forbidden, Invalid, NotFound, Problem, Refused, Stale
from approvals.filing.views import SETTLING
from approvals.history.record import NOTICE
from approvals.registration.queries import APPROVALS
from tests.support.builders import (
    GIVEN,
    NOW,
    a_database,
    a_ref,
    an_actor,
    approval_row,
    do,
    entries,
    faults,
    project_row,
    when,
)
from tests.support.expected_charts import (
    BLIND_TO_PROJECTS,
    LIAISON,
    OWNER,
    PEOPLE,
    PROJECT_MOVES,
    ROLES,
    SAME,
    SYSTEM,
)
from tests.support.extent import ENGINES, effort
from workflows.charts.office_moves import REMIND, REPORT

MADE = [move for move, (_, _, by) in PROJECT_MOVES.items() if by != (SYSTEM,) and move != "draft"]
OF_OFFICES = {REMIND, REPORT}  # what the system says aside to an office whose step is due
ENDING = ("decline", "divert", "withdraw")
JOINT = ("manage_jointly", "end_joint")
NAMED_BY = {"edit": "edit", "confirm_amendment": "amend"}  # the move that gave the name
TOLD = {  # who hears of a move
    "file": {"supervision_office"},
    "return_filing": {"owner"},
    "refile": {"supervision_office"},
    "decline": {"owner"},
    "classify": {"owner", "service_centre"},
    "divert": {"owner"},
    "register": {"owner", "liaison"},
    "reassign": {"owner", "liaison", "officer"},  # the former liaison is told as an officer
    "manage_jointly": {"owner", "liaison", "window_head"},  # the heads of both units
    "end_joint": {"owner", "liaison", "window_head"},
    "amend": {"service_centre", "supervision_office", "liaison"},
    "confirm_amendment": {"owner", "liaison", "service_centre"},
    "decline_amendment": {"owner", "liaison"},
    "take_back_amendment": {"service_centre", "supervision_office", "liaison"},
    "mark": {"owner", "liaison", "service_centre"},
    "add_approval": {"owner", "liaison"},
    "suspend": {"owner", "liaison", "service_centre"},
    "resume": {"owner", "liaison", "service_centre"},
    "withdraw": {"supervision_office", "liaison"},
    "start_works": {"owner", "liaison"},
    "finish_works": {"owner", "liaison"},
}
QUESTIONS = {"occupies_road": 1, "affects_green_space": 1, "in_heritage_zone": 1, "lightning_sensitive": 2}
ITEMS_ALWAYS = 24
SPOILT = {  # a field that is wrong
    "an unknown field": lambda given: given | {"colour": "red"},
    "a NUL": lambda given: {name: "a\x00b" for name in given} or {"colour": "\x00"},
    "nothing given": lambda given: {} if given else {"colour": "red"},
    "numbers for texts": lambda given: dict.fromkeys(given, 7) or {"colour": 7},
}


class ProjectMachine(RuleBasedStateMachine):
    """The model: state, version, how many entries, and what A01 of a registered project is doing."""

    database = None
    numbers = 0

    @initialize(
        kind=st.sampled_from(["construction"] * 4 + ["service"]),
        answers=st.fixed_dictionaries({name: st.booleans() for name in QUESTIONS}),
        begun=st.sampled_from([(), ("file",), ("file", "classify"), ("file", "classify", "register")]),
    )
    def draft(self, kind, answers, begun):
        self.ref, self.at = a_ref(), when("2026-03-02")
        self.kind, self.answers, self.name = kind, answers, GIVEN["draft"]["name"]
        self.number, self.window, self.is_joint, self.is_marked, self.confirmed = None, "", False, False, set()
        with self.database.write() as tx:
            self.people = {role: an_actor(tx, name) for role, name in PEOPLE.items()}
            self.stranger = an_actor(tx, "owner2")
            do(tx, "owner1", "draft", self.ref, GIVEN["draft"] | {"kind": kind, "answers": answers}, at=self.at)
        self.waits = False
        self.state, self.version, self.moves = "drafted", 1, ["draft"]
        for move in begun:
            self.attempt(move, PROJECT_MOVES[move][2][0], None, GIVEN[move], set())

    @rule(hours=st.integers(0, 60))
    def time_passes(self, hours):
        self.at += timedelta(hours=hours)

    @rule(data=st.data())
    def an_allowed_move(self, data):
        allowed = [m for m in MADE if self.state in PROJECT_MOVES[m][0] and m not in ENDING]
        if allowed:
            move = data.draw(st.sampled_from(allowed))
            self.attempt(move, PROJECT_MOVES[move][2][0], None, GIVEN[move], set())

    @rule(move=st.sampled_from(ENDING), is_meant=st.sampled_from([False] * 9 + [True]))
    def the_end(self, move, is_meant):
        if is_meant:
            self.attempt(move, PROJECT_MOVES[move][2][0], None, GIVEN[move], set())

    @rule(
        move=st.sampled_from([m for m in MADE if m not in ENDING]),
        role=st.sampled_from(ROLES),
        off=st.sampled_from([None, 0, -1, 1]),
    )
    def any_move(self, move, role, off):
        version = None if off is None else self.version + off
        self.attempt(move, role, version, GIVEN[move], {Stale} if off else set())

    @rule(move=st.sampled_from(MADE), how=st.sampled_from(sorted(SPOILT)))
    def a_move_with_wrong_fields(self, move, how):
        fields = SPOILT[how](GIVEN[move])
        if move == "edit" and not fields:
            return
        self.attempt(move, PROJECT_MOVES[move][2][0], None, fields, {Invalid})

    @rule(move=st.sampled_from(MADE), minutes=st.integers(1, 3000))
    def a_move_before_the_last_one(self, move, minutes):
        at = self.last_at() - timedelta(minutes=minutes)
        self.attempt(move, PROJECT_MOVES[move][2][0], None, GIVEN[move], {Refused}, at=at)

    @rule(move=st.sampled_from(MADE))
    def a_move_in_the_future(self, move):
        self.attempt(move, PROJECT_MOVES[move][2][0], None, GIVEN[move], {Refused}, at=NOW + timedelta(seconds=1))

    @rule(move=st.sampled_from(MADE))
    def a_move_of_somebody_elses_owner(self, move):
        with pytest.raises(NotFound), self.database.write() as tx:
            do(tx, self.stranger, move, self.ref, GIVEN[move], at=self.at)

    @precondition(lambda self: self.state == "registered" and not self.window)
    @rule()
    def the_window_accepts_the_first_item(self):
        with self.database.write() as tx:
            do(tx, "owner1", "submit", f"{self.ref}/A01", at=self.at)
            do(tx, "window-a01", "accept", f"{self.ref}/A01", at=self.at)
        self.window = "accepted"
        self.moves += ["submit", "accept"]

    def last_at(self):
        with self.database.read() as tx:
            return max(entry.at for entry in entries(tx, self.ref))

    def attempt(self, move, role, version, fields, wrong, at=None):
        sources, target, by = PROJECT_MOVES[move]
        if role in BLIND_TO_PROJECTS:
            allowed = {NotFound}
        elif role not in by or (role == LIAISON and not self.is_accompanied()):
            allowed = {Forbidden}
        else:
            allowed = set(wrong)
            is_confirmed = role == OWNER and move in self.confirmed
            if self.state not in sources or self.has_no_effect(move) or is_confirmed:
                allowed.add(Refused)
            elif move == "reassign" and "reassign" in self.moves:
                allowed.add(Invalid)  # it is that liaison's already
        result = self.outcome(move, role, version, fields, at)
        if allowed:
            assert result in allowed, (move, role, self.state, version, wrong)
            return
        assert result == (self.state if target == SAME else target), (move, role, self.state)
        self.state, self.version = result, self.version + 1
        self.follow(move)
        if role == LIAISON:
            self.confirmed.add(move)

    def is_accompanied(self):
        """Whether it is liaison1 who accompanies the project."""
        return self.number is not None and "reassign" not in self.moves

    def has_no_effect(self, move):
        return {
            "register": self.kind == "service",
            "manage_jointly": self.is_joint,
            "end_joint": not self.is_joint,
            "mark": self.is_marked,
            "strike_approval": "strike" in self.moves,
            "add_approval": "add_approval" in self.moves or self.answers["in_heritage_zone"],
            "amend": self.waits or self.name == GIVEN["amend"]["name"],
            **dict.fromkeys(SETTLING, not self.waits),
        }.get(move, False)

    def outcome(self, move, role, version, fields, at):
        try:
            with self.database.write() as tx:
                return do(tx, self.people[role], move, self.ref, fields, at=at or self.at, version=version).state
        except Problem as problem:
            return type(problem)

    def follow(self, move):
        self.moves.append(move)
        if move in NAMED_BY:
            self.name = GIVEN[NAMED_BY[move]]["name"]
        self.waits = move == "amend" or (self.waits and move not in SETTLING)
        self.is_marked = move == "mark" or (self.is_marked and move != "classify")
        if move == "strike_approval":
            self.moves.append("strike")
        if move in JOINT:
            self.is_joint = not self.is_joint
        if move == "register":
            type(self).numbers += 1
            self.number = f"510400-2026-{self.numbers:05}"
            self.moves.append("open")
        if move == "suspend" and self.window == "accepted":
            self.window = "paused"
            self.moves.append("start_special")
        if move == "resume" and self.window == "paused":
            self.window = "accepted"
            self.moves.append("end_special")
        if move == "withdraw" and self.number:
            self.window = "withdrawn"
            self.moves.append("withdraw_approval")

    @invariant()
    def the_row_and_its_record_are_those_of_the_model(self):
        with self.database.read() as tx:
            row, record = project_row(tx, self.ref), entries(tx, self.ref)
            notices = tx.execute(
                select(NOTICE.c.seq, NOTICE.c.audience).where(
                    NOTICE.c.project_id == row.id,
                    NOTICE.c.move.like("project.%"),
                    NOTICE.c.move.not_in([f"project.{move}" for move in OF_OFFICES]),
                )
            ).all()
            planned = tx.execute(select(func.count()).where(APPROVALS.c.project_id == row.id)).scalar_one()
            window = approval_row(tx, self.ref, "A01").state if self.number else ""
        assert (row.state, row.version, row.name, row.number) == (self.state, self.version, self.name, self.number)
        made = [entry.move for entry in record if entry.subject in ("project", "approval")]
        assert [move for move in made if move not in OF_OFFICES] == self.moves
        assert [entry.seq for entry in record] == list(range(1, len(record) + 1))
        own = [entry for entry in record if entry.subject == "project"]
        assert [e.to_state for e in own] == [e.from_state for e in own[1:]] + [self.state]
        expected = [(e.seq, audience) for e in own for audience in TOLD.get(e.move, ())]
        expected += [record for record in expected if record[1] == "window_head"]  # there are two
        since = next((e.seq for e in own if e.move == "register"), len(record) + 1)  # nobody accompanies it before
        expected = [notice for notice in expected if notice[1] != "liaison" or notice[0] >= since]
        assert sorted(map(tuple, notices)) == sorted(expected)
        items = ITEMS_ALWAYS + sum(n for name, n in QUESTIONS.items() if self.answers[name])
        assert planned == (items + ("add_approval" in self.moves) if self.number else 0)
        assert window == (self.window or ("ready" if self.number else ""))

    def teardown(self):
        assert faults(self.database) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_project_follows_its_chart_whatever_is_tried(engine, make_database):
    database = a_database(make_database(engine))
    machine = type("Machine", (ProjectMachine,), {"database": database})
    run_state_machine_as_test(machine, settings=settings(max_examples=effort(20, 200), stateful_step_count=25))
    database.close()
