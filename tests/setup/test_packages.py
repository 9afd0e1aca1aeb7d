"""What is installed: locked by hash, from whichever mirror, and the same for running and testing."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.servers import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*])?==(\S+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / f"requirements/{name}.txt").read_text()))


def named(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", requirement)[0] for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS, ids=[path.name for path in LOCKS])
def test_a_lock_names_no_host_and_no_path(lock: Path) -> None:
    assert re.findall(r"\w+://\S*|\s/\S+|^-.*|\bfile:.*| @ .*", lock.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize("lock", LOCKS, ids=[path.name for path in LOCKS])
def test_every_package_has_its_hashes(lock: Path) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", lock.read_text().strip())
    assert [block.splitlines()[0] for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)] == []


def test_what_is_tested_is_what_runs() -> None:
    assert pins("run").items() <= pins("signing").items() <= pins("test").items()


def test_the_locks_hold_everything_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert named(project["project"]["dependencies"]) <= pins("run").keys()
    assert named(project["project"]["optional-dependencies"]["signing"]) <= pins("signing").keys()
    assert named(project["dependency-groups"]["test"]) <= pins("test").keys()
