"""The console command `guahao`, also as `python -m approvals`."""

from flask import Flask
from flask.cli import ScriptInfo
from werkzeug.utils import import_string

from approvals.cli.main import guahao


def main() -> None:
    """Run the command that the arguments name."""
    guahao.main(prog_name="guahao", obj=ScriptInfo(create_app=_create, set_debug_flag=False))


def _create() -> Flask:
    """The application, imported when a command needs it: `serve`, `migrate` and `version` do not."""
    app: Flask = import_string("approvals.app:create_app")()
    return app


if __name__ == "__main__":
    main()
