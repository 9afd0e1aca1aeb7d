"""Which action makes which move: one table for the pages, the JSON routes and the feed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection

from approvals.base.digits import address_number
from approvals.base.errors import Invalid, invalid
from approvals.base.texts import N_
from approvals.filing.actions import change, draft
from approvals.filing.queries import ref_of
from approvals.history.actions import Asked, Case
from approvals.history.inputs import FAULTS, KINDS
from approvals.liaisons.actions import ask, move_request, reassign
from approvals.liaisons.queries import LONGEST_NO
from approvals.registration.actions import register
from approvals.supervision.answering import answer, raise_jointly
from approvals.supervision.appeals import move_card
from approvals.supervision.joint import manage_jointly
from approvals.supervision.order_queries import REF
from approvals.supervision.orders import issue_order, move_order
from approvals.supervision.words import move_word
from approvals.triage.actions import sort
from approvals.windows.actions import act, grant_at_once
from approvals.windows.corrections import move_correction
from approvals.windows.halting import halt
from workflows.approval import APPROVAL
from workflows.card import CARD
from workflows.chart import SYSTEM
from workflows.correction import CORRECTION
from workflows.escalation import ESCALATION
from workflows.order import ORDER
from workflows.request import REQUEST
from workflows.word import WORD

ProjectAction = Callable[[Connection, str, Asked], Case]
ON_PROJECTS: Mapping[str, ProjectAction] = {
    "edit": change,
    "file": change,
    "refile": change,
    "return_filing": sort,
    "decline": sort,
    "classify": sort,
    "divert": sort,
    "register": register,
    "reassign": reassign,
    "suspend": halt,
    "resume": halt,
    "withdraw": halt,
    "manage_jointly": manage_jointly,
    "end_joint": manage_jointly,
}
ON_CORRECTIONS = frozenset(m.name for m in CORRECTION.moves)
ON_ESCALATIONS = frozenset(m.name for m in ESCALATION.moves if not m.is_systems and not m.begins)
ON_APPROVALS = frozenset(m.name for m in APPROVAL.moves if not m.is_systems) | {
    *(*ON_ESCALATIONS, "raise_jointly", "grant_at_once"),
    *ON_CORRECTIONS,
}
ON_CARDS = frozenset(m.name for m in CARD.moves if m.by != (SYSTEM,))
ON_REQUESTS = frozenset(m.name for m in REQUEST.moves if not m.is_systems and not m.begins)
ON_ORDERS = frozenset(m.name for m in ORDER.moves if not m.is_systems and not m.begins)
ON_WORDS = frozenset(m.name for m in WORD.moves)
WORDS = "words/"  # stands where the code of an approval would: <project>/words/<month>
CARDS = "/cards/"  # stands between the code of an approval and a card: <project>/<code>/cards/<rule>
REQUESTS = "requests"  # stands where the code of an approval would: <project>/requests/<no>
ORDERS = "orders"  # alone, behind what an order is about, or before the number of one: orders/<no>
ISSUE = next(m.name for m in ORDER.moves if m.begins)
_LEVEL = TypeAdapter(KINDS["level"])


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move led to: how the case was addressed, its state and version now, and the id of its row."""

    ref: str
    state: str
    version: int
    id: int


def begin_project(tx: Connection, asked: Asked) -> Moved:
    """Draft a project."""
    project = draft(tx, asked)
    return Moved(ref_of(project), project.state, project.version, project.id)


def move_project(tx: Connection, ref: str, asked: Asked) -> Moved:
    """One move of a project; Invalid for a move that people cannot make."""
    if asked.move not in ON_PROJECTS:
        raise invalid("move", N_("is not a move of a project that people make"))
    return _moved(ON_PROJECTS[asked.move](tx, ref, asked))


def move_approval(tx: Connection, ref: str, code: str, asked: Asked) -> Moved:
    """One move of an approval or its correction, or the answer to its escalation; Invalid for none of people's."""
    if asked.move not in ON_APPROVALS:
        raise invalid("move", N_("is not a move of an approval that people make"))
    if asked.move == "grant_at_once":
        return _moved(grant_at_once(tx, ref, code, asked))
    if asked.move == "raise_jointly":
        return _moved(raise_jointly(tx, ref, code, asked))
    if asked.move in ON_CORRECTIONS:
        return _moved(move_correction(tx, ref, code, asked))
    if asked.move not in ON_ESCALATIONS:
        return _moved(act(tx, ref, code, asked))
    given = dict(asked.given)
    level = given.pop("level", None)
    level = None if level is None else _level(level)
    return _moved(answer(tx, ref, code, level, replace(asked, given=given)))


