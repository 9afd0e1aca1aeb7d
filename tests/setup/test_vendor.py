"""Files of others: exactly those that the table names, and none that asks another host."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.support.servers import ROOT

FOLDERS = (ROOT / "approvals/static/vendor", ROOT / "approvals/pdf/vendor", ROOT / "tests/vendor")
ROWS = [(folder, row) for folder in FOLDERS for row in json.loads((folder / "vendor.json").read_text())["files"]]
SERVED = sorted(path for path in FOLDERS[0].rglob("*") if path.suffix in {".css", ".js"})


@pytest.mark.parametrize(("folder", "row"), ROWS, ids=[row["file"] for _, row in ROWS])
def test_a_file_is_the_one_that_its_row_names(folder: Path, row: dict[str, str]) -> None:
    assert hashlib.sha256((folder / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    assert row["file"].startswith(f"{row['name']}-{row['version']}/")
    assert row["licence"]


@pytest.mark.parametrize("folder", FOLDERS, ids=["pages", "papers", "tests"])
def test_every_file_has_a_row_and_a_licence_beside_it(folder: Path) -> None:
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"vendor.json"}
    assert files == {row["file"] for _, row in ROWS if _ == folder}
    assert all((folder / Path(file).parent / "LICENSE").exists() for file in files)


@pytest.mark.parametrize("path", SERVED, ids=[path.name for path in SERVED])
def test_a_served_file_loads_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"""url\((?!["']?data:)[^)]+|@import[^;]+|sourceMappingURL=\S+""", text) == []
    # An address that is asked for stands alone in its quotes; those in comments and messages do not.
    code = re.sub(r"http://www\.w3\.org/[\w/]+", "", text)
    assert re.findall(r"""["'`](?:https?:)?//\w[^"'`]+""", code) == []
