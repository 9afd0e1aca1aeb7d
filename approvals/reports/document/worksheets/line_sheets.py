"""Worksheets of figures: the city alone, and departments, stages, categories, units and people side by side.

A figure takes three columns: of the period, of the one before, and its change. The city has worksheets of its own, so
that the sum of a column over the departments is the city's figure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.column_labels import head
from approvals.reports.document.comparison_tables import in_time, level_name
from approvals.reports.document.figure_lines import (
    BESIDE,
    FIGURES,
    PARTS,
    LinePage,
    line_page,
    lines_by_split,
    projects_by_split,
)
from approvals.reports.document.oversight_tables import ranked
from approvals.reports.document.table_views import point_change
from approvals.reports.document.worksheets.columns import columns
from approvals.reports.document.worksheets.model import Kind, Value, Worksheet, WorksheetColumn
from approvals.reports.figures.model import FigureCell, FigureLine, Figures, LevelCounts
from approvals.reports.figures.oversight_model import OfficeLine
from approvals.reports.figures.serialization import has
from workflows.label import Label

Pair = tuple[float | None, float | None]  # of the period and of the one before
SPLITS = {
    "departments": Label("部门", "Departments"),
    "stages": Label("阶段", "Stages"),
    "categories": Label("类别", "Categories"),
    "liaisons": Label("联系人", "Liaisons"),
    "owners": Label("责任单位", "Responsible units"),
    "officers": Label("服务人员", "Officers"),
    "offices": Label("机关", "Offices"),
}
PART_NAMES = {
    **{part: group for part, (group, _kind) in PARTS.items()},
    **{part: group for part, (group, _labels) in BESIDE.items()},
    "owed": Label("容缺受理", "Materials owed"),
    "offices": Label("自身环节", "Own steps"),
}


def city_sheets(figures: Figures) -> Iterator[Worksheet]:
    """All figures of the city, one a row; then its rates, and the course of twelve months."""
    yield own_figures(figures, "city", "city", head("city"), _("All figures of the whole city."))
    yield _city_rates(figures)
    names = "month projects_registered projects_completed approvals_accepted approvals_granted"
    months = (*((figures.year_ago,) if figures.year_ago else ()), *figures.course)
    rows = tuple((row.month, row.registered, row.completed, row.accepted, row.granted) for row in months)
    yield Worksheet(_("Twelve months"), _("Moves of the last twelve months."), columns(names), rows)


def own_figures(figures: Figures, split: str, key: str, name: str, note: str) -> Worksheet:
    """All figures of one line, one a row."""
    page = line_page(figures, split, key)
    rows = ((label(each.group), label(each.word), *counts(each.now, each.before)) for each in page.figures)
    return Worksheet(name, note, (*columns("group indicator"), *three("", "whole")), tuple(rows))


def _city_rates(figures: Figures) -> Worksheet:
    now, before = figures.city.now, figures.city.before
    pairs = [
        (_("Decided within the promised limit"), (in_time(now), in_time(before))),
        (_("Speed-up of the approvals decided"), (now.speed.value, before.speed.value)),
        (_("Median of the speed-up"), (now.speed.median_value, before.speed.median_value)),
        (_("Speed-up up to the construction permit"), (figures.permits.value, figures.permits_before.value)),
    ]
    if has(figures, "completions"):
        completions = figures.completions.value, figures.completions_before.value
        pairs.append((_("Speed-up up to the completion, without the works"), completions))
    rows = tuple((name, *_shares(pair)) for name, pair in pairs)
    heads = (*columns("indicator"), *three("", "share"))
    return Worksheet(_("City, rates"), _("Rates of the whole city; changes in percentage points."), heads, rows)


def split_sheets(figures: Figures, split: str) -> Iterator[Worksheet]:
    """The approvals of each line of this split: moves, status at the end, decisions with rates, escalations."""
    lines = [line for line in lines_by_split(figures)[split] if isinstance(line, FigureLine)]
    yield part_sheet(figures, split, "moves")
    yield part_sheet(figures, split, "standing")
    yield _decisions(figures, split, lines)
    yield _levels(split, lines)


def part_sheet(figures: Figures, split: str, part: str) -> Worksheet:
    """The figures of one part for each line of this split."""
    of_part = projects_by_split if part == "projects" else lines_by_split
    pages = [line_page(figures, split, line.key or "-") for line in of_part(figures)[split]]
    heads = [own for name in _names(part) for own in three(label(FIGURES[name][1]), "whole")]
    rows = tuple((label(page.label), *_values(page, part)) for page in pages)
    return Worksheet(_title(split, part), _note(split, part), (_first(split), *heads), rows)


def _names(part: str) -> list[str]:
    return [name for name in FIGURES if name.partition(".")[0] == part]


def _values(page: LinePage, part: str) -> tuple[Value, ...]:
    """A line that has nothing of a part has zeros."""
    own = {each.name: counts(each.now, each.before) for each in page.figures}
    return tuple(value for name in _names(part) for value in own.get(name, (0, 0, 0)))


def _decisions(figures: Figures, split: str, lines: Iterable[FigureLine]) -> Worksheet:
    """Decisions and their limits, with the rates and days behind the speed-up."""
    counted = part_sheet(figures, split, "decisions")
    heads = [
        *three(head("rate"), "share"),
        *(own for word in (head("used"), head("legal_days")) for own in three(word, "whole")),
        *(own for word in (head("speed"), _("Median of the speed-up")) for own in three(word, "share")),
    ]
    rows = tuple((*row, *_speed(line)) for row, line in zip(counted.rows, lines, strict=True))
    return Worksheet(counted.name, counted.note, (*counted.columns, *heads), rows)


def _speed(line: FigureLine) -> tuple[Value, ...]:
    now, before = line.now.speed, line.before.speed
    return (
        *_shares((in_time(line.now), in_time(line.before))),
        *counts(now.used, before.used),
        *counts(now.legal, before.legal),
        *_shares((now.value, before.value)),
        *_shares((now.median_value, before.median_value)),
    )


def _levels(split: str, lines: Iterable[FigureLine]) -> Worksheet:
    """A row for each line and level."""
    names = [field.name for field in fields(LevelCounts) if field.name != "level"]
    heads = [own for name in names for own in three(label(FIGURES[f"levels.1.{name}"][1]), "whole")]
    rows = (
        (label(line.label), level_name(now.level), *_of_level(now, before, names))
        for line in lines
        for now, before in zip(line.now.levels, line.before.levels, strict=True)
    )
    return Worksheet(
        _("%(split)s, escalations", split=label(SPLITS[split])),
        _("Escalations by level, a row for each level."),
        (_first(split), *columns("level"), *heads),
        tuple(rows),
    )


def _of_level(now: LevelCounts, before: LevelCounts, names: Iterable[str]) -> tuple[Value, ...]:
    return tuple(value for name in names for value in counts(getattr(now, name), getattr(before, name)))


def ranking_sheet(figures: Figures) -> Worksheet:
    """The departments in the order of what was decided within the promised limit; without a rank where nothing was."""
    heads = (*columns("rank department"), *three(head("rate"), "share"), *three(head("speed"), "share"))
    rows = (
        (each.rank or None, label(each.line.label), *_rates(each.line.now, each.line.before))
        for each in ranked(figures)
    )
    note = _("Departments by the share decided within the promised limit.")
    return Worksheet(_("Ranking of departments"), note, heads, tuple(rows))


def _rates(now: FigureCell, before: FigureCell) -> tuple[Value, ...]:
    return (*_shares((in_time(now), in_time(before))), *_shares((now.speed.value, before.speed.value)))


def service_sheet(figures: Figures) -> Worksheet:
    """Owners' questions and contacts by officer, with the minutes up to the first answer."""
    counted = part_sheet(figures, "officers", "service")
    words = _("Median minutes"), _("Longest minutes")
    heads = [own for word in words for own in three(word, "whole")]
    rows = (
        (
            *row,
            *_optional(line.now.median_minutes, line.before.median_minutes),
            *_optional(line.now.longest_minutes, line.before.longest_minutes),
        )
        for row, line in zip(counted.rows, figures.oversight.liaisons, strict=True)
    )
    return Worksheet(counted.name, counted.note, (*counted.columns, *heads), tuple(rows))


