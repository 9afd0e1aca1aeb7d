"""The responsible party of a case: the role that has to make the next move that leads on."""

from workflows.charts.model import SYSTEM, Chart, Move, open_moves


def leading_moves(chart: Chart, state: str) -> tuple[Move, ...]:
    """The moves that lead on from this state; quiet and dangerous ones are asides."""
    return tuple(move for move in open_moves(chart, state, frozenset(_all_roles(chart))) if move.group == "main")


def holder(chart: Chart, state: str) -> str | None:
    """The role that has to act next; None when the case is done, or the system acts by itself."""
    if chart.state(state).is_final:
        return None
    roles = [role for move in leading_moves(chart, state) for role in move.by if role != SYSTEM]
    return roles[0] if roles else None


def tasks(chart: Chart, state: str, role: str) -> tuple[Move, ...]:
    """The moves by which this role leads on from this state."""
    return tuple(move for move in leading_moves(chart, state) if role in move.by)


def states_held_by(chart: Chart, role: str) -> tuple[str, ...]:
    """The states that wait for this role, in the order of the chart."""
    return tuple(state for state in chart.state_names if holder(chart, state) == role)


def _all_roles(chart: Chart) -> tuple[str, ...]:
    return tuple(role for move in chart.moves for role in move.by)
