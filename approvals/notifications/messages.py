"""Messages to persons: built from notices, in the receiver's language, as plain text and HTML."""

from dataclasses import dataclass
from datetime import date

from approvals.accounts.actors import Actor
from approvals.base.formatting import long_day, moment
from approvals.base.i18n import HTML_CODES, in_language, label, own_name
from approvals.base.i18n import gettext as _
from approvals.base.jobs import LONGEST_ERROR, JobFailed
from approvals.base.language_marks import mark_chinese
from approvals.base.templating import render
from approvals.notifications.inbox import InboxNotice
from approvals.notifications.links import path_of, title_of

LONGEST_SUBJECT = 120  # characters
MOST_LINES = 100  # notices that a digest lists


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One notice: its title and project, who made the move and when, and a link to the page."""

    title: str
    project: str
    who: str
    at: str
    link: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message for any channel. `about` says why it comes, `more` how many lines were left out."""

    subject: str
    lines: tuple[MessageLine, ...]
    more: str
    about: str
    settings_link: str
    html_code: str


class Undelivered(JobFailed):
    """A message was not taken, with the answer as one short line. `is_final` when another try would end the same."""

    def __init__(self, answer: str, *, is_final: bool = False) -> None:
        super().__init__(_printable(answer)[:LONGEST_ERROR], is_final=is_final)


def notice_letter(view: InboxNotice, reader: Actor, url: str) -> Message:
    """The letter of one notice. `url` is the public address of the service; links are left out without one."""
    with in_language(reader.language):
        line = _line(view, reader, url)
        subject = _("%(title)s · %(project)s", title=line.title, project=line.project) if line.project else line.title
        return _letter(subject, (line,), 0, reader, url)


def digest_letter(views: list[InboxNotice], on: date, reader: Actor, url: str) -> Message:
    with in_language(reader.language):
        lines = tuple(_line(view, reader, url) for view in views[:MOST_LINES])
        subject = _("Daily digest %(day)s: %(count)s notices", day=long_day(on), count=len(views))
        return _letter(subject, lines, len(views) - len(lines), reader, url)


def channel_test_letter(reader: Actor, url: str) -> Message:
    with in_language(reader.language):
        return _letter(_("Test message: notices will arrive this way"), (), 0, reader, url)


def confirmation_letter(reader: Actor, link: str, url: str) -> Message:
    """Asks whoever reads mail at a new address to open the link that confirms it."""
    with in_language(reader.language):
        line = MessageLine(_("Open this link to confirm this address for notices"), reader.name, "", "", link)
        return _letter(_("Confirm your email address"), (line,), 0, reader, url)


def root_letter(day: date, root: str, reader: Actor, url: str) -> Message:
    """The root of the whole record on this day, to be kept: it proves later what stood there."""
    with in_language(reader.language):
        line = MessageLine(_("Keep this email: the root proves the state of the record on this day."), root, "", "", "")
        return _letter(_("Root of the record on %(day)s", day=long_day(day)), (line,), 0, reader, url)


def _line(view: InboxNotice, reader: Actor, url: str) -> MessageLine:
    path = path_of(view, reader)
    who = label(view.role) + (f" · {own_name(view.unit)}" if view.unit.name else "")
    return MessageLine(title_of(view), view.project, who, moment(view.at), url + path if url and path else "")


def _letter(subject: str, lines: tuple[MessageLine, ...], left: int, reader: Actor, url: str) -> Message:
    city = _("Guahao")
    return Message(
        subject=one_line(f"{subject} · {city}"),
        lines=lines,
        more=_("… and %(count)s more in the list of notices.", count=left) if left else "",
        about=_("You receive this because of your settings. Change them under “Notifications” in your menu."),
        settings_link=f"{url}/account/notifications" if url else "",
        html_code=HTML_CODES[reader.language],
    )


def one_line(text: str) -> str:
    """The text as one line without control characters, cut to the length of a subject."""
    cleaned = _printable(text)
    return cleaned if len(cleaned) <= LONGEST_SUBJECT else cleaned[: LONGEST_SUBJECT - 1] + "…"


def _printable(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def plain_text(letter: Message) -> str:
    """The letter as plain text, without its subject."""
    parts = [
        _lines(line.title, line.project, "  ".join(filter(None, (line.who, line.at))), line.link)
        for line in letter.lines
    ]
    parts += [letter.more] if letter.more else []
    return "\n\n".join([*parts, _lines("--", letter.about, letter.settings_link)]) + "\n"


def _lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))


def html(letter: Message) -> str:
    page = render("notifications/mail.html", letter=letter)
    return mark_chinese(page) if letter.html_code == HTML_CODES["en"] else page
