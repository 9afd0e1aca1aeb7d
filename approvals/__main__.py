"""The console command `guahao`, also as `python -m approvals`."""

from flask.cli import ScriptInfo

from approvals.app import create_app
from approvals.cli.main import guahao


def main() -> None:
    """Run the command that the arguments name."""
    guahao.main(prog_name="guahao", obj=ScriptInfo(create_app=create_app, set_debug_flag=False))


if __name__ == "__main__":
    main()
