"""One folding of text, for search and for uniqueness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.base.text_folding import contains, fold


@pytest.mark.parametrize(
    ("written", "alike"),
    [
        ("攀挂〔2026〕73号", "攀挂（２０２６）７３号"),
        ("攀挂〔2026〕73号", "攀挂[2026]73号"),
        ("实验小学 教学楼", "实验小学　教学楼"),
        ("实验小学 教学楼", " 实验小学  教学楼 "),
        ("实验小学教学楼", "实验\u200b小学\ufeff教学楼"),
        ("CB-001", "cb－001"),
        ("CB-001", "Cb—001"),
        ("Straße", "STRASSE"),
    ],
)
def test_texts_that_people_hold_for_the_same_have_one_key(written: str, alike: str) -> None:
    assert fold(written) == fold(alike)
    assert contains(alike, f"关于{written}的请示")


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u3164", "\u2800\u00ad", "\ufe0f\u2060 \u3000"])
def test_a_text_that_shows_nothing_has_an_empty_key(text: str) -> None:
    assert fold(text) == ""


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
