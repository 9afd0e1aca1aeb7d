"""The sweep proves itself: on its page, by `doctor` and `/readyz`: when it ran, what it did, and what never fires."""

from datetime import timedelta

import pytest

from approvals.http.application import KEY
from approvals.supervision.queries import SWEEPS
from approvals.supervision.sweep import sweep
from approvals.supervision.sweep_log import BY_GROUND, FAILED, MOVES, WITHIN, rules, sweeps
from tests.support.builders import an_approval, do, when
from tests.support.desk import text_of
from tests.support.pages import an_app, give_password, somebody
from workflows.rules.cards import RULES

TODAY = when("2026-03-20", "10:00")


def fired(database, now=TODAY):
    """How often each rule fired in thirty days: by its move and the level or ground it is for."""
    with database.read() as tx:
        return {(rule.move.name, rule.about.en if rule.about else ""): rule for rule in rules(tx, now)}


def test_every_rule_has_its_counter_those_that_never_fire_too(database):
    with database.write() as tx:
        an_approval(tx, "accepted")  # climbs to the top: raised and lifted at each level, both limits pass by April
        an_approval(tx, "received")
    sweep(database, TODAY, lambda: TODAY)
    counters = fired(database)
    assert {move for move, _ in counters} == {move.name for _, move in MOVES}
    assert {about for move, about in counters if move == BY_GROUND} == {rule.en for rule in RULES.values()}
    assert counters["deem_accepted", ""].numbers == (0, 0, 1)
    assert counters["deem_accepted", ""].last_on == when("2026-03-10").date()
    for level in ("Window", "Service centre", "Supervision office"):
        assert counters["raise", level].numbers[2] == 2, level
    assert counters["raise", "City government"].numbers == (0, 2, 2)
    assert counters["lift", "Supervision office"].numbers == (0, 2, 2)
    assert ("lift", "City government") not in counters
    assert counters[BY_GROUND, "Promised limit passed"].numbers[2] == 2
    assert counters[BY_GROUND, "Legal limit passed"].numbers == (0, 0, 0)
    assert counters[BY_GROUND, "Legal limit passed"].last_on is None
    assert counters["climb", ""].numbers == (0, 0, 0)


def test_a_request_that_climbs_is_counted(database):
    with database.write() as tx:
        ref = an_approval(tx, "ready").partition("/")[0]
        do(tx, "owner1", "ask", f"{ref}/requests", at=when("2026-03-19", "09:30"))
    assert sweep(database, TODAY, lambda: TODAY)["climb"] == 1
    assert fired(database)["climb", ""].numbers == (0, 1, 1)


def test_the_page_names_what_never_fired(database_url, database):
    give_password(database, "sysadmin1")
    sweep(database, TODAY, lambda: TODAY)
    with an_app(database_url, now=TODAY) as app:
        page = text_of(somebody(app, "sysadmin1").get("/sweep").text)
    assert page.count("近十二个月未触发") == len(fired(database))


def test_a_sweep_of_a_time_long_ago_does_not_pass_for_one_of_today(database):
    sweep(database, TODAY, lambda: TODAY)
    later = TODAY + 2 * WITHIN
    sweep(database, TODAY - timedelta(days=3), lambda: later)
    with database.read() as tx:
        log = sweeps(tx, later)
    assert not log.is_fine
    assert (log.last.swept_to, len(log.runs)) == (TODAY, 2)


@pytest.mark.parametrize("late", [timedelta(minutes=2), 2 * WITHIN])
def test_readyz_and_doctor_tell_what_the_last_sweep_did_and_warn_when_it_stops(database_url, database, late):
    with database.write() as tx:
        an_approval(tx, "accepted")
    sweep(database, TODAY, lambda: TODAY)
    with an_app(database_url, now=TODAY + late) as app:
        check = app.test_client().get("/readyz").json["checks"]["sweep"]
        output = app.test_cli_runner().invoke(args=["doctor"]).output
    assert check["ok"] == (late < WITHIN)
    for text in (check["told"], output):
        assert "it took 0.00 s: 4 raise, 3 lift, 1 show_card" in text
    assert ("is the worker running?" in check["told"]) == (late > WITHIN)


def test_a_project_that_could_not_be_swept_is_said_loudly(database_url, database):
    give_password(database, "office1")
    with an_app(database_url, now=TODAY) as app:
        with app.extensions[KEY].database.write() as tx:
            counts = f'{{"{FAILED}": 2, "raise": 1}}'
            tx.execute(SWEEPS.insert().values(swept_to=TODAY, begun_at=TODAY, ended_at=TODAY, counts=counts))
        page = text_of(somebody(app, "office1").get("/sweep").text)
        check = app.test_client().get("/readyz").json["checks"]["sweep"]
    assert "有 2 个项目未能巡检" in page and "升级 1" in page
    assert (check["ok"], check["warning"]) == (False, True)
    assert check["told"].startswith("2 projects could not be swept")
