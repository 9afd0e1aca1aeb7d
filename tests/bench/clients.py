"""Clients that keep their connections and send requests that were made beforehand: as little work as can be."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson


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
    given = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (given | (headers or {})).items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def a_get(path: str, cookie: str = "") -> bytes:
    """The bytes of a request for a page."""
    lines = (f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *([f"Cookie: {cookie}"] if cookie else ()))
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def a_form(path: str, fields: Mapping[str, str], cookie: str) -> bytes:
    """The bytes of a form that is sent."""
    content = urlencode(fields).encode()
    given = {"Host": "127.0.0.1", "Cookie": cookie, "Content-Length": str(len(content))}
    given["Content-Type"] = "application/x-www-form-urlencoded"
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def send(port: int, requests: Iterable[bytes], clients: int) -> Run:
    """All these requests, by so many clients at once, each with a connection of its own."""
    todo, results = _shared(requests), list[tuple[float, int]]()
    threads = [threading.Thread(target=_work, args=(port, todo, results)) for _ in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    return Run(took, tuple(latency for latency, _ in results), tuple(status for _, status in results))


def _shared(requests: Iterable[bytes]) -> Iterator[bytes]:
    return iter(list(requests))


def _work(port: int, todo: Iterator[bytes], results: list[tuple[float, int]]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in todo:
            begun = time.perf_counter()
            connection.sendall(request)
            status = _answer(connection)
            results.append((time.perf_counter() - begun, status))


def _answer(connection: socket.socket) -> int:
    """The status of the next answer, which is read to its end."""
    return int(answer(connection)[0][9:12])


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
    found = connection.recv(65536)
    if not found:
        raise ConnectionError("the server hung up")
    return found


def _length(head: bytes) -> int:
    name = b"\r\ncontent-length:"
    return int(head.partition(name)[2].partition(b"\r\n")[0]) if name in head else 0
