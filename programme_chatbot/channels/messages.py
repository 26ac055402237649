"""Messages as our channels see them: made of what Rasa sends and of what its tracker holds."""

from __future__ import annotations

import datetime
from typing import Any

from rasa.core.channels.channel import OutputChannel
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from programme_chatbot.channels.stored import FEEDBACK_SLOT, SHOWN, message_id

MOST_MESSAGES = 200
_MOST_BUTTONS = 3

Message = dict[str, Any]


class Collector(OutputChannel):
    """Collects the bot's messages of one turn.

    Args:
        channel: name of the channel that the turn belongs to.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.messages: list[Message] = []

    def name(self) -> str:
        """Returns the name of the channel."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Collects one message."""
        if message.get("text"):
            self.messages.append(bot_message(message))


def bot_message(message: dict[str, Any]) -> Message:
    """Returns a message of the bot.

    Args:
        message: as Rasa hands it to channels: text, timestamp, buttons and the keys of the reply contract.

    Returns:
        The message, without feedback.
    """
    return {
        **_common("bot", message["text"], message["timestamp"]),
        "topic": message.get("topic", ""),
        "status": message.get("status", "unknown"),  # a failure, which Rasa reports by itself, has none
        "language": message.get("language", "en"),
        "sources": [{"title": source["title"], "url": source["url"]} for source in message.get("sources") or ()],
        "buttons": [
            {"title": button["title"], "payload": button["payload"]}
            for button in (message.get("buttons") or ())[:_MOST_BUTTONS]
        ],
        "card": message.get("card") or None,
        "feedback": None,
    }


def history(tracker: DialogueStateTracker | None) -> list[Message]:
    """Returns the last messages of a conversation, of user and bot in order, with feedback."""
    messages: dict[str, Message] = {}
    for event in tracker.events if tracker else ():
        if isinstance(event, BotUttered) and event.text:
            message = bot_message(event.message())
        elif isinstance(event, UserUttered) and event.text:
            message = _common("user", (event.metadata or {}).get(SHOWN) or event.text, event.timestamp)
        else:
            if isinstance(event, SlotSet) and event.key == FEEDBACK_SLOT:
                _apply(event.value, messages)
            continue
        messages[message["id"]] = message
    return list(messages.values())[-MOST_MESSAGES:]


def offered(messages: list[Message]) -> dict[str, str]:
    """Returns the payloads of all buttons in some messages, with the latest title of each."""
    return {button["payload"]: button["title"] for message in messages for button in message.get("buttons", ())}


def _common(author: str, text: str, timestamp: float) -> Message:
    time = datetime.datetime.fromtimestamp(timestamp, datetime.timezone.utc)
    return {"id": message_id(timestamp), "author": author, "text": text, "time": as_time(time)}


def as_time(time: datetime.datetime) -> str:
    """Returns a time in UTC as the HTTP contract writes it."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _apply(feedback: object, messages: dict[str, Message]) -> None:
    """Notes feedback in the messages that it is about."""
    for id_, value in feedback.items() if isinstance(feedback, dict) else ():
        if messages.get(id_, {}).get("author") == "bot":
            messages[id_]["feedback"] = None if value == "none" else value
