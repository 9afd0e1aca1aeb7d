"""What the lines of a plan's sheet say of one item: its fields and its plan, and where each cell of them stands."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from approvals.base.formatting import plain_number
from approvals.base.i18n import N_
from approvals.base.sheet_lines import TWICE, SentLine, SheetFault, key_of, plain
from approvals.base.text_folding import fold
from approvals.programme.items.standing_plans import Plan
from approvals.programme.sheets.directory import Directory
from approvals.programme.sheets.plan_form import CHOICES, COLUMNS, FUND, INDICATOR, ITEM, NODE, TASK
from workflows.config.city import load_city

NO_COUNTY = N_("is not a county of the city")
OTHERWISE = N_("differs from row %(row)s")
CLEARED: Mapping[str, frozenset[str]] = {  # of these an empty cell takes away what stands; of others it says nothing
    TASK: frozenset({"reporter"}),
    INDICATOR: frozenset({"definition", "source"}),
    NODE: frozenset({"after", "who", "approval", "project"}),
    FUND: frozenset({"mode"}),
}
KEYS: Mapping[str, tuple[str, ...]] = {  # what a row of each part is called by
    TASK: ("code",),
    INDICATOR: ("name",),
    NODE: ("task", "name"),
    FUND: ("task", "source"),
}
Key = tuple[str, ...]
Rows = dict[Key, dict[str, Any]]


def cell_path(part: str, key: Key, name: str) -> str:
    """A cell of a plan, whatever the order of its rows; no name has a tab."""
    return "\t".join((part, *key, name))


@dataclass(slots=True)
class ItemInput:
    """An item as the sheet has it: its fields, and its plan over what stands; a missing row takes nothing away."""

    fields: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=lambda: {part: {} for part in KEYS})
    places: dict[str, tuple[SentLine, str]] = field(default_factory=dict)  # line and column by the path of a cell
    faults: list[SheetFault] = field(default_factory=list)

    def plan(self) -> Plan:
        return {part: list(rows.values()) for part, rows in self.rows.items()}

    def place_of(self, path: str) -> tuple[SentLine, str] | None:
        """Where a field of the input stands in the sheet, by its path in the input; None where it does not."""
        part, _dot, rest = path.partition(".")
        if part not in self.rows:
            return self.places.get(path)
        index, _dot, name = rest.partition(".")
        if not index.isdigit():  # something of all rows together
            return self.places.get("planned_10k_yuan" if part == FUND else "") or self._first(part)
        key = [*self.rows[part]][int(index)]
        return self.places.get(cell_path(part, key, name)) or self.places.get(cell_path(part, key, ""))

    def _first(self, part: str) -> tuple[SentLine, str] | None:
        return next((place for path, place in self.places.items() if path.startswith(f"{part}\t")), None)


def item_input(lines: Mapping[str, Sequence[SentLine]], standing: Plan, names: Directory) -> ItemInput:
    """The item that these lines by part make of what stands."""
    sent = ItemInput()
    for part, key_names in KEYS.items():
        sent.rows[part] = {tuple(row[name] for name in key_names): deepcopy(row) for row in standing[part]}
    sent.faults += [fault for own in lines.values() for line in own for fault in line.faults]
    if sent.faults:
        return sent
    _take_fields(sent, lines.get(ITEM, ()), names)
    for part in KEYS:
        _take_rows(sent, part, lines.get(part, ()), names)
    return sent


def _take_fields(sent: ItemInput, lines: Sequence[SentLine], names: Directory) -> None:
    for line in lines[:1]:
        sent.fields = {name: value for name in _columns(ITEM) if (value := _value(ITEM, name, line)) not in (None, "")}
        sent.places |= {name: (line, name) for name in ("item_no", *_columns(ITEM))}
        if "lead_unit" in sent.fields:
            sent.fields["lead_unit"] = names.unit(sent.fields["lead_unit"])
    sent.faults += [line.fault("item_no", TWICE, {"row": lines[0].row}) for line in lines[1:]]


def _take_rows(sent: ItemInput, part: str, lines: Sequence[SentLine], names: Directory) -> None:
    first: dict[Key, int] = {}
    for line in lines:
        code = _code(line)
        if not code.isascii():
            sent.faults.append(line.fault("code", NO_COUNTY))
            continue
        own = _values(part, line, code)
        key = _known_key(sent.rows[part], tuple(own[name] for name in KEYS[part]))
        before = first.setdefault((*key, code), line.row)
        if before != line.row:
            sent.faults.append(line.fault(_called_by(part), TWICE, {"row": before}))
            continue
        _put(sent, part, key, own, line)
        if part == TASK:
            _name_people(sent.rows[TASK][key], names)


def _called_by(part: str) -> str:
    return {TASK: "code", FUND: "source"}.get(part, "name")


def _put(sent: ItemInput, part: str, key: Key, own: dict[str, Any], line: SentLine) -> None:
    row = sent.rows[part].setdefault(key, dict(zip(KEYS[part], key, strict=True)))
    if part == INDICATOR:
        _put_target(sent, key, own, line)
        _check_alike(sent, key, own, line)
    for name, value in own.items():
        path = cell_path(part, key, name)
        if name in KEYS[part]:
            sent.places.setdefault(path, (line, "code" if name == "task" else name))
        elif value not in (None, ""):
            row[name] = value
            sent.places[path] = line, name
        else:
            if name in CLEARED[part] and path not in sent.places:
                row.pop(name, None)
            sent.places.setdefault(path, (line, name))
    sent.places.setdefault(cell_path(part, key, ""), (line, _called_by(part)))


def _put_target(sent: ItemInput, key: Key, own: dict[str, Any], line: SentLine) -> None:
    """The target of one task; the rest of the line is of the indicator as a whole."""
    code = own.pop("code")
    sent.rows[INDICATOR][key].setdefault("targets", {})[code] = own.pop("target", None)
    sent.places[cell_path(INDICATOR, key, f"targets.{code}")] = line, "target"


def _check_alike(sent: ItemInput, key: Key, own: Mapping[str, Any], line: SentLine) -> None:
    """What all tasks have in common stands in one of the lines of an indicator, or in several alike."""
    for name, value in own.items():
        earlier = sent.places.get(cell_path(INDICATOR, key, name))
        if earlier is None or name in KEYS[INDICATOR]:
            continue
        said = _value(INDICATOR, name, earlier[0])
        if said not in (None, "") and value not in (None, "", said):
            sent.faults.append(line.fault(name, OTHERWISE, {"row": earlier[0].row}))


def _name_people(row: dict[str, Any], names: Directory) -> None:
    row["unit"] = names.unit(str(row.get("unit", "")))
    for name in ("person", "reporter"):
        if row.get(name):
            row[name] = names.person(str(row[name]), row["unit"])
    if not row["unit"]:
        del row["unit"]


# Cells as the input has them.


def _columns(part: str) -> list[str]:
    return [column.key for column in COLUMNS[part] if column.key not in ("item_no", "item", "code")]


def _values(part: str, line: SentLine, code: str) -> dict[str, Any]:
    """The cells of the columns that the sheet has."""
    own = {name: _value(part, name, line) for name in _columns(part) if name in line.values}
    return own | ({"task": code} if part in (NODE, FUND) else {"code": code})


def _value(part: str, name: str, line: SentLine) -> Any:
    value = line.values.get(name)
    if isinstance(value, Decimal):
        return f"{value:.2f}" if name == "planned_10k_yuan" else plain_number(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        labels = load_city().categories if name == "category" else CHOICES.get(part, {}).get(name, {})
        return key_of(labels, value) or value
    return value


def _code(line: SentLine) -> str:
    """The code of a task, for which a county's name will do."""
    text = plain(line.text("code"))
    return next((code for code, county in load_city().county_codes.items() if fold(county) == fold(text)), text)


def _known_key(rows: Iterable[Key], key: Key) -> Key:
    """The key of the row that is called so, however it is written."""
    folded = tuple(map(fold, key))
    return next((known for known in rows if tuple(map(fold, known)) == folded), key)
