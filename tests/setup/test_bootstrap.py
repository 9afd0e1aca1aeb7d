"""Set-up: recovers from interruption, waits for its twin, asks when it may not install."""

import hashlib
import os
import shutil
import signal
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.extent import effort
from tests.support.servers import ROOT, Process, a_process

TOOLS = ("bash", "cat", "dirname", "flock", "grep", "head", "id", "python3", "sha256sum", "sleep", "touch", "tr")


def a_wheel(folder: Path) -> str:
    """A package `nothing` 1.0 in this folder; its hash."""
    path = folder / "nothing-1.0-py3-none-any.whl"
    info = "nothing-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("nothing.py", "")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: nothing\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"nothing.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the set-up and a lock of one small package, which lies in `wheels`."""
    shutil.copy(ROOT / "bootstrap.sh", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "wheels").mkdir()
    lock = f"nothing==1.0 \\\n    --hash=sha256:{a_wheel(tmp_path / 'wheels')}\n"
    (tmp_path / "requirements/run.txt").write_text(lock)
    return tmp_path


@pytest.fixture
def silent_index() -> Iterator[dict[str, str]]:
    """The environment of somebody whose package index accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        yield {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": f"http://127.0.0.1:{port}/simple"}


def offline(checkout: Path) -> dict[str, str]:
    return {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout / "wheels")}


def set_up(checkout: Path) -> list[str]:
    return ["./bootstrap.sh", "run", ".venv/bin/python", "-c", "import nothing; print('it is there')"]


def finish(process: Process) -> str:
    assert process.ended(seconds=120) == 0, process.output
    assert "it is there" in process.output
    return process.output


@pytest.mark.parametrize("number", effort([signal.SIGTERM], [signal.SIGINT, signal.SIGTERM]))
def test_an_interrupted_set_up_leaves_nobody_and_the_next_one_recovers(checkout, silent_index, number) -> None:
    with a_process(set_up(checkout), env=silent_index, folder=checkout) as process:
        process.wait_for("installing 1 Python packages")
        process.send(number)
        assert process.ended() == 128 + number
        assert process.alive() == []
    with a_process(set_up(checkout), env=offline(checkout), folder=checkout) as process:
        assert "making .venv" in finish(process)


@pytest.mark.soak
def test_a_killed_set_up_recovers(checkout, silent_index) -> None:
    with a_process(set_up(checkout), env=silent_index, folder=checkout) as process:
        process.wait_for("installing 1 Python packages")
    with a_process(set_up(checkout), env=offline(checkout), folder=checkout) as process:
        finish(process)


def test_two_at_once_set_up_once_and_later_starts_do_nothing_until_the_lock_changes(checkout: Path) -> None:
    with (
        a_process(set_up(checkout), env=offline(checkout), folder=checkout) as part,
        a_process(set_up(checkout), env=offline(checkout), folder=checkout) as second,
    ):
        outputs = finish(part) + finish(second)
    assert outputs.count("making .venv") == 1
    assert "another set-up is at work" in outputs
    with a_process(set_up(checkout), folder=checkout) as process:
        assert finish(process) == "it is there\n"
    with (checkout / "requirements/run.txt").open("a") as lock:
        lock.write("# a new edition\n")
    with a_process(set_up(checkout), env=offline(checkout), folder=checkout) as process:
        output = finish(process)
    assert "installing" in output
    assert "making .venv" not in output


@pytest.mark.soak
def test_a_package_with_another_hash_is_refused(checkout: Path) -> None:
    lock = checkout / "requirements/run.txt"
    lock.write_text(lock.read_text().replace("sha256:", "sha256:0")[:-2])
    with a_process(set_up(checkout), env=offline(checkout), folder=checkout) as process:
        assert process.ended(seconds=120) == 1
        assert "pip could not install requirements/run.txt" in process.output


def test_without_the_right_to_install_it_lists_what_to_install(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(str(shutil.which(name)))
    env = {"PATH": str(tools), "PYTHON": "/usr/bin/python3"}
    with a_process(set_up(checkout), env=env, folder=checkout) as process:
        assert process.ended() == 1
        assert "fonts-noto-cjk: Chinese fonts" in process.output
        assert "fonts-arphic-gkai00mp: the 楷体" in process.output
        assert "apt-get install --no-install-recommends" in process.output
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_too_old_is_named(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "dirname"):
        (tools / name).symlink_to(str(shutil.which(name)))
    with a_process(set_up(checkout), env={"PATH": str(tools), "PYTHON": "/bin/false"}, folder=checkout) as process:
        assert process.ended() == 1
        assert "Python 3.11 or later is needed" in process.output


def test_the_command_runs_from_any_folder(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (checkout / "approvals").mkdir()
    (checkout / "approvals/__main__.py").write_text("import sys\nprint('guahao', sys.argv[1:])\n")
    with a_process(set_up(checkout), env=offline(checkout), folder=checkout) as process:
        finish(process)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with a_process([str(checkout / ".venv/bin/guahao"), "feed", "a b"], folder=elsewhere) as process:
        assert process.ended(seconds=60) == 0
        assert process.output == "guahao ['feed', 'a b']\n"
