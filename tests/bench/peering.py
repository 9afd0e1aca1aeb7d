"""The peers' own virtual environment: made when first asked for, from a lock file with hashes."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path

from tests.bench.measuring import CannotBeHad
from tests.support.servers import ROOT

LOCK = ROOT / "requirements" / "peers.txt"
VENV = ROOT / ".venv-peers"
PEERS = Path(__file__).parent / "peers"  # what runs there
NAMED = ("django", "django-fsm-2", "django-viewflow", "spiffworkflow", "granian")


def peer_python() -> str:
    """The interpreter of the peers' environment; CannotBeHad when it is not there and cannot be made."""
    python, stamp = VENV / "bin" / "python", VENV / "made"
    fingerprint = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != fingerprint:
        _install(python)
        stamp.write_text(fingerprint)
    return str(python)


def peer_env(folder: Path) -> dict[str, str]:
    """What the peers need to know: where their database is."""
    return {"PEER_DATABASE": str(folder / "peer.db"), "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(PEERS)}


@contextmanager
def a_counter(command: list[str], env: dict[str, str]) -> Iterator[Callable[[], list[float]]]:
    """A process that does its work once for each line of its standard input, and says its figures."""
    process = subprocess.Popen(
        command, cwd=PEERS, env=os.environ | env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin and process.stdout

    def ask() -> list[float]:
        print(file=process.stdin, flush=True)
        return [float(figure) for figure in process.stdout.readline().split()]  # type: ignore[union-attr]

    try:
        yield ask
    finally:
        process.stdin.close()
        process.wait(30)


def _install(python: Path) -> None:
    options = ("--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement")
    commands = ([sys.executable, "-m", "venv", "--clear", VENV], [python, "-m", "pip", "install", *options, LOCK])
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        raise CannotBeHad(f"the peers could not be installed: {error.stderr[-300:].strip()}") from None


def peer_versions() -> dict[str, str]:
    """What is installed of them."""
    folders = [str(folder) for folder in VENV.glob("lib/python*/site-packages")]
    versions = {package.name.lower().replace("_", "-"): package.version for package in distributions(path=folders)}
    return {name: versions.get(name, "none") for name in NAMED}
