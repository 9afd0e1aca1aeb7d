"""The description of the JSON API, and a page to read it, all from files of this machine."""

from pathlib import Path
from typing import cast

import flask_openapi3_swagger
from flask import Blueprint, Response, current_app, jsonify, render_template, send_from_directory
from flask_openapi3 import OpenAPI

from approvals.base.errors import NotFound
from approvals.http.access import access

docs = Blueprint("docs", __name__, url_prefix="/api/v1")
SWAGGER = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"
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
