"""An item goes from its proposal to a confirmed entry, and the figures follow."""

from datetime import date
from decimal import Decimal

import pytest

from approvals.accounts.identity import actor_by_username
from approvals.base.errors import Invalid, Refused
from approvals.history.commands import Command
from approvals.moves import execute, read_reference
from approvals.projects.programme_figures import year_figures
from tests.support.builders import faults, when
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import Sight

ITEM = {
    "name": "新建农村公路",
    "category": "道路通畅",
    "level": "city",
    "kind": "works",
    "lead_unit": "市教育局",
    "practical_matter": True,
}
PLAN = {
    "tasks": [{"code": "510402", "unit": "市住房城乡建设局", "person": "owner2"}],
    "indicators": [{"name": "里程", "unit": "公里", "decimals": 1, "targets": {"510402": 12.5}}],
    "nodes": [
        {"name": "开工", "task": "510402", "planned_on": "2026-04-30"},
        {"name": "竣工", "task": "510402", "planned_on": "2026-10-31"},
    ],
    "funds": [{"source": "city", "task": "510402", "planned_10k_yuan": "300"}],
}


def line(tx, by, move, on, given=None, at="2026-03-02", hour="09:00"):
    moment = when(at, hour)
    return execute(
        tx,
        Command(
            move,
            read_reference(on, move),
            given or {},
            actor_by_username(tx, by, moment.date()),
            when("2026-11-30"),
            at=moment,
        ),
    )


def test_an_item_lives(database):
    item = "programme/2026/901"
    with database.write() as tx:
        line(tx, "office1", "propose", item, ITEM)
        line(tx, "office1", "assign", item, PLAN)
        line(tx, "office1", "adopt", item)
        entry = f"{item}/510402/2026-05"
        given = {
            "quantities": {"里程": "3.5"},
            "nodes": [{"name": "开工", "reached_on": "2026-05-04"}],
            "funds": [{"source": "city", "allocated": 100, "received": 80, "paid": 50.5}],
        }
        line(tx, "owner2", "report", entry, given, "2026-05-27")
        line(tx, "owner1", "confirm", entry, {}, "2026-05-29")
        with pytest.raises(Invalid):
            line(tx, "owner2", "report", f"{item}/510402/2026-06", {"quantities": {"里程": "3.55"}}, "2026-06-27")
        line(tx, "office1", "close_month", "programme/2026", {"month": "2026-05"}, "2026-06-05")
        with pytest.raises(Refused):
            line(tx, "owner2", "report", entry, given, "2026-06-06")
        line(tx, "owner2", "amend_entry", entry, given | {"quantities": {"里程": 4}, "reason": "漏报"}, "2026-06-06")
        line(tx, "owner1", "confirm_amendment", entry, {}, "2026-06-07")
        office = actor_by_username(tx, "office1", date(2026, 6, 10))
        figures = year_figures(tx, 2026, office, Sight(date(2026, 5, 31), date(2026, 5, 31)), ProgrammeRules())
        assert figures.items.under_way == figures.items.all == 1
        assert (figures.nodes.due, figures.nodes.met_late, figures.nodes.late) == (1, 1, 0)
        assert figures.money.planned == Decimal(300)
        assert (figures.entries.due, figures.entries.reported, figures.entries.missing) == (3, 1, 2)
    assert faults(database) == []
