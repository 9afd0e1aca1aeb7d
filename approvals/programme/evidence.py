"""Evidence of items and entries: what a move cites, the same picture used elsewhere, and who sees what of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON
from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.evidence.actions import cited
from approvals.evidence.queries import EVIDENCE, USES, citable, prints_of, refs_of, rows_of
from approvals.history.commands import MoveWarning
from approvals.programme.queries import ENTRIES, ITEMS, TASKS, EntryKey, chain_of_item, sees_whole_item, task_label
from workflows.charts.monthly_entry import ENTRY
from workflows.label import Label

SAME = N_("“%(name)s” is the same picture as one in %(where)s.")
ANOTHER, HERE = Label("另一分项", "another item"), Label("本次报送", "the same report")


# What moves cite.


def with_evidence(
    tx: Connection, item: Any, facts: Mapping[str, Any], actor: Actor, entry: Any = None
) -> dict[str, Any]:
    """The facts of a move with each piece of evidence in full; Invalid for one that the actor may not cite.

    What the report of an `entry` leaves out stays as it was reported before.
    """
    rest = {name: value for name, value in facts.items() if name != "evidence"}
    if facts.get("evidence") is None:
        return rest | (standing_evidence(orjson.loads(entry.reported)) if entry and entry.reported else {})
    pieces = cited(tx, facts["evidence"], by=actor, project_id=chain_of_item(item.id))
    return rest | ({"evidence": pieces} if pieces else {})


def standing_evidence(reported: Mapping[str, Any]) -> dict[str, Any]:
    """The evidence of what was reported, as the next report of the same month keeps it."""
    return {"evidence": reported["evidence"]} if reported.get("evidence") else {}


def same_pictures(tx: Connection, refs: Sequence[str], item: Any, subject: str, subject_id: int) -> list[MoveWarning]:
    """A warning for each picture that is used elsewhere, too: by another entry, or for a claim by another item.

    Where is told within the item alone: whoever reports need not see the others.
    """
    rows = [row for row in rows_of(tx, refs).values() if row.copy_sha256]
    uses = [use for use in _uses_of_same(tx, rows) if _is_elsewhere(use, item.id, subject, subject_id)]
    places = [
        (row.name, _place(use) if use.item_id == item.id else ANOTHER)
        for row in rows
        for use in uses
        if _is_same(row, use)
    ]
    places += [(row.name, HERE) for index, row in enumerate(rows) if any(_is_same(row, one) for one in rows[:index])]
    return [MoveWarning(SAME, {"name": name, "where": where}) for name, where in dict.fromkeys(places)]


def _is_elsewhere(use: Any, item_id: int, subject: str, subject_id: int) -> bool:
    """Whether a picture is used by another case than this; a claim may cite what entries of its item cite."""
    if subject != ENTRY.name:
        return bool(use.item_id != item_id)
    return (use.subject, use.subject_id) != (subject, subject_id)


def attached(tx: Connection, year: int, item_no: str, refs: Sequence[str], actor: Actor) -> list[Any]:
    """What a form has of these references, in their order: those that the actor may cite in a report of the item."""
    item_id = tx.execute(select(ITEMS.c.id).where(*_of_item(year, item_no))).scalar_one()
    rows = citable(tx, refs, actor, chain_of_item(item_id))
    return [rows[ref] for ref in dict.fromkeys(refs) if ref in rows]


# Where evidence is used.

_COLUMNS = (
    *(EVIDENCE.c[name] for name in ("uid", "name", "media_type", "size", "sha256", "taken_on", "received_at")),
    *(EVIDENCE.c[name] for name in ("copy_sha256", "thumbnail_sha256")),
    *(USES.c[name] for name in ("subject", "subject_id")),
    *(ITEMS.c[name] for name in ("year", "item_no", "lead_unit_id")),
    ITEMS.c.id.label("item_id"),
    *(TASKS.c[name] for name in ("code", "unit_id")),
    ENTRIES.c.month,
    func.coalesce(PERSON.c.name, EVIDENCE.c.received_by).label("person"),
)
_ALL_USES = select(*_COLUMNS).select_from(
    USES.join(EVIDENCE, EVIDENCE.c.id == USES.c.evidence_id)
    .join(ITEMS, ITEMS.c.id == -USES.c.project_id)
    .outerjoin(ENTRIES, and_(USES.c.subject == ENTRY.name, ENTRIES.c.id == USES.c.subject_id))
    .outerjoin(TASKS, TASKS.c.id == ENTRIES.c.task_id)
    .outerjoin(PERSON, PERSON.c.username == EVIDENCE.c.received_by)
)


def _uses_of_same(tx: Connection, rows: Collection[Any]) -> list[Any]:
    """All uses of the same originals and of pictures with the same pixels, the first one first."""
    originals, copies = prints_of(rows)
    is_same = or_(EVIDENCE.c.sha256.in_(originals), EVIDENCE.c.copy_sha256.in_(copies))
    return list(tx.execute(_ALL_USES.where(is_same).order_by(USES.c.id))) if rows else []


def _is_same(row: Any, use: Any) -> bool:
    return row.sha256 == use.sha256 or (row.copy_sha256 is not None and row.copy_sha256 == use.copy_sha256)


def _place(use: Any) -> str:
    """The item with task and month of an entry, as in 030 东区 2026-05."""
    return " ".join(filter(None, (use.item_no, task_label(use.code) if use.code else "", use.month)))


# What somebody sees of it.


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A piece of evidence as pages show it; `same` are the other places where the same picture is used."""

    ref: str
    name: str
    is_picture: bool
    size: int
    taken_on: date | None
    received_on: date
    person: str
    code: str
    month: str
    place: str
    has_original: bool  # whether the original, with EXIF and place data, is for this reader
    same: tuple[str | Label, ...] = ()


