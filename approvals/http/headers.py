"""The headers of every answer: nothing is loaded from elsewhere, nothing inline runs, nobody frames us."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

Application = Callable[..., Iterable[bytes]]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap's style sheet carries small pictures as data
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR = 365 * 24 * 3600  # seconds


def set_up_headers(app: Flask, *, is_production: bool) -> None:
    app.after_request(_keep_or_not)
    safe_line = {"Strict-Transport-Security": f"max-age={A_YEAR}; includeSubDomains"} if is_production else {}
    app.wsgi_app = _with_headers(app.wsgi_app, [*(HEADERS | safe_line).items()])  # type: ignore[method-assign]


def _with_headers(answer: Application, always: list[tuple[str, str]]) -> Application:
    """The application, every answer of which has these headers besides its own: each is put in place once."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, headers + always, *error)

        return answer(environ, start)

    return application


def _keep_or_not(response: Response) -> Response:
    """Say who may keep this answer: a file of ours anybody, a page nobody."""
    if request.endpoint == "static":
        if "v" in request.args:  # the address changes with the file
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"  # pages are about persons and projects
    return response
