"""Passwords that everybody thinks of first are refused; long ones that nobody thinks of are taken."""

import pytest

from approvals.accounts.passwords import new_password, password_fault, strength

REFUSED = (
    *("1234567890", "password12", "Passw0rd2026", "qwertyuiop", "1qaz2wsx3edc", "administrator1", "zhongguo123456"),
    *(
        "panzhihua2026",
        "Panzhihua@2026",
        "guahao2026!",
        "攀枝花攀枝花攀枝花市",
        "zhengfu2026",
        "abcdefghijkl",
        "20261130001",
    ),
)
TAKEN = ("another long one", "quarry lantern 58", "correct horse battery", "x7!kQz-Pm2vR", "山高水长 又一春 四十二")


@pytest.mark.parametrize("password", REFUSED)
def test_what_is_common_here_is_refused(password: str) -> None:
    assert password_fault(password, "zhou.min")


@pytest.mark.parametrize("password", TAKEN)
def test_what_nobody_guesses_is_taken(password: str) -> None:
    assert password_fault(password, "zhou.min") is None
    assert strength(password).score >= 3


def test_a_name_of_ones_own_does_not_make_it_stronger() -> None:
    assert strength("liuyanhong88x").score > strength("liuyanhong88x", "liuyanhong8").score


def test_generated_passwords_are_taken() -> None:
    assert all(password_fault(new_password(), "zhou.min") is None for _ in range(50))


def test_a_password_of_the_greatest_length_is_judged() -> None:
    assert password_fault("correct horse battery staple " * 6, "zhou.min") is None
