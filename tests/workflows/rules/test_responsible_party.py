"""Who holds a case in each state, as people are told it."""

import pytest

from workflows.charts.registry import CHARTS
from workflows.rules.responsible_party import holder

HOLDERS = {
    "project": {
        "drafted": "owner",
        "filed": "supervision_office",
        "returned": "owner",
        "classified": "service_centre",
        "diverted": None,
        "registered": None,
        "suspended": "supervision_office",
        "completed": None,
        "declined": None,
        "withdrawn": None,
    },
    "approval": {
        "waiting": None,
        "ready": "owner",
        "received": "window",
        "correcting": "owner",
        "accepted": "window",
        "paused": "window",
        "granted": None,
        "refused": None,
        "not_accepted": None,
        "withdrawn": None,
        "struck": None,
    },
}


@pytest.mark.parametrize("chart", HOLDERS)
def test_each_state_is_held_by_whoever_leads_on_from_it(chart: str) -> None:
    assert {state: holder(CHARTS[chart], state) for state in CHARTS[chart].state_names} == HOLDERS[chart]
