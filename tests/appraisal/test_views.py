"""What pages say of a deduction."""

import pytest

from approvals.appraisal.views import matter_of


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ("510400-2026-00004/A02/cards/promised-1", "攀挂〔2026〕4号 A02"),
        ("510400-2026-00012/B04", "攀挂〔2026〕12号 B04"),
        ("orders/2026-7", "攀督〔2026〕7号"),
        ("programme/2026/066/510422/2026-11", "066 盐边县 2026-11"),
    ],
)
def test_what_happened_is_called_as_people_call_it(about: str, words: str) -> None:
    assert matter_of(about) == words
