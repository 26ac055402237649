"""Reads what was asked and answered out of Rasa's database."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from programme_chatbot.answers import NOTICE_TOPIC
from programme_chatbot.channels.stored import FAILED, FEEDBACK_SLOT, SHOWN, message_id
from programme_chatbot.operations.database import events, opened_database
from programme_chatbot.settings import TIME_ZONE

SOCIAL = "social"
UNANSWERED = ("clarify", "unknown", "out_of_scope", FAILED)
_ROWS_AT_A_TIME = 1000
_E_MAIL = re.compile(r"\S+@\S+\.\w+")
_LONG_NUMBER = re.compile(r"\+?\d(?:[ \-./()]{0,2}\d){8,}")  # of persons and telephones; dates are shorter


@dataclass(frozen=True)
class Reply:
    """One answer of the bot.

    Args:
        topic: id of its topic; empty if it failed.
        status: a status of the reply contract, or "failed".
        rating: "up", "down", or empty.
    """

    topic: str
    status: str
    rating: str = ""


@dataclass(frozen=True)
class Turn:
    """A message of a user with its answers.

    Args:
        conversation: id of the conversation.
        time: when it came, in Stockholm's time.
        channel: how it came.
        text: what was asked, without e-mail addresses and long numbers.
        replies: the answers, without the notice of an automated assistant.
    """

    conversation: str
    time: datetime.datetime
    channel: str
    text: str
    replies: tuple[Reply, ...] = ()

    @property
    def outcome(self) -> str:
        """What came of it: "answered", "social" for small talk, or else the first status that is neither."""
        statuses = [reply.status for reply in self.replies] or [FAILED]
        unanswered = [status for status in statuses if status in UNANSWERED]
        return unanswered[0] if unanswered else SOCIAL if set(statuses) == {SOCIAL} else "answered"


def read_turns(since: datetime.datetime) -> list[Turn]:
    """Returns what was asked since a time, in order.

    Raises:
        DatabaseError: if the database fails.
    """
    is_feedback = (events.c.type_name == "slot") & (events.c.action_name == FEEDBACK_SLOT)
    query = (
        sa.select(events.c.sender_id, events.c.type_name, events.c.timestamp, events.c.data)
        .where(events.c.timestamp >= since.timestamp())
        .where(events.c.type_name.in_(["user", "bot"]) | is_feedback)
        .order_by(events.c.id)
    )
    with opened_database() as database:
        if database is None:
            return []
        with database.connect() as connection:
            rows = connection.execution_options(yield_per=_ROWS_AT_A_TIME).execute(query)
            return _turns((row.sender_id, row.type_name, row.timestamp, json.loads(row.data)) for row in rows)


@dataclass(order=True)
class _Draft:
    time: float
    turn: Turn = field(compare=False)
    replies: dict[str, Reply] = field(default_factory=dict, compare=False)


def _turns(rows: Iterator[tuple[str, str, float, dict[str, Any]]]) -> list[Turn]:
    drafts: list[_Draft] = []
    latest: dict[str, _Draft] = {}
    replied: dict[tuple[str, str], _Draft] = {}
    for sender, kind, timestamp, event in rows:
        metadata = event.get("metadata") or {}
        if kind == "user" and event.get("text"):
            text = masked(str(metadata.get(SHOWN) or event["text"]))
            time = datetime.datetime.fromtimestamp(timestamp, TIME_ZONE)
            latest[sender] = _Draft(timestamp, Turn(sender, time, event.get("input_channel") or "other", text))
            drafts.append(latest[sender])
        elif kind == "bot" and event.get("text") and sender in latest and metadata.get("topic") != NOTICE_TOPIC:
            id_ = message_id(timestamp)
            replied[sender, id_] = latest[sender]
            latest[sender].replies[id_] = Reply(metadata.get("topic", ""), metadata.get("status", FAILED))
        elif kind == "slot" and isinstance(event.get("value"), dict):
            for id_, rating in event["value"].items():
                if (sender, id_) in replied:
                    replies = replied[sender, id_].replies
                    replies[id_] = replace(replies[id_], rating="" if rating == "none" else rating)
    return [replace(draft.turn, replies=tuple(draft.replies.values())) for draft in sorted(drafts)]


def masked(text: str) -> str:
    """Returns a text without e-mail addresses and numbers as long as those of persons and telephones."""
    return _LONG_NUMBER.sub("[number]", _E_MAIL.sub("[e-mail]", " ".join(text.split())))
