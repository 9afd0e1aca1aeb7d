"""Clients that keep their connections and send requests made beforehand."""

import socket
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

import orjson


@dataclass(slots=True)
class Run:
    """What came of a number of requests: how long all took, how long each, and how each was answered."""

    seconds: float = 0
    latencies: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def latency(self, share: float) -> float:
        """The latency in milliseconds that this share of the requests kept below."""
        return 1000 * sorted(self.latencies)[min(len(self.latencies) - 1, int(share * len(self.latencies)))]

    def send(self, connection: socket.socket, request: bytes) -> tuple[bytes, bytes]:
        """Head and body of the answer, which is noted down."""
        begin = time.perf_counter()
        connection.sendall(request)
        head, body = _answer(connection)
        self.latencies.append(time.perf_counter() - begin)
        self.statuses.append(int(head[9:12]))
        return head, body

    def share(self, port: int, clients: int, work: Callable[[int, socket.socket], None]) -> None:
        """So many clients at once, each told its number and given a connection of its own."""

        def begin(number: int) -> None:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                work(number, connection)

        begun = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(begin, range(clients)))
        self.seconds = time.perf_counter() - begun


def send(port: int, requests: Iterable[bytes], clients: int) -> Run:
    """All these requests, by so many clients at once."""
    run, todo = Run(), iter(list(requests))

    def work(_number: int, connection: socket.socket) -> None:
        for request in todo:
            run.send(connection, request)

    run.share(port, clients, work)
    return run


def a_post(path: str, body: object, headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a request with JSON."""
    return _request("POST", path, {"Content-Type": "application/json", **(headers or {})}, orjson.dumps(body))


def a_get(path: str, cookie: str = "") -> bytes:
    """The bytes of a request for a page."""
    return _request("GET", path, {"Cookie": cookie} if cookie else {})


def a_form(path: str, fields: Mapping[str, str], cookie: str) -> bytes:
    """The bytes of a form that is sent."""
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    return _request("POST", path, headers, urlencode(fields).encode())


def _request(method: str, path: str, headers: Mapping[str, str], content: bytes = b"") -> bytes:
    whole = {"Host": "127.0.0.1", **headers} | ({"Content-Length": str(len(content))} if content else {})
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in whole.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def _answer(connection: socket.socket) -> tuple[bytes, bytes]:
    head = b""
    while b"\r\n\r\n" not in head:
        head += _received(connection)
    head, _, body = head.partition(b"\r\n\r\n")
    low = head.lower()
    if b"transfer-encoding: chunked" in low:
        while not body.endswith(b"0\r\n\r\n"):
            body += _received(connection)
    length = low.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
    parts, left = [body], int(length or 0) - len(body)
    while left > 0:
        parts.append(_received(connection))
        left -= len(parts[-1])
    return head, b"".join(parts)


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server hung up")
    return data
