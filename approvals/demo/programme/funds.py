"""Where the money of the programme comes from, so that the year's totals come out at what was published."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from approvals.demo.source_data import ProgrammeRow, year_totals

FEN = Decimal("0.01")  # of 10,000 yuan: the least amount that is entered
HOUSING = "百姓安居"
BORROWED = {HOUSING: "bond", "道路通畅": "loan", "生态环境": "own", "民生基础设施": "bond", "文化体育": "private"}
# Last year's totals, in 10,000 yuan: those from which this year's published changes follow (+9.5 %, +17.4 %).
LAST_YEAR = {"planned": Decimal("358000.00"), "fiscal": Decimal("184000.00")}
LAST_YEAR_SOURCE = "上年度政府工作报告、市级财政决算"
MODES = {"bond": "直接投资", "loan": "贷款贴息", "private": "以奖代补", "own": "先建后补"}

Sources = Mapping[str, Decimal]  # amounts by source


@dataclass(frozen=True, slots=True)
class DemoFund:
    """One fund line of a task: what is planned, and what was paid by 30 November."""

    code: str
    source: str
    planned: Decimal
    paid: Decimal

    @property
    def mode(self) -> str:
        return MODES.get(self.source, "财政补助")


def shares(total: Decimal, weights: Sequence[Decimal | int], step: Decimal = FEN) -> list[Decimal]:
    """The total in parts that stand to each other as the weights do, and add up to it exactly."""
    whole, summed, before, parts = sum(map(Decimal, weights)), Decimal(0), Decimal(0), []
    for weight in weights:
        summed += weight
        upto = (total * summed / whole / step).quantize(Decimal(1), ROUND_HALF_UP) * step
        parts.append(upto - before)
        before = upto
    return parts


def sources_by_item(rows: Sequence[ProgrammeRow], seed: str) -> dict[str, Sources]:
    """The sources of each item: services are paid by the public purse, works by it in part.

    Fiscal money is as much as this year's input was published to be, that of centre and province for housing too.
    """
    services = [row for row in rows if row.kind == "service"]
    works = [row for row in rows if row.kind != "service"]
    input_of_year = LAST_YEAR["fiscal"] + year_totals()["fiscal_input"]["over_last_year"]
    fiscal = shares(input_of_year - sum(map(planned_of, services)), [planned_of(row) for row in works])
    upper = _upper_of_housing(works)
    sources = {row.item_no: _of_service(row, _dice(seed, row)) for row in services}
    for row, amount in zip(works, fiscal, strict=True):
        sources[row.item_no] = _of_works(row, amount, upper.get(row.item_no, (amount / 2).quantize(FEN)))
    return sources


def planned_of(row: ProgrammeRow) -> Decimal:
    return Decimal(row.planned_10k_yuan)


def funds_of(
    row: ProgrammeRow, sources: Sources, weights: Mapping[str, int], paid: Decimal | None = None
) -> tuple[DemoFund, ...]:
    """The fund lines of an item over its tasks, by the weights of their codes; what was paid follows the plan."""
    amounts = [
        (code, source, part)
        for source, amount in sources.items()
        for code, part in zip(weights, shares(amount, list(weights.values())), strict=True)
    ]
    executed = Decimal(row.executed_10k_yuan) if paid is None else paid
    parts = shares(executed, [amount for _, _, amount in amounts])
    return tuple(DemoFund(*amount, part) for amount, part in zip(amounts, parts, strict=True))


def _dice(seed: str, row: ProgrammeRow) -> random.Random:
    return random.Random(f"{seed}/{row.ref}/sources")


def _upper_of_housing(works: Iterable[ProgrammeRow]) -> dict[str, Decimal]:
    housing = [row for row in works if row.category == HOUSING]
    subsidies = Decimal(year_totals()["housing"]["subsidies_of_centre_and_province"])
    amounts = shares(subsidies, [planned_of(row) for row in housing])
    return {row.item_no: amount for row, amount in zip(housing, amounts, strict=True)}


def _of_service(row: ProgrammeRow, dice: random.Random) -> Sources:
    upper = (planned_of(row) * dice.randint(35, 75) / 100).quantize(FEN)
    return {dice.choice(("centre", "province")): upper, "city": planned_of(row) - upper}


def _of_works(row: ProgrammeRow, fiscal: Decimal, upper: Decimal) -> Sources:
    borrowed = BORROWED.get(row.category, "bond")
    return {"province": upper, "city": fiscal - upper, borrowed: planned_of(row) - fiscal}
