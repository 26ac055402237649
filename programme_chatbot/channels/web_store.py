"""Conversations of the web channel in Rasa's tracker store: reads, rates and forgets them."""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import (
    AwaitableTrackerStore,
    InMemoryTrackerStore,
    RedisTrackerStore,
    SQLTrackerStore,
    TrackerStore,
)
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from programme_chatbot.channels.stored import FEEDBACK_SLOT

_logger = logging.getLogger(__name__)


async def read(agent: Agent, sender: str) -> DialogueStateTracker | None:
    """Returns the current conversation of a sender, if there is one.

    Raises:
        Exception: whatever the store raises.
    """
    return await agent.tracker_store.retrieve(sender)


async def rate(agent: Agent, sender: str, message: str, value: str) -> None:
    """Stores feedback for a message with its conversation.

    Each rating is an event of its own that says no more than itself: the slot has no influence on the dialogue.
    """
    async with agent.lock_store.lock(sender):  # a turn that is under way saves the whole conversation at its end
        tracker = await read(agent, sender)
        if tracker is not None:
            tracker.update(SlotSet(FEEDBACK_SLOT, {message: value}), agent.domain)
            await agent.tracker_store.save(tracker)


async def forget(agent: Agent, sender: str) -> None:
    """Deletes the conversation of a sender, once a turn that is under way has ended."""
    async with agent.lock_store.lock(sender):
        await _delete(agent.tracker_store, sender)


async def _delete(store: TrackerStore, sender: str) -> None:
    inner: Any = store._tracker_store if isinstance(store, AwaitableTrackerStore) else store
    if isinstance(inner, InMemoryTrackerStore):
        inner.store.pop(sender, None)
    elif isinstance(inner, SQLTrackerStore):
        with inner.session_scope() as session:
            events = inner.SQLEvent
            session.query(events).filter(events.sender_id == sender).delete(synchronize_session=False)
            session.commit()
    elif isinstance(inner, RedisTrackerStore):
        inner.red.delete(inner.key_prefix + sender)
    else:
        await store.save(store.init_tracker(sender))
        _logger.warning(f"{type(inner).__name__} cannot delete; a conversation was overwritten by an empty one.")
