"""Catalogues to be loaded: the example one with items, stages, departments and questions changed in mid-year."""

import re

from workflows.config import DATA

OLD_NAME, NEW_NAME = "市人防办", "市国防动员办公室"


def changed(name: str, changes: dict[str, str]) -> str:
    """The example catalogue under this name, with each old text replaced by the new one."""
    text = (DATA / "catalogue.yaml").read_text(encoding="utf-8").replace('edition: "2026-01"', f'edition: "{name}"')
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def without(text: str, *codes: str) -> str:
    """The text without these items, which nothing requires afterwards."""
    lines = [line for line in text.splitlines() if not re.match(rf"\s*- {{code: ({'|'.join(codes)}),", line)]
    return re.sub(rf",? ?\b({'|'.join(codes)})\b(?=[,\]])", "", "\n".join(lines)) + "\n"


def mid_year() -> str:
    """The example catalogue without three items, a stage and two questions, and a department renamed."""
    shorter = {"promised: 5, requires: [],": "promised: 4, requires: [],"}  # A01
    text = changed("2026-02", {OLD_NAME: NEW_NAME, "stage: 4,": "stage: 3,"} | shorter)
    gone = "  4: {", "  affects_green_space: {", "  lightning_sensitive: {"
    text = "\n".join(line for line in text.splitlines() if not line.startswith(gone))
    return without(text, "B06", "C04", "D05")
