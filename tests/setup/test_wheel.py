"""The package: built offline, installed into an environment of its own, it is the whole service in an empty folder."""

import json
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from approvals import __version__
from tests.support.servers import PYTHON, ROOT, a_free_port, a_process, answers

PIP = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet")
OFFLINE = ("--no-index", "--no-deps")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that holds the package, and borrows its dependencies from ours."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([*PIP, "wheel", *OFFLINE, "--no-build-isolation", "--wheel-dir", folder, ROOT], check=True)
    place = folder / "environment"
    venv.create(place, symlinks=True)
    (wheel,) = folder.glob("guahao-*.whl")
    subprocess.run([*PIP, "--python", place / "bin" / "python", "install", *OFFLINE, wheel], check=True)
    libraries = Path(sysconfig.get_path("purelib", "venv", {"base": str(place)}))
    (libraries / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return place


@pytest.mark.soak
def test_the_package_is_the_whole_service_in_an_empty_folder(environment: Path, tmp_path: Path) -> None:
    guahao, port = environment / "bin" / "guahao", a_free_port()
    env = {"GUAHAO_ENV": "test", "GUAHAO_DATA_DIR": "var", "PORT": str(port), "PATH": "/usr/bin:/bin"}

    def run(*words: str) -> str:
        return subprocess.check_output([guahao, *words], cwd=tmp_path, env=env, text=True)

    assert run("version") == f"guahao {__version__}\n"
    run("migrate")
    assert "Password of the demo people" in run("demo", "--people")
    state = json.loads(run("doctor", "--json"))
    assert state["ok"]
    assert state["checks"]["migrations"]["ok"]
    with a_process([str(guahao), "serve"], env=env | {"PYTHONPATH": ""}, folder=tmp_path) as service:
        service.wait_for("ready at", seconds=120)
        assert answers(port, "/healthz")
        assert answers(port, "/sign-in")
    assert {path.name for path in tmp_path.iterdir()} == {"var"}
