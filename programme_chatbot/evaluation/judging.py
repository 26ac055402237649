"""Compares the bot's messages with what a case expects of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from programme_chatbot.evaluation.cases import Expectation, Turn

# Any of these is an honest "not here"; which of them hardly matters to the person who asked.
_REFUSALS = frozenset({"unknown", "out_of_scope"})


@dataclass(frozen=True)
class Message:
    """A message of the bot, as a channel delivers it.

    Args:
        text: its text.
        topic: id of what was answered.
        status: what kind of answer it is.
        confidence: how sure the bot was of what it was asked, 0 to 1.
        payloads: what its buttons send.
    """

    text: str
    topic: str = ""
    status: str = ""
    confidence: float = 0.0
    payloads: tuple[str, ...] = ()

    @classmethod
    def of(cls, message: dict[str, Any]) -> Message:
        """Returns a message of the REST channel's JSON."""
        metadata = message.get("metadata") or {}
        return cls(
            text=str(message.get("text") or ""),
            topic=str(metadata.get("topic", "")),
            status=str(metadata.get("status", "")),
            confidence=float(metadata.get("confidence", 0.0)),
            payloads=tuple(button["payload"] for button in message.get("buttons") or ()),
        )


def faults(turn: Turn, messages: Sequence[Message]) -> list[str]:
    """Returns what is wrong with a reply, in words; nothing if it is right.

    Args:
        turn: the turn with its expectations.
        messages: the messages of the reply, without the notice that begins a conversation.
    """
    if not messages:
        return ["no answer came"]
    found, used, position = [], set(), 0
    for part in turn.parts:
        # One message may answer two questions ("when does it open and close?"), but not in another order.
        options = [(_faults_of_answer(part, message), index) for index, message in enumerate(messages)]
        right = [index for option, index in options[position:] if not option]
        if right:
            position = min(right, key=lambda index: (index in used, index))
            used.add(position)
        else:
            nearest, index = min(options[position:], key=lambda option: len(option[0]))
            used.add(index)
            found += nearest
    wanted = {topic for part in turn.parts for topic in part.topic} if len(turn.parts) > 1 else set()
    surplus = [item.topic for index, item in enumerate(messages) if index not in used and item.topic not in wanted]
    return found + [f"an answer that was not asked for ({topic})" for topic in surplus]


def refuses(turn: Turn, messages: Sequence[Message]) -> bool:
    """Tells whether a question that has an answer was refused: nothing of the reply answers."""
    wanted = all("answered" in part.status for part in turn.parts)
    return wanted and not any(message.status in ("answered", "clarify") for message in messages)


def _faults_of_answer(expected: Expectation, message: Message) -> list[str]:
    found = []
    statuses = set(expected.status)
    if message.status not in statuses and not (statuses <= _REFUSALS and message.status in _REFUSALS):
        found.append(f"status {message.status or 'none'} instead of {' or '.join(expected.status)}")
    is_answer = message.status == "answered"
    if expected.topic and is_answer and message.topic not in expected.topic:
        found.append(f"topic {message.topic} instead of {' or '.join(expected.topic)}")
    text = _plain(message.text)
    for alternatives in expected.must:
        if not any(_plain(wanted) in text for wanted in alternatives):
            found.append(f"the reply lacks {' or '.join(map(repr, alternatives))}")
    found += [f"the reply holds {unwanted!r}" for unwanted in expected.must_not if _plain(unwanted) in text]
    return found


def _plain(text: str) -> str:
    """Returns `text` in lower case, with runs of white space (no-break spaces too) as one space."""
    return re.sub(r"\s+", " ", text).casefold()
