"""Source data of the example city: programme, reserve projects, units, final status of its cases, and texts."""

import csv
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """One project of the city. `ending` is how it stands at the end of the year, for `since` working days."""

    ref: str
    item_no: str
    category: str
    name: str
    kind: str
    owner_unit: str
    county: str
    is_practical_matter: bool
    is_key: bool
    is_urgent: bool
    planned_10k_yuan: str
    ending: str
    since: int = 0
    executed_10k_yuan: str = "0"  # of the programme's items, as of 30 November
    status: str = ""  # completed, under_way or suspended, on the same day

    @property
    def is_hurried(self) -> bool:
        """Key and urgent projects climb the levels faster."""
        return self.is_key or self.is_urgent


@dataclass(frozen=True, slots=True)
class DemoQuantity:
    """What an item counts: its target for the year, where one was published, and what was reached by 30 November."""

    item_no: str
    name: str
    unit: str
    target: Decimal | None
    reached: Decimal


@dataclass(frozen=True, slots=True)
class DemoSuspension:
    """Where one approval stands at the end of the year: `kind` since so many working days; levels that answered."""

    code: str
    kind: str
    since: int
    answered: tuple[int, ...] = ()


@cache
def programme() -> tuple[ProgrammeRow, ...]:
    """The 103 items of the year's programme; a service item ends diverted to the ledger."""
    return tuple(_row(line, f"ms-{line['item_no']}", _programme_ending(line)) for line in _read("programme.csv"))


@cache
def quantities() -> tuple[DemoQuantity, ...]:
    """The quantities of the programme's items, in the order of their numbers."""
    return tuple(
        DemoQuantity(
            item_no=line["item_no"],
            name=line["indicator"],
            unit=line["unit"],
            target=Decimal(line["target"]) if line["target"] else None,
            reached=Decimal(line["actual_end_november"]),
        )
        for line in _read("indicators.csv")
    )


@cache
def year_totals() -> Mapping[str, Any]:
    """What was published of the year as a whole, as of 30 November."""
    totals: dict[str, Any] = yaml.safe_load((DATA / "year_totals.yaml").read_text(encoding="utf-8"))
    return totals


@cache
def reserve() -> tuple[ProgrammeRow, ...]:
    """Projects outside the programme, which keep the inboxes filled."""
    return tuple(_row(line, line["ref"], line["ending"]) for line in _read("reserve.csv"))


@cache
def holds() -> dict[str, tuple[DemoSuspension, ...]]:
    """The approvals that are kept standing at the end, for each project."""
    suspensions: dict[str, list[DemoSuspension]] = {}
    for line in _read("holds.csv"):
        levels = tuple(int(level) for level in line["answers"].split())
        hold = DemoSuspension(line["code"], line["kind"], int(line["since"]), levels)
        suspensions.setdefault(line["project"], []).append(hold)
    return {ref: tuple(rows) for ref, rows in suspensions.items()}


@cache
def english_names() -> dict[str, str]:
    return {line["name"]: line["name_en"] for line in _read("units.csv")}


def _read(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _programme_ending(line: dict[str, str]) -> str:
    if line["kind"] == "service":
        return "diverted"
    return "completed" if line["status_end_november"] == "completed" else "registered"


def _row(line: dict[str, str], ref: str, ending: str) -> ProgrammeRow:
    return ProgrammeRow(
        ref=ref,
        item_no=line.get("item_no", ""),
        category=line["category"],
        name=line["name"],
        kind=line["kind"],
        owner_unit=line["owner_unit"],
        county=line["county"],
        is_practical_matter=line["practical_matter"] == "yes",
        is_key=line["key_project"] == "yes",
        is_urgent=line["urgent"] == "yes",
        planned_10k_yuan=line["planned_10k_yuan"],
        ending=ending,
        since=int(line.get("since") or 0),
        executed_10k_yuan=line.get("executed_10k_yuan", "0"),
        status=line.get("status_end_november", ""),
    )


# What people write, drawn with dice.


@cache
def _texts() -> Mapping[Any, Any]:
    return yaml.safe_load((DATA / "texts.yaml").read_text(encoding="utf-8"))


def say(rng: random.Random, kind: str, **facts: object) -> str:
    """One text of this kind with `facts` filled in."""
    return rng.choice(_texts()[kind]).format(**facts)


def say_some(rng: random.Random, kind: str, count: int) -> list[str]:
    """Several different texts of this kind."""
    return rng.sample(_texts()[kind], count)


def say_answer(rng: random.Random, level: int) -> str:
    return rng.choice(_texts()["answers"][level])


def document_number(code: str, on: date, number: int) -> str:
    """The number of the `number`-th document of this item in the year, in the department's own way."""
    way = _texts()["documents"].get(code, code + "〔{year}〕{n}号")
    return way.format(year=on.year, n=number, day=f"{on:%Y%m%d}")
