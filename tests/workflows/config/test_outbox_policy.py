"""The city's numbers for deliveries."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.config import DATA
from workflows.config.outbox_policy import OutboxError, load_outbox_policy, read_outbox_policy

TEXT = (DATA / "outbox.yaml").read_text(encoding="utf-8")


@given(st.integers(1, 1000), st.floats(0, 1))
def test_a_wait_doubles_up_to_the_longest_and_is_spread(tries: int, dice: float) -> None:
    policy = load_outbox_policy()
    middle = min(policy.first_wait * 2 ** min(tries - 1, 30), policy.longest_wait)

    second = timedelta(seconds=1)
    assert middle * 0.8 - second <= policy.wait_after(tries, dice) <= middle * 1.2 + second


@pytest.mark.parametrize(
    ("line", "replacement"),
    [
        ("tries: 20", "tries: 0"),
        ("tries: 20", "tries: many"),
        ("tries: 20", "tries: true"),
        ('digest_at: "08:00"', 'digest_at: "25:00"'),
        ('digest_at: "08:00"', "digest_at: 8"),
        ("kept_days: 90", "kept: 90"),
        ("first_wait_minutes: 1 ", "first_wait_minutes: 999 "),
        ("tries: 20", "tries: [20"),
    ],
)
def test_numbers_that_break_a_rule_are_refused(line: str, replacement: str) -> None:
    assert line in TEXT
    with pytest.raises(OutboxError):
        read_outbox_policy(TEXT.replace(line, replacement))
