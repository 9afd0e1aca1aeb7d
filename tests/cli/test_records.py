"""What the commands on the record say, in words and as JSON."""

import json
from pathlib import Path

from approvals.base.database import Database
from approvals.cli.progress import ProgressBar
from approvals.integrity.verification import verify
from tests.support.cli_runner import run


def test_doctor_says_as_json_what_readyz_answers(database_url: str) -> None:
    state = json.loads(run({"GUAHAO_DATABASE_URL": database_url}, "doctor", "--json").stdout)
    assert state["ok"] is True
    assert state["checks"]["migrations"]["ok"] is True
    assert set(state["checks"]["sweep"]) == {"ok", "warning", "told"}


def test_doctor_fails_on_a_database_without_tables(bare_database_url: str) -> None:
    result = run({"GUAHAO_DATABASE_URL": bare_database_url}, "doctor", "--json")
    assert (result.exit_code, json.loads(result.stdout)["ok"]) == (1, False)


def test_verify_names_every_invariant_as_json(database_url: str) -> None:
    database = Database(database_url)
    with database.read() as tx:
        names = [verdict.name for verdict in verify(tx)]
    database.close()
    state = json.loads(run({"GUAHAO_DATABASE_URL": database_url}, "verify", "--json").stdout)
    assert state == {"ok": True, "invariants": [{"name": name, "faults": []} for name in names]}


def test_feed_says_how_far_it_is_each_ten_per_cent(database_url: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text("{}\n" * 40)
    result = run({"GUAHAO_DATABASE_URL": database_url}, "feed", lines)
    assert (result.exit_code, result.stdout) == (1, "0 done, 0 known already, 40 refused\n")
    progress_lines = [line for line in result.stderr.splitlines() if line.startswith("feed: ")]
    assert progress_lines == [f"feed: {tenth * 10} %" for tenth in range(1, 11)]
    assert "line 1: " in result.stderr


def test_nothing_is_said_of_a_length_that_nobody_knows(capsys) -> None:  # type: ignore[no-untyped-def]
    with ProgressBar("feed") as progress:
        progress.at(5, None)
    assert capsys.readouterr() == ("", "")
