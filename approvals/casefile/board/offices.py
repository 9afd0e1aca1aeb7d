"""The offices on the board: their own steps by light, beside the departments that they press."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from approvals.supervision.office_tasks import waiting_steps
from workflows.charts.roles import LEVELS
from workflows.clock.lights import LIGHTS
from workflows.label import Label

WORST_FIRST = tuple(reversed(LIGHTS))
OFFICES = (3, 2)  # levels that are always listed; the heads of windows are where they owe a step


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """The steps that wait at one level, by light."""

    level: int
    name: Label
    counts: Mapping[str, int]

    @property
    def waiting(self) -> int:
        return sum(self.counts.values())


def office_rows(tx: Connection, today: date) -> tuple[OfficeRow, ...]:
    """The offices with what waits there today."""
    counted = Counter((step.level, step.deadline.light) for step in waiting_steps(tx, today))
    levels = [*OFFICES, *sorted({level for level, _ in counted} - set(OFFICES))]
    return tuple(
        OfficeRow(level, Label(*LEVELS[level]), {light: counted[level, light] for light in LIGHTS}) for level in levels
    )
