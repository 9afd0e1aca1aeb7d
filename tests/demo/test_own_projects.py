"""In the example year each decision on a project of the deciding unit follows right upon its head's word."""

from collections import defaultdict
from itertools import pairwise

import pytest

from approvals.demo.people import head_of, owner_of, owner_units, window_of
from approvals.demo.year import city_year
from tests.demo.test_year import DATA, ENDS, OTHER_ENDS
from workflows.clock.calendar import load_calendar
from workflows.config.catalogue import load_catalogue


@pytest.mark.parametrize("ends_at", [ENDS, *OTHER_ENDS[:2]])
def test_the_head_agrees_right_before_each_decision_on_an_own_project(ends_at):
    catalogue, calendar = load_catalogue(), load_calendar((DATA / "calendar.yaml").read_text("utf-8"))
    by_case, owners = defaultdict(list), {}
    for line in city_year(ends_at, calendar, catalogue):
        by_case[line["on"]].append(line)
        if line["move"] == "draft":
            owners[line["on"]] = line["by"]
    agreed = 0
    for on, lines in by_case.items():
        project, _, code = on.partition("/")
        department = catalogue.item(code).department if code in catalogue.items else None
        is_own = department in owner_units() and owners[project] == owner_of(department)
        for before, line in pairwise(lines):
            if line["move"] in ("grant", "refuse"):
                assert (before["move"] == "agree") == is_own, on
                if is_own:
                    assert (before["by"], before["with"]["decision"]) == (head_of(catalogue, department), line["move"])
                    assert line["by"] == window_of(catalogue, department)
                    agreed += 1
    assert agreed > 10
