"""The bell: what asks something of the reader and what they have not read yet."""

from datetime import datetime

from sqlalchemy import Connection, and_, exists, func, or_, select, union_all

from approvals.accounts.absence.queries import uncovered_count
from approvals.accounts.actors import Actor
from approvals.base.moments import day_of
from approvals.casefile.worklist.rows import Moments
from approvals.casefile.worklist.worklist import duty_queries
from approvals.notifications.inbox import unread


def bell_count(tx: Connection, actor: Actor, now: datetime) -> int:
    """How many cases ask something of the actor of which a notice is unread; and absences as long as nobody covers."""
    return _unread_cases(tx, actor, now) + uncovered_count(tx, actor, now)


def _unread_cases(tx: Connection, actor: Actor, now: datetime) -> int:
    queries = [query.subquery() for query in duty_queries(actor, Moments(now, day_of(now)))]
    if not queries:
        return 0
    duties = union_all(*(select(query.c.chain, query.c.approval_id) for query in queries)).subquery()
    news = unread(actor).subquery()
    is_about = or_(
        news.c.approval_id == duties.c.approval_id, news.c.approval_id.is_(None), duties.c.approval_id.is_(None)
    )
    is_new = exists().where(and_(news.c.project_id == duties.c.chain, is_about))
    cases = select(duties.c.chain, duties.c.approval_id).where(is_new).distinct()
    return int(tx.execute(select(func.count()).select_from(cases.subquery())).scalar_one())
