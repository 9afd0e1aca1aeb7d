"""Random but lawful histories of an approval, from a seed: every move of the chart on any kind of day."""

import random
from datetime import date, timedelta
from typing import NamedTuple

from tests.support.clock.oracle import NEXT, NaiveCalendar

FIRST = date(2024, 11, 20).toordinal()
SPREAD = 800  # days on which a timeline may begin; it reaches from an unpublished year into another
GAPS = (0, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6, 8, 11, 15, 25, 60)


class Move(NamedTuple):
    """A step as plain values, before it is one of the product's."""

    move: str
    on: date
    days: int = 0
    procedure: str = ""


class Lot(NamedTuple):
    """The limits of a random approval."""

    promised: int
    legal: int
    legal_unit: str
    notice: int = 5
    delivery: int = 10


def random_calendar(seed: int) -> NaiveCalendar:
    """Notices of 2025 and 2026 like the real ones, only wilder: long and short breaks, make-up days anywhere."""
    dice = random.Random(f"calendar {seed}")
    off, makeup = set(), set()
    for year in (2025, 2026):
        for _ in range(dice.randint(3, 9)):
            day = date(year, 1, 1) + timedelta(days=dice.randrange(365))
            for _ in range(dice.choice((1, 3, 3, 5, 7, 9, 14))):
                off |= {day} if day.year == year else set()
                day += NEXT
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
        weekends = [day for day in days if day.weekday() > 4 and day not in off]
        makeup |= set(dice.sample(weekends, dice.randint(0, 15)))
    return NaiveCalendar(off, makeup, {2025, 2026})


def random_limits(dice: random.Random) -> Lot:
    promised = dice.choice((1, 1, 2, 3, 5, 5, 7, 8, 10, 12, 20))
    if dice.random() < 0.25:
        return Lot(promised, promised + dice.choice((0, 2, 10, 30, 50)), "calendar_days")
    return Lot(promised, promised + dice.choice((0, 0, 2, 5, 10, 15)), "working_days")


class Walk:
    """A history in the making: where the approval is, and what lawfully comes next."""

    def __init__(self, dice: random.Random, calendar: NaiveCalendar, limits: Lot, suspensions: bool = True) -> None:
        self.dice, self.calendar, self.limits, self.suspensions = dice, calendar, limits, suspensions
        self.steps: list[Move] = []
        self.day = date.fromordinal(FIRST + dice.randrange(SPREAD))
        self.state, self.by_system, self.is_suspended = "waiting", False, False
        self.noticed = self.extended = self.delivered = False
        self.notice_left = 0  # working days until silence is acceptance

    def write(self, move: str, state: str = "", **facts: object) -> None:
        self.steps.append(Move(move, self.day, **facts))
        self.state = state or self.state

    def go(self, length: int) -> list[Move]:
        self.write("open", "ready")
        while len(self.steps) < length and self.state != "over":
            if self.turn_to(self.day + timedelta(days=self.dice.choice(GAPS))):
                self.act()
        return self.steps

    def turn_to(self, day: date) -> bool:
        """Go to `day`, unless silence is acceptance before: then the system moves first."""
        while self.day < day:
            if self.state == "received" and not self.is_suspended and self.notice_left == 0:
                if self.dice.random() < 0.1:  # a sweep that was missed
                    self.day += timedelta(days=self.dice.randrange(4))
                self.day += NEXT
                self.write("deem_accepted", "accepted")
                return False
            self.day += NEXT
            if self.state == "received" and not self.is_suspended and self.calendar.works(self.day):
                self.notice_left -= 1
        return True

    def act(self) -> None:
        if self.is_suspended:
            self.resume() if self.dice.random() < 0.95 else self.withdraw()
        elif self.suspensions and self.state != "over" and self.dice.random() < 0.08:
            self.suspend()
        else:
            getattr(self, "in_" + self.state)()

    def suspend(self) -> None:
        self.is_suspended = True
        self.write("suspend")
        if self.state == "accepted":
            self.by_system = True
            self.write("start_special", "paused", procedure="中止")

    def resume(self) -> None:
        self.is_suspended = False
        self.write("resume")
        if self.by_system and self.state == "paused":
            self.write("end_special", "accepted")
        self.by_system = False
        if self.state == "received":
            self.recount()

    def recount(self) -> None:
        """Count the notice days of this receipt afresh: at each close, was the project suspended?"""
        received = max(n for n, step in enumerate(self.steps) if step.move in ("submit", "resubmit"))
        self.notice_left, day = self.limits.notice, self.steps[received].on + NEXT
        while day <= self.day:
            last = [step.move for step in self.steps if step.on <= day and step.move in ("suspend", "resume")]
            self.notice_left -= self.calendar.works(day) and last[-1:] != ["suspend"]
            day += NEXT

    def withdraw(self) -> None:
        if self.state in ("ready", "received", "correcting", "accepted", "paused"):
            self.write("withdraw_approval", "withdrawn")

    def receive(self, move: str) -> None:
        self.write(move, "received")
        self.notice_left = self.limits.notice

    def in_ready(self) -> None:
        self.receive("submit") if self.dice.random() < 0.95 else self.withdraw()

    def in_received(self) -> None:
        chosen = self.dice.choices(("notify", "accept", "reject_intake", "withdraw"), (35, 50, 10, 5))[0]
        if chosen == "notify":
            self.write("notify_again" if self.noticed else "notify_once", "correcting")
            self.noticed = True
        elif chosen == "accept":
            self.write("accept", "accepted")
        elif chosen == "reject_intake":
            self.write("reject_intake", "not_accepted")
        else:
            self.withdraw()

    def in_correcting(self) -> None:
        self.receive("resubmit") if self.dice.random() < 0.9 else self.withdraw()

    def in_accepted(self) -> None:
        chosen = self.dice.choices(("pause", "extend", "grant", "refuse", "withdraw"), (45, 15, 22, 13, 5))[0]
        if chosen == "pause":
            self.write("start_special", "paused", procedure=self.dice.choice(("专家评审", "公示", "听证")))
        elif chosen == "extend" and not self.extended and (most := min(10, self.limits.legal // 2)):
            self.extended = True
            self.write("extend", days=self.dice.randint(1, most))
        elif chosen in ("grant", "refuse"):
            self.write(chosen, "granted" if chosen == "grant" else "refused")
        elif chosen == "withdraw":
            self.withdraw()

    def in_paused(self) -> None:
        self.write("end_special", "accepted") if self.dice.random() < 0.93 else self.withdraw()

    def in_granted(self) -> None:
        self.deliver()
        self.state = "over"

    def in_refused(self) -> None:
        self.deliver() if not self.delivered and self.dice.random() < 0.5 else self.reapply()

    def in_not_accepted(self) -> None:
        self.reapply()

    def in_withdrawn(self) -> None:
        if self.dice.random() < 0.5:
            self.reapply()
        else:
            self.state = "over"

    def deliver(self) -> None:
        self.delivered = True
        self.write("deliver")

    def reapply(self) -> None:
        self.noticed = self.extended = self.delivered = False
        self.write("reapply", "ready")


def random_timeline(seed: int, calendars: list[NaiveCalendar]) -> tuple[int, Lot, list[Move]]:
    """The number of its calendar, its limits and its moves."""
    dice = random.Random(seed)
    number = dice.randrange(len(calendars))
    limits = random_limits(dice)
    return number, limits, Walk(dice, calendars[number], limits).go(dice.randint(2, 16))
