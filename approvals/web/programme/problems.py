"""Problems of the programme: the list of a year, one problem with its moves, and a new one."""

from flask import render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import N_, own_name
from approvals.base.i18n import gettext as _
from approvals.casefile.programme.item_detail import item_detail
from approvals.casefile.programme.ledger import years
from approvals.casefile.programme.problem_detail import problem_detail
from approvals.casefile.programme.problem_list import ProblemFilter, asked_units, problem_count, problems
from approvals.exports.lists.programme import PROBLEMS
from approvals.history.commands import Reference
from approvals.history.timeline import describe
from approvals.history.timeline_days import by_day
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.programme.queries import item_key
from approvals.web.forms import EMPTY, Form, form_input, redisplay, remember_input
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.pages import labels
from approvals.web.programme.blueprint import programme
from approvals.web.programme.choices import page_of_project, unit_choices
from approvals.web.query_parameters import query_choice, query_flag, query_text
from approvals.web.submissions import flash_move, lost_move, new_command, perform_form, performing
from workflows.charts.problem import PROBLEM
from workflows.charts.programme_terms import PROBLEM_KINDS
from workflows.config.city import load_city
from workflows.config.policy import load_policy

RAISE = PROBLEM.move("raise_problem")
MOVES = {move.name for move in PROBLEM.moves} - {RAISE.name}
OPEN, ALL = PROBLEM.state_names[0], "all"
STATES = {state.name: state for state in PROBLEM.states}
HINTS = {
    "text": N_("Describe the obstacle so that somebody who does not know the site understands it."),
    "since": N_("Today, if left empty."),
    "asked_office": N_("For example, a deputy mayor's office if no unit can decide."),
    "expected_on": N_("When it should be solved."),
    "result": N_("How it was solved, and by which document or decision."),
}


PROBLEM_LIST = declare(
    ListPage(
        "programme.problem_list",
        N_("Problems of the programme"),
        PROBLEMS,
        filters={
            "state": N_("State"),
            "kind": N_("Kind"),
            "county": N_("County"),
            "unit": N_("Unit asked"),
        },
        flags={"stale": N_("No update for a long time")},
        defaults={"state": N_("Open problems only.")},
        places=("year",),
    )
)


@programme.get("/programme/problems")
@access(roles=permissions.SEE_PROBLEMS)
def problem_list() -> str | Response:
    asked, rules = asked_list(PROBLEM_LIST), load_policy().programme
    choices = {
        "state": [*labels(STATES)[1:], (ALL, _("All"))],  # the first stands for itself: what is open is listed
        "kind": labels(PROBLEM_KINDS),
        "county": list(load_city().county_codes.items()),
    }
    with database().read() as tx:
        known_years = years(tx, actor()) or (today().year,)
        filters = _filters(known_years)
        if asked.file:
            of_year = str(filters.year)
            return asked.send(lambda part: problems(tx, actor(), filters, today(), rules, part), choices, of_year)
        page = problems(tx, actor(), filters, today(), rules, asked.part)
        choices["unit"] = [(unit.name, own_name(unit)) for unit in asked_units(tx, filters.year, actor())]
        listing = asked.listing(tx, problem_count(tx, actor(), filters, today(), rules), choices)
    return render_template(
        "programme/problems.html",
        page=page,
        filters=filters,
        listing=listing,
        years=known_years,
        open_state=STATES[OPEN],
        choices=choices,
        cursor=asked.cursor,
        may_order=actor().has(*permissions.ISSUE_ORDERS),
    )


def _filters(known_years: tuple[int, ...]) -> ProblemFilter:
    year = query_choice("year", {str(year) for year in known_years})
    state = query_choice("state", {*STATES, ALL}) or OPEN
    return ProblemFilter(
        year=int(year) if year else known_years[0],
        state="" if state == ALL else state,
        kind=query_choice("kind", PROBLEM_KINDS),
        county=query_choice("county", load_city().county_codes),
        unit=query_text("unit"),
        is_stale=query_flag("stale"),
    )


@programme.get("/programme/<year>/items/<item_no>/problems/<number>")
@access(roles=permissions.SEE_PROBLEMS)
def problem(year: str, item_no: str, number: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = problem_detail(tx, _key(year, item_no, number), actor(), today(), load_policy().programme)
        days, choices = by_day(describe(tx, view.entries)), unit_choices(tx)
    return render_template(
        "programme/problem.html",
        view=view,
        days=days,
        form=form,
        lost=lost_move(PROBLEM, form, view.moves),
        hints={name: hint for name, hint in _hints().items() if name != "text"},
        choices={"asked_unit": choices},
        page_of_project=page_of_project(),
        may_order=actor().has(*permissions.ISSUE_ORDERS),
    )


@programme.post("/programme/<year>/items/<item_no>/problems/<number>/moves/<move>")
@access(roles=permissions.MOVE_PROBLEMS)
@redisplay(problem)
def make_problem(year: str, item_no: str, number: str, move: str) -> Response:
    address = url_for("programme.problem", year=year, item_no=item_no, number=number)
    return perform_form(PROBLEM, move, Reference("problem", key=_key(year, item_no, number)), address, MOVES)


@programme.get("/programme/<year>/items/<item_no>/problems/new")
@access(roles=permissions.RAISE_PROBLEMS)
def new_problem(year: str, item_no: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = item_detail(tx, *item_key(f"{year}/{item_no}"), actor(), today(), load_policy().programme)
        choices = unit_choices(tx)
    return render_template(
        "programme/problem_new.html", view=view, move=RAISE, form=form, units=choices, hints=_hints()
    )


@programme.post("/programme/<year>/items/<item_no>/problems/new")
@access(roles=permissions.RAISE_PROBLEMS)
@redisplay(new_problem, RAISE.name)
def raise_problem(year: str, item_no: str) -> Response:
    values = remember_input(form_input(RAISE.needs))
    command = new_command(RAISE.name, Reference("problems", key=f"{year}/{item_no}"), values)
    with performing(command, url_for("programme.item", year=year, item_no=item_no)) as (once, result):
        if result:
            number = result.ref.rpartition("/")[2]
            once.leads_to = url_for("programme.problem", year=year, item_no=item_no, number=number)
    flash_move(RAISE)
    return once.answer()


def _key(year: str, item_no: str, number: str) -> str:
    return f"{year}/{item_no}/problems/{number}"


def _hints() -> dict[str, str]:
    return {name: _(hint) for name, hint in HINTS.items()}
