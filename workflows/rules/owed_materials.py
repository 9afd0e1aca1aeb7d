"""容缺受理: materials that an acceptance leaves owed until a day, and what became of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflows.rules.due_statements import DueStatement, RecordedStep, as_day, next_day

REMINDED_BEFORE = timedelta(days=3)  # calendar days ahead of the day
OWED, SUPPLIED, SETTLED = "owed", "supplied", "settled"  # not handed in; handed in; found in order by the window
ENDS = ("refuse", "withdraw_approval", "strike", "reapply")  # moves after which nothing is owed any more
REMIND, MISS = "remind_owed", "miss_owed"
MOVES = ("accept", "supply_owed", "settle_owed", REMIND, MISS, *ENDS)


@dataclass(frozen=True, slots=True)
class OwedMaterials:
    """What an acceptance left owed: the state of each material by its name."""

    accepted_on: date
    until_on: date
    states: Mapping[str, str]
    documents: Mapping[str, str]  # ids of the files that were handed in, by material
    reminded: bool = False
    missed: bool = False

    @property
    def lacking(self) -> tuple[str, ...]:
        """The materials that the owner has still to hand in."""
        return tuple(name for name, state in self.states.items() if state == OWED)

    @property
    def unsettled(self) -> tuple[str, ...]:
        """The materials that the window has still to tick off."""
        return tuple(name for name, state in self.states.items() if state != SETTLED)

    def is_late(self, today: date) -> bool:
        return bool(self.lacking) and today > self.until_on


def owed_materials(steps: Iterable[RecordedStep]) -> OwedMaterials | None:
    """What is owed after these steps, in the order of the record; None where nothing was left owed."""
    owed: OwedMaterials | None = None
    for step in steps:
        if step.move == "accept":
            owed = _begun(step)
        elif step.move in ENDS:
            owed = None
        elif owed:
            owed = _after(owed, step)
    return owed


def _begun(step: RecordedStep) -> OwedMaterials | None:
    names = step.facts.get("owed")
    if not names:
        return None
    until_on = as_day(step.facts["owed_until"])
    return OwedMaterials(step.on, until_on, dict.fromkeys(names, OWED), {})


def _after(owed: OwedMaterials, step: RecordedStep) -> OwedMaterials:
    if step.move == "supply_owed":
        rows = step.facts["materials"]
        documents = {row["name"]: row.get("document", "") for row in rows}
        supplied = {name: SUPPLIED for name in documents if owed.states.get(name, SETTLED) != SETTLED}
        return replace(owed, states={**owed.states, **supplied}, documents={**owed.documents, **documents})
    if step.move == "settle_owed":
        settled = {name: SETTLED for name in step.facts["owed"] if name in owed.states}
        return replace(owed, states={**owed.states, **settled})
    return replace(owed, reminded=owed.reminded or step.move == REMIND, missed=owed.missed or step.move == MISS)


def due_statements(steps: Sequence[RecordedStep]) -> tuple[DueStatement, ...]:
    """What the system has still to say if nothing more happens: a reminder, and that the day was missed."""
    owed = owed_materials(steps)
    if owed is None:
        return ()
    statements = []
    reminded_on = owed.until_on - REMINDED_BEFORE
    if (
        owed.lacking
        and not owed.reminded
        and owed.accepted_on < reminded_on
        and _lacks(steps, reminded_on - timedelta(days=1))
    ):
        statements.append(DueStatement(REMIND, reminded_on))
    if not owed.missed and _lacks(steps, owed.until_on):
        statements.append(DueStatement(MISS, owed.until_on + timedelta(days=1)))
    return tuple(statements)


def _lacks(steps: Iterable[RecordedStep], on: date) -> bool:
    """Whether anything lacked at the close of this day."""
    owed = owed_materials(step for step in steps if step.on <= on)
    return owed is not None and bool(owed.lacking)


def owed_columns(steps: Sequence[RecordedStep]) -> dict[str, date | None]:
    """The columns of an approval's row that follow from these steps: until when, and when the system speaks next."""
    owed = owed_materials(steps)
    return {
        "owed_until": owed.until_on if owed and owed.unsettled else None,
        "owed_alarm_on": next_day(due_statements(steps)),
    }
