"""Whether the process lives, and whether it is ready: for watchers and load balancers."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from approvals.http.access import access
from approvals.integrity.doctor import examine

health = Blueprint("health", __name__)


@health.get("/healthz")
@access("public")
def healthz() -> ResponseReturnValue:
    return jsonify(ok=True)


@health.get("/readyz")
@access("public")
def readyz() -> ResponseReturnValue:
    """200 when everything needed is there, else 503; a warning does not count."""
    checks = examine()
    is_ready = all(check.is_fine or check.is_warning for check in checks)
    told = {check.name: {"ok": check.is_fine, "warning": check.is_warning, "told": check.told} for check in checks}
    return jsonify(ok=is_ready, checks=told), 200 if is_ready else 503
