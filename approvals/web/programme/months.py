"""The monthly entries: what waits for somebody, one entry with its form, and the months of a year."""

from collections.abc import Iterable
from datetime import date

from flask import render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.casefile.programme.ledger import years
from approvals.casefile.programme.problem_list import problems_of_task
from approvals.evidence.queries import refs_of
from approvals.history.commands import Reference
from approvals.history.timeline import describe
from approvals.history.timeline_days import by_day
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.programme.entries.views import entry_page
from approvals.programme.evidence import attached, evidence_of_entry
from approvals.programme.queries import entry_key, year_key
from approvals.programme.worklist import MonthState, WaitingEntry, missing_entries, months_of_year, programme_month
from approvals.web.forms import EMPTY, Form, form_version, redisplay
from approvals.web.programme.blueprint import programme
from approvals.web.programme.evidence import UPLOAD_LIMIT, evidence_hint, kept_choices, with_sent_files
from approvals.web.programme.inputs import entry_input
from approvals.web.query_parameters import query_choice
from approvals.web.submissions import lost_move, new_command, perform, perform_form
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.programme_year import PROGRAMME
from workflows.config.policy import load_policy

WITH_CELLS = ("report", "amend_entry")
OTHERS = {move.name for move in ENTRY.moves if not move.is_systems} - {*WITH_CELLS, "close"}
YEAR_MOVES = {move.name for move in PROGRAMME.moves if not move.is_systems}


@programme.get("/programme/month")
@access(roles=permissions.SEE_OWN_MONTH)
def month(form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = programme_month(tx, actor(), now())
    return render_template(
        "programme/month.html",
        view=view,
        sheets=_months_of(view.to_report),
        money_sheets=_months_of(view.money_to_confirm),
        form=form,
    )


def _months_of(rows: Iterable[WaitingEntry] | None) -> list[date]:
    """The months of which there is something to do, the latest first."""
    return sorted({row.month for row in rows or ()}, reverse=True)


@programme.get("/programme/<year>/items/<item_no>/<code>/<month>")
@access(roles=permissions.SEE_PROGRAMME)
def entry(year: str, item_no: str, code: str, month: str, form: Form = EMPTY) -> str:
    key = entry_key(f"{year}/{item_no}/{code}/{month}")
    with database().read() as tx:
        view = entry_page(tx, key, actor(), now())
        days = by_day(describe(tx, view.entries))
        pieces = evidence_of_entry(tx, key, (view.reported, view.amendment), actor())
        refs = form.values.get("evidence") if form.name in WITH_CELLS else refs_of(view.reported)
        kept = attached(tx, view.year, view.item_no, refs or (), actor())
        open_problems = problems_of_task(tx, key, actor(), today(), load_policy().programme)
    cells = next((move for move in view.moves if move.name in WITH_CELLS), None)
    return render_template(
        "programme/entry.html",
        view=view,
        days=days,
        form=form,
        open_problems=open_problems,
        first={"next": view.next, "no_figure": view.no_figure},
        lost=lost_move(ENTRY, form, view.moves),
        moves=[move for move in view.moves if move.name not in WITH_CELLS],
        cells=cells,
        pieces=pieces,
        kept=kept_choices(kept),
        evidence_hint=evidence_hint(),
    )


@programme.post("/programme/<year>/items/<item_no>/<code>/<month>/moves/<move>")
@access(roles=permissions.MOVE_ENTRIES)
@redisplay(entry)
def make_entry(year: str, item_no: str, code: str, month: str, move: str) -> Response:
    address = url_for("programme.entry", year=year, item_no=item_no, code=code, month=month)
    ref = Reference("entry", key=f"{year}/{item_no}/{code}/{month}")
    if move not in WITH_CELLS:
        return perform_form(ENTRY, move, ref, address, OTHERS)
    values = with_sent_files(entry_input(move))
    leads_to = url_for("programme.month") if move == "report" else address
    return perform(new_command(move, ref, values, form_version()), leads_to, ENTRY.move(move))


make_entry.upload_limit = UPLOAD_LIMIT  # type: ignore[attr-defined]


@programme.get("/programme/<year>/months")
@access(roles=permissions.CLOSE_MONTHS)
def months(year: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        known_years, number = years(tx, actor()), year_key(year)
        if number not in (*known_years, today().year):
            raise NotFound
        states = months_of_year(tx, number, now())
        known = {f"{state.month:%Y-%m}" for state in states}
        chosen = query_choice("month", known) or _latest(states)
        missing = missing_entries(tx, number, chosen, now()) if chosen else ()
    return render_template(
        "programme/months.html",
        year=number,
        years=known_years,
        states=states,
        chosen=date.fromisoformat(f"{chosen}-01") if chosen else None,
        missing=missing,
        form=form,
        exception=PROGRAMME.move("open_exception"),
    )


@programme.post("/programme/<year>/moves/<move>")
@access(roles=permissions.CLOSE_MONTHS)
@redisplay(months)
def make_year(year: str, move: str) -> Response:
    address = url_for("programme.months", year=year)
    return perform_form(PROGRAMME, move, Reference("programme", key=year), address, YEAR_MOVES)


def _latest(states: tuple[MonthState, ...]) -> str:
    """The month that is looked at first: the one that runs, or the last of the year."""
    return f"{states[0].month:%Y-%m}" if states else ""
