"""Writing a filing, new or to be corrected. Input is saved until the filing is submitted."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound, Refused, invalid
from approvals.base.formatting import day, moment, time_of_day
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.catalogue.queries import catalogue_in_force, catalogue_of
from approvals.filing.forms import (
    FORM_NEEDS,
    NEW,
    Suggestions,
    UnsentForm,
    changed_values,
    check_filing,
    delete_unsent_form,
    form_of,
    save_unsent_form,
    suggestions_for,
    unsent_form,
    values_of,
)
from approvals.filing.screening import ScreeningView, readable_amount, readable_answers, screening_view
from approvals.filing.views import ProjectView, changes_since, open_to, project
from approvals.history.commands import Reference
from approvals.history.timeline import EntryDescription
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.http.errors import message_of
from approvals.moves import execute
from approvals.web.filing.field_groups import FieldGroup, field_groups
from approvals.web.forms import EMPTY, Form, Values, form_input, form_version, redisplay, remember_input
from approvals.web.query_parameters import query_text
from approvals.web.submissions import flash_message, flash_move, new_command, performing, was_processed, writing_once
from workflows.charts.filing_fields import FILING
from workflows.charts.project import PROJECT
from workflows.config.catalogue import Catalogue
from workflows.config.conditions import Question

filing = Blueprint("filing", __name__)


@dataclass(frozen=True, slots=True)
class FormPage:
    """What the form of a filing shows beside its fields; `typed_at` is when its input was saved, None if never."""

    form: Form
    suggestions: Suggestions
    typed_at: datetime | None
    groups: tuple[FieldGroup, ...]
    questions: tuple[Question, ...]
    review: str  # the address at which the answers are looked at
    version: int | None = None
    name: str = ""
    ref: str = ""
    changes: tuple[EntryDescription, ...] = ()

    @property
    def saved(self) -> str:
        return saved_words(self.typed_at)


@filing.get("/projects/new")
@access(roles=permissions.FILE_PROJECTS)
def new(form: Form = EMPTY) -> str:
    with database().read() as tx:
        before = unsent_form(tx, actor().id, NEW)
        suggestions, questions = suggestions_for(tx, actor(), today()), asked(tx)
    restored = _restored(form, before, {"credit_code": suggestions.credit_code or ""})
    typed_at = before.at if before else None
    page = FormPage(restored, suggestions, typed_at, _groups(restored), questions, url_for("filing.review_new"))
    return render_template("filing/new.html", page=page)


@filing.post("/projects/new")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(new, "draft")
def create() -> Response:
    """Save what was typed, and make it a draft once nothing is missing."""
    values = _save_first(NEW, url_for("filing.create"))
    with database().read() as tx:
        check_filing(values, catalogue_in_force(tx, today()))
    command = new_command("draft", Reference("projects"), values)
    with free_reference(), performing(command, url_for("filing.index")) as (once, result):
        if result:
            delete_unsent_form(once.tx, actor().id, NEW)
            once.leads_to = url_for("filing.show", ref=result.ref)
    flash_move(PROJECT.move("draft"))
    return once.answer()


@filing.post("/projects/new/typed")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(new, "draft")
def type_new() -> Response | str:
    with database().write() as tx:
        fault = _keep_typed(tx, NEW, url_for("filing.create"))
    return _autosave_answer(url_for("filing.index"), fault)


@filing.post("/projects/new/discard")
@access(roles=permissions.FILE_PROJECTS)
def discard_new() -> Response:
    with database().write() as tx:
        delete_unsent_form(tx, actor().id, NEW)
    return redirect(url_for("filing.new"), 303)


@filing.get("/projects/<ref>/edit")
@access(roles=permissions.FILE_PROJECTS)
def edit(ref: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        own = own_project(tx, ref)
        before = unsent_form(tx, actor().id, form_of(own.uid))
        before_version = before.version if before else None
        changes = changes_since(tx, own.id, form.version if form.message else before_version)
        suggestions, questions = suggestions_for(tx, actor(), today()), asked(tx, own)
    if not form.message and "edit" not in {move.name for move in open_to(own, actor())}:
        raise Refused(N_("This filing can no longer be changed."))
    restored = _restored(form, before, values_of(own))
    typed_at = before.at if before else None
    review, groups = url_for("filing.review_edit", ref=ref), _groups(restored)
    shown = restored, suggestions, typed_at, groups, questions, review
    page = FormPage(*shown, own.version, own.name, own.ref, changes)
    return render_template("filing/edit.html", page=page)


@filing.post("/projects/<ref>/edit")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(edit, "edit")
def mend(ref: str) -> Response:
    """Save what was typed, and change the filing once nothing is wrong with it."""
    with database().read() as tx:
        own = own_project(tx, ref)
    values = _save_first(form_of(own.uid), url_for("filing.mend", ref=ref))
    with database().read() as tx:
        filing_values = check_filing(values, catalogue_of(tx, own, today()), own.answers)
    lead_to = filing_values.get("external_ref") or ref
    with free_reference(), writing_once(url_for("filing.show", ref=lead_to)) as once:
        if once.is_new:
            own = own_project(once.tx, ref)
            if changes := changed_values(own, values, filing_values):
                execute(once.tx, new_command("edit", Reference("project", ref), changes, form_version()))
            delete_unsent_form(once.tx, actor().id, form_of(own.uid))
    flash_move(PROJECT.move("edit"))
    return once.answer()


@filing.post("/projects/<ref>/edit/typed")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(edit, "edit")
def type_edit(ref: str) -> Response | str:
    with database().write() as tx:
        fault = _keep_typed(tx, form_of(own_project(tx, ref).uid), url_for("filing.mend", ref=ref))
    return _autosave_answer(url_for("filing.show", ref=ref), fault)


@filing.post("/projects/<ref>/edit/discard")
@access(roles=permissions.FILE_PROJECTS)
def discard_edit(ref: str) -> Response:
    with database().write() as tx:
        delete_unsent_form(tx, actor().id, form_of(own_project(tx, ref).uid))
    return redirect(url_for("filing.show", ref=ref), 303)


def _groups(form: Form) -> tuple[FieldGroup, ...]:
    """The fields of the form, with what it asks for beyond the chart."""
    needs = (replace(need, required=need.required or need.name in FORM_NEEDS) for need in FILING)
    return field_groups(needs, form)


# What the screening answers lead to: beside the form while it is filled in, and on a page of its own.


@filing.post("/projects/screening")
@access(roles=permissions.FILE_PROJECTS)
def screen() -> str:
    """The form of a new filing, or of the project that `ref` names."""
    with database().read() as tx:
        catalogue = _catalogue(tx, own_project(tx, ref) if (ref := query_text("ref")) else None)
    return render_template("filing/_screening.html", screening=_screening(form_input(FILING), catalogue))


@filing.post("/projects/new/review")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(new, "draft")
def review_new() -> Response:
    with database().write() as tx:
        _keep_typed(tx, NEW, url_for("filing.create"))
    return redirect(url_for("filing.show_review_new"), 303)


@filing.get("/projects/new/review")
@access(roles=permissions.FILE_PROJECTS)
def show_review_new() -> str:
    with database().read() as tx:
        before, catalogue = unsent_form(tx, actor().id, NEW), _catalogue(tx)
    screening = _screening(before.values if before else {}, catalogue)
    return render_template("filing/review.html", screening=screening, name="", back=url_for("filing.new"))


@filing.post("/projects/<ref>/edit/review")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(edit, "edit")
def review_edit(ref: str) -> Response:
    with database().write() as tx:
        _keep_typed(tx, form_of(own_project(tx, ref).uid), url_for("filing.mend", ref=ref))
    return redirect(url_for("filing.show_review_edit", ref=ref), 303)


@filing.get("/projects/<ref>/edit/review")
@access(roles=permissions.FILE_PROJECTS)
def show_review_edit(ref: str) -> str:
    with database().read() as tx:
        own = own_project(tx, ref)
        before, catalogue = unsent_form(tx, actor().id, form_of(own.uid)), _catalogue(tx, own)
    screening = _screening(before.values if before else values_of(own), catalogue)
    return render_template(
        "filing/review.html", screening=screening, name=own.name, back=url_for("filing.edit", ref=ref)
    )


def _screening(values: Values, catalogue: Catalogue) -> ScreeningView:
    """What the answers lead to that can be read already."""
    answers = readable_answers(catalogue, values.get("answers") or {})
    return screening_view(catalogue, answers, readable_amount(values.get("planned_10k_yuan")))


def asked(tx: Connection, own: ProjectView | None = None) -> tuple[Question, ...]:
    """The questions that this project answers, or a new filing."""
    return tuple(_catalogue(tx, own).questions.values())


def _catalogue(tx: Connection, own: ProjectView | None = None) -> Catalogue:
    return catalogue_of(tx, own, today()) if own else catalogue_in_force(tx, today())


def own_project(tx: Connection, ref: str) -> ProjectView:
    """The project of this reference if it belongs to the actor's own unit; else NotFound."""
    view = project(tx, ref, actor())
    if view.place.owner_unit_id != actor().unit_id:
        raise NotFound
    return view


