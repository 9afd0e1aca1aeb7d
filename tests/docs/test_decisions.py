"""Decisions are numbered without a gap, a page each, with what was rejected."""

import re

from tests.docs.pages import DOCS, name_of, text_of

DECISIONS = sorted((DOCS / "decisions").iterdir())


def test_decisions_are_numbered_from_one_without_a_gap():
    assert [path.name[:5] for path in DECISIONS] == [f"{number:04}-" for number in range(1, len(DECISIONS) + 1)]


def test_a_decision_says_what_why_and_what_was_rejected():
    for path in DECISIONS:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
        text = text_of(path)
        assert text.startswith(f"# {path.name[:4]} "), name_of(path)
        for part in ("**Decided.**", "**Why.**", "**Rejected"):
            assert part in text, f"{name_of(path)} has no {part}"


def test_a_decision_is_one_page():
    assert [name_of(path) for path in DECISIONS if len(text_of(path).splitlines()) > 40] == []
