"""Options of the forms of an approval's moves: open moves, first values, choices, phrases for notices."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.base.i18n import N_, label, series
from approvals.calendar.queries import limits_of
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.windows.handlers import members
from approvals.windows.queries import OWED_MOVES, ApprovalView, open_to
from workflows.charts.approval import APPROVAL
from workflows.charts.model import Move
from workflows.clock.approval_clock import max_extension
from workflows.label import Label
from workflows.rules.item_words import move_of
from workflows.rules.owed_materials import OwedMaterials

NOTICES = ("notify_once", "notify_again")
AT_ONCE = replace(APPROVAL.move("grant"), name="grant_at_once", zh="即来即办:受理并准予", en="Accept and grant at once")
FORMS: Mapping[str, Move] = {move.name: move for move in (*APPROVAL.moves, AT_ONCE) if not move.is_systems}
HINTS: Mapping[str, str] = {
    "expected_days": N_("The owner is informed of the expected duration."),
    "notice": N_("Written information for the owner (Art. 45)."),
    "justification": N_(
        "A second notice departs from the rule of one-time notice. The reason is visible to the supervision office."
    ),
    "owed_until": N_("Required when materials may follow. The clock runs normally meanwhile."),
    "check_on": N_("Only for a grant on the owner's written promise: the day by which the promise is checked."),
    "correct_by": N_("Required when the promise was broken: it is checked again by then."),
    "document_on": N_("If left empty, the day of the grant applies."),
    "valid_until": N_("If left empty, the validity set in the catalogue applies."),
}  # by the name of what a move needs
_GROUPS = ("main", "quiet", "danger")
Rows = Mapping[str, Any]
LAST_NOTICES = 50  # that are looked at
MOST_SENTENCES = 12  # sentences offered
NOT_HANDED_IN = Label("未提交", "Not handed in")
HAND_IN = Label("请补充提交", "Please hand it in")
COMMON_PROBLEMS = (
    NOT_HANDED_IN,
    Label("未加盖公章", "Not stamped with the official seal"),
    Label("未签字", "Not signed"),
    Label("已超过有效期", "No longer valid"),
    Label("内容与申请表不一致", "Does not agree with the application form"),
    Label("扫描件不清晰", "The scan cannot be read"),
    Label("缺少附图", "The drawings are missing"),
)
COMMON_REMEDIES = (
    HAND_IN,
    Label("加盖公章后重新提交", "Stamp it and hand it in again"),
    Label("签字后重新提交", "Sign it and hand it in again"),
    Label("更新后重新提交", "Renew it and hand it in again"),
    Label("核对更正后重新提交", "Correct it and hand it in again"),
    Label("重新扫描后提交", "Scan it again and hand it in"),
)


@dataclass(frozen=True, slots=True)
class NoticePhrases:
    """Phrases for a one-time notice; `own` are the department's, `common` ones have two languages."""

    own_problems: tuple[str, ...]
    own_remedies: tuple[str, ...]
    common_problems: tuple[Label, ...] = COMMON_PROBLEMS
    common_remedies: tuple[Label, ...] = COMMON_REMEDIES


@dataclass(frozen=True, slots=True)
class FormOptions:
    """The moves that are open, and what their forms offer; `first` holds the first values of a move's form."""

    moves: tuple[Move, ...]
    first: Mapping[str, Rows]
    procedures: tuple[tuple[str, int | None], ...]
    most_days: int
    materials: tuple[str, ...]
    sentences: NoticePhrases | None
    owed: OwedMaterials | None
    may_follow: tuple[str, ...]
    handlers: tuple[tuple[str, str], ...] = ()  # user names and names of whom the case may be assigned to

    def names(self, move: str) -> tuple[str, ...]:
        """The materials that the form of this move lists."""
        if move == "accept":
            return self.may_follow
        return self.owed.unsettled if self.owed and move in OWED_MOVES else self.materials

    @property
    def procedure_choices(self) -> list[tuple[str, str]]:
        return [(name, name) for name, _ in self.procedures]

    @property
    def caps(self) -> str:
        """The procedures that have a cap in working days, as one line."""
        return series(f"{name} {cap}" for name, cap in self.procedures if cap)

    def has(self, move: str) -> bool:
        """Whether a move is among the open ones."""
        return any(option.name == move for option in self.moves)


