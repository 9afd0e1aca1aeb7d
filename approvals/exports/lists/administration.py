"""Columns of the lists of administration: events of accounts, runs of jobs, and deliveries that were given up."""

from approvals.accounts.audit import EVENTS as EVENT_LABELS
from approvals.base.i18n import N_, label
from approvals.base.i18n import gettext as _
from approvals.base.jobs import JobView
from approvals.exports.lists.files import ListColumn
from approvals.jobs.labels import KIND_LABELS, STATE_LABELS
from approvals.notifications.preferences import CHANNEL_LABELS
from approvals.notifications.queries import DeadLetter


def _outcome(job: JobView) -> str:
    """Why it failed, or how far it came."""
    if job.error:
        return _(job.error)
    return _("%(done)s of %(total)s completed", done=job.done, total=job.total) if job.total else ""


def _of_what(letter: DeadLetter) -> str:
    return _("Daily digest") if letter.is_digest else _("Notice")


EVENTS = (
    ListColumn("at", N_("Time"), lambda row: row.at, "moment"),
    ListColumn("event", N_("Event"), lambda row: label(EVENT_LABELS[row.event])),
    ListColumn("actor", N_("Who acted"), lambda row: row.actor, sort="actor"),
    ListColumn("subject", N_("Accounts concerned"), lambda row: row.subject, sort="subject"),
    ListColumn("detail", N_("Details"), lambda row: row.detail, is_wide=True),
    ListColumn("address", N_("Address"), lambda row: row.address),
)
JOBS = (
    ListColumn("job", N_("Job"), lambda row: label(KIND_LABELS[row.kind])),
    ListColumn("period", N_("For"), lambda row: row.period, is_wide=True),
    ListColumn("state", N_("State"), lambda row: label(STATE_LABELS[row.state]), sort="state"),
    ListColumn("begun", N_("Began"), lambda row: row.begun_at, "moment", sort="begun"),
    ListColumn("ended", N_("Ended"), lambda row: row.ended_at, "moment", sort="ended"),
    ListColumn("worker", N_("Worker"), lambda row: row.worker),
    ListColumn("attempts", N_("Attempts"), lambda row: row.tries, "whole"),
    ListColumn("outcome", N_("Completion"), _outcome, is_wide=True),
)
DELIVERIES = (
    ListColumn("name", N_("For whom"), lambda row: row.name, sort="name"),
    ListColumn("username", N_("User name"), lambda row: row.username),
    ListColumn("channel", N_("Channel"), lambda row: label(CHANNEL_LABELS[row.channel])),
    ListColumn("what", N_("Notice"), _of_what),
    ListColumn("made", N_("Issued at"), lambda row: row.made_at, "moment", sort="made"),
    ListColumn("attempts", N_("Attempts"), lambda row: row.tries, "whole", sort="tries"),
    ListColumn("reason", N_("Reason for failure"), lambda row: _(row.last_error), is_wide=True),
)
