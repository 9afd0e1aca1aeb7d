"""What the forms of an approval's moves offer: moves to choose from, first values, choices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.base.i18n import N_, label
from approvals.calendar.queries import limits_of
from approvals.filing.documents import DocumentView
from approvals.windows.materials import MaterialSource, sources
from approvals.windows.notice_phrases import HAND_IN, NOT_HANDED_IN, Sentences, often_used
from approvals.windows.queries import ApprovalView, open_to
from workflows.charts.approval import APPROVAL
from workflows.charts.model import Move
from workflows.clock.approval_clock import max_extension

HAND_INS, NOTICES = ("submit", "resubmit"), ("notify_once", "notify_again")
AT_ONCE = replace(APPROVAL.move("grant"), name="grant_at_once", zh="即来即办:受理并准予", en="Accept and grant at once")
FORMS: Mapping[str, Move] = {move.name: move for move in (*APPROVAL.moves, AT_ONCE) if not move.is_systems}
HINTS: Mapping[str, str] = {
    "expected_days": N_("The owner is told how long it will take."),
    "notice": N_("What the owner is told in writing (Art. 45)."),
    "justification": N_("A second notice is a breach of the one-time notice; supervision reads why it was needed."),
}  # by the name of what a move needs
_GROUPS = ("main", "quiet", "danger")
Rows = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Offers:
    """The moves that are open, and what their forms offer; `first` holds the first values of a move's form."""

    moves: tuple[Move, ...]
    first: Mapping[str, Rows]
    procedures: tuple[tuple[str, int | None], ...]
    most_days: int
    materials: tuple[str, ...]
    documents: tuple[DocumentView, ...]
    sources: Mapping[str, MaterialSource]
    sentences: Sentences | None

    @property
    def document_choices(self) -> list[tuple[str, str]]:
        return [(one.uid, one.name) for one in self.documents]

    @property
    def procedure_choices(self) -> list[tuple[str, str]]:
        return [(name, name) for name, _ in self.procedures]

    @property
    def caps(self) -> str:
        """The procedures that have a cap in working days, as one line."""
        return ", ".join(f"{name} {cap}" for name, cap in self.procedures if cap)

    def has(self, move: str) -> bool:
        """Whether a move is among the open ones."""
        return any(one.name == move for one in self.moves)


def offers(
    tx: Connection,
    found: ApprovalView,
    actor: Actor,
    *,
    asked_for: Iterable[str],
    missing: Iterable[str],
    documents: Iterable[DocumentView],
    granted: Mapping[str, str],
) -> Offers:
    """What the actor may do now; `asked_for` are the materials of a notice, `missing` those not handed in.

    `granted` are the numbers of the project's granted documents, by code.
    """
    moves, documents = _moves(tx, found, actor), tuple(documents)
    writes_notice = any(move.name in NOTICES for move in moves)
    materials = tuple(dict.fromkeys([*found.item.materials, *asked_for]))
    known = sources(found.item, materials, granted, documents)
    return Offers(
        moves=moves,
        first=_each(HAND_INS, {"materials": _to_hand_in(known)}) | _each(NOTICES, {"items": _to_tell(missing)}),
        procedures=tuple(found.item.special.items()),
        most_days=max_extension(limits_of(found)),
        materials=materials,
        documents=documents,
        sources=known,
        sentences=often_used(tx, found.place.department_id or 0) if writes_notice else None,
    )


def _moves(tx: Connection, found: ApprovalView, actor: Actor) -> tuple[Move, ...]:
    """The open moves, what is hard to take back last; who may accept an instant item may grant it in the same step."""
    moves = open_to(tx, found, actor)
    is_at_once = found.item.instant and any(move.name == "accept" for move in moves)
    return tuple(sorted((AT_ONCE, *moves) if is_at_once else moves, key=lambda move: _GROUPS.index(move.group)))


def _to_hand_in(known: Mapping[str, MaterialSource]) -> list[Rows]:
    """What is in the system already is chosen already, a file with its last document."""
    return [{"name": name, "document": source.uid} for name, source in known.items()]


def _to_tell(missing: Iterable[str]) -> list[Rows]:
    problem, remedy = label(NOT_HANDED_IN), label(HAND_IN)
    return [{"material": name, "problem": problem, "remedy": remedy} for name in missing]


def _each(moves: Iterable[str], values: Rows) -> dict[str, Rows]:
    return {move: values for move in moves}
