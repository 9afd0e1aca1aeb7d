"""An independent clock: lives through a case one day at a time, as the rules of time say it, and counts on its fingers.

It imports nothing of the product. Slow and plain on purpose: no table, no arithmetic on dates but "the next day".
"""

from datetime import date, timedelta

NEXT = timedelta(days=1)
HANDED_OVER = ("notify_once", "notify_again", "accept", "grant", "refuse", "reject_intake", "withdraw_approval")


class NaiveCalendar:
    """Days off and make-up days as two sets; a year that is not in `years` has no notice."""

    def __init__(self, off, makeup, years):
        self.off, self.makeup, self.years = set(off), set(makeup), set(years)

    def why_off(self, day):
        if day in self.makeup:
            return ""
        if day in self.off:
            return "holiday"
        return "weekend" if day.weekday() in (5, 6) else ""

    def works(self, day):
        return self.why_off(day) == ""

    def walk(self, day, n):
        """The n-th working day after `day`."""
        while n:
            day += NEXT
            n -= self.works(day)
        return day


class Case:
    """One approval, lived through day by day. Each clock is a list of the days it saw: (day, why off, stood still)."""

    def __init__(self, limits, calendar):
        self.limits, self.calendar = limits, calendar
        self.state, self.round, self.suspended = "waiting", 1, False
        self.begin_round()

    def begin_round(self):
        self.received_on = self.accepted_on = self.stopped_on = self.decided_on = self.delivered_on = None
        self.deemed, self.extension, self.still_at_stop = False, 0, False
        self.notice_clock, self.decision_clock, self.delivery_clock = [], [], []
        self.counted, self.legal_counted = [], []

    @property
    def still(self):
        return self.suspended or self.state == "paused"

    def happen(self, step):
        """A move that is not written down below leaves the clock as it is."""
        getattr(self, "do_" + step.move, lambda step: None)(step)

    def do_open(self, step):
        self.state = "ready"

    def do_submit(self, step):
        self.state, self.received_on, self.notice_clock = "received", step.on, []

    do_resubmit = do_submit

    def do_notify_once(self, step):
        self.state = "correcting"

    do_notify_again = do_notify_once

    def do_accept(self, step):
        self.state, self.accepted_on = "accepted", step.on

    def do_deem_accepted(self, step):
        self.state, self.accepted_on, self.deemed = "accepted", self.received_on, True
        for seen in self.notice_clock:  # the days since receipt are used already
            self.see(*seen)

    def do_start_special(self, step):
        self.state = "paused"

    def do_end_special(self, step):
        self.state = "accepted"

    def do_suspend(self, step):
        self.suspended = True

    def do_resume(self, step):
        self.suspended = False

    def do_extend(self, step):
        self.extension += step.days

    def stop(self, step, state):
        self.still_at_stop = self.still
        self.state, self.stopped_on = state, step.on

    def do_grant(self, step):
        self.stop(step, "granted")
        self.decided_on = step.on

    def do_refuse(self, step):
        self.stop(step, "refused")
        self.decided_on = step.on

    def do_reject_intake(self, step):
        self.stop(step, "not_accepted")

    def do_withdraw_approval(self, step):
        self.stop(step, "withdrawn")

    def do_deliver(self, step):
        self.delivered_on = step.on

    def do_reapply(self, step):
        self.state = "ready"
        self.round += 1
        self.begin_round()

    def close(self, day):
        """The day is over: let each running clock see it."""
        off = self.calendar.why_off(day)
        if self.state == "received" and day > self.received_on:
            self.notice_clock.append((day, off, self.suspended))
        if self.accepted_on and day > self.accepted_on:
            if self.stopped_on is None:
                self.see(day, off, self.still)
            elif self.stopped_on == day:
                self.see(day, off, self.still_at_stop)
        if self.decided_on and self.delivered_on is None and day > self.decided_on:
            self.delivery_clock.append((day, off, self.suspended))

    def see(self, day, off, still):
        self.decision_clock.append((day, off, still))
        if not still:
            if not off:
                self.counted.append(day)
            if not off or self.limits.legal_unit == "calendar_days":
                self.legal_counted.append(day)

    # What is shown.

    def is_over_promise(self, day: date) -> bool:
        """Whether the promised limit has passed on this day, whatever the law's limit says."""
        promised = self.limits.promised + self.extension
        return self.accepted_on is not None and len(self.counted) >= promised and day > self.counted[promised - 1]

    def light(self, day):
        """From what was counted alone, without looking ahead: a limit that is not used up is not overdue."""
        if self.accepted_on is None:
            return None
        day = self.stopped_on or day
        promised, legal = self.limits.promised + self.extension, self.limits.legal + self.extension
        if len(self.legal_counted) >= legal:
            due = self.legal_counted[legal - 1]
            while self.limits.legal_unit == "calendar_days" and not self.calendar.works(due):
                due += NEXT
            if day > due:
                return "red"
        if len(self.counted) >= promised and day > self.counted[promised - 1]:
            return "yellow"
        return "reminder" if promised - len(self.counted) <= 1 else "green"

    def due(self, seen, start, limit, day, every_day=False):
        """The day on which the limit's last day falls; a clock that stands still is taken to go on, on `day`."""
        goes_on = day if seen and seen[-1][0] == day and seen[-1][2] else day + NEXT
        counted = 0
        for on, off, still in seen:
            if on < goes_on and not still and (every_day or not off):
                counted += 1
                if counted == limit:
                    return self.rolled(on, every_day)
        on = max(goes_on, start + NEXT)
        while True:
            counted += every_day or self.calendar.works(on)
            if counted == limit:
                return self.rolled(on, every_day)
            on += NEXT

    def rolled(self, day, every_day):
        while every_day and not self.calendar.works(day):
            day += NEXT
        return day

    def reading(self, day):
        """What the product's JSON must be at the close of `day`, the label of the calendar aside."""
        answer = {
            "on": day, "state": self.state, "round": self.round, "received_on": self.received_on,
            "accepted_on": self.accepted_on, "deemed": self.deemed, "decided_on": self.decided_on,
            "delivered_on": self.delivered_on, "used": 0, "paused": 0, "light": self.light(day), "notice": None,
            "promised": None, "legal": None, "delivery": None, "days": [],
        }  # fmt: skip
        if self.state == "received":
            answer["notice"] = self.simple(self.notice_clock, self.received_on, self.limits.notice, day)
        if self.accepted_on:
            self.tell_decision(answer, self.stopped_on or day)
        if self.decided_on and self.delivered_on is None:
            answer["delivery"] = self.simple(self.delivery_clock, self.decided_on, self.limits.delivery, day)
        days = answer.pop("days")
        dates = [*all_dates(answer), *(seen[0] for seen in days)]
        answer["provisional"] = any(item.year not in self.calendar.years for item in dates)
        return plain(answer) | {"days": [tell_day(*seen) for seen in days]}

    def simple(self, seen, start, limit, day):
        counted = sum(not off and not still for _, off, still in seen)
        return {"limit": limit, "due_on": self.due(seen, start, limit, day), "left": limit - counted}

    def tell_decision(self, answer, day):
        every_day = self.limits.legal_unit == "calendar_days"
        promised, legal = self.limits.promised + self.extension, self.limits.legal + self.extension
        used, legal_used = len(self.counted), len(self.legal_counted)
        answer["used"] = used
        answer["paused"] = sum(still and not off for _, off, still in self.decision_clock)
        answer["promised"] = {
            "limit": promised,
            "due_on": self.due(self.decision_clock, self.accepted_on, promised, day),
            "left": promised - used,
        }
        answer["legal"] = {
            "limit": legal,
            "unit": self.limits.legal_unit,
            "used": legal_used,
            "due_on": self.due(self.decision_clock, self.accepted_on, legal, day, every_day),
            "left": legal - legal_used,
        }
        answer["days"] = self.decision_clock


