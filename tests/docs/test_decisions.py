"""Each decision has a number of its own."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "decisions"


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = sorted(page.name[:4] for page in FOLDER.glob("[0-9]*.md"))
    assert len(numbers) > 80
    assert sorted(set(numbers)) == numbers
