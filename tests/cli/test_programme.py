"""`guahao programme figures`: as JSON the API's answer, in words an aligned table."""

import json

import pytest

from approvals.base.database import Database
from tests.support.builders import a_city
from tests.support.cli_runner import run
from tests.support.programme_items import an_entry, an_item


@pytest.fixture
def settings(database_url: str) -> dict[str, str]:
    """The settings of a city with an item that has a counted entry."""
    database = Database(database_url)
    with database.write() as tx:
        a_city(tx)
        an_entry(tx, f"{an_item(tx)}/510402/2026-05", "2026-05-27")
    database.close()
    return {"GUAHAO_DATABASE_URL": database_url}


def test_figures_are_written_as_json(settings: dict[str, str]) -> None:
    told = json.loads(run(settings, "programme", "figures", "2026", "--on", "2026-05-31", "--json").stdout)
    assert (told["year"], told["on"], told["items"]["all"]) == (2026, "2026-05-31", 1)
    assert told["money"]["execution_rate"] == "0.1683"


def test_figures_are_an_aligned_table(settings: dict[str, str]) -> None:
    lines = run(settings, "programme", "figures", "2026", "--on", "2026-05-31").stdout.splitlines()
    assert lines[0] == "Programme 2026 at the close of 2026-05-31; amounts in 10,000 yuan"
    head, total, category = (line for line in lines if line.startswith((" " * 8, "all", "道路通畅")))
    assert head.index("planned") + len("planned") == total.index("300.00") + len("300.00")
    assert total.split()[1:] == category.split()[1:]


@pytest.mark.parametrize(
    "words",
    [("x",), ("1999",), ("2025",), ("2026", "--on", "x"), ("2026", "--on", "2026-05-31", "--known", "2026-05-30")],
)
def test_a_fault_is_one_sentence(settings: dict[str, str], words: tuple[str, ...]) -> None:
    result = run(settings, "programme", "figures", *words)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