def form_options(
    tx: Connection,
    approval: ApprovalView,
    actor: Actor,
    requested: Iterable[str],
    missing: Iterable[str],
    *,
    owed: OwedMaterials | None,
) -> FormOptions:
    """The options of this actor; `requested` are the materials of a notice, `missing` those not handed in."""
    moves = _moves(tx, approval, actor)
    writes_notice = any(move.name in NOTICES for move in moves)
    return FormOptions(
        moves=moves,
        first={move: {"items": _first_items(missing)} for move in NOTICES},
        procedures=tuple(approval.item.special.items()),
        most_days=max_extension(limits_of(approval)),
        materials=tuple(dict.fromkeys([*approval.item.materials, *requested])),
        sentences=_notice_phrases(tx, approval.place.department_id or 0) if writes_notice else None,
        owed=owed,
        may_follow=approval.item.may_follow,
        handlers=_handlers(tx, approval) if any(move.name == "assign" for move in moves) else (),
    )


def _handlers(tx: Connection, approval: ApprovalView) -> tuple[tuple[str, str], ...]:
    people = members(tx, approval.place.department_id or 0)
    return tuple((member.username, member.name) for member in people if member.username != approval.handler)


def _moves(tx: Connection, approval: ApprovalView, actor: Actor) -> tuple[Move, ...]:
    """The open moves, dangerous ones last; an instant item may be accepted and granted in one step."""
    moves = tuple(map(partial(_as_asked, approval), open_to(tx, approval, actor)))
    is_at_once = approval.item.instant and not approval.is_own and any(move.name == "accept" for move in moves)
    offered = (AT_ONCE, *moves) if is_at_once else moves
    return tuple(move_of(approval.item, move) for move in sorted(offered, key=lambda move: _GROUPS.index(move.group)))


def _as_asked(approval: ApprovalView, move: Move) -> Move:
    """The move with the needs that count for this item: what may follow, and the check of a promise."""
    if move.name == "accept" and not approval.item.may_follow:
        return replace(move, needs=())
    if move.name == "grant" and not approval.item.promise_checked_within:
        return replace(move, needs=tuple(need for need in move.needs if need.name != "check_on"))
    return move


def _first_items(missing: Iterable[str]) -> list[Rows]:
    problem, remedy = label(NOT_HANDED_IN), label(HAND_IN)
    return [{"material": name, "problem": problem, "remedy": remedy} for name in missing]


def _notice_phrases(tx: Connection, department_id: int) -> NoticePhrases:
    """The sentences of the department's last notices, the most frequent first."""
    rows = tx.execute(
        select(ENTRY.c.facts)
        .join(APPROVALS, APPROVALS.c.id == ENTRY.c.approval_id)
        .where(APPROVALS.c.department_id == department_id, ENTRY.c.subject == APPROVAL.name)
        .where(ENTRY.c.move.in_(("notify_once", "notify_again")))
        .order_by(ENTRY.c.at.desc(), ENTRY.c.id.desc())
        .limit(LAST_NOTICES)
    )
    items = [item for row in rows for item in orjson.loads(row.facts)["items"]]
    return NoticePhrases(_frequent(item["problem"] for item in items), _frequent(item["remedy"] for item in items))


def _frequent(sentences: Iterable[str]) -> tuple[str, ...]:
    counts = Counter(sentence for sentence in sentences if "\n" not in sentence)
    return tuple(sentence for sentence, _ in counts.most_common(MOST_SENTENCES))
