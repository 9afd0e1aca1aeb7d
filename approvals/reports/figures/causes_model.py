"""Late approvals by cause: by whose time went most into them, and by what came of their escalations."""

from dataclasses import dataclass

from workflows.label import Label


@dataclass(frozen=True, slots=True)
class CauseCounts:
    """Late approvals of one cause at a period's end; `over_*` are working days beyond the promised limit."""

    late: int = 0
    red: int = 0  # of these
    over_sum: int = 0
    over_longest: int = 0


@dataclass(frozen=True, slots=True)
class CauseLine:
    """One cause: at the end of this period and of the one before."""

    key: str
    label: Label
    now: CauseCounts
    before: CauseCounts


@dataclass(frozen=True, slots=True)
class LateCauses:
    """Each late approval counts once by time and once by answer."""

    by_time: tuple[CauseLine, ...] = ()
    by_answer: tuple[CauseLine, ...] = ()
