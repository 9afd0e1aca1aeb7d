"""The brief to leaders: what a month comes to, on one page and a half."""

from dataclasses import dataclass
from datetime import date

from approvals.base.charts import SvgChart
from approvals.reports.document.table_views import Table


@dataclass(frozen=True, slots=True)
class BriefNumber:
    """One of the five numbers; `trend` is better, worse or empty where nothing changed or cannot be compared."""

    name: str
    value: str
    before: str  # of the period before
    change: str
    target: str  # empty where the city has set none
    trend: str
    meets_target: bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence that a rule chose; it leads to a line of the figures, or to a table in a chapter of the report."""

    rule: str
    text: str
    line: tuple[str, str] | None = None  # split and key
    chapter: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """What reached the city government or broke its promise: who, for how long, why, and what is asked."""

    ref: str
    project: str
    item: str
    who: str
    lateness: str
    reason: str
    asked: str


@dataclass(frozen=True, slots=True)
class DangerousDate:
    """A limit that ends next month: the legal one where it does, else the earliest; `light` is empty while green."""

    on: date
    limit: str
    project: str
    item: str
    department: str
    light: str
    light_word: str


@dataclass(frozen=True, slots=True)
class Brief:
    """`light` is the worst light of an open approval; lists that are longer than their room say so in their notes."""

    light: str
    light_word: str
    numbers: tuple[BriefNumber, ...]
    findings: tuple[Finding, ...]
    requests: tuple[DecisionRequest, ...]
    more_requests: int
    charts: tuple[SvgChart, ...]
    dates: tuple[DangerousDate, ...]
    more_dates: int
    tables: tuple[Table, ...]
