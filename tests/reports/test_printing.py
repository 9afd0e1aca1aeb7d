"""Presses: one stays warm for the next paper where it may; one that dies or hangs takes its own paper with it alone."""

import os
import signal
from pathlib import Path

import pytest

from approvals.reports import printing
from approvals.reports.printing import PrintError, press
from tests.servers import eventually

PAPER = "<html lang='zh'><head><title>试印</title></head><body><p>试印</p></body></html>"
IN_PARTS = "<html lang='zh'><head><title>试印</title></head><body><!-- part --><h1>一</h1><!-- part --><h1>二</h1>"
REFUSED = '<img src="file:///etc/passwd">'


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


def the_mate(press_pid: int) -> int:
    (found,) = Path(f"/proc/{press_pid}/task/{press_pid}/children").read_text().split()
    return int(found)


@pytest.mark.parametrize("deadly", [signal.SIGKILL, signal.SIGTERM])
def test_a_mate_ends_with_its_press(idle: printing._Idle, deadly: signal.Signals) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("on one processor a press has no mate")
    assert press(IN_PARTS).pages == 2
    pid = the_press(idle)
    mate = the_mate(pid)
    os.kill(pid, deadly)
    eventually(lambda: not Path(f"/proc/{mate}").exists(), seconds=20, what="the end of the mate")


def test_a_part_that_fails_ends_both_and_no_other_paper(idle: printing._Idle) -> None:
    with pytest.raises(PrintError, match="the press failed"):
        press(IN_PARTS + REFUSED)  # the mate sets it
    assert idle._waiting == []
    assert press(IN_PARTS).pages == 2


def test_who_waits_hears_how_far_it_is(idle: printing._Idle) -> None:
    heard: list[tuple[str, int, int]] = []
    press(IN_PARTS, lambda *step: heard.append(step))
    assert heard == [("set", 1, 2), ("set", 2, 2), ("bind", 0, 1)]
