"""`guahao` has the commands of its contract, and its help does nothing."""

from collections.abc import Iterator
from pathlib import Path

import click

from approvals import __version__
from approvals.cli.docs import FOLDER, pages
from approvals.cli.main import OWN, guahao
from tests.support.cli_runner import run

COMMANDS = """backup calendar catalogue charts clock demo doctor export-record feed init migrate openapi person policy
    programme report restore serve sweep token unit verify version worker"""


def paths(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from paths(command, (*above, name))


def test_the_commands_are_those_of_the_contract() -> None:
    assert sorted({words[0] for words in paths(guahao)}) == COMMANDS.split()
    assert set(OWN) == {"migrate", "restore", "serve", "version"}


def test_help_does_nothing(tmp_path: Path) -> None:
    env = {"GUAHAO_DATA_DIR": str(tmp_path / "new"), "GUAHAO_ENV": "nonsense"}
    for words in ((), *paths(guahao)):
        result = run(env, *words, "--help")
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("Usage: guahao")
        assert "flask" not in result.stdout
    assert not (tmp_path / "new").exists()


def test_the_version_is_said() -> None:
    assert run({}, "version").stdout == f"guahao {__version__}\n"


def test_the_handbook_is_made_from_the_charts_of_today() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}
    assert written == pages(), "run `make charts`"
