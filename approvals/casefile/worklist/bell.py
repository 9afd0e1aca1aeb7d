"""The bell: what asks something of the reader and what they have not read yet."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select, union_all

from approvals.accounts.absence.queries import uncovered_count
from approvals.accounts.actors import Actor
from approvals.base.moments import day_of
from approvals.casefile.worklist.worklist import BUILT, duty_queries, parameters
from approvals.notifications.inbox import unread


def bell_count(tx: Connection, actor: Actor, now: datetime) -> int:
    """How many cases ask something of the actor of which a notice is unread; and absences as long as nobody covers."""
    return _unread_cases(tx, actor, now) + uncovered_count(tx, actor, now)


def _unread_cases(tx: Connection, actor: Actor, now: datetime) -> int:
    statement = _counting(actor, day_of(now))
    return 0 if statement is None else int(tx.execute(statement, parameters(now)).scalar_one())


@lru_cache(maxsize=BUILT)
def _counting(actor: Actor, today: date) -> Select[Any] | None:
    queries = [query.subquery() for query in duty_queries(actor, today)]
    if not queries:
        return None
    duties = union_all(*(select(query.c.chain, query.c.approval_id) for query in queries)).subquery()
    news = unread(actor).subquery()
    is_about = or_(
        news.c.approval_id == duties.c.approval_id, news.c.approval_id.is_(None), duties.c.approval_id.is_(None)
    )
    is_new = exists().where(and_(news.c.project_id == duties.c.chain, is_about))
    cases = select(duties.c.chain, duties.c.approval_id).where(is_new).distinct()
    return select(func.count()).select_from(cases.subquery())
