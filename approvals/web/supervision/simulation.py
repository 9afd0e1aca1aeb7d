"""The page on which a changed policy is tried over a month of the record. It writes nothing, so it is no move."""

from flask import Blueprint, render_template, request

from approvals.accounts import permissions
from approvals.base.encoding import decoded
from approvals.base.errors import Unreadable, invalid
from approvals.base.i18n import N_
from approvals.base.moments import Month, month_of, read_month
from approvals.base.pagination import PAGE
from approvals.base.text_validation import whole_number
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.supervision.simulation import LIFTED, RAISED, Simulation, SimulationEvent, SimulationRow, simulate
from approvals.web.forms import EMPTY, Form, redisplay, remember_input
from workflows.charts.roles import LEVELS
from workflows.config import DATA
from workflows.config.policy import Policy, PolicyError, read_policy
from workflows.label import Label
from workflows.rules.cards import RULES

trials = Blueprint("trials", __name__, url_prefix="/policy-trial")

LONGEST = 100_000  # characters of a policy
MONTHS = 12  # offered
MOVES = {
    RAISED: Label("升级", "Raised"),
    LIFTED: Label("上升一级", "Escalated to the next level"),
    "show_card": Label("亮牌", "Card"),
}


@trials.get("")
@access(roles=permissions.SIMULATE_POLICY)
def show(form: Form = EMPTY, view: Simulation | None = None, page: int = 1) -> str:
    current = (DATA / "policy.yaml").read_text(encoding="utf-8")
    first = {"text": current, "month": str(month_of(today()).previous)}
    changed = _changed(view) if view else []
    last = max(1, -(-len(changed) // PAGE))
    page = min(page, last)
    return render_template(
        "supervision/simulation.html",
        form=form.over(first),
        view=view,
        rows=changed[(page - 1) * PAGE : page * PAGE],
        page=page,
        following=page + 1 if page < last else None,
        months=[(str(name), str(name)) for name in _months()],
        named=_label,
        moves=MOVES,
        opens_approvals=actor().has("supervision_office"),
    )


@trials.post("")
@access(roles=permissions.SIMULATE_POLICY)
@redisplay(show, "trial")
def run() -> str:
    text, month_text = _text(), request.form.get("month", "").strip()
    values = remember_input({"text": text, "month": month_text})
    policy, month = _policy(text), _month(month_text)
    with database().read() as tx:
        result = simulate(tx, policy, month, today())
    page = whole_number(request.form.get("page", "1"), digits=5) or 1
    return show(form=Form("trial", values), view=result, page=page)


def _text() -> str:
    """The uploaded policy, else the typed one."""
    file = request.files.get("file")
    raw = file.read(4 * LONGEST) if file and file.filename else b""
    if not raw:
        return request.form.get("text", "").replace("\r\n", "\n")[:LONGEST]
    try:
        return decoded(raw)[:LONGEST]
    except Unreadable as fault:
        raise invalid("text", fault.message) from None


def _policy(text: str) -> Policy:
    try:
        return read_policy(text)
    except PolicyError as error:
        raise invalid("text", N_("Invalid policy: %(reason)s"), reason=str(error)) from None


def _month(month_text: str) -> Month:
    if month_text not in map(str, _months()):
        raise invalid("month", N_("is not one of the available options"))
    return read_month(month_text)


def _months() -> list[Month]:
    months = [month_of(today())]
    while len(months) < MONTHS:
        months.append(months[-1].previous)
    return months


def _changed(view: Simulation) -> list[tuple[bool, SimulationEvent]]:
    """The differences by day: whether the event is additional, and the event."""
    both = [*((True, row) for row in view.more), *((False, row) for row in view.fewer)]
    return sorted(both, key=lambda pair: (pair[1], pair[0]))


def _label(row: SimulationRow | SimulationEvent) -> Label:
    """The label of the level or rule."""
    if row.name in RULES:
        return Label(RULES[row.name].zh, RULES[row.name].en)
    return Label(*LEVELS[int(row.name)])
