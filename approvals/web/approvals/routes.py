"""Pages of the windows: the queue, one approval with its moves, and the explanation of its dates."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.accounts.actors import acting_role, is_officer
from approvals.base.errors import Invalid, NotFound
from approvals.base.i18n import N_, label, own_name
from approvals.base.i18n import gettext as _
from approvals.base.sorting import ListPart, read_sorting
from approvals.calendar.lights import light_label
from approvals.calendar.queries import calendar_in_force
from approvals.catalogue.queries import known_stages
from approvals.exports.lists.approvals import QUEUE
from approvals.filing.document_changes import check_may_bring
from approvals.filing.documents import insert_document
from approvals.filing.quotas import check_room
from approvals.history.commands import Reference
from approvals.history.timeline_days import TimelineDay
from approvals.http.access import access, actor, may_open
from approvals.http.application import database, now, today
from approvals.supervision.cards.views import cards_of_approvals
from approvals.supervision.escalations.views import escalations_of_approval
from approvals.supervision.orders.views import orders_of_approval
from approvals.web.forms import (
    EMPTY,
    Form,
    FormInput,
    Values,
    check_asked,
    check_understood,
    form_input,
    form_version,
    redisplay,
    remember_input,
)
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.pages import stage_choices
from approvals.web.query_parameters import query_day, read_choice, read_text
from approvals.web.sent_files import sent_file
from approvals.web.submissions import flash_message, new_command, performing
from approvals.web.way_back import way_back
from approvals.windows.clocks import CLOCK_NAMES, UNIT_NAMES
from approvals.windows.deadline_explanation import BEGINNINGS, CLOCK_OF, TITLES, explain_deadline
from approvals.windows.form_options import FORMS, HINTS, NOTICES
from approvals.windows.hand_in import lacking
from approvals.windows.messages import HAPPENED_AND_NEXT, next_step
from approvals.windows.queries import ApprovalView, approval, moves_of_round
from approvals.windows.queue import OVER, TABS, WHOSE, YES, QueueFilter, QueueView, queue_page
from approvals.windows.queue import queue as queue_of
from approvals.windows.views import PageView, page
from workflows.charts.model import Move
from workflows.charts.roles import LEVELS, sees
from workflows.clock.lights import LIGHTS
from workflows.config.city import load_city
from workflows.rules.item_words import move_of

windows = Blueprint("windows", __name__)

CONFIRMED = "confirmed"  # the field that says which missing materials the sender knows of
IS_MISSING = N_("“%(material)s” is missing.")


QUEUE_LIST = declare(
    ListPage(
        "windows.queue",
        N_("Windows"),
        QUEUE,
        filters={
            "search": N_("Search"),
            "light": N_("Light"),
            "department": N_("Department"),
            "county": N_("County"),
            "stage": N_("Stage"),
            "own": N_("Applicant"),
            "handler": N_("Handler"),
        },
        places=("state",),
    )
)


@windows.get("/windows")
@access(roles=permissions.SEE_QUEUE)
def queue() -> str | Response:
    asked = asked_list(QUEUE_LIST)
    with database().read() as tx:
        stages = stage_choices(known_stages(tx, today()))
        filters, choices = _queue_filter(stages), {"stage": stages, "light": _lights()}
        choices["own"] = [(YES, _("The deciding unit itself"))]
        choices["handler"] = [(name, _(words)) for name, words in WHOSE.items()]
        if asked.file:
            about = TABS[filters.tab].words if filters.tab in TABS else ""
            return asked.send(lambda part: queue_page(tx, actor(), filters, today=today(), part=part), choices, about)
        view = queue_of(tx, actor(), filters, today=today(), part=asked.part)
        choices["department"] = [(unit.name, own_name(unit)) for unit in view.departments]
        handlers = [(member.username, member.name) for member in view.handlers]
        choices["handler"] += handlers
        listing = asked.listing(tx, view.total, choices)
    context = {
        "listing": listing,
        "handlers": handlers,
        "offers": _offers(view),
        "empty_form": EMPTY,
        "filters": filters,
        "choices": choices,
        "cursor": asked.cursor,
    }
    return render_template("approvals/queue.html", view=view, **context)


def _queue_filter(stages: list[tuple[str, str]], query: Mapping[str, str] | None = None) -> QueueFilter:
    """The filter of this query, or of the request's own; Invalid for unknown values."""
    query = request.args if query is None else query
    stage = read_choice(query, "stage", dict(stages))
    return QueueFilter(
        department=query.get("department") or None,
        tab=query.get("state", ""),
        light=query.get("light") or None,
        search=read_text(query, "search"),
        county=read_choice(query, "county", load_city().counties) or None,
        stage=int(stage) if stage else None,
        is_own=read_choice(query, "own", {YES: ""}) == YES,
        handler=read_text(query, "handler"),
    )


