"""Settings of the city: names, division, counties and categories."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from workflows.config import DATA
from workflows.label import Label


@dataclass(frozen=True, slots=True)
class City:
    """`categories` map a name to its label, `county_codes` a division code to its county, `county_tiles` a county to
    its column and row on a map of equal tiles; the formats of numbers take year and serial.

    `issuer` is the body whose papers they are, the heads are what stands in red on them. The monthly report goes up to
    `report_to` and bears `report_signer`, or where that is empty whoever issues it; the bulletin goes down. Copies say
    who else gets each. `faces` are the families in which official papers are set, by role.
    """

    name: Label
    division: str
    number_format: str
    notice_format: str
    order_format: str
    receipt_format: str
    issuer: Label
    report_head: Label
    bulletin_head: Label
    report_to: Label
    report_copies: Label
    report_signer: str
    bulletin_to: Label
    bulletin_copies: Label
    faces: Mapping[str, str]
    counties: tuple[str, ...]
    county_codes: Mapping[str, str]
    county_tiles: Mapping[str, tuple[int, int]]
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
        **_papers(raw),
        faces=dict(raw.get("faces") or {}),
        counties=tuple(raw["counties"]),
        county_codes={str(code): name for code, name in (raw.get("county_codes") or {}).items()},
        county_tiles={name: (column, row) for name, (column, row) in (raw.get("county_tiles") or {}).items()},
        categories={c["name"]: Label(c["name"], c["en"]) for c in raw["categories"]},
    )


def _papers(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Whose papers they are and whom they go to; a file of before these settings has its report's alone."""
    city, report_to, copies = raw["name"], raw["report_to"], raw["report_copies"]
    own = {"zh": f"{city['zh']}政府目标督查办公室", "en": f"{city['en']} Supervision Office"}
    issuer = Label(**raw.get("issuer", own))
    head = {"zh": f"{issuer.zh}文件", "en": issuer.en}
    return {
        "issuer": issuer,
        "report_head": Label(**raw.get("report_head", head)),
        "bulletin_head": Label(**raw.get("bulletin_head", head)),
        "report_to": Label(**report_to),
        "report_copies": Label(**copies),
        "report_signer": str(raw.get("report_signer") or ""),
        "bulletin_to": Label(**raw.get("bulletin_to", report_to)),
        "bulletin_copies": Label(**raw.get("bulletin_copies", copies)),
    }
