"""Bodies that arrive slowly hold up nobody who reads."""

import threading
import time

import pytest
from flask_openapi3 import OpenAPI
from werkzeug.exceptions import RequestTimeout
from werkzeug.test import EnvironBuilder, run_wsgi_app

from approvals.base.errors import Unavailable
from approvals.http import slow_bodies
from approvals.http.slow_bodies import Places, _Body


class Sender:
    """A client that sends its body after a while."""

    def __init__(self, seconds: float, body: bytes = b"") -> None:
        self._seconds, self._body = seconds, body

    def read(self, size: int = -1) -> bytes:
        time.sleep(self._seconds)
        piece, self._body = self._body[:size], self._body[size:]
        return piece


def post(app: OpenAPI, client: Sender) -> tuple[int, str]:
    """The status and the text of the answer to a form of this client."""
    builder = EnvironBuilder("/sign-in", method="POST", content_type="application/x-www-form-urlencoded")
    environ = builder.get_environ() | {"wsgi.input": client, "CONTENT_LENGTH": "1000", "wsgi.input_terminated": True}
    pieces, status, _ = run_wsgi_app(app.wsgi_app, environ)
    return int(status.split()[0]), b"".join(pieces).decode()


def test_who_trickles_is_answered_408_in_words(app: OpenAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_bodies, "PIECE_WITHIN", 0.2)
    status, text = post(app, Sender(0.3, b"username=owner1"))
    assert (status, "请求到达过慢" in text) == (408, True)


def test_a_place_is_free_again_after_each_request(app: OpenAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_bodies, "PLACE_WITHIN", 0.0)
    statuses = {post(app, Sender(0, b"username=owner1"))[0] for _ in range(slow_bodies.BODIES + 3)}
    assert statuses == {400}  # without a token


def test_without_a_place_it_is_said_and_those_who_stalled_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_bodies, "PLACE_WITHIN", 0.0)
    ends, gone = [], threading.Event()
    places = Places(lambda: ends.append(1))

    class Stalled:
        def read(self, _size: int) -> bytes:
            gone.wait(20)
            return b""

    def receive() -> None:
        with _Body(Stalled(), places) as body:
            body.read(10)

    threads = [threading.Thread(target=receive) for _ in range(slow_bodies.BODIES)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    with pytest.raises(Unavailable), _Body(Sender(0), places) as body:
        body.read(1)
    assert ends == []  # they may be slow, and send on
    monkeypatch.setattr(slow_bodies, "STALLED_AFTER", 0.1)
    with pytest.raises(Unavailable), _Body(Sender(0), places) as body:
        body.read(1)
    assert ends == [1]
    gone.set()
    for thread in threads:
        thread.join()
    with _Body(Sender(0, b"all"), places) as body:
        assert body.read() == b"all"


def test_a_body_is_read_whole_and_not_again_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = bytes(range(256)) * 1000
    with _Body(Sender(0, sent), Places(lambda: None)) as body:
        assert body.read() == sent
    monkeypatch.setattr(slow_bodies, "PIECE_WITHIN", 0.01)
    with _Body(Sender(0.05, sent), Places(lambda: None)) as body:
        with pytest.raises(RequestTimeout):
            body.read(10)
        assert body.read(10) == b""
