"""The speed of windows: the quartiles of the working days that their decisions took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

FEWEST = 5  # decisions that a pace needs; fewer say little about the next one


@dataclass(frozen=True, slots=True)
class DecisionSpeed:
    """Working days from the acceptance to the decision: a quarter took at most `low`, three quarters at most `high`."""

    low: int
    high: int
    decided: int  # decisions that it rests on


@dataclass(frozen=True, slots=True)
class DecisionSpeeds:
    """The working days that decisions used, by department and item, each list in rising order."""

    used: Mapping[tuple[str, str], Sequence[int]]

    def of(self, department: str, code: str) -> DecisionSpeed | None:
        """The pace of this item there, else of the whole department; None where too little was decided."""
        of_item = self.used.get((department, code), ())
        if len(of_item) >= FEWEST:
            return pace_of(of_item)
        of_department = sorted(days for (name, _), used in self.used.items() if name == department for days in used)
        return pace_of(of_department) if len(of_department) >= FEWEST else None


def pace_of(used: Sequence[int]) -> DecisionSpeed:
    """The quartiles of these days, which are in rising order: each is one of them."""
    return DecisionSpeed(used[-(-len(used) // 4) - 1], used[-(-3 * len(used) // 4) - 1], len(used))


def year_before(day: date) -> date:
    """The same day a year before; of 29 February, the 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
