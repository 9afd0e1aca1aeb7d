"""Random cities: the board, the queue, the JSON and the report count the same; what climbs does so once, in order."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from approvals.base.errors import Problem
from approvals.base.moments import day_of
from approvals.casefile.board.queries import COLUMNS
from approvals.casefile.board.trend import trend
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS, approval_for, liaison_loads
from approvals.reports.figures.compilation import compile_month
from approvals.supervision.queries import ESCALATIONS
from approvals.supervision.sweep import sweep
from approvals.windows.clocks import reading_of
from tests.support.api_clients import Api
from tests.support.board_counts import board_counts
from tests.support.builders import GIVEN, a_database, a_project, an_actor, do, when
from tests.support.extent import ENGINES, effort
from tests.support.pages import an_app, give_password, somebody
from workflows.clock.lights import LIGHTS

BEGINS, ENDS = when("2026-03-02"), when("2026-04-17", "18:00")
TODAY = ENDS.date()
DAYS = (TODAY - BEGINS.date()).days
FINAL = ("granted", "refused", "not_accepted", "withdrawn")
MOVES = {  # what may happen, by whom; on A01, or on the project
    "submit": ("owner1", "submit"),
    "notify": ("window-a01", "notify_once"),
    "resubmit": ("owner1", "resubmit"),
    "accept": ("window-a01", "accept"),
    "pause": ("window-a01", "start_special"),
    "end_pause": ("window-a01", "end_special"),
    "extend": ("head-a01", "extend"),
    "grant": ("window-a01", "grant"),
    "refuse": ("window-a01", "refuse"),
    "reapply": ("owner1", "reapply"),
    "give_up": ("owner1", "withdraw_approval"),
    "suspend": ("office1", "suspend"),
    "go_on": ("office1", "resume"),
    "withdraw": ("owner1", "withdraw"),
    "answer1": ("window-a01", "answer"),
    "answer2": ("centre1", "answer"),
}
OF_PROJECT = ("suspend", "resume", "withdraw")
OFTEN = ["submit", "accept", "accept", "pause", "grant", "refuse", "reapply"]
happenings = st.lists(st.tuples(st.integers(0, DAYS), st.sampled_from([*OFTEN, *MOVES])), max_size=9).map(sorted)
projects = st.tuples(st.sampled_from(["normal", "key"]), st.integers(0, 20), happenings)
cities = st.tuples(st.lists(projects, min_size=1, max_size=4), st.sets(st.integers(1, DAYS), max_size=3))
_CITY_CELL = re.compile(r"<dt>(.*?)</dt><dd>(.*?)</dd>", re.DOTALL)
_LIGHT = re.compile(r'<span class="light light-(\w+)">[^<]*</span>\s*<span class="tab-count">(\d+)</span>')


@pytest.fixture(scope="module", params=ENGINES)
def city(request, make_database):
    url = make_database(request.param)
    database = a_database(url)
    give_password(database, "office1")
    with an_app(url, now=ENDS) as app:
        yield database, somebody(app, "office1"), Api(app)
    database.close()


def live(database, drawn):
    """Add these projects to the city and live through the days, sweeping on some; what is refused is left out."""
    drawn_projects, swept = drawn
    with database.write() as tx:
        refs = [begin(tx, kind, late) for kind, late, _ in drawn_projects]
    for number in range(DAYS + 1):
        on = BEGINS + timedelta(days=number)
        if number in swept:
            sweep(database, on, lambda: ENDS, keep=False)
        with database.write() as tx:
            for ref, (_, late, happened) in zip(refs, drawn_projects, strict=True):
                for name in [name for day, name in happened if day == number and day > late]:
                    happen(tx, ref, name, on + timedelta(hours=3))


def begin(tx, kind, late):
    at = BEGINS + timedelta(days=late)
    ref = a_project(tx, "filed", at=at)
    do(tx, "office1", "classify", ref, GIVEN["classify"] | {"key": kind == "key"})
    do(tx, "centre1", "register", ref)
    do(tx, "owner1", "submit", f"{ref}/A01")
    return ref


def happen(tx, ref, name, at):
    by, move = MOVES[name]
    given_ = GIVEN[move]
    if move == "answer":
        given_ = {"reason": "专家出差", "commitment_on": "2026-04-15", "level": int(name[-1])}
    try:
        with tx.begin_nested():
            do(tx, by, move, ref if move in OF_PROJECT else f"{ref}/A01", given_, at=at)
    except Problem:
        pass


def on_the_board(page):
    """The numbers of the city on the board's page, in the order of its columns."""
    numbers = [int(re.sub(r"<[^>]+>|,", "", number)) for _, number in _CITY_CELL.findall(page)]
    return dict(zip(COLUMNS, numbers, strict=True))


