"""The limit: Flask reads JSON and answers JSON, and does nothing else."""

from flask import Flask, Response, jsonify, request

app = Flask(__name__)


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.post("/moves/<int:case>")
def move(case: int) -> Response:
    """What a move would answer, without making one."""
    body = request.get_json()
    return jsonify({"case": case, "move": body["move"], "state": "received", "version": 2})
