"""Counts orders, cards and the liaisons' service from the raw entries and rows again, one after another."""

from collections import Counter, defaultdict
from datetime import date, datetime
from statistics import median

from tests.support.figures.recount import NEXT, bounds, day, moment, working_days

ORDER_MOVES = {
    "issue": "issued",
    "answer": "answered",
    "accept_answer": "accepted",
    "send_back": "sent_back",
    "lift_order": "lifted",
}
CARD_MOVES = {"appeal": "appealed", "uphold": "upheld", "withdraw_card": "withdrawn", "void_card": "withdrawn"}
SAID = ("remind_office", "report_late")  # by the system, of what waits
OFFICES = {  # what waits in which state, its limit, and how the office ends it
    "sort": ("project", "filed", 3, ("classify", "return_filing", "decline")),
    "register": ("project", "classified", 2, ("register",)),
    "appeal": ("card", "appealed", 5, ("uphold", "withdraw_card")),
    "correction": ("correction", "proposed", 3, ("confirm_correction", "decline_correction")),
    "order_answer": ("order", "answered", 3, ("accept_answer", "send_back")),
}
OWED_BY = {"sort": 3, "register": 2, "appeal": 3}
APPEAL = 5  # working days after a card was shown
DECIDED = ("granted", "refused", "not_accepted", "withdrawn")
SERVICE = ("asked", "answered", "in_time", "climbed", "contacts")


def orders(recount, month):
    """(figure, department) -> how often."""
    start, end = bounds(month)
    units, counts = {name: key for key, name in recount.units.items()}, Counter()
    for entries in _of(recount, "order", end).values():
        unit = units[entries[0]["facts"]["department"]]
        for entry in entries:
            if entry["at"] >= start and entry["move"] not in SAID:
                counts[ORDER_MOVES[entry["move"]], unit] += 1
                if entry["move"] == "issue" and entry["facts"].get("source_kind") in ("escalation", "report"):
                    counts["instructed", unit] += 1
        state = entries[-1]["to_state"]
        if state != "accepted":
            counts["open", unit] += 1
            counts["open_" + state, unit] += 1
            due = [e["facts"]["due_on"] for e in entries if e["move"] in ("issue", "send_back")][-1]
            if state != "answered" and date.fromisoformat(due) < day(end) - NEXT:
                counts["overdue", unit] += 1
    return counts


def orders_told(recount, month):
    """The references of the orders that moved in the month or were open at its end."""
    start, end = bounds(month)
    return {
        entries[0]["facts"]["order"]
        for entries in _of(recount, "order", end).values()
        if entries[-1]["to_state"] != "accepted" or any(e["at"] >= start and e["move"] not in SAID for e in entries)
    }


def _of(recount, subject, end):
    entries = defaultdict(list)
    for entry in recount.entries:
        if entry["subject"] == subject and entry["at"] < end:
            entries[entry["subject_id"]].append(entry)
    return entries


def cards(recount, month):
    """(figure, department) -> how often."""
    start, end = bounds(month)
    counts = Counter()
    for entry in recount.entries:
        if entry["subject"] == "card" and start <= entry["at"] < end and entry["move"] not in SAID:
            unit = recount.approvals[entry["approval_id"]]["department_id"]
            name = recount.cards[entry["subject_id"]] if entry["move"] == "show_card" else CARD_MOVES[entry["move"]]
            counts[name, unit] += 1
    return counts


def service(recount, month):
    """(figure, officer) -> how often."""
    start, end = bounds(month)
    counts = Counter()
    for question, answered, climbed in _asked(recount, month):
        who = question["facts"]["responsible"]
        counts["asked", who] += question["at"] >= start
        counts["climbed", who] += climbed
        if answered:
            counts["answered", who] += 1
            counts["in_time", who] += answered["at"] <= datetime.fromisoformat(question["facts"]["due_at"])
    for row in recount.contacts:
        struck = [strike for strike in recount.contacts if strike["strikes_id"] == row["id"]]
        if start <= moment(row["recorded_at"]) < end and not any(moment(s["recorded_at"]) < end for s in struck):
            counts["contacts", row["username"]] += 1
    return counts


