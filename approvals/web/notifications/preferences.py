"""Notification preferences: channels, choices, confirmation of an email address, calendar address."""

import hashlib
from secrets import token_hex

from flask import Blueprint, render_template, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound, Refused, invalid
from approvals.base.i18n import N_, in_language
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import read_fields
from approvals.http.access import access, actor
from approvals.http.application import database, now, settings, today
from approvals.notifications import actions
from approvals.notifications.delivery import send_letter
from approvals.notifications.due_dates import calendar_file, due_dates
from approvals.notifications.mail import message_of, send_mail
from approvals.notifications.messages import Undelivered, channel_test_letter, confirmation_letter
from approvals.notifications.preferences import (
    CHANNEL_LABELS,
    ROBOT_LABELS,
    WHEN_LABELS,
    ChannelChoice,
    NewMail,
    NewWebhook,
    notifications,
)
from approvals.notifications.queries import actor_of_feed, channels_of
from approvals.notifications.tables import CHANNELS
from approvals.notifications.webhook_guard import target_of
from approvals.web.account.own_password import password_again
from approvals.web.forms import EMPTY, Form, form_fields, redisplay, remember_input
from approvals.web.submissions import flash_message, process_once, writing_once
from workflows.config.outbox_policy import load_outbox_policy
from workflows.rules.notification_kinds import KINDS

calendar_feed = Blueprint("calendar_feed", __name__)
outbox = Blueprint("outbox", __name__, url_prefix="/account/notifications")
WEB_PATIENCE = 5.0  # seconds for each answer of the mail server while the page waits


@outbox.get("")
@access(roles=permissions.HAVE_NOTICES)
def show(form: Form = EMPTY, new_feed: str = "") -> str:
    with database().read() as tx:
        view = notifications(tx, actor(), now())
    words = {"channels": CHANNEL_LABELS, "robots": ROBOT_LABELS, "whens": WHEN_LABELS, "kinds": KINDS}
    return render_template(
        "notifications/preferences.html",
        view=view,
        form=form,
        choices=form.called("choices").over(view.typed()),
        new_feed=new_feed,
        has_mail=settings().mail is not None,
        digest_at=load_outbox_policy().digest_at.isoformat("minutes"),
        **words,
    )


@outbox.post("/mail")
@access(roles=permissions.HAVE_NOTICES)
@password_again
@redisplay(show, "mail")
def ask_mail() -> Response:
    new_mail = read_fields(NewMail, remember_input(form_fields("address")))
    if settings().mail is None:
        raise Refused(N_("Email is not available on this installation."))
    token = ""
    with writing_once(url_for("outbox.show")) as once:
        if once.is_new:
            token = actions.request_mail(once.tx, new_mail, by=actor(), now=now())
    if token:
        _send_confirmation(new_mail.address, token)
    flash_message(
        _(
            "A confirmation link was sent to %(address)s. Notices are sent there once the link has been opened.",
            address=new_mail.address,
        )
    )
    return once.answer()


def _send_confirmation(address: str, token: str) -> None:
    """Mail the confirmation link, outside of any transaction; Invalid when the server refuses the address."""
    server = settings().mail
    if server is None:
        raise NotFound
    link = settings().public_url + url_for("outbox.confirm", token=token)
    letter = confirmation_letter(actor(), link, settings().public_url)
    try:
        send_mail(message_of(letter, server, address, token[:16], now()), server, address, patience=WEB_PATIENCE)
    except Undelivered as error:
        with database().write() as tx:
            actions.cancel_mail_request(tx, by=actor())
        raise invalid("address", N_("the mail server did not take it: %(why)s"), why=str(error)) from None


@outbox.get("/confirm/<token>")
@access(roles=permissions.HAVE_NOTICES)
def confirm(token: str) -> str:
    with database().read() as tx:
        address = actions.check_token(tx, token, by=actor(), now=now())
    return render_template("notifications/confirm.html", address=address, token=token)


@outbox.post("/confirm/<token>")
@access(roles=permissions.HAVE_NOTICES)
@password_again
def confirm_now(token: str) -> Response:
    with writing_once(url_for("outbox.show")) as once:
        if once.is_new:
            actions.confirm_mail(once.tx, token, by=actor(), now=now())
            flash_message(_("The address is confirmed. Notices are now sent there."))
    return once.answer()


