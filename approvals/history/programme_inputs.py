"""What the programme's moves take beside texts: tasks, indicators, nodes, fund lines, and the cells of an entry."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from approvals.base.i18n import N_
from approvals.base.text_validation import NAME_LIMIT, TEXT_LIMIT, field_error, text_fault
from approvals.history.filing_inputs import ROW, Amount, decimal_of
from workflows.charts.programme_terms import ADDS_UP, DIRECTIONS, PARTIES, RHYTHMS, SOURCE_ALIASES, SOURCES
from workflows.config.city import load_city
from workflows.rules.amounts import plain_number

MOST_TASKS, MOST_CELLS = 60, 300  # of one item; of one list within it
QUANTITY_BELOW = Decimal(10**12)
MOST_DAYS = 3660  # of a node that is late
DECIMALS = 4  # of a quantity at most
QUANTITY = {
    "anyOf": [
        {"type": "number", "minimum": 0, "exclusiveMaximum": int(QUANTITY_BELOW)},
        {"type": "string", "pattern": rf"^[0-9]{{1,12}}(\.[0-9]{{1,{DECIMALS}}})?$"},
    ]
}
NO_CODES = frozenset({"problems"})  # of tasks: what stands in its place in addresses
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}")
_COUNTY = re.compile(r"[0-9]{6}")


def _name(value: object) -> object:
    if not isinstance(value, str):
        return value
    cleaned = value.strip()
    if reason := text_fault(cleaned, limit=NAME_LIMIT, lines=False):
        raise field_error(*reason)
    if not cleaned:
        raise field_error(N_("is required"), {})
    return cleaned


def _words(value: object) -> object:
    if isinstance(value, str) and (reason := text_fault(value, limit=TEXT_LIMIT, lines=True)):
        raise field_error(*reason)
    return value


def read_month_of_programme(value: object) -> object:
    if isinstance(value, str) and not _MONTH.fullmatch(value):
        raise field_error(N_("must be a month such as 2026-03"), {})
    return value


def _task_code(value: object) -> object:
    """A county's division code, `city`, or another code of letters and digits."""
    value = _name(value)
    if isinstance(value, str):
        if not _CODE.fullmatch(value):
            raise field_error(N_("must be a code of at most 20 letters, digits and hyphens"), {})
        if value in NO_CODES:
            raise field_error(N_("has a special meaning in URLs"), {})
        if _COUNTY.fullmatch(value) and value not in load_city().county_codes:
            raise field_error(N_("is not a county of the city"), {})
    return value


def _source(value: object) -> object:
    if not isinstance(value, str):
        return value
    source = SOURCE_ALIASES.get(value, value)
    if source not in SOURCES:
        raise field_error(N_("is not one of the available options"), {})
    return source


def quantity_of(value: object) -> Decimal:
    """A quantity of at least 0 with at most four decimals."""
    amount = plain_number(value) if isinstance(value, str) else decimal_of(value)
    if amount is None:
        raise field_error(N_("must be a number"), {})
    if not 0 <= amount < QUANTITY_BELOW:
        raise field_error(N_("must be at least 0 and below 1,000,000,000,000"), {})
    if amount != round(amount, DECIMALS):
        raise field_error(N_("must have at most %(decimals)s decimal places"), {"decimals": DECIMALS})
    return amount


def _change(value: object) -> Decimal:
    """A change in per cent, with a sign and at most two decimals."""
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[+-]?[0-9]{1,6}(\.[0-9]{1,2})?", text):
        raise field_error(N_("must be a percentage such as -8.8"), {})
    return Decimal(text)


