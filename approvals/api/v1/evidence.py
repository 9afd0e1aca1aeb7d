"""Evidence over JSON: a file is sent, its reference goes into a move."""

from datetime import date
from typing import Annotated

from flask import Response, request
from pydantic import Field
from werkzeug.datastructures import FileStorage

from approvals.api.v1.declaration import Description, json_response, new_api, writes
from approvals.api.v1.derived import AnswerSchema
from approvals.api.v1.exchange import WrongType, json_answer
from approvals.base.errors import invalid
from approvals.base.files.store import size_of
from approvals.base.i18n import N_
from approvals.evidence.actions import add, check_may_give
from approvals.evidence.queries import facts_of, rows_of
from approvals.evidence.receipt import FIELD, receive_file
from approvals.filing.quotas import check_room_for_evidence
from approvals.http.access import actor
from approvals.http.application import database, now, settings
from workflows.config.policy import load_policy

CREATED = 201
evidence_api = new_api("api_evidence", "Documents and photographs that prove something.", "evidence")


class EvidenceSchema(AnswerSchema):
    """A file that was received. `taken_on` is what the camera says of a photograph."""

    ref: str = Field(description="Goes into `evidence` of a move.")
    name: str
    kind: str = Field(description="Its media type.")
    size: int
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    taken_on: date | None = None


def _body() -> Description:
    file = {"type": "string", "format": "binary", "description": "JPEG, PNG, WebP or PDF."}
    schema = {"type": "object", "properties": {FIELD: file}, "required": [FIELD]}
    return {"content": {"multipart/form-data": {"schema": schema}}, "required": True}


@writes(
    evidence_api,
    "/evidence",
    json_response(evidence_api, EvidenceSchema, status=CREATED),
    body=_body(),
    status=CREATED,
    is_keyed=False,
)
def send_evidence() -> Response:
    """Send a photograph or a document.
    The original is kept as it is, with what the camera wrote into it; what is shown of a photograph is a copy without
    EXIF and place data. The same file sent again is the same piece of evidence.
    """
    if request.mimetype != "multipart/form-data":
        raise WrongType(N_("Send the file as “multipart/form-data”, in the field “file”."))
    check_may_give(actor())
    file = request.files.get(FIELD)
    if not isinstance(file, FileStorage):
        raise invalid(FIELD, N_("Choose a file."))
    with database().read() as tx:
        check_room_for_evidence(tx, actor(), size_of(file.stream))
    most, scanner = load_policy().programme.evidence_mb, settings().scanner
    received = receive_file(settings().files_dir, file.filename, file.stream, most, scanner=scanner)
    with database().write() as tx:
        ref = add(tx, received, by=actor(), now=now())
        piece = facts_of(rows_of(tx, [ref])[ref])
    return json_answer(piece, CREATED)
