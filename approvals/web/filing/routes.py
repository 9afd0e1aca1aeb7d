"""Pages of the owner: own projects, one project, its documents."""

from collections.abc import Container

from flask import render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound, invalid
from approvals.base.files.filetypes import VIEWABLE
from approvals.base.files.store import opened
from approvals.base.i18n import N_, in_language, label, language
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import address_number, whole_number
from approvals.casefile.owner.detail import own_project_view
from approvals.casefile.owner.list import OwnFilter, own_count, own_projects
from approvals.catalogue.queries import catalogue_in_force, catalogue_of
from approvals.documents.receipts import receipt_document, receipt_html
from approvals.exports.lists.projects import OWN_PROJECTS
from approvals.filing.documents import DocumentFile, add, check_takes_documents, document_file
from approvals.filing.forms import NEW, check_answered, unsent_form
from approvals.filing.previews import preview_of
from approvals.filing.quotas import check_room
from approvals.filing.receipts import receipt_at, receipts_of
from approvals.filing.screening import screening_of
from approvals.filing.views import changes_since, open_to
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, end_reading, now, settings, today
from approvals.liaisons.project_summary import summary_of
from approvals.projects.works import DAY as WORKS
from approvals.web.downloads import send_download
from approvals.web.filing.drafts import filing, own_project
from approvals.web.forms import EMPTY, Form, Values, form_input, form_version, redisplay, remember_input
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.papers import send_paper
from approvals.web.projects.tabs import DOCUMENTS, asked_tab
from approvals.web.query_parameters import query_choice, query_flag, query_language, query_text
from approvals.web.sent_files import sent_file
from approvals.web.submissions import flash_move, new_command, perform_form, performing
from approvals.web.uploads import change_document, upload_files
from approvals.windows.materials import may_open
from workflows.charts.project import PROJECT
from workflows.config.city import load_city

__all__ = ["filing"]

LONGEST_SEQ = 9  # digits; no record is that long
MOST_LATER = 250  # working days of a simulated delay, a year
TAKE_BACK = "take_back_amendment"
OFFERED = ("file", "refile", TAKE_BACK, "withdraw")  # moves of a project on its owner's page
FILED_BY = ("file", "refile")
DOCUMENT_FORMS = ("filing.add_document", "filing.change_own_document")  # shown again on the tab of the documents
DUE_NAMES = {
    "notice": N_("Answer due"),
    "promised": N_("Promised by"),
    "legal": N_("By law"),
    "delivery": N_("Delivery"),
}


OWN_LIST = declare(
    ListPage(
        "filing.index",
        N_("My projects"),
        OWN_PROJECTS,
        filters={"search": N_("Search"), "state": N_("State"), "county": N_("County")},
        flags={
            "waiting": N_("Only those awaiting our action"),
            "lapsing": N_("Only those with approvals that lapse soon or have lapsed"),
        },
    )
)


@filing.get("/projects")
@access(roles=permissions.FILE_PROJECTS)
def index() -> str | Response:
    filters, asked = _own_filter(), asked_list(OWN_LIST)
    choices = {"state": [(state.name, label(state)) for state in PROJECT.states]}
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: own_projects(tx, actor(), filters, today=today(), part=part), choices)
        page = own_projects(tx, actor(), filters, today=today(), part=asked.part)
        listing = asked.listing(tx, own_count(tx, actor(), filters, today=today()), choices)
        before = unsent_form(tx, actor().id, NEW)
    context = {"listing": listing, "filters": filters, "states": choices["state"], "cursor": asked.cursor}
    return render_template("filing/index.html", page=page, typed_at=before and before.at, **context)


def _own_filter() -> OwnFilter:
    return OwnFilter(
        search=query_text("search"),
        state=query_choice("state", PROJECT.state_names),
        county=query_choice("county", load_city().counties),
        is_waiting=query_flag("waiting"),
        is_lapsing=query_flag("lapsing"),
    )


