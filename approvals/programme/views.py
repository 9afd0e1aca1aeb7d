"""What the ledger shows of the year's programme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from approvals.accounts.queries import UnitName
from workflows.label import Label

STATUSES = {
    "under_way": Label("在建", "Under way"),
    "completed": Label("已完成", "Completed"),
    "suspended": Label("已中止", "Suspended"),
}
TONES = {"under_way": "registered", "completed": "completed", "suspended": "suspended"}  # as states of projects look
KINDS = {"construction": Label("建设工程", "Construction"), "service": Label("服务事项", "Service")}


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which items are to be listed; what is left empty does not narrow it."""

    year: int
    search: str = ""
    category: str = ""
    status: str = ""
    kind: str = ""
    is_key: bool = False
    is_practical_matter: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """What some items come to; amounts in 10,000 yuan."""

    items: int = 0
    completed: int = 0
    under_way: int = 0
    suspended: int = 0
    planned_10k_yuan: Decimal = Decimal(0)
    executed_10k_yuan: Decimal = Decimal(0)
    practical_matters: int = 0
    practical_matters_completed: int = 0

    @property
    def executed_part(self) -> Decimal | None:
        """How much of the planned money is executed; None when none was planned."""
        return self.executed_10k_yuan / self.planned_10k_yuan if self.planned_10k_yuan else None


@dataclass(frozen=True, slots=True)
class CategorySums:
    name: str
    category: Label
    sums: Sums


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of the programme. `project` is how its project is addressed, None when it has none to be seen."""

    item_no: str
    name: str
    category: Label
    kind: Label
    status: Label
    tone: str
    owner: UnitName
    county: str
    planned_10k_yuan: Decimal
    executed_10k_yuan: Decimal
    executed_part: Decimal | None
    is_key: bool
    is_urgent: bool
    is_practical_matter: bool
    project: str | None


@dataclass(frozen=True, slots=True)
class LedgerView:
    """A year's programme as far as the reader may see it: sums of all, by category, and the items asked for.

    `listed` are the sums of the items asked for; `as_of_on` is the day of the latest state; `years` are those loaded.
    """

    wanted: LedgerFilter
    years: tuple[int, ...]
    as_of_on: date | None
    total: Sums
    categories: tuple[CategorySums, ...]
    listed: Sums
    rows: tuple[ItemRow, ...]
    narrowing: Mapping[str, str]
    unit: UnitName | None
