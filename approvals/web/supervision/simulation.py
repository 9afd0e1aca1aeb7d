"""The page on which a changed policy is tried over a month of the record, by fields or as text.

It writes nothing, so it is no move: the policy is a file, and the page gives the changed one to be put in its place.
"""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.moments import Month, month_of, read_month
from approvals.base.pagination import PAGE
from approvals.base.text_validation import whole_number
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.supervision.policy_form import CHOICES, GROUPS, policy_fields
from approvals.supervision.policy_values import in_words, policy_differences, typed_policy
from approvals.supervision.simulation import LIFTED, RAISED, Simulation, SimulationEvent, SimulationRow, simulate
from approvals.web.downloads import send_download
from approvals.web.forms import EMPTY, Form, redisplay, remember_input
from approvals.web.supervision.policy_fields import asked_policy, form_values, policy_text, sent_text, typed_fields
from workflows.charts.roles import LEVELS
from workflows.config import DATA
from workflows.config.policy import read_policy
from workflows.label import Label
from workflows.rules.cards import RULES

trials = Blueprint("trials", __name__, url_prefix="/policy-trial")

MONTHS = 12  # offered
FILE = "policy.yaml"
PLACE = "workflows/data/policy.yaml"  # where the service reads it, from the folder that it is installed in
YAML = "application/yaml"
MOVES = {
    RAISED: Label("升级", "Raised"),
    LIFTED: Label("上升一级", "Escalated to the next level"),
    "show_card": Label("亮牌", "Card"),
}


@trials.get("")
@access(roles=permissions.SIMULATE_POLICY)
def show(form: Form = EMPTY, view: Simulation | None = None, page: int = 1) -> str:
    in_force = _in_force()
    standing = typed_policy(in_force)
    first = form_values(standing) | {"text": in_force, "base": in_force, "month": str(month_of(today()).previous)}
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
        groups=GROUPS,
        choices=CHOICES,
        standing={field.name: in_words(field, standing[field.name]) for field in policy_fields()},
        differences=policy_differences(in_force, form.value("text")) if view else [],
        place=PLACE,
    )


@trials.post("")
@access(roles=permissions.SIMULATE_POLICY)
@redisplay(show, "trial")
def run() -> str:
    text = _asked()
    month = _month(request.form.get("month", "").strip())
    with database().read() as tx:
        result = simulate(tx, read_policy(text), month, today())
    values = form_values(typed_policy(text)) | {"text": text, "base": text, "month": str(month)}
    page = whole_number(request.form.get("page", "1"), digits=5) or 1
    return show(form=Form("trial", values), view=result, page=page)


@trials.post("/file")
@access(roles=permissions.SIMULATE_POLICY)
@redisplay(show, "trial")
def download() -> Response:
    """The changed policy as the file that is put in place of the one in force."""
    return send_download(_asked().encode(), YAML, FILE, "policy")


def _asked() -> str:
    """The text that the form asks for, by its fields or typed; the input is remembered."""
    typed = typed_fields()
    others = {"base": sent_text("base"), "month": request.form.get("month", "").strip()}
    remember_input(form_values(typed) | others | {"text": sent_text("text")})
    text = policy_text()
    remember_input(form_values(typed) | others | {"text": text})
    return asked_policy(text, typed)


def _in_force() -> str:
    return (DATA / FILE).read_text(encoding="utf-8")


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
