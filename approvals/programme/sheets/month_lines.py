"""What the lines of a month's sheet say of one task: the input of its report, and where each cell of it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from approvals.base.i18n import N_
from approvals.base.sheet_lines import TWICE, SentLine, SheetFault, key_of
from approvals.base.text_folding import fold
from approvals.programme.entries.cells import CellsDue
from approvals.programme.sheets.month_form import ENTERED, LINE_KEYS, MONEY, NODE, PARTS, QUANTITY
from workflows.charts.programme_terms import SOURCES
from workflows.rules.programme_facts import KINDS_OF_MONEY

OF_PART = {QUANTITY: ("quantity",), MONEY: KINDS_OF_MONEY, NODE: ("reached_on",)}
NO_PART = N_("is not one of: %(parts)s")
NOT_HERE = N_("does not belong to a line of this kind")
SEPARATOR = "；"


def is_blank(line: SentLine) -> bool:
    """Whether the reporter filled in nothing."""
    return not line.faults and all(line.values.get(key) in (None, "") for key in ENTERED)


def part_of(line: SentLine) -> str:
    """The kind of the line, empty for one that there is not."""
    return key_of(PARTS, line.text("part"))


def figure_of(line: SentLine, due: CellsDue) -> str:
    """The name of what the line is of: an indicator, a node, or the key of a source."""
    name, part = line.text("figure"), part_of(line)
    if part == MONEY:
        return key_of(SOURCES, name) or name
    names = due.nodes if part == NODE else due.indicators
    return next((own for own in names if fold(own) == fold(name)), name)


@dataclass(slots=True)
class ReportInput:
    """The input of a report over what the entry says already: a line that is missing takes nothing away."""

    quantities: dict[str, Any]
    funds: dict[str, dict[str, Any]]
    nodes: dict[str, Any]
    no_figure: dict[str, str]
    others: dict[str, Any]
    places: dict[str, tuple[int, str]] = field(default_factory=dict)  # row and address by the path of a cell
    faults: list[SheetFault] = field(default_factory=list)

    def values(self) -> dict[str, Any]:
        lists = {
            "funds": list(self.funds.values()),
            "nodes": [{"name": name, "reached_on": str(day)} for name, day in self.nodes.items()],
        }
        return {**self.others, "quantities": self.quantities, "no_figure": self.no_figure, **lists}

    def place_of(self, path: str) -> tuple[int, str]:
        """Where a field of the input stands in the sheet; row 0 where it does not stand there."""
        if path in self.places:
            return self.places[path]
        parts = path.split(".")
        if parts[0] in ("funds", "nodes") and len(parts) > 1 and parts[1].isdigit():
            names = [*(self.funds if parts[0] == "funds" else self.nodes)]
            parts[1] = names[int(parts[1])] if int(parts[1]) < len(names) else parts[1]
        exact = self.places.get(".".join(parts))
        return exact or self.places.get(".".join(parts[:2]), (0, ""))


def report_input(lines: Iterable[SentLine], due: CellsDue, reported: Mapping[str, Any]) -> ReportInput:
    """The report that these lines of one task make of what was reported so far."""
    sent = ReportInput(
        quantities=dict(reported.get("quantities", {})),
        funds={row["source"]: dict(row) for row in reported.get("funds", ())},
        nodes={row["name"]: row["reached_on"] for row in reported.get("nodes", ())},
        no_figure=dict(reported.get("no_figure", {})),
        others={name: reported[name] for name in ("forecast", "next", "reason") if name in reported},
    )
    if problems := reported.get("problems"):
        sent.others["problems"] = [problem if isinstance(problem, str) else problem["text"] for problem in problems]
    first: dict[tuple[str, str], int] = {}
    reasons = []
    for line in lines:
        name = figure_of(line, due)
        sent.faults += [*line.faults, *_line_faults(line, name, first)]
        if not sent.faults:
            _TAKE[part_of(line)](sent, line, name)
        reasons.append(str(line.values.get("reason") or ""))
    if any(reasons):
        sent.others["reason"] = SEPARATOR.join(dict.fromkeys(reason for reason in reasons if reason))
    return sent


def _line_faults(line: SentLine, name: str, first: dict[tuple[str, str], int]) -> list[SheetFault]:
    if not part_of(line):
        named = {"parts": "、".join(part.zh for part in PARTS.values())}
        return [] if line.faults else [line.fault("part", NO_PART, named)]
    before = first.setdefault((part_of(line), name), line.row)
    if before != line.row:
        return [line.fault("figure", TWICE, {"row": before})]
    own = (*OF_PART[part_of(line)], *LINE_KEYS, "reason", *(("no_figure",) if part_of(line) != NODE else ()))
    strange = [key for key in ENTERED if key not in own and line.values.get(key) not in (None, "")]
    return [line.fault(key, NOT_HERE) for key in strange]


def _take_quantity(sent: ReportInput, line: SentLine, name: str) -> None:
    value = line.values.get("quantity")
    _take_reason(sent, line, name)
    sent.quantities.pop(name, None)
    if value is not None:
        sent.quantities[name] = str(value)
    sent.places[f"quantities.{name}"] = line.row, line.at("quantity")


def _take_money(sent: ReportInput, line: SentLine, name: str) -> None:
    amounts = {kind: str(line.values[kind]) for kind in KINDS_OF_MONEY if line.values.get(kind) is not None}
    _take_reason(sent, line, name)
    sent.funds.pop(name, None)
    if amounts:
        sent.funds[name] = {"source": name, **amounts}
    sent.places[f"funds.{name}"] = line.row, line.at("allocated")
    sent.places |= {f"funds.{name}.{kind}": (line.row, line.at(kind)) for kind in KINDS_OF_MONEY}
    sent.places[f"funds.{name}.source"] = line.row, line.at("figure")


def _take_node(sent: ReportInput, line: SentLine, name: str) -> None:
    day = line.values.get("reached_on")
    if day is not None:  # a blank cell takes no node back
        sent.nodes[name] = day
    sent.places[f"nodes.{name}"] = line.row, line.at("reached_on")
    sent.places[f"nodes.{name}.name"] = line.row, line.at("figure")


def _take_reason(sent: ReportInput, line: SentLine, name: str) -> None:
    sent.no_figure.pop(name, None)
    if reason := line.values.get("no_figure"):
        sent.no_figure[name] = str(reason)
    sent.places[f"no_figure.{name}"] = line.row, line.at("no_figure")


_TAKE = {QUANTITY: _take_quantity, MONEY: _take_money, NODE: _take_node}
