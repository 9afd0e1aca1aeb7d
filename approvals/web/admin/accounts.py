"""Pages of the three administrators: the system's (units, people), the security's (roles), and the auditor (events)."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import actions, audit, permissions, queries
from approvals.accounts.audit import EVENTS
from approvals.accounts.contacts import contact_for
from approvals.accounts.inputs import NewPerson, NewUnit, Roles
from approvals.accounts.tables import UNIT_KINDS
from approvals.base.text_validation import read
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.web.forms import EMPTY, Form, keep, kept, sent_fields, writing_once
from workflows.charts.roles import ROLES
from workflows.label import Label

administration = Blueprint("administration", __name__, url_prefix="/administration")
UNIT_KIND_LABELS = {
    "owner": Label("业主单位", "Owner"),
    "department": Label("审批部门", "Department"),
    "service_centre": Label("政务服务中心", "Service centre"),
    "supervision_office": Label("督查办", "Supervision office"),
    "city_government": Label("市政府", "City government"),
    "administration": Label("系统管理", "Administration"),
}
UNIT_ID = "<int(max=999999999):unit_id>"


@administration.get("/units")
@access(roles=permissions.KEEP_ACCOUNTS)
def units(form: Form = EMPTY) -> str:
    with database().read() as tx:
        found = queries.units(tx)
    return render_template("admin/units.html", units=found, kinds=UNIT_KIND_LABELS, form=form)


@administration.post("/units")
@access(roles=permissions.KEEP_ACCOUNTS)
@kept(units, "unit")
def create_unit() -> Response:
    given = read(NewUnit, keep(sent_fields("name", "name_en", "kind")))
    with writing_once(url_for("administration.units")) as once:
        if once.is_new:
            unit_id = actions.create_unit(once.tx, given, by=actor(), now=now())
            once.leads_to = url_for("administration.unit", unit_id=unit_id)
    return once.answer()


@administration.get(f"/units/{UNIT_ID}")
@access(roles=permissions.KEEP_ACCOUNTS)
def unit(unit_id: int, form: Form = EMPTY) -> str:
    with database().read() as tx:
        found = queries.unit(tx, unit_id)
        people = queries.people(tx, unit_id=unit_id)
    words = {"kinds": UNIT_KIND_LABELS, "roles": ROLES}
    return render_template("admin/unit.html", unit=found, people=people, form=form, **words)


@administration.post(f"/units/{UNIT_ID}/people")
@access(roles=permissions.KEEP_ACCOUNTS)
@kept(unit, "person")
def create_person(unit_id: int) -> Response | str:
    given = read(NewPerson, keep(sent_fields("username", "name", "phone", "email")))
    password = ""
    with writing_once(url_for("administration.person", username=given.username)) as once:
        if once.is_new:
            password = actions.create_person(once.tx, unit_id, given, by=actor(), now=now())
    return _shown_once(given.username, password) or once.answer()


def _shown_once(username: str, password: str) -> str | None:
    """The page that shows a new password; a form that is sent twice shows it no more."""
    return render_template("account/new_password.html", username=username, password=password) if password else None


@administration.get("/people")
@access(roles=permissions.SEE_ACCOUNTS)
def people() -> str:
    search = request.args.get("search", "").strip()[:200]
    with database().read() as tx:
        found = queries.people(tx, search=search)
    return render_template("admin/people.html", people=found, roles=ROLES, search=search)


@administration.get("/people/<username>")
@access(roles=permissions.SEE_ACCOUNTS)
def person(username: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        found = queries.person(tx, username)
        tokens = queries.tokens(tx, found.id) if actor().has("sysadmin") else []
        contact = contact_for(tx, actor(), found.id)
    return render_template(
        "admin/person.html",
        person=found,
        contact=contact,
        tokens=tokens,
        roles=ROLES,
        form=form.over({"roles": found.roles}),
        may_administer=actor().has("sysadmin") and username != actor().username,
        may_give_roles=actor().has("secadmin") and username != actor().username,
    )


@administration.post("/people/<username>/password")
@access(roles=permissions.KEEP_ACCOUNTS)
@kept(person, "password")
def reset_password(username: str) -> Response | str:
    password = ""
    with writing_once(url_for("administration.person", username=username)) as once:
        if once.is_new:
            password = actions.reset_password(once.tx, username, by=actor(), now=now())
    return _shown_once(username, password) or once.answer()


@administration.post("/people/<username>/active")
@access(roles=permissions.KEEP_ACCOUNTS)
@kept(person, "active")
def set_active(username: str) -> Response:
    is_active = request.form.get("active") == "yes"
    with writing_once(url_for("administration.person", username=username)) as once:
        if once.is_new:
            actions.set_active(once.tx, username, is_active, by=actor(), now=now())
    return once.answer()


@administration.post("/people/<username>/tokens/<int(max=999999999):token_id>/revoke")
@access(roles=permissions.KEEP_ACCOUNTS)
@kept(person, "token")
def revoke_token(username: str, token_id: int) -> Response:
    with writing_once(url_for("administration.person", username=username)) as once:
        if once.is_new:
            actions.revoke_token(once.tx, username, token_id, by=actor(), now=now())
    return once.answer()


@administration.post("/people/<username>/roles")
@access(roles=permissions.GIVE_ROLES)
@kept(person, "roles")
def set_roles(username: str) -> Response:
    given = read(Roles, keep({"roles": request.form.getlist("roles")}))
    with writing_once(url_for("administration.person", username=username)) as once:
        if once.is_new:
            actions.set_roles(once.tx, username, given.roles, by=actor(), now=now())
    return once.answer()


@administration.get("/events")
@access(roles=permissions.READ_ACCOUNT_EVENTS)
def events() -> str:
    subject = request.args.get("subject", "").strip()[:200]
    cursor = request.args.get("cursor", "")
    with database().read() as tx:
        page = audit.events(tx, subject=subject, cursor=cursor)
    return render_template("admin/events.html", page=page, words=EVENTS, subject=subject, cursor=cursor)


if set(UNIT_KIND_LABELS) != set(UNIT_KINDS):
    raise RuntimeError("each kind of unit needs its word")