def tell_day(day, off, still):
    why = off or ("paused" if still else "")
    answer = {"on": day.isoformat(), "counts": not why}
    return answer | {"why": why} if why else answer


def all_dates(answer):
    if isinstance(answer, date):
        yield answer
    elif isinstance(answer, dict):
        for inner in answer.values():
            yield from all_dates(inner)


def plain(answer):
    if isinstance(answer, date):
        return answer.isoformat()
    if isinstance(answer, dict):
        return {key: plain(value) for key, value in answer.items()}
    return answer


def live(steps, limits, calendar, until, case=None):
    """Yield (day, case) at the close of each day from the first step to `until`."""
    case, waiting = case or Case(limits, calendar), list(steps)
    day = waiting[0].on
    while day <= until:
        while waiting and waiting[0].on == day:
            case.happen(waiting.pop(0))
        case.close(day)
        yield day, case
        day += NEXT


def ledger_of(steps, limits, calendar, first, last):
    """Whose each working day of the period was: department, owner, special, none."""
    days = {"department": 0, "owner": 0, "special": 0, "none": 0}
    case, waiting, day = Case(limits, calendar), list(steps), min(first, steps[0].on)
    while day <= last:
        whose = whose_day(case, [step for step in waiting if step.on == day])
        waiting = [step for step in waiting if step.on > day]
        if day >= first and calendar.works(day):
            days[whose] += 1
        day += NEXT
    return days


