"""What the filings of the example city say beside name and money: site, works, scale, sources, codes, contact."""

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from approvals.demo.source_data import ProgrammeRow
from workflows.rules.codes import credit_check

STREETS = ("炳草岗大街", "攀枝花大道", "人民街", "新华街", "河门口路", "清香坪路", "大黑山路", "迎宾路")
WORKS = {"迁建": "relocation", "扩建": "extension", "新建": "new_build", "建设": "new_build"}  # the first in a name
LINEAR = ("路", "桥", "管", "线", "网", "护栏", "步道")  # in names: works that are measured by their length
DIVISION = "510400"


def further_facts(row: ProgrammeRow, planned: Decimal, contact: tuple[str, str]) -> dict[str, Any]:
    """The further fields of this filing; drawn apart from all else, so that they move nothing."""
    rng = random.Random(f"{row.ref}/further")
    facts: dict[str, Any] = {
        "funding": funding(row, planned),
        "credit_code": credit_code_of(row.owner_unit),
        "contact_name": contact[0],
        "contact_phone": contact[1],
    }
    if row.kind == "construction":
        facts |= {"site": f"{row.county}{rng.choice(STREETS)}{rng.randint(1, 299)}号", **_works(row, planned, rng)}
    return facts


WORKS_OF = {  # in names, the first wins: what is mainly built
    **dict.fromkeys(("步道", "路", "桥", "匝道"), "road"),
    **dict.fromkeys(("管网", "管廊", "供水"), "pipes"),
    **dict.fromkeys(("排污口", "水库", "河流"), "water"),
    **dict.fromkeys(("生态", "绿化", "运动场"), "landscape"),
    **dict.fromkeys(("充电", "电梯"), "equipment"),
}
SMALL = Decimal(2000)  # 10k yuan: below, land and works are small


def further_answers(row: ProgrammeRow) -> dict[str, Any]:
    """The choices and numbers of a filing that is not registered yet; older ones were filed before these were asked."""
    if row.kind != "construction" or row.ending not in ("drafted", "filed", "refiled", "returned", "classified"):
        return {}
    planned, rng = Decimal(row.planned_10k_yuan), random.Random(f"{row.ref}/answers")
    works = next((works for word, works in WORKS_OF.items() if word in row.name), "building")
    is_small = planned < SMALL
    answers: dict[str, Any] = {
        "works": works,
        "land": "existing" if is_small else "new",
        "disturbed_area": rng.randrange(800, 4800, 100) if is_small else int(planned) * 4,
        "earthwork": rng.randrange(100, 950, 50) if is_small else int(planned) * 6,
        "energy": rng.randrange(20, 400, 10) if is_small else 1000 + int(planned) // 10,
        "eia": "registration" if is_small else "form",
    }
    if works == "building":
        answers["floor_area"] = int(planned) * 2
    if works in ("road", "pipes"):
        answers["length"] = rng.randrange(200, 480, 10) if is_small else int(planned) * 2
    return answers


def funding(row: ProgrammeRow, planned: Decimal) -> dict[str, str]:
    """Two or three sources that add up to the planned investment."""
    rng = random.Random(f"{row.ref}/funding")
    province = (planned * rng.randint(20, 50) / 100).quantize(Decimal(1))
    county = (planned * rng.randint(5, 20) / 100).quantize(Decimal(1)) if rng.random() < 0.6 else Decimal(0)
    sources: Mapping[str, Decimal] = {"province": province, "county": county, "city": planned - province - county}
    return {name: str(amount) for name, amount in sources.items() if amount}


def credit_code_of(unit: str) -> str:
    """A code that is well-formed and nobody's."""
    first = f"11{DIVISION}{random.Random(unit).randint(10**8, 10**9 - 1)}"
    return first + credit_check(first)


def _works(row: ProgrammeRow, planned: Decimal, rng: random.Random) -> dict[str, Any]:
    is_linear = any(word in row.name for word in LINEAR)
    month, serial = rng.randint(1, 10), rng.randint(100000, 999999)
    return {
        "works_kind": next((kind for word, kind in WORKS.items() if word in row.name), "alteration"),
        "scale": {"amount": str(int(planned) * (3 if is_linear else 2)), "unit": "m" if is_linear else "m2"},
        "project_code": f"25{month:02}-{DIVISION}-04-01-{serial}",
    }