def minutes(recount, month, who):
    """Median and longest time to a first answer."""
    taken = [
        int((answered["at"] - question["at"]).total_seconds() // 60)
        for question, answered, _ in _asked(recount, month)
        if answered and who in (None, question["facts"]["responsible"])
    ]
    return (float(median(taken)), max(taken)) if taken else (None, None)


def _asked(recount, month):
    """Each question that has to do with this month, with its first answer and whether it was passed on in it."""
    start, end = bounds(month)
    for entries in _of(recount, "request", end).values():
        question = None
        for entry in [*entries, None]:
            if entry is None or entry["move"] in ("ask", "ask_again"):
                if question and (question[0]["at"] >= start or question[1] or question[2]):
                    yield tuple(question)
                question = [entry, None, False]
            elif entry["at"] >= start:
                if entry["move"] == "answer" and question[1] is None:
                    question[1] = entry
                question[2] = question[2] or entry["move"] == "climb"


def offices(recount, month):
    """(figure, line) -> how often, and line -> the days of its longest step, each case walked through day by day."""
    start, end = bounds(month)
    counts, days = Counter(), defaultdict(list)
    for task, (subject, state, limit, ends) in OFFICES.items():
        for entries in _of(recount, subject, end).values():
            line, came = f"{task}-{_owed_by(task, entries[0])}", None
            for entry in entries:
                if came is None and entry["to_state"] == state:
                    came = entry
                elif came is not None and entry["to_state"] != state:
                    is_done = entry["move"] in ends and entry["role"] != "system"
                    if entry["at"] >= start and is_done:
                        used = working_days(recount.calendar, day(came["at"]), day(entry["at"]))
                        on_time = day(entry["at"]) <= _last_day(recount.calendar, day(came["at"]), limit)
                        counts["done", line] += 1
                        counts["in_time" if on_time else "late", line] += 1
                        days[line].append(used)
                    came = None
            if came is not None:
                last = day(end) - NEXT
                counts["open", line] += 1
                counts["open_late", line] += last > _last_day(recount.calendar, day(came["at"]), limit)
                days[line].append(working_days(recount.calendar, day(came["at"]), last))
    return counts, {line: max(of_line) for line, of_line in days.items()}


def _owed_by(task, first):
    if task == "correction":
        return 2 if first["role"] == "window_head" else 1
    return OWED_BY.get(task) or first["facts"]["level"]


def objections(recount, month):
    """(approval, colour, last day of the appeal, whether one was raised) of cards and of days to be corrected."""
    end, found = bounds(month)[1], Counter()
    for entries in _of(recount, "card", end).values():
        first, state = entries[0], entries[-1]["to_state"]
        until = _last_day(recount.calendar, date.fromisoformat(first["facts"]["on"]), APPEAL)
        if state == "appealed" or (state == "shown" and until >= day(end) - NEXT):
            found[first["approval_id"], recount.cards[first["subject_id"]], until, state == "appealed"] += 1
    for entries in _of(recount, "correction", end).values():
        if entries[-1]["to_state"] == "proposed":
            found[entries[0]["approval_id"], "", None, True] += 1
    return found


def owed_answers(recount, month):
    """The approvals of which the window let an escalation climb without a word, and that are still in its hands."""
    end, found = bounds(month)[1], Counter()
    approvals = defaultdict(list)
    for entry in recount.entries:
        if entry["subject"] == "approval" and entry["at"] < end:
            approvals[entry["approval_id"]].append(entry)
    for entries in _of(recount, "escalation", end).values():
        first, last = entries[0], approvals[entries[0]["approval_id"]][-1]
        is_open = last["to_state"] not in DECIDED and last["round"] == first["round"]
        is_silent = "answer" not in {entry["move"] for entry in entries} and entries[-1]["to_state"] == "lifted"
        if first["facts"]["level"] == 1 and is_open and is_silent:
            found[first["approval_id"]] += 1
    return found


def _last_day(calendar, came, limit):
    on = came
    while limit:
        on += NEXT
        limit -= calendar.works(on)
    return on
