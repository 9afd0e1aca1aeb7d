"""National project codes and unified social credit codes: how they may be typed, and what is no code."""

import pytest

from workflows.rules.codes import credit_code, project_code


@pytest.mark.parametrize(
    "typed",
    [
        "2604-510400-04-01-123456",
        " 2604-510400-04-01-123456 ",
        "26045104000401123456",
        "２６０４—510400－04-01-123456",
        "2604 510400 04 01 123456",
    ],
)
def test_a_project_code_is_read_as_people_type_it(typed):
    assert project_code(typed) == "2604-510400-04-01-123456"


def test_older_codes_begin_with_the_year_and_central_ones_with_noughts():
    assert project_code("2019-510400-47-03-385164")
    assert project_code("2104-000052-04-01-123456")


@pytest.mark.parametrize(
    "typed",
    [
        "", "2604", "2613-510400-04-01-123456", "2600-510400-04-01-123456", "2604-990400-04-01-123456",
        "2604-510400-04-01-12345", "2604-510400-04-01-1234567", "2604-510400-04-01-12345A", "项目代码",
    ],
)  # fmt: skip
def test_what_is_no_project_code(typed):
    assert project_code(typed) is None


# The example of the standard, and published codes of two companies.
@pytest.mark.parametrize("code", ["91350100M000100Y43", "91440300708461136T", "914403001922038216"])
def test_a_credit_code_with_its_check_character_is_taken(code):
    assert credit_code(code) == code
    assert credit_code(f" {code.lower()} ") == code


@pytest.mark.parametrize("code", ["91440300708461136T", "914403001922038216"])
def test_one_wrong_character_of_a_credit_code_is_noticed(code):
    for place, character in enumerate(code[2:8], 2):
        wrong = str((int(character) + 1) % 10)
        assert credit_code(code[:place] + wrong + code[place + 1 :]) is None


@pytest.mark.parametrize(
    "code", ["", "91440300708461136", "91440300708461136TT", "9144030070846113OT", "Z1440300708461136T"]
)
def test_what_is_no_credit_code(code):
    assert credit_code(code) is None