def offices_sheet(figures: Figures) -> Worksheet:
    """The offices' own steps by kind, with the limit and the longest days."""
    counted = part_sheet(figures, "offices", "offices")
    limit = WorksheetColumn(_("Limit, working days"), "whole", 10)
    heads = [*three(head("rate"), "share"), *three(_("Longest, working days"), "whole")]
    rows = (
        (row[0], line.limit, *row[1:], *_office(line))
        for row, line in zip(counted.rows, figures.offices.lines, strict=True)
    )
    return Worksheet(counted.name, counted.note, (counted.columns[0], limit, *counted.columns[1:], *heads), tuple(rows))


def _office(line: OfficeLine) -> tuple[Value, ...]:
    now, before = line.now, line.before
    rates = (now.in_time / now.done if now.done else None, before.in_time / before.done if before.done else None)
    return (*_shares(rates), *_optional(now.longest, before.longest))


# Cells.


def _first(split: str) -> WorksheetColumn:
    return WorksheetColumn(label(SPLITS[split]), "text", 26)


def _title(split: str, part: str) -> str:
    return _("%(split)s, %(part)s", split=label(SPLITS[split]), part=label(PART_NAMES[part]))


def _note(split: str, part: str) -> str:
    return _(
        "%(part)s, a row for each line of: %(split)s. Of this period, of the one before, and the change.",
        split=label(SPLITS[split]),
        part=label(PART_NAMES[part]),
    )


def three(word: str, kind: Kind) -> tuple[WorksheetColumn, ...]:
    """The heads of one figure: 受理 本期, 受理 上期, 受理 增减."""
    change: Kind = "points" if kind == "share" else kind
    words = (_("this period"), _("previous period"), _("change, points") if kind == "share" else _("change"))
    kinds = (kind, kind, change)
    return tuple(WorksheetColumn(f"{word} {text}".strip(), own, 11) for text, own in zip(words, kinds, strict=True))


def counts(now: int, before: int) -> tuple[int, int, int]:
    return now, before, now - before


def _optional(now: float | None, before: float | None) -> tuple[Value, Value, Value]:
    return now, before, None if now is None or before is None else now - before


def _shares(pair: Pair) -> tuple[Value, Value, Value]:
    """A rate, that of the period before, and the change in percentage points."""
    return *pair, point_change(*pair)
