"""Replays the lines of a year by the charts, the clock and the ladder alone, and says which are out of order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from workflows.charts.approval import APPROVAL, SUSPENSION
from workflows.charts.card import CARD
from workflows.charts.correction import CORRECTION
from workflows.charts.model import BEFORE, NotInChart, step
from workflows.charts.order import ORDER
from workflows.charts.project import PROJECT
from workflows.charts.request import REQUEST
from workflows.charts.word import WORD
from workflows.clock.approval_clock import deadlines, max_extension, read
from workflows.clock.calendar import Calendar
from workflows.clock.lights import light_of
from workflows.clock.reading import Reading
from workflows.clock.timeline import Limits, Step
from workflows.config.catalogue import Catalogue, Item
from workflows.config.policy import load_policy
from workflows.rules.escalation_rules import Rung, climbs

Line = Mapping[str, Any]
NOTHING: Mapping[str, Any] = {}
CORRECTING = frozenset(move.name for move in CORRECTION.moves)


@dataclass
class Approval:
    item: Item
    requires: tuple[str, ...]
    state: str = "waiting"
    steps: list[Step] = field(default_factory=list)
    rungs: dict[int, Rung] = field(default_factory=dict)
    ended_on: date | None = None
    card: str = BEFORE  # for a promise that was not kept
    correction: str = BEFORE

    @property
    def limits(self) -> Limits:
        return Limits(self.item.promised, self.item.legal, self.item.legal_unit)

    def move(self, name: str, on: date, facts: Mapping[str, Any] = NOTHING) -> None:
        self.state = step(APPROVAL, self.state, name)
        days = facts.get("days", 0) if name == "extend" else 0
        self.steps.append(Step(name, on, days=days, procedure=facts.get("procedure", "")))
        if name == "reapply":
            self.rungs, self.ended_on = {}, None
        elif self.state in APPROVAL.final_states:
            self.ended_on = self.ended_on or on

    def in_round(self, name: str) -> bool:
        moves = [each.move for each in self.steps]
        begun = len(moves) - moves[::-1].index("reapply") if "reapply" in moves else 0
        return name in moves[begun:]


@dataclass
class Project:
    drafted: Mapping[str, Any]
    state: str = BEFORE
    is_hurried: bool = False
    liaison: str = ""
    approvals: dict[str, Approval] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)  # the state of each
    words: dict[str, tuple[str, str]] = field(default_factory=dict)  # of each month the state, and who wrote it
    joint: tuple[str, ...] = ()  # the two units that are responsible together
    completed_on: date | None = None


@dataclass
class Order:
    """A supervision order to a department; `level` is the role that issued it and looks at the answer."""

    department: str
    level: str
    state: str = BEFORE


@dataclass
class Replay:
    """`faults` names each line that the service would refuse; `moves` counts what the system does by itself too."""

    calendar: Calendar
    catalogue: Catalogue
    people: Mapping[str, Any]
    projects: dict[str, Project] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    decided: list[tuple[Item, Reading]] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    moves: int = 0

    def play(self, lines: Iterable[Line], ends_on: date) -> "Replay":
        for line in lines:
            try:
                self.on_order(line) if line["on"].startswith("orders") else self.line(line)
            except (NotInChart, AssertionError, KeyError) as error:
                self.faults.append(f"{line['id']} {line['at']} {line['move']} {line['on']}: {error!r}")
        for project in self.projects.values():
            self.catch_up(project, ends_on)
            for approval in project.approvals.values():
                self.climb(project, approval, ends_on)
        return self

    def line(self, line: Line) -> None:
        ref, _, code = line["on"].partition("/")
        on = datetime.fromisoformat(line["at"]).date()
        if line["move"] == "draft":
            assert ref not in self.projects
            self.projects[ref] = Project(line["with"])
        project = self.projects[ref]
        self.catch_up(project, on)
        self.moves += 1
        if code.startswith("words/"):
            self.on_word(project, code, line)
        elif line["move"] == "raise_jointly":
            self.raise_by_hand(project, project.approvals[code], line, on)
        elif code.startswith("requests"):
            self.on_request(project, code, line)
        elif code.endswith("/cards/promised"):
            self.on_card(project.approvals[code.partition("/")[0]], line, on)
        elif line["move"] in CORRECTING:
            self.on_correction(project.approvals[code], line, on)
        elif code:
            assert project.state in ("registered", "completed")
            self.on_approval(project, project.approvals[code], line, on)
        else:
            self.on_project(project, line, on)

    def on_order(self, line: Line) -> None:
        """A level demands something of a department, which answers in time; the level looks at the answer."""
        by, given, number = self.people[line["by"]], line["with"], line["on"].partition("/")[2]
        on = datetime.fromisoformat(line["at"]).date()
        self.moves += 1
        assert by.role in ORDER.move(line["move"]).by
        if line["move"] == "issue":
            number = f"{on.year}-{1 + sum(one.startswith(str(on.year)) for one in self.orders)}"
            self.orders[number] = Order(given["department"], by.role)
        order = self.orders[number]
        order.state = step(ORDER, order.state, line["move"])
        assert by.unit == order.department if line["move"] == "answer" else by.role == order.level
        if "due_on" in given:
            due_on = date.fromisoformat(given["due_on"])
            assert due_on > on and self.calendar.is_working_day(due_on)

    def on_project(self, project: Project, line: Line, on: date) -> None:
        role, move = self.people[line["by"]].role, PROJECT.move(line["move"])
        assert role in move.by, role
        project.state = step(PROJECT, project.state, line["move"])
        given = line["with"]
        if line["move"] == "classify":
            project.is_hurried = given["key"] or given["urgent"]
        if line["move"] in ("register", "reassign"):
            assert project.liaison != given["liaison"]
            project.liaison = given["liaison"]
        if line["move"] == "register":
            plan = self.catalogue.plan(project.drafted["answers"])
            project.approvals = {p.item.code: Approval(p.item, p.requires) for p in plan}
            self.open(project, on)
        if line["move"] in ("manage_jointly", "end_joint"):
            assert bool(project.joint) == (line["move"] == "end_joint")
            project.joint = () if project.joint else (given["first_unit"], given["second_unit"])
        if line["move"] in ("suspend", "resume"):
            self.halt(project, line["move"], on)
        if line["move"] == "withdraw":
            self.withdraw(project, on)

    def on_request(self, project: Project, code: str, line: Line) -> None:
        """Somebody of the right role asks or answers; whether a night's officer is on duty is the roster's."""
        _, _, no = code.partition("/")
        assert self.people[line["by"]].role in REQUEST.move(line["move"]).by
        if line["move"] == "ask":
            assert not no and project.state in ("registered", "suspended")
            project.requests.append(step(REQUEST, BEFORE, "ask"))
        else:
            project.requests[int(no) - 1] = step(REQUEST, project.requests[int(no) - 1], line["move"])

    def on_word(self, project: Project, code: str, line: Line) -> None:
        """One of the two units writes the word of a month that has begun, the other one signs it."""
        month, unit = code.partition("/")[2], self.people[line["by"]].unit
        assert unit in project.joint and self.people[line["by"]].role in WORD.move(line["move"]).by
        assert month <= line["at"][:7]
        state, writer = project.words.get(month, (BEFORE, ""))
        assert line["move"] != "sign_word" or unit != writer
        project.words[month] = (step(WORD, state, line["move"]), writer if line["move"] == "sign_word" else unit)

    def raise_by_hand(self, project: Project, approval: Approval, line: Line, on: date) -> None:
        assert self.people[line["by"]].unit in project.joint and approval.state in ("accepted", "paused")
        self.climb(project, approval, on)
        level = len(approval.rungs) + 1
        within = load_policy().answer_days(is_key=project.is_hurried, is_urgent=False)
        due_on = self.calendar.nth_working_day_after(on, within)
        approval.rungs[level] = Rung(level, "raised", "green", on, due_on, due_on + timedelta(days=1))

    def on_card(self, approval: Approval, line: Line, on: date) -> None:
        """The card is there since the promise was not kept; it is appealed against in time, and decided."""
        told = deadlines(approval.steps, approval.limits, self.calendar)
        assert told.yellow_from and told.yellow_from <= on
        if line["move"] == "appeal":
            assert on <= self.calendar.nth_working_day_after(told.yellow_from, 5)
            approval.card = step(CARD, BEFORE, "show_card")
        assert self.people[line["by"]].role in CARD.move(line["move"]).by
        approval.card = step(CARD, approval.card, line["move"])

    def on_correction(self, approval: Approval, line: Line, on: date) -> None:
        """A delivery on the wrong day: the right one lies between the decision and the delivery as it is recorded."""
        assert self.people[line["by"]].role in CORRECTION.move(line["move"]).by
        approval.correction = step(CORRECTION, approval.correction, line["move"])
        if line["move"] == "propose_correction":
            *_, decision, delivery = approval.steps
            assert (decision.move, delivery.move) == ("grant", line["with"]["entry"])
            assert decision.on <= date.fromisoformat(line["with"]["right_on"]) < delivery.on <= on

    def halt(self, project: Project, move: str, on: date) -> None:
        for approval in project.approvals.values():
            if move == "suspend" and approval.state == "accepted":
                approval.move("start_special", on, {"procedure": SUSPENSION})
                self.moves += 1
            specials = [s.procedure for s in approval.steps if s.move == "start_special"]
            if move == "resume" and approval.state == "paused" and specials[-1] == SUSPENSION:
                approval.move("end_special", on)
                self.moves += 1
            approval.steps.append(Step(move, on))

    def withdraw(self, project: Project, on: date) -> None:
        for approval in project.approvals.values():
            if approval.state in APPROVAL.move("withdraw_approval").sources:
                approval.move("withdraw_approval", on)
                self.moves += 1

    def on_approval(self, project: Project, approval: Approval, line: Line, on: date) -> None:
        given = line["with"]
        if line["move"] == "answer":
            self.answer(project, approval, line, on)
            return
        self.check_right(project, approval, line)
        if line["move"] == "extend":
            assert given["days"] <= max_extension(approval.limits)
        if line["move"] == "notify_again":
            assert approval.in_round("notify_once")
        if APPROVAL.move(line["move"]).is_once:
            assert not approval.in_round(line["move"])
        if line["move"] == "start_special":
            assert given["procedure"] in approval.item.special
        if line["move"] == "reapply":
            self.climb(project, approval, on)
        approval.move(line["move"], on, given)
        if line["move"] == "grant":
            self.decided.append((approval.item, read(approval.steps, approval.limits, self.calendar, on)))
        self.open(project, on)

    def check_right(self, project: Project, approval: Approval, line: Line) -> None:
        person = self.people[line["by"]]
        assert person.role in APPROVAL.move(line["move"]).by, person
        if person.role in ("window", "window_head"):
            assert person.unit == approval.item.department
        if person.role == "liaison":
            assert person.username == project.liaison

    def answer(self, project: Project, approval: Approval, line: Line, on: date) -> None:
        given = line["with"]
        levels = {"window": 1, "window_head": 1, "service_centre": 2, "supervision_office": 3, "city_government": 4}
        assert levels[self.people[line["by"]].role] == given["level"]
        self.climb(project, approval, on)
        rung = approval.rungs[given["level"]]
        committed_on = date.fromisoformat(given["commitment_on"])
        assert rung.state == "raised", rung
        assert committed_on >= on and self.calendar.is_working_day(committed_on)
        approval.rungs[given["level"]] = replace(rung, state="answered", lift_on=committed_on + timedelta(days=1))

    def climb(self, project: Project, approval: Approval, until: date) -> None:
        """Raise and lift what is due, up to the decision."""
        days = deadlines(approval.steps, approval.limits, self.calendar)
        if not days.accepted_on:
            return
        until = min(until, approval.ended_on or until)
        within = load_policy().answer_days(is_key=project.is_hurried, is_urgent=False)
        reached = {"reminder": days.reminder_from, "yellow": days.yellow_from, "red": days.red_from}
        found = climbs(reached, approval.rungs, load_policy(), self.calendar, answer_days=within, until=until)
        for climb in found:
            approval.rungs[climb.rung.level] = climb.rung
        self.moves += len(found)
        if approval.ended_on:
            self.moves += len(approval.rungs)  # closed
            approval.rungs = {}

    def catch_up(self, project: Project, on: date) -> None:
        for approval in project.approvals.values():
            due = approval.state == "received" and deadlines(approval.steps, approval.limits, self.calendar)
            if due and due.notice_due_on and due.notice_due_on < on:
                approval.move("deem_accepted", due.notice_due_on + timedelta(days=1))
                self.moves += 1

    def open(self, project: Project, on: date) -> None:
        granted = {code for code, approval in project.approvals.items() if approval.state == "granted"}
        for approval in project.approvals.values():
            if approval.state == "waiting" and granted.issuperset(approval.requires):
                approval.move("open", on)
                self.moves += 1
        counted = [a.state for a in project.approvals.values() if a.state != "withdrawn"]
        if project.state == "registered" and set(counted) == {"granted"}:
            project.state, project.completed_on = step(PROJECT, project.state, "complete"), on
            self.moves += 1

    def lights(self, on: date) -> list[tuple[Approval, str]]:
        """The undecided approvals with a clock, and their light on this day."""
        running = [a for p in self.projects.values() for a in p.approvals.values() if a.state in ("accepted", "paused")]
        return [(a, light_of(deadlines(a.steps, a.limits, self.calendar), on) or "") for a in running]
