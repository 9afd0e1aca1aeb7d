"""Decisions of the example year on projects of the deciding unit: its head agrees to each right before it is made."""

from collections.abc import Iterator
from datetime import timedelta

from approvals.demo.people import head_of, owner_of, owner_units
from approvals.demo.supervision import Line, feed_line
from approvals.windows.own_projects import DECISIONS
from workflows.charts.approval import AGREE
from workflows.config.catalogue import Catalogue

BEFORE = timedelta(seconds=30)  # no other line lies between two minutes
OPINION = {"grant": "经办意见属实，材料齐全，同意准予。", "refuse": "经办意见属实，同意不予许可。"}


def agreement_lines(lines: list[Line], catalogue: Catalogue) -> Iterator[Line]:
    """A line of the head for each decision on a project of their own unit."""
    units = {owner_of(unit): unit for unit in owner_units()}
    owners = {line["on"]: units.get(line["by"]) for line in lines if line["move"] == "draft"}
    for line in lines:
        project, _slash, code = str(line["on"]).partition("/")
        if line["move"] in DECISIONS and catalogue.item(code).department == owners[project]:
            head = head_of(catalogue, catalogue.item(code).department)
            facts = {"decision": line["move"], "opinion": OPINION[line["move"]]}
            yield feed_line(line["at"] - BEFORE, head, AGREE, line["on"], facts)
