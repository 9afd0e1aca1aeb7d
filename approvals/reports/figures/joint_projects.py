"""The projects that two units answer for together, with the month's word on each."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from approvals.base.moments import day_of
from approvals.reports.figures.aggregate import Closing
from approvals.reports.figures.order_model import JointProject, JointWord
from approvals.reports.figures.replay import ProjectStory
from approvals.reports.periods import Month, MonthSpan, Period
from approvals.supervision.joint.monthly_words import MonthsWord, SignedWord, words_known

BEGIN, END = "manage_jointly", "end_joint"
NO_WORD = MonthsWord(None, "")


def joint_projects(tx: Connection, closing: Closing, until: datetime) -> tuple[JointProject, ...]:
    """Those that were under double management at the close and not over before the month, by their references."""
    words = words_known(tx, _last_month(closing.month), until)
    found = [
        _joint(story, begun, words.get(story.record.id, NO_WORD))
        for story in closing.stories
        if (begun := _begun(story)) is not None and not _was_over(story, closing.month)
    ]
    return tuple(sorted(found, key=lambda one: one.ref))


def _last_month(period: Period) -> Month:
    return period.last if isinstance(period, MonthSpan) else period


def _begun(story: ProjectStory) -> Any | None:
    """The entry that made both units responsible, as long as it holds."""
    told = [one for one in story.entries if one.subject == "project" and one.move in (BEGIN, END)]
    return told[-1] if told and told[-1].move == BEGIN else None


def _was_over(story: ProjectStory, month: Period) -> bool:
    """Whether the project had come to its end before the month."""
    last = [one for one in story.entries if one.subject == "project"][-1]
    return story.is_over and last.at < month.starts_at


def _joint(story: ProjectStory, begun: Any, told: MonthsWord) -> JointProject:
    facts = orjson.loads(begun.facts)
    units = (facts["first_unit"], facts["second_unit"])
    return JointProject(
        ref=story.ref,
        name=story["name"],
        units=units,
        begun_on=day_of(begun.at),
        word=_word(told.signed) if told.signed else None,
        waits_for=next((unit for unit in units if unit != told.waits_from), "") if told.waits_from else "",
    )


def _word(signed: SignedWord) -> JointWord:
    return JointWord(str(signed.month), signed.text, signed.units, day_of(signed.signed_at))
