"""Files sent by a form, and changes of documents that were uploaded: for the pages of projects and of approvals."""

from collections.abc import Callable, Mapping
from io import BytesIO

from flask import request
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from approvals.base.errors import Invalid, NotFound
from approvals.base.files.store import Stored, size_of, store
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.filing.document_changes import remove, rename, replace, retype
from approvals.filing.documents import add, check_takes_documents
from approvals.filing.quotas import check_room
from approvals.filing.views import project_by_id
from approvals.http.access import actor
from approvals.http.application import database, now, settings
from approvals.http.errors import field_messages
from approvals.web.forms import form_fields, remember_input
from approvals.web.submissions import flash_message, writing_once

FAULT = N_("“%(name)s”: %(reason)s")
RENAMED, RETYPED = N_("The file is now called “%(name)s”."), N_("The use of “%(name)s” is changed.")
REPLACED, REMOVED = N_("“%(name)s” takes the place of the former file."), N_("“%(name)s” is removed.")


def upload_files(project_id: int, leads_to: str) -> Response:
    """Add the files of the form, each that can be taken; Invalid names the others with their reasons."""
    material = remember_input(form_fields("material")).get("material", "")
    with database().read() as tx:
        check_room(tx, project_id, (size_of(file.stream) for file in request.files.getlist("file")))
    stored, faults = _stored_files()
    with writing_once(leads_to) as once:
        project = project_by_id(once.tx, project_id)
        check_takes_documents(project)
        for file in stored if once.is_new else ():
            add(once.tx, project, file, material, by=actor(), now=now())
    for file in stored:
        flash_message(_("“%(name)s” is uploaded.", name=file.name))
    if faults:
        raise Invalid({"file": [(FAULT, fault) for fault in faults]})
    return once.answer()


def _stored_files() -> tuple[list[Stored], list[dict[str, object]]]:
    """The files of the form that are in the store now, and the names of the others with what is wrong with them."""
    stored, faults = list[Stored](), list[dict[str, object]]()
    files = [file for file in request.files.getlist("file") if file.filename] or [FileStorage(BytesIO())]
    for file in files:
        try:
            stored.append(_stored(file))
        except Invalid as fault:
            if len(files) == 1:
                raise
            faults.append({"name": file.filename or "", "reason": " ".join(field_messages(fault)["file"])})
    return stored, faults


def _stored(file: FileStorage) -> Stored:
    return store(settings().files_dir, file.filename, file.stream, scanner=settings().scanner)


def change_document(project_id: int, uid: str, move: str, leads_to: str) -> Response:
    """Change the document as the form says; NotFound for a change that there is not."""
    if move not in _CHANGES:
        raise NotFound
    remember_input({"uid": uid, **form_fields("name", "material")})
    change, message = _CHANGES[move](), _MESSAGES[move]
    name = ""
    with writing_once(leads_to) as once:
        if once.is_new:
            name = change(once.tx, project_id, uid)
    if name:
        flash_message(_(message, name=name))
    return once.answer()


Change = Callable[[Connection, int, str], str]


def _renaming() -> Change:
    name = form_fields("name").get("name", "")
    return lambda tx, project_id, uid: rename(tx, project_id, uid, name, by=actor(), now=now())


def _retyping() -> Change:
    material = form_fields("material").get("material", "")
    return lambda tx, project_id, uid: retype(tx, project_id, uid, material, by=actor(), now=now())


def _replacing() -> Change:
    stored = _stored(request.files.get("file") or FileStorage(BytesIO()))

    def change(tx: Connection, project_id: int, uid: str) -> str:
        check_room(tx, project_id, [stored.size])
        return replace(tx, project_id, uid, stored, by=actor(), now=now())

    return change


def _removing() -> Change:
    return lambda tx, project_id, uid: remove(tx, project_id, uid, by=actor(), now=now())


_CHANGES: Mapping[str, Callable[[], Change]] = {
    "rename": _renaming,
    "retype": _retyping,
    "replace": _replacing,
    "remove": _removing,
}
_MESSAGES: Mapping[str, str] = {"rename": RENAMED, "retype": RETYPED, "replace": REPLACED, "remove": REMOVED}
