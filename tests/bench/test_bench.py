"""Every row of the benchmark runs, on the smallest size, and the page says what came out. Nothing is timed."""

from pathlib import Path

import pytest

from tests.bench.__main__ import measured
from tests.bench.machine import Machine
from tests.bench.measuring import Bench, CannotBeHad, Finding, Row, Table, at_least, at_most, interleaved
from tests.bench.page import page
from tests.bench.reasons import WHY
from tests.bench.rows import ROWS


@pytest.mark.parametrize("number", [number for number in ROWS if number != "load"])
def test_each_row_can_be_measured_or_says_why_not(number: int | str, tmp_path: Path) -> None:
    sizes = (10_000, 1_000_000) if isinstance(number, int) else (40_000, 80_000)
    bench = Bench(tmp_path, rounds=1, seconds=0, scale=0.01, approvals=sizes, may_install=False)
    findings = measured(ROWS[number], bench)
    assert findings
    for one in findings:
        assert not one.note.startswith("failed"), one.note
        assert isinstance(one, Table) or one.ratio is not None or one.note.startswith("cannot be had"), one


def test_everybody_who_comes_at_once_is_answered(tmp_path: Path) -> None:
    (table,) = measured(ROWS["load"], Bench(tmp_path, rounds=1, scale=0.01, approvals=(40_000, 80_000)))
    assert isinstance(table, Table)
    assert [line[table.columns.index("errors")] for line in table.lines] == ["0", "0", "0"]


def test_a_section_stands_on_the_page_with_its_table_and_what_falls_short() -> None:
    table = Table("Load", "Many at once.", ("engine", "p95"), (("sqlite", "400"),), ("sqlite: p95 is 400 ms of ≤ 300",))
    text = page([table], Machine({"Machine": "two cores"}), "2026-11-25")
    assert "\n## Load\n\nMany at once.\n\n| engine | p95 |\n| --- | --- |\n| sqlite | 400 |\n" in text
    assert "- Load: sqlite: p95 is 400 ms of ≤ 300\n" in text


def test_sides_take_turns_and_another_one_begins_each_round() -> None:
    turns: list[str] = []
    sides = {name: lambda name=name: float(turns.append(name) or len(turns)) for name in ("a", "b")}  # type: ignore[misc]
    found = interleaved(sides, Bench(Path("/nonexistent"), rounds=3))
    assert turns == ["a", "b", "a", "b", "b", "a", "a", "b"]
    assert found == {"a": (3, 6, 7), "b": (4, 5, 8)}


def test_no_round_begins_when_the_time_of_a_row_is_up() -> None:
    found = interleaved({"a": lambda: 1.0}, Bench(Path("/nonexistent"), rounds=9, seconds=0), warm=False)
    assert found == {"a": (1.0,)}


def test_the_page_tells_ratios_targets_and_what_falls_short() -> None:
    good = Finding(1, "a move", "a bare POST", at_least(0.2), "moves/s", (100.0, 300.0, 200.0), (400.0, 400.0, 500.0))
    slow = Finding(9, "a page deep in", "the first page", at_most(1.5), "ms", (40.0,), (10.0,))
    none = Finding(7, "a case", "–", None, note="cannot be had: no such library")
    text = page([good, slow, none], Machine({"Machine": "two cores"}), "2026-11-25")
    assert "| 1 | a move | a bare POST | 200 moves/s | 400 moves/s | 0.5 (0.25–0.75) | ≥ 0.2 | yes |" in text
    assert "| 9 | a page deep in | the first page | 40.00 ms | 10.00 ms | 4.00 (4.00–4.00) | ≤ 1.5 | **no** |" in text
    assert "| 7 | a case | – | – | – | – | – | – |" in text
    assert "- 9, the first page: 4.00 (4.00–4.00) of ≤ 1.5\n" in text
    assert f"\nWhy:\n\n- 9: {WHY[9]}.\n" in text
    assert "- 7, –: cannot be had: no such library\n" in text
    assert "- Machine: two cores\n" in text


def _missing(_bench: Bench) -> list[Finding]:
    raise CannotBeHad("no such library")


def _broken(_bench: Bench) -> list[Finding]:
    raise ValueError("out of order")


def test_a_row_that_cannot_be_had_and_one_that_fails_stand_on_the_page_with_the_reason() -> None:
    bench = Bench(Path("/nonexistent"))
    notes = [measured(Row(1, "a row", how), bench)[0].note for how in (_missing, _broken)]
    assert notes == ["cannot be had: no such library", "failed: ValueError: out of order"]
