"""One's own second factor: setting it up, its recovery codes, doing without it."""

from datetime import UTC, datetime

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts.second_factors import (
    has_factor,
    key_address,
    new_recovery_codes,
    new_secret,
    recovery_codes_left,
    remove_own_factor,
    set_up_factor,
)
from approvals.base.errors import Refused
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.http.access import access, actor, own_session
from approvals.http.application import database
from approvals.pdf.qr import qr_of
from approvals.web.account.own_password import password_again
from approvals.web.forms import EMPTY, Form, redisplay, remember_input
from approvals.web.submissions import process_once
from workflows.config.city import load_city
from workflows.config.sign_in_policy import load_sign_in_policy

second_factor = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")
_GROUP = 4  # characters of the key, as it is typed


@second_factor.get("")
@access("signed_in")
def index(form: Form = EMPTY) -> str:
    with database().read() as tx:
        has_one, left = has_factor(tx, actor().id), recovery_codes_left(tx, actor().id)
    context = {"has_one": has_one, "left": left, "is_needed": own_session().lacks_factor, "is_obligatory": _must()}
    return render_template("account/second_factor.html", form=form, **context)


def _must() -> bool:
    return bool(load_sign_in_policy().second_factor_roles & actor().roles)


@second_factor.get("/new")
@access("signed_in")
@password_again
def new(form: Form = EMPTY) -> str:
    secret = form.value("secret") or new_secret()
    code = qr_of(key_address(secret, actor().username, f"guahao {load_city().name.en}"))
    groups = [secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)]
    return render_template("account/second_factor_new.html", form=form, qr=code, secret=secret, groups=groups)


@second_factor.post("/new")
@access("signed_in")
@password_again
@redisplay(new)
def set_up() -> Response:
    secret = request.form.get("secret", "")[:64]
    remember_input({"secret": secret})
    with database().write() as tx:
        codes = set_up_factor(tx, secret, request.form.get("code", "")[:20], by=actor(), now=datetime.now(UTC))
    return _shown_once(codes)


@second_factor.post("/codes")
@access("signed_in")
@password_again
@redisplay(index)
def make_codes() -> Response:
    with database().write() as tx:
        codes = new_recovery_codes(tx, by=actor(), now=datetime.now(UTC))
    return _shown_once(codes)


def _shown_once(codes: list[str]) -> Response:
    return make_response(render_template("account/recovery_codes.html", codes=codes))


@second_factor.post("/remove")
@access("signed_in")
@password_again
@redisplay(index)
def remove() -> Response:
    if _must():
        raise Refused(N_("Your roles require a second factor. Two administrators can take it off, for a new device."))
    code = request.form.get("code", "")[:200]
    return process_once(
        url_for("second_factor.index"),
        lambda tx: remove_own_factor(tx, code, by=actor(), now=datetime.now(UTC)),
        _("The second factor is removed. From now on the password alone is asked for."),
    )
