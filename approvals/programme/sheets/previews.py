"""What the preview of a programme's sheet tells: each entry or item as the sheet has it, compared with what stands."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from approvals.accounts.actors import Actor
from approvals.base.errors import Problem, invalid
from approvals.base.i18n import N_, translated
from approvals.base.sheet_lines import SheetFault
from approvals.base.sheets import SheetIdentity
from approvals.history.commands import MoveWarning
from workflows.label import Label

Status = Literal["new", "changed", "same", "blank", "refused"]
Cells = dict[str, str]  # what an entry or a plan says, cell by cell: texts by path
Naming = Callable[[str], tuple[Label, Label | None]]  # what a path is called
FIELD = "file"
OTHER_KIND = N_("This is a different sheet of this service. Download the right one and fill it in.")
OTHER_UNIT = N_("This is the sheet of %(unit)s. Each unit sends its own.")
OTHER_EDITION = N_("This sheet is out of date. Download it again and fill it in.")
OTHER_PERIOD = N_("This is the sheet of %(period)s, not of %(chosen)s.")
WHICH_MONTH = N_("The sheet does not say which month it is for. Select the month.")


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that the sheet changes, as texts: what stood at the preview, what stands now, what the sheet says.

    `name` is the figure or row that it is of, `label` what of it, None for the figure itself.
    """

    name: Label
    label: Label | None
    before: str
    now: str
    sent: str

    @property
    def is_contested(self) -> bool:
        """Whether somebody changed it since the preview, to something else than the sheet says."""
        return self.before != self.now


@dataclass(frozen=True, slots=True)
class SubjectPreview:
    """What the sheet says of one entry or item. `has_moved` tells that it has changed since the last preview."""

    key: str  # number of the item, for an entry with the code of its task: 030/510402
    name: str
    place: str
    rows: tuple[int, ...]
    status: Status
    version: int
    cells: Cells
    changes: tuple[CellChange, ...] = ()
    faults: tuple[SheetFault, ...] = ()
    warnings: tuple[MoveWarning, ...] = ()
    input: Mapping[str, Any] | None = None
    has_moved: bool = False

    @property
    def is_to_take(self) -> bool:
        return self.status in ("new", "changed")


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """What a sheet says for a month or a year."""

    period: str  # 2026-05, or 2026
    entries: tuple[SubjectPreview, ...]
    strays: tuple[SheetFault, ...]  # rows of nothing that the sheet may tell of

    def count(self, *statuses: Status) -> int:
        return sum(entry.status in statuses for entry in self.entries)

    @property
    def faults(self) -> tuple[SheetFault, ...]:
        return (*self.strays, *(fault for entry in self.entries for fault in entry.faults))

    @property
    def refusals(self) -> int:
        """How many entries or items are refused, and how many rows that are of none."""
        return self.count("refused") + len({(fault.sheet, fault.row) for fault in self.strays})

    @property
    def has_something_to_take(self) -> bool:
        return any(entry.is_to_take for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood at a preview."""

    version: int
    cells: Cells


def period_of(identity: SheetIdentity | None, chosen: str, actor: Actor, kind: str, edition: str) -> str:
    """The month or year that a sheet is for; Invalid for the sheet of somebody else, of another time or kind."""
    if identity is None:
        if not chosen:
            raise invalid(FIELD, WHICH_MONTH)
        return chosen
    if identity.kind != kind:
        raise invalid(FIELD, OTHER_KIND)
    if identity.unit != actor.unit:
        raise invalid(FIELD, OTHER_UNIT, unit=identity.unit)
    if identity.edition != edition:
        raise invalid(FIELD, OTHER_EDITION)
    if chosen and chosen != identity.month:
        raise invalid(FIELD, OTHER_PERIOD, period=identity.month, chosen=chosen)
    return identity.month


def changes_of(seen: Cells, standing: Cells, said: Cells, named: Naming) -> tuple[CellChange, ...]:
    """The cells that the sheet changes, and those that somebody changed since the preview."""
    return tuple(_changes(seen, standing, said, named))


def _changes(seen: Cells, standing: Cells, said: Cells, named: Naming) -> Iterator[CellChange]:
    for path in dict.fromkeys((*said, *standing, *seen)):
        texts = seen.get(path, ""), standing.get(path, ""), said.get(path, "")
        if len(set(texts)) > 1:
            yield CellChange(*named(path), *texts)


def reason_of(fault: SheetFault | MoveWarning | Problem) -> str:
    """The fault in the language in use."""
    return translated(fault.message, fault.params)
