"""Text from files and other programs."""

import pytest

from approvals.base.encoding import NOT_UTF8, decoded
from approvals.base.errors import Unreadable


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decoded("\ufeff挂号\r\n".encode()) == "挂号\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [("挂号".encode("gbk"), "GBK"), ("挂号".encode("utf-16"), "UTF-16"), (b"\xff", "")],
)
def test_another_encoding_is_named(raw: bytes, encoding: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        decoded(raw)
    assert str(refusal.value) == NOT_UTF8[encoding]
