"""Variables about mail are refused at the start, with the name of the variable and a reason."""

from pathlib import Path

import pytest

from approvals.base.settings import SettingsError, new_key, read_settings

KEY = "0123456789abcdef" * 4

FINE = {
    "GUAHAO_ENV": "test",
    "GUAHAO_URL": "https://guahao.city.example/",
    "GUAHAO_SMTP_URL": "smtp://me%40city:p%3Aw@mail.city.example:2525?tls=starttls",
    "GUAHAO_MAIL_FROM": "挂号 <noreply@city.example>",
}


def test_a_mail_server_is_read_and_its_password_is_not_shown(tmp_path: Path) -> None:
    settings = read_settings(FINE | {"GUAHAO_DATA_DIR": str(tmp_path)})

    server = settings.mail
    assert server is not None
    assert (server.host, server.port, server.tls) == ("mail.city.example", 2525, "starttls")
    assert (server.user, server.password, server.sender_name) == ("me@city", "p:w", "挂号")
    assert settings.public_url == "https://guahao.city.example"
    assert "p:w" not in repr(settings)


@pytest.mark.parametrize(("url", "port", "tls"), [("smtp://m", 587, "starttls"), ("smtps://m", 465, "implicit")])
def test_ports_and_tls_have_their_customary_values(url: str, port: int, tls: str) -> None:
    server = read_settings(FINE | {"GUAHAO_SMTP_URL": url}).mail
    assert server is not None
    assert (server.port, server.tls) == (port, tls)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GUAHAO_SMTP_URL", "mail.city.example"),
        ("GUAHAO_SMTP_URL", "http://mail.city.example"),
        ("GUAHAO_SMTP_URL", "smtp://mail.city.example:99999"),
        ("GUAHAO_SMTP_URL", "smtp://mail.city.example?tls=maybe"),
        ("GUAHAO_SMTP_URL", "smtp://mail.city.example?unknown=1"),
        ("GUAHAO_SMTP_URL", "smtp://guahao:%E5%AF%86@mail.city.example"),
        ("GUAHAO_MAIL_FROM", ""),
        ("GUAHAO_MAIL_FROM", "nobody"),
        ("GUAHAO_MAIL_FROM", "a@b.example\r\nBcc: c@d.example"),
        ("GUAHAO_URL", ""),
        ("GUAHAO_URL", "guahao.city.example"),
        ("GUAHAO_URL", "https://guahao.city.example/?x"),
        ("GUAHAO_ANY_WEBHOOK", "perhaps"),
    ],
)
def test_what_is_not_usable_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings(FINE | {name: value})


def test_production_has_links_by_https_and_robots_of_the_internet_alone() -> None:
    production = FINE | {"GUAHAO_ENV": "production", "GUAHAO_SECRET_KEY": KEY, "GUAHAO_HOSTS": "guahao.city.example"}

    assert read_settings(production).mail is not None
    for name, value in (("GUAHAO_URL", "http://guahao.city.example"), ("GUAHAO_ANY_WEBHOOK", "yes")):
        with pytest.raises(SettingsError, match=name):
            read_settings(production | {name: value})


@pytest.mark.parametrize(("environment", "text", "rate"), [("test", "", 0), ("test", "60", 60), ("production", "0", 0)])
def test_the_rate_of_tokens_is_a_number_of_calls(environment, text, rate):
    env = {"GUAHAO_ENV": environment, "GUAHAO_SECRET_KEY": KEY, "GUAHAO_HOSTS": "a.example", "GUAHAO_TOKEN_RATE": text}
    assert read_settings(env).token_rate == rate


def test_in_production_tokens_have_a_rate_unless_told_otherwise():
    assert (
        read_settings(
            {"GUAHAO_ENV": "production", "GUAHAO_SECRET_KEY": KEY, "GUAHAO_HOSTS": "guahao.city.example"}
        ).token_rate
        > 0
    )


@pytest.mark.parametrize("text", ["-1", "many", "1000001", "½"])
def test_a_rate_that_is_none_is_refused_in_a_sentence(text):
    with pytest.raises(SettingsError, match="GUAHAO_TOKEN_RATE"):
        read_settings({"GUAHAO_ENV": "test", "GUAHAO_TOKEN_RATE": text})


@pytest.mark.parametrize("key", ["x", "changeme", "k" * 64, "secret" * 10, "0123456789" * 3])
def test_production_refuses_a_key_that_is_easy_to_guess(key: str) -> None:
    env = {"GUAHAO_ENV": "production", "GUAHAO_HOSTS": "guahao.city.example", "GUAHAO_SECRET_KEY": key}
    with pytest.raises(SettingsError, match="GUAHAO_SECRET_KEY is too easy to guess"):
        read_settings(env)
    assert read_settings(env | {"GUAHAO_SECRET_KEY": new_key()}).is_production


@pytest.mark.parametrize("hosts", ["", "  ", ","])
def test_production_answers_under_its_own_names_only(hosts: str) -> None:
    with pytest.raises(SettingsError, match="GUAHAO_HOSTS is required in production"):
        read_settings({"GUAHAO_ENV": "production", "GUAHAO_SECRET_KEY": KEY, "GUAHAO_HOSTS": hosts})
