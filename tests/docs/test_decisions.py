"""Each decision has a number of its own and a page, and says what was rejected."""

import re

from tests.docs.pages import DOCS, name_of, text_of

DECISIONS = sorted((DOCS / "decisions").iterdir())


def test_no_two_decisions_have_one_number():
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == sorted(set(numbers))


def test_a_decision_says_what_why_and_what_was_rejected():
    for path in DECISIONS:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
        text = text_of(path)
        assert text.startswith(f"# {path.name[:4]} "), name_of(path)
        for part in ("**Decided.**", "**Why.**", "**Rejected"):
            assert part in text, f"{name_of(path)} has no {part}"


def test_a_decision_is_one_page():
    assert [name_of(path) for path in DECISIONS if len(text_of(path).splitlines()) > 40] == []
