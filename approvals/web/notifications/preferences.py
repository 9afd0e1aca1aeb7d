"""The page on which somebody chooses how they are told, and the link that confirms a mail address."""

from secrets import token_hex

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import read
from approvals.http.access import access, actor
from approvals.http.application import database, now, settings
from approvals.notifications import actions
from approvals.notifications.delivery import send_letter
from approvals.notifications.mail import message_of, send_mail
from approvals.notifications.messages import Undelivered, confirmation_letter, trial_letter
from approvals.notifications.preferences import (
    CHANNEL_LABELS,
    ROBOT_LABELS,
    WHEN_LABELS,
    ChannelChoice,
    NewMail,
    NewWebhook,
    notifications,
)
from approvals.notifications.queries import channels_of
from approvals.notifications.tables import CHANNELS
from approvals.notifications.webhook_guard import target_of
from approvals.web.forms import EMPTY, Form, keep, kept, say, sent_fields, writing_once
from workflows.config.outbox_policy import load_outbox_policy
from workflows.rules.notification_kinds import KINDS

outbox = Blueprint("outbox", __name__, url_prefix="/account/notifications")
WEB_PATIENCE = 5.0  # seconds for each answer of the mail server while somebody waits at the page


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
@kept(show, "mail")
def ask_mail() -> Response:
    given = read(NewMail, keep(sent_fields("address")))
    if settings().mail is None:
        raise Refused(N_("Email is not available on this installation."))
    token = ""
    with writing_once(url_for("outbox.show")) as once:
        if once.is_new:
            token = actions.ask_mail(once.tx, given, by=actor(), now=now())
    if token:
        _mail_link(given.address, token)
    say(
        _(
            "A confirmation link was sent to %(address)s. Notices are sent there once the link has been opened.",
            address=given.address,
        )
    )
    return once.answer()


def _mail_link(address: str, token: str) -> None:
    """Outside of any transaction; an address that the server refuses is told at once."""
    server = settings().mail
    if server is None:
        raise NotFound
    link = settings().public_url + url_for("outbox.confirm", token=token)
    letter = confirmation_letter(actor(), link, settings().public_url)
    try:
        send_mail(message_of(letter, server, address, token[:16], now()), server, address, patience=WEB_PATIENCE)
    except Undelivered as error:
        with database().write() as tx:
            actions.forget_asked(tx, by=actor())
        raise invalid("address", N_("the mail server did not take it: %(why)s"), why=str(error)) from None


@outbox.get("/confirm/<token>")
@access(roles=permissions.HAVE_NOTICES)
def confirm(token: str) -> str:
    with database().read() as tx:
        address = actions.check_token(tx, token, by=actor(), now=now())
    return render_template("notifications/confirm.html", address=address, token=token)


@outbox.post("/confirm/<token>")
@access(roles=permissions.HAVE_NOTICES)
def confirm_now(token: str) -> Response:
    with writing_once(url_for("outbox.show")) as once:
        if once.is_new:
            actions.confirm_mail(once.tx, token, by=actor(), now=now())
            say(_("The address is confirmed. Notices are now sent there."))
    return once.answer()


@outbox.post("/webhook")
@access(roles=permissions.HAVE_NOTICES)
@kept(show, "webhook")
def set_webhook() -> Response:
    typed = sent_fields("robot", "address", "secret")
    keep({name: value for name, value in typed.items() if name != "secret"})
    given = read(NewWebhook, typed)
    target_of(given.address, any_webhook=settings().any_webhook)
    with writing_once(url_for("outbox.show")) as once:
        if once.is_new:
            actions.set_webhook(once.tx, given, by=actor(), now=now())
    say(_("The chat robot is saved. Send a test message to check that it works."))
    return once.answer()


@outbox.post("/<channel>/trial")
@access(roles=permissions.HAVE_NOTICES)
@kept(show, "trial")
def trial(channel: str) -> Response:
    with writing_once(url_for("outbox.show")) as once:
        row = channels_of(once.tx, actor().id).get(_known(channel))
    if row is None or not row.address:
        raise NotFound
    if once.is_new:
        try:
            letter = trial_letter(actor(), settings().public_url)
            send_letter(row, letter, token_hex(16), now(), patience=WEB_PATIENCE)
        except Undelivered as error:
            raise Refused(N_("The test message was not delivered: %(why)s"), why=str(error)) from None
    say(_("The test message was sent."))
    return once.answer()


@outbox.post("/<channel>/remove")
@access(roles=permissions.HAVE_NOTICES)
def remove(channel: str) -> Response:
    with writing_once(url_for("outbox.show")) as once:
        if once.is_new:
            actions.remove_channel(once.tx, _known(channel), by=actor(), now=now())
    return once.answer()


@outbox.post("/choices")
@access(roles=permissions.HAVE_NOTICES)
@kept(show, "choices")
def choose() -> Response:
    typed = {channel: _typed(channel) for channel in CHANNELS if f"{channel}.act" in request.form}
    keep(typed)
    given = {channel: read(ChannelChoice, one) for channel, one in typed.items()}
    with writing_once(url_for("outbox.show")) as once:
        if once.is_new:
            for channel, choice in given.items():
                actions.choose(once.tx, channel, choice, by=actor(), now=now())
    say(_("Your settings have been saved."))
    return once.answer()


def _typed(channel: str) -> dict[str, object]:
    kinds = {kind: request.form.get(f"{channel}.{kind}", "") for kind in KINDS}
    return {"is_on": request.form.get(f"{channel}.is_on") == "yes", **kinds}


@outbox.post("/calendar")
@access(roles=permissions.HAVE_NOTICES)
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
            say(_("The calendar address has been revoked and no longer works."))
    return once.answer()


def _known(channel: str) -> str:
    if channel not in CHANNELS:
        raise NotFound
    return channel
