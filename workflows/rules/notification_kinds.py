"""Kinds of notices by what their addressee may do: act, follow a case, see an escalation."""

from workflows.charts.approval import AGREE, REMINDERS
from workflows.charts.model import Chart, Move
from workflows.charts.office_moves import REMIND, REPORT
from workflows.charts.roles import LEVEL_ROLES
from workflows.label import Label

KINDS = {
    "act": Label("待我办理", "What I must act on"),
    "cases": Label("与我有关的办理进展", "What concerns my cases"),
    "escalations": Label("升级反馈", "Escalations"),
}
TO_ACT = ("assign", AGREE, *REMINDERS)  # moves by which somebody is told that it is their turn
# The roles of an audience that is more than the role of its name.
ROLES_OF = {"window": LEVEL_ROLES[1], "handler": LEVEL_ROLES[1], "officer": ("liaison", "service_centre")}


def kind_of(chart: Chart, move: Move, audience: str) -> str:
    """The kind of a notice of this move to this audience: "act" if the chart lets them make the next move."""
    if chart.name == "escalation" or move.name == REPORT:
        return "escalations"
    if move.name == REMIND or move.name in TO_ACT:
        return "act"
    roles = {audience, *ROLES_OF.get(audience, ())}
    follow = (next_move for next_move in chart.moves if move.target in next_move.sources and next_move.group == "main")
    return "act" if any(roles.intersection(next_move.by) for next_move in follow) else "cases"
