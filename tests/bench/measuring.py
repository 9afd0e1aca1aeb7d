"""How anything is measured here: sides take turns, medians are compared, and nothing is timed alone."""

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

Side = Callable[[], float]  # does some work and gives a rate or a time


class CannotBeHad(Exception):
    """Something that a row needs is not on this machine; the page says so in place of a figure."""


@dataclass(frozen=True, slots=True)
class Bench:
    """How much is measured. `seconds` is what one row may take in rounds, `scale` makes everything smaller."""

    folder: Path
    rounds: int = 7
    seconds: float = 40
    scale: float = 1
    approvals: tuple[int, int] = (10_000, 1_000_000)  # of the small and of the grown city
    engines: tuple[str, ...] = ("sqlite",)  # on which cities grow

    def many(self, number: int, least: int = 2) -> int:
        """This number of things, or fewer in a trial."""
        return max(least, int(number * self.scale))

    def new_folder(self, name: str) -> Path:
        """A folder of this row's own."""
        path = self.folder / name
        path.mkdir(parents=True)
        return path


@dataclass(frozen=True, slots=True)
class Target:
    """What the ratio should be: at least or at most this."""

    sign: str
    bound: float

    def holds(self, ratio: float) -> bool:
        return ratio >= self.bound if self.sign == "≥" else ratio <= self.bound

    def __str__(self) -> str:
        return f"{self.sign} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the page: what was measured beside what, in `unit`; without values it says in `note` why not."""

    row: str
    work: str
    beside: str
    target: Target | None
    unit: str = ""
    ours: tuple[float, ...] = ()
    theirs: tuple[float, ...] = ()
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Of the medians."""
        return median(self.ours) / median(self.theirs) if self.ours and self.theirs else None

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest ratio of any round."""
        ratios = [ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=False)]
        return min(ratios), max(ratios)

    @property
    def is_met(self) -> bool | None:
        return None if self.ratio is None or self.target is None else self.target.holds(self.ratio)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the targets by its number or name, what is measured, and how; `measure` yields its findings."""

    number: str
    work: str
    measure: Callable[[Bench], Iterable[Finding]] = field(repr=False)


def interleaved(bench: Bench, *sides: Side) -> list[tuple[float, ...]]:
    """What each side gave in each round. The sides take turns, another one first each time.

    A first turn of each is not counted. There is at least one round; none begins after the row's time is up. No turn
    pays for what another one left to be collected.
    """
    for side in sides:
        side()
    values: list[list[float]] = [[] for _ in sides]
    until = time.monotonic() + bench.seconds
    for number in range(bench.rounds):
        if number and time.monotonic() > until:
            break
        for turn in range(len(sides)):
            place = (turn + number) % len(sides)
            gc.collect()
            values[place].append(sides[place]())
    return [tuple(figures) for figures in values]


def compared(
    bench: Bench, row: str, work: str, beside: str, target: Target, unit: str, ours: Side, theirs: Side, note: str = ""
) -> Finding:
    """What came of the two sides of a row."""
    return Finding(row, work, beside, target, unit, *interleaved(bench, ours, theirs), note)


def rate(work: Callable[[], object], times: int) -> float:
    """How often a second this can be done, over so many times."""
    return times / seconds(lambda: [work() for _ in range(times)])


def seconds(work: Callable[[], object]) -> float:
    """How long this takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
