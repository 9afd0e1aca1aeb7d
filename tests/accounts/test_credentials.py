"""Who is reset or switched off loses tokens and calendar address for good, and nobody else does."""

import pytest

from approvals.accounts.actions import create_token, set_active
from approvals.accounts.identity import actor_by_username, actor_of_token
from approvals.accounts.resets import begin_by_code, begin_by_link
from approvals.base.moments import day_of
from approvals.notifications.actions import make_feed
from approvals.notifications.queries import actor_of_feed
from tests.support.builders import NOW, an_actor


def switch_off_and_on(tx, username, *, by, now):
    set_active(tx, username, False, by=by, now=now)
    set_active(tx, username, True, by=by, now=now)


@pytest.mark.parametrize("end", [switch_off_and_on, begin_by_link, begin_by_code])
def test_tokens_and_calendar_addresses_end_for_good(database, end):
    with database.write() as tx:
        by = an_actor(tx, "sysadmin1")
        secrets = {}
        for username in ("owner1", "owner2"):
            actor = actor_by_username(tx, username, day_of(NOW))
            secrets[username] = create_token(tx, username, "x", now=NOW), make_feed(tx, by=actor, now=NOW)

        end(tx, "owner1", by=by, now=NOW)

        for username, (token, feed) in secrets.items():
            is_open = username == "owner2"
            assert bool(actor_of_token(tx, token, NOW)) == is_open
            assert bool(actor_of_feed(tx, feed, day_of(NOW))) == is_open
