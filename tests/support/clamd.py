"""A small server that speaks as ClamAV's daemon does, on a socket of this machine."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # harmless by its makers' word


class Clamd:
    """What was scanned, and how it answers: by what it finds, or with these bytes."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.scanned: list[bytes] = []
        self.answer: bytes | None = None

    def serve(self) -> None:
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        if command == b"zINSTREAM\0":
            content = b""
            while length := struct.unpack("!I", stream.read(4))[0]:
                content += stream.read(length)
            self.scanned.append(content)
            verdict = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        else:
            verdict = b"PONG\0"
        connection.sendall(verdict if self.answer is None else self.answer)


@contextmanager
def a_clamd(path: Path | None = None) -> Iterator[tuple[str, Clamd]]:
    """The address of such a server and the server: at this path, or at a port of the loopback."""
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listener.bind(str(path) if path else ("127.0.0.1", 0))
    listener.listen()
    server = Clamd(listener)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield f"clamd://{path}" if path else f"clamd://127.0.0.1:{listener.getsockname()[1]}", server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
