"""The history as pages show it: by day, what one act recorded of many cases as one line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from approvals.base.moments import day_of
from approvals.history.timeline import EntryDescription

MANY = 3  # entries of one act that are shown as one line; two are as short as they are


@dataclass(frozen=True, slots=True)
class TimelineAct:
    """What one act recorded at one moment, the latest first: one entry, or many that say the same of several cases."""

    entries: tuple[EntryDescription, ...]

    @property
    def is_merged(self) -> bool:
        return len(self.entries) > 1

    @property
    def codes(self) -> tuple[str, ...]:
        """The approvals that it was about, each once, by code."""
        return tuple(sorted({entry.code for entry in self.entries if entry.code}))


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """What happened on one day, the latest first."""

    on: date
    entries: tuple[EntryDescription, ...]

    @property
    def acts(self) -> tuple[TimelineAct, ...]:
        """The same entries in the same order, those of one act together where they are many."""
        runs = (tuple(run) for _, run in groupby(self.entries, key=_act))
        return tuple(
            TimelineAct(part) for run in runs for part in ([run] if len(run) >= MANY else [(entry,) for entry in run])
        )


def by_day(entries: Iterable[EntryDescription]) -> tuple[TimelineDay, ...]:
    """The entries by day, the latest day and entry first."""
    latest_first = sorted(entries, key=lambda entry: (entry.at, entry.seq), reverse=True)
    days = groupby(latest_first, key=lambda entry: day_of(entry.at))
    return tuple(TimelineDay(on, tuple(group)) for on, group in days)


def _act(entry: EntryDescription) -> tuple[object, ...]:
    """What entries of one act have in common."""
    whose = entry.who, entry.away, entry.role, entry.unit, entry.program, entry.is_for_owner
    return entry.at, entry.recorded_at, entry.subject, entry.move.name, entry.state, entry.tone, *whose
