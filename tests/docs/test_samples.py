"""The files under docs/samples: they can be read by what they are for, and name only what there is."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from approvals.base.settings import new_key, read_settings
from approvals.cli.main import guahao
from approvals.http.application import FILE_LIMIT, FORM_LIMIT
from tests.docs.test_commands import fault, read_by_the_code
from tests.support.doc_pages import DOCS, text_of

SAMPLES = DOCS / "samples"
OF_OTHERS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
UNITS = sorted([*SAMPLES.glob("*.service"), *SAMPLES.glob("*.timer")])


def unit(path: Path) -> ConfigParser:
    parser = ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser


def variables() -> dict[str, str]:
    lines = [line for line in text_of(SAMPLES / "guahao.env").splitlines() if line]
    return dict(line.lstrip("#").split("=", 1) for line in lines if re.match(r"#?[A-Z_]+=", line))


def test_each_sample_stands_in_the_handbook_of_operations() -> None:
    told = text_of(DOCS / "operations.md")
    assert [path.name for path in SAMPLES.iterdir() if path.name not in told] == []


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_start_commands_that_exist_with_the_settings_and_for_their_owner_alone(path: Path) -> None:
    parser = unit(path)
    if path.suffix == ".timer":
        assert path.with_suffix(".service").exists()
        assert parser["Timer"]["OnCalendar"]
        return
    program, *words = parser["Service"]["ExecStart"].split()
    assert program.endswith("/bin/guahao")
    assert fault(guahao, words) == ""
    assert parser["Service"]["UMask"] == "0077"
    assert parser["Service"]["EnvironmentFile"] == "/etc/guahao/guahao.env"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_units(path: Path, tmp_path: Path) -> None:
    for sample in UNITS:  # with a program that is here
        (tmp_path / sample.name).write_text(text_of(sample).replace("/opt/guahao/bin/guahao", "/bin/true"), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / path.name], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if path.name in line] == []


def test_the_settings_are_those_of_a_production() -> None:
    env = variables()
    assert set(env) <= {*read_by_the_code(), "PORT"}
    settings = read_settings(env | {"GUAHAO_SECRET_KEY": new_key()})
    assert (settings.is_production, settings.proxies, settings.hosts) == (True, 1, ("guahao.city.example",))


def test_compose_has_a_database_and_a_service_with_its_settings() -> None:
    file: dict[str, Any] = yaml.safe_load(text_of(SAMPLES / "compose.yaml"))
    service = file["services"]["guahao"]
    env = {name: value.replace("${POSTGRES_PASSWORD}", "p") for name, value in service["environment"].items()}
    assert set(env) <= set(read_by_the_code())
    assert set(file["services"]["database"]["environment"]) == OF_OTHERS
    assert read_settings(env | {"GUAHAO_SECRET_KEY": new_key()}).database_url == "postgresql://guahao:p@database/guahao"
    assert fault(guahao, service["command"]) == ""
    volumes = [volume for part in file["services"].values() for volume in part["volumes"]]
    assert {volume.partition(":")[0] for volume in volumes} == set(file["volumes"])
    assert set(service["depends_on"]) <= set(file["services"])


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxies_take_what_the_service_takes_and_say_who_the_client_is(name: str) -> None:
    text = re.sub(r"^\s*#.*$", "", text_of(SAMPLES / name), flags=re.MULTILINE)
    assert text.count("{") == text.count("}")
    assert {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"} <= set(re.findall(r"X-Forwarded-\w+", text))
    size = re.search(r"(?:client_max_body_size|max_size) (\d+)(m|MB)", text)
    assert size
    assert int(size.group(1)) * {"m": 2**20, "MB": 10**6}[size.group(2)] >= FILE_LIMIT + FORM_LIMIT
    assert "127.0.0.1:8000" in text


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not here")
def test_nginx_understands_its_sample(tmp_path: Path) -> None:
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=x"]
    subprocess.run(
        [*certificate, "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"],
        check=True,
    )
    sample = text_of(SAMPLES / "nginx.conf").replace("/etc/ssl/guahao", str(tmp_path))
    (tmp_path / "site.conf").write_text(sample, "utf-8")
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ include {tmp_path}/site.conf; }}"
    )
    subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], check=True)


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not here")
def test_caddy_understands_its_sample() -> None:
    subprocess.run(["caddy", "validate", "--adapter", "caddyfile", "--config", SAMPLES / "Caddyfile"], check=True)
