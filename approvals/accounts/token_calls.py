"""What programs did with their tokens: when each was last used, and the last calls with what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from approvals.accounts.queries import TOKEN, TokenView, tokens
from approvals.accounts.sign_ins import SEEN_EVERY
from approvals.accounts.tables import TokenCall
from approvals.base.tables import table_of

CALL = table_of(TokenCall)
KEPT = 50  # calls of a token, the newest
SHOWN = 20  # of a person's calls
LONGEST_PATH = 300  # characters
FAILS_FROM = 400  # statuses of HTTP


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call as it was answered; `lines` and `refused` count those of a feed."""

    token_id: int
    at: datetime
    method: str
    path: str
    status: int
    address: str
    lines: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class CallView:
    at: datetime
    method: str
    path: str
    status: int
    lines: int
    refused: int
    address: str
    label: str

    @property
    def is_refused(self) -> bool:
        return self.status >= FAILS_FROM or self.refused > 0


@dataclass(frozen=True, slots=True)
class Programs:
    """A person's tokens and last calls, the newest first."""

    tokens: Sequence[TokenView]
    calls: Sequence[CallView]

    @property
    def next_step(self) -> str:
        """What to do next: get a token, make a first call, look at what was refused, or nothing."""
        running = [token for token in self.tokens if token.is_running]
        if not running:
            return "get_token"
        if not any(token.used_at for token in running):
            return "first_call"
        return "look" if self.calls and self.calls[0].is_refused else "fine"


def see_token(tx: Connection, token_id: int, address: str, now: datetime) -> None:
    """Note that a token was used, at most once in some minutes."""
    is_due = or_(TOKEN.c.used_at.is_(None), TOKEN.c.used_at <= now - SEEN_EVERY)
    tx.execute(update(TOKEN).where(TOKEN.c.id == token_id, is_due).values(used_at=now, used_from=address))


def note_call(tx: Connection, call: NewCall) -> None:
    """Keep this call, and of those of its token the newest."""
    values = {name: getattr(call, name) for name in NewCall.__dataclass_fields__}
    tx.execute(insert(CALL).values(values | {"path": call.path[:LONGEST_PATH]}))
    tx.execute(update(TOKEN).where(TOKEN.c.id == call.token_id).values(used_at=call.at, used_from=call.address))
    own = select(CALL.c.id).where(CALL.c.token_id == call.token_id)
    oldest = own.order_by(CALL.c.id.desc()).offset(KEPT).limit(1).scalar_subquery()
    tx.execute(delete(CALL).where(CALL.c.token_id == call.token_id, CALL.c.id <= oldest))


def programs_of(tx: Connection, person_id: int, now: datetime) -> Programs:
    """The tokens of a person and what was last called with them."""
    names = [CALL.c[name] for name in CallView.__dataclass_fields__ if name != "label"]
    rows = tx.execute(
        select(*names, TOKEN.c.label)
        .join(TOKEN, TOKEN.c.id == CALL.c.token_id)
        .where(TOKEN.c.person_id == person_id)
        .order_by(CALL.c.id.desc())
        .limit(SHOWN)
    )
    return Programs(tokens(tx, person_id, now), [CallView(**row._asdict()) for row in rows])
