"""The load of each person of a window, against a count by hand over every approval."""

from collections import Counter
from datetime import date

from approvals.windows.handler_load import handler_loads
from approvals.windows.queue import EVERYBODYS, NOBODYS, OWN, OWN_AND_NOBODYS, QueueFilter, queue
from tests.support.builders import a_project, an_actor, an_approval, approval_row, do, project_row, walk, when
from tests.support.colleagues import a_colleague
from tests.support.leaves import a_leave

TODAY = date(2026, 3, 10)


def a_busy_window(tx):
    """Cases of two people and of nobody, in all states and along the lights; (ref, handler) of each."""
    colleague = a_colleague(tx)
    refs = []
    for number, (state, day) in enumerate(
        (state, day)
        for state in ("received", "correcting", "accepted", "paused", "granted", "refused", "not_accepted", "withdrawn")
        for day in ("2026-01-05", "2026-02-27", "2026-03-03", "2026-03-06")
    ):
        ref = an_approval(tx, state, at=when(day))
        handler = ("window-a01", colleague, "")[number % 3]
        if handler and state not in ("not_accepted", "withdrawn"):
            do(tx, "head-a01", "assign", ref, {"handler": handler})
        refs.append((ref, handler))
    delivered = an_approval(tx, "granted")
    walk(tx, delivered.partition("/")[0], "A01", ("deliver",))
    suspended = an_approval(tx, "accepted", at=when("2026-02-02"))
    do(tx, "window-a01", "take", suspended)
    do(tx, "office1", "suspend", suspended.partition("/")[0])
    gone = an_approval(tx, "accepted")
    do(tx, "window-a01", "take", gone)
    do(tx, "owner1", "withdraw", gone.partition("/")[0])
    elsewhere = a_project(tx, "registered")
    walk(tx, elsewhere, "A01", ("submit", "accept", "grant", "deliver"))
    walk(tx, elsewhere, "A02", ("submit",))
    return colleague, [ref for ref, _ in refs] + [delivered, suspended, gone]


def by_hand(tx, refs):
    """Open, due today and late by handler id, one approval after the other."""
    counts = Counter()
    for ref in refs:
        row, project = approval_row(tx, *ref.split("/")), project_row(tx, ref.partition("/")[0])
        at_work = row.state in ("received", "correcting", "accepted", "paused")
        if not (at_work and project.state in ("registered", "suspended")) and not (
            row.state in ("granted", "refused") and row.delivered_on is None
        ):
            continue
        counts[row.handler_id, "open"] += 1
        if row.due_on is not None and row.still_left is None:
            counts[row.handler_id, "due"] += row.due_on == TODAY
            counts[row.handler_id, "late"] += row.due_on < TODAY
    return counts


def test_the_load_of_each_person_is_what_is_counted_by_hand(database):
    with database.write() as tx:
        _, refs = a_busy_window(tx)
    with database.read() as tx:
        loads, counts = handler_loads(tx, an_actor(tx, "head-a01"), TODAY), by_hand(tx, refs)
    assert [load.person.username if load.person else "" for load in loads] == [
        *("head-a01", "window-a01", "window-a01-2"),
        "",
    ]
    for load in loads:
        key = load.person.id if load.person else None
        assert (load.open, load.due, load.late) == tuple(counts[key, name] for name in ("open", "due", "late"))
    assert sum(load.late for load in loads) and sum(load.open for load in loads) > 20


def test_the_page_says_who_is_away_and_who_stands_in(database):
    with database.write() as tx:
        colleague = a_colleague(tx)
        a_leave(tx, colleague, "2026-03-09", "2026-03-13", "window-a01")
        a_leave(tx, "head-a01", "2026-03-09", "2026-03-13")
    with database.read() as tx:
        loads = {load.person.username: load for load in handler_loads(tx, an_actor(tx, "head-a01"), TODAY)[:-1]}
    assert (loads[colleague].is_away, loads[colleague].deputy) == (True, an_actor_name(database, "window-a01"))
    assert (loads["head-a01"].is_away, loads["head-a01"].deputy) == (True, "")
    assert not loads["window-a01"].is_away


def an_actor_name(database, username):
    with database.read() as tx:
        return an_actor(tx, username).name


def listed(tx, username, handler=""):
    view = queue(tx, an_actor(tx, username, TODAY), QueueFilter(handler=handler), today=TODAY)
    return {row.approval.ref for row in view.page.rows}, view


def expected(tx, refs, names):
    """The cases of these people by hand; of those that the list in progress holds."""
    result = set()
    for ref in refs:
        row = approval_row(tx, *ref.split("/"))
        in_list = row.state in ("received", "accepted", "paused") or (
            row.state in ("granted", "refused") and row.delivered_on is None
        )
        if in_list and row.handler_id in names:
            result.add(f"{project_row(tx, ref.partition('/')[0]).number}/A01")
    return result


def test_the_queue_lists_by_handler_what_is_found_by_hand(database):
    with database.write() as tx:
        colleague, refs = a_busy_window(tx)
    with database.read() as tx:
        own, other = (an_actor(tx, name).id for name in ("window-a01", colleague))
        everybody = {None, own, other}
        for username, handler, names in (
            ("window-a01", "", {None, own}),
            ("window-a01", OWN_AND_NOBODYS, {None, own}),
            ("window-a01", OWN, {own}),
            ("window-a01", NOBODYS, {None}),
            ("window-a01", EVERYBODYS, everybody),
            ("window-a01", colleague, {other}),
            (colleague, "", {None, other}),
            ("head-a01", "", everybody),
            ("head-a01", "window-a01", {own}),
        ):
            rows, view = listed(tx, username, handler)
            assert rows == expected(tx, refs, names), (username, handler)
            assert dict((tab.name, count) for tab, count in view.tabs)[""] == len(rows)
            assert view.handlers


def test_a_deputy_lists_the_cases_of_who_is_away_as_their_own(database):
    with database.write() as tx:
        colleague, refs = a_busy_window(tx)
        a_leave(tx, "window-a01", "2026-03-09", "2026-03-13", colleague)
    with database.read() as tx:
        own, other = (an_actor(tx, name).id for name in ("window-a01", colleague))
        assert listed(tx, colleague, OWN)[0] == expected(tx, refs, {own, other})
