"""What people write in the example city, drawn with its own dice."""

import random
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import yaml

from approvals.demo.rows import DATA


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
