"""Runs `guahao` in this process."""

from pathlib import Path

from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from approvals.app import create_app
from approvals.cli.main import guahao
from approvals.http.application import KEY


def run(env: dict[str, str], *words: str | Path) -> Result:
    """The command with these settings, as from a shell."""
    apps: list[Flask] = []

    def create() -> Flask:
        apps.append(create_app())
        return apps[-1]

    obj = ScriptInfo(create_app=create, set_debug_flag=False)
    result = CliRunner(env=env).invoke(guahao, [str(word) for word in words], obj=obj)
    for app in apps:
        app.extensions[KEY].close()
    return result