def _next_case(tx: Connection, view: PageView) -> ApprovalView | None:
    """After a decision, the first other case of the queue that this one was opened from; None where none waits."""
    if not view.state.is_final or not actor().has("window", "window_head"):
        return None
    back = way_back()
    query = back.query if back and back.page is QUEUE_LIST and back.query.get("state") != OVER else {}
    try:
        sorting = read_sorting(query.get("sort", ""), QUEUE_LIST.sorts)
        filters = _queue_filter(stage_choices(known_stages(tx, today())), query)
        rows = queue_page(tx, actor(), filters, today=today(), part=ListPart(sorting, "", 2)).rows
    except (Invalid, NotFound):
        return None
    return next((row.approval for row in rows if row.approval.ref != view.approval.ref), None)


def _offers(view: QueueView) -> tuple[str, ...]:
    """What the actor may do with several cases of this list at once."""
    if view.asked.tab == OVER or not view.page.rows:
        return ()
    assigns = view.has_handlers and may_open(actor(), "bulk.assign")
    return (*(("assign",) if assigns else ()), *(("remind",) if may_open(actor(), "bulk.remind") else ()))


def _lights() -> list[tuple[str, str]]:
    return [(light, light_label(light)) for light in LIGHTS]


@windows.get("/approvals/<project>/<code>")
@access(roles=permissions.SEE_APPROVALS)
def show(project: str, code: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = page(tx, project, code, actor(), today=today(), looked_at=form.looked_at)
        supervision, next_case = _supervision(tx, view), _next_case(tx, view)
    lost = FORMS.get(form.name) if form.message and not view.offers.has(form.name) else None
    return render_template(
        "approvals/show.html",
        view=view,
        **supervision,
        form=form,
        lost=lost,
        project_page=_project_page(view),
        next_case=next_case,
        may_see_queue=may_open(actor(), "windows.queue"),
        answers_at=_levels(),
        opens_cards=may_open(actor(), "cards.show"),
        names=CLOCK_NAMES,
        units=UNIT_NAMES,
        clocks=CLOCK_OF,
        hints=HINTS,
        papers=notice_pages(view.days, project, code),
    )


@windows.post("/approvals/<project>/<code>/moves/<move>")
@access(roles=permissions.SEE_APPROVALS)
@redisplay(show)
def make(project: str, code: str, move: str) -> Response:
    values = remember_input(_move_input(move))
    check_asked(FORMS[move].needs, values)
    check_understood(FORMS[move])
    _check_complete(project, code, move, values)
    add = _sent_document(project, code, FORMS[move], values)
    command = new_command(move, Reference("approval", project, code), values, form_version())
    with performing(command, url_for("windows.show", project=project, code=code), add) as (once, _result):
        view = approval(once.tx, project, code, actor(), today())
        made = moves_of_round(once.tx, view)
    flash_message(_message(move, view, made))
    return once.answer()


@windows.get("/approvals/<project>/<code>/clock")
@access(roles=permissions.SEE_APPROVALS)
def clock(project: str, code: str) -> str:
    on, name = query_day("on", today()), request.args.get("clock", "")
    with database().read() as tx:
        view = explain_deadline(tx, project, code, actor(), on=on, clock=name, today=today())
    return render_template(
        "approvals/clock.html", view=view, names=CLOCK_NAMES, units=UNIT_NAMES, titles=TITLES, beginnings=BEGINNINGS
    )


def notice_pages(days: Iterable[TimelineDay], project: str, code: str = "") -> dict[int, str]:
    """Address of each notice of this record by its entry number; `code` if all are of one approval."""
    return {
        entry.seq: url_for("papers.notice", project=project, code=entry.code or code, seq=entry.seq)
        for day in days
        for entry in day.entries
        if entry.move.name in NOTICES
    }


def _check_complete(project: str, code: str, move: str, values: Values) -> None:
    """Invalid for what would be missing, until the person has confirmed just that."""
    if "materials" not in values:
        return
    with database().read() as tx:
        view = approval(tx, project, code, actor(), today())
        check_may_bring(actor(), view.place)
        missing = lacking(tx, view, move, [row["name"] for row in values["materials"]])
    if missing and request.form.get(CONFIRMED, "") != _confirmation(missing):
        remember_input({**values, CONFIRMED: _confirmation(missing)})
        raise Invalid({CONFIRMED: [(IS_MISSING, {"material": name}) for name in missing]})


def _confirmation(missing: Iterable[str]) -> str:
    """What a form says whose sender knows that these materials are missing."""
    return hashlib.sha256("\n".join(missing).encode()).hexdigest()[:16]


def _move_input(move: str) -> FormInput:
    """The input for this move, of materials the ticked ones. NotFound for an unknown move."""
    if move not in FORMS:
        raise NotFound
    values = form_input(FORMS[move].needs)
    if "materials" in values:
        values["materials"] = [row for row in values["materials"] if row.get("name")]
    return values


def _sent_document(project: str, code: str, move: Move, values: FormInput) -> Callable[[Connection], Values]:
    """Stores the file that was sent for a move of this approval; what adds it to the project's documents."""
    if not move.takes_file:
        return lambda tx: {}
    with database().read() as tx:
        view = approval(tx, project, code, actor(), today())
    acting_role(actor(), move, view.place)
    stored = sent_file("document", values)

    def add_document(tx: Connection) -> Values:
        if stored is None:
            return {}
        check_room(tx, view.project_id, [stored.size], field="document")
        return {"document": insert_document(tx, view.project_id, stored, by=actor(), now=now())}

    return add_document


def _message(move: str, view: ApprovalView, made: Collection[str]) -> str:
    """What happened, and what comes next."""
    words = next_step(view, today(), made)
    return _(
        HAPPENED_AND_NEXT, happened=label(move_of(view.item, FORMS[move]).message), next=_(words.msgid, **words.values)
    )


def _supervision(tx: Connection, view: PageView) -> dict[str, Any]:
    """What supervision has said of this approval; its orders are for officers."""
    approval, calendar = view.approval, calendar_in_force(tx, view.last_edition)
    return {
        "cards": cards_of_approvals(tx, [approval], today()),
        "orders": orders_of_approval(tx, approval.id, calendar, today()) if is_officer(actor()) else (),
        "escalations": escalations_of_approval(tx, approval.id, calendar, today()),
    }


def _project_page(view: PageView) -> str | None:
    """The page of the whole project that the reader may open."""
    is_own = view.approval.place.owner_unit_id == actor().unit_id
    pages = ["filing.show"] if is_own and actor().has("owner") else ["casefile.show"] if view.may_see_project else []
    return next((page for page in pages if may_open(actor(), page)), None)


def _levels() -> tuple[int, ...]:
    """The levels whose escalations the reader may open."""
    if not may_open(actor(), "supervision.escalation"):
        return ()
    return tuple(LEVELS) if "city" in sees(actor().roles) else (1,)
