"""Writes the YAML of a holiday notice from a form, with the form field of each line."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.clock.holiday_notices import CalendarError, HolidayNotice, parse_notices

_PLAIN = re.compile(r"[0-9]{4}(-[0-9]{2}-[0-9]{2}(\.\.[0-9]{4}-[0-9]{2}-[0-9]{2})?)?")  # safe without quotes
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TypedNotice:
    """The text of a notice; `fields` names the field of a line: `year`, `source`, `days_off.0`, `makeup_workdays.2`."""

    text: str
    fields: Mapping[int, str]

    def check(self) -> str:
        """The text; CalendarError with the line when it is invalid."""
        parse_notices(self.text)
        return self.text

    def field_of(self, error: CalendarError) -> str:
        return self.fields.get(error.line or 0, "year")


def write_notice(year: str, source: str, days_off: Sequence[Row], makeup_workdays: Sequence[Row]) -> TypedNotice:
    """The text of one year's notice. `days_off` have first, last, name and en, `makeup_workdays` have day."""
    lines = [
        ("years:", ""),
        (f"  {_scalar(year)}:", "year"),
        (f"    source: {_quoted(source)}", "source"),
        *_list("days_off", [_holiday(row) for row in days_off]),
        *_list("makeup_workdays", [_scalar(row.get("day", "")) for row in makeup_workdays]),
    ]
    text = "".join(f"{line}\n" for line, _ in lines)
    return TypedNotice(text, {number: field for number, (_, field) in enumerate(lines, 1) if field})


def _list(name: str, entries: Sequence[str]) -> list[tuple[str, str]]:
    if not entries:
        return [(f"    {name}: []", name)]
    return [(f"    {name}:", name), *((f"      - {entry}", f"{name}.{n}") for n, entry in enumerate(entries))]


def _holiday(row: Row) -> str:
    first, last = row.get("first", ""), row.get("last", "")
    named = {key: row[key] for key in ("name", "en") if row.get(key)}
    days = _scalar(f"{first}..{last}" if last and last != first else first)
    parts = [*(f"{key}: {_quoted(value)}" for key, value in named.items()), f"days: {days}"]
    return "{" + ", ".join(parts) + "}"


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    """The text in quotes, on one line whatever it holds, so that an error names its line."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in quoted)


def form_values(notice: HolidayNotice) -> dict[str, object]:
    """The form's values for a notice."""
    return {
        "year": str(notice.year),
        "source": notice.source,
        "days_off": [
            {"first": off.first_on.isoformat(), "last": off.last_on.isoformat(), "name": off.name, "en": off.name_en}
            for off in notice.days_off
        ],
        "makeup_workdays": [{"day": day.isoformat()} for day in notice.makeup_workdays],
    }
