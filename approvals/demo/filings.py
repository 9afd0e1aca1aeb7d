"""How the projects of the example city are filed, sorted and registered."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from approvals.demo.course import ScenarioStep
from approvals.demo.further import funding, further_answers, further_facts
from approvals.demo.source_data import ProgrammeRow, say, say_some

OFFICE, CENTRE = "office1", "centre1"


@dataclass(frozen=True, slots=True)
class Site:
    """A project of the year, and the people whom it meets."""

    row: ProgrammeRow
    answers: Mapping[str, bool]
    owner: str
    liaison: str
    contact: tuple[str, str]  # name and telephone of whom to call
    planned: Mapping[str, str] = field(default_factory=dict)  # days of the works


def filing(site: Site, ending: str, rng: random.Random) -> list[ScenarioStep]:
    """The steps from the first draft to `ending`, in working days after the draft."""
    is_returned = ending in ("refiled", "returned") or (ending in _SORTED and rng.random() < 0.2)
    steps = _drafted(site, is_returned, rng)
    if ending != "drafted":
        steps.append(ScenarioStep(rng.randint(0, 2), "file", site.owner))
    if is_returned:
        reasons = say_some(rng, "return_reasons", rng.randint(1, 3))
        steps.append(ScenarioStep(steps[-1].day + rng.randint(1, 3), "return_filing", OFFICE, {"reasons": reasons}))
    if is_returned and ending != "returned":
        steps += _refiled(site, steps[-1].day, rng)
    return steps + _last(site, ending, steps[-1].day, rng)


_SORTED = ("classified", "diverted", "registered")


def _drafted(site: Site, is_returned: bool, rng: random.Random) -> list[ScenarioStep]:
    row = site.row
    planned = Decimal(row.planned_10k_yuan)
    if is_returned and rng.random() < 0.5:
        planned = (planned * rng.randint(102, 115) / 100).quantize(Decimal("0.01"))
    facts: dict[str, Any] = {
        "name": row.name,
        "category": row.category,
        "kind": row.kind,
        "county": row.county,
        "planned_10k_yuan": str(planned),
        "answers": dict(site.answers) | further_answers(row),
    }
    facts |= further_facts(row, planned, site.contact)
    facts |= site.planned
    return [ScenarioStep(0, "draft", site.owner, facts | ({"item_no": row.item_no} if row.item_no else {}))]


def _refiled(site: Site, day: int, rng: random.Random) -> list[ScenarioStep]:
    """Put right by the owner, and filed again."""
    planned = Decimal(site.row.planned_10k_yuan)
    right = {"planned_10k_yuan": str(planned), "funding": funding(site.row, planned)}
    edited = day + rng.randint(0, 2)
    return [
        ScenarioStep(edited, "edit", site.owner, right),
        ScenarioStep(edited + rng.randint(0, 2), "refile", site.owner),
    ]


def _last(site: Site, ending: str, day: int, rng: random.Random) -> list[ScenarioStep]:
    """What becomes of a filing."""
    if ending == "declined":
        return [ScenarioStep(day + rng.randint(1, 3), "decline", OFFICE, {"reason": say(rng, "decline_reasons")})]
    if ending == "withdrawn":
        return [ScenarioStep(day + rng.randint(1, 3), "withdraw", site.owner, {"reason": say(rng, "withdraw_reasons")})]
    if ending not in _SORTED:
        return []
    classified = day + rng.randint(1, 4)
    row = site.row
    facts = {"category": row.category, "key": row.is_key, "urgent": row.is_urgent}
    steps = [ScenarioStep(classified, "classify", OFFICE, facts | {"practical_matter": row.is_practical_matter})]
    if ending == "diverted":
        day, reason = classified + rng.randint(0, 1), {"reason": say(rng, "divert_reasons")}
        steps.append(ScenarioStep(day, "divert", OFFICE, reason))
    if ending == "registered":
        steps.append(ScenarioStep(classified + rng.randint(0, 3), "register", CENTRE, {"liaison": site.liaison}))
    return steps
