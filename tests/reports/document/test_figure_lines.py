"""A department's page of the report: its eight figures, its chart and its late approvals, counted by hand."""

from approvals.calendar.lights import LIGHT_LABELS
from approvals.reports.document.figure_lines import line_page
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import to_json


def by_hand(line: dict, when: str) -> list[int]:  # type: ignore[type-arg]
    """The eight figures of a line as they stand in the frozen figures."""
    moves, standing, decisions = (line[when][part] for part in ("moves", "standing", "decisions"))
    return [
        moves["submitted"], moves["accepted"], moves["granted"], decisions["within_promised"],
        standing["open"], standing["yellow"], standing["red"], decisions["decided"] - decisions["within_legal"],
    ]  # fmt: skip


def test_the_eight_figures_of_each_department_are_those_of_the_frozen_report(september: Figures) -> None:
    frozen = to_json(september)
    assert any(all(by_hand(line, "now")[:5]) for line in frozen["departments"])
    for line in frozen["departments"]:
        headlines = line_page(september, "departments", str(line["key"])).headlines
        assert [figure.now for figure in headlines] == by_hand(line, "now")
        assert [figure.before for figure in headlines] == by_hand(line, "before")


def test_the_chart_shows_as_many_as_are_open_and_the_late_ones_are_named(september: Figures) -> None:
    frozen = to_json(september)
    for line in frozen["departments"]:
        page = line_page(september, "departments", str(line["key"]))
        for lights, when in ((page.lights(), "now"), (page.lights(before=True), "before")):
            assert list(lights) == list(LIGHT_LABELS)
            assert sum(lights.values()) == line[when]["standing"]["open"]
        late = [row for row in frozen["late"] if row["department"] == line["label"]]
        assert [(row.code, row.project) for row in page.late] == [(row["code"], row["project"]) for row in late]
        assert len(late) == line["now"]["standing"]["yellow"] + line["now"]["standing"]["red"]
