"""Reads what programs send, and carries a write out once however often it is sent."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, NoReturn

import orjson
from flask import Response, request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import RequestEntityTooLarge

from approvals.api.v1.answers import json_answer
from approvals.base.errors import Invalid, Problem, Refused, Unreadable, invalid
from approvals.base.i18n import N_
from approvals.base.stores import reserve, settle
from approvals.history.hashing import sha256
from approvals.history.inputs import FAULTS, faults_of
from approvals.http.access import actor
from approvals.http.application import FORM_LIMIT, database, now

ONCE = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,100}")


class TooLarge(Problem):
    """More was sent at once than is taken."""

    status = 413


class WrongType(Problem):
    """The content is of a type that this address does not take."""

    status = 415


# Reading.


def sent_bytes(limit: int) -> bytes:
    """The whole body; TooLarge when it is longer than `limit` bytes."""
    request.max_content_length = limit
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        text = N_("At most %(limit)s KB are taken at once. Send less at a time.")
        raise TooLarge(text, limit=limit // 1024) from None


def sent_object() -> dict[str, Any]:
    """The JSON object that was sent, empty when there was no body."""
    raw = sent_bytes(FORM_LIMIT)
    if not raw.strip():
        return {}
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise WrongType(N_("Send JSON, with the header “Content-Type: application/json”."))
    value = read_json(raw)
    if not isinstance(value, dict):
        raise invalid("body", N_("must be a set of named fields"))
    return value


def read_json(raw: bytes) -> Any:
    """The value in this JSON text; Unreadable when it is none, Invalid names the field that holds half a character."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        broken = list(_broken_texts("", leniently(raw)))
        if broken:
            raise Invalid({name: [(FAULTS["string_unicode"], {})] for name in broken}) from None
        raise Unreadable(N_("This is not JSON: %(reason)s"), reason=str(error)) from None


def leniently(raw: bytes) -> Any:
    """The same as the standard library reads it, which takes lone surrogates; None when it is no JSON at all."""
    try:
        return json.loads(raw.decode())
    except (ValueError, RecursionError):
        return None


def _broken_texts(name: str, value: Any) -> Iterator[str]:
    """The names of all fields with a lone surrogate in name or value."""
    if isinstance(value, str) and _is_broken(value):
        yield _printable(name)
    elif isinstance(value, dict):
        for key, part in value.items():
            path = f"{name}.{key}" if name else key
            yield from [_printable(path)] if _is_broken(key) else _broken_texts(path, part)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _broken_texts(f"{name}.{number}" if name else str(number), part)


def _is_broken(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _printable(name: str) -> str:
    return name.removeprefix("with.").encode("utf-8", "replace").decode()


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Envelope(BaseModel):
    """What a move is sent in."""

    model_config = ConfigDict(extra="forbid", strict=True)
    version: Annotated[int | None, BeforeValidator(_whole)] = Field(default=None, ge=1)
    given: dict[str, Any] = Field(default={}, alias="with")


def sent_move() -> Envelope:
    """The version that the caller looked at, and what is given for the move."""
    try:
        return Envelope.model_validate(sent_object())
    except ValidationError as error:
        raise Invalid(faults_of(error)) from None


def refuse_parameters(error: ValidationError) -> NoReturn:
    """What flask-openapi3 finds wrong in an address or its query, as our own error."""
    named: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for name, found in faults_of(error).items():
        named.setdefault(name.partition(".")[0], []).extend(found)
    raise Invalid(named)


# Writing.


@dataclass(frozen=True, slots=True)
class Done:
    """What a write leads to: the body, the status and headers of the answer."""

    body: dict[str, Any]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def once(effect: Callable[[Connection], Done]) -> Response:
    """Carry `effect` out in one write transaction; sent again with the same Idempotency-Key, only answer again."""
    key = _sent_key()
    try:
        with database().write() as tx:
            before = reserve(tx, key, now()) if key else None
            if before is not None:
                return _again(orjson.loads(before))
            done = effect(tx)
            if key:
                kept = {"sent": _fingerprint(), "body": done.body, "status": done.status, "headers": done.headers}
                settle(tx, key, orjson.dumps(kept).decode())
    except IntegrityError:  # another writer was faster with this reference
        raise Refused(N_("Somebody else was faster; look at what changed and try again.")) from None
    return json_answer(done.body, done.status, **done.headers)


def _sent_key() -> str | None:
    """The key of this request, which counts for one person and one address only."""
    key = request.headers.get(ONCE)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise invalid(ONCE, N_("has at most 100 letters, digits and signs, and no spaces"))
    return f"api:{actor().id}:{sha256(request.path)[:32]}:{key}"


def _fingerprint() -> str:
    return hashlib.sha256(request.get_data()).hexdigest()


def _again(kept: dict[str, Any]) -> Response:
    if kept["sent"] != _fingerprint():
        raise invalid(ONCE, N_("was used for another request; take a new one"))
    return json_answer(kept["body"], kept["status"], **kept["headers"])
