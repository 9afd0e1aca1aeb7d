"""Decisions of the example year on projects of the deciding unit: its head agrees to each before it is made."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from approvals.demo.people import head_of, owner_of, owner_units
from approvals.demo.supervision import Line, feed_line
from approvals.windows.own_projects import DECISIONS
from workflows.charts.approval import AGREE
from workflows.config.catalogue import Catalogue

A_MINUTE = timedelta(minutes=1)
OPINION = {"grant": "经办意见属实，材料齐全，同意准予。", "refuse": "经办意见属实，同意不予许可。"}


def agreement_lines(lines: list[Line], catalogue: Catalogue) -> Iterator[Line]:
    """A line of the head for each decision on a project of their own unit, in the last free minute before it."""
    units = {owner_of(unit): unit for unit in owner_units()}
    owners = {line["on"]: units.get(line["by"]) for line in lines if line["move"] == "draft"}
    occupied = {(_project(line), _minute(line["at"])) for line in lines}
    for line in lines:
        if line["move"] in DECISIONS and _department(line, catalogue) == owners[_project(line)]:
            at = _minute(line["at"]) - A_MINUTE
            while (_project(line), at) in occupied:
                at -= A_MINUTE
            facts = {"decision": line["move"], "opinion": OPINION[line["move"]]}
            yield feed_line(at, head_of(catalogue, _department(line, catalogue)), AGREE, line["on"], facts)


def _project(line: Line) -> str:
    return str(line["on"].partition("/")[0])


def _department(line: Line, catalogue: Catalogue) -> str:
    return catalogue.item(line["on"].rpartition("/")[2]).department


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
