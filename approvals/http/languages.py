"""The language of a request: the person's own, the browser's cookie, or for programs what their header asks for."""

from flask import Flask, g, request, session

from approvals.base.i18n import DEFAULT, known_language, use_language

COOKIE = "language"
CHOSEN = "language"  # in the session: what was chosen on the way in, which holds until its end
COOKIE_LIFE = 365 * 24 * 3600  # seconds


def set_up_languages(app: Flask) -> None:
    app.before_request(speak_chosen_language)
    app.teardown_request(lambda _error: use_language(DEFAULT))


def speak_chosen_language() -> None:
    """Answer this request in the language that was chosen for it; to be called again when its reader is known."""
    use_language(_chosen_language())


def _chosen_language() -> str:
    """The person's language, unless another was chosen right before signing in."""
    accepted = None
    if request.path.startswith("/api/"):
        accepted = next(filter(None, (known_language(tag) for tag, _ in request.accept_languages)), None)
    actor = g.get("actor")
    own = (session.get(CHOSEN) or actor.language) if actor else request.cookies.get(COOKIE)
    return accepted or known_language(own) or DEFAULT