def begin_request(tx: Connection, ref: str, asked: Asked) -> Moved:
    """Ask something about a project."""
    return _moved(ask(tx, ref, asked))


def move_on_request(tx: Connection, ref: str, no: str, asked: Asked) -> Moved:
    """One move of a request; Invalid for a move that people cannot make."""
    if asked.move not in ON_REQUESTS:
        raise invalid("move", N_("is not a move of a request that people make"))
    return _moved(move_request(tx, ref, address_number(no, LONGEST_NO), asked))


def move_on_card(tx: Connection, ref: str, code: str, key: str, asked: Asked) -> Moved:
    """One move of a card, named by its rule (`promised`) or rule and round (`promised-1`)."""
    if asked.move not in ON_CARDS:
        raise invalid("move", N_("is not a move of a card that people make"))
    return _moved(move_card(tx, ref, code, key, asked))


def begin_order(tx: Connection, about: str, asked: Asked) -> Moved:
    """Issue a supervision order about an approval (`<project>/<code>`), a project, or at large (empty)."""
    return _moved(issue_order(tx, about, asked))


def move_on_order(tx: Connection, ref: str, asked: Asked) -> Moved:
    """One move of an order; Invalid for a move that people cannot make."""
    if asked.move not in ON_ORDERS:
        raise invalid("move", N_("is not a move of an order that people make"))
    return _moved(move_order(tx, ref, asked))


def move_on_word(tx: Connection, ref: str, month: str, asked: Asked) -> Moved:
    """One move of the word of a month (`2026-03`) on a joint project."""
    if asked.move not in ON_WORDS:
        raise invalid("move", N_("is not a move of a month's word"))
    return _moved(move_word(tx, ref, month, asked))


def move_on(tx: Connection, on: str, asked: Asked) -> Moved:
    """One move on a reference as the feed writes it.

    That is a project's, `<project>/<code>`, `<project>/<code>/cards/<rule>`, `<project>/requests/<no>`, or
    `<project>/words/<month>`, or `orders/<no>`. For `draft` it is the one that the new project gets, for `ask` it is
    `<project>/requests`, and for `issue` it is `orders` behind what the order is about, if anything.
    """
    if asked.move == "draft":
        given = dict(asked.given)
        if given.setdefault("external_ref", on) != on:
            raise invalid("external_ref", N_("differs from what the line is on"))
        return begin_project(tx, replace(asked, given=given))
    if asked.move == ISSUE and on.rpartition("/")[2] == ORDERS:
        return begin_order(tx, on.rpartition("/")[0], asked)
    ref, slash, code = on.partition("/")
    if ref == ORDERS and REF.fullmatch(code):
        return move_on_order(tx, code, asked)
    return _move_within(tx, ref, code, asked) if slash else move_project(tx, ref, asked)


def _move_within(tx: Connection, ref: str, code: str, asked: Asked) -> Moved:
    """One move on what belongs to a project: an approval, a card, a request."""
    if CARDS in code:
        return move_on_card(tx, ref, *code.split(CARDS, 1), asked)
    if asked.move == "ask" and code == REQUESTS:
        return begin_request(tx, ref, asked)
    if code.startswith(f"{REQUESTS}/"):
        return move_on_request(tx, ref, code.removeprefix(f"{REQUESTS}/"), asked)
    if code.startswith(WORDS):
        return move_on_word(tx, ref, code.removeprefix(WORDS), asked)
    return move_approval(tx, ref, code, asked)


def _level(value: object) -> int:
    try:
        return int(_LEVEL.validate_python(value))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        message = FAULTS.get(first["type"], N_("cannot be read"))
        raise Invalid({"level": [(message, dict(first.get("ctx", {})))]}) from None


def _moved(case: Case) -> Moved:
    return Moved(case.label, case.state, case.version, case.id)
