"""Every command, option and variable that the pages name exists."""

import re
from functools import cache

import click
import pytest

from approvals.cli.main import guahao
from tests.support.doc_pages import PAGES, ROOT, name_of, text_of

COMMAND = re.compile(r"(?:flask --app wsgi|bin/guahao|`guahao) ([^`\n|#]+)")
MAKE = re.compile(r"(?:^|`|&& |(?<=\w)=\S+ )make ([a-z]+)", re.MULTILINE)
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)
VARIABLE = re.compile(r"\bGUAHAO_[A-Z_]+\b")


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_make_target_exists(path):
    targets = set(TARGET.findall(text_of(ROOT / "Makefile")))
    assert {"serve", "test", "check", "help"} <= targets
    assert set(MAKE.findall(text_of(path))) <= targets


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_command_and_its_options_exist(path):
    assert [line for line in COMMAND.findall(text_of(path)) if fault(guahao, line.split())] == []


def fault(command: click.Command, words: list[str]) -> str:
    """What is wrong with this command line, or nothing."""
    while isinstance(command, click.Group) and words:
        name, *words = words
        subcommand = command.get_command(click.Context(command), name)
        if subcommand is None:
            return f"there is no {name}"
        command = subcommand
    options = {option for parameter in command.params for option in parameter.opts}
    return ", ".join(word for word in words if word.startswith("-") and word != "-" and word not in options)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_variable_is_one_that_the_code_reads(path):
    assert set(VARIABLE.findall(text_of(path))) <= read_by_the_code()


@cache
def read_by_the_code() -> set[str]:
    paths = [path for folder in ("approvals", "tests") for path in (ROOT / folder).rglob("*.py")]
    return {name for path in paths for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