def _plan_day(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise field_error(N_("must be a date such as 2026-03-02"), {})
    if isinstance(value, int | float):
        raise field_error(N_("must be a date such as 2026-03-02"), {})
    return value


def _whole_days(value: object) -> object:
    if isinstance(value, bool):
        raise field_error(N_("must be a whole number"), {})
    return value


Name = Annotated[str, BeforeValidator(_name), Field(min_length=1, max_length=NAME_LIMIT)]
Words = Annotated[str, BeforeValidator(_words), Field(max_length=TEXT_LIMIT)]
TaskCode = Annotated[str, BeforeValidator(_task_code), Field(json_schema_extra={"pattern": f"^{_CODE.pattern}$"})]
Source = Annotated[str, BeforeValidator(_source), Field(json_schema_extra={"enum": list(SOURCES)})]
Amounts = Annotated[Decimal, BeforeValidator(quantity_of), WithJsonSchema(QUANTITY)]
CHANGE = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[+-]?[0-9]{1,6}(\.[0-9]{1,2})?$"}]}
Change = Annotated[Decimal, BeforeValidator(_change), WithJsonSchema(CHANGE)]
Day = Annotated[date, BeforeValidator(_plan_day), Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
Month = Annotated[str, BeforeValidator(read_month_of_programme), Field(json_schema_extra={"pattern": _MONTH.pattern})]


class TaskInput(BaseModel):
    """A task: the item in one county or unit, with who answers for it."""

    model_config = ROW
    code: TaskCode
    unit: Name
    person: Name
    reporter: Name | None = None
    rhythm: Literal[tuple(RHYTHMS)] = "monthly"  # type: ignore[valid-type]


class IndicatorInput(BaseModel):
    """An indicator, with the year's target of each task."""

    model_config = ROW
    name: Name
    unit: Name
    decimals: Annotated[int, Field(ge=0, le=DECIMALS)] = 0
    adds_up: Literal[tuple(ADDS_UP)] = "sum"  # type: ignore[valid-type]
    direction: Literal[tuple(DIRECTIONS)] = "more"  # type: ignore[valid-type]
    targets: dict[TaskCode, Amounts | None] = Field(min_length=1, max_length=MOST_TASKS)
    definition: Words | None = None
    source: Name | None = None


class NodeInput(BaseModel):
    """A node of a task; with `approval` it is reached by that approval's grant, in `project` if named."""

    model_config = ROW
    name: Name
    task: TaskCode
    planned_on: Day
    who: Name | None = None
    needs_evidence: bool = False
    after: Name | None = None
    project: Name | None = None
    approval: Name | None = None


class NodeDayInput(BaseModel):
    """The new day of a node."""

    model_config = ROW
    name: Name
    task: TaskCode
    planned_on: Day


class PartyDaysInput(BaseModel):
    """Days of a late or replanned node that are one party's. Of one node they are told in their order."""

    model_config = ROW
    name: Name
    task: TaskCode
    party: Literal[tuple(PARTIES)]  # type: ignore[valid-type]
    days: Annotated[int, BeforeValidator(_whole_days), Field(ge=1, le=MOST_DAYS)]


class FundLineInput(BaseModel):
    """Money of a task from one source."""

    model_config = ROW
    source: Source
    task: TaskCode
    mode: Name | None = None
    fiscal: bool | None = None
    planned_10k_yuan: Amount


class PlannedFundInput(BaseModel):
    """The new amount of a fund line."""

    model_config = ROW
    source: Source
    task: TaskCode
    planned_10k_yuan: Amount


class ReachedNodeInput(BaseModel):
    """A node, and the day on which it was reached."""

    model_config = ROW
    name: Name
    reached_on: Day


class SpentFundInput(BaseModel):
    """Cumulative money of one source: allocated, received, paid."""

    model_config = ROW
    source: Source
    allocated: Amount
    received: Amount
    paid: Amount


class ExpectedNodeInput(BaseModel):
    """The day on which an open node will be reached."""

    model_config = ROW
    name: Name
    expected_on: Day


class ForecastInput(BaseModel):
    """What is expected: days of open nodes, figures and money at the end of the year."""

    model_config = ROW
    nodes: list[ExpectedNodeInput] = Field(default=[], max_length=MOST_CELLS)
    quantities: dict[Name, Amounts] = Field(default={}, max_length=MOST_CELLS)
    funds: dict[Source, Amount] = Field(default={}, max_length=len(SOURCES))


class ProblemWordInput(BaseModel):
    """A word on an open problem of the item, by its number; without a text nothing has changed."""

    model_config = ROW
    problem: Annotated[int, Field(ge=1, lt=10**6)]
    text: Words | None = None


def _without_blanks(value: object) -> object:
    """What a form left empty is no cell."""
    if isinstance(value, Mapping):
        return {name: cell for name, cell in value.items() if cell not in ("", None)}
    return value


def _list_of(row: Any, most: int, least: int = 0) -> Any:
    return Annotated[list[row], Field(min_length=least, max_length=most)]


PROGRAMME_KINDS: dict[str, Any] = {
    "month": Month,
    "tasks": _list_of(TaskInput, MOST_TASKS, 1),
    "indicators": _list_of(IndicatorInput, MOST_CELLS),
    "nodes": _list_of(NodeInput, MOST_CELLS),
    "node_days": _list_of(NodeDayInput, MOST_CELLS),
    "party_days": _list_of(PartyDaysInput, MOST_CELLS),
    "fund_lines": _list_of(FundLineInput, MOST_CELLS),
    "planned_funds": _list_of(PlannedFundInput, MOST_CELLS),
    "quantities": Annotated[dict[Name, Amounts], BeforeValidator(_without_blanks), Field(max_length=MOST_CELLS)],
    "reached_nodes": _list_of(ReachedNodeInput, MOST_CELLS),
    "spent_funds": _list_of(SpentFundInput, len(SOURCES)),
    "reasons_by_name": Annotated[dict[Name, Words], BeforeValidator(_without_blanks), Field(max_length=MOST_CELLS)],
    "forecast": ForecastInput,
    "quantity": Amounts,
    "change": Change,
    "problem_words": _list_of(ProblemWordInput, MOST_CELLS),
}
