"""Clients that keep their connections and send requests made beforehand, and the same server software for everybody."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import orjson

from tests.support.servers import a_free_port, a_process, answers, eventually

THREADS = 4  # of each server process


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a number of requests: how long all took, how long each, and how each was answered."""

    seconds: float
    latencies: tuple[float, ...]
    statuses: tuple[int, ...]

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def latency(self, share: float) -> float:
        """The latency in milliseconds that this share of the requests kept below."""
        return 1000 * sorted(self.latencies)[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


def a_post(path: str, body: object, headers: dict[str, str] | None = None) -> bytes:
    """The bytes of a request with JSON."""
    content = orjson.dumps(body)
    own = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (own | (headers or {})).items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def a_get(path: str, cookie: str = "") -> bytes:
    """The bytes of a request for a page."""
    lines = (f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *([f"Cookie: {cookie}"] if cookie else ()))
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def a_form(path: str, fields: Mapping[str, str], cookie: str) -> bytes:
    """The bytes of a form that is sent."""
    content = urlencode(fields).encode()
    own = {"Host": "127.0.0.1", "Cookie": cookie, "Content-Length": str(len(content))}
    own["Content-Type"] = "application/x-www-form-urlencoded"
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in own.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def send(port: int, requests: Iterable[bytes], clients: int) -> Run:
    """All these requests, by so many clients at once, each with a connection of its own."""
    todo, results = iter(list(requests)), list[tuple[float, int]]()
    threads = [threading.Thread(target=_work, args=(port, todo, results)) for _ in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begin
    return Run(took, tuple(latency for latency, _ in results), tuple(status for _, status in results))


def _work(port: int, todo: Iterator[bytes], results: list[tuple[float, int]]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in todo:
            begin = time.perf_counter()
            connection.sendall(request)
            status = int(answer(connection)[0][9:12])
            results.append((time.perf_counter() - begin, status))


def answer(connection: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of the next answer."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += _received(connection)
    head, _, body = head.partition(b"\r\n\r\n")
    low = head.lower()
    if b"transfer-encoding: chunked" in low:
        while not body.endswith(b"0\r\n\r\n"):
            body += _received(connection)
    parts, left = [body], _length(low) - len(body)
    while left > 0:
        parts.append(_received(connection))
        left -= len(parts[-1])
    return head, b"".join(parts)


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server hung up")
    return data


def _length(head: bytes) -> int:
    name = b"\r\ncontent-length:"
    return int(head.partition(name)[2].partition(b"\r\n")[0]) if name in head else 0


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
