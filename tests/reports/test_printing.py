"""Presses: one stays warm for the next paper where it may; one that dies or hangs takes its own paper with it alone."""

import os
import signal
from collections.abc import Iterator

import pytest

from approvals.reports import printing
from approvals.reports.printing import PrintError, press
from tests.servers import eventually

PAPER = "<html lang='zh'><head><title>试印</title></head><body><p>试印</p></body></html>"
REFUSED = '<img src="file:///etc/passwd">'


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[printing._Idle]:
    """The presses of a worker."""
    found = printing._Idle()
    found.is_kept = True
    monkeypatch.setattr(printing, "_idle", found)
    yield found
    for one in found._waiting:
        one.end()


def the_press(idle: printing._Idle) -> int:
    (one,) = idle._waiting
    return one._process.pid


def test_a_warm_press_prints_the_same_as_a_fresh_one(idle: printing._Idle) -> None:
    first = press(PAPER)
    pid = the_press(idle)
    assert press(PAPER) == first
    assert the_press(idle) == pid
    idle.is_kept = False
    assert press(PAPER) == first
    assert idle._waiting == []


def test_a_press_that_was_killed_while_it_waited_is_replaced(idle: printing._Idle) -> None:
    press(PAPER)
    os.kill(the_press(idle), signal.SIGKILL)
    eventually(lambda: not idle._waiting[0].is_alive, seconds=10, what="its end")
    assert press(PAPER).pages == 1


def test_a_paper_that_fails_ends_its_press_and_no_other_paper(idle: printing._Idle) -> None:
    with pytest.raises(PrintError, match="the press failed"):
        press(REFUSED)
    assert idle._waiting == []
    assert press(PAPER).pages == 1


def test_a_paper_that_takes_too_long_is_given_up(idle: printing._Idle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "PATIENCE", 0.2)
    with pytest.raises(PrintError, match="killed"):
        press(PAPER)