def over_json(api, **narrowed):
    """How many items all pages together have."""
    count, cursor = 0, ""
    while cursor is not None:
        answer = api.of("office1").get("/approvals", limit=200, cursor=cursor, **narrowed).json
        count, cursor = count + len(answer["items"]), answer["next_cursor"]
    return count


@settings(max_examples=effort(3, 60))
@given(drawn=cities)
def test_board_queue_json_and_report_count_the_same(city, drawn):
    database, office, api = city
    live(database, drawn)
    sweep(database, ENDS, lambda: ENDS, keep=False)
    with database.read() as tx:
        board, figures = board_counts(tx, TODAY), compile_month(tx, "2026-04", today=TODAY).city.now
        last, late = trend(tx, TODAY)[-1], sum(load.late_approvals for load in liaison_loads(tx, TODAY))
    lights = {light: board[light] for light in LIGHTS}

    assert lights == {light: getattr(figures.standing, light) for light in LIGHTS}
    for name in ("received", "correcting", "ready"):
        assert board[name] == getattr(figures.standing, name), name
    assert on_the_board(office.get("/board").text) == board
    assert {name: int(number) for name, number in _LIGHT.findall(office.get("/windows").text)} == lights
    assert {light: over_json(api, light=light) for light in LIGHTS} == lights
    assert (last.yellow, last.red) == (lights["yellow"], lights["red"])
    assert late == lights["yellow"] + lights["red"]
    assert last.escalations == sum(level.open for level in figures.levels)
    check_ladders(database)


def check_ladders(database):
    """No level skipped or doubled, none raised before the one below it nor after its round was decided."""
    with database.read() as tx:
        rungs = tx.execute(select(ESCALATIONS).order_by(ESCALATIONS.c.level)).all()
        ends = {
            (row.approval_id, row.round): day_of(row.at)
            for row in tx.execute(
                select(ENTRY.c.approval_id, ENTRY.c.round, ENTRY.c.at)
                .where(ENTRY.c.subject == "approval", ENTRY.c.to_state.in_(FINAL), ENTRY.c.from_state.not_in(FINAL))
                .order_by(ENTRY.c.id)
            )
        }
    ladders = defaultdict(list)
    for rung in rungs:
        ladders[rung.approval_id, rung.round].append(rung)
    for key, ladder in ladders.items():
        assert [rung.level for rung in ladder] == list(range(1, len(ladder) + 1)), key
        assert [rung.raised_on for rung in ladder] == sorted(rung.raised_on for rung in ladder), key
        assert all(rung.raised_on <= ends.get(key, date.max) for rung in ladder), key
        assert {rung.state for rung in ladder} == {"closed"} or key not in ends, key


@settings(max_examples=effort(3, 60))
@given(drawn=st.tuples(st.lists(projects, min_size=1, max_size=1), st.just(set())))
def test_the_light_of_an_untouched_approval_never_goes_back(city, drawn):
    database, _, _ = city
    before = newest(database)
    live(database, drawn)
    sweep(database, ENDS, lambda: ENDS, keep=False)
    with database.read() as tx:
        row = tx.execute(select(APPROVALS).where(APPROVALS.c.id > before, APPROVALS.c.code == "A01")).one()
        approval = approval_for(tx, project_of(tx, row), "A01", an_actor(tx, "office1"))
        moments = tx.execute(select(ENTRY.c.at).where(ENTRY.c.project_id == row.project_id)).scalars()
        touched = {day_of(at) for at in moments}
        days = [BEGINS.date() + timedelta(days=number) for number in range(DAYS + 60)]
        lights = {day: reading_of(tx, approval, day)["light"] for day in days}
    for day in days[1:]:
        earlier, now_ = lights[day - timedelta(days=1)], lights[day]
        if day not in touched and earlier:
            assert now_ and LIGHTS.index(now_) >= LIGHTS.index(earlier), day


def newest(database):
    with database.read() as tx:
        return max(tx.execute(select(APPROVALS.c.id)).scalars(), default=0)


def project_of(tx, row):
    return tx.execute(select(PROJECTS.c.number).where(PROJECTS.c.id == row.project_id)).scalar_one()


def test_the_random_cities_are_not_all_green(city):
    database, _, _ = city

    @settings(max_examples=effort(10, 60))
    @given(drawn=cities)
    def lived(drawn):
        live(database, drawn)

    lived()
    sweep(database, ENDS, lambda: ENDS, keep=False)
    with database.read() as tx:
        counts = board_counts(tx, TODAY)
        states = Counter(tx.execute(select(APPROVALS.c.state)).scalars())
        levels = Counter(tx.execute(select(ESCALATIONS.c.level)).scalars())
    assert counts["red"] and counts["yellow"] + counts["reminder"] and set(levels) >= {1, 2, 3}
    assert states["granted"] or states["refused"]
