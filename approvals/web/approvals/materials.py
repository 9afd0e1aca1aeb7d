"""Documents of an approval's materials on its own page: uploaded where they are asked for, and changed there."""

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.filing.document_changes import check_may_bring
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.web.approvals.routes import show
from approvals.web.downloads import send_download
from approvals.web.forms import redisplay
from approvals.web.uploads import change_document, upload_files
from approvals.windows.guides import guide_path
from approvals.windows.queries import approval

materials = Blueprint("materials", __name__)


@materials.post("/approvals/<project>/<code>/documents")
@access(roles=permissions.HAND_IN)
@redisplay(show, "upload")
def upload(project: str, code: str) -> Response:
    return upload_files(_project_id(project, code), _page(project, code))


@materials.post("/approvals/<project>/<code>/documents/<uid>/<move>")
@access(roles=permissions.HAND_IN)
@redisplay(show)
def change(project: str, code: str, uid: str, move: str) -> Response:
    return change_document(_project_id(project, code), uid, move, _page(project, code))


@materials.get("/materials/<file>")
@access(roles=permissions.SEE_APPROVALS)
def guide(file: str) -> Response:
    """A template or a sample."""
    with database().read() as tx:
        path = guide_path(tx, file)
    return send_download(path.read_bytes(), "application/octet-stream", file, "material")


def _project_id(project: str, code: str) -> int:
    """The id of the approval's project; Forbidden for who hands in nothing there."""
    with database().read() as tx:
        view = approval(tx, project, code, actor(), today())
    check_may_bring(actor(), view.place)
    return view.project_id


def _page(project: str, code: str) -> str:
    return url_for("windows.show", project=project, code=code, _anchor="hand-in")
