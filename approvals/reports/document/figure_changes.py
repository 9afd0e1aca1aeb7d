"""What changed between two compilations of a period, number by number: the city first, then its departments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from approvals.base.i18n import label
from approvals.reports.document.figure_lines import FIGURES, line_page
from approvals.reports.figures.model import Figures

SPLITS = ("city", "departments")
Raw = Sequence[str | int]  # split, key, figure, before and after, as an entry keeps them


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure of a line that is another one now; `who` is the city or the department."""

    split: str
    key: str
    figure: str
    who: str
    words: str
    before: int
    after: int


def changed_figures(before: Figures, after: Figures) -> list[list[str | int]]:
    """The figures of city and departments that both have, where they differ."""
    then, now = _numbers(before), _numbers(after)
    return [[*place, then[place], number] for place, number in now.items() if then.get(place, number) != number]


def _numbers(figures: Figures) -> dict[tuple[str, str, str], int]:
    lines = [("city", "city"), *(("departments", line.key) for line in figures.departments)]
    return {(*line, each.name): each.now for line in lines for each in line_page(figures, *line).figures}


def in_words(changes: Iterable[Raw], figures: Figures) -> tuple[FigureChange, ...]:
    """The changes with the names of their lines in these figures, which leave out lines that they do not have."""
    names = {("city", "city"): label(figures.city.label)}
    names |= {("departments", line.key): label(line.label) for line in figures.departments}
    return tuple(
        FigureChange(
            str(split), str(key), str(figure), names[str(split), str(key)], _words(str(figure)), int(before), int(after)
        )
        for split, key, figure, before, after in changes
        if (split, key) in names and figure in FIGURES
    )


def _words(figure: str) -> str:
    group, word = FIGURES[figure]
    return f"{label(group)} · {label(word)}"
