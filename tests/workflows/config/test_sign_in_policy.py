"""The sign-in policy is read as it stands, and a broken one is refused with a sentence."""

from datetime import timedelta

import pytest

from workflows.config import DATA
from workflows.config.sign_in_policy import SignInPolicyError, load_sign_in_policy, read_sign_in_policy

TEXT = (DATA / "sign_in.yaml").read_text(encoding="utf-8")


def test_the_policy_of_the_example_city() -> None:
    policy = load_sign_in_policy()

    assert policy.initial_password == timedelta(days=7)
    assert policy.throttle.account_window == timedelta(minutes=15)
    assert "panzhihua" in policy.password_words
    assert policy.idle_of({"owner"}) == timedelta(hours=8)
    assert policy.idle_of({"owner", "window_head"}) == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (
            "initial_password_days: 7",
            "initial_password_days: 0",
            "initial_password_days is a whole number from 1 to 90",
        ),
        ("per_account: 5", "per_account: five", "per_account is a whole number"),
        ("per_account: 5", "per_person: 5", "throttle names"),
        ("initial_password_days: 7", "first_password_days: 7", "are needed, and nothing else"),
        ("[guahao,", "[7,", "password_words is a list of words"),
        ("deciding_roles: [window_head,", "deciding_roles: [mayor,", "deciding_roles is a list of roles"),
        ("deciding_roles: [window_head,", "deciding_roles: [{},", "deciding_roles is a list of roles"),
        ("throttle:", "throttle: [", "not readable as YAML"),
    ],
)
def test_a_broken_policy_is_refused_with_a_sentence(before: str, after: str, why: str) -> None:
    assert before in TEXT
    with pytest.raises(SignInPolicyError, match=why):
        read_sign_in_policy(TEXT.replace(before, after))
