"""Deletes conversations from Rasa's database: those that are older than an age, or a single one."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.sql import Select

from programme_chatbot.operations.database import empty_log, events, opened_database

_BATCH = 500  # conversations; few enough that the bot never waits long for the database
_WEB_PREFIX = "web-"


def forget_older_than(age: datetime.timedelta, *, now: datetime.datetime | None = None) -> int:
    """Deletes the conversations whose last event is older than an age.

    Each batch of whole conversations is one transaction: what fails leaves no conversation half deleted.

    Args:
        age: how old.
        now: the time to go by; by default the present.

    Returns:
        How many conversations were deleted.

    Raises:
        DatabaseError: if the database fails.
    """
    limit = ((now or datetime.datetime.now(datetime.timezone.utc)) - age).timestamp()
    old = (
        sa.select(events.c.sender_id)
        .group_by(events.c.sender_id)
        .having(sa.func.max(events.c.timestamp) < limit)
        .limit(_BATCH)
    )
    count = 0
    with opened_database() as database:
        if database is None:
            return 0
        while deleted := _delete_batch(database, old, limit):
            count += deleted
        if count:
            empty_log(database)
    return count


def forget_conversation(session: str) -> int:
    """Deletes one conversation.

    Args:
        session: its id as the database names it, or the id of a session of the web channel.

    Returns:
        How many events were deleted; none if there is no such conversation.

    Raises:
        DatabaseError: if the database fails.
    """
    with opened_database() as database:
        if database is None:
            return 0
        with database.begin() as transaction:
            names = [session, _WEB_PREFIX + session]
            deleted = transaction.execute(sa.delete(events).where(events.c.sender_id.in_(names))).rowcount
        empty_log(database)
        return int(deleted)


def _delete_batch(database: Engine, old: Select, limit: float) -> int:
    with database.begin() as transaction:
        senders = transaction.execute(old).scalars().all()
        # With the limit once more: a visitor who has come back meanwhile keeps what is new.
        transaction.execute(sa.delete(events).where(events.c.sender_id.in_(senders) & (events.c.timestamp < limit)))
    return len(senders)
