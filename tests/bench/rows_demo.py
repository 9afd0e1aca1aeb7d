"""Row 15: the example year, loaded through the feed."""

import os
import re
import subprocess
from collections.abc import Iterator

from tests.bench.measuring import Bench, CannotBeHad, Finding, at_least
from tests.support.servers import PYTHON, ROOT

RATE = re.compile(r"([\d,]+) moves in ([\d.]+) s")


def example_year(bench: Bench) -> Iterator[Finding]:
    """The command that everybody uses, once: it takes long enough to be its own average."""
    folder = bench.new_folder("demo")
    url = f"sqlite:///{folder / 'city.db'}"
    env = os.environ | {"GUAHAO_DATABASE_URL": url, "GUAHAO_DATA_DIR": str(folder), "GUAHAO_DEMO_PASSWORD": "bench"}
    _guahao(env, "migrate")
    said = _guahao(env, "demo", *(["--people"] if bench.scale < 1 else []))
    found = RATE.search(said)
    if found is None:
        raise CannotBeHad("a trial loads the people alone")
    moves = float(found[1].replace(",", ""))
    values = (moves / float(found[2]),)
    work, note = "the example year by the feed, one process", f"{moves:,.0f} moves in {found[2]} s, one run"
    yield Finding(15, work, "one move a second", at_least(1000), "moves/s", values, (1.0,), note)


def _guahao(env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [PYTHON, "-m", "approvals", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr[-500:]}")
    return done.stdout
