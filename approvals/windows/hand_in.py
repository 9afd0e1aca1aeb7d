"""The form by which materials are handed in: a row for each material, its files, what is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.calendar.queries import limits_of
from approvals.filing.document_changes import is_changed_by, relied_upon
from approvals.filing.documents import DocumentView
from approvals.history.queries import EntryView, entries_of_approval
from approvals.windows.form_options import NOTICES
from approvals.windows.guides import Guide, guides_of
from approvals.windows.materials import HAND_INS, MaterialSource, sources
from approvals.windows.queries import ApprovalView
from workflows.charts.approval import APPROVAL
from workflows.charts.model import Move
from workflows.config.catalogue import Item
from workflows.rules.owed_materials import OwedMaterials

SUPPLEMENT, SUPPLY = "supplement", "supply_owed"  # moves that only add to what was handed in
LEAST = 2  # characters of a name by which a file is recognised


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file of a material. `is_new` until it is handed in, `is_open` to changes by the reader."""

    document: DocumentView
    is_new: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A material as the form offers it. `hints` are files of no use yet whose names are like that of the material."""

    name: str
    files: tuple[OfferedFile, ...]
    granted: MaterialSource | None
    is_in_hand: bool  # handed in already in this round
    guides: tuple[Guide, ...]
    hints: tuple[DocumentView, ...]
    others: tuple[DocumentView, ...]  # all other files of the project


@dataclass(frozen=True, slots=True)
class Ticked:
    """The lines that are ticked: files as (material, id), and by material what else comes: an id, or paper if empty."""

    files: frozenset[tuple[str, str]]
    others: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HandIn:
    """The move that is open, the rows of its form, and the lines that are ticked at first.

    `answer_days` are the working days within which the window answers.
    """

    move: Move
    rows: tuple[MaterialRow, ...]
    first: tuple[Mapping[str, str], ...]
    answer_days: int

    @property
    def is_supplement(self) -> bool:
        return self.move.name == SUPPLEMENT

    def ticked(self, typed: Iterable[Mapping[str, str]] | None) -> Ticked:
        """The lines that were ticked when the form was refused, else those that are ticked at first."""
        lines = [(line["name"], line.get("document", "")) for line in (self.first if typed is None else typed)]
        offered = {(row.name, file.document.uid) for row in self.rows for file in row.files}
        return Ticked(frozenset(offered.intersection(lines)), dict(line for line in lines if line not in offered))


@dataclass(frozen=True, slots=True)
class InHand:
    """What a round has brought so far: names and files handed in, and what its last notice asks for."""

    names: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    requested: tuple[str, ...] = ()

    def lacking(self, item: Item, names: Iterable[str]) -> tuple[str, ...]:
        """What is missing when these materials are added: what the notice asks for, and what never came."""
        added, needed = frozenset(names), dict.fromkeys((*item.materials, *self.requested))
        return tuple(
            name for name in needed if name not in added and (name in self.requested or name not in self.names)
        )


def in_hand_of(approval: ApprovalView, entries: Iterable[EntryView]) -> InHand:
    """What the entries of this round of the approval have brought; `entries` are in their order."""
    names, files, requested = set[str](), set[str](), tuple[str, ...]()
    own = (entry for entry in entries if entry.subject == APPROVAL.name and entry.round == approval.round)
    for entry in own:
        if entry.move in HAND_INS:
            names |= {row["name"] for row in entry.facts["materials"]}
            files |= {row["document"] for row in entry.facts["materials"] if row.get("document")}
        elif entry.move in NOTICES:
            requested = tuple(row["material"] for row in entry.facts["items"])
    return InHand(frozenset(names), frozenset(files), requested)


def lacking(tx: Connection, approval: ApprovalView, move: str, names: Iterable[str]) -> tuple[str, ...]:
    """The materials that would be missing after this hand-in; none for those that only add."""
    if move not in HAND_INS or move in (SUPPLEMENT, SUPPLY):
        return ()
    return in_hand_of(approval, entries_of_approval(tx, approval.id)).lacking(approval.item, names)


def hand_in_form(
    tx: Connection,
    approval: ApprovalView,
    actor: Actor,
    moves: Sequence[Move],
    in_hand: InHand,
    *,
    documents: Sequence[DocumentView],
    granted: Mapping[str, MaterialSource],
    owed: OwedMaterials | None,
) -> HandIn | None:
    """The form of the hand-in that is open to the actor; None when there is none."""
    move = next((move for move in moves if move.name in HAND_INS), None)
    if move is None:
        return None
    fixed = relied_upon(tx, approval.project_id)
    open_uids = frozenset(
        document.uid
        for document in documents
        if document.uid not in fixed and is_changed_by(actor, approval.place, document.username)
    )
    names = tuple(dict.fromkeys((*approval.item.materials, *in_hand.requested)))
    if owed and move.name == SUPPLY:
        names = owed.unsettled
    in_system = sources(approval.item, names, granted, ())
    rows = tuple(_row(approval.item, name, in_system.get(name), in_hand, documents, open_uids) for name in names)
    return HandIn(move, rows, tuple(_first(move.name, rows)), limits_of(approval).notice)


def _row(
    item: Item,
    name: str,
    source: MaterialSource | None,
    in_hand: InHand,
    documents: Sequence[DocumentView],
    open_uids: frozenset[str],
) -> MaterialRow:
    files = tuple(
        OfferedFile(document, is_new=document.uid not in in_hand.files, is_open=document.uid in open_uids)
        for document in documents
        if document.material == name
    )
    others = tuple(document for document in documents if document.material != name)
    hints = tuple(document for document in others if document.uid in open_uids and _is_like(document, name))
    return MaterialRow(
        name=name,
        files=files,
        granted=source,
        is_in_hand=name in in_hand.names,
        guides=guides_of(item, name),
        hints=() if files or source else hints,
        others=others,
    )


def _is_like(document: DocumentView, material: str) -> bool:
    """Whether a file of no use yet has the name of this material, or a part of it."""
    stem = "".join(document.name.rpartition(".")[0].split()).casefold()
    wanted = "".join(material.split()).casefold()
    return not document.material and (wanted in stem or (len(stem) >= LEAST and stem in wanted))


def _first(move: str, rows: Iterable[MaterialRow]) -> Iterable[Mapping[str, str]]:
    """What is in the system is ticked at first: the files that are new, else those that were handed in before."""
    for row in rows:
        is_extra = move == SUPPLEMENT and row.is_in_hand
        if row.granted:
            yield from () if is_extra else ({"name": row.name},)
            continue
        fresh = [file for file in row.files if file.is_new]
        for file in fresh or ([] if is_extra else row.files):
            yield {"name": row.name, "document": file.document.uid}
