"""What can happen next in a project, from what its charts allow: who has which approval, and what waits for whom."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from workflows.charts.approval import APPROVAL, HANDLING, REMINDERS
from workflows.charts.model import Move
from workflows.rules.responsible_party import leading_moves

AT_WORK = "registered"  # the state of a project in which people move its approvals
COMPLETED, AFTER_GRANTS = "completed", ("supply_owed", "settle_owed", "record_check")
DELIVER = "deliver"
REAPPLY = "reapply"
OWNER, WINDOW = "owner", "window"
HELPERS = ("liaison", "service_centre")  # who can help when nobody can move anything


class ApprovalStatus(Protocol):
    """What is looked at of an approval; `requires` are the codes that must be granted first."""

    @property
    def code(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def requires(self) -> tuple[str, ...]: ...

    @property
    def delivered_on(self) -> date | None: ...

    @property
    def waits_for_works(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class NextSteps:
    """Who can do what next, by the codes of approvals.

    `todo` are the owner's tasks by their move, `in_hand` is what windows answer, decide or deliver. `blockers` were
    withdrawn although others, `blocked`, wait for them directly or not; they are among the tasks to apply again.
    `optional` was withdrawn, and nothing waits for it. `after_works` wait for the completion of the works alone, which
    its owner and its liaison report while the project is at work. `is_stuck` when it is at work and nobody can lead on.
    """

    todo: Mapping[str, tuple[str, ...]]
    in_hand: tuple[str, ...]
    blockers: tuple[str, ...]
    blocked: tuple[str, ...]
    optional: tuple[str, ...]
    after_works: tuple[str, ...]
    is_stuck: bool


def is_open_in(project_state: str, move: str) -> bool:
    """Whether people may make this move of an approval while its project is in this state.

    Art. 44: what was decided is delivered, whatever became of the project. What a grant left owed is handed in and
    ticked off when the project is complete, too.
    """
    if move in HANDLING or move in REMINDERS:  # whether anything is left to be done is for the approval to say
        return True
    return project_state == AT_WORK or move == DELIVER or (project_state == COMPLETED and move in AFTER_GRANTS)


def moves_on(project_state: str, approval: ApprovalStatus) -> tuple[Move, ...]:
    """The moves by which people lead this approval on; a decision is delivered once."""
    moves = (move for move in leading_moves(APPROVAL, approval.state) if not move.is_systems)
    is_delivered = approval.delivered_on is not None
    return tuple(m for m in moves if is_open_in(project_state, m.name) and not (is_delivered and m.name == DELIVER))


def next_steps(project_state: str, approvals: Iterable[ApprovalStatus]) -> NextSteps:
    """The next steps in a project with these approvals, from what its chart allows."""
    by_code = {approval.code: approval for approval in sorted(approvals, key=lambda approval: approval.code)}
    moves = {code: moves_on(project_state, approval) for code, approval in by_code.items()}
    withdrawn = {code for code, approval in by_code.items() if approval.state == "withdrawn" and moves[code]}
    waiting = [approval for approval in by_code.values() if approval.state == "waiting"]
    blockers = withdrawn.intersection(code for approval in waiting for code in approval.requires)
    granted = {code for code, approval in by_code.items() if approval.state == "granted"}
    for_works = [a.code for a in waiting if a.waits_for_works and granted.issuperset(a.requires)]
    after_works = tuple(for_works) if project_state == AT_WORK else ()
    todo: dict[str, tuple[str, ...]] = {}
    for code, own in moves.items():
        for move in own:
            if OWNER in move.by and code not in withdrawn - blockers:
                todo[move.name] = (*todo.get(move.name, ()), code)
    return NextSteps(
        todo=todo,
        in_hand=tuple(code for code, own in moves.items() if any(WINDOW in move.by for move in own)),
        blockers=tuple(sorted(blockers)),
        blocked=waiting_for(blockers, waiting),
        optional=tuple(sorted(withdrawn - blockers)),
        after_works=after_works,
        is_stuck=project_state == AT_WORK and not after_works and not any(moves.values()),
    )


def waiting_for(codes: Collection[str], waiting: Iterable[ApprovalStatus]) -> tuple[str, ...]:
    """Those among the waiting approvals that need one of these, directly or through one another."""
    needs = {approval.code: approval.requires for approval in waiting}
    reached: set[str] = set(codes)
    while more := {code for code, required in needs.items() if code not in reached and reached.intersection(required)}:
        reached |= more
    return tuple(sorted(reached - set(codes)))
