"""Counts a month from the raw entries again, naively: one entry after another, one day after another.

It shares no code with the report; the clocks are those of the independent oracle.
"""

import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from statistics import median

import yaml
from sqlalchemy import text

from tests.support.clock.oracle import NEXT, NaiveCalendar, ledger_of, live
from workflows.clock.timeline import Limits, Step

CALENDAR_YAML = Path(__file__).parents[3] / "workflows" / "data" / "calendar.yaml"
RAISES = ("raise", "raise_jointly")
ANSWERS = ("answer", "instruct")
LIGHTS = ("green", "reminder", "yellow", "red")


def naive_calendar():
    off, makeup = set(), set()
    years = yaml.safe_load(CALENDAR_YAML.read_text(encoding="utf-8"))["years"]
    for notice in years.values():
        makeup |= set(notice["makeup_workdays"])
        for holiday in notice["days_off"]:
            first, _, last = str(holiday["days"]).partition("..")
            day = date.fromisoformat(first)
            while day <= date.fromisoformat(last or first):
                off.add(day)
                day += NEXT
    return NaiveCalendar(off, makeup, years)


def working_days(calendar, after, until):
    """Counted on the fingers."""
    days, day = 0, after
    while day < until:
        day += NEXT
        days += calendar.works(day)
    return days


