"""How mail is handed in: over TLS, signed in, and never longer than the whole exchange may last."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from hypothesis import example, given
from hypothesis import strategies as st

from approvals.base.settings import MailServer, read_mail_server
from approvals.notifications.mail import SEVEN_BIT, send_mail
from approvals.notifications.messages import Undelivered
from tests.support.certificates import a_certificate
from tests.support.post import Post, a_post_office

TO = "office1@city.example"
NOT_FOR_LONG = 0.3  # seconds for each answer
LETTER = EmailMessage()
LETTER["From"], LETTER["To"], LETTER["Subject"] = "noreply@city.example", TO, "Notice"
LETTER.set_content("A notice.")


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return a_certificate(tmp_path)


@pytest.fixture
def trusted(keys: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's side of a certificate that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(keys[0]))
    return server_side(*keys)


def server_side(pem: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return context


def signs_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, credentials: Any) -> AuthResult:
    assert isinstance(credentials, LoginPassword)
    return AuthResult(success=(credentials.login, credentials.password) == (b"guahao", b"p@ss word"), handled=False)


def server_of(post: Post, scheme: str, user: str = "", query: str = "") -> MailServer:
    """The server as the settings name it."""
    url = f"{scheme}://{user}127.0.0.1:{post.port}{query}"
    server = read_mail_server(
        {"GUAHAO_SMTP_URL": url, "GUAHAO_MAIL_FROM": "noreply@city.example", "GUAHAO_URL": "https://x.example"}
    )
    assert server is not None
    return server


def test_mail_goes_out_over_tls_from_the_start(trusted: ssl.SSLContext) -> None:
    with a_post_office(ssl_context=trusted) as post:
        send_mail(LETTER, server_of(post, "smtps"), TO)
    assert post.subjects == ["Notice"]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_mail_goes_out_after_starttls_and_signing_in(trusted: ssl.SSLContext) -> None:
    how = {"tls_context": trusted, "require_starttls": True, "authenticator": signs_in, "auth_required": True}
    with a_post_office(**how) as post:
        send_mail(LETTER, server_of(post, "smtp", user="guahao:p%40ss%20word@"), TO)
        with pytest.raises(Undelivered, match="535") as wrong:
            send_mail(LETTER, server_of(post, "smtp", user="guahao:wrong@"), TO)
        with pytest.raises(Undelivered, match="530"):
            send_mail(LETTER, server_of(post, "smtp"), TO)
    assert post.subjects == ["Notice"]
    assert not wrong.value.is_final, "a password may be mended while the mail waits"


def test_a_server_without_tls_gets_no_mail_where_tls_is_asked_for() -> None:
    with a_post_office() as post:
        with pytest.raises(Undelivered, match="STARTTLS"):
            send_mail(LETTER, server_of(post, "smtp"), TO)
        assert post.taken == []
        send_mail(LETTER, server_of(post, "smtp", query="?tls=none"), TO)
    assert post.subjects == ["Notice"]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_that_nobody_vouches_for_gets_no_mail(keys: tuple[Path, Path], scheme: str) -> None:
    context = server_side(*keys)
    how = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context}
    with a_post_office(**how) as post, pytest.raises(Undelivered, match="CERTIFICATE_VERIFY_FAILED"):
        send_mail(LETTER, server_of(post, scheme), TO)
    assert post.taken == []


@contextmanager
def a_dripping_server(greeting: bytes) -> Iterator[int]:
    """A server that says this, and then one byte after the other without an end; its port."""

    def drip(caller: socket.socket) -> None:
        with caller, suppress(OSError):
            caller.sendall(greeting)
            while True:
                caller.sendall(b"2")
                time.sleep(NOT_FOR_LONG / 3)

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        threading.Thread(target=lambda: drip(listener.accept()[0]), daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("greeting", [b"", b"220 hello\r\n", b"220 hello\r\n250-dripping\r\n"])
def test_an_answer_that_comes_byte_by_byte_is_not_waited_for_without_an_end(greeting: bytes) -> None:
    with a_dripping_server(greeting) as port, pytest.raises(Undelivered) as given_up:
        send_mail(LETTER, server_of(Post(port), "smtp", query="?tls=none"), TO, patience=NOT_FOR_LONG)
    assert not given_up.value.is_final


WORDS = st.sampled_from(["攀挂", "2026", "A01", "(一期)", "early", "〔2026〕17号", "x" * 30, "é"])


@given(st.lists(WORDS, min_size=1, max_size=30).map(" ".join))
@example(f"2026 2026 {'x' * 30} {'x' * 30}")
@example(f"early {'x' * 90} {'x' * 30}")
@example("A01 项目建议书审批 reminder 今天到期 · 攀挂〔2026〕17号 新建 小学 (一期) due on 2026-03-02")
def test_a_subject_read_back_is_the_subject_sent(subject: str) -> None:
    message = EmailMessage(policy=SEVEN_BIT)
    message["Subject"] = subject
    written = message.as_bytes()

    assert str(message_from_bytes(written, policy=default)["Subject"]) == subject  # as one reader decodes it
    unfolded = message_from_bytes(written)["Subject"].replace("\r\n", "").replace("\n", "")
    assert str(make_header(decode_header(unfolded))) == subject  # and as another
    assert all(len(line) <= 78 for line in written.decode("ascii").split("\r\n"))
