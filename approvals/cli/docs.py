"""`guahao openapi` and `guahao charts`: documents made from the code.

A page of the charts has a diagram drawn by transitions and a table of moves, both made from the chart's data.
"""

from collections.abc import Iterator
from pathlib import Path

import click
from flask_openapi3.commands import openapi_command

from approvals.cli.faults import ServiceCommand
from workflows.charts.model import BEFORE, Chart, Move, draw
from workflows.charts.registry import CHARTS
from workflows.charts.roles import ROLES

MODULES = {"entry": "monthly_entry", "programme": "programme_year"}  # of charts that their file does not name
FOLDER = Path("docs/charts")  # of the checkout that the command runs in

openapi = ServiceCommand(
    "openapi",
    callback=openapi_command.callback,
    params=openapi_command.params,
    help="Write the description of the JSON API, to the terminal or a file.",
)


@click.command(cls=ServiceCommand)
def charts() -> None:
    """Write the charts' pages of the handbook under docs/charts."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        click.echo(name)


def pages() -> dict[str, str]:
    """Each page of the handbook by its file name."""
    return {f"{chart.name}.md": "\n".join(_page(chart)) + "\n" for chart in CHARTS.values()}


def _page(chart: Chart) -> Iterator[str]:
    yield f"# {chart.en} · {chart.zh}"
    yield ""
    module = MODULES.get(chart.name, chart.name)
    yield f"Made from `workflows/charts/{module}.py`, edition {chart.edition}, by `make charts`. Do not edit."
    yield ""
    yield "```mermaid"
    yield "\n".join(line.rstrip() for line in draw(chart).strip().splitlines())
    yield "```"
    yield ""
    yield "| state | 中文 | English | |"
    yield "|---|---|---|---|"
    for state in chart.states:
        yield f"| `{state.name}` | {state.zh} | {state.en} | {'final' if state.is_final else ''} |"
    yield ""
    yield "| move | 中文 | English | from → to | by | needs | clock |"
    yield "|---|---|---|---|---|---|---|"
    for move in chart.moves:
        columns = (f"`{move.name}`", move.zh, move.en, _way(move), _by(move), _needs(move), _clock(move))
        yield f"| {' | '.join(columns)} |"


def _way(move: Move) -> str:
    sources = ", ".join(move.sources) or BEFORE
    return f"{sources} → {move.target or 'same'}{' (once a round)' if move.is_once else ''}"


def _by(move: Move) -> str:
    roles = ", ".join(f"{ROLES[role].zh} ({role})" if role in ROLES else role for role in move.by)
    first = " or ".join(f"`{name}`" for name in move.second_to)
    return f"{roles}; a second person after {first}" if first else roles


def _needs(move: Move) -> str:
    return ", ".join(f"{need.zh} `{need.name}`{'' if need.required else ' (optional)'}" for need in move.needs) or "–"


def _clock(move: Move) -> str:
    return "; ".join(effect.value for effect in move.clock) or "–"
