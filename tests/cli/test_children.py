"""Children are started again when they die, ever slower, and end with their parent."""

import signal
import sys
import time
from collections.abc import Iterator, Mapping

import pytest

from approvals.cli.children import LONGEST_WAIT, LONGEST_WAIT_KILLED, Children, Failed, Stopped, wait_before

DIES = [sys.executable, "-c", "raise SystemExit(3)"]
LIVES = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The signals of the test process as they were."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_wait_doubles_up_to_its_longest() -> None:
    assert [wait_before(deaths, 1) for deaths in (1, 2, 3, 8, 9, 50)] == [0.25, 0.5, 1, 32, LONGEST_WAIT, LONGEST_WAIT]
    assert [wait_before(deaths, -signal.SIGKILL) for deaths in (1, 4, 50)] == [0.25, 2, LONGEST_WAIT_KILLED]


def test_who_dies_at_once_is_retried_ever_slower_and_the_other_lives() -> None:
    children, sentences, notes = Children({}), [], []
    children.start("short", DIES)
    children.start("long", LIVES)
    began = time.monotonic()

    def note(deaths: Mapping[str, int]) -> None:
        notes.append(dict(deaths))
        if len(notes) == 4:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Stopped):
        children.watch(sentences.append, note)
    assert time.monotonic() - began >= 0.25 + 0.5 + 1
    assert notes == [{"short": deaths} for deaths in (1, 2, 3, 4)]
    assert sentences == [
        f"short ended by itself (exit status 3); starting it again in {wait} seconds"
        for wait in ("0.25", "0.5", "1", "2")
    ]
    children.end()


def test_one_that_dies_before_all_was_ready_fails_the_start() -> None:
    children = Children({})
    children.start("short", DIES)
    with pytest.raises(Failed, match=r"short ended by itself \(exit status 3\)"):
        children.wait_for(lambda: False, seconds=10)
    children.end()
