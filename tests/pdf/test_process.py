"""Renderers: one stays warm for the next document where it may; one that dies or hangs takes its own document alone."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from approvals.pdf import process
from approvals.pdf.process import RenderingError, render_apart, stay_warm
from tests.support.documents import a_document
from tests.support.servers import eventually

PAPER = a_document("<p>试印</p>")
REFUSED = a_document('<img src="file:///etc/passwd"/>')


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[process._Child]]:
    """The renderers of a worker, none of which is warm yet."""
    children: list[process._Child] = []
    monkeypatch.setattr(process, "_idle", children)
    stay_warm()
    yield children
    for child in children:
        child.end()


def pid_of(idle: list[process._Child]) -> int:
    (child,) = idle
    return child.process.pid


def test_a_warm_renderer_gives_the_same_as_a_fresh_one(
    idle: list[process._Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = render_apart(PAPER)
    pid = pid_of(idle)
    assert render_apart(PAPER) == first
    assert pid_of(idle) == pid
    monkeypatch.setattr(process, "DOCUMENTS", 3)
    assert render_apart(PAPER) == first
    assert idle == []


def test_a_renderer_that_was_killed_while_it_waited_is_replaced(idle: list[process._Child]) -> None:
    render_apart(PAPER)
    os.kill(pid_of(idle), signal.SIGKILL)
    eventually(lambda: idle[0].process.poll() is not None, seconds=10, what="its end")
    assert render_apart(PAPER).pages == 1


def test_a_document_that_fails_ends_its_renderer_and_no_other_document(idle: list[process._Child]) -> None:
    render_apart(PAPER)
    with pytest.raises(RenderingError, match=r"the renderer failed: RuntimeError: .*file:///etc/passwd"):
        render_apart(REFUSED)
    assert idle == []
    assert render_apart(PAPER).pages == 1


def test_a_document_that_is_not_well_formed_is_not_rendered(idle: list[process._Child]) -> None:
    with pytest.raises(RenderingError, match="mismatched tag"):
        render_apart(a_document("<p>试印<br></p>"))
    assert render_apart(PAPER).pages == 1


def test_a_document_that_takes_too_long_is_given_up(
    idle: list[process._Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "TIME_LIMIT", 0.2)
    with pytest.raises(RenderingError, match="killed"):
        render_apart(PAPER)


def test_a_document_waits_for_a_free_renderer_and_not_for_ever(
    idle: list[process._Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "QUEUE", 0.1)
    for _ in range(process.AT_ONCE):
        assert process._slots.acquire(blocking=False)
    try:
        with pytest.raises(RenderingError, match="busy"):
            render_apart(PAPER)
    finally:
        process._slots.release(process.AT_ONCE)


def test_a_renderer_ends_when_nobody_can_ask_it_any_more(idle: list[process._Child]) -> None:
    render_apart(PAPER)
    (child,) = idle
    assert child.process.stdin
    child.process.stdin.close()  # as when its worker was killed
    eventually(lambda: child.process.poll() == 0, seconds=20, what="its end")
    assert not Path(f"/proc/{child.process.pid}").exists()