@filing.get("/projects/<ref>")
@access(roles=permissions.FILE_PROJECTS)
def show(ref: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        own = own_project(tx, ref)
        codes = catalogue_of(tx, own, today()).items
        view = own_project_view(tx, ref, actor(), today(), _simulated_delay(codes))
        changes = changes_since(tx, own.id, form.version) if form.message else ()
        care = summary_of(tx, own, actor(), now())
        receipts, screening = receipts_of(tx, own.id), screening_of(tx, own, today())
    moves = {move.name: move for move in open_to(own, actor())}
    return render_template(
        "filing/show.html",
        view=view,
        screening=screening,
        receipts=receipts,
        form=form,
        care=care,
        document_choices=[(document.uid, document.name) for document in view.documents],
        changes=changes,
        may_edit="edit" in moves,
        may_amend="amend" in moves,
        take_back=[move for name, move in moves.items() if name == TAKE_BACK],
        moves=[move for name, move in moves.items() if name in OFFERED and name != TAKE_BACK],
        names=DUE_NAMES,
        most_later=MOST_LATER,
        tab=DOCUMENTS if request.endpoint in DOCUMENT_FORMS else asked_tab(),
    )


def _simulated_delay(codes: Container[str]) -> tuple[str, int] | None:
    """Item and working days of the delay to be simulated; None when there is none."""
    code, days = query_choice("later", codes), query_text("days")
    if not code:
        return None
    later = whole_number(days, digits=3)
    if later is None or not 1 <= later <= MOST_LATER:
        raise invalid("days", N_("must be a whole number from 1 to %(most)s"), most=MOST_LATER)
    return code, later


@filing.post("/projects/<ref>/moves/<move>")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(show)
def make(ref: str, move: str) -> Response:
    if move in FILED_BY:
        with database().read() as tx:
            check_answered(own_project(tx, ref), catalogue_in_force(tx, today()))
    return perform_form(PROJECT, move, Reference("project", ref), url_for("filing.show", ref=ref), OFFERED)


@filing.post("/projects/<ref>/works/<move>")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(show)
def report_works(ref: str, move: str) -> Response:
    """A report of the works, with its evidence chosen among the documents or uploaded at once."""
    if move not in WORKS:
        raise NotFound
    values = remember_input(form_input(PROJECT.move(move).needs))
    stored = sent_file("file", values)

    def add_evidence(tx: Connection) -> Values:
        if stored is None:
            return {}
        project = own_project(tx, ref)
        check_room(tx, project.id, [stored.size])
        return {"evidence": add(tx, project, stored, "", by=actor(), now=now())}

    command = new_command(move, Reference("project", ref), values, form_version())
    with performing(command, url_for("filing.show", ref=ref, _anchor="works"), add_evidence) as (once, _result):
        pass
    flash_move(PROJECT.move(move))
    return once.answer()


@filing.post("/projects/<ref>/documents")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(show, "document")
def add_document(ref: str) -> Response:
    return upload_files(_own_id(ref), _documents(ref))


@filing.post("/projects/<ref>/documents/<uid>/<move>")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(show)
def change_own_document(ref: str, uid: str, move: str) -> Response:
    return change_document(_own_id(ref), uid, move, _documents(ref))


def _own_id(ref: str) -> int:
    """The id of the own project, which takes documents."""
    with database().read() as tx:
        project = own_project(tx, ref)
    check_takes_documents(project)
    return project.id


def _documents(ref: str) -> str:
    return url_for("filing.show", ref=ref, _anchor="documents")


@filing.get("/projects/<ref>/receipts/<filed>.pdf")
@access(roles=permissions.FILE_PROJECTS)
def receipt(ref: str, filed: str) -> Response:
    spoken = query_language("lang", language())
    with database().read() as tx:
        own = own_project(tx, ref)
        place = address_number(filed, LONGEST_SEQ)
        address = url_for("verifying.by_code", code=receipt_at(tx, own.id, place).code, _external=True)
        with in_language(spoken):
            document = receipt_document(tx, own, place, address)
            html = receipt_html(document)
            name = _("Receipt %(number)s.pdf", number=document.receipt.number)
    return send_paper(html, name, "receipt")


def _document(uid: str) -> DocumentFile:
    """The document of this id; NotFound for who sees neither its project nor an approval that it serves."""
    with database().read() as tx:
        row = document_file(tx, uid, actor())
        if not row.is_seen_with_project and not may_open(tx, row.project_id, uid, actor()):
            raise NotFound
    return row


@filing.get("/documents/<uid>/preview")
@access(roles=permissions.SEE_OWN_PROJECTS)
def preview(uid: str) -> Response:
    """A small picture of the document; NotFound for what has none."""
    row = _document(uid)
    end_reading()
    picture = preview_of(settings().files_dir, row.stored)
    if picture is None:
        raise NotFound
    response = send_download(picture, "image/jpeg", f"{row.uid}.jpg", "preview", is_shown=True)
    response.headers["Cache-Control"] = "no-store"
    return response


@filing.get("/documents/<uid>")
@access(roles=permissions.SEE_OWN_PROJECTS)
def document(uid: str) -> Response:
    row = _document(uid)
    stored = row.stored
    file = opened(settings().files_dir, stored.sha256)
    is_shown = query_flag("view") and stored.media_type in VIEWABLE
    response = send_download(file, stored.media_type, stored.name, f"document-{row.number}", is_shown=is_shown)
    response.content_length = stored.size
    response.headers["Cache-Control"] = "no-store"
    return response
