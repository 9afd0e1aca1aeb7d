"""Messages to the robots of WeCom and DingTalk."""

import base64
import hashlib
import hmac
import socket
import threading
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import quote_plus

import orjson
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from approvals.base.errors import Invalid
from approvals.notifications.messages import Message, Undelivered, plain_text
from approvals.notifications.webhook_guard import UNKNOWN_HOST, Resolve, Target, look_up, target_of

PATIENCE = 10.0  # seconds for connecting, and for each part of the answer
ALTOGETHER = 20.0  # seconds after which an exchange is cut off, however slowly the answer drips
LARGEST_ANSWER = 64 * 1024  # bytes that are read of it
LONGEST_TEXT = 2000  # bytes of UTF-8; WeCom takes 2048
UNCLEAR = "the robot did not take it, and gave no code for why"  # of its own words none are repeated
TRY_AGAIN = (408, 425, 429)  # refusals that pass


def body_of(robot: str, letter: Message) -> bytes:
    """The letter as this robot's JSON: plain text, in which a project's name cannot pose as a link or a mention."""
    text = _cut(f"{letter.subject}\n\n{plain_text(letter)}")
    return orjson.dumps({"msgtype": "text", "text": {"content": text}})


def _cut(text: str) -> str:
    whole = text.strip().encode()
    if len(whole) <= LONGEST_TEXT:
        return whole.decode()
    return whole[: LONGEST_TEXT - 3].decode(errors="ignore") + "…"


def signed(path: str, secret: str, now: datetime) -> str:
    """The path with DingTalk's signature: a timestamp and an HMAC of it by the robot's secret."""
    timestamp = round(now.timestamp() * 1000)
    mac = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256)
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}timestamp={timestamp}&sign={quote_plus(base64.b64encode(mac))}"


def send_webhook(
    channel: Any,
    letter: Message,
    now: datetime,
    *,
    any_webhook: bool,
    hosts: Collection[str] = (),
    resolve: Resolve = look_up,
) -> None:
    """Send the letter to the robot of this channel's row; Undelivered when it did not take it.

    The address is looked up and checked anew each time, and what was checked is connected to. No redirect is followed.
    """
    try:
        target = target_of(channel.address, hosts=hosts, any_webhook=any_webhook, resolve=resolve)
    except Invalid as error:
        ((message, _),) = error.fields["address"]
        raise Undelivered(f"the address {message}", is_final=message != UNKNOWN_HOST) from None
    path = signed(target.path, channel.secret, now) if channel.robot == "dingtalk" and channel.secret else target.path
    status, answer = _exchange(target, path, body_of(channel.robot, letter))
    _check(status, answer)


def _check(status: int, answer: bytes) -> None:
    if 300 <= status < 400:
        raise Undelivered(
            f"the robot's server answered with a redirect ({status}), and none is followed", is_final=True
        )
    if status != 200:
        is_final = 400 <= status < 500 and status not in TRY_AGAIN
        raise Undelivered(f"the robot's server answered with status {status}", is_final=is_final)
    try:
        content = orjson.loads(answer)
    except ValueError:
        content = None
    code = content.get("errcode") if isinstance(content, dict) else None
    if code != 0:
        raise Undelivered(f"the robot did not take it (error {code})" if type(code) is int else UNCLEAR)


def _exchange(target: Target, path: str, body: bytes) -> tuple[int, bytes]:
    """Status and answer; the connection goes to the checked address, TLS and Host speak of the host."""
    connection = _connection(target)
    cutter = threading.Timer(ALTOGETHER, _cut_off, (connection,))
    cutter.daemon = True
    cutter.start()
    headers = {"Host": target.host_header, "Content-Type": "application/json", "User-Agent": "guahao"}
    try:
        connection.request("POST", path, body=body, headers=headers, preload_content=False)
        response = connection.getresponse()
        return response.status, response.read(LARGEST_ANSWER)
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise Undelivered(f"the robot's server could not be reached ({type(error).__name__})") from None
    finally:
        cutter.cancel()
        connection.close()


def _connection(target: Target) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(target.ip, target.port, timeout=PATIENCE)
    return HTTPSConnection(
        target.ip, target.port, timeout=PATIENCE, server_hostname=target.host, assert_hostname=target.host
    )


def _cut_off(connection: HTTPConnection) -> None:
    if isinstance(connection.sock, socket.socket):
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
