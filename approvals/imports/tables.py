"""Feed lines that were done, so that sending one again has no second effect."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from approvals.base.columns import Moment

ANYBODY = "*"  # the speaker of lines of version 0.2 and before, which nobody wrote down


class FeedLine(SQLModel, table=True):
    """A feed line by its speaker's user name, empty on the command line, and its id.

    `digest` tells the same line from another with the same id.
    """

    __tablename__ = "feed_lines"

    speaker: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    digest: str
    received_at: datetime = Field(sa_type=Moment)
