"""Requests and answers of the JSON API: bodies read, writes carried out once, moves made and answered."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NoReturn

import orjson
from flask import Response, request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import RequestEntityTooLarge

from approvals.base.encoding import parse_json
from approvals.base.errors import Invalid, Problem, Refused, Unreadable, invalid
from approvals.base.hashing import sha256
from approvals.base.i18n import N_
from approvals.base.stores import reserve, settle
from approvals.history.commands import Command, MoveWarning, Reference
from approvals.history.inputs import FAULTS, field_reasons
from approvals.http.access import actor
from approvals.http.application import FORM_LIMIT, database, now
from approvals.http.errors import answer, field_messages, message_of, translated
from approvals.moves import MoveResult, check_move, execute, settling

ONCE = "Idempotency-Key"
STATUS = ("ref", "state", "version", "moves")  # what a refusal says of the case
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
Body = dict[str, object]  # of an answer


class TooLarge(Problem):
    """More was sent at once than is taken."""

    status = 413


class WrongType(Problem):
    """The content is of a type that this address does not take."""

    status = 415


def json_answer(body: object, status: int = 200, **headers: str) -> Response:
    """The answer with this body; days and moments are written in ISO form."""
    return Response(orjson.dumps(body), status, headers, content_type="application/json")


# Reading.


def sent_bytes(limit: int) -> bytes:
    """The whole body; TooLarge when it is longer than `limit` bytes."""
    request.max_content_length = limit
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        text = N_("A request may contain at most %(limit)s KB. Send less at a time.")
        raise TooLarge(text, limit=limit // 1024) from None


def sent_object() -> dict[str, object]:
    """The JSON object that was sent, empty when there was no body."""
    raw = sent_bytes(FORM_LIMIT)
    if not raw.strip():
        return {}
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise WrongType(N_("Send JSON with the header “Content-Type: application/json”."))
    value = read_json(raw)
    if not isinstance(value, dict):
        raise invalid("body", N_("must be an object of named fields"))
    return value


def read_json(raw: bytes) -> object:
    """The value in this JSON text; Unreadable when it is none, Invalid names the field that holds half a character."""
    try:
        return parse_json(raw)
    except orjson.JSONDecodeError as error:
        broken = list(_broken_texts("", leniently(raw)))
        if broken:
            raise Invalid({name: [(FAULTS["string_unicode"], {})] for name in broken}) from None
        raise Unreadable(N_("This is not JSON: %(reason)s"), reason=str(error)) from None


def leniently(raw: bytes) -> object:
    """The same as the standard library reads it, which takes lone surrogates; None when it is no JSON at all."""
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _broken_texts(name: str, value: object) -> Iterator[str]:
    """The names of all fields with a lone surrogate in name or value."""
    if isinstance(value, str) and _is_broken(value):
        yield _field_name(name)
    elif isinstance(value, dict):
        for key, part in value.items():
            path = f"{name}.{key}" if name else key
            yield from [_field_name(path)] if _is_broken(key) else _broken_texts(path, part)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _broken_texts(f"{name}.{number}" if name else str(number), part)


def _is_broken(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _field_name(name: str) -> str:
    return printable(name.removeprefix("with."))


def printable(name: str) -> str:
    """The name with a question mark for each lone surrogate, which JSON cannot hold."""
    return name.encode("utf-8", "replace").decode()


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Envelope(BaseModel):
    """What a move is sent in."""

    model_config = ConfigDict(extra="forbid", strict=True)
    version: Annotated[int | None, BeforeValidator(_whole)] = Field(default=None, ge=1)
    input: dict[str, object] = Field(default={}, alias="with")


def sent_move() -> Envelope:
    """The version that the caller looked at, and what is given for the move."""
    try:
        return Envelope.model_validate(sent_object())
    except ValidationError as error:
        raise Invalid(field_reasons(error)) from None


def sent_input() -> Mapping[str, object]:
    """What is given to begin a case: the fields may stand alone or under `with`."""
    fields = sent_object()
    return sent_move().input if "with" in fields else fields


def sent_command(ref: Reference, move: str) -> Command:
    """The move that was sent for this reference; Invalid when people make no such move there."""
    check_move(ref, move)
    envelope = sent_move()
    return Command(move, ref, envelope.input, actor(), now(), version=envelope.version)


def refuse_parameters(error: ValidationError) -> NoReturn:
    """What flask-openapi3 finds wrong in an address or its query, as our own error."""
    violations: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for name, reasons in field_reasons(error).items():
        violations.setdefault(name.partition(".")[0], []).extend(reasons)
    raise Invalid(violations)


# Writing.


@dataclass(frozen=True, slots=True)
class Done:
    """What a write leads to: the body, the status and headers of the answer."""

    body: Body
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def once(effect: Callable[[Connection], Done]) -> Response:
    """Carry `effect` out in one write transaction; sent again with the same Idempotency-Key, only answer again."""
    key = _sent_key()
    try:
        with database().write() as tx:
            answered = reserve(tx, key, now()) if key else None
            if answered is not None:
                return _again(orjson.loads(answered))
            done = effect(tx)
            if key:
                record = {"sent": _fingerprint(), "body": done.body, "status": done.status, "headers": done.headers}
                settle(tx, key, orjson.dumps(record).decode())
    except IntegrityError:  # another writer was faster with this reference
        raise Refused(N_("Someone else changed this at the same time. Review the changes and try again.")) from None
    return json_answer(done.body, done.status, **done.headers)


def _sent_key() -> str | None:
    """The key of this request, which counts for one person and one address only."""
    key = request.headers.get(ONCE)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise invalid(ONCE, N_("must have at most 100 letters, digits and symbols, without spaces"))
    return f"api:{actor().id}:{sha256(request.path)[:32]}:{key}"


def _fingerprint() -> str:
    return hashlib.sha256(request.get_data()).hexdigest()


def _again(record: dict[str, Any]) -> Response:
    """The answer that is on record for this key."""
    if record["sent"] != _fingerprint():
        raise invalid(ONCE, N_("was already used for another request; use a new one"))
    return json_answer(record["body"], record["status"], **record["headers"])


# Moves.


def warning_texts(warnings: Iterable[MoveWarning]) -> list[str]:
    """The warnings in the language of the response."""
    return [translated(warning.message, warning.params) for warning in warnings]


def _shown(show: Callable[[Connection, MoveResult], Body], tx: Connection, result: MoveResult) -> Body:
    body = show(tx, result)
    return body | {"warnings": warning_texts(result.warnings)} if result.warnings else body


def perform(
    command: Command,
    show: Callable[[Connection, MoveResult], Body],
    status_of_case: Callable[[Connection], Body] = lambda tx: {},
) -> Response:
    """Make the move and `show` its result; a refusal says of the case what STATUS names."""
    try:
        with settling(database(), command):
            return once(lambda tx: Done(_shown(show, tx, execute(tx, command))))
    except Refused as refusal:
        with database().read() as tx:
            case = status_of_case(tx)
        more = {name: case[name] for name in STATUS if name in case}
        return answer(refusal.status, message_of(refusal), fields=field_messages(refusal), more=more)
