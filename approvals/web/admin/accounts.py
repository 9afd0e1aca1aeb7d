"""Pages of the system administrator (units, people), the security administrator (roles) and the auditor (events)."""

from collections.abc import Mapping

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import actions, audit, permissions, queries
from approvals.accounts.appointments import appointments_of
from approvals.accounts.audit import EVENTS
from approvals.accounts.contacts import contact_for
from approvals.accounts.inputs import NewName, NewPerson, NewUnit, PersonDetails, Roles
from approvals.accounts.queries import PeopleFilter
from approvals.accounts.second_factors import has_factor
from approvals.accounts.tables import UNIT_KINDS
from approvals.accounts.units import rename, renamings
from approvals.base.i18n import N_, own_name
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import read_fields, whole_number
from approvals.exports.lists.administration import EVENTS as EVENT_COLUMNS
from approvals.handover.actions import CENTRE
from approvals.handover.responsibilities import responsibilities
from approvals.handover.second_administrator import act_or_ask, ask_factor_reset, open_request_of
from approvals.handover.units import may_merge, merge
from approvals.handover.units import merge_preview as preview_of
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.notifications.account_letters import tell_person
from approvals.registration.queries import liaison_loads
from approvals.web.account.own_password import password_again
from approvals.web.admin.blueprint import administration
from approvals.web.admin.second import KIND_LABELS, WAITS, reset
from approvals.web.forms import EMPTY, Form, form_fields, redisplay, remember_input
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.query_parameters import query_text
from approvals.web.submissions import flash_message, process_once, writing_once
from workflows.charts.roles import ROLES
from workflows.label import Label

