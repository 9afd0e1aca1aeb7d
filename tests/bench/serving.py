"""The same server software for everybody: granian, the same number of workers and threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.servers import a_free_port, a_process, answers, eventually

THREADS = 4


@contextmanager
def a_server(
    python: str, target: str, folder: Path, env: dict[str, str], *, workers: int = 1, apart: bool = True
) -> Iterator[int]:
    """This application, `module:name` in `folder`, until the block ends; its port. It answers GET /healthz with 200."""
    port = a_free_port()
    command = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    command += ["--workers", str(workers), "--blocking-threads", str(THREADS), "--log-level", "warning", target]
    with a_process(command, env=env, folder=folder, apart=apart) as process:
        eventually(
            lambda: answers(port, "/healthz") or process.popen.poll() is not None, seconds=60, what=f"{target} answers"
        )
        assert process.popen.poll() is None, process.output
        yield port