class Recount:
    """All entries of a database as plain rows, with what is counted of them by month."""

    def __init__(self, tx):
        self.calendar = naive_calendar()
        rows = tx.execute(text("SELECT * FROM history_entries ORDER BY project_id, seq")).mappings()
        self.entries = [dict(row) | {"at": moment(row["at"]), "facts": json.loads(row["facts"])} for row in rows]
        self.of_project = defaultdict(list)
        for entry in self.entries:
            self.of_project[entry["project_id"]].append(entry)
        self.approvals = {row["id"]: dict(row) for row in tx.execute(text("SELECT * FROM approvals")).mappings()}
        self.units = {row["id"]: row["name"] for row in tx.execute(text("SELECT id, name FROM units")).mappings()}
        self.owners = dict(tx.execute(text("SELECT id, owner_unit_id FROM projects")).all())
        self.cards = dict(tx.execute(text("SELECT id, colour FROM cards")).all())
        contacts = "SELECT c.*, p.username FROM contacts c JOIN people p ON p.id = c.recorder_id"
        self.contacts = [dict(row) for row in tx.execute(text(contacts)).mappings()]

    def place(self, approval_id, end):
        """Department, stage, category and liaison of an approval, the last two as they were known at `end`."""
        row = self.approvals[approval_id]
        names = (self.told(row["project_id"], end, name) for name in ("category", "liaison"))
        return row["department_id"], row["stage"], *names

    def told(self, project_id, end, name):
        """What the project's own entries last said of its category or liaison."""
        value = ""
        for entry in self.of_project[project_id]:
            if entry["subject"] == "project" and entry["at"] < end:
                value = entry["facts"].get(name) or value
        return value

    def moves(self, month):
        """(subject, move, level) and the place -> how often in this month."""
        start, end = bounds(month)
        levels = {e["subject_id"]: e["facts"]["level"] for e in self.entries if e["move"] in RAISES}
        counts = Counter()
        for entry in self.entries:
            if start <= entry["at"] < end:
                place = self.place(entry["approval_id"], end) if entry["approval_id"] else None
                level = levels[entry["subject_id"]] if entry["subject"] == "escalation" else None
                counts[entry["subject"], entry["move"], level, place] += 1
        return counts

    def project_places(self, month):
        """(move, where its project counts) of each move of projects, and (state, where) of each project at the end."""
        start, end = bounds(month)
        moves = [e for e in self.entries if e["subject"] == "project" and start <= e["at"] < end]
        states = self.states("project", month)
        places = {key: self.project_place(key, end) for key in {*states, *(e["project_id"] for e in moves)}}
        return (
            [(e["move"], places[e["project_id"]]) for e in moves],
            [(state, places[key]) for key, state in states.items()],
        )

    def project_place(self, project_id, end):
        place = {name: self.told(project_id, end, name) for name in ("category", "liaison")}
        return place | {"owner": self.owners[project_id]}

    def states(self, subject, month):
        """The state of each project, approval or escalation at the end of the month, as far as it has entries."""
        _, end = bounds(month)
        states = {}
        for entry in self.entries:
            if entry["subject"] == subject and entry["at"] < end:
                states[entry["subject_id"]] = entry["to_state"]
        return states

    def open_escalations(self, month):
        """(level, state, place) of all that are not closed at the end of the month."""
        _, end = bounds(month)
        states = self.states("escalation", month)
        raised = {e["subject_id"]: e for e in self.entries if e["move"] in RAISES}
        return Counter(
            (raised[key]["facts"]["level"], state, self.place(raised[key]["approval_id"], end))
            for key, state in states.items()
            if state != "closed"
        )

    def steps(self, approval_id, end):
        """The steps of an approval and of its project's suspensions, each with its entry."""
        row = self.approvals[approval_id]
        steps = []
        for entry in self.of_project[row["project_id"]]:
            is_own = entry["subject"] == "approval" and entry["approval_id"] == approval_id
            halts = entry["subject"] == "project" and entry["move"] in ("suspend", "resume")
            if entry["at"] < end and (is_own or halts):
                days = entry["facts"].get("days", 0) if entry["move"] == "extend" else 0
                steps.append((entry, Step(entry["move"], day(entry["at"]), days=days)))
        return steps

    def limits(self, steps):
        facts = [e["facts"] for e, _ in steps if e["move"] in ("accept", "deem_accepted")]
        if not facts:
            return Limits(1, 1)  # the notice clock alone runs
        return Limits(facts[-1]["promised_limit"], facts[-1]["legal_limit"], facts[-1]["legal_unit"])

    def lived(self, steps, until):
        """The oracle's case at the close of `until`."""
        return list(live([s for _, s in steps], self.limits(steps), self.calendar, until))[-1][1]

    def standing(self, month):
        """Each approval with its state and the oracle's reading at the close of the month."""
        _, end = bounds(month)
        last = day(end) - NEXT
        for approval_id, state in self.states("approval", month).items():
            if state in ("ready", "received", "correcting", "accepted", "paused"):
                steps = self.steps(approval_id, end)
                yield approval_id, state, self.lived(steps, last), last

    def lights(self, month):
        """How many approvals with a decision clock stand at each light at the close of the month."""
        counts = dict.fromkeys(LIGHTS, 0)
        for _id, state, case, last in self.standing(month):
            if state in ("accepted", "paused"):
                counts[case.light(last)] += 1
        return counts

    def decisions(self, month):
        """(place, within promised, within legal, used, legal days) of each decision of the month."""
        start, end = bounds(month)
        for entry in self.entries:
            if entry["subject"] == "approval" and entry["move"] in ("grant", "refuse") and start <= entry["at"] < end:
                steps = [(e, s) for e, s in self.steps(entry["approval_id"], end) if e["seq"] <= entry["seq"]]
                limits, on = self.limits(steps), day(entry["at"])
                case = self.lived(steps, on)
                reading = case.reading(on)
                yield (
                    self.place(entry["approval_id"], end),
                    on.isoformat() <= reading["promised"]["due_on"],
                    on.isoformat() <= reading["legal"]["due_on"],
                    reading["used"],
                    self.legal_days(limits, case.accepted_on),
                )

    def legal_days(self, limits, accepted_on):
        if limits.legal_unit == "working_days":
            return limits.legal
        end = accepted_on + timedelta(days=limits.legal)
        while not self.calendar.works(end):
            end += NEXT
        return working_days(self.calendar, accepted_on, end)

    def permits(self, month):
        """(registration to permit, sum of the legal limits) of each construction permit granted in the month."""
        start, end = bounds(month)
        for entry in self.entries:
            if entry["subject"] == "approval" and entry["move"] == "grant" and start <= entry["at"] < end:
                row = self.approvals[entry["approval_id"]]
                if row["code"] == "C05":
                    registered = [e for e in self.of_project[row["project_id"]] if e["move"] == "register"]
                    days = working_days(self.calendar, day(registered[0]["at"]), day(entry["at"]))
                    yield days, sum(self.legal_of(needed) for needed in self.needed(row))

    def needed(self, row):
        rows = {r["code"]: r for r in self.approvals.values() if r["project_id"] == row["project_id"]}
        codes = {row["code"]}
        while True:
            more = {code for needed_code in codes for code in json.loads(rows[needed_code]["requires"])} - codes
            if not more:
                return [rows[code] for code in sorted(codes)]
            codes |= more

    def legal_of(self, row):
        entries = [e for e in self.of_project[row["project_id"]] if e["subject_id"] == row["id"]]
        entries = [e for e in entries if e["subject"] == "approval"]
        accepts = [e for e in entries if e["move"] in ("accept", "deem_accepted")]
        facts = accepts[-1]["facts"]
        on = day(accepts[-1]["at"])
        if accepts[-1]["move"] == "deem_accepted":
            before = [e for e in entries if e["seq"] < accepts[-1]["seq"]]
            on = max(day(e["at"]) for e in before if e["move"] in ("submit", "resubmit"))
        return self.legal_days(Limits(facts["promised_limit"], facts["legal_limit"], facts["legal_unit"]), on)

    def answer(self, approval_id, month):
        """What came of the escalations of its last round: the day committed to by the highest level that answered."""
        _, end = bounds(month)
        entries = [e for e in self.entries if e["approval_id"] == approval_id and e["at"] < end]
        last_round = max(e["round"] for e in entries if e["subject"] == "approval")
        raised = {
            e["subject_id"]: e["facts"]["level"] for e in entries if e["move"] in RAISES and e["round"] == last_round
        }
        days = {}
        for entry in entries:
            if entry["subject"] == "escalation" and entry["move"] in ANSWERS and entry["subject_id"] in raised:
                days[raised[entry["subject_id"]]] = entry["facts"]["commitment_on"]
        if not days:
            return "unanswered"
        last = day(end) - NEXT
        return "broken" if days[max(days)] < last.isoformat() else "committed"

    def ledger(self, approval_id, month):
        _, end = bounds(month)
        steps = self.steps(approval_id, end)
        plain = [s for _, s in steps]
        return ledger_of(plain, self.limits(steps), self.calendar, plain[0].on, day(end) - NEXT)


def moment(value):
    """A moment of either engine as an aware one."""
    if isinstance(value, str):
        return datetime.fromisoformat(value + "+00:00")
    return value


def day(at):
    """The day in Panzhihua, eight hours ahead of UTC all year."""
    return at.astimezone(timezone(timedelta(hours=8))).date()


def bounds(month):
    """The first moment of the month and of the one after."""
    year, number = map(int, month.split("-"))
    after = f"{year + 1}-01" if number == 12 else f"{year}-{number + 1:02d}"
    return tuple(datetime.fromisoformat(f"{first}-01T00:00:00+08:00") for first in (month, after))


def speed(pairs):
    """The speed-up of these pairs of used and legal days."""
    pairs = list(pairs)
    if not pairs:
        return 0, 0, 0, None, None
    used, legal = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    return len(pairs), used, legal, round(1 - used / legal, 4), round(median(1 - a / b for a, b in pairs), 4)