def evidence_of_item(tx: Connection, year: int, item_no: str, actor: Actor) -> list[EvidenceView]:
    """The evidence of an item and of its entries that the actor may see, the latest first."""
    query = _ALL_USES.where(*_of_item(year, item_no)).order_by(USES.c.id.desc())
    return _views(tx, [row for row in tx.execute(query) if _may_see(actor, row)], actor)


def _of_item(year: int, item_no: str) -> tuple[ColumnElement[bool], ...]:
    return ITEMS.c.year == year, ITEMS.c.item_no == item_no


def evidence_of_entry(
    tx: Connection, key: EntryKey, stated: Iterable[Mapping[str, Any]], actor: Actor
) -> list[EvidenceView]:
    """What an entry cites as `stated`, its report or an amendment of it, as far as the actor may see it."""
    refs = list(dict.fromkeys(ref for facts in stated for ref in refs_of(facts)))
    if not refs:
        return []
    own = *_of_item(key.year, key.item_no), TASKS.c.code == key.code, ENTRIES.c.month == key.month
    rows = {row.uid: row for row in tx.execute(_ALL_USES.where(*own).order_by(USES.c.id)) if _may_see(actor, row)}
    return _views(tx, [rows[ref] for ref in refs if ref in rows], actor)


def _views(tx: Connection, rows: Sequence[Any], actor: Actor) -> list[EvidenceView]:
    elsewhere = _uses_of_same(tx, [row for row in rows if row.copy_sha256])
    return [_view(row, elsewhere, actor) for row in rows]


def _view(row: Any, elsewhere: Iterable[Any], actor: Actor) -> EvidenceView:
    case = row.item_id, row.subject, row.subject_id
    others = [use for use in elsewhere if _is_same(row, use) and _is_elsewhere(use, *case)]
    return EvidenceView(
        ref=row.uid,
        name=row.name,
        is_picture=row.copy_sha256 is not None,
        size=row.size,
        taken_on=row.taken_on,
        received_on=day_of(row.received_at),
        person=row.person,
        code=row.code or "",
        month=row.month or "",
        place=task_label(row.code) if row.code else "",
        has_original=_may_have_original(actor, row),
        same=tuple(dict.fromkeys(_place(use) if _may_see(actor, use) else ANOTHER for use in others)),
    )


def _may_see(actor: Actor, use: Any) -> bool:
    """Those who see the entry see its evidence, finance the documents of it alone; a claim's those who see the item."""
    if not actor.has(*permissions.SEE_PHOTOGRAPHS) and (use.copy_sha256 is not None or use.subject != ENTRY.name):
        return False
    return sees_whole_item(actor, use) or use.unit_id in actor.units


def _may_have_original(actor: Actor, use: Any) -> bool:
    """The originals are the office's, the lead unit's, and those of the unit that reports."""
    is_concerned = use.lead_unit_id in actor.units or use.unit_id in actor.units
    return actor.has(*permissions.SEE_ORIGINALS) or is_concerned


@dataclass(frozen=True, slots=True)
class EvidenceContent:
    """One content to hand out."""

    name: str
    media_type: str
    sha256: str
    is_inline: bool  # a picture that was made here, which a page may show


def evidence_content(tx: Connection, year: int, item_no: str, ref: str, actor: Actor, kind: str) -> EvidenceContent:
    """The copy, the thumbnail or the original of a piece of evidence of this item; NotFound for what is not theirs."""
    query = _ALL_USES.where(*_of_item(year, item_no), EVIDENCE.c.uid == ref).order_by(USES.c.id)
    rows = [row for row in tx.execute(query) if _may_see(actor, row)]
    if not rows:
        raise NotFound
    row, is_picture = rows[0], rows[0].copy_sha256 is not None
    if kind == "original" or not is_picture:
        if is_picture and not any(_may_have_original(actor, use) for use in rows):
            raise NotFound
        return EvidenceContent(row.name, row.media_type, row.sha256, is_inline=False)
    digest = row.thumbnail_sha256 if kind == "thumbnail" else row.copy_sha256
    return EvidenceContent(f"{row.name.rpartition('.')[0]}.jpg", "image/jpeg", digest, is_inline=True)
