"""Has a paper printed by a press of its own, and waits for it."""

import logging
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from flask import current_app
from flask_babel import force_locale

from approvals.base.errors import Unavailable
from approvals.base.texts import N_
from approvals.reports.paper import Imprint, Paper, report_paper
from approvals.reports.values import Figures

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds for one paper
AT_ONCE = 2  # presses that one web process keeps busy
QUEUE = 20  # seconds that a reader waits for a free press; whoever waits longer is told to come back
RETRY_AFTER = 30  # seconds
_presses = threading.BoundedSemaphore(AT_ONCE)
_log = logging.getLogger(__name__)


class PrintError(Unavailable):
    """No paper came out. `reason` has the last words of the press, for the log and the command line."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            N_("The paper could not be printed just now. Nothing is lost; try again in a minute."), wait=RETRY_AFTER
        )
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Printed:
    pdf: bytes
    pages: int
    made_with: dict[str, Any]


def print_report(figures: Figures, spoken: str, imprint: Imprint | None = None) -> Printed:
    """The report in this language; with no imprint a preview."""
    with force_locale(spoken):
        html = paper_html(report_paper(figures, imprint))
    return press(html)


def paper_html(paper: Paper) -> str:
    """The document, within the application and in the language of the moment."""
    return str(current_app.jinja_env.get_template("reports/paper.html").render(paper=paper))


def press(html: str) -> Printed:
    """The PDF of this document; PrintError when none comes out."""
    if not _presses.acquire(timeout=QUEUE):
        raise _failed("all presses are busy")
    try:
        return _printed(_pressed(html))
    finally:
        _presses.release()


def _pressed(html: str) -> bytes:
    """What a press of its own puts out for this document."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "approvals.reports.press"],
            input=html.encode("utf-8"),
            capture_output=True,
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("GUAHAO_")},
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failed(f"the press took longer than {PATIENCE} seconds") from None
    except OSError as error:
        raise _failed(f"the press did not start: {error}") from None
    if done.returncode:
        raise _failed(f"the press failed: {done.stderr.decode('utf-8', 'replace')[-500:]}")
    return done.stdout


def _printed(output: bytes) -> Printed:
    line, _, pdf = output.partition(b"\n")
    about = orjson.loads(line)
    if len(pdf) != about["size"] or not pdf.startswith(b"%PDF-"):
        raise _failed("the press was cut off")
    return Printed(pdf, about["pages"], about["made_with"])


def _failed(reason: str) -> PrintError:
    _log.error("a paper was not printed: %s", reason)
    return PrintError(reason)
