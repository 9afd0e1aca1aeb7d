"""Addresses without sign-in for programs: the description of the API and its page, `/healthz` and `/readyz`."""

from pathlib import Path
from typing import cast

import flask_openapi3_swagger
from flask import Blueprint, Response, current_app, jsonify, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_openapi3 import OpenAPI

from approvals.base.errors import NotFound
from approvals.http.access import access
from approvals.http.application import service
from approvals.integrity.doctor import examine, readiness

docs = Blueprint("docs", __name__, url_prefix="/api/v1")
health = Blueprint("health", __name__)
SWAGGER = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"
NEAR = ("127.0.0.1", "::1")  # this machine
FILES = {"swagger-ui.css": "css", "swagger-ui-bundle.js": "js"}


@docs.get("/openapi.json")
@access("public")
def description() -> Response:
    return jsonify(cast(OpenAPI, current_app).api_doc)


@docs.get("/docs")
@access("public")
def page() -> str:
    return render_template("public/api_docs.html")


@docs.get("/docs/<name>")
@access("public")
def file(name: str) -> Response:
    if name not in FILES:
        raise NotFound
    return send_from_directory(SWAGGER / FILES[name], name)


@health.get("/healthz")
@access("public")
def healthz() -> ResponseReturnValue:
    return jsonify(ok=True)


@health.get("/readyz")
@access("public")
def readyz() -> ResponseReturnValue:
    """200 when everything needed is there, else 503; a warning does not count. Production tells its own machine why."""
    state = readiness(examine(service()))
    is_near = request.remote_addr in NEAR or not service().settings.is_production
    return jsonify(state if is_near else {"ok": state["ok"]}), 200 if state["ok"] else 503
