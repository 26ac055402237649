"""The tracker store: Rasa's for SQL databases, on SQLite or PostgreSQL, that never loses an event in silence."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Query, Session, sessionmaker
from sqlalchemy.pool import QueuePool

from programme_chatbot.storage import database_url

_WAIT = 5  # seconds; a turn waits for the database no longer
_POSTGRESQL = {
    # A turn uses one connection at a time, and only the health check and a rating can come between.
    "pool_size": 2,
    "max_overflow": 8,
    # A connection that the database has dropped is replaced before a turn uses it.
    "pool_pre_ping": True,
    "connect_args": {
        "connect_timeout": _WAIT,
        "tcp_user_timeout": _WAIT * 1000,
        "options": f"-c statement_timeout={_WAIT * 1000}",
    },
}
_SQLITE = {
    # One connection that stays open: with the last one SQLite would write back and delete its log after each turn.
    "poolclass": QueuePool,
    "pool_size": 1,
    "connect_args": {"timeout": _WAIT, "check_same_thread": False},
}
# What a turn gets of a long session, in events, of which a turn has some ten. The first ones hold the notice of an
# automated assistant, and the dialogue looks back on three turns (`max_history` in config.yml).
_FIRST = 20
_LAST = 80
_logger = logging.getLogger(__name__)


class ConversationStore(SQLTrackerStore):
    """Conversations in the database of `DATABASE_URL`, in the table and with the queries of Rasa's own store.

    Rasa's store differs in four ways, each of which loses events: it opens up to 150 connections and uses those that
    the database has dropped; it makes its table only while it starts; it finds the beginning of a session by the time,
    so that a clock that is set back hides events; and SQLite gets no write-ahead log. It also reads all of a session at
    each turn, so that turns get slower and slower.

    Args:
        domain: domain of the model.
        event_broker: where Rasa would send events to; not used here.
        host: address in endpoints.yml; not used, as the environment names the database.
    """

    def __init__(
        self, domain: Domain | None = None, event_broker: EventBroker | None = None, host: str | None = None
    ) -> None:
        TrackerStore.__init__(self, domain, event_broker)  # that of SQLTrackerStore would connect in its own way
        self.engine = open_engine(database_url())
        self.sessionmaker = sessionmaker(bind=self.engine)
        self._has_table = False
        try:
            self._make_table()
        except SQLAlchemyError as error:
            _logger.error(f"The database does not answer ({type(error).__name__}); it is tried again at each message.")

    async def get_or_create_tracker(
        self, sender_id: str, max_event_history: int | None = None, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """Returns a conversation for its next turn: of a long session its beginning, its end and the slots as they are.

        `retrieve` returns all of the session.

        Args:
            sender_id: whose conversation.
            max_event_history: not used, as in Rasa's own store.
            append_action_listen: whether a new conversation begins with waiting for the user.
        """
        with self.session_scope() as session:
            stored = self._event_query(session, sender_id, fetch_events_from_all_sessions=False).count()
            rows = self._needed_events(session, sender_id).all() if stored > _FIRST + _LAST else []
        if not rows:
            return await super().get_or_create_tracker(sender_id, max_event_history, append_action_listen)
        tracker = DialogueStateTracker.from_dict(sender_id, [json.loads(row.data) for row in rows], self.domain.slots)
        tracker.events_left_out = stored - len(rows)
        return tracker

    def _needed_events(self, session: Session, sender_id: str) -> Query:
        events = self.SQLEvent
        stored = self._event_query(session, sender_id, fetch_events_from_all_sessions=False)
        ids = stored.with_entities(events.id)
        first = ids.limit(_FIRST)
        last = ids.order_by(None).order_by(events.id.desc()).limit(_LAST)
        slots = (  # Rasa stores the name of the slot as that of the action
            stored.with_entities(sa.func.max(events.id))
            .order_by(None)
            .filter(events.type_name == SlotSet.type_name)
            .group_by(events.action_name)
        )
        needed = sa.or_(*(events.id.in_(part.scalar_subquery()) for part in (first, last, slots)))
        return session.query(events).filter(needed).order_by(events.id)

    def _additional_events(self, session: Session, tracker: DialogueStateTracker) -> Iterator[Event]:
        """Returns the events of a conversation that are not stored yet."""
        stored = self._event_query(session, tracker.sender_id, fetch_events_from_all_sessions=False).count()
        return itertools.islice(tracker.events, stored - getattr(tracker, "events_left_out", 0), None)

    @contextmanager
    def session_scope(self) -> Iterator[Session]:
        """Gives a session of the database; makes the table first if the database was away until now."""
        if not self._has_table:
            self._make_table()
        with super().session_scope() as session:
            yield session

    def _make_table(self) -> None:
        self.Base.metadata.create_all(self.engine)
        self._has_table = True

    def _event_query(self, session: Session, sender_id: str, fetch_events_from_all_sessions: bool) -> Query:
        """Returns the query for the events of a conversation; of the current session those after its start."""
        events = self.SQLEvent
        query = session.query(events).filter(events.sender_id == sender_id)
        if not fetch_events_from_all_sessions:
            starts = session.query(sa.func.max(events.id)).filter(
                events.sender_id == sender_id, events.type_name == SessionStarted.type_name
            )
            query = query.filter(events.id >= sa.func.coalesce(starts.scalar_subquery(), 0))
        return query.order_by(events.id)


def open_engine(url: str) -> Engine:
    """Returns an engine for a database, which connects at its first use.

    Args:
        url: address of SQLite or PostgreSQL.

    Returns:
        The engine; no message text gets into its errors.
    """
    parsed = sa.engine.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(parsed, hide_parameters=True, **_POSTGRESQL)
    if parsed.database:
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = sa.create_engine(parsed, hide_parameters=True, **_SQLITE)
    sa.event.listen(engine, "connect", _use_write_ahead_log)
    return engine


def keep_nothing_in_memory_only(routes: Blueprint) -> None:
    """Takes away what Rasa puts around the tracker store, which goes on in memory when the database fails.

    Without it the turn fails, the channel tells the user, and nothing is kept that would be lost later.

    Args:
        routes: the routes of a channel; their server's agent is meant.
    """

    @routes.listener("after_server_start")
    async def unwrap(app: Sanic, _: object) -> None:
        agent: Any = getattr(app.ctx, "agent", None)
        holders: list[Any] = [agent, getattr(agent, "processor", None)]
        for holder in holders:
            if isinstance(getattr(holder, "tracker_store", None), FailSafeTrackerStore):
                holder.tracker_store = holder.tracker_store._tracker_store


def _use_write_ahead_log(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
