"""Robots of WeCom and DingTalk, as a real HTTP server that listens."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from approvals.http.application import KEY
from tests.support.post import Carried, a_carried_city

OK = (200, b'{"errcode":0,"errmsg":"ok"}')


@dataclass
class Robot:
    """What the robot answers, one after the other, then that all is well; and what it heard."""

    url: str = ""
    answers: list[tuple[Any, ...]] = field(default_factory=list)
    heard: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)


@contextmanager
def a_robot() -> Iterator[Robot]:
    robot = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            robot.heard.append((self.path, dict(self.headers), orjson.loads(body)))
            status, answer, *more = robot.answers.pop(0) if robot.answers else OK
            self.send_response(status)
            for name, value in more:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    robot.url = f"http://127.0.0.1:{server.server_port}/robot/send?key=abc"
    try:
        yield robot
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def robot() -> Iterator[Robot]:
    with a_robot() as robot:
        yield robot


@pytest.fixture
def city(database_url: str) -> Iterator[Carried]:
    with a_carried_city(database_url) as city:
        yield city


def test_a_robot_of_wecom_gets_plain_text(city: Carried, robot: Robot) -> None:
    city.robot("office1", robot.url)
    city.file("ext-1", "小学[点此](https://evil.example)")

    assert city.work() == {"sent": 1}

    ((path, headers, body),) = robot.heard
    assert path == "/robot/send?key=abc"
    assert headers["Host"] == robot.url.split("/")[2]
    assert body["msgtype"] == "text"
    assert body["text"]["content"].startswith("提交申报")
    assert len(body["text"]["content"].encode()) <= 2048


def test_a_robot_of_dingtalk_gets_a_signature(city: Carried, robot: Robot) -> None:
    city.robot("office1", robot.url, "dingtalk", "SECabc")
    city.file("ext-1")

    assert city.work() == {"sent": 1}

    query = parse_qs(urlsplit(robot.heard[0][0]).query)
    timestamp = query["timestamp"][0]
    assert int(timestamp) == round(city.at.timestamp() * 1000)
    mac = hmac.new(b"SECabc", f"{timestamp}\nSECabc".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(mac).decode()]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((200, b'{"errcode":45009,"errmsg":"api freq out of limit"}'), "failed"),
        ((200, b"not json"), "failed"),
        ((503, b"busy"), "failed"),
        ((429, b"slow down"), "failed"),
        ((404, b"no such robot"), "dead"),
    ],
)
def test_what_the_robot_does_not_take_is_not_sent(
    city: Carried, robot: Robot, answer: tuple[int, bytes], state: str
) -> None:
    city.robot("office1", robot.url)
    city.file("ext-1")
    robot.answers.append(answer)

    assert city.work() == {state: 1}
    city.later(minutes=2)
    assert city.work() == ({"sent": 1} if state == "failed" else {})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(city: Carried, robot: Robot, status: int) -> None:
    with a_robot() as inner:
        city.robot("office1", robot.url)
        city.file("ext-1")
        robot.answers.append((status, b"", ("Location", inner.url)))

        assert city.work() == {"dead": 1}
        assert inner.heard == []
    assert "redirect" in city.jobs("failed")[0].error


def test_an_address_that_became_private_is_refused_when_it_is_sent_to(city: Carried, robot: Robot) -> None:
    city.robot("office1", "https://127.0.0.1/robot")
    city.file("ext-1")
    serving = city.app.extensions[KEY]
    serving.settings = replace(serving.settings, any_webhook=False, robot_hosts=("127.0.0.1",))

    assert city.work() == {"dead": 1}
    assert "private network" in city.jobs("failed")[0].error
    assert robot.heard == []


def test_nothing_that_a_server_says_is_repeated(city: Carried, robot: Robot) -> None:
    """The reason of a failure stands on our pages: it is in our words, with at most a number of theirs."""
    said = "<b>call 400-1234 now</b>"
    for status, body in (
        (200, {"errcode": 93000, "errmsg": said}),
        (200, {"errcode": said}),
        (500, {"errmsg": said}),
        (404, {"errmsg": said}),
    ):
        city.robot("office1", robot.url)
        city.file(f"ext-{len(robot.answers)}-{status}-{len(body)}")
        robot.answers.append((status, orjson.dumps(body), ("X", "y")))
        city.work()
    errors = [job.error for state in ("failed", "dead", "waiting") for job in city.jobs(state)]
    assert errors
    assert not [error for error in errors if "400-1234" in error or "<b>" in error]