UNIT_KIND_LABELS = {
    "owner": Label("业主单位", "Owner"),
    "county": Label("县（区）", "County"),
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
        rows = queries.units(tx)
    return render_template("admin/units.html", units=rows, kinds=UNIT_KIND_LABELS, form=form)


@administration.post("/units")
@access(roles=permissions.KEEP_ACCOUNTS)
@redisplay(units, "unit")
def create_unit() -> Response:
    new_unit = read_fields(NewUnit, remember_input(form_fields("name", "name_en", "kind")))
    with writing_once(url_for("administration.units")) as once:
        if once.is_new:
            unit_id = actions.create_unit(once.tx, new_unit, by=actor(), now=now())
            once.leads_to = url_for("administration.unit", unit_id=unit_id)
    return once.answer()


@administration.get(f"/units/{UNIT_ID}")
@access(roles=permissions.KEEP_ACCOUNTS)
def unit(unit_id: int, form: Form = EMPTY) -> str:
    with database().read() as tx:
        unit_row = queries.unit(tx, unit_id)
        people = queries.people(tx, PeopleFilter(unit_id=unit_id))
        names, standing = renamings(tx, unit_id), [view for view in queries.units(tx) if view.successor_id is None]
        successor = queries.unit(tx, unit_row.successor_id) if unit_row.successor_id else None
    words = {"kinds": UNIT_KIND_LABELS, "roles": ROLES}
    others = [(str(view.id), own_name(view)) for view in standing if view.id != unit_id and may_merge(unit_row, view)]
    form = form.over({"from_on": today().isoformat()})
    context = {"unit": unit_row, "people": people, "names": names, "successor": successor, "others": others}
    return render_template("admin/unit.html", form=form, **context, **words)


@administration.post(f"/units/{UNIT_ID}/name")
@access(roles=permissions.KEEP_ACCOUNTS)
@redisplay(unit, "name")
def rename_unit(unit_id: int) -> Response:
    new_name = read_fields(NewName, remember_input(form_fields("name", "name_en", "from_on")))
    return process_once(
        url_for("administration.unit", unit_id=unit_id),
        lambda tx: rename(tx, unit_id, new_name, by=actor(), now=now()),
        _("The new name is recorded. What is past keeps the former one."),
    )


@administration.post(f"/units/{UNIT_ID}/merge/preview")
@access(roles=permissions.KEEP_ACCOUNTS)
@redisplay(unit, "merge")
def merge_preview(unit_id: int) -> str:
    """What a merger would move; nothing is written yet."""
    typed = remember_input(form_fields("successor"))
    successor_id = whole_number(typed.get("successor", ""), digits=9) or 0
    with database().read() as tx:
        view = preview_of(tx, unit_id, successor_id)
    return render_template("admin/merge.html", view=view, unit_id=unit_id, successor_id=successor_id)


@administration.post(f"/units/{UNIT_ID}/merge")
@access(roles=permissions.KEEP_ACCOUNTS)
@redisplay(unit, "merge")
def merge_unit(unit_id: int) -> Response:
    typed = remember_input(form_fields("successor"))
    successor_id = whole_number(typed.get("successor", ""), digits=9) or 0
    return process_once(
        url_for("administration.unit", unit_id=unit_id),
        lambda tx: merge(tx, unit_id, successor_id, by=actor(), now=now()),
        _("The unit is merged. Its successor has taken over everything that was open."),
    )


@administration.post(f"/units/{UNIT_ID}/people")
@access(roles=permissions.KEEP_ACCOUNTS)
@redisplay(unit, "person")
def create_person(unit_id: int) -> Response | str:
    new_person = read_fields(NewPerson, remember_input(form_fields("username", "name", "phone", "email")))
    password = ""
    with writing_once(url_for("administration.person", username=new_person.username)) as once:
        if once.is_new:
            password = actions.create_person(once.tx, unit_id, new_person, by=actor(), now=now())
    return _shown_once(new_person.username, password) or once.answer()


def _shown_once(username: str, password: str) -> str | None:
    """The page that shows a new password once; None when the form was sent again."""
    return render_template("account/new_password.html", username=username, password=password) if password else None


@administration.get("/people/<username>")
@access(roles=permissions.SEE_ACCOUNTS)
def person(username: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        account = queries.person(tx, username)
        tokens = queries.tokens(tx, account.id, now()) if actor().has("sysadmin") else []
        contact = contact_for(tx, actor(), account.id)
        open_work = responsibilities(tx, account, frozenset(account.roles), now())
        successors = liaison_loads(tx, today()) if open_work.needs_successor else []
        appointments = appointments_of(tx, account.id)
        units = queries.units(tx) if actor().has("sysadmin") else []
        waiting, has_second_factor = open_request_of(tx, account.id), has_factor(tx, account.id)
    choices = [(load.username, load.name) for load in successors if load.id != account.id]
    return render_template(
        "admin/person.html",
        person=account,
        contact=contact,
        tokens=tokens,
        roles=ROLES,
        form=form.over({"roles": account.roles}),
        details=form.called("details").over({"name": account.name, "phone": contact.phone, "email": contact.email}),
        work=open_work,
        successors=[*choices, (CENTRE, _("Service centre, until it names a liaison"))],
        appointments=appointments,
        waiting=waiting,
        has_second_factor=has_second_factor,
        request_kinds=KIND_LABELS,
        units=[
            (str(unit.id), own_name(unit)) for unit in units if unit.id != account.unit_id and not unit.successor_id
        ],
        may_administer=actor().has("sysadmin") and username != actor().username,
        may_give_roles=actor().has("secadmin") and username != actor().username,
    )


@administration.post("/people/<username>/details")
@access(roles=permissions.KEEP_ACCOUNTS)
@redisplay(person, "details")
def change_person(username: str) -> Response:
    details = read_fields(PersonDetails, remember_input(form_fields("name", "phone", "email")))
    return process_once(
        url_for("administration.person", username=username),
        lambda tx: actions.change_person(tx, username, details, by=actor(), now=now()),
        _("The details are saved."),
    )


@administration.post("/people/<username>/password")
@access(roles=permissions.KEEP_ACCOUNTS)
@redisplay(person, "password")
def reset_password(username: str) -> Response | str:
    return reset(username)


@administration.post("/people/<username>/second-factor")
@access(roles=permissions.KEEP_ACCOUNTS)
@password_again
@redisplay(person, "factor")
def remove_factor(username: str) -> Response:
    """Ask a second administrator to take it off."""
    return process_once(
        url_for("administration.person", username=username),
        lambda tx: ask_factor_reset(tx, username, by=actor(), now=now()),
        _(WAITS),
    )


def _administer(username: str, kind: str, details: Mapping[str, object], message: str = "") -> Response:
    """Let it take effect, tell the person, or ask a second administrator where it concerns one."""
    leads_to, is_done = url_for("administration.person", username=username), True
    with writing_once(leads_to) as once:
        if once.is_new:
            is_done = act_or_ask(once.tx, kind, username, details, by=actor(), now=now())
            tell_person(once.tx, username, now())
    if message or not is_done:
        flash_message(message if is_done else _(WAITS))
    return once.answer()


@administration.post("/people/<username>/active")
@access(roles=permissions.KEEP_ACCOUNTS)
@redisplay(person, "active")
def set_active(username: str) -> Response:
    if request.form.get("active") == "yes":
        return _administer(username, "activate", {})
    successor = remember_input(form_fields("successor")).get("successor", "")
    return _administer(username, "deactivate", {"successor": successor})


@administration.post("/people/<username>/unit")
@access(roles=permissions.KEEP_ACCOUNTS)
@redisplay(person, "unit")
def move_person(username: str) -> Response:
    typed = remember_input(form_fields("unit", "successor"))
    unit_id, successor = whole_number(typed.get("unit", ""), digits=9) or 0, typed.get("successor", "")
    message = _("The person has moved. Roles in the new unit are given by the security administrator.")
    return _administer(username, "move", {"unit_id": unit_id, "successor": successor}, message)


@administration.post("/people/<username>/tokens/<int(max=999999999):token_id>/revoke")
@access(roles=permissions.KEEP_ACCOUNTS)
@password_again
@redisplay(person, "token")
def revoke_token(username: str, token_id: int) -> Response:
    leads_to = url_for("administration.person", username=username)
    return process_once(leads_to, lambda tx: actions.revoke_token(tx, username, token_id, by=actor(), now=now()))


@administration.post("/people/<username>/roles")
@access(roles=permissions.GIVE_ROLES)
@redisplay(person, "roles")
def set_roles(username: str) -> Response:
    typed = form_fields("since", "successor")
    successor = typed.pop("successor", "")
    remember_input({"roles": request.form.getlist("roles"), "successor": successor, **typed})
    choice = read_fields(Roles, {"roles": request.form.getlist("roles"), **typed})
    since = choice.since.isoformat() if choice.since else ""
    return _administer(username, "roles", {"roles": sorted(choice.roles), "successor": successor, "since": since})


EVENT_LIST = declare(
    ListPage("administration.events", N_("Account events"), EVENT_COLUMNS, filters={"subject": N_("User name")})
)


@administration.get("/events")
@access(roles=permissions.READ_ACCOUNT_EVENTS)
def events() -> str | Response:
    subject, asked = query_text("subject"), asked_list(EVENT_LIST)
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: audit.events(tx, subject=subject, part=part))
        page = audit.events(tx, subject=subject, part=asked.part)
        listing = asked.listing(tx, audit.event_count(tx, subject=subject))
    context = {"subject": subject, "cursor": asked.cursor, "listing": listing}
    return render_template("admin/events.html", page=page, words=EVENTS, **context)


if set(UNIT_KIND_LABELS) != set(UNIT_KINDS):
    raise RuntimeError("each kind of unit needs a label")
