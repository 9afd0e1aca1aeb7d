"""`guahao serve`: starts the whole service and ends all of it together.

In this order: settings, database, example city (GUAHAO_ENV=demo), web and worker. Each is a child process; this one
only watches, and starts again who dies once all was ready. SIGINT, SIGTERM and SIGHUP end everything at any moment,
within a few seconds; a second signal at once.

Exit status: 0 when it was stopped after it had become ready, 128 + the signal when stopped before, 1 when it failed.
"""

import gc
import json
import os
import socket
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import click
from flask.cli import ScriptInfo
from werkzeug.utils import import_string

from approvals.accounts.passwords import new_password
from approvals.base.settings import kept_secret, new_key, read_settings
from approvals.cli.children import Children, Failed, Stopped
from approvals.cli.faults import ServiceCommand
from approvals.cli.web import APPLICATION, serve_pages

WEB_PROCESSES = ("web 1", "web 2")
PRIVATE = 0o077  # what others may not do with the files that the service makes
READY_WITHIN = 120  # seconds; a slow machine reads fonts and catalogue for a while

PEOPLE = """
    owner1, owner2          业主            owners
    office1                 督查办          supervision office
    centre1                 政务服务中心    service centre
    liaison1, liaison2      一对一联系人    liaisons
    window-a01, head-a01 …  窗口、窗口负责人  windows and their heads, by a department's first item
    leader1                 市政府          city government
    sysadmin1, secadmin1, auditor1, integration1
"""


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """What to start, where, and the environment that the children get."""

    host: str
    port: int
    environment: str
    data_dir: Path
    env: dict[str, str]

    @property
    def is_demo(self) -> bool:
        return self.environment == "demo"

    @property
    def near_host(self) -> str:
        """The host under which this machine reaches itself."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    @property
    def address(self) -> str:
        host = f"[{self.near_host}]" if ":" in self.near_host else self.near_host
        return f"http://{host}:{self.port}"


def read_plan(env: dict[str, str]) -> ServicePlan:
    """The plan that this environment asks for; SettingsError or Failed says which variable is wrong."""
    settings = read_settings(env)
    port = read_port(env)
    settled = env | {"GUAHAO_ENV": settings.environment, "GUAHAO_DATA_DIR": str(settings.data_dir)}
    if settings.environment == "demo" and not settings.public_url:  # so that papers bear a code that leads here
        settled["GUAHAO_URL"] = f"http://127.0.0.1:{port}"
    return ServicePlan(env.get("GUAHAO_HOST") or "127.0.0.1", port, settings.environment, settings.data_dir, settled)


def read_port(env: dict[str, str]) -> int:
    text = env.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Failed(f"PORT is a number from 1 to 65535, not {text!r}")
    return int(text)


def check_port(plan: ServicePlan) -> None:
    """Failed when somebody else listens there already."""
    try:
        addresses = socket.getaddrinfo(plan.host, plan.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = addresses[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise Failed(
            f"cannot listen on {plan.host} port {plan.port}: {error.strerror}. "
            f"Is the service running already? Another port: PORT={plan.port + 1} make serve"
        ) from None


def give_secrets(plan: ServicePlan) -> None:
    """Keys that a city sets itself in production, and that are made and kept beside the data elsewhere."""
    try:
        plan.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if plan.environment != "production" and not plan.env.get("GUAHAO_SECRET_KEY"):
            plan.env["GUAHAO_SECRET_KEY"] = kept_secret(plan.data_dir / "secret-key", new_key)
        if plan.is_demo and not plan.env.get("GUAHAO_DEMO_PASSWORD"):
            plan.env["GUAHAO_DEMO_PASSWORD"] = kept_secret(plan.data_dir / "demo-password", new_password)
    except OSError as error:
        raise Failed(f"cannot write under {plan.data_dir}: {error.strerror}") from None


def python(*words: str) -> list[str]:
    return [sys.executable, "-m", *words]


def import_application(plan: ServicePlan) -> None:
    """Import what web and worker need, once: they are forked, and whoever dies is there again in a moment."""
    os.environ.update(plan.env)
    import_string(APPLICATION)
    gc.freeze()  # the forks share this memory as long as nobody writes to it


def work() -> None:
    """Be the worker."""
    script = ScriptInfo(create_app=import_string(APPLICATION), set_debug_flag=False)
    command: click.Command = import_string("approvals.cli.work:worker")
    command.main([], prog_name="guahao worker", obj=script)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What `/readyz` answered: whether the service is ready, and by check what fails or is warned of."""

    is_ready: bool
    remarks: Mapping[str, str]


