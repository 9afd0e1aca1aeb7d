"""The departments in order of what they decided within the promised limit."""

from collections import Counter
from dataclasses import dataclass

from approvals.reports.document.comparison_tables import in_time
from approvals.reports.figures.model import FigureLine, Figures


@dataclass(frozen=True, slots=True)
class Ranked:
    """`rank` is 0 where nothing was decided; `cards` were shown to the department in the month."""

    rank: int
    line: FigureLine
    cards: int


def ranked(figures: Figures) -> list[Ranked]:
    """All departments: the highest share first, those of one share in the catalogue's order with the same rank."""
    shown = Counter(card.department.zh for card in figures.oversight.card_list if card.shown_on >= figures.first_on)
    shares = {line.key: in_time(line.now) for line in figures.departments}
    places = sorted((share for share in shares.values() if share is not None), reverse=True)
    ordered = sorted(
        figures.departments, key=lambda line: -1 if (own := shares[line.key]) is None else own, reverse=True
    )
    return [Ranked(_rank(shares[line.key], places), line, shown[line.label.zh]) for line in ordered]


def _rank(share: float | None, places: list[float]) -> int:
    return 0 if share is None else places.index(share) + 1