@outbox.post("/webhook")
@access(roles=permissions.HAVE_NOTICES)
@password_again
@redisplay(show, "webhook")
def set_webhook() -> Response:
    fields = form_fields("robot", "address", "secret")
    remember_input({name: value for name, value in fields.items() if name != "secret"})
    webhook = read_fields(NewWebhook, fields)
    target_of(webhook.address, hosts=settings().robot_hosts, any_webhook=settings().any_webhook)
    return process_once(
        url_for("outbox.show"),
        lambda tx: actions.set_webhook(tx, webhook, by=actor(), now=now()),
        _("The chat robot is saved. Send a test message to check that it works."),
    )


@outbox.post("/<channel>/trial")
@access(roles=permissions.HAVE_NOTICES)
@redisplay(show, "trial")
def trial(channel: str) -> Response:
    with writing_once(url_for("outbox.show")) as once:
        row = channels_of(once.tx, actor().id).get(_known_channel(channel))
    if row is None or not row.address:
        raise NotFound
    if once.is_new:
        try:
            letter = channel_test_letter(actor(), settings().public_url)
            send_letter(row, letter, token_hex(16), now(), patience=WEB_PATIENCE)
        except Undelivered as error:
            raise Refused(N_("The test message was not delivered: %(why)s"), why=str(error)) from None
    flash_message(_("The test message was sent."))
    return once.answer()


@outbox.post("/<channel>/remove")
@access(roles=permissions.HAVE_NOTICES)
@password_again
def remove(channel: str) -> Response:
    name = _known_channel(channel)
    return process_once(url_for("outbox.show"), lambda tx: actions.remove_channel(tx, name, by=actor(), now=now()))


@outbox.post("/choices")
@access(roles=permissions.HAVE_NOTICES)
@redisplay(show, "choices")
def choose() -> Response:
    typed = {channel: _choice_input(channel) for channel in CHANNELS if f"{channel}.act" in request.form}
    remember_input(typed)
    choices = {channel: read_fields(ChannelChoice, fields) for channel, fields in typed.items()}
    with writing_once(url_for("outbox.show")) as once:
        if once.is_new:
            for channel, choice in choices.items():
                actions.choose(once.tx, channel, choice, by=actor(), now=now())
    flash_message(_("Your settings have been saved."))
    return once.answer()


def _choice_input(channel: str) -> dict[str, object]:
    kinds = {kind: request.form.get(f"{channel}.{kind}", "") for kind in KINDS}
    return {"is_on": request.form.get(f"{channel}.is_on") == "yes", **kinds}


@outbox.post("/calendar")
@access(roles=permissions.HAVE_NOTICES)
@password_again
def make_feed() -> Response | str:
    secret = ""
    with writing_once(url_for("outbox.show")) as once:
        if once.is_new:
            secret = actions.make_feed(once.tx, by=actor(), now=now())
    root = settings().public_url or request.url_root.rstrip("/")
    return show(new_feed=root + url_for("calendar_feed.show", secret=secret)) if secret else once.answer()


@outbox.post("/calendar/revoke")
@access(roles=permissions.HAVE_NOTICES)
def revoke_feed() -> Response:
    with writing_once(url_for("outbox.show")) as once:
        if once.is_new:
            actions.revoke_feed(once.tx, by=actor(), now=now())
            flash_message(_("The calendar address has been revoked and no longer works."))
    return once.answer()


def _known_channel(channel: str) -> str:
    if channel not in CHANNELS:
        raise NotFound
    return channel


# The personal calendar: due dates as iCalendar, under a secret address that needs no sign-in.


@calendar_feed.get("/calendar/<secret>.ics", endpoint="show")
@access("public")
def calendar_file_of(secret: str) -> Response:
    """404 once the address was revoked or its person may no longer sign in."""
    with database().read() as tx:
        reader = actor_of_feed(tx, secret, today())
        if reader is None:
            raise NotFound
        with in_language(reader.language):
            dates = due_dates(tx, reader)
            content = calendar_file(dates, reader, settings().public_url or request.url_root.rstrip("/"))
    response = FlaskResponse(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="guahao.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response.make_conditional(request)