def read_readiness(plan: ServicePlan) -> Readiness:
    connection = HTTPConnection(plan.near_host, plan.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        checks = json.loads(response.read())["checks"].items()
    except (OSError, HTTPException, ValueError, KeyError) as error:
        return Readiness(False, {"web": f"no answer ({type(error).__name__})"})
    finally:
        connection.close()
    return Readiness(response.status == 200, {name: check["told"] for name, check in checks if not check["ok"]})


def start(plan: ServicePlan, children: Children) -> None:
    """Everything in its order; returns when the service answers."""
    check_port(plan)
    give_secrets(plan)
    say("bringing the database up to date")
    children.run("the migration", python("approvals", "migrate"))
    if plan.env.get("GUAHAO_SIGNING_KEY"):
        children.run("looking at the key in GUAHAO_SIGNING_KEY", python("approvals", "report", "signer"))
    if plan.is_demo:
        say("looking after the example city")
        children.run("loading the example city", python("approvals", "demo", "--if-needed"))
    say("starting web and worker")
    children.run_here(partial(import_application, plan))
    for name in WEB_PROCESSES:  # of the same address: one that dies leaves the others answering
        children.start(name, partial(serve_pages, plan.host, plan.port))
    children.start("worker", work)
    if not children.wait_for(lambda: read_readiness(plan).is_ready, seconds=READY_WITHIN):
        remarks = "; ".join(f"{name}: {remark}" for name, remark in read_readiness(plan).remarks.items())
        raise Failed(f"{plan.address}/readyz did not say yes within {READY_WITHIN} seconds: {remarks}")


def say(text: str) -> None:
    print(f"guahao: {text}", flush=True)


def welcome(plan: ServicePlan) -> None:
    if remark := read_readiness(plan).remarks.get("catalogue"):
        say(f"the catalogue: {remark}")
    say(f"ready at {plan.address}   (Ctrl-C stops it)")
    if plan.is_demo:
        print(f"\n  Demo people; the password of each is {plan.env['GUAHAO_DEMO_PASSWORD']}\n{PEOPLE}", flush=True)


def note_deaths(path: Path, deaths: Mapping[str, int]) -> None:
    """Let `/readyz` know which children died, and how often in a row."""
    try:
        new = path.with_suffix(".new")
        new.write_text(json.dumps(deaths), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        say(f"cannot write {path}: {error.strerror}")


def serve_until_stopped(plan: ServicePlan) -> int:
    """The exit status."""
    with tempfile.TemporaryDirectory(prefix="guahao-", ignore_cleanup_errors=True) as folder:
        notes = Path(folder) / "deaths.json"
        plan.env["GUAHAO_LAUNCHER_NOTES"] = str(notes)
        return serve_with_notes(plan, notes)


def serve_with_notes(plan: ServicePlan, notes: Path) -> int:
    children = Children(plan.env)
    ready = False
    try:
        start(plan, children)
        ready = True
        welcome(plan)
        children.watch(say, partial(note_deaths, notes))
    except Stopped as stopped:
        say("stopping")
        return 0 if ready else 128 + stopped.signal
    finally:
        children.end()
    return 1


@click.command(cls=ServiceCommand)
def serve() -> None:
    """Start web and worker, migrated and ready, at http://127.0.0.1:8000 (PORT, GUAHAO_HOST); Ctrl-C stops it.

    With GUAHAO_ENV=demo, the default, the example city is loaded first.
    """
    os.umask(PRIVATE)
    sys.exit(serve_until_stopped(read_plan(dict(os.environ))))
