"""How far a long command is, on standard error: a bar on a terminal, elsewhere a line each ten per cent."""

import sys
from types import TracebackType

import click
from tqdm import tqdm


class ProgressBar:
    """The progress of one command, counted in lines of its input."""

    def __init__(self, name: str) -> None:
        self._name, self._tenths = name, 0
        self._bar = tqdm(desc=name, unit=" lines", disable=not sys.stderr.isatty())

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def at(self, done: int, total: int | None) -> None:
        """`done` lines of `total`, which is None while nobody can know it."""
        self._bar.total = total
        self._bar.update(done - self._bar.n)
        tenths = done * 10 // total if total and self._bar.disable else 0
        if tenths > self._tenths:
            self._tenths = tenths
            click.echo(f"{self._name}: {tenths * 10} %", err=True)

    def write(self, text: str) -> None:
        """A line on standard error that leaves the bar whole."""
        self._bar.write(text, file=sys.stderr)
