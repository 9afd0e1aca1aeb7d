"""What another edition of the catalogue would change: for items, for what is open and keeps its own, for drafts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

import orjson
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from approvals.accounts.queries import UnitName, units_by_id
from approvals.base.i18n import N_
from approvals.catalogue.queries import catalogue_in_force, known_catalogues
from approvals.filing.queries import TABLE, ref_of
from approvals.filing.questions import answer_faults
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS, WITH_PROJECT, approval_ref
from workflows.charts.approval import APPROVAL
from workflows.charts.model import State
from workflows.charts.project import PROJECT
from workflows.config.catalogue import Catalogue, Item
from workflows.config.conditions import Answers, Question
from workflows.rules.item_words import state_of

UNREGISTERED = ("drafted", "returned", "filed", "classified")
LOST, NEW = N_("no longer listed"), N_("newly listed")
OTHER = N_("other terms")
PARTS = {
    **dict.fromkeys(("zh", "en"), N_("name")),
    "department": N_("department"),
    "stage": N_("stage"),
    **dict.fromkeys(("legal", "promised", "legal_unit"), N_("limits")),
    "requires": N_("prerequisites"),
    "applies_when": N_("screening question"),
    **dict.fromkeys(("materials", "satisfied_by", "templates", "samples"), N_("materials")),
    "special": N_("special procedures"),
    "valid_for": N_("validity"),
}  # the fields of an item, as msgids; all others are other terms


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that another edition has, lacks or words differently; `parts` are msgids."""

    code: str
    item: Item
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptApproval:
    """An open approval whose item is another in the new edition: it keeps that of its own edition."""

    ref: str
    project: str
    item: Item
    department: UnitName
    state: State
    edition: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConcernedDraft:
    """A project that is not registered yet, and what its plan gains and loses; `name` is empty while nobody but its
    owner knows of it."""

    ref: str
    name: str
    owner: UnitName
    state: State
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    unanswered: tuple[str, ...]  # questions that were not asked before
    dropped: tuple[str, ...]  # questions that were answered, other than with no, and are not asked any more


@dataclass(frozen=True, slots=True)
class EditionPreview:
    """The difference from the edition in force, and whom it concerns."""

    catalogue: Catalogue
    items: tuple[ItemChange, ...]
    stages: tuple[str, ...]  # of the new edition that are new or another
    questions: tuple[Question, ...]  # that are new, another or gone
    approvals: tuple[KeptApproval, ...]
    drafts: tuple[ConcernedDraft, ...]


def preview_edition(tx: Connection, catalogue: Catalogue, on: date) -> EditionPreview:
    """What this catalogue would change if it came into force on this day; nothing is written."""
    in_force = catalogue_in_force(tx, on)
    return EditionPreview(
        catalogue,
        tuple(_items(in_force, catalogue)),
        tuple(stage.zh for no, stage in catalogue.stages.items() if in_force.stages.get(no) != stage),
        tuple(_questions(in_force, catalogue)),
        tuple(_kept(tx, catalogue)),
        tuple(_drafts(tx, in_force, catalogue)),
    )


def _items(before: Catalogue, after: Catalogue) -> Iterator[ItemChange]:
    for code in dict.fromkeys([*before.items, *after.items]):
        if code not in before.items:
            yield ItemChange(code, after.items[code], (NEW,))
        elif parts := changed_parts(before, after, code):
            yield ItemChange(code, before.items[code], parts)


def _questions(before: Catalogue, after: Catalogue) -> Iterator[Question]:
    for name, question in {**before.questions, **after.questions}.items():
        if before.questions.get(name) != after.questions.get(name):
            yield question


def changed_parts(before: Catalogue, after: Catalogue, code: str) -> tuple[str, ...]:
    """What differs of an item between two editions, as msgids."""
    old, new = before.items[code], after.items.get(code)
    if new is None:
        return (LOST,)
    names = [field.name for field in fields(Item) if getattr(old, field.name) != getattr(new, field.name)]
    if before.stages[old.stage] != after.stages[new.stage]:
        names.append("stage")
    return tuple(dict.fromkeys(PARTS.get(name, OTHER) for name in names))


def _kept(tx: Connection, catalogue: Catalogue) -> Iterator[KeptApproval]:
    known = known_catalogues(tx)
    changes = {
        sha256: {code: parts for code in own.items if (parts := changed_parts(own, catalogue, code))}
        for sha256, own in known.items()
    }
    clauses = [_of_edition(sha256, codes) for sha256, codes in changes.items() if codes]
    if not clauses:
        return
    is_open = TABLE.c.state.in_(OPEN_PROJECTS), APPROVALS.c.state.not_in(APPROVAL.final_states)
    query = WITH_PROJECT.where(*is_open, or_(*clauses)).order_by(APPROVALS.c.project_id, APPROVALS.c.code)
    rows = tx.execute(query).all()
    units = units_by_id(tx, {row.department_id for row in rows})
    for row in rows:
        own, parts = known[row.catalogue_sha256], changes[row.catalogue_sha256][row.code]
        unit, state = units[row.department_id], state_of(own.item(row.code), row.state)
        yield KeptApproval(approval_ref(row), row.project_name, own.item(row.code), unit, state, own.edition, parts)


def _of_edition(sha256: str, codes: Mapping[str, Sequence[str]]) -> ColumnElement[bool]:
    return and_(TABLE.c.catalogue_sha256 == sha256, APPROVALS.c.code.in_(list(codes)))


def _drafts(tx: Connection, before: Catalogue, after: Catalogue) -> Iterator[ConcernedDraft]:
    names = ("id", "name", "owner_unit_id", "state", "answers", "planned_10k_yuan", "number", "external_ref", "uid")
    is_planned = TABLE.c.state.in_(UNREGISTERED), TABLE.c.kind == "construction"
    rows = tx.execute(select(*(TABLE.c[name] for name in names)).where(*is_planned).order_by(TABLE.c.id)).all()
    units = units_by_id(tx, {row.owner_unit_id for row in rows})
    for row in rows:
        answers = orjson.loads(row.answers)
        old, new = (_codes(edition, answers, row.planned_10k_yuan) for edition in (before, after))
        unanswered = set(_open_questions(after, answers)) - set(_open_questions(before, answers))
        dropped = _dropped(before, after, answers)
        gained, lost = tuple(c for c in new if c not in old), tuple(c for c in old if c not in new)
        if gained or lost or unanswered or dropped:
            name, state = "" if row.state == "drafted" else row.name, PROJECT.state(row.state)
            unit = units[row.owner_unit_id]
            yield ConcernedDraft(ref_of(row), name, unit, state, gained, lost, tuple(sorted(unanswered)), dropped)


def _codes(edition: Catalogue, answers: Answers, planned_10k_yuan: Decimal) -> list[str]:
    return [planned.item.code for planned in edition.plan(answers, planned_10k_yuan)]


def _open_questions(edition: Catalogue, answers: Answers) -> list[str]:
    """Those that are asked and not answered, or no longer so that the answer fits."""
    screening, misfits = edition.screening(answers), answer_faults(edition.questions, answers, {})
    is_open = {name for name in edition.questions if name not in answers or f"answers.{name}" in misfits}
    return [name for name in edition.questions if name in is_open and screening.asked(name).holds is not False]


def _dropped(before: Catalogue, after: Catalogue, answers: Answers) -> tuple[str, ...]:
    """Those that were answered, other than with no, and are not asked any more."""
    answered = [name for name in before.questions if answers.get(name) not in (None, False)]
    return tuple(name for name in answered if name not in after.questions)
