"""Whether the process lives, and whether it is ready: for watchers and load balancers."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from approvals.http.access import access
from approvals.http.application import service
from approvals.integrity.doctor import examine, readiness

health = Blueprint("health", __name__)


@health.get("/healthz")
@access("public")
def healthz() -> ResponseReturnValue:
    return jsonify(ok=True)


@health.get("/readyz")
@access("public")
def readyz() -> ResponseReturnValue:
    """200 when everything needed is there, else 503; a warning does not count."""
    state = readiness(examine(service()))
    return jsonify(state), 200 if state["ok"] else 503