def whose_day(case, steps):
    """The day of an event is still the day of the one who had the approval; pauses are looked at in the evening."""
    hands = {"ready": "owner", "correcting": "owner", "received": "department", "accepted": "department"}
    hands["paused"] = "department"
    morning = hands.get(case.state, "none")
    handed_over = None
    for step in steps:
        if step.move in HANDED_OVER and handed_over is None:
            handed_over = "special" if case.still else "department"
        case.happen(step)
    if morning == "none":
        return "none"
    if morning == "owner":
        return "special" if case.suspended else "owner"
    return handed_over or ("special" if case.still else "department")


def stage_of(approvals, limits, calendar, until):
    """The joint clock of a stage on `until`: (started, ended, used, paused), or None before the first acceptance."""
    starts, stops, evenings, is_over = [], {}, [], True
    for steps in approvals:
        case, evening = Case(limits, calendar), {}
        witness(case, list(steps), until, starts, stops, evening)
        evenings.append(evening)
        is_over = is_over and case.stopped_on is not None
    if not starts:
        return None
    ended = max(stops) if is_over else None
    used = paused = 0
    day = min(starts) + NEXT
    while day <= (ended or until):
        stills = [evening[day] for evening in evenings if day in evening]
        still = all(stops[day]) if day == ended else bool(stills) and all(stills)
        used, paused = used + (calendar.works(day) and not still), paused + (calendar.works(day) and still)
        day += NEXT
    return min(starts), ended, used, paused


def witness(case, waiting, until, starts, stops, evening):
    """Note each start and stop of a decision clock, and for each evening in between whether it stood still."""
    day = waiting[0].on
    while day <= until:
        while waiting and waiting[0].on == day:
            step = waiting.pop(0)
            case.happen(step)
            if step.move in ("accept", "deem_accepted"):
                starts.append(case.accepted_on)
            if step.move == "deem_accepted":
                evening[case.accepted_on] = False
                evening.update((on, still) for on, _, still in case.notice_clock)
            if step.move in ("grant", "refuse", "withdraw_approval") and case.accepted_on:
                stops.setdefault(day, []).append(case.still_at_stop)
        if case.accepted_on and case.stopped_on is None:
            evening[day] = case.still
        case.close(day)
        day += NEXT
