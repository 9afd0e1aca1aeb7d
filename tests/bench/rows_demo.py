"""Rows 13 and 15: the month's report as PDF beside naive WeasyPrint, and the example year by the feed."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from approvals.accounts.passwords import hash_password
from approvals.base.i18n import in_language
from approvals.base.migrations import upgrade
from approvals.base.moments import CITY_ZONE
from approvals.demo.load import begin_city, load_year
from approvals.http.application import database
from approvals.reports.document.report import Imprint, report_document
from approvals.reports.figures.compilation import compile_month
from approvals.reports.lifecycle.issuing import document_html
from tests.bench.measuring import Bench, CannotBeHad, Finding, Target, compared
from tests.bench.peering import a_counter
from tests.support.pages import an_app
from tests.support.servers import PYTHON, ROOT

ENDS = datetime(2026, 11, 30, 9, tzinfo=CITY_ZONE)
IMPRINT = Imprint("攀挂报〔2026〕7号", date(2026, 11, 2))
RATE = re.compile(r"([\d,]+) moves in ([\d.]+) s")
WORK = "the report of October of the example city as PDF"


def month_report(bench: Bench) -> Iterator[Finding]:
    """Row 13: one process each, warm, and the most memory that each had."""
    path, beside = bench.folder / "report.html", "naive WeasyPrint"
    path.write_text(report_html(bench), encoding="utf-8")
    command, env = [PYTHON, "report_pdf.py", str(path)], {"PYTHONPATH": str(ROOT)}
    peaks: dict[str, float] = {}
    with a_counter([*command, "ours"], env) as ours, a_counter([*command, "naive"], env) as naive:

        def seconds(name: str, ask: Callable[[], list[float]]) -> float:
            took, peaks[name] = ask()
            return took

        sides = partial(seconds, "ours", ours), partial(seconds, "naive", naive)
        yield compared(bench, "13", WORK, beside, Target("≤", 0.7), "s", *sides, "processor time")
    memory = (peaks["ours"] / 1024,), (peaks["naive"] / 1024,)
    yield Finding("13", f"{WORK}, memory", beside, Target("≤", 1), "MB", *memory)


def report_html(bench: Bench) -> str:
    """The document without the files that go along; in a trial that of a city whose year has not begun."""
    url = f"sqlite:///{bench.new_folder('report') / 'city.db'}"
    upgrade(url)
    with an_app(url, now=ENDS) as app, app.app_context(), in_language("zh_Hans"):
        with database().write() as tx:
            begin_city(tx, hash_password("bench"), ENDS)
        if bench.scale == 1:
            for _progress in load_year(database(), lambda: ENDS, is_printing=False):
                pass
        with database().read() as tx:
            figures = compile_month(tx, "2026-10")
        return document_html(replace(report_document(figures, IMPRINT), files=()))


def example_year(bench: Bench) -> Iterator[Finding]:
    """The command that everybody uses, once: it takes long enough to be its own average."""
    folder = bench.new_folder("demo")
    url = f"sqlite:///{folder / 'city.db'}"
    env = os.environ | {"GUAHAO_DATABASE_URL": url, "GUAHAO_DATA_DIR": str(folder), "GUAHAO_DEMO_PASSWORD": "bench"}
    _guahao(env, "migrate")
    output = _guahao(env, "demo", *(["--people"] if bench.scale < 1 else []))
    match = RATE.search(output)
    if match is None:
        raise CannotBeHad("a trial loads the people alone")
    moves = float(match[1].replace(",", ""))
    values = (moves / float(match[2]),)
    work, note = "the example year by the feed, one process", f"{moves:,.0f} moves in {match[2]} s, one run"
    yield Finding("15", work, "one move a second", Target("≥", 1200), "moves/s", values, (1.0,), note)


def _guahao(env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [PYTHON, "-m", "approvals", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr[-500:]}")
    return done.stdout
