"""Settings of the city: names, division, counties and categories."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from workflows.config import DATA
from workflows.label import Label


@dataclass(frozen=True, slots=True)
class City:
    """`categories` map a name to its label, `county_codes` a division code to its county; the formats of numbers take
    year and serial.

    `report_to` is whom the monthly report addresses, `report_copies` who else gets it; `faces` are the families in
    which official papers are set, by role.
    """

    name: Label
    division: str
    number_format: str
    notice_format: str
    order_format: str
    receipt_format: str
    report_to: Label
    report_copies: Label
    faces: Mapping[str, str]
    counties: tuple[str, ...]
    county_codes: Mapping[str, str]
    categories: Mapping[str, Label]

    def number(self, year: int, serial: int) -> str:
        """The registration number as other programs address it: 510400-2026-00017."""
        return f"{self.division}-{year}-{serial:05d}"

    def shown_number(self, number: str) -> str:
        """The registration number as people read it: 攀挂〔2026〕17号."""
        _, year, serial = number.rsplit("-", 2)
        return self.number_format.format(year=int(year), serial=int(serial))

    def shown_notice(self, year: int, serial: int) -> str:
        """The number of a one-time notice as people read it: 攀挂告〔2026〕12号."""
        return self.notice_format.format(year=year, serial=serial)

    def shown_receipt(self, year: int, serial: int) -> str:
        """The number of a filing's receipt as people read it: 攀备〔2026〕5号."""
        return self.receipt_format.format(year=year, serial=serial)

    def shown_order(self, ref: str) -> str:
        """The number of a supervision order as people read it: 攀督〔2026〕3号."""
        year, serial = ref.split("-")
        return self.order_format.format(year=int(year), serial=int(serial))


@cache
def load_city(path: Path = DATA / "city.yaml") -> City:
    """The city in this file."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return City(
        name=Label(**raw["name"]),
        division=str(raw["division"]),
        number_format=raw["number_format"],
        notice_format=raw["notice_format"],
        order_format=raw["order_format"],
        receipt_format=raw.get("receipt_format", "备〔{year}〕{serial}号"),
        report_to=Label(**raw["report_to"]),
        report_copies=Label(**raw["report_copies"]),
        faces=dict(raw.get("faces") or {}),
        counties=tuple(raw["counties"]),
        county_codes={str(code): name for code, name in (raw.get("county_codes") or {}).items()},
        categories={c["name"]: Label(c["name"], c["en"]) for c in raw["categories"]},
    )
