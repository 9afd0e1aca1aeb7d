"""Files sent with the form of a move, kept through its refusal: the form carries a signed note of what is stored."""

import hmac
from dataclasses import asdict

import orjson
from flask import request

from approvals.base.errors import Invalid
from approvals.base.files.store import Stored, store, touch
from approvals.http.access import actor
from approvals.http.application import settings
from approvals.web.forms import FormInput, remember_input


def sent_file(name: str, values: FormInput) -> Stored | None:
    """The file of this field, stored; without one that of the note, None for neither. It is remembered with `values`.

    Invalid, at this field, for a file that is not accepted.
    """
    file = request.files.get(name)
    if file and file.filename:
        try:
            folder, scanner = settings().files_dir, settings().scanner
            stored: Stored | None = store(folder, file.filename, file.stream, scanner=scanner)
        except Invalid as error:
            raise Invalid({name: error.fields["file"]}) from None
    else:
        stored = _noted(request.form.get(f"kept_{name}", ""))
    if stored:
        remember_input(values | {f"kept_{name}": {"name": stored.name, "note": _note(stored)}})
    return stored


def _note(stored: Stored) -> str:
    text = orjson.dumps(asdict(stored)).decode()
    return f"{_signature(text)} {text}"


def _noted(note: str) -> Stored | None:
    """The file of a note that was written for this person, while it is there; None for any other text."""
    signature, _space, text = note.partition(" ")
    is_ours = text and hmac.compare_digest(signature.encode(), _signature(text).encode())
    stored = Stored(**orjson.loads(text)) if is_ours else None
    return stored if stored and touch(settings().files_dir, stored.sha256) else None


def _signature(text: str) -> str:
    """Whoever has only the checksum of somebody else's file cannot make a note of it."""
    key = f"sent file {actor().id} {settings().secret_key}"
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()