def _restored(form: Form, before: UnsentForm | None, values: Values) -> Form:
    """The refused form, else the saved input, else the stored values."""
    if form.message:
        return form
    return Form(values=before.values if before else values)


def _keep_typed(tx: Connection, form: str, sent_to: str) -> str:
    """Save the input unless this form was submitted meanwhile; the error message for the line under the form."""
    values = remember_input(form_input(FILING))
    try:
        if not was_processed(tx, sent_to):
            save_unsent_form(tx, actor().id, form, values, version=form_version(), now=now())
    except Refused as refusal:
        if not _is_autosave():
            raise
        return message_of(refusal)
    return ""


def _save_first(form: str, sent_to: str) -> Values:
    """The input, saved before it is checked: what is refused then is not lost. What is too long, the check says."""
    with suppress(Refused), database().write() as tx:
        _keep_typed(tx, form, sent_to)
    return remember_input(form_input(FILING))


def saved_words(at: datetime | None) -> str:
    """When input was last saved: the time, of another day with the day; empty when it was not."""
    if at is None:
        return ""
    return _("Saved %(time)s", time=time_of_day(at) if day(at) == day(today()) else moment(at))


def _autosave_answer(leads_to: str, fault: str) -> Response | str:
    if _is_autosave():
        return render_template("filing/_autosaved.html", saved=saved_words(now()), fault=fault)
    flash_message(_("Your input is saved. It has not been submitted yet."))
    return redirect(leads_to, 303)


def _is_autosave() -> bool:
    return "HX-Request" in request.headers


@contextmanager
def free_reference() -> Iterator[None]:
    """Of two simultaneous uses of one reference, the second is Invalid."""
    try:
        yield
    except IntegrityError:
        raise invalid("external_ref", N_("is already in use by another project of your unit")) from None
