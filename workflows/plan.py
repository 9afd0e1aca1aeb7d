"""What is left of a project's plan: the chain of items that decides when it can end."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """A chain of items, each a prerequisite of the next; `days` is the sum of their limits in working days."""

    days: int
    codes: tuple[str, ...]


NOTHING_LEFT = CriticalPath(0, ())


def critical_path(
    limits: Mapping[str, int], requires: Mapping[str, Iterable[str]], done: Collection[str] = ()
) -> CriticalPath:
    """The longest chain through what is not done, by `limits`; the first by code among equally long ones.

    `requires` maps an item to its prerequisites; those without a limit are no part of the plan and are passed over.
    """
    left = {code: [r for r in requires.get(code, ()) if r in limits and r not in done] for code in limits}
    longest: dict[str, CriticalPath] = {}
    for code in TopologicalSorter({code: left[code] for code in limits if code not in done}).static_order():
        before = _first_longest(longest[r] for r in left[code])
        longest[code] = CriticalPath(before.days + limits[code], (*before.codes, code))
    return _first_longest(longest.values())


def _first_longest(paths: Iterable[CriticalPath]) -> CriticalPath:
    return min(paths, key=lambda path: (-path.days, path.codes), default=NOTHING_LEFT)
