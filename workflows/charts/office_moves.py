"""What the system says of a step that an office owes: that it is due soon, and that it is late."""

from workflows.charts.model import SYSTEM, Move

REMIND, REPORT = "remind_office", "report_late"
STATEMENTS = frozenset({REMIND, REPORT})


def office_moves(*states: str) -> tuple[Move, Move]:
    """The two moves on a case that waits for an office in one of these states, which they leave as it is."""
    return (
        Move(REMIND, states, None, (SYSTEM,), "机关待办提醒", "Remind the office", tells=("level",)),
        Move(REPORT, states, None, (SYSTEM,), "机关超期上报", "Report the office as late", tells=("level", "holder")),
    )
