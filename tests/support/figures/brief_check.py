"""Holds the brief of a month against the independent count, as it is printed."""

from approvals.base.i18n import in_language
from approvals.reports.document.brief.brief import brief
from approvals.reports.document.brief.model import Brief
from approvals.reports.figures.model import Figures
from tests.support.figures.recount import Recount, speed

WORST_FIRST = ("red", "yellow", "reminder", "green")


def the_brief_is_counted(figures: Figures, recount: Recount, month: str) -> None:
    """Four numbers with those of the month before, the light of the city, its lights, and the answer rates."""
    with in_language("zh_Hans"):
        told = brief(figures)
    numbers = [(number.value.replace(",", ""), number.before.replace(",", "")) for number in told.numbers[:4]]
    assert numbers == list(zip(_numbers(recount, month), _numbers(recount, earlier(month)), strict=True))
    lights = recount.lights(month)
    assert told.light == next((light for light in WORST_FIRST if lights[light]), "green")
    for row in told.tables[0].rows[:1]:
        counts = (sum(lights.values()), *lights.values())
        assert [cell.text for cell in row.cells[1:]] == [str(number or "") for number in counts]
    _levels_are_counted(told, recount, month)


def _numbers(recount: Recount, month: str) -> tuple[str, str, str, str]:
    lights, decisions = recount.lights(month), list(recount.decisions(month))
    within, saved = [row[1] for row in decisions], speed(row[3:] for row in decisions)[3]
    return (
        str(sum(lights.values())),
        f"{sum(within) / len(within):.1%}" if within else "–",
        str(lights["yellow"] + lights["red"]),
        "–" if saved is None else f"{saved:.1%}".replace("-", "−"),
    )


def _levels_are_counted(told: Brief, recount: Recount, month: str) -> None:
    moves, waiting = recount.moves(month), recount.open_escalations(month)
    for level, row in enumerate(told.tables[1].rows, start=1):
        answered = sum(
            times for (_, move, at, _), times in moves.items() if at == level and move in ("answer", "instruct")
        )
        unanswered = sum(times for (at, state, _), times in waiting.items() if (at, state) == (level, "raised"))
        rate = f"{answered / (answered + unanswered):.1%}" if answered + unanswered else ""
        assert (row.cells[2].text, row.cells[3].text) == (str(answered or ""), rate), level


def earlier(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year}-{number - 1:02d}" if number > 1 else f"{year - 1}-12"
