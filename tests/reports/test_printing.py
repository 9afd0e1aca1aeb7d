"""Presses: one stays warm for the next paper where it may; one that dies or hangs takes its own paper with it alone."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import orjson
import pytest

from approvals.reports import printing
from approvals.reports.printing import PrintError, press
from tests.papers import a_document
from tests.servers import eventually

PAPER = a_document("<p>试印</p>")
IN_PARTS = a_document("<!-- part --><h1>一</h1><!-- part --><h1>二</h1>")
ALONE = (
    "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    "from approvals.reports.press import main; sys.exit(main())"
)
REFUSED = '<img src="file:///etc/passwd"/>'


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
        press(a_document(REFUSED))
    assert idle._waiting == []
    assert press(PAPER).pages == 1


def test_a_document_that_is_not_well_formed_is_not_printed(idle: printing._Idle) -> None:
    with pytest.raises(PrintError, match="mismatched tag"):
        press(a_document("<p>试印<br></p>"))
    assert press(PAPER).pages == 1


def test_a_paper_that_takes_too_long_is_given_up(idle: printing._Idle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "PATIENCE", 0.2)
    with pytest.raises(PrintError, match="killed"):
        press(PAPER)


def the_mates(press_pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{press_pid}/task/{press_pid}/children").read_text().split()]


@pytest.mark.parametrize("deadly", [signal.SIGKILL, signal.SIGTERM])
def test_the_mates_end_with_their_press(idle: printing._Idle, deadly: signal.Signals) -> None:
    assert press(IN_PARTS).pages == 2
    pid = the_press(idle)
    mates = the_mates(pid)
    assert len(mates) == min(len(os.sched_getaffinity(0)), 2)
    os.kill(pid, deadly)
    eventually(lambda: not any(Path(f"/proc/{mate}").exists() for mate in mates), seconds=20, what="their end")


@pytest.mark.parametrize("number", [0, -1])
def test_a_mate_that_is_killed_ends_its_press_and_no_other_paper(idle: printing._Idle, number: int) -> None:
    press(IN_PARTS)
    os.kill(the_mates(the_press(idle))[number], signal.SIGKILL)
    with pytest.raises(PrintError, match=r"the press failed: (a mate of the press ended|.*Broken pipe)"):
        press(IN_PARTS)
    assert idle._waiting == []
    assert press(IN_PARTS).pages == 2


def test_a_paper_of_one_part_needs_one_mate(idle: printing._Idle) -> None:
    press(PAPER)
    assert len(the_mates(the_press(idle))) == 1


def test_on_one_processor_one_mate_sets_both_lanes_to_the_same_bytes(idle: printing._Idle) -> None:
    with subprocess.Popen([sys.executable, "-c", ALONE], stdin=PIPE, stdout=PIPE, cwd=printing.ROOT) as alone:
        assert alone.stdin and alone.stdout
        alone.stdin.write(b"%d\n%s" % (len(IN_PARTS.encode()), IN_PARTS.encode()))
        alone.stdin.flush()
        while "size" not in (about := orjson.loads(alone.stdout.readline())):
            pass
        assert alone.stdout.read(about["size"]) == press(IN_PARTS).pdf
        assert len(the_mates(alone.pid)) == 1
        alone.stdin.close()
        assert alone.wait(20) == 0


def test_a_part_that_fails_ends_both_and_no_other_paper(idle: printing._Idle) -> None:
    long = "<p>一</p>" * 20
    with pytest.raises(PrintError, match="the press failed") as failed:
        press(a_document(f"<!-- part -->{long}<!-- part -->{REFUSED}"))  # the second mate sets the shorter part
    assert "file:///etc/passwd" in failed.value.reason
    assert idle._waiting == []
    assert press(IN_PARTS).pages == 2


def test_who_waits_hears_how_far_it_is(idle: printing._Idle) -> None:
    heard: list[tuple[str, int, int]] = []
    press(IN_PARTS, lambda *step: heard.append(step))
    assert heard == [("set", 1, 2), ("set", 2, 2), ("bind", 0, 1)]
