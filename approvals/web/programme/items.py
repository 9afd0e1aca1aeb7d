"""One item of the programme: its page with its moves, a new item, and its plan."""

from collections.abc import Sequence

from flask import render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import N_, label
from approvals.base.i18n import gettext as _
from approvals.casefile.programme.item_detail import ItemDetail, item_detail
from approvals.history.commands import Reference
from approvals.history.timeline import describe
from approvals.history.timeline_days import by_day
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.programme.evidence import attached, evidence_of_item
from approvals.programme.items.diversion import next_number
from approvals.programme.items.plan_form import plan_values
from approvals.programme.queries import item_key, year_key
from approvals.web.forms import EMPTY, Form, check_asked, form_input, form_version, redisplay, remember_input
from approvals.web.programme.blueprint import programme
from approvals.web.programme.choices import page_of_project, unit_choices
from approvals.web.programme.evidence import UPLOAD_LIMIT, evidence_hint, kept_choices, with_sent_files
from approvals.web.programme.inputs import plan_input
from approvals.web.submissions import flash_move, lost_move, new_command, perform, perform_form, performing
from workflows.charts.item import ITEM
from workflows.charts.model import Need
from workflows.charts.programme_terms import ADDS_UP, DIRECTIONS, RHYTHMS, SOURCES
from workflows.config.city import load_city
from workflows.config.policy import load_policy

PROPOSE, ASSIGN, CLAIM = (ITEM.move(name) for name in ("propose", "assign", "claim_done"))
ON_OWN_PAGE = {PROPOSE.name, ASSIGN.name}
MOVES = {move.name for move in ITEM.moves} - ON_OWN_PAGE
HINTS = {
    "review_on": N_("At most a quarter from today."),
    "restart_steps": N_("What must happen before the item can resume."),
    "finished_on": N_("The day on which everything was finished."),
    "day_reason": N_("Required if it differs from the planned day."),
    "money_reason": N_("Required if it differs from the planned amount."),
    "scope_reason": N_("Required if a target or node is not met."),
    "days": N_("State whose days they are, node by node in order; leave this empty while it is not known."),
    "planned_10k_yuan": N_("Leave this empty if the fund lines already give it."),
}
PLANNING = ("owner", "county", "department")  # kinds of units that may lead an item or have a task of it
ITEM_NO = Need("item_no", "line", "编号", "Number")


@programme.get("/programme/<year>/items/<item_no>")
@access(roles=permissions.SEE_PROGRAMME)
def item(year: str, item_no: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = item_detail(tx, *item_key(f"{year}/{item_no}"), actor(), today(), load_policy().programme)
        days = by_day(describe(tx, view.entries))
        pieces = evidence_of_item(tx, view.year, view.item_no, actor())
        kept = attached(tx, view.year, view.item_no, _refs(form), actor())
    return render_template(
        "programme/item.html",
        view=view,
        days=days,
        pieces=pieces,
        form=form,
        lost=lost_move(ITEM, form, view.moves),
        moves=[move for move in view.moves if move.name not in ON_OWN_PAGE],
        may_plan=ASSIGN in view.moves,
        may_raise=actor().has(*permissions.RAISE_PROBLEMS) and view.state.name != "dropped",
        open_problems=[problem for problem in view.problems if problem.is_open],
        settled_problems=[problem for problem in view.problems if not problem.is_open],
        hints={name: _(hint) for name, hint in HINTS.items()} | {"evidence": evidence_hint()},
        choices=_cells(view) | {"evidence": kept_choices(kept)},
        page_of_project=page_of_project(),
    )


def _cells(view: ItemDetail) -> dict[str, list[tuple[str, str, str]]]:
    """The nodes and fund lines among which forms choose: task, name or source, in words."""
    nodes = [(node.code, node.name, f"{node.place} · {node.name}") for node in view.nodes]
    lines = [(fund.code, fund.key, f"{fund.place} · {label(fund.source)}") for fund in view.funds]
    return {"nodes": nodes, "days": nodes, "funds": lines}


def _refs(form: Form) -> Sequence[str]:
    """What a refused claim had of evidence."""
    return form.values.get("evidence", ()) if form.name == CLAIM.name else ()


@programme.post("/programme/<year>/items/<item_no>/moves/<move>")
@access(roles=permissions.MOVE_ITEMS)
@redisplay(item)
def make_item(year: str, item_no: str, move: str) -> Response:
    address = url_for("programme.item", year=year, item_no=item_no)
    ref = Reference("item", key=f"{year}/{item_no}")
    if move != CLAIM.name:
        return perform_form(ITEM, move, ref, address, MOVES)
    values = with_sent_files(form_input(CLAIM.needs))
    check_asked(CLAIM.needs, values)
    return perform(new_command(move, ref, values, form_version()), address, CLAIM)


make_item.upload_limit = UPLOAD_LIMIT  # type: ignore[attr-defined]


@programme.get("/programme/<year>/new")
@access(roles=permissions.PROPOSE_ITEMS)
def new(year: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        number, choices = next_number(tx, year_key(year)), unit_choices(tx, PLANNING)
    form = form.over({"item_no": number, "lead_unit": actor().unit, "level": "city"})
    hints = {name: _(hint) for name, hint in HINTS.items()}
    return render_template(
        "programme/new.html", year=year, move=PROPOSE, number=ITEM_NO, form=form, units=choices, hints=hints
    )


@programme.post("/programme/<year>/new")
@access(roles=permissions.PROPOSE_ITEMS)
@redisplay(new, PROPOSE.name)
def propose(year: str) -> Response:
    values = remember_input(form_input(PROPOSE.needs) | form_input([ITEM_NO]))
    number = str(values.pop("item_no", ""))
    command = new_command(PROPOSE.name, Reference("items", key=f"{year}/{number}"), values)
    with performing(command, url_for("programme.ledger", year=year)) as (once, result):
        if result:
            once.leads_to = url_for("programme.plan", year=year, item_no=number)
    flash_move(PROPOSE)
    return once.answer()


@programme.get("/programme/<year>/items/<item_no>/plan")
@access(roles=permissions.PROPOSE_ITEMS)
def plan(year: str, item_no: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = item_detail(tx, *item_key(f"{year}/{item_no}"), actor(), today(), load_policy().programme)
        if ASSIGN not in view.moves:
            raise NotFound
        values, choices = plan_values(tx, view.year, view.item_no), unit_choices(tx, PLANNING)
    return render_template(
        "programme/plan.html",
        view=view,
        form=form.over(values),
        units=choices,
        counties=list(load_city().county_codes.items()),
        adds_up=ADDS_UP,
        directions=DIRECTIONS,
        rhythms=RHYTHMS,
        sources=SOURCES,
    )


@programme.post("/programme/<year>/items/<item_no>/plan")
@access(roles=permissions.PROPOSE_ITEMS)
@redisplay(plan, ASSIGN.name)
def assign(year: str, item_no: str) -> Response:
    command = new_command(ASSIGN.name, Reference("item", key=f"{year}/{item_no}"), remember_input(plan_input()))
    return perform(command, url_for("programme.item", year=year, item_no=item_no), ASSIGN)
