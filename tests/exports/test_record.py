"""The stand-alone verifier agrees with the record as it was exported, and finds each kind of change in it."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from approvals.accounts.audit import note
from approvals.base.database import Database
from approvals.exports.record import record_lines
from approvals.history.daily_roots import keep_root
from approvals.reports.lifecycle.actions import compile_report, issue, propose
from approvals.reports.lifecycle.queries import frozen_figures
from approvals.reports.periods import MONTHLY
from tests.support.builders import NOW, a_database, a_project, an_actor, an_approval, when

PROGRAM = Path(__file__).resolve().parents[2] / "docs" / "verifier" / "verify_record.py"
_SPEC = importlib.util.spec_from_file_location("verify_record", PROGRAM)
assert _SPEC is not None and _SPEC.loader is not None
VERIFIER = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(VERIFIER)

Lines = list[dict[str, Any]]


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def exported(request: pytest.FixtureRequest, make_database: Callable[[str], str]) -> Lines:
    """The record of a city with an issued report and two daily roots, as lines."""
    database = a_database(make_database(request.param))
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-03-02"))
        note(tx, "sign_in", by="owner1", now=when("2026-03-02"))
        keep_root(tx, date(2026, 3, 3), when("2026-03-03", "00:30"))
        a_project(tx, "filed", at=when("2026-03-20"))
    _issue(database)
    with database.write() as tx:
        note(tx, "sign_out", by="owner1", now=NOW)
        keep_root(tx, date(2026, 11, 20), NOW)
        a_project(tx, "filed", at=when("2026-04-02"))
    with database.read() as tx:
        lines = [json.loads(line) for line in record_lines(tx)]
    database.close()
    return lines


def _issue(database: Database) -> None:
    with database.read() as tx:
        office = an_actor(tx, "office1")
    draft = compile_report(database, MONTHLY, "2026-03", office, lambda: NOW)
    with database.write() as tx:
        issue(tx, propose(tx, draft, frozen_figures(tx, draft), NOW), b"%PDF-", {}, office, NOW)


def faults(lines: Lines, *roots: str) -> list[str]:
    return list(VERIFIER.verify(lines, list(roots)))


def of_kind(lines: Lines, kind: str) -> Lines:
    return [line for line in lines if line["kind"] == kind]


def hashed_anew(lines: Lines) -> Lines:
    """What an insider makes of the chains, who has the program."""
    ends: dict[int, str] = {}
    for line in of_kind(lines, "entry"):
        head = ends.get(line["project_id"], VERIFIER.FIRST)
        ends[line["project_id"]] = line["hash"] = VERIFIER.entry_hash(head, line)
    return lines


def copied(lines: Lines) -> Lines:
    return [dict(line) for line in lines]


def changed(lines: Lines) -> Lines:
    of_kind(lines, "entry")[3]["move"] = "decline"
    return lines


def removed(lines: Lines) -> Lines:
    lines.remove(of_kind(lines, "entry")[3])
    return lines


def swapped(lines: Lines) -> Lines:
    first, second = of_kind(lines, "entry")[2:4]
    first["digest"], second["digest"] = second["digest"], first["digest"]
    return lines


def rehashed(lines: Lines) -> Lines:
    return hashed_anew(changed(lines))


def cut(lines: Lines) -> Lines:
    last = [line for line in of_kind(lines, "entry") if line["project_id"] == 1][-1]
    lines.remove(last)
    return lines


def without_a_project(lines: Lines) -> Lines:
    return [line for line in lines if line.get("project_id") != 2]


def without_an_event(lines: Lines) -> Lines:
    lines.remove(of_kind(lines, "seal")[0])
    return lines


def an_event_changed(lines: Lines) -> Lines:
    of_kind(lines, "seal")[0]["digest"] = "0" * 64
    return lines


CHANGES = (changed, removed, swapped, rehashed, cut, without_a_project, without_an_event, an_event_changed)


def test_an_untouched_record_holds(exported: Lines) -> None:
    roots = [line["root"] for kind in ("daily_root", "report") for line in of_kind(exported, kind)]
    assert len(roots) == 3
    assert faults(exported, *roots, roots[0].upper()) == []


@pytest.mark.parametrize("change", CHANGES)
def test_each_kind_of_change_is_found(exported: Lines, change: Callable[[Lines], Lines]) -> None:
    assert faults(change(copied(exported))) != []


def test_what_is_hashed_anew_with_all_roots_is_found_by_a_root_from_outside(exported: Lines) -> None:
    lines = rehashed(copied(exported))
    before = ""
    for daily in of_kind(lines, "daily_root"):
        daily["root"] = VERIFIER.daily_root(of_kind(lines, "entry"), of_kind(lines, "seal"), before, daily)
        before = daily["root"]
    for report in of_kind(lines, "report"):
        report["root"] = VERIFIER.report_root(of_kind(lines, "entry"), report)
    assert faults(lines) == []
    for line in of_kind(exported, "daily_root") + of_kind(exported, "report"):
        assert faults(lines, line["root"]) == [f"root {line['root']}: the record leads to it nowhere"]


def test_the_program_runs_alone(exported: Lines, tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in exported), "utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", str(PROGRAM), *words], capture_output=True, text=True, check=False, cwd=tmp_path
        )

    assert run(str(file)).returncode == 0
    assert run(str(file), "--root", "0" * 64).returncode == 1
    file.write_text("no record\n", "utf-8")
    assert run(str(file)).returncode == 2
    assert run(str(tmp_path / "nothing")).returncode == 2
